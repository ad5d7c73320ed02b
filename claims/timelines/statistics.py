"""Tables of figures over everything that is public: what the statistics page draws and its CSV files hold."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from claims.models import Kind, State, Step
from claims.timelines.entries import open_accusations, published, sourced_publicly
from claims.timelines.figures import months
from claims.timelines.filters import by_rank
from claims.timelines.parties import public_parties, with_figures
from claims.timelines.sources import public_outlets
from claims.timelines.subjects import public_systems, public_topics

# Rows that a table of names shows; its CSV file has them all.
SHOWN = 15
UNSTATED = "none"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table: what is counted (a key of a kind or step, a month, or a name), where it leads, how many."""

    key: str
    label: str
    address: str
    number: int


@dataclass(frozen=True, slots=True)
class Table:
    """Figures of one sort; *words* says what `Row.key` is: kind, step, answer, month or name."""

    name: str
    words: str
    rows: tuple[Row, ...]

    @property
    def top(self) -> int:
        """The largest figure, at least 1."""
        return max((row.number for row in self.rows), default=0) or 1


def _kinds() -> tuple[Row, ...]:
    found = dict(published().order_by().values_list("kind").annotate(Count("pk")))
    return tuple(Row(kind, kind, "", found.get(kind, 0)) for kind in Kind.values)


def _statuses() -> tuple[Row, ...]:
    """Count claims by the step that stands, those without one as `UNSTATED`."""
    steps = sourced_publicly().select_related(None).filter(claim__state=State.PUBLISHED)
    standing = Counter(by_rank(steps).distinct("claim_id").values_list("step", flat=True))
    standing[UNSTATED] = published().count() - standing.total()
    return tuple(Row(step, step, "", standing[step]) for step in [*Step.values, UNSTATED])


def _answers() -> tuple[Row, ...]:
    allegations = published().filter(kind=Kind.ALLEGATION)
    total, waiting = allegations.count(), open_accusations(allegations).count()
    return (Row("answered", "answered", "", total - waiting), Row("open", "open", "", waiting))


def _months() -> tuple[Row, ...]:
    return tuple(
        Row(f"{month.first:%Y-%m}", f"{month.first:%Y-%m}", "", month.total) for month in months(timezone.localdate())
    )


def _topics() -> tuple[Row, ...]:
    rows: QuerySet[Any] = public_topics().order_by("-published", "name")
    return tuple(Row(topic.slug, topic.name, topic.get_absolute_url(), topic.published) for topic in rows)


def _systems() -> tuple[Row, ...]:
    rows: QuerySet[Any] = public_systems().order_by("-published", "name")
    return tuple(Row(system.slug, system.name, system.get_absolute_url(), system.published) for system in rows)


def _claimants() -> tuple[Row, ...]:
    rows = with_figures(public_parties()).filter(Q(made__gt=0) | Q(answered__gt=0))
    rows = rows.annotate(total=F("made") + F("answered")).order_by("-total", "name")
    return tuple(Row(party.slug, party.name, party.get_absolute_url(), party.total) for party in rows)


def _targets() -> tuple[Row, ...]:
    rows: QuerySet[Any] = with_figures(public_parties()).filter(Q(against__gt=0)).order_by("-against", "name")
    return tuple(Row(party.slug, party.name, party.get_absolute_url(), party.against) for party in rows)


def _outlets() -> tuple[Row, ...]:
    rows: QuerySet[Any] = public_outlets().order_by("-carried", "name")
    return tuple(
        Row(outlet.slug, outlet.name, reverse("outlet", args=[outlet.slug]), outlet.carried) for outlet in rows
    )


TABLES: dict[str, tuple[str, Callable[[], tuple[Row, ...]]]] = {
    "months": ("month", _months),
    "kinds": ("kind", _kinds),
    "statuses": ("step", _statuses),
    "answers": ("answer", _answers),
    "topics": ("name", _topics),
    "systems": ("name", _systems),
    "claimants": ("name", _claimants),
    "targets": ("name", _targets),
    "outlets": ("name", _outlets),
}


def statistics_table(name: str) -> Table:
    """Return one of `TABLES`; raises `KeyError`."""
    words, rows = TABLES[name]
    return Table(name, words, rows())
