"""The API's addresses: claims, what stands around and beside them, and what changed. Read only, no key."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Annotated, Any

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI, Query, Schema
from ninja.errors import HttpError
from pydantic import BaseModel, Field, StringConstraints

from claims import timelines
from claims.api import changes, schemas
from claims.api.answers import answer, only
from claims.models import Claim, Correction, Dispute, Event, Kind, Party, Reply, Step, System
from claims.timelines import records
from claims.timelines.bounds import TookTooLong, bounded
from tracker.news.models import Article

api = NinjaAPI(
    title="AI claims tracker",
    version="1",
    description="Who alleges what against whom in disputes over AI. Read only; no key is needed.",
    docs_url=None,
    urls_namespace="api",
)
# Text that PostgreSQL can hold: no null character.
Text = Annotated[str, StringConstraints(pattern=r"^[^\x00]*$", max_length=timelines.QUERY_LIMIT)]
Slug = Annotated[str, StringConstraints(pattern=r"^[-a-zA-Z0-9_]*$", max_length=timelines.QUERY_LIMIT)]
Key = Annotated[int, Field(ge=0, le=2**63 - 1)]
Cursor = Annotated[str, Field(pattern=r"^(-?[0-9]{1,18}\.[0-9]{1,18})?$", description="`next` of the page before.")]
Number = Annotated[str, Field(pattern=r"^[0-9]{0,18}$", description="`next` of the page before.")]
Limit = Annotated[int, Field(ge=1, le=100, description="Rows of a page.")]
OR_NOT = {304: None, 422: schemas.Invalid | schemas.Problem, 429: schemas.Problem, 503: schemas.Problem}
OR_NOTHING = {**OR_NOT, 404: schemas.Problem}


def fields_of(shape: type[BaseModel]) -> Any:
    """Return the description of `fields=` for *shape*: names of its own, divided by commas."""
    name = "|".join(shape.model_fields)
    return Field(pattern=f"^(({name})(, ?({name}))*)?$", description="Only these fields, divided by commas.")


class ClaimQuery(Schema):
    """What narrows and orders claims; the same as on the search page."""

    q: Annotated[Text, Field(description='Words, "a phrase", or, -not.')] = ""
    kind: Annotated[str, schemas.one_of(["", *Kind.values])] = ""
    status: Annotated[
        str,
        schemas.one_of(["", *Step.values, timelines.NO_STATUS], "The step that stands; none for a claim without one."),
    ] = ""
    topic: Slug = ""
    party: Annotated[Slug, Field(description="As claimant or target.")] = ""
    system: Slug = ""
    outlet: Slug = ""
    dispute: Slug = ""
    year: Annotated[str, Field(pattern=r"^([1-9][0-9]{3})?$")] = ""
    order: Annotated[
        str,
        schemas.one_of(["", *timelines.ORDERS], "Left out: by rank where there are words, else by the newest change."),
    ] = ""
    after: Cursor = ""
    limit: Limit = 50
    fields: Annotated[str, fields_of(schemas.Claim)] = ""


class ListQuery(Schema):
    """Which part of a list."""

    after: Cursor = ""
    limit: Limit = 50


class DisputeQuery(ListQuery):
    """Which part of the disputes."""

    fields: Annotated[str, fields_of(schemas.Dispute)] = ""


class PartyQuery(ListQuery):
    """Which part of the parties."""

    fields: Annotated[str, fields_of(schemas.Party)] = ""


class SystemQuery(ListQuery):
    """Which part of the systems."""

    fields: Annotated[str, fields_of(schemas.System)] = ""


class ArticleQuery(ListQuery):
    """Which part of the articles, or of one outlet's."""

    outlet: Slug = ""
    fields: Annotated[str, fields_of(schemas.Article)] = ""


class CorrectionQuery(ListQuery):
    """Which part of the corrections."""

    fields: Annotated[str, fields_of(schemas.Correction)] = ""


class ReplyQuery(ListQuery):
    """Which part of the replies."""

    fields: Annotated[str, fields_of(schemas.Reply)] = ""


class EventQuery(ListQuery):
    """Which part of the events."""

    fields: Annotated[str, fields_of(schemas.Event)] = ""


class ChangeQuery(Schema):
    """Since when."""

    after: Number = ""
    limit: Limit = 50


@api.exception_handler(timelines.BadCursor)
def bad_cursor(request: HttpRequest, error: timelines.BadCursor) -> HttpResponse:
    """Answer that a cursor is none."""
    return api.create_response(request, {"detail": str(error)}, status=HTTPStatus.UNPROCESSABLE_ENTITY)


@api.exception_handler(TookTooLong)
def took_too_long(request: HttpRequest, error: TookTooLong) -> HttpResponse:
    """Answer that a question was given up."""
    detail = "This took too long and was given up. Use rarer words, or narrow it to a kind, a party or a year."
    response = api.create_response(request, {"detail": detail}, status=HTTPStatus.SERVICE_UNAVAILABLE)
    response["Retry-After"] = "60"
    return response


