"""What tells whether something public changed: the ground for ETag and Last-Modified (RFC 9110 §8.8)."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from claims.models import Claim, Decision
from claims.models.decisions import AROUND


@dataclass(frozen=True, slots=True)
class Revision:
    """A state of some published claims: *tag* differs where they would read differently; *changed_at* only grows."""

    tag: str
    changed_at: datetime | None


def revision(claims: QuerySet[Claim], limit: int) -> Revision:
    """Return the revision of the *limit* claims that changed last.

    A retraction or a merger takes a claim away without a newer claim in its place, and a renamed party or dispute
    changes what stands beside claims, so decisions of these kinds count wherever they fell.
    """
    rows = claims.order_by("-changed_at", "-pk").values_list("pk", "changed_at", "decision_id")[:limit]
    last = Decision.objects.filter(verb__in=AROUND).order_by("-number").values_list("number", "made_at").first()
    number, made_at = last or (None, None)
    stamps = [(pk, changed and changed.isoformat(), decision) for pk, changed, decision in rows]
    moments = [moment for moment in [made_at, *(changed for _, changed, _ in rows)] if moment]
    tag = hashlib.sha256(repr((stamps, number)).encode()).hexdigest()[:32]
    return Revision(tag, max(moments, default=None))
