"""The route of the evidence, in reading order; with `subscriptions`, the only writer of its tables.

    Feed ──poll_due──→ Entry ──(new address)──→ Article ──fetch_due──→ Snapshot ──read_unread──→ Reading

Each stage leases rows that are due, does its work without holding a lock, and stores the outcome of each row in
a transaction of its own: an input that fails is recorded at its row and the rest goes on. Running a stage twice
on the same input has one effect. Settings are read by the callers and handed down as arguments.
"""

import hashlib
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from random import random
from urllib.parse import urlsplit

import zstandard
from django.db import transaction

from tracker.news import archives, clock, copies, history, reading_process, rereading, websub
from tracker.news.entries import FeedError, read_feed
from tracker.news.errors import PageError
from tracker.news.etiquette import Etiquette
from tracker.news.fetching import FetchPolicy, fetch_batches, fetch_many
from tracker.news.gathering import Gathering
from tracker.news.headers import FEED_ACCEPT, PAGE_ACCEPT
from tracker.news.leasing import Outcome as Outcome
from tracker.news.leasing import fault, leased, one_by_one, recorded
from tracker.news.links import canonical_url
from tracker.news.models import (
    Address,
    Article,
    Feed,
    FeedState,
    Outlet,
    Reading,
    Snapshot,
    Unread,
    Work,
)
from tracker.news.rows import update_rows
from tracker.news.schedule import next_poll
from tracker.news.types import (
    DateSource,
    FetchError,
    FetchReason,
    ParsedFeed,
    ParsedPage,
    PollFacts,
    PollOutcome,
    Request,
    Response,
)

log = logging.getLogger(__name__)

# A feed that a hub pushes is polled all the same, more slowly: a hub may fail without a word.
WHILE_PUSHED = timedelta(hours=6)
MAX_PDF_BYTES = 25 * 1024 * 1024
# A permanent redirect is believed after this many sightings: one may be an accident of the origin's.
MOVES_BELIEVED = 3
# A page may redirect over this many origins whose robots.txt has yet to be read.
REDIRECTED_ORIGINS = 3
GOOD = frozenset({PollOutcome.CHANGED, PollOutcome.UNCHANGED})
BY_STATUS = {
    404: PollOutcome.NOT_FOUND,
    410: PollOutcome.GONE,
    429: PollOutcome.THROTTLED,
    503: PollOutcome.THROTTLED,
}
# What a poll changes of its feed.
POLLED_FIELDS = (
    *("url", "title", "format", "state", "state_reason", "etag", "last_modified", "body_sha256", "last_polled_at"),
    *("last_changed_at", "last_status", "ttl", "skip_hours", "skip_days", "failures", "unchanged", "moved_to"),
    *("hub", "hub_topic", "moved_seen", "recent", "due_at", "lease_until", "attempts", "last_error"),
)
RETRIES = (timedelta(minutes=5), timedelta(hours=1), timedelta(hours=6))


Read = Callable[[bytes, str, str, str], ParsedPage]


# --------------------------------------------------------------------------------------------------- Feed → Entry


def poll_due(policy: FetchPolicy, *, minimum: timedelta, limit: int = 500) -> Iterator[Outcome]:
    """Poll up to *limit* due feeds at once; yield what became of each as it is stored.

    *minimum* is the shortest time between two polls of a feed. What has come in together is stored together, in a
    number of statements that does not grow with it.
    """
    # The rhythm is read when a poll is stored: its dates are most of a row's cost.
    due = Feed.objects.filter(state=FeedState.ACTIVE).defer("recent")
    feeds = {feed.pk: feed for feed in leased(due, limit)}
    requests = [
        Request(f.url, etag=f.etag, last_modified=f.last_modified, accept=FEED_ACCEPT, key=f.pk) for f in feeds.values()
    ]
    for batch in fetch_batches(requests, policy=policy, read=lambda r, result: _parse(feeds[_key(r)], result)):
        yield from (outcome for outcome in batch if isinstance(outcome, Outcome))
        yield from _stored([polled for polled in batch if isinstance(polled, Polled)], minimum)
    history.prune(feeds)


@dataclass(frozen=True, slots=True)
class Polled:
    """A feed's answer, and what its body says where it is new and can be read, or the words why it cannot."""

    feed: Feed
    result: Response | FetchError
    sha256: str = ""
    parsed: ParsedFeed | None = None
    error: str = ""


def _parse(feed: Feed, result: Response | FetchError) -> Polled | Outcome:
    try:
        return _parsed(feed, result)
    except Exception as error:
        return fault(feed, feed.url, error)