def _page(
    request: HttpRequest,
    query: Any,
    rows: QuerySet[Any],
    write: Callable[[tuple[Any, ...]], list[records.Record]],
    order: timelines.Order = timelines.BY_KEY,
) -> HttpResponse:
    """Answer with a page of *rows*, which *write* turns into records."""
    with bounded(settings.SEARCH_TIMEOUT_MS):
        page = timelines.after(rows, order, query.after, query.limit)
        items = [only(record, query.fields) for record in write(page.rows)]
    return answer(request, {"next": page.next or None, "items": items})


@api.get("/claims", response={200: schemas.ClaimList, **OR_NOT}, summary="Claims", tags=["Claims"])
def list_claims(request: HttpRequest, query: Query[ClaimQuery]) -> HttpResponse:
    """Published claims: filtered, in an order, a page at a time."""
    filters = timelines.Filters.read(query.dict(exclude={"order", "after", "limit", "fields"}))
    claims = timelines.with_parts(timelines.matching(filters)).prefetch_related("systems")
    return _page(request, query, claims, _claims, timelines.order_of(filters, query.order))


def _claims(rows: tuple[Claim, ...]) -> list[records.Record]:
    return [records.claim_record(entry, settings.SITE_URL) for entry in timelines.as_entries(rows)]


@api.get(
    "/claims/{int:pk}",
    response={200: schemas.ClaimWithMentions, **OR_NOTHING, 410: schemas.Problem},
    summary="One claim",
    tags=["Claims"],
)
def one_claim(
    request: HttpRequest, pk: Key, fields: Annotated[str, Query(""), fields_of(schemas.ClaimWithMentions)] = ""
) -> HttpResponse:
    """A claim with all its mentions. Of a merged one the claim that it became part of; of a retracted one 410."""
    try:
        claim = timelines.find_claim(pk)
    except timelines.Retracted:
        raise HttpError(HTTPStatus.GONE, f"Claim {pk} was retracted.") from None
    except Claim.DoesNotExist:
        raise HttpError(HTTPStatus.NOT_FOUND, f"There is no public claim {pk}.") from None
    (record,) = _claims((claim,))
    mentions = timelines.appearances(claim)[:200]
    masked = timelines.masking()
    record["mentions"] = [
        records.mention_record(timelines.mask_mention(mention, masked), settings.SITE_URL) for mention in mentions
    ]
    return answer(request, only(record, fields))


@api.get("/disputes", response={200: schemas.DisputeList, **OR_NOT}, summary="Disputes", tags=["Disputes"])
def list_disputes(request: HttpRequest, query: Query[DisputeQuery]) -> HttpResponse:
    """Disputes with a published claim, in the order in which they were opened."""
    rows = timelines.public_disputes().prefetch_related("topics")
    return _page(request, query, rows, _disputes)


def _disputes(rows: tuple[Dispute, ...]) -> list[records.Record]:
    figures = timelines.dispute_figures(rows)
    return [records.dispute_record(row, figures[row.pk], settings.SITE_URL) for row in rows]


@api.get(
    "/disputes/{slug:slug}", response={200: schemas.Dispute, **OR_NOTHING}, summary="One dispute", tags=["Disputes"]
)
def one_dispute(
    request: HttpRequest, slug: Slug, fields: Annotated[str, Query(""), fields_of(schemas.Dispute)] = ""
) -> HttpResponse:
    """A dispute; of a merged one its survivor. Its claims are `/claims?dispute=…`."""
    try:
        (record,) = _disputes((timelines.find_dispute(slug),))
    except Dispute.DoesNotExist:
        raise HttpError(HTTPStatus.NOT_FOUND, "There is no public dispute of that name.") from None
    return answer(request, only(record, fields))


@api.get("/parties", response={200: schemas.PartyList, **OR_NOT}, summary="Parties", tags=["Parties"])
def list_parties(request: HttpRequest, query: Query[PartyQuery]) -> HttpResponse:
    """Parties that make a published claim or are the target of one."""
    rows = timelines.with_figures(timelines.public_parties()).prefetch_related(timelines.public_aliases())
    return _page(request, query, rows, _parties)


def _parties(rows: tuple[Party, ...]) -> list[records.Record]:
    site = settings.SITE_URL
    return [records.party_record(row, [alias.name for alias in row.aliases.all()], site) for row in rows]


@api.get("/parties/{slug:slug}", response={200: schemas.Party, **OR_NOTHING}, summary="One party", tags=["Parties"])
def one_party(
    request: HttpRequest, slug: Slug, fields: Annotated[str, Query(""), fields_of(schemas.Party)] = ""
) -> HttpResponse:
    """A party; of a merged one its survivor. Its claims are `/claims?party=…`."""
    try:
        found = timelines.find_party(slug)
    except Party.DoesNotExist:
        raise HttpError(HTTPStatus.NOT_FOUND, "There is no public party of that name.") from None
    counted = (
        timelines.with_figures(timelines.public_parties()).prefetch_related(timelines.public_aliases()).get(pk=found.pk)
    )
    return answer(request, only(_parties((counted,))[0], fields))


