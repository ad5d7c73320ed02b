"""Disputes as the public reads them: the timeline, who is in it, what it stands on and what is still open."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.core.paginator import Page, Paginator
from django.db.models import Count, F, Q, QuerySet

from claims.models import (
    Claim,
    Dispute,
    DisputeTally,
    Event,
    Kind,
    Mention,
    Party,
    Reply,
    State,
    Status,
    System,
    Topic,
    current_status,
)
from claims.timelines.entries import (
    ARTICLE_FIELDS,
    MERGERS,
    Entry,
    as_entries,
    family,
    first_reported,
    open_accusations,
    published,
    sourced_publicly,
    with_parts,
)
from claims.timelines.notices import dispute_replies, mask_replies
from claims.timelines.origins import origin
from tracker.news.models import Article

PER_PAGE = 50
ACCUSATIONS_PER_PAGE = 30
ANSWERS = (Kind.DENIAL, Kind.RESPONSE)
NEWEST_FIRST = "newest"
LAST_PLACE = 32767


@dataclass(frozen=True, slots=True)
class DisputeFigures:
    """How large a dispute is, and when something in it last changed."""

    allegations: int
    answers: int
    claims: int
    sources: int
    independent: int
    changed_at: datetime | None
    first: date | None
    last: date | None


def public_disputes() -> QuerySet[Dispute]:
    """Return the disputes with a published claim, busiest first: in which most changed, and most lately."""
    return (
        Dispute.objects.filter(merged_into=None, tally__isnull=False)
        .annotate(published=F("tally__total"), changed=F("tally__changed_at"))
        .order_by("-tally__heat", "title")
    )


def busiest_disputes(limit: int) -> list[tuple[Dispute, DisputeFigures]]:
    """Return up to *limit* disputes in which most changed lately, with their figures."""
    disputes = list(public_disputes().prefetch_related("topics")[:limit])
    figures = dispute_figures(disputes)
    return [(dispute, figures[dispute.pk]) for dispute in disputes]


def dispute_figures(disputes: Sequence[Dispute]) -> dict[int, DisputeFigures]:
    """Return the figures of each of *disputes* by its key."""
    keys = [dispute.pk for dispute in disputes]
    standing = Mention.objects.filter(claim__disputes__in=keys, claim__state=State.PUBLISHED).order_by()
    sources = {
        pk: numbers
        for pk, *numbers in standing.values("claim__disputes")
        .annotate(pages=Count("article", distinct=True), independent=Count(origin(), distinct=True))
        .values_list("claim__disputes", "pages", "independent")
    }
    tallies = DisputeTally.objects.in_bulk(keys)
    return {pk: _figures(tallies.get(pk), *sources.get(pk, (0, 0))) for pk in keys}


def _figures(tally: DisputeTally | None, sources: int, independent: int) -> DisputeFigures:
    if tally is None:
        return DisputeFigures(0, 0, 0, sources, independent, None, None, None)
    figures = (tally.allegations, tally.answers, tally.total, sources, independent)
    return DisputeFigures(*figures, tally.changed_at, tally.first, tally.last)


def find_dispute(slug: str) -> Dispute:
    """Return the public dispute at *slug*, or its survivor where it was merged; raises `Dispute.DoesNotExist`."""
    dispute = Dispute.objects.get(slug=slug)
    for _ in range(MERGERS):
        if dispute.merged_into is None:
            break
        dispute = dispute.merged_into
    return public_disputes().prefetch_related("topics", "systems").get(pk=dispute.pk)


def dispute_claims(dispute: Dispute) -> QuerySet[Claim]:
    """Return the published claims of a dispute."""
    links = Claim.disputes.through.objects.filter(dispute__in=family(Dispute, dispute.pk))
    return published().filter(pk__in=links.values("claim"))


@dataclass(frozen=True, slots=True)
class Item:
    """One row of a timeline: a claim's entry or an editor's event, with the year that it stands under."""

    on: date | None
    entry: Entry | None = None
    event: Event | None = None
    reply: Reply | None = None

    @property
    def year(self) -> int | None:
        """The year that the row stands under; None where no date is known."""
        return self.on.year if self.on else None


@dataclass(frozen=True, slots=True)
class Timeline:
    """One page of a dispute's timeline."""

    page: Page[tuple[date, int, int, int]]
    items: tuple[Item, ...]

    @property
    def claims(self) -> frozenset[int]:
        """The keys of the claims on this page, so that a link to one can stay on it."""
        return frozenset(item.entry.claim.pk for item in self.items if item.entry)

    @property
    def entries(self) -> list[Entry]:
        """The entries on this page."""
        return [item.entry for item in self.items if item.entry]


