"""What every stage of the route does with its rows: lease, put aside, record a fault."""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

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
    """Lease due rows; those that were tried too often are put aside with the reason, for people to see."""
    for row in rows.lease(limit, LEASE_SECONDS):
        if row.attempts <= Work.MAX_ATTEMPTS:
            yield row
            continue
        reason = row.last_error or f"put aside: {Work.MAX_ATTEMPTS} tries ended without a result"
        log.error("%s %s put aside: %s", row._meta.model_name, row.pk, reason)
        type(row).objects.filter(pk=row.pk).update(due_at=None, lease_until=None, last_error=reason)


def recorded(row: Work, url: str, store: Callable[[], Outcome]) -> Outcome:
    """Return what *store* returns; a fault of ours is recorded at the row, which is tried again when its lease ends."""
    try:
        return store()
    except Exception as error:  # one bad input must not stop the others
        return fault(row, url, error)


def fault(row: Work, url: str, error: Exception) -> Outcome:
    log.error("%s %s: %s", row._meta.model_name, row.pk, url, exc_info=error)
    message = f"{type(error).__name__}: {error}"[:2000].replace("\0", "")
    type(row).objects.filter(pk=row.pk).update(last_error=message)
    return Outcome(url, False, "fault", error=message)
