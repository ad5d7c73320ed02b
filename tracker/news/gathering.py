"""What a batch of polls brings, written together: a few statements, however many feeds and entries.

`collection.poll_due` alone calls this, in its own transaction.
"""

from collections.abc import Iterable
from datetime import datetime

from django.db import connection

from tracker.news.links import MAX_URL, canonical_url
from tracker.news.models import Address, Article, Entry, Feed, Outlet
from tracker.news.rows import insert_rows, update_rows
from tracker.news.types import ParsedEntry, ParsedFeed

LOCK = 0x6E657764
RECENT = 20
"""How many of a feed's newest publication times are kept with it: its rhythm."""

DESCRIBED = (
    *("guid", "url", "title", "authors", "summary_html", "published_at", "published_raw", "updated_at"),
    *("last_seen_at", "article"),
)


class Gathering:
    """The entries of some feeds' documents, those that are held already, and the articles that they lead to."""

    def __init__(self, documents: Iterable[tuple[Feed, ParsedFeed]], now: datetime) -> None:
        self._now = now
        items = [(feed.pk, item) for feed, parsed in documents for item in parsed.entries]
        feeds, guids = {pk for pk, _ in items}, {item.guid for _, item in items}
        held = Entry.objects.filter(feed__in=feeds)
        self._by_guid = {(e.feed_id, e.guid): e for e in held.filter(guid__in=guids)} if items else {}
        # An address tells the entry only where its guid does not.
        strange = {item.url for pk, item in items if item.url and (pk, item.guid) not in self._by_guid}
        self._by_url = {(e.feed_id, e.url): e for e in held.filter(url__in=strange)} if strange else {}
        self._fresh: list[Entry] = []
        self._changed: list[Entry] = []
        self._seen: list[int] = []
        self._links: list[tuple[Entry, str]] = []
        self._pages: dict[str, Article] = {}

    def add(self, feed: Feed, parsed: ParsedFeed) -> int:
        """Take a feed's document; return how many of its entries are new."""
        listed = {item.guid for item in parsed.entries}
        fresh = sum(self._add_entry(feed, item, listed) for item in parsed.entries)
        dates = {item.published for item in parsed.entries if item.published} | set(feed.recent)
        feed.recent = sorted(dates, reverse=True)[:RECENT]
        return fresh

    def _add_entry(self, feed: Feed, item: ParsedEntry, listed: set[str]) -> bool:
        entry = self._by_guid.get((feed.pk, item.guid))
        if entry is None and item.url and (old := self._by_url.get((feed.pk, item.url))) and old.guid not in listed:
            # The origin gave the entry another guid and kept its address: still the same entry.
            entry = old
        is_new = entry is None
        if entry is None:
            entry = Entry(feed=feed, guid=item.guid, first_seen_at=self._now)
            self._fresh.append(entry)
        before = (entry.guid, entry.url, entry.title, entry.updated_at)
        _describe(entry, item, self._now)
        changed = before != (entry.guid, entry.url, entry.title, entry.updated_at)
        if changed or is_new:
            self._link(entry, item, feed.outlet)
        if not is_new:
            (self._changed.append(entry) if changed else self._seen.append(entry.pk))
        return is_new

    def _link(self, entry: Entry, item: ParsedEntry, outlet: Outlet) -> None:
        url = canonical_url(item.url or "")
        if not url or len(url) > MAX_URL:
            return
        self._links.append((entry, url))
        if url not in self._pages:
            self._pages[url] = Article(
                url=url,
                outlet=outlet,
                title=item.title[:1000],
                authors=[name[:200] for name in item.authors],
                published_at=item.published,
                due_at=self._now,
            )

    def write(self) -> None:
        """Store everything; an entry that changed makes its page due again."""
        articles = self._articles()
        for entry, url in self._links:
            entry.article_id = articles[url]
        insert_rows(self._fresh)
        update_rows(self._changed, DESCRIBED)
        if self._seen:
            Entry.objects.filter(pk__in=self._seen).update(last_seen_at=self._now)
        if again := {entry.article_id for entry in self._changed if entry.article_id}:
            Article.objects.filter(pk__in=again).update(due_at=self._now, attempts=0)

    def _articles(self) -> dict[str, int]:
        """Return the key of the article at each address; one that is new makes an article that is due."""
        known = _at(self._pages)
        if not self._pages.keys() - known.keys():
            return known
        # Two workers with the same new addresses in another order would wait for each other: they take turns.
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        missing = [url for url in self._pages if url not in known]
        insert_rows([self._pages[url] for url in missing])
        made = Article.objects.filter(url__in=missing).values_list("url", "pk")
        insert_rows([Address(url=url, article_id=pk) for url, pk in made])
        return known | _at(missing)


def _at(urls: Iterable[str]) -> dict[str, int]:
    return dict(Address.objects.filter(url__in=list(urls)).values_list("url", "article_id"))


def _describe(entry: Entry, item: ParsedEntry, now: datetime) -> None:
    entry.guid, entry.url, entry.title = item.guid, item.url or "", item.title
    entry.authors, entry.summary_html = list(item.authors), item.summary_html
    entry.published_at, entry.published_raw = item.published, item.published_raw
    entry.updated_at, entry.last_seen_at = item.updated, now
