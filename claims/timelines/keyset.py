"""Keyset paging: the next page begins after the last row of this one, whatever came or went in between.

An offset costs what it passes over and repeats or skips rows when the list changes; a cursor costs the same on every
page. A cursor is two whole numbers: where the last row stood in the order, and its key.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Generic, TypeVar

from django.db.models import F, Model, Q, QuerySet
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce

Row = TypeVar("Row", bound=Model)
CURSOR = re.compile(r"(-?[0-9]{1,18})\.([0-9]{1,18})")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class BadCursor(ValueError):  # noqa: N818 — named for what it is about, like Django's EmptyPage
    """The cursor is none that this list gave."""


@dataclass(frozen=True, slots=True)
class Order:
    """An order of rows: by *place* and then by key, both turned round where *descending*.

    *number* turns a row's place into a whole number, *value* turns it back; both lose nothing.
    """

    place: Combinable | F
    descending: bool
    number: Callable[[Any], int] = int
    value: Callable[[int], Any] = int


@dataclass(frozen=True, slots=True)
class Slice(Generic[Row]):
    """Some rows, and the cursor of those that follow; "" at the end."""

    rows: tuple[Row, ...]
    next: str


def _micros(moment: datetime) -> int:
    since = moment - EPOCH
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


def _moment(micros: int) -> datetime:
    try:
        return EPOCH + timedelta(microseconds=micros)
    except OverflowError:  # no row stands there: the end of time does as well
        return datetime.max.replace(tzinfo=UTC) if micros > 0 else datetime.min.replace(tzinfo=UTC)


def _on(ordinal: int) -> date:
    return date.fromordinal(min(max(ordinal, 1), date.max.toordinal()))


BY_KEY = Order(F("pk"), False)
NEWEST_CHANGE = Order(F("changed_at"), True, _micros, _moment)
OLDEST_CHANGE = Order(F("changed_at"), False, _micros, _moment)
# Claims without a date come last either way.
LATEST = Order(Coalesce("on", date.min), True, date.toordinal, _on)
EARLIEST = Order(Coalesce("on", date.max), False, date.toordinal, _on)


def after(rows: QuerySet[Row], order: Order, cursor: str, size: int) -> Slice[Row]:
    """Return up to *size* of *rows* in *order* that come after *cursor* ("" is the beginning); raises `BadCursor`."""
    rows = rows.annotate(place=order.place)
    if cursor:
        found = CURSOR.fullmatch(cursor)
        if found is None:
            raise BadCursor(f"{cursor[:60]!r} is no cursor of this list: leave it out to begin anew.")
        place, pk = order.value(int(found[1])), int(found[2])
        if order.descending:
            rows = rows.filter(Q(place__lt=place) | Q(place=place, pk__lt=pk))
        else:
            rows = rows.filter(Q(place__gt=place) | Q(place=place, pk__gt=pk))
    sign = "-" if order.descending else ""
    found_rows: Sequence[Row] = list(rows.order_by(f"{sign}place", f"{sign}pk")[: size + 1])
    last: Any = found_rows[size - 1] if len(found_rows) > size else None
    return Slice(tuple(found_rows[:size]), f"{order.number(last.place)}.{last.pk}" if last else "")
