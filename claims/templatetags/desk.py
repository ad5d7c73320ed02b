"""Small things that the desk's templates say."""

from datetime import datetime, timedelta

from django import template
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.timesince import timesince

from claims.models import Alert, Claim, Decision
from tracker.news.models import Feed, FeedState

register = template.Library()


@register.filter
def waited(since: datetime) -> str:
    """Return how long something waits, in one unit: "3 days", "just now"."""
    return timesince(since, depth=1) if timezone.now() - since >= timedelta(minutes=1) else "just now"


@register.simple_tag
def latest_decisions() -> QuerySet[Decision]:
    """Return the newest decisions of everybody."""
    return Decision.objects.select_related("actor")[:8]


@register.filter
def upon(decision: Decision, what: str) -> str:
    """Return what was decided upon *what*: "accepted it", "recorded a status of it"."""
    return decision.upon(what)


@register.simple_tag
def feeds_at_fault() -> QuerySet[Feed]:
    """Return the feeds that fail or were stopped by their origin, the worst first."""
    troubled = Q(failures__gt=0, state=FeedState.ACTIVE) | Q(state=FeedState.STOPPED)
    return Feed.objects.filter(troubled).select_related("outlet").order_by("-failures", "pk")[:8]


@register.simple_tag
def alerts_open() -> int:
    """Return how many changes of pages under claims nobody has dealt with."""
    return Alert.objects.open().count()


@register.simple_tag
def approvals_waiting() -> int:
    """Return how many claims have words that a second person has to approve."""
    return Claim.objects.awaiting_approval().count()


@register.simple_tag
def drafts_waiting() -> int:
    """Return how many drafts wait for a decision."""
    return Claim.objects.drafts().count()


@register.filter
def change_url(noun: str) -> str:
    """Return the name of the address at which a party or a dispute is changed."""
    return f"admin:claims_{noun}_change"