def _parsed(feed: Feed, result: Response | FetchError) -> Polled:
    if isinstance(result, FetchError) or not result.ok:
        return Polled(feed, result)
    sha256 = hashlib.sha256(result.body).hexdigest()
    if sha256 == feed.body_sha256:
        return Polled(feed, result, sha256)
    try:
        parsed = read_feed(result.body, url=result.final_url, content_type=result.content_type)
    except FeedError as error:
        return Polled(feed, result, sha256, error=f"{feed.url}: {error}")
    return Polled(feed, result, sha256, parsed)


def _stored(batch: list[Polled], minimum: timedelta) -> Iterator[Outcome]:
    """Store a batch; where that fails, each of it by itself, so that one bad input does not stop the others."""
    try:
        yield from _store_polls(batch, minimum)
    except Exception:
        if len(batch) > 1:
            log.info("storing %d polls one by one", len(batch), exc_info=True)
        for polled in batch:
            yield recorded(polled.feed, polled.feed.url, partial(_store_one, polled, minimum))


def _store_one(polled: Polled, minimum: timedelta) -> Outcome:
    [outcome] = _store_polls([polled], minimum)
    return outcome


@transaction.atomic
def _store_polls(batch: list[Polled], minimum: timedelta) -> list[Outcome]:
    """Store what polls brought: entries and validators of a good answer, nothing but the failure of a bad one."""
    now = clock.now()
    rows = Feed.objects.select_for_update().order_by("pk")
    feeds = {feed.pk: feed for feed in rows.filter(pk__in=[polled.feed.pk for polled in batch])}
    gathering = Gathering([(feeds[p.feed.pk], p.parsed) for p in batch if p.parsed], now)
    record = history.History(now)
    outcomes = []
    for polled in batch:
        feed = feeds[polled.feed.pk]
        outcome, new, error = _read_poll(feed, polled, gathering, now)
        _plan(feed, outcome, polled.result, minimum, now)
        feed.last_error = error
        record.add(feed, polled.result, outcome, new, error)
        outcomes.append(Outcome(feed.url, outcome in GOOD, str(outcome), new, error))
    gathering.write()
    record.write()
    update_rows(list(feeds.values()), POLLED_FIELDS)
    return outcomes


def _plan(feed: Feed, outcome: PollOutcome, result: Response | FetchError, minimum: timedelta, now: datetime) -> None:
    """Note how the poll ended, and when the next is."""
    feed.last_polled_at = now
    feed.last_status = result.status if isinstance(result, Response) else None
    feed.failures = 0 if outcome in GOOD else feed.failures + 1
    if outcome in GOOD:
        feed.unchanged = feed.unchanged + 1 if outcome == PollOutcome.UNCHANGED else 0
    if isinstance(result, Response):
        _follow_move(feed, result)
    if outcome in GOOD and feed.pushed_until and feed.pushed_until > now:
        minimum = max(minimum, WHILE_PUSHED)
    plan = next_poll(_facts(feed, outcome, result, now), minimum=minimum, jitter=random())  # noqa: S311 - spreads load, keeps no secret
    feed.settle(plan.next_at)
    if plan.stop:
        feed.state, feed.state_reason = FeedState.STOPPED, plan.reason[:500]


def _read_poll(feed: Feed, polled: Polled, gathering: Gathering, now: datetime) -> tuple[PollOutcome, int, str]:
    """Return how the poll ended, how many entries are new, and an error in words; set what a good answer says."""
    result, parsed = polled.result, polled.parsed
    if isinstance(result, FetchError):
        return PollOutcome.ERROR, 0, result.message
    if result.not_modified or (result.ok and polled.sha256 == feed.body_sha256):
        _keep_validators(feed, result)
        return PollOutcome.UNCHANGED, 0, ""
    if not result.ok:
        return BY_STATUS.get(result.status, PollOutcome.ERROR), 0, f"{feed.url} answered {result.status}"
    if parsed is None:
        return PollOutcome.ERROR, 0, polled.error or f"{feed.url} changed while it was read"
    new = _store_entries(feed, parsed, gathering)
    _keep_validators(feed, result, replace=True)
    feed.body_sha256, feed.last_changed_at = polled.sha256, now
    feed.format, feed.ttl = parsed.format, parsed.ttl
    feed.skip_hours, feed.skip_days = sorted(parsed.skip_hours), sorted(parsed.skip_days)
    feed.title = feed.title or parsed.title[:500]
    feed.hub, feed.hub_topic = websub.announced(parsed, result)
    return PollOutcome.CHANGED, new, "; ".join(parsed.warnings)


def _store_entries(feed: Feed, parsed: ParsedFeed, gathering: Gathering) -> int:
    """Have a document's entries, and the articles that they lead to, stored; return how many entries are new."""
    return gathering.add(feed, parsed)


