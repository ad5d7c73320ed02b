"""Claims that may be the same one, told by somebody else.

Words hardly tell who accuses whom: "DeepSeek accused OpenAI" is closer to "OpenAI accused DeepSeek" than any paraphrase
of it. So only claims of the same claimants, kind and targets are compared, and then by their words: by trigrams, which
find the same sentence in another dress, and by rare words in common, which find the same matter in another sentence.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib.postgres.search import TrigramSimilarity
from django.db.models import Max

from claims.extraction.clustering import Vector
from claims.extraction.fingerprints import Weighing
from claims.extraction.terms import counts, fold, name_shares, stem, tokens
from claims.models import Claim, Mention, Party, State

# How alike the words have to be, 0 to 1: by trigrams, or by the cosine of their weighed terms.
SIMILAR_WORDS, SIMILAR_TERMS = 0.35, 0.25
# So many of a claimant's newest claims of a kind are looked at.
LOOKED_AT = 300


@dataclass(frozen=True, slots=True)
class ClaimProposal:
    """A claim that may be the same one, and why in words."""

    claim: Claim
    score: float
    reasons: tuple[str, ...]


def same_claims(claim: Claim, limit: int = 5) -> list[ClaimProposal]:
    """Return claims of the same claimants, targets and kind in like words: what may be the same claim.

    Targets are the same where both claims have some of them in common, or none at all. What is published comes first.
    """
    first: Mention | None = claim.mentions.first()
    if claim.claimant_id is None or first is None:
        return []
    claimants, targets = _keys(claim.claimants), _keys(claim.targets.all())
    rows = (
        Claim.objects.filter(state__in=[State.PUBLISHED, State.DRAFT], kind=claim.kind, claimant__in=claimants)
        .exclude(pk=claim.pk)
        .annotate(likeness=Max(TrigramSimilarity("mentions__quote", first.quote)))
        .select_related("claimant")
        .prefetch_related("targets", "co_claimants", "mentions", "systems")
        .order_by("-pk")[:LOOKED_AT]
    )
    mine = _terms(claim, first.quote)
    proposals = []
    for other in rows:
        theirs = _keys(other.targets.all())
        if _keys(other.claimants) != claimants or not (theirs & targets or theirs == targets):
            continue
        alike = max((_cosine(mine, _terms(other, m.quote)) for m in other.mentions.all()), default=0.0)
        letters = float(getattr(other, "likeness", None) or 0.0)
        if letters >= SIMILAR_WORDS or alike >= SIMILAR_TERMS:
            reasons = _reasons(claim, other, theirs == targets, letters, alike)
            proposals.append(ClaimProposal(other, max(letters, alike), reasons))
    proposals.sort(key=lambda p: (p.claim.state != State.PUBLISHED, -p.score, p.claim.pk))
    return proposals[:limit]


def _reasons(claim: Claim, other: Claim, all_targets: bool, letters: float, alike: float) -> tuple[str, ...]:
    """Return in words why *other* may be the same claim."""
    said = ["same claimant, targets and kind" if all_targets else "same claimant and kind, a target in common"]
    said.append(
        f"words {letters:.0%} alike" if letters >= SIMILAR_WORDS else f"rare words in common ({alike:.0%} alike)"
    )
    if common := sorted({s.name for s in claim.systems.all()} & {s.name for s in other.systems.all()}):
        said.append(f"same system: {', '.join(common)}")
    if claim.on and other.on:
        days = abs((claim.on - other.on).days)
        said.append(f"{days} day{'' if days == 1 else 's'} apart" if days else "on the same day")
    return tuple(said)


def _terms(claim: Claim, quote: str) -> Vector:
    """Return the weighed terms of a quote without the names of who claims and who is claimed against.

    Those are the same anyway, and would make any two claims of theirs alike.
    """
    parties: Iterable[Party] = (*claim.claimants, *claim.targets.all())
    names = {stem(fold(word)) for party in parties for word in party.name.split()}
    text = tokens(None, quote)
    weights = Weighing().vector(counts(text, name_shares([text])))
    return {term: weight for term, weight in weights.items() if not names & {*term.split()}}


def _cosine(one: Vector, other: Vector) -> float:
    dot = sum(weight * other[term] for term, weight in one.items() if term in other)
    norms = sum(weight * weight for weight in one.values()) * sum(weight * weight for weight in other.values())
    return dot / norms**0.5 if norms else 0.0


def _keys(parties: Iterable[Party]) -> set[int]:
    return {party.pk for party in parties}
