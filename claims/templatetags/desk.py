"""Small things that the desk's templates say."""

from django import template

from claims.models import Claim

register = template.Library()


@register.simple_tag
def drafts_waiting() -> int:
    """Return how many drafts wait for a decision."""
    return Claim.objects.drafts().count()
