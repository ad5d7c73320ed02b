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

# Lines that a page shows of a table of names; its CSV file has them all.
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
    """Figures of one sort; *words* says what `Row.key` is: kind, step, answer, month or name.

    *total* counts the lines that there are; a page's table holds the first of them alone.
    """

    name: str
    words: str
    rows: tuple[Row, ...]
    total: int

    @property
    def top(self) -> int:
        """The largest figure, at least 1."""
        return max((row.number for row in self.rows), default=0) or 1


# Gives the first so many lines of a table (None: all) and how many there are.
Counted = Callable[[int | None], tuple[tuple[Row, ...], int]]


def _kinds() -> tuple[Row, ...]:
    found = dict(published().order_by().values_list("kind").annotate(number=Count("*")))
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


def _named(rows: QuerySet[Any], number: str, page: str) -> Counted:
    """Return how to count named things with a page each, the greatest *number* first."""

    def count(limit: int | None) -> tuple[tuple[Row, ...], int]:
        found = rows.order_by(f"-{number}", "name").values_list("slug", "name", number)[:limit]
        lines = tuple(Row(slug, name, reverse(page, args=[slug]), total) for slug, name, total in found)
        return lines, len(lines) if limit is None else rows.count()

    return count


def _claimants() -> QuerySet[Any]:
    rows = with_figures(public_parties()).filter(Q(made__gt=0) | Q(answered__gt=0))
    return rows.annotate(acts=F("made") + F("answered"))


def _targets() -> QuerySet[Any]:
    return with_figures(public_parties()).filter(Q(against__gt=0))


def _few(rows: Callable[[], tuple[Row, ...]]) -> Counted:
    """Return how to count what has a fixed number of lines."""

    def count(limit: int | None) -> tuple[tuple[Row, ...], int]:
        found = rows()
        return found, len(found)

    return count


TABLES: dict[str, tuple[str, Callable[[], Counted]]] = {
    "months": ("month", lambda: _few(_months)),
    "kinds": ("kind", lambda: _few(_kinds)),
    "statuses": ("step", lambda: _few(_statuses)),
    "answers": ("answer", lambda: _few(_answers)),
    "topics": ("name", lambda: _named(public_topics(), "published", "topic")),
    "systems": ("name", lambda: _named(public_systems(), "published", "system")),
    "claimants": ("name", lambda: _named(_claimants(), "acts", "party")),
    "targets": ("name", lambda: _named(_targets(), "against", "party")),
    "outlets": ("name", lambda: _named(public_outlets(), "carried", "outlet")),
}


def statistics_table(name: str, limit: int | None = None) -> Table:
    """Return one of `TABLES`, of named things the first *limit* lines; raises `KeyError`."""
    words, counted = TABLES[name]
    return Table(name, words, *counted()(limit))
