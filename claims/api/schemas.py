"""The shapes that the API answers with, for its OpenAPI description (https://spec.openapis.org/oas/v3.1.0)."""

import re
from collections.abc import Iterable
from typing import Annotated, Any

from ninja import Schema
from pydantic import ConfigDict, Field

from claims.models import Kind, PartyKind, Precision, State, Step


def one_of(values: Iterable[str], description: str | None = None) -> Any:
    """Return the description of a text that is one of *values*."""
    known = list(values)
    pattern = f"^({'|'.join(map(re.escape, known))})$"
    return Field(pattern=pattern, description=description, json_schema_extra={"enum": [*known]})


KindName = Annotated[str, one_of(Kind.values)]
StepName = Annotated[str, one_of(Step.values)]
PrecisionName = Annotated[str, one_of(Precision.values)]
PartyKindName = Annotated[str, one_of(PartyKind.values)]
SubjectName = Annotated[str, one_of(["claim", "correction", "reply", "event"])]
NowName = Annotated[str, one_of([State.PUBLISHED, State.MERGED, State.RETRACTED])]


def _any_part(schema: dict[str, Any]) -> None:
    """Require no property: `fields=` leaves out what was not asked for."""
    schema.pop("required", None)


class Out(Schema):
    """A shape of which `fields=` may leave a part."""

    model_config = ConfigDict(json_schema_extra=_any_part, extra="forbid")


class PartyRef(Schema):
    """A party by name."""

    name: str
    slug: str
    url: str


class OutletRef(Schema):
    """An outlet by name."""

    name: str
    slug: str


class Document(Schema):
    """A document that has no address: kept here, and known by the checksum of its bytes."""

    sha256: str
    kept_at: str


class Article(Out):
    """An article's metadata; its text is its publisher's."""

    id: int
    url: str = Field(description="Its page here.")
    original_url: str | None = Field(
        description="The article itself, at its publisher's; null where it has no address."
    )
    document: Document | None = Field(description="Instead of an address, where it is a document that is kept here.")
    title: str
    outlet: OutletRef
    published_at: str | None
    language: str
    copy_of: int | None = Field(description="The article that this one is a copy of.")
    demonstration: bool = Field(description="Made for the demonstration; not to be cited.")


class Mention(Schema):
    """Where a claim was published: `reading[start:end]` is the quote, counted in Unicode code points."""

    quote: str
    shortened: bool = Field(description="The quote is cut: an excerpt and a link, never an article.")
    start: int
    end: int
    direct: bool = Field(description="The claimant's own words in quotation marks.")
    via: list[str] = Field(description="From the outlet towards the origin.")
    article: Article


class StatusStep(Schema):
    """A dated, sourced step of a claim against one target."""

    step: StepName
    target: str | None
    on: str | None
    precision: PrecisionName
    note: str
    source: str


class StruckStep(Schema):
    """A step that was recorded in error: it counts for nothing."""

    step: StepName
    target: str | None
    on: str | None
    precision: PrecisionName
    noted_at: str = Field(description="When an editor noted the error.")


class Reports(Schema):
    """How often a claim is reported, and by how many sources: copies, and reports of a report, are one source."""

    articles: int
    independent: int


class Claim(Out):
    """A published claim: who says what about whom, with the words it stands on."""

    id: int
    url: str
    kind: KindName
    statement: str = Field(description="The public sentence; it names the claimant.")
    claimant: PartyRef | None
    claimants: list[PartyRef] = Field(description="The claimant, then those who claim it together with it.")
    targets: list[PartyRef]
    on: str | None = Field(description="When it was claimed: ISO 8601, as much of the date as is known.")
    precision: PrecisionName
    hedged: bool = Field(description="Marked as unproven by its source.")
    status: StepName | None = Field(description="The step that stands, derived from `statuses`.")
    statuses: list[StatusStep]
    recorded_in_error: list[StruckStep] = Field(description="Steps that stood in `statuses` by mistake.")
    topics: list[str]
    systems: list[str]
    disputes: list[str]
    answers: list[int] = Field(description="The claims that it answers.")
    answered_by: list[int] = Field(description="The claims that answer it.")
    mention: Mention | None = Field(description="The best one: the original before a copy, own words before reported.")
    reports: Reports
    published_at: str | None
    changed_at: str | None = Field(description="The last significant change.")
    demonstration: bool


