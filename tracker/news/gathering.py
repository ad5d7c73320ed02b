"""What a batch of polls brings, written together: a few statements, however many feeds and entries.

`collection.poll_due` alone calls this, in its own transaction.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import connection

from tracker.news.links import MAX_URL, canonical_url
from tracker.news.models import Address, Article, Entry, Feed
from tracker.news.rows import insert_rows, pairs, update_rows
from tracker.news.types import ParsedEntry, ParsedFeed

LOCK = 0x6E657764
RECENT = 20
"""How many of a feed's newest publication times are kept with it: its rhythm."""

DESCRIBED = (
    *("guid", "url", "title", "authors", "summary_html", "published_at", "published_raw", "updated_at"),
    *("last_seen_at", "article"),
)
NEW_ENTRY = ("feed", *DESCRIBED, "first_seen_at")
NEW_PAGE = ("url", "outlet", "title", "authors", "published_at", "due_at")


class Gathering:
    """The entries of some feeds' documents, those that are held already, and the articles that they lead to."""

    def __init__(self, documents: Iterable[tuple[Feed, ParsedFeed]], now: datetime) -> None:
        self._now = now
        items = [(feed.pk, item) for feed, parsed in documents for item in parsed.entries]
        self._by_guid: dict[tuple[int, str], Entry] = {}
        self._by_url: dict[tuple[int, str], Entry] = {}
        if items:
            held = Entry.objects.filter(feed__in={pk for pk, _ in items})
            guids = held.extra(where=["guid = ANY(%s)"], params=[[item.guid for _, item in items]])
            self._by_guid = {(entry.feed_id, entry.guid): entry for entry in guids}
            # An address tells the entry only where its guid does not.
            strange = [item.url for pk, item in items if item.url and (pk, item.guid) not in self._by_guid]
            urls = held.extra(where=["url = ANY(%s)"], params=[strange]) if strange else ()
            self._by_url = {(entry.feed_id, entry.url): entry for entry in urls}
        self._fresh: list[tuple[Feed, ParsedEntry, str]] = []
        self._changed: list[tuple[Entry, str]] = []
        self._seen: list[int] = []
        self._pages: dict[str, tuple[Any, ...]] = {}

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
        if entry is None:
            self._fresh.append((feed, item, self._page(item, feed.outlet_id)))
            return True
        before = (entry.guid, entry.url, entry.title, entry.updated_at)
        _describe(entry, item, self._now)
        if before != (entry.guid, entry.url, entry.title, entry.updated_at):
            self._changed.append((entry, self._page(item, feed.outlet_id)))
        else:
            self._seen.append(entry.pk)
        return False

    def _page(self, item: ParsedEntry, outlet: int) -> str:
        """Return the address of the page that an item leads to, "" where there is none, and keep what is said of it."""
        url = canonical_url(item.url or "")
        if not url or len(url) > MAX_URL:
            return ""
        if url not in self._pages:
            authors = [name[:200] for name in item.authors]
            self._pages[url] = (url, outlet, item.title[:1000], authors, item.published, self._now)
        return url

    def write(self) -> None:
        """Store everything; an entry that changed makes its page due again."""
        articles = self._articles()
        insert_rows(Entry, NEW_ENTRY, (self._row(*fresh, articles) for fresh in self._fresh))
        for entry, url in self._changed:
            entry.article_id = articles.get(url, entry.article_id)
        update_rows([entry for entry, _ in self._changed], DESCRIBED)
        if self._seen:
            Entry.objects.filter(pk__in=self._seen).update(last_seen_at=self._now)
        if again := {entry.article_id for entry, _ in self._changed if entry.article_id}:
            Article.objects.filter(pk__in=again).update(due_at=self._now, attempts=0)

    def _row(self, feed: Feed, item: ParsedEntry, url: str, articles: dict[str, int]) -> tuple[Any, ...]:
        return (
            *(feed.pk, item.guid, item.url or "", item.title, item.authors, item.summary_html, item.published),
            *(item.published_raw, item.updated, self._now, articles.get(url), self._now),
        )

    def _articles(self) -> dict[str, int]:
        """Return the key of the article at each address; one that is new makes an article that is due."""
        known = pairs(Address, ("url", "article"), self._pages) if self._pages else {}
        if not self._pages.keys() - known.keys():
            return known
        # Two workers with the same new addresses in another order would wait for each other: they take turns.
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        missing = [url for url in self._pages if url not in known]
        made = insert_rows(Article, NEW_PAGE, (self._pages[url] for url in missing), returning="url")
        insert_rows(Address, ("url", "article"), made)
        return known | pairs(Address, ("url", "article"), missing)


def _describe(entry: Entry, item: ParsedEntry, now: datetime) -> None:
    entry.guid, entry.url, entry.title = item.guid, item.url or "", item.title
    entry.authors, entry.summary_html = list(item.authors), item.summary_html
    entry.published_at, entry.published_raw = item.published, item.published_raw
    entry.updated_at, entry.last_seen_at = item.updated, now
