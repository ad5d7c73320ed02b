"""Which party, system, dispute and claim a draft belongs to: look-ups and proposals, never a decision.

A name that is not known stays a name; a name that two parties have is left to the editor. Every proposal says
its reasons in words, because an editor has to be able to judge it.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.contrib.postgres.search import TrigramSimilarity
from django.db.models import Max, Q

from claims.models import Alias, Claim, Dispute, Mention, Party, State, System
from claims.wording import fold

NEAR = timedelta(days=45)
# A dispute is proposed from this score on: both parties, or one party and the system that it is about.
DISPUTE_BAR = 4.0
# pg_trgm's own default for "similar" is 0.3; names are short, so the bar is higher.
SIMILAR_NAME = 0.45
SIMILAR_WORDS = 0.35


@dataclass(frozen=True, slots=True)
class DisputeProposal:
    """A dispute that a claim may belong to, how strongly that is suggested, and why in words."""

    dispute: Dispute
    score: float
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ClaimProposal:
    """A claim that may be the same one, and why in words."""

    claim: Claim
    score: float
    reasons: tuple[str, ...]


def parties_named(names: Iterable[str]) -> dict[str, Party]:
    """Return the party of each name that means exactly one; a merged party stands for its survivor."""
    wanted = {fold(name): name for name in names}
    found: defaultdict[str, dict[int, Party]] = defaultdict(dict)
    aliases = Alias.objects.filter(folded__in=wanted, ambiguous=False).select_related("party__merged_into")
    for alias in aliases:
        party = alias.party.merged_into or alias.party
        found[alias.folded][party.pk] = party
    return {wanted[key]: next(iter(hits.values())) for key, hits in found.items() if len(hits) == 1}


def systems_named(names: Iterable[str]) -> list[System]:
    """Return the systems that go by one of *names*, in the order of their own names."""
    listed = [name for name in names if name]
    return list(System.objects.filter(Q(name__in=listed) | Q(aliases__overlap=listed)).distinct()) if listed else []


def similar_parties(name: str, limit: int = 5) -> list[Party]:
    """Return parties whose name or alias looks like *name*, most alike first."""
    if not fold(name):
        return []
    rows = (
        Party.objects.standing()
        .annotate(likeness=Max(TrigramSimilarity("aliases__folded", fold(name))))
        .filter(likeness__gte=SIMILAR_NAME)
    )
    return list(rows.order_by("-likeness", "name")[:limit])


def disputes_for(
    parties: Iterable[Party], systems: Iterable[System], topics: Iterable[str], on: date | None, article_id: int | None
) -> list[DisputeProposal]:
    """Return the disputes that a claim may belong to, most strongly suggested first.

    What counts: parties and systems that already act in the dispute's published claims, its topics, its
    articles, and how close in time they lie.
    """
    party_names = {party.pk: party.name for party in parties}
    system_names = {system.pk: system.name for system in systems}
    # One narrow look-up a reason: a join over all of them would grow with the drafts that wait.
    public = Claim.objects.published()
    acting = Q(pk__in=public.filter(claimant__in=party_names).values("disputes"))
    acting |= Q(pk__in=public.filter(targets__in=party_names).values("disputes"))
    carried = Dispute.articles.through.objects.filter(article=article_id).values("dispute")
    about = Dispute.systems.through.objects.filter(system__in=system_names).values("dispute")
    candidates = Dispute.objects.filter(acting | Q(pk__in=carried) | Q(pk__in=about), merged_into=None)
    wanted_topics = set(topics)
    proposals = []
    for dispute in candidates.prefetch_related("topics", "systems", "articles"):
        proposal = _weigh(dispute, party_names, system_names, wanted_topics, on, article_id)
        if proposal.score >= DISPUTE_BAR:
            proposals.append(proposal)
    return sorted(proposals, key=lambda proposal: (-proposal.score, proposal.dispute.pk))


def _weigh(
    dispute: Dispute,
    parties: dict[int, str],
    systems: dict[int, str],
    topics: set[str],
    on: date | None,
    article_id: int | None,
) -> DisputeProposal:
    published = Claim.objects.published().filter(disputes=dispute)
    acting = set(published.values_list("claimant", flat=True)) | set(published.values_list("targets", flat=True))
    score, reasons = 0.0, []
    if shared := [name for pk, name in parties.items() if pk in acting]:
        score += 2.0 * len(shared)
        reasons.append(f"same parties: {', '.join(shared)}")
    about = {system.pk for system in dispute.systems.all()}
    if common := [name for pk, name in systems.items() if pk in about]:
        score += 2.0
        reasons.append(f"same system: {', '.join(common)}")
    if same := sorted(topics & {topic.slug for topic in dispute.topics.all()}):
        score += 1.0
        reasons.append(f"same topic: {', '.join(same)}")
    if any(article.pk == article_id for article in dispute.articles.all()):
        score += 3.0
        reasons.append("another claim of this article is part of it")
    days = [abs((other - on).days) for other in published.values_list("on", flat=True) if other] if on else []
    if days and min(days) <= NEAR.days:
        score += 1.0
        reasons.append(f"{min(days)} days apart" if min(days) else "on the same day")
    return DisputeProposal(dispute, score, tuple(reasons))


def same_claims(claim: Claim, limit: int = 5) -> list[ClaimProposal]:
    """Return claims of the same claimant, targets and kind in like words: what may be the same claim.

    Words alone are not compared: they hardly tell who accuses whom.
    """
    first: Mention | None = claim.mentions.first()
    if claim.claimant_id is None or first is None:
        return []
    rows: Iterable[Any] = (
        Claim.objects.filter(state__in=[State.PUBLISHED, State.DRAFT], kind=claim.kind, claimant=claim.claimant_id)
        .exclude(pk=claim.pk)
        .annotate(likeness=Max(TrigramSimilarity("mentions__quote", first.quote)))
        .filter(likeness__gte=SIMILAR_WORDS)
        .prefetch_related("targets")
    )
    targets = set(claim.targets.values_list("pk", flat=True))
    proposals = [
        ClaimProposal(other, likeness, ("same claimant, targets and kind", f"words {likeness:.0%} alike"))
        for other in rows
        if {party.pk for party in other.targets.all()} == targets and (likeness := float(other.likeness))
    ]
    proposals.sort(key=lambda p: (p.claim.state != State.PUBLISHED, -p.score, p.claim.pk))
    return proposals[:limit]


def commonest(proposals: Iterable[list[DisputeProposal]]) -> Dispute | None:
    """Return the dispute that most of an article's drafts point to, if any."""
    votes = Counter(options[0].dispute for options in proposals if options)
    return votes.most_common(1)[0][0] if votes else None
