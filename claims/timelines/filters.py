"""What narrows a list of claims, the same for search, its feed and the API; and how many claims each value leaves."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Self
from urllib.parse import urlencode

from django.db.models import Case, Count, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce, ExtractYear

from claims.models import Claim, Dispute, Kind, Mention, Party, Status, Step, Topic
from claims.models.claims import STEP_RANKS
from claims.timelines.entries import family, naming, published, sourced_publicly
from tracker.news.models import Outlet

# A query is cut at this length; nobody types more, and trigrams of a novel cost time.
QUERY_LIMIT = 200
# Of a claim without a status step.
NO_STATUS = "none"
FACETS = ("kind", "status", "topic", "party", "outlet", "year")
OPTIONS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """Words to be found, and what else a claim has to be: each "" leaves it open. Parties and the like by slug."""

    words: str = ""
    kind: str = ""
    status: str = ""
    topic: str = ""
    party: str = ""
    system: str = ""
    outlet: str = ""
    dispute: str = ""
    year: str = ""

    @classmethod
    def read(cls, query: Mapping[str, str]) -> Self:
        """Return the filters of an address's query (`q` holds the words); what is no value of a filter counts as ""."""
        values = {name: query.get(name, "").replace("\x00", "").strip()[:QUERY_LIMIT] for name in cls.names()}
        words = " ".join(query.get("q", "").replace("\x00", " ").split())[:QUERY_LIMIT]
        if values["kind"] not in Kind.values:
            values["kind"] = ""
        if values["status"] not in (*Step.values, NO_STATUS):
            values["status"] = ""
        if not (values["year"].isascii() and values["year"].isdigit() and len(values["year"]) == 4):
            values["year"] = ""
        return cls(words=words, **values)

    @classmethod
    def names(cls) -> tuple[str, ...]:
        """Return the names of the filters, without the words."""
        return tuple(name for name in cls.__slots__ if name != "words")

    @property
    def set(self) -> dict[str, str]:
        """The filters that narrow, without the words."""
        return {name: value for name, value in asdict(self).items() if value and name != "words"}

    @property
    def query(self) -> str:
        """The filters as the query of an address, always in the same order; "" where nothing narrows."""
        return urlencode({"q": self.words, **self.set} if self.words else self.set)

    def __bool__(self) -> bool:
        return bool(self.words or self.set)

    def without(self, name: str) -> Self:
        """Return the filters with one left open."""
        return replace(self, **{name: ""})


def by_rank(steps: QuerySet[Status]) -> QuerySet[Status]:
    """Return status steps claim by claim, of each the one that stands first, as `current_status` derives it."""
    ranks = [When(step=step, then=Value(rank)) for step, rank in STEP_RANKS.items()]
    ranked = steps.annotate(rank=Case(*ranks, output_field=IntegerField()))
    return ranked.order_by("claim_id", "-rank", F("on").desc(nulls_last=True), "-pk")


def standing_step() -> Subquery:
    """Return the step that stands of a claim, for use in a query over claims."""
    steps = by_rank(sourced_publicly().select_related(None).filter(claim=OuterRef("pk")))
    return Subquery(steps.values("step")[:1])


def narrowed(claims: QuerySet[Claim], filters: Filters) -> QuerySet[Claim]:
    """Return those of *claims* that pass every filter but the words, which `search` looks for."""
    for name, value in filters.set.items():
        claims = _NARROW[name](claims, value)
    return claims


def _kind(claims: QuerySet[Claim], value: str) -> QuerySet[Claim]:
    return claims.filter(kind=value)


def _status(claims: QuerySet[Claim], value: str) -> QuerySet[Claim]:
    standing = claims.alias(standing=standing_step())
    return standing.filter(Q(standing=None) if value == NO_STATUS else Q(standing=value))


def _topic(claims: QuerySet[Claim], value: str) -> QuerySet[Claim]:
    return claims.filter(pk__in=Claim.topics.through.objects.filter(topic__slug=value).values("claim"))


def _system(claims: QuerySet[Claim], value: str) -> QuerySet[Claim]:
    return claims.filter(pk__in=Claim.systems.through.objects.filter(system__slug=value).values("claim"))


def _party(claims: QuerySet[Claim], value: str) -> QuerySet[Claim]:
    party = Party.objects.filter(slug=value).first()
    names = family(Party, party.merged_into_id or party.pk) if party else []
    return claims.filter(pk__in=naming(names, "claimant", "co_claimants", "targets"))


