"""What happened beside the changes of claims: corrections, parties' replies, and claims that are public no more.

They stand among the claims of the list of changes, each at its moment and each said in a sentence of its own.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from django.db.models import QuerySet

from claims.models import Claim, Correction, Reply, State
from claims.timelines.beside import listed_corrections, listed_replies
from claims.timelines.entries import Entry
from claims.timelines.notices import mask_corrections, mask_replies

Row = TypeVar("Row", Claim, Correction, Reply)
# More than that of one sort between two pages' claims would be a list of its own: the register holds the rest.
MOST = 40


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing that happened at a moment: exactly one of the others is set. *gone* is a claim that is public no more,
    of which only its number, when and why are told."""

    at: datetime
    entry: Entry | None = None
    correction: Correction | None = None
    reply: Reply | None = None
    gone: Claim | None = None


def happenings(entries: Sequence[Entry], until: datetime | None, after: datetime | None) -> list[Happening]:
    """Return *entries*, which stand in the order of their changes, with what else happened *after* and *until* then.

    None is no bound. A claim whose last change is a correction or a reply among them is told by that.
    """
    corrections = mask_corrections(_between(listed_corrections(), "made_at", until, after))
    replies = mask_replies(_between(listed_replies(), "published_at", until, after))
    found = [Happening(row.made_at, correction=row) for row in corrections]
    found += [Happening(row.published_at, reply=row) for row in replies if row.published_at]
    told: set[tuple[int | None, datetime | None]] = {(row.claim_id, row.made_at) for row in corrections}
    told |= {(claim.pk, row.published_at) for row in replies for claim in getattr(row.request, "public_claims")}  # noqa: B009
    for entry in entries:
        changed_at = entry.claim.changed_at
        if changed_at and (entry.claim.pk, changed_at) not in told:
            found.append(Happening(changed_at, entry=entry))
    gone = Claim.objects.exclude(state__in=(State.PUBLISHED, State.MERGED)).select_related("decision").defer("proposed")
    found += [Happening(c.changed_at, gone=c) for c in _between(gone, "changed_at", until, after) if c.changed_at]
    return sorted(found, key=lambda row: row.at, reverse=True)


def _between(rows: QuerySet[Row], field: str, until: datetime | None, after: datetime | None) -> list[Row]:
    rows = rows.filter(**{f"{field}__isnull": False})
    rows = rows.filter(**{f"{field}__lte": until}) if until else rows
    rows = rows.filter(**{f"{field}__gt": after}) if after else rows
    return list(rows.order_by(f"-{field}", "-pk")[:MOST])
