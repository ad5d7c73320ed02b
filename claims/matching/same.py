"""Claims that may be the same one, told by somebody else."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.search import TrigramSimilarity
from django.db.models import Max

from claims.models import Claim, Mention, State

SIMILAR_WORDS = 0.35


@dataclass(frozen=True, slots=True)
class ClaimProposal:
    """A claim that may be the same one, and why in words."""

    claim: Claim
    score: float
    reasons: tuple[str, ...]


def same_claims(claim: Claim, limit: int = 5) -> list[ClaimProposal]:
    """Return claims of the same claimants, targets and kind in like words: what may be the same claim.

    Words alone are not compared: they hardly tell who accuses whom.
    """
    first: Mention | None = claim.mentions.first()
    if claim.claimant_id is None or first is None:
        return []
    claimants = _keys(claim.claimants)
    rows: Iterable[Any] = (
        Claim.objects.filter(state__in=[State.PUBLISHED, State.DRAFT], kind=claim.kind, claimant__in=claimants)
        .exclude(pk=claim.pk)
        .annotate(likeness=Max(TrigramSimilarity("mentions__quote", first.quote)))
        .filter(likeness__gte=SIMILAR_WORDS)
        .select_related("claimant")
        .prefetch_related("targets", "co_claimants")
        # Of a claimant with thousands of drafts the likest alone.
        .order_by("-likeness", "pk")[:50]
    )
    targets = _keys(claim.targets.all())
    proposals = [
        ClaimProposal(other, likeness, ("same claimant, targets and kind", f"words {likeness:.0%} alike"))
        for other in rows
        if _keys(other.targets.all()) == targets
        and _keys(other.claimants) == claimants
        and (likeness := float(other.likeness))
    ]
    proposals.sort(key=lambda p: (p.claim.state != State.PUBLISHED, -p.score, p.claim.pk))
    return proposals[:limit]


def _keys(parties: Iterable[Any]) -> set[int]:
    return {party.pk for party in parties}
