"""What every stage of the route does with its rows: lease, put aside, record a fault."""

import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db import OperationalError
from django.db.models import F, QuerySet
from django.db.models.functions import Greatest, Now

from tracker.news.models import Work

log = logging.getLogger(__name__)

LEASE_SECONDS = 300


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one row of work: the address, whether all went well, a short word and the count of new rows."""

    url: str
    ok: bool
    result: str
    new: int = 0
    error: str = ""


def leased(rows: Any, limit: int) -> Iterable[Any]:
    """Lease due rows that are worked on together; those that were tried too often are put aside."""
    return (row for row in rows.lease(limit, LEASE_SECONDS) if not put_aside(row))


def one_by_one(rows: Any, limit: int, seconds: int = LEASE_SECONDS) -> Iterator[Any]:
    """Lease due rows that are worked on one after another, each when its turn comes.

    So a row's attempts are its own: one that kills its worker leaves the others untouched.
    """
    for _ in range(limit):
        taken = rows.lease(1, seconds)
        if not taken:
            return
        if not put_aside(taken[0]):
            yield taken[0]


def put_aside(row: Work) -> bool:
    """Put a row aside that was tried too often, with the reason, for people to see; tell whether it was."""
    if row.attempts <= Work.MAX_ATTEMPTS:
        return False
    reason = row.last_error or f"put aside: {Work.MAX_ATTEMPTS} tries ended without a result"
    log.error("%s %s put aside: %s", row._meta.model_name, row.pk, reason)
    type(row)._default_manager.filter(pk=row.pk).update(due_at=None, lease_until=None, last_error=reason)
    return True


def recorded(row: Work, url: str, store: Callable[[], Outcome]) -> Outcome:
    """Return what *store* returns; a fault of ours is recorded at the row, which is tried again when its lease ends."""
    try:
        return store()
    except Exception as error:  # one bad input must not stop the others
        return fault(row, url, error)


def fault(row: Work, url: str, error: Exception) -> Outcome:
    """Record at its row a fault of ours, or of the database's, and return what became of it."""
    return Outcome(url, False, "fault", error=note_fault(row, error))


def note_fault(row: Work, error: Exception) -> str:
    """Write down at *row* why work on it failed; it is tried again when its lease ends. Return the words.

    What the database could not do (its disk is full, its connections were cut) is no fault of the row's and does not
    count as a try: however long it lasts, the work goes on by itself afterwards.
    """
    log.error("%s %s failed", row._meta.model_name, row.pk, exc_info=error)
    message = f"{type(error).__name__}: {error}"[:2000].replace("\0", "")
    rows = type(row)._default_manager.filter(pk=row.pk)
    tries = {"attempts": Greatest(F("attempts") - 1, 0)} if isinstance(error, OperationalError) else {}
    rows.update(last_error=message, **tries)
    return message


def try_again(rows: QuerySet[Any]) -> int:
    """Make rows that were put aside due now, with all their tries before them; return how many."""
    return rows.filter(due_at=None).exclude(last_error="").update(due_at=Now(), lease_until=None, attempts=0)