@api.get("/systems", response={200: schemas.SystemList, **OR_NOT}, summary="Systems", tags=["Systems"])
def list_systems(request: HttpRequest, query: Query[SystemQuery]) -> HttpResponse:
    """Systems that a published claim is about."""
    return _page(request, query, timelines.public_systems(), _systems)


def _systems(rows: tuple[System, ...]) -> list[records.Record]:
    return [records.system_record(row, settings.SITE_URL) for row in rows]


@api.get("/systems/{slug:slug}", response={200: schemas.System, **OR_NOTHING}, summary="One system", tags=["Systems"])
def one_system(
    request: HttpRequest, slug: Slug, fields: Annotated[str, Query(""), fields_of(schemas.System)] = ""
) -> HttpResponse:
    """A system. The claims about it are `/claims?system=…`."""
    try:
        (record,) = _systems((timelines.find_system(slug),))
    except System.DoesNotExist:
        raise HttpError(HTTPStatus.NOT_FOUND, "There is no public system of that name.") from None
    return answer(request, only(record, fields))


@api.get("/articles", response={200: schemas.ArticleList, **OR_NOT}, summary="Articles", tags=["Articles"])
def list_articles(request: HttpRequest, query: Query[ArticleQuery]) -> HttpResponse:
    """Metadata of the articles that carry a published claim."""
    rows = timelines.sources()
    rows = rows.filter(outlet__slug=query.outlet) if query.outlet else rows
    return _page(request, query, rows, _articles)


def _articles(rows: tuple[Article, ...]) -> list[records.Record]:
    return [records.article_record(row, settings.SITE_URL) for row in timelines.mask_articles(rows)]


@api.get("/articles/{int:pk}", response={200: schemas.Article, **OR_NOTHING}, summary="One article", tags=["Articles"])
def one_article(
    request: HttpRequest, pk: Key, fields: Annotated[str, Query(""), fields_of(schemas.Article)] = ""
) -> HttpResponse:
    """An article's metadata. Its text is its publisher's."""
    try:
        (record,) = _articles((timelines.find_source(pk),))
    except Article.DoesNotExist:
        raise HttpError(HTTPStatus.NOT_FOUND, f"There is no public article {pk}.") from None
    return answer(request, only(record, fields))


@api.get(
    "/corrections", response={200: schemas.CorrectionList, **OR_NOT}, summary="Corrections", tags=["Beside claims"]
)
def list_corrections(request: HttpRequest, query: Query[CorrectionQuery]) -> HttpResponse:
    """Corrections of public claims, disputes and parties, the earliest entered first."""
    return _page(request, query, timelines.listed_corrections(), _corrections)


def _corrections(rows: tuple[Correction, ...]) -> list[records.Record]:
    return [records.correction_record(row, settings.SITE_URL) for row in timelines.mask_corrections(rows)]


@api.get("/replies", response={200: schemas.ReplyList, **OR_NOT}, summary="Parties' replies", tags=["Beside claims"])
def list_replies(request: HttpRequest, query: Query[ReplyQuery]) -> HttpResponse:
    """Replies of parties that were asked about public claims, verbatim, the earliest received first."""
    return _page(request, query, timelines.listed_replies(), _replies)


def _replies(rows: tuple[Reply, ...]) -> list[records.Record]:
    return [records.reply_record(row, settings.SITE_URL) for row in timelines.mask_replies(rows)]


@api.get("/events", response={200: schemas.EventList, **OR_NOT}, summary="Timeline events", tags=["Beside claims"])
def list_events(request: HttpRequest, query: Query[EventQuery]) -> HttpResponse:
    """Events of public disputes' timelines, the earliest entered first."""
    return _page(request, query, timelines.listed_events(), _events)


def _events(rows: tuple[Event, ...]) -> list[records.Record]:
    return [records.event_record(row, settings.SITE_URL) for row in timelines.mask_events(rows)]


@api.get("/changes", response={200: schemas.ChangeList, **OR_NOT}, summary="What changed", tags=["Changes"])
def list_changes(request: HttpRequest, query: Query[ChangeQuery]) -> HttpResponse:
    """Decisions about what is or was public, the oldest first: begin without `after`, then keep `next`.

    Their `subject` is a claim, a correction of a dispute or a party, a reply or an event; `id` is its key. What is
    merged or retracted now is to be removed from a copy.
    """
    with bounded(settings.SEARCH_TIMEOUT_MS):
        rows = timelines.public_decisions(int(query.after or 0), query.limit + 1)
        shown = rows[: query.limit]
        items = changes.items_of(shown)
    last = str(shown[-1].number) if shown else query.after or "0"
    return answer(request, {"next": last, "more": len(rows) > len(shown), "items": items})