class ClaimWithMentions(Claim):
    """A published claim with all its mentions."""

    mentions: list[Mention]


class Dispute(Out):
    """A conflict between parties over an AI system."""

    id: int
    slug: str
    url: str
    title: str
    summary: str
    topics: list[str]
    claims: int
    allegations: int
    answers: int
    articles: int
    independent: int = Field(description="Independent sources behind those articles.")
    first: str | None
    last: str | None
    changed_at: str | None
    demonstration: bool


class Party(Out):
    """Who claims, or is claimed against."""

    id: int
    slug: str
    url: str
    name: str
    names: list[str]
    kind: PartyKindName
    country: str
    wikidata: str
    claims: int
    answers: int
    claims_against: int


class System(Out):
    """A model, product or data set that claims are about."""

    id: int
    slug: str
    url: str
    name: str
    names: list[str]
    kind: str
    maker: PartyRef | None
    claims: int


class Correction(Out):
    """What a claim, a dispute or a party said wrongly, and what is right: exactly one of the three is named."""

    id: int
    url: str = Field(description="Its place in the register of corrections.")
    claim: int | None
    dispute: str | None
    party: str | None
    wrong: str
    right: str
    at: str | None = Field(description="Right since.")


class Reply(Out):
    """What a party that was asked replied: published verbatim, never reworded."""

    id: int
    party: PartyRef | None
    signed: str = Field(description="Who answers for the party.")
    text: str
    language: str = Field(description="BCP 47.")
    translation: str = Field(description="Ours, into English; empty where none is needed.")
    claims: list[int] = Field(description="The public claims that it answers.")
    received_at: str | None
    published_at: str | None


class Event(Out):
    """A dated entry of a dispute's timeline that is no claim."""

    id: int
    dispute: str | None = Field(description="Slug of the dispute.")
    url: str | None = Field(description="The dispute's page.")
    text: str
    on: str | None = Field(description="ISO 8601, as much of the date as is known.")
    precision: PrecisionName
    until: str | None = Field(description="The last day of a range.")
    sources: list[str] = Field(description="Addresses of articles at their publishers'.")
    documents: list[Document] = Field(description="Sources that have no address.")
    demonstration: bool


class Change(Out):
    """A decision about what is or was public; `claim`, `correction`, `reply` or `event` is that as it is now.

    All four are null where it is gone. A correction of a claim is a change of that claim.
    """

    number: int = Field(description="Of the decision; grows, with gaps.")
    at: str | None
    action: str = Field(description="accept, edit, status, link, correct, merge or retract; reply; curate of an event.")
    subject: SubjectName = Field(description="What was decided about.")
    id: int = Field(description="The key of that.")
    state: NowName
    into: int | None = Field(description="The claim that a merged one became part of.")
    claim: Claim | None
    correction: Correction | None
    reply: Reply | None
    event: Event | None


class Listing(Out):
    """A page of a list."""

    next: str | None = Field(description="Give it as `after` for the next page; null at the end.")


class ClaimList(Listing):
    """A page of claims."""

    items: list[Claim]


class DisputeList(Listing):
    """A page of disputes."""

    items: list[Dispute]


class PartyList(Listing):
    """A page of parties."""

    items: list[Party]


class SystemList(Listing):
    """A page of systems."""

    items: list[System]


class ArticleList(Listing):
    """A page of articles."""

    items: list[Article]


class CorrectionList(Listing):
    """A page of corrections."""

    items: list[Correction]


class ReplyList(Listing):
    """A page of replies."""

    items: list[Reply]


class EventList(Listing):
    """A page of events."""

    items: list[Event]


class ChangeList(Out):
    """A page of changes, the oldest first."""

    next: str = Field(description="Keep it, and give it as `after` to hear what changed since.")
    more: bool = Field(description="More changes wait behind `next`.")
    items: list[Change]


class Problem(Schema):
    """Why there is no answer."""

    detail: str


class Invalid(Schema):
    """Which parameters were wrong, and how."""

    detail: list[dict[str, Any]]