def _keep_validators(feed: Feed, response: Response, *, replace: bool = False) -> None:
    """Keep the validators of an answer byte for byte; a 304 may leave them out (RFC 9110 §15.4.5)."""
    if response.etag or replace:
        feed.etag = response.etag
    if response.last_modified or replace:
        feed.last_modified = response.last_modified


def _follow_move(feed: Feed, response: Response) -> None:
    """Adopt a permanent redirect that was seen often enough and leads to no other feed of ours."""
    target = response.permanent_url if response.ok or response.not_modified else None
    if not target or target == feed.url:
        feed.moved_to, feed.moved_seen = "", 0
        return
    feed.moved_seen = feed.moved_seen + 1 if target == feed.moved_to else 1
    feed.moved_to = target
    if feed.moved_seen >= MOVES_BELIEVED and not Feed.objects.filter(url=target).exists():
        log.info("feed %s moved to %s", feed.url, target)
        feed.url, feed.moved_to, feed.moved_seen = target, "", 0


def _facts(feed: Feed, outcome: PollOutcome, result: Response | FetchError, now: datetime) -> PollFacts:
    return PollFacts(
        now=now,
        outcome=outcome,
        headers=result.headers if isinstance(result, Response) else {},
        recent=tuple(feed.recent),
        has_validators=bool(feed.etag or feed.last_modified),
        failures=feed.failures,
        unchanged_streak=feed.unchanged,
        ttl=feed.ttl,
        skip_hours=frozenset(feed.skip_hours),
        skip_days=frozenset(feed.skip_days),
    )


# ----------------------------------------------------------------------------------------------- Article → Snapshot


def fetch_again(article: Article) -> None:
    """Make an article's page due now."""
    Article.objects.filter(pk=article.pk).update(due_at=clock.now(), attempts=0)


def fetch_due(policy: FetchPolicy, *, limit: int = 50) -> Iterator[Outcome]:
    """Fetch up to *limit* pages that are due; yield what became of each as it is stored."""
    due = list(leased(Article.objects.all(), limit))
    etiquette = Etiquette(policy)
    etiquette.learn(article.url for article in due)
    articles = {article.pk: article for article in etiquette.admitted(due)}
    requests = [
        Request(a.url, a.etag, a.last_modified, PAGE_ACCEPT, MAX_PDF_BYTES if _names_pdf(a.url) else None, key=a.pk)
        for a in articles.values()
    ]
    for request, result in _fetched(requests, etiquette):
        article = articles[_key(request)]
        yield recorded(article, article.url, partial(_store_fetch, article.pk, result))


def _names_pdf(url: str) -> bool:
    return urlsplit(url).path.lower().endswith(".pdf")


def _fetched(requests: list[Request], etiquette: Etiquette) -> Iterator[tuple[Request, Response | FetchError]]:
    """Yield the answers; a page that redirected to an origin whose robots.txt we had not read is asked for again."""
    for last in (False,) * REDIRECTED_ORIGINS + (True,):
        again: dict[Request, str] = {}
        for request, result in fetch_many(requests, policy=etiquette.policy):
            unknown = isinstance(result, FetchError) and result.reason is FetchReason.ROBOTS_UNKNOWN
            if unknown and result.redirects and not last:
                again[request] = result.redirects[-1].location
            else:
                yield request, result
        etiquette.learn(again.values())
        requests = list(again)


@transaction.atomic
def _store_fetch(pk: int, result: Response | FetchError) -> Outcome:
    """Store a page's bytes as a snapshot, unless we hold these bytes already; a failure is tried again later."""
    article = Article.objects.select_for_update().get(pk=pk)
    article.fetched_at = now = clock.now()
    article.last_status = result.status if isinstance(result, Response) else None
    new, error, again = 0, "", True
    if isinstance(result, FetchError):
        error, again = result.message, not result.permanent
    elif result.ok:
        article.etag, article.last_modified = result.etag, result.last_modified
        new = _store_snapshot(article, result, now)
    elif not result.not_modified:
        error = f"{article.url} answered {result.status}"
        again = result.status in {408, 425, 429} or result.status >= 500
    rereading.note_status(article, article.last_status, now)
    if error and again and article.attempts < Work.MAX_ATTEMPTS:
        article.settle(now + RETRIES[max(article.attempts, 1) - 1], error)
    else:
        article.settle(rereading.next_time(article, now), error)
        article.attempts = 0 if article.due_at else article.attempts
    article.save()
    return Outcome(article.url, not error, "error" if error else "changed" if new else "unchanged", new, error)