def _outlet(claims: QuerySet[Claim], value: str) -> QuerySet[Claim]:
    return claims.filter(pk__in=Mention.objects.filter(article__outlet__slug=value).order_by().values("claim"))


def _dispute(claims: QuerySet[Claim], value: str) -> QuerySet[Claim]:
    dispute = Dispute.objects.filter(slug=value).first()
    names = family(Dispute, dispute.merged_into_id or dispute.pk) if dispute else []
    return claims.filter(pk__in=Claim.disputes.through.objects.filter(dispute__in=names).values("claim"))


def _year(claims: QuerySet[Claim], value: str) -> QuerySet[Claim]:
    return claims.filter(on__year=int(value))


_NARROW: dict[str, Callable[[QuerySet[Claim], str], QuerySet[Claim]]] = {
    "kind": _kind,
    "status": _status,
    "topic": _topic,
    "party": _party,
    "system": _system,
    "outlet": _outlet,
    "dispute": _dispute,
    "year": _year,
}


@dataclass(frozen=True, slots=True)
class Option:
    """A value of a filter, its name, and how many claims it leaves."""

    value: str
    label: str
    number: int


def facet(claims: QuerySet[Claim], name: str, chosen: str = "") -> tuple[Option, ...]:
    """Return the values that the filter *name* of `FACETS` has among *claims*; of names the `OPTIONS` most frequent.

    A *chosen* value is among them however rare it is.
    """
    options = _FACETS[name](claims.order_by())
    kept = options[:OPTIONS] if name in ("topic", "party", "outlet", "year") else options
    return (*kept, *(option for option in options[OPTIONS:] if option.value == chosen and option not in kept))


def _kinds(claims: QuerySet[Claim]) -> tuple[Option, ...]:
    found = dict(claims.values_list("kind").annotate(Count("pk")))
    return tuple(Option(kind, kind, found[kind]) for kind in Kind.values if kind in found)


def _statuses(claims: QuerySet[Claim]) -> tuple[Option, ...]:
    found = dict(claims.annotate(standing=standing_step()).values_list("standing").annotate(Count("pk")))
    rows = [(step, found[step]) for step in Step.values if step in found]
    rows += [(NO_STATUS, found[None])] if None in found else []
    return tuple(Option(step, step, number) for step, number in rows)


def _topics(claims: QuerySet[Claim]) -> tuple[Option, ...]:
    rows: QuerySet[Any] = Topic.objects.filter(claims__in=claims.values("pk")).annotate(number=Count("claims"))
    return tuple(Option(topic.slug, topic.name, topic.number) for topic in rows.order_by("-number", "name"))


def _parties(claims: QuerySet[Claim]) -> tuple[Option, ...]:
    links = Claim.targets.through.objects.filter(claim__in=claims.values("pk"))
    rows = claims.values_list(Coalesce("claimant__merged_into", "claimant")).annotate(Count("pk"))
    joint = Claim.co_claimants.through.objects.filter(claim__in=claims.values("pk"))
    aimed, together = (
        some.values_list(Coalesce("party__merged_into", "party")).annotate(Count("claim", distinct=True))
        for some in (links, joint)
    )
    counted: Counter[int] = Counter()
    for pk, number in [*rows, *aimed, *together]:
        counted[pk] += number
    parties = Party.objects.in_bulk(counted)
    found = [Option(parties[pk].slug, parties[pk].name, number) for pk, number in counted.items() if pk in parties]
    return tuple(sorted(found, key=lambda option: (-option.number, option.label)))


def _outlets(claims: QuerySet[Claim]) -> tuple[Option, ...]:
    carrying = Q(articles__mentions__claim__in=claims.values("pk"))
    rows: QuerySet[Any] = Outlet.objects.filter(carrying).annotate(
        number=Count("articles__mentions__claim", distinct=True)
    )
    return tuple(Option(outlet.slug, outlet.name, outlet.number) for outlet in rows.order_by("-number", "name"))


def _years(claims: QuerySet[Claim]) -> tuple[Option, ...]:
    rows = claims.filter(on__isnull=False).values_list(ExtractYear("on")).annotate(Count("pk"))
    return tuple(Option(str(year), str(year), number) for year, number in sorted(rows, reverse=True))


_FACETS: dict[str, Callable[[QuerySet[Claim]], tuple[Option, ...]]] = {
    "kind": _kinds,
    "status": _statuses,
    "topic": _topics,
    "party": _parties,
    "outlet": _outlets,
    "year": _years,
}


def filtered(filters: Filters) -> QuerySet[Claim]:
    """Return the published claims that pass the filters but the words."""
    return narrowed(published(), filters)