def timeline(dispute: Dispute, number: int = 1, order: str = "", kinds: Sequence[str] = ()) -> Timeline:
    """Return page *number* of a dispute's timeline, by date; *order* "newest" turns it round.

    A claim without a date stands at the day of the first page that carries it. *kinds* leaves only claims of
    these kinds, and no events. Raises `django.core.paginator.InvalidPage`.
    """
    claims = dispute_claims(dispute)
    if kinds:
        claims = claims.filter(kind__in=kinds)
    dated = dict(claims.order_by().values_list("pk", "on"))
    dates = {pk: on for pk, on in dated.items() if on}
    dates |= first_reported([pk for pk, on in dated.items() if on is None])
    # Rows sort by date, within a day as an editor put them, else claims before events; what has no date comes last.
    places = dict(dispute.places.values_list("claim", "position"))
    rows = [(dates.get(pk, date.max), places.get(pk, 0), 0, pk) for pk in dated]
    if not kinds:
        events_of = dispute.events.values_list("pk", "on", "position")
        rows += [(on or date.max, position, 1, pk) for pk, on, position in events_of]
        answers = dispute_replies(dispute)
        # What came on a day answers what stands there: it comes behind.
        rows += [(at.date(), LAST_PLACE, 2, pk) for pk, at in answers.values_list("pk", "received_at")]
    rows.sort(reverse=order == NEWEST_FIRST)
    page = Paginator(rows, PER_PAGE).page(number)
    keys = list(page.object_list)
    entries = {e.claim.pk: e for e in as_entries(with_parts(published().filter(pk__in=_keys(keys, 0))))}
    events = dispute.events.prefetch_related("sources__outlet").in_bulk(_keys(keys, 1))
    replies = dispute_replies(dispute).in_bulk(_keys(keys, 2)) if _keys(keys, 2) else {}
    mask_replies(replies.values())
    items = [
        Item(
            None if on == date.max else on,
            entry=entries.get(pk) if sort == 0 else None,
            event=events.get(pk) if sort == 1 else None,
            reply=replies.get(pk) if sort == 2 else None,
        )
        for on, _, sort, pk in keys
    ]
    return Timeline(page, tuple(items))


def _keys(rows: Sequence[tuple[date, int, int, int]], sort: int) -> list[int]:
    return [pk for _, _, kind, pk in rows if kind == sort]


@dataclass(frozen=True, slots=True)
class Accusation:
    """An allegation with the entries that answer it, in the order of their dates."""

    entry: Entry
    answers: tuple[Entry, ...]


def accusations(dispute: Dispute, number: int = 1) -> tuple[Page[Claim], list[Accusation]]:
    """Return page *number* of a dispute's allegations by date, each with its answers; raises `InvalidPage`."""
    claims = dispute_claims(dispute).filter(kind=Kind.ALLEGATION).order_by("on", "pk")
    page = Paginator(with_parts(claims), ACCUSATIONS_PER_PAGE).page(number)
    entries = as_entries(page.object_list)
    keys = {answer.pk for entry in entries for answer in entry.answered_by}
    answers = {e.claim.pk: e for e in as_entries(with_parts(published().filter(pk__in=keys)))}
    rows = [Accusation(entry, tuple(answers[a.pk] for a in entry.answered_by if a.pk in answers)) for entry in entries]
    return page, rows


@dataclass(frozen=True, slots=True)
class Side:
    """A party in a dispute: how much it claims, how much is claimed against it, how often it answers."""

    party: Party
    claims: int
    against: int
    answers: int


@dataclass(frozen=True, slots=True)
class Edge:
    """What one party claims about another: how many claims of the kinds, and the step that stands highest."""

    claimant: Party
    target: Party
    kinds: tuple[tuple[str, int], ...]
    status: Status | None

    @property
    def total(self) -> int:
        """How many claims there are."""
        return sum(number for _, number in self.kinds)


@dataclass(frozen=True, slots=True)
class Overview:
    """Who is in a dispute, about which systems and topics, who claims against whom, and what is open."""

    sides: tuple[Side, ...]
    edges: tuple[Edge, ...]
    systems: tuple[System, ...]
    topics: tuple[Topic, ...]
    kinds: tuple[tuple[str, int], ...]
    open: tuple[Claim, ...]
    open_total: int
    moments: tuple[tuple[date, str], ...]
    demonstration: bool


