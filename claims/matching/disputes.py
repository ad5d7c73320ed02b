"""The disputes that a claim may belong to, or a new one, with the reasons in words.

What counts first is who and what: the parties, systems and topics of a dispute's published claims, its articles, and
the time between. Two disputes of the same parties (two suits against one company) are as likely as one another by
that: then what their articles say tells them apart.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from django.db.models import F, Q, QuerySet

from claims.extraction.grouping import LOWEST, Grouper
from claims.extraction.types import Document
from claims.models import Claim, Dispute, Party, State, System, Topic
from claims.models.claims import ClaimQuerySet
from claims.wording import joined
from tracker.news.models import Reading
from tracker.news.types import Verdict

NEAR = timedelta(days=45)
# A dispute is proposed from this score on: both parties, or one party and the system that it is about.
DISPUTE_BAR = 4.0
# By how much a dispute has to be more likely than the next one to be chosen without a look at the texts.
AHEAD = 2.0
# How many of the likeliest disputes, and of each one's newest articles, are compared by their texts; of each so much.
COMPARED, ARTICLES, CHARACTERS = 6, 6, 20_000
# Points for a text that is as like a dispute's as two articles about one event usually are, and at most so many.
ALIKE, MOST = 2.0, 4.0
# By how much the text of one dispute has to be more like than the next one's.
CLEARLY = 1.25


@dataclass(frozen=True, slots=True)
class DisputeProposal:
    """A dispute that a claim may belong to, how strongly that is suggested, and why in words.

    *likeness* is how like the article's text is to the dispute's, 0 to 1; None where the texts were not compared.
    """

    dispute: Dispute
    score: float
    reasons: tuple[str, ...]
    likeness: float | None = None


@dataclass(frozen=True, slots=True)
class NewDispute:
    """A dispute that none of the known ones is: a title for it, and why in words."""

    title: str
    reasons: tuple[str, ...]


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
    acting = Q(pk__in=_acting(public, party_names).values("disputes"))
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
    acting = {pk for name in ("claimant", "targets", "co_claimants") for pk in published.values_list(name, flat=True)}
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


def compared(proposals: Sequence[DisputeProposal], article_id: int | None) -> list[DisputeProposal]:
    """Return *proposals* with what the texts say: how like an article's is to those of each dispute.

    Only the likeliest are compared. Proposals come back with the likelier first.
    """
    likely, rest = list(proposals[:COMPARED]), list(proposals[COMPARED:])
    document = next(iter(_documents([article_id] if article_id else []).values()), None)
    if document is None or not likely:
        return [*likely, *rest]
    carried = {proposal.dispute.pk: _articles(proposal.dispute, article_id) for proposal in likely}
    texts = _documents({pk for pages in carried.values() for pk in pages})
    known = [(str(key), texts[page]) for key, pages in carried.items() for page in pages if page in texts]
    matches = {match.key: match for match in Grouper(known).matches(document, least=0.0)}
    found = []
    for proposal in likely:
        match = matches.get(str(proposal.dispute.pk))
        if match is not None:
            points = min(ALIKE * match.score / LOWEST, MOST) if match.score >= LOWEST else 0.0
            words = f"its articles' texts are {_degree(match.score)} this one"
            proposal = replace(
                proposal,
                score=proposal.score + points,
                likeness=match.score,
                reasons=(*proposal.reasons, words),
            )
        found.append(proposal)
    return sorted(found, key=lambda proposal: (-proposal.score, proposal.dispute.pk)) + rest


def _degree(score: float) -> str:
    return "much like" if score >= 2 * LOWEST else "like" if score >= LOWEST else "unlike"


def likely(proposals: Sequence[DisputeProposal], article_id: int | None) -> Dispute | None:
    """Return the dispute that is far likelier than all others, if there is one; else the editor has to say.

    A dispute that shares no more than parties with an article, whose text is unlike its own, is none.
    """
    told = compared(proposals, article_id)
    if not told or (told[0].likeness is not None and told[0].likeness < LOWEST and told[0].score < DISPUTE_BAR + AHEAD):
        return None
    if len(told) == 1 or told[0].score >= told[1].score + AHEAD:
        return told[0].dispute
    first, second = told[0].likeness, told[1].likeness
    clear = first is not None and second is not None and first >= LOWEST and first >= CLEARLY * second
    return told[0].dispute if clear and proposals[0].score < told[0].score else None


def _articles(dispute: Dispute, but: int | None) -> list[int]:
    """Return the keys of a dispute's newest articles."""
    pages = dispute.articles.exclude(pk=but or 0).order_by(F("published_at").desc(nulls_last=True), "-pk")
    return list(pages.values_list("pk", flat=True)[:ARTICLES])