def _store_snapshot(article: Article, response: Response, now: datetime) -> int:
    """Store the bytes and queue them for reading; return 1 where they are new, else 0."""
    snapshot, created = Snapshot.objects.get_or_create(
        article=article,
        sha256=hashlib.sha256(response.body).hexdigest(),
        defaults={
            "url": response.final_url,
            "fetched_at": now,
            "status": response.status,
            "content_type": response.content_type,
            "size": len(response.body),
            "body_zstd": zstandard.ZstdCompressor(level=9).compress(response.body),
        },
    )
    if created and (kept := archives.archived_at(response.final_url, response.headers)):
        archives.note(snapshot, kept)
    if created or (article.current and article.current.snapshot_id != snapshot.pk):
        # A page that went back to what it was is read again too, so that what it says now is known.
        Unread.objects.get_or_create(snapshot=snapshot, defaults={"due_at": now})
    for url in {canonical_url(hop.location) for hop in response.redirects}:
        Address.objects.get_or_create(url=url, defaults={"article": article})
    return int(created)


# ---------------------------------------------------------------------------------------------- Snapshot → Reading


def read_unread(reader: str, *, limit: int = 20, read: Read = reading_process.default.read) -> Iterator[Outcome]:
    """Read up to *limit* snapshots with the page reader *reader*; yield what became of each as it is stored.

    *read* is how: by default in a process of its own that a hostile document may take with it.
    """
    waiting = Unread.objects.select_related("snapshot__article__outlet")
    for unread in one_by_one(waiting, limit):
        snapshot = unread.snapshot
        yield recorded(unread, snapshot.url, partial(_store_reading, unread, reader, read))


def _store_reading(unread: Unread, reader: str, read: Read) -> Outcome:
    """Read one snapshot and store what it says, once an extractor version; a page that cannot be read is put aside."""
    snapshot = unread.snapshot
    try:
        page = read(snapshot.body, snapshot.url, snapshot.content_type, reader)
    except PageError as error:
        message = f"{snapshot.url}: {error}"
        unread.settle(None, message)
        unread.save()
        return Outcome(snapshot.url, False, "refused", error=message)
    with transaction.atomic():
        copies.take_turns()
        article = Article.objects.select_for_update(of=("self",)).select_related("outlet").get(pk=snapshot.article_id)
        reading, created = Reading.objects.get_or_create(
            snapshot=snapshot,
            extractor=page.extractor,
            version=page.extractor_version,
            defaults={
                "verdict": page.verdict,
                "reason": page.reason[:500],
                "title": page.title[:1000],
                "authors": [name[:200] for name in page.authors],
                "published_at": page.published,
                "language": page.language[:20],
                "text": page.text,
                "pages": list(page.pages),
            },
        )
        if page.is_article:
            _describe_article(article, page)
        rereading.note_reading(article, reading, clock.now())
        article.save()
        unread.delete()
    return Outcome(snapshot.url, True, page.verdict, int(created), page.reason)


def _describe_article(article: Article, page: ParsedPage) -> None:
    """Take over what the page says of itself, and find out whether it is another article's copy."""
    article.title = page.title[:1000] or article.title
    article.authors = [name[:200] for name in page.authors] or article.authors
    article.language = page.language[:20]
    if page.published and (page.published_source is not DateSource.GUESS or not article.published_at):
        article.published_at = page.published
    _settle_address(article, canonical_url(page.canonical_url) if page.canonical_url else article.url)
    copies.settle(article, page.text)


def _settle_address(article: Article, canonical: str) -> None:
    """Follow the page's own word on its canonical URL (RFC 6596).

    An address that leads to another article makes this one its copy. A new address is adopted where it is the
    same outlet's; another outlet's is only remembered once that outlet's own article is here.
    """
    if canonical == article.url:
        return
    known = Address.objects.filter(url=canonical).select_related("article").first()
    if known is not None and known.article_id != article.pk:
        original = known.article
        article.original_id = original.original_id or (original.pk if original.pk != article.pk else None)
    elif _is_outlets(article.outlet, article.url, canonical):
        Address.objects.get_or_create(url=canonical, defaults={"article": article})
        article.url = canonical


def _is_outlets(outlet: Outlet, url: str, canonical: str) -> bool:
    """Whether *canonical* may be an address of the outlet that published *url*."""
    same_host = urlsplit(url).netloc == urlsplit(canonical).netloc
    return same_host and (not outlet.url or canonical.startswith(outlet.url))


# ------------------------------------------------------------------------------------------------------- every stage


def _key(request: Request) -> int:
    """Return the primary key that a request was made for."""
    return int(str(request.key))
