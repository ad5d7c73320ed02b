"""Where outside archives keep what we hold: noted where the page came from one, else by editors.

With `collection` and `subscriptions` a writer of the evidence's tables: of `ArchiveCopy`, and of nothing else.
"""

import re
from collections.abc import Mapping
from urllib.parse import urlsplit

from django.db import transaction

from tracker.news import clock
from tracker.news.models import ArchiveCopy, Snapshot

_ARCHIVES = re.compile(
    r"(?:^|\.)(?:web\.archive\.org|archive\.(?:today|ph|is|li|md|fo|vn)|perma\.cc|ghostarchive\.org|webcitation\.org|"
    r"megalodon\.jp|swap\.stanford\.edu|webarchive\.nationalarchives\.gov\.uk|arquivo\.pt|vefsafn\.is)$"
)


def archived_at(url: str, headers: Mapping[str, str]) -> str:
    """Return *url*, which answered with *headers*, if what it serves is an archive's copy of a page, else "".

    An archive says so itself (RFC 7089, 2.1.1: Memento-Datetime); some that do not are known by name.
    """
    parts = urlsplit(url)
    by_name = _ARCHIVES.search((parts.hostname or "").lower()) and parts.path.strip("/")
    return url if len(url) <= 2000 and (headers.get("memento-datetime") or by_name) else ""


@transaction.atomic
def note(snapshot: Snapshot, url: str, by: str = "") -> ArchiveCopy:
    """Note where an archive keeps what *snapshot* holds, in place of what was noted before.

    *by* is the editor's name; "" where the page itself came from the archive.
    """
    copy, _ = ArchiveCopy.objects.update_or_create(
        snapshot=snapshot, defaults={"url": url, "noted_at": clock.now(), "noted_by": by}
    )
    return copy
