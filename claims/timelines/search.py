"""Search over what is public: claims by their sentences and quotes, disputes, parties, titles of articles.

PostgreSQL's full-text search with the syntax of web search engines: words are all needed, "a phrase" stands
together, `or` and `-` work. A claim's sentence weighs more than the quotes of its mentions. Names of parties
and titles of disputes are also found by trigrams, so that a misspelt one leads to the right one.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from django.contrib.postgres.search import SearchHeadline, SearchQuery, SearchRank, SearchVector, SearchVectorField
from django.db.models import BigIntegerField, F, FloatField, Func, QuerySet, Value
from django.db.models.expressions import CombinedExpression, RawSQL
from django.db.models.functions import Cast

from claims.models import Alias, Claim, Dispute, Mention, Party
from claims.timelines.bounds import TookTooLong, bounded
from claims.timelines.disputes import public_disputes
from claims.timelines.entries import (
    ARTICLE_FIELDS,
    MENTION_FIELDS,
    Entry,
    as_entries,
    published,
    with_parts,
    within,
)
from claims.timelines.filters import FACETS, QUERY_LIMIT, Filters, Option, facet, filtered
from claims.timelines.keyset import EARLIEST, LATEST, NEWEST_CHANGE, Order, Slice, after
from claims.timelines.parties import public_parties
from claims.timelines.privacy import mask_articles, mask_mention, masking, names_private
from claims.timelines.sources import sources
from claims.timelines.subjects import public_systems
from tracker.news.models import Article

PER_PAGE = 20
# How many claims of a search are ranked and counted by their properties: those that changed last.
BOUND = 1_000
CONFIG = "english"
# Besides the best first: the newest change first, the latest date first, the earliest date first.
ORDERS = {"newest": NEWEST_CHANGE, "latest": LATEST, "earliest": EARLIEST}
Answer = TypeVar("Answer")
Otherwise = TypeVar("Otherwise")
# A hyphen before nothing that could be left out; PostgreSQL gives up on thirty of them in a row.
_NO_EXCLUSION = re.compile(r"-(?![\w\"])")
# Matches stand between these characters of Unicode's private use area, for the template to mark.
MARK, UNMARK = "\ue000", "\ue001"
# word_similarity of pg_trgm: 1 where the name stands in the query as it is; below 0.5 it is another name.
SAME, ALIKE = 0.99, 0.5


@dataclass(frozen=True, slots=True)
class Hit:
    """A claim that was found: its entry, with sentence and best quote marked up by `MARK` and `UNMARK`."""

    entry: Entry
    statement: str
    mention: Mention | None
    quote: str


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found. `similar` holds parties whose names are spelt nearly like a word of the query.

    `total` is None and a facet is missing where counting took too long; `unfinished` says that the claims
    themselves could not be found in time. Of more than `BOUND` claims those that changed last are ranked and counted:
    `total` is then `BOUND`, and `more` is true.
    """

    hits: tuple[Hit, ...]
    next: str
    total: int | None
    facets: dict[str, tuple[Option, ...]]
    disputes: tuple[Dispute, ...]
    parties: tuple[Party, ...]
    similar: tuple[Party, ...]
    articles: tuple[Article, ...]
    unfinished: bool = False
    more: bool = False

    @property
    def uncounted(self) -> bool:
        """Whether some of the counting was given up."""
        return self.total is None or len(self.facets) < len(FACETS)


def find(filters: Filters, *, order: str = "", cursor: str = "", timeout_ms: int = 0) -> Found:
    """Return what is found with *filters*: up to `PER_PAGE` claims after *cursor*, in one of `ORDERS`.

    Without words the best order is that of the newest change. No statement takes longer than *timeout_ms*: what does
    is left out, and `Found` says so. Raises `BadCursor`.
    """
    query = search_query(filters.words)
    ranked = order_of(filters, order)
    known = _within(timeout_ms, lambda: _newest(filters), None)
    page: Slice[Claim] = Slice((), "")
    unfinished = known is None
    if known is not None:
        # Ranking looks at every claim that it ranks; any other order walks along an index.
        claims = _ranked(known[:BOUND], filters) if ranked is RANKED else matching(filters)
        try:
            with bounded(timeout_ms):
                page = after(with_parts(claims), ranked, cursor, PER_PAGE)
        except TookTooLong:
            unfinished = True
    named = _named(filters.words, query, timeout_ms) if filters.words and not cursor else ((), (), (), ())
    return Found(
        hits=_hits(as_entries(page.rows), query) if filters.words else _plain(as_entries(page.rows)),
        next=page.next,
        total=None if unfinished or known is None else len(known[:BOUND]),
        facets={} if unfinished or known is None else _facets(filters, known, timeout_ms),
        disputes=named[0],
        parties=named[1],
        similar=named[2],
        articles=named[3],
        unfinished=unfinished,
        more=known is not None and len(known) > BOUND,
    )


