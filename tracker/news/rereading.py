"""Pages that are read again, and what changed since the last time.

`collection` alone calls this, in its own transactions. Articles under a published claim are watched
(`subscriptions.watch`): asked for again after an hour, a day, a week, a month, and every three months from then on.
"""

from datetime import datetime, timedelta

from tracker.news.differences import folded
from tracker.news.models import Article, Change, ChangeKind, Reading
from tracker.news.types import Verdict

INTERVALS = (timedelta(hours=1), timedelta(days=1), timedelta(days=7), timedelta(days=30), timedelta(days=90))
GONE = frozenset({404, 410, 451})


def next_time(article: Article, now: datetime) -> datetime | None:
    """Return when a watched article is asked for again, and slow its schedule by a stage; None for any other."""
    if article.reread_stage is None:
        return None
    stage = article.reread_stage
    article.reread_stage = min(stage + 1, len(INTERVALS) - 1)
    # The wait until stage 0 was set when the watch began; this answer is that of the stage, so the next one's counts.
    return now + INTERVALS[article.reread_stage]


def note_status(article: Article, status: int | None, now: datetime) -> None:
    """Note that a page which had been read is gone, or that it is back; each once."""
    if article.current is None or status is None:
        return
    last = article.changes.filter(kind__in=(ChangeKind.GONE, ChangeKind.BACK)).order_by("-pk").first()
    is_gone = last is not None and last.kind == ChangeKind.GONE
    if status in GONE and not is_gone:
        _note(article, ChangeKind.GONE, now, article.current, None)
    elif 200 <= status < 300 and is_gone:
        _note(article, ChangeKind.BACK, now, article.current, None)


def note_reading(article: Article, reading: Reading, now: datetime) -> None:
    """Note what a new reading of the page says otherwise than the last one; it is the current one then."""
    before = article.current
    readable = reading.verdict == Verdict.ARTICLE
    if before is not None and before.snapshot_id != reading.snapshot_id:
        if not readable:
            _note(article, ChangeKind.UNREADABLE, now, before, reading)
        else:
            before = _comparable(before, reading)
            if folded(before.title) != folded(reading.title):
                _note(article, ChangeKind.HEADLINE, now, before, reading)
            if folded(before.text) != folded(reading.text):
                _note(article, ChangeKind.TEXT, now, before, reading)
    if readable:
        article.current = reading


def _comparable(before: Reading, reading: Reading) -> Reading:
    """Return the earlier snapshot as the same extractor read it, where it did: only the page's changes count."""
    same = Reading.objects.filter(
        snapshot=before.snapshot_id, extractor=reading.extractor, version=reading.version, verdict=Verdict.ARTICLE
    )
    return same.first() or before


def _note(article: Article, kind: ChangeKind, now: datetime, before: Reading, after: Reading | None) -> None:
    Change.objects.create(article=article, kind=kind, at=now, before=before, after=after)
