"""Which changes a feed's document holds, and its archives (RFC 5005).

    subscription document   the newest changes, and everything that is in no archive yet
    archive 1, 2, 3 …       fifty claims each, in the order in which they were published; a full one stays as it is

Archives count claims that were merged or retracted since as well, so no claim ever moves from one to another; those are
told as that, which is the one way in which an archive's words change. What else changes about an old
claim brings it to the subscription document again. Together they hold the whole channel.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from django.db.models import QuerySet

from claims import timelines
from claims.following.channels import Channel
from claims.following.items import Item, correction_item, items_of, notices_of
from claims.models import Claim, State

LIMIT = 50
# A channel in which nothing ever happened still needs a date.
BEGINNING = datetime(2025, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Document:
    """One document of a feed: which it is (None is the subscription document), and how to get its items.

    *tag* differs where it would read differently, so items are only read where a reader lacks them. *last* is the
    number of the newest complete archive, 0 where there is none.
    """

    channel: Channel
    part: int | None
    last: int
    tag: str
    changed_at: datetime
    items: Callable[[], list[Item]]

    @property
    def previous(self) -> int | None:
        """The number of the archive before this document."""
        number = self.last if self.part is None else self.part - 1
        return number or None

    @property
    def next(self) -> int | None:
        """The number of the archive after this one."""
        return self.part + 1 if self.part is not None and self.part < self.last else None


def current(channel: Channel, site: str) -> Document:
    """Return the subscription document of a channel."""
    if not channel.of_claims:
        return _corrections(channel, site)
    claims, gone = channel.claims(), channel.gone()
    last, wanted = 0, _newest(claims, LIMIT)
    if not channel.words:
        in_order = channel.ever().order_by("published_at", "pk")
        last = in_order.count() // LIMIT
        rest = list(in_order.values_list("pk", flat=True)[last * LIMIT : (last + 1) * LIMIT])
        wanted = [*dict.fromkeys([*wanted, *claims.filter(pk__in=rest).values_list("pk", flat=True)])]
    notices = _newest(gone, LIMIT)

    def read() -> list[Item]:
        found = items_of(claims.model.objects.published().filter(pk__in=wanted), site)
        found += notices_of(gone.filter(pk__in=notices), site)
        return sorted(found, key=lambda item: (item.updated, item.claim), reverse=True)

    return _document(channel, None, last, [*wanted, *notices], read)


def archive(channel: Channel, part: int, site: str) -> Document | None:
    """Return an archive of a channel, None where there is none of that number. A search for words has none."""
    if channel.words or part < 1 or not channel.of_claims:
        return None
    in_order = channel.ever().order_by("published_at", "pk")
    last = in_order.count() // LIMIT
    if part > last:
        return None
    keys = list(in_order.values_list("pk", flat=True)[(part - 1) * LIMIT : part * LIMIT])

    def read() -> list[Item]:
        found = items_of(timelines.published().filter(pk__in=keys), site)
        found += notices_of(Claim.objects.filter(pk__in=keys, state__in=(State.RETRACTED, State.MERGED)), site)
        return sorted(found, key=lambda item: (item.published, item.claim), reverse=True)

    return _document(channel, part, last, keys, read)


def _corrections(channel: Channel, site: str) -> Document:
    items = [
        correction_item(correction, site) for correction in timelines.mask_corrections(timelines.corrections()[:LIMIT])
    ]
    tag = hashlib.sha256(repr((items, channel.title)).encode()).hexdigest()[:32]
    changed_at = max((item.updated for item in items), default=BEGINNING)
    return Document(channel, None, 0, tag, changed_at, lambda: items)


def _newest(claims: QuerySet[Claim], limit: int) -> list[int]:
    return list(claims.order_by("-changed_at", "-pk").values_list("pk", flat=True)[:limit])


def _document(
    channel: Channel, part: int | None, last: int, keys: list[int], read: Callable[[], list[Item]]
) -> Document:
    rows = Claim.objects.filter(pk__in=keys).order_by("pk")
    revision = timelines.revision(rows, len(keys))
    tag = hashlib.sha256(repr((revision.tag, part, last, channel.title, channel.description)).encode()).hexdigest()
    return Document(channel, part, last, tag[:32], revision.changed_at or BEGINNING, read)