def overview(dispute: Dispute, limit: int = 5) -> Overview:
    """Return what a dispute's page says beside its timeline, with up to *limit* open accusations."""
    claims = dispute_claims(dispute)
    rows = list(claims.values_list("pk", "kind", "claimant_id", "on"))
    together: dict[int, list[int]] = {pk: [claimant] for pk, _, claimant, _ in rows if claimant}
    joint = Claim.co_claimants.through.objects.filter(claim__in=claims).order_by("party")
    for pk, party in joint.values_list("claim_id", "party_id"):
        together[pk].append(party)
    facts = {pk: (kind, together.get(pk, [])) for pk, kind, _, _ in rows}
    links = Claim.targets.through.objects.filter(claim__in=claims).values_list("claim_id", "party_id")
    aimed = [(pk, target) for pk, target in links if pk in facts]
    parties = Party.objects.in_bulk({c for _, made in facts.values() for c in made} | {target for _, target in aimed})
    counted = Counter(kind for kind, _ in facts.values())
    waiting = open_accusations(claims).select_related("claimant").defer("proposed").order_by("on", "pk")
    keys = claims.order_by().values("pk")
    systems = Q(pk__in=Claim.systems.through.objects.filter(claim__in=keys).values("system")) | Q(disputes=dispute)
    topics = Q(pk__in=Claim.topics.through.objects.filter(claim__in=keys).values("topic")) | Q(disputes=dispute)
    has_page = Q(tally__isnull=False)
    return Overview(
        sides=_sides(facts, aimed, parties),
        edges=_edges(claims, facts, aimed, parties),
        systems=tuple(System.objects.filter(systems).annotate(has_page=has_page).select_related("maker").distinct()),
        topics=tuple(Topic.objects.filter(topics).annotate(has_page=has_page).distinct()),
        kinds=tuple((kind, number) for kind in Kind.values if (number := counted[kind])),
        open=tuple(waiting[:limit]),
        open_total=waiting.count(),
        moments=tuple(sorted((on, kind) for _, kind, _, on in rows if on)),
        demonstration=dispute.demonstration or claims.filter(mentions__article__outlet__demonstration=True).exists(),
    )


# Kind and claimants of each claim, by its key.
Facts = Mapping[int, tuple[str, list[int]]]


def _sides(facts: Facts, aimed: list[tuple[int, int]], parties: dict[int, Party]) -> tuple[Side, ...]:
    made = Counter(party for kind, by in facts.values() if kind not in ANSWERS for party in by)
    answered = Counter(party for kind, by in facts.values() if kind in ANSWERS for party in by)
    against = Counter(target for pk, target in aimed if facts[pk][0] not in ANSWERS)
    sides = [Side(party, made[pk], against[pk], answered[pk]) for pk, party in parties.items()]
    return tuple(sorted(sides, key=lambda s: (-(s.claims + s.against + s.answers), s.party.name)))


def _edges(
    claims: QuerySet[Claim], facts: Facts, aimed: list[tuple[int, int]], parties: dict[int, Party]
) -> tuple[Edge, ...]:
    kinds: dict[tuple[int, int], Counter[str]] = {}
    statuses: dict[tuple[int, int], list[Status]] = {}
    for pk, target in aimed:
        kind, claimants = facts[pk]
        for claimant in claimants:
            if claimant != target:
                kinds.setdefault((claimant, target), Counter())[kind] += 1
    steps = sourced_publicly().filter(claim__in=claims.order_by().values("pk"), target__isnull=False)
    for status in steps.select_related(None).only("step", "on", "claim", "target", "struck"):
        for claimant in facts.get(status.claim_id, ("", []))[1]:
            if status.target_id:
                statuses.setdefault((claimant, status.target_id), []).append(status)
    edges = [
        Edge(parties[a], parties[b], tuple(sorted(counts.items())), current_status(statuses.get((a, b), [])))
        for (a, b), counts in kinds.items()
    ]
    return tuple(sorted(edges, key=lambda e: (-e.total, e.claimant.name, e.target.name)))


def dispute_sources(dispute: Dispute) -> QuerySet[Article]:
    """Return the pages that a dispute's published claims stand on, the newest first."""
    carrying = Q(mentions__claim__in=dispute_claims(dispute).order_by().values("pk"))
    found: QuerySet[Article] = (
        Article.objects.filter(carrying)
        .annotate(carried=Count("mentions__claim", filter=carrying, distinct=True))
        .select_related("outlet", "original__outlet")
        .only(*ARTICLE_FIELDS, "original__outlet__name")
        .order_by("-published_at", "-pk")
    )
    return found
