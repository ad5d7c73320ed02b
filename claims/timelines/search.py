"""Search over what is public: claims by their sentences and quotes, disputes, parties.

PostgreSQL's full-text search with the syntax of web search engines: words are all needed, "a phrase" stands
together, `or` and `-` work. A claim's sentence weighs more than the quotes of its mentions. Names of parties
and titles of disputes are also found by trigrams, so that a misspelt one leads to the right one.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib.postgres.search import SearchHeadline, SearchQuery, SearchRank, SearchVector, SearchVectorField
from django.core.paginator import Page, Paginator
from django.db.models import Count, F, FloatField, Func, QuerySet, Value
from django.db.models.expressions import RawSQL

from claims.models import Alias, Claim, Dispute, Mention, Party
from claims.timelines.disputes import public_disputes
from claims.timelines.entries import ARTICLE_FIELDS, MENTION_FIELDS, Entry, as_entries, published, with_parts, within
from claims.timelines.parties import public_parties

PER_PAGE = 20
# A query is cut at this length; nobody types more, and trigrams of a novel cost time.
QUERY_LIMIT = 200
CONFIG = "english"
NEWEST = "newest"
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
    """What a search found. `similar` holds parties whose names are spelt nearly like a word of the query."""

    page: Page[Claim]
    hits: tuple[Hit, ...]
    kinds: tuple[tuple[str, int], ...]
    disputes: tuple[Dispute, ...]
    parties: tuple[Party, ...]
    similar: tuple[Party, ...]

    @property
    def total(self) -> int:
        """How many claims of all kinds there are."""
        return sum(number for _, number in self.kinds)


def find(words: str, *, kind: str = "", order: str = "", number: int = 1) -> Found:
    """Return page *number* of what is found for *words*, narrowed to a *kind* of claim; *order* may be "newest".

    Raises `django.core.paginator.InvalidPage`.
    """
    words = words.replace("\x00", " ")[:QUERY_LIMIT].strip()
    query = SearchQuery(_NO_EXCLUSION.sub(" ", words), config=CONFIG, search_type="websearch")
    claims = matching(query)
    kinds = claims.order_by().values_list("kind").annotate(Count("pk"))
    if kind:
        claims = claims.filter(kind=kind)
    ranked = claims.order_by("-changed_at", "-pk") if order == NEWEST else claims.order_by("-rank", "-changed_at")
    page = Paginator(with_parts(ranked), PER_PAGE).page(number)
    parties, similar = _parties(words)
    return Found(
        page=page,
        hits=_hits(as_entries(page.object_list), query),
        kinds=tuple(sorted(kinds)),
        disputes=_disputes(words, query),
        parties=parties,
        similar=similar,
    )


def matching(query: SearchQuery) -> QuerySet[Claim]:
    """Return the published claims that *query* matches, ranked by `rank`."""
    # The column is kept by triggers (migration 0004) and is none of the model's: no claim is loaded with it.
    column = RawSQL('"claims_claim"."search"', [], output_field=SearchVectorField())
    rank = SearchRank(F("document"), query)
    return published().alias(document=column, rank=rank).filter(document=query)


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
    quotes = {mention.claim_id: (mention, mention.marked) for mention in best}
    return tuple(
        Hit(entry, sentences[entry.claim.pk], *quotes.get(entry.claim.pk, (entry.mention, ""))) for entry in entries
    )


def _disputes(words: str, query: SearchQuery, limit: int = 6) -> tuple[Dispute, ...]:
    vector = SearchVector("title", weight="A", config=CONFIG) + SearchVector("summary", weight="B", config=CONFIG)
    exact = public_disputes().annotate(document=vector, rank=SearchRank(vector, query)).filter(document=query)
    found = tuple(exact.order_by("-rank", "-published")[:limit])
    if found or not words:
        return found
    alike = Func(Value(words), F("title"), function="word_similarity", output_field=FloatField())
    return tuple(public_disputes().annotate(alike=alike).filter(alike__gte=ALIKE).order_by("-alike")[:limit])


def _parties(words: str, limit: int = 6) -> tuple[tuple[Party, ...], tuple[Party, ...]]:
    """Return the public parties that *words* name, and those that they nearly name."""
    if not words:
        return (), ()
    alike = Func(F("name"), Value(words), function="word_similarity", output_field=FloatField())
    public = public_parties()
    names = public.annotate(alike=alike).filter(alike__gte=ALIKE).values_list("pk", "alike", "name")
    aliases = Alias.objects.filter(party__in=public.order_by().values("pk")).annotate(alike=alike)
    best: dict[int, float] = {}
    for pk, score, name in [*names, *aliases.filter(alike__gte=ALIKE).values_list("party_id", "alike", "name")]:
        # Two letters have too few trigrams to be alike by anything but chance.
        if len(name) > 2 or score >= SAME:
            best[pk] = max(score, best.get(pk, 0.0))
    order = sorted(best, key=lambda pk: -best[pk])[: 2 * limit]
    parties = Party.objects.in_bulk(order)
    named = tuple(parties[pk] for pk in order if best[pk] >= SAME)
    return named[:limit], tuple(parties[pk] for pk in order if best[pk] < SAME)[:limit]