def _newest(filters: Filters) -> list[int]:
    """Return the keys of the claims with *filters*, those that changed last first: one more than `BOUND` at most."""
    return list(matching(filters).order_by("-changed_at", "-pk").values_list("pk", flat=True)[: BOUND + 1])


def _within(timeout_ms: int, ask: Callable[[], Answer], otherwise: Otherwise) -> Answer | Otherwise:
    try:
        with bounded(timeout_ms):
            return ask()
    except TookTooLong:
        return otherwise


def _facets(filters: Filters, known: Sequence[int], timeout_ms: int) -> dict[str, tuple[Option, ...]]:
    """Count the values of each filter among what the others leave; stop at the first that takes too long.

    *known* are the newest claims with all of *filters*: what is counted where a filter is open.
    """
    facets: dict[str, tuple[Option, ...]] = {}
    try:
        for name in FACETS:
            with bounded(timeout_ms):
                chosen = getattr(filters, name)
                keys = _newest(filters.without(name)) if chosen else known
                facets[name] = facet(published().filter(pk__in=keys[:BOUND]), name, chosen)
    except TookTooLong:
        pass
    return facets


Named = tuple[tuple[Dispute, ...], tuple[Party, ...], tuple[Party, ...], tuple[Article, ...]]


def _named(words: str, query: SearchQuery, timeout_ms: int) -> Named:
    """Return the disputes, parties and articles that *words* lead to, and the parties that they nearly name."""

    nothing: Named = ((), (), (), ())

    def ask() -> Named:
        if names_private(words):
            return nothing
        return (_disputes(words, query), *_parties(words), _articles(query))

    return _within(timeout_ms, ask, nothing)


def order_of(filters: Filters, name: str) -> Order:
    """Return the order of that name; of another, the best first, and without words the newest change first."""
    return ORDERS.get(name, RANKED if filters.words else NEWEST_CHANGE)


def search_query(words: str) -> SearchQuery:
    """Return PostgreSQL's query for *words*, in the syntax of web search engines."""
    return SearchQuery(_NO_EXCLUSION.sub(" ", words), config=CONFIG, search_type="websearch")


def matching(filters: Filters) -> QuerySet[Claim]:
    """Return the published claims that pass all filters and hold the words."""
    claims = filtered(filters)
    if not filters.words:
        return claims
    found = claims.alias(document=_document()).filter(document=search_query(filters.words)).alias(rank=_rank(filters))
    # A quote may hold the name; whoever searches by it must not learn whom the initials stand for.
    return found.none() if names_private(filters.words) else found


def _document() -> RawSQL:
    # The column is kept by triggers (migration 0004) and is none of the model's: no claim is loaded with it. No other
    # table has one of that name; with its table's name before it, it would not be found in a subquery.
    return RawSQL('"search"', [], output_field=SearchVectorField())


def _rank(filters: Filters) -> Cast:
    # A whole number, which a cursor holds exactly: the rank of PostgreSQL is a float of four bytes.
    return Cast(SearchRank(F("document"), search_query(filters.words)) * 1_000_000, BigIntegerField())


def _ranked(known: Sequence[int], filters: Filters) -> QuerySet[Claim]:
    return published().filter(pk__in=known).alias(document=_document()).alias(rank=_rank(filters))


RANKED = Order(F("rank"), descending=True)


def _marked(field: str, query: SearchQuery) -> SearchHeadline:
    return SearchHeadline(field, query, config=CONFIG, start_sel=MARK, stop_sel=UNMARK, highlight_all=True)