def _documents(articles: Iterable[int]) -> dict[int, Document]:
    """Return the newest reading of each of *articles* as a document, by the article's key."""
    rows = (
        Reading.objects.filter(snapshot__article__in=list(articles), verdict=Verdict.ARTICLE)
        .order_by("snapshot__article", "-pk")
        .distinct("snapshot__article")
        .values_list("snapshot__article", "title", "text", "snapshot__article__published_at")
    )
    return {
        pk: Document(str(pk), None, title, moment.date().isoformat() if moment else None, text[:CHARACTERS])
        for pk, title, text, moment in rows
    }


def new_dispute_for(
    parties: Sequence[Party], systems: Sequence[System], topics: Iterable[str], on: date | None, article_id: int | None
) -> NewDispute | None:
    """Return a dispute to open for a claim that belongs to none: a title, and what else would be part of it.

    Nothing is proposed where no party is known: there would be nothing to call it by.
    """
    actors = list(dict.fromkeys(parties))
    if not actors:
        return None
    topic = Topic.objects.filter(slug__in=list(topics)).order_by("name").first()
    subject = systems[0].name if systems else topic.name.lower() if topic else ""
    title = joined(party.name for party in actors[:3]) + (f": {subject}" if subject else "")
    reasons = [f"no open dispute is between {joined(party.name for party in actors)}"]
    waiting = _together(actors, on).exclude(mentions__article=article_id)
    others = waiting.values("mentions__article").distinct().count()
    if others:
        days = [abs((day - on).days) for day in waiting.values_list("on", flat=True) if day] if on else []
        near = f", the nearest {min(days)} day{'' if min(days) == 1 else 's'} apart" if days else ""
        reasons.append(f"{others} other article{'' if others == 1 else 's'} with the same parties wait{near}")
    return NewDispute(title[:200], tuple(reasons))


def _together(parties: Sequence[Party], on: date | None) -> QuerySet[Claim]:
    """Return the drafts without a dispute in which two of *parties* act, or the only one, about the same time."""
    drafts = Claim.objects.filter(state=State.DRAFT, disputes=None)
    if on:
        drafts = drafts.filter(Q(on=None) | Q(on__range=(on - NEAR, on + NEAR)))
    for party in parties[:2]:
        drafts = drafts.filter(pk__in=_acting(Claim.objects.all(), [party.pk]).values("pk"))
    return drafts


def _acting(claims: ClaimQuerySet, parties: Iterable[int]) -> QuerySet[Claim]:
    """Return those of *claims* that one of *parties* makes, alone or together with others, or is the target of."""
    keys = list(parties)
    links = (Claim.targets.through.objects, Claim.co_claimants.through.objects)
    named = [Q(pk__in=rows.filter(party__in=keys).values("claim")) for rows in links]
    return claims.filter(Q(claimant__in=keys) | named[0] | named[1])


def commonest(proposals: Iterable[Sequence[DisputeProposal]]) -> list[DisputeProposal]:
    """Return what an article's drafts point to together: the disputes with their mean score, the likeliest first."""
    scores: Counter[int] = Counter()
    best: dict[int, DisputeProposal] = {}
    options = list(proposals)
    for option in options:
        for proposal in option:
            scores[proposal.dispute.pk] += proposal.score  # type: ignore[assignment]
            known = best.get(proposal.dispute.pk)
            if known is None or proposal.score > known.score:
                best[proposal.dispute.pk] = proposal
    found = [replace(proposal, score=scores[pk] / max(len(options), 1)) for pk, proposal in best.items()]
    return sorted(found, key=lambda proposal: (-proposal.score, proposal.dispute.pk))