def _hits(entries: Sequence[Entry], query: SearchQuery) -> tuple[Hit, ...]:
    keys = [entry.claim.pk for entry in entries]
    statements = Claim.objects.filter(pk__in=keys).annotate(marked=_marked("statement", query))
    sentences = dict(statements.values_list("pk", "marked"))
    rank = SearchRank(SearchVector("quote", config=CONFIG), query)
    best = (
        Mention.objects.filter(claim__in=keys)
        .annotate(rank=rank, marked=_marked("quote", query))
        .order_by("claim_id", "-rank", "pk")
        .distinct("claim_id")
        .select_related("article__outlet")
        .only(*MENTION_FIELDS, *within("article", ARTICLE_FIELDS))
    )
    masked = masking()
    quotes = {m.claim_id: (mask_mention(m, masked), masked(m.marked)) for m in best}
    return tuple(
        Hit(entry, sentences[entry.claim.pk], *quotes.get(entry.claim.pk, (entry.mention, ""))) for entry in entries
    )


def _plain(entries: Sequence[Entry]) -> tuple[Hit, ...]:
    return tuple(Hit(entry, entry.claim.statement, entry.mention, "") for entry in entries)


def _articles(query: SearchQuery, limit: int = 3) -> tuple[Article, ...]:
    """Return the articles that carry a published claim and whose titles hold the words, newest first."""
    found = sources().annotate(document=SearchVector("title", config=CONFIG)).filter(document=query)
    return tuple(mask_articles(found[:limit]))


def suggestions(words: str, limit: int = 8) -> list[str]:
    """Return names of public parties, systems and disputes that hold *words* or are spelt nearly so."""
    words = words.replace("\x00", " ").strip()[:QUERY_LIMIT]
    if len(words) < 2:
        return []
    found: dict[str, float] = {}
    for rows, field in ((public_parties(), "name"), (public_systems(), "name"), (public_disputes(), "title")):
        near = rows.annotate(distance=_distance(words, field)).order_by("distance").values_list(field, "distance")
        found |= {name: distance for name, distance in near[:limit] if distance <= 1 - ALIKE}
        holding = rows.filter(**{f"{field}__icontains": words}).order_by().values_list(field, flat=True)
        found |= {name: found.get(name, 1.0) for name in holding[:limit]}
    return sorted(found, key=lambda name: (found[name], name))[:limit]


def _disputes(words: str, query: SearchQuery, limit: int = 6) -> tuple[Dispute, ...]:
    # Kept by the database itself (migration 0024): titles weigh more than summaries.
    vector = RawSQL('"searched"', [], output_field=SearchVectorField())
    exact = public_disputes().annotate(document=vector, rank=SearchRank(vector, query)).filter(document=query)
    found = tuple(exact.order_by("-rank", "-published")[:limit])
    if found or not words:
        return found
    # By distance along the index (pg_trgm, <<->): the nearest few, and of these what is alike enough.
    near = public_disputes().annotate(distance=_distance(words, "title")).order_by("distance")[:limit]
    return tuple(dispute for dispute in near if dispute.distance <= 1 - ALIKE)


def _distance(words: str, field: str) -> CombinedExpression:
    """Return 1 less the word similarity of *words* in a field, as an index over trigrams orders by it."""
    return CombinedExpression(Value(words), "<<->", F(field), output_field=FloatField())


def _parties(words: str, limit: int = 6) -> tuple[tuple[Party, ...], tuple[Party, ...]]:
    """Return the public parties that *words* name, and those that they nearly name."""
    if not words:
        return (), ()
    alike = Func(F("name"), Value(words), function="word_similarity", output_field=FloatField())
    public = public_parties()
    names = public.annotate(alike=alike).filter(alike__gte=ALIKE).values_list("pk", "alike", "name")
    aliases = Alias.objects.filter(party__private=False, party__in=public.order_by().values("pk")).annotate(alike=alike)
    best: dict[int, float] = {}
    for pk, score, name in [*names, *aliases.filter(alike__gte=ALIKE).values_list("party_id", "alike", "name")]:
        # Two letters have too few trigrams to be alike by anything but chance.
        if len(name) > 2 or score >= SAME:
            best[pk] = max(score, best.get(pk, 0.0))
    order = sorted(best, key=lambda pk: -best[pk])[: 2 * limit]
    parties = Party.objects.in_bulk(order)
    named = tuple(parties[pk] for pk in order if best[pk] >= SAME)
    return named[:limit], tuple(parties[pk] for pk in order if best[pk] < SAME)[:limit]
