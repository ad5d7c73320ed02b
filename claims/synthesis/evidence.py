"""The lines of the evidence: outlets, feeds, and article by article its entry, snapshot, reading and mentions."""

import hashlib
import random
import struct
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import zstandard

from claims.models import Extraction, Mention
from claims.synthesis.lines import Table
from claims.synthesis.plan import FIRST_DAY, Plan
from claims.synthesis.words import Skewed
from tracker.news.likeness import PERMUTATIONS, ROWS
from tracker.news.models import Article, Entry, Feed, Outlet, Poll, Reading, Snapshot

# Paragraphs that articles are put together from, each article from others.
POOL, PARAGRAPHS, CHUNK, POLLS = 4_000, (2, 6), 10_000, 50
BANDS = PERMUTATIONS // ROWS
START = datetime(FIRST_DAY.year, FIRST_DAY.month, FIRST_DAY.day, tzinfo=UTC)
Batch = dict[Table, list[str]]


class Evidence:
    """Writes the lines of a plan's evidence; keys count from 1."""

    def __init__(self, plan: Plan, chance: random.Random, now: datetime) -> None:
        self._plan, self._chance, self._now = plan, chance, now
        self._pool = [plan.writer.paragraph(chance.randint(20, 60)) for _ in range(POOL)]
        self._outlets = Skewed(plan.size.outlets, 0.9)
        self._compress = zstandard.ZstdCompressor(level=1).compress
        self.outlets = Table(Outlet, ("id", "name", "slug", "kind", "url"), now)
        self.feeds = Table(
            Feed, ("id", "outlet", "url", "title", "due_at", "last_polled_at", "last_status", "etag"), now
        )
        self.polls = Table(Poll, ("id", "feed", "at", "status", "outcome", "seconds", "size"), now)
        self.articles = Table(
            Article,
            (
                *("id", "url", "outlet", "title", "published_at", "language", "first_seen_at", "fetched_at"),
                *("last_status", "text_sha256", "current", "sketch", "bands", "original"),
            ),
            now,
        )
        self.entries = Table(
            Entry,
            ("id", "feed", "guid", "url", "title", "published_at", "article", "first_seen_at", "last_seen_at"),
            now,
        )
        self.snapshots = Table(
            Snapshot,
            ("id", "article", "url", "fetched_at", "status", "content_type", "sha256", "size", "body_zstd"),
            now,
        )
        self.readings = Table(
            Reading,
            (
                "id",
                "snapshot",
                "extractor",
                "version",
                "read_at",
                "verdict",
                "title",
                "published_at",
                "language",
                "text",
            ),
            now,
        )
        self.extractions = Table(
            Extraction, ("id", "reading", "extractor", "version", "finished_at", "relevant", "relevance"), now
        )
        self.mentions = Table(Mention, ("id", "claim", "reading", "article", "start", "end", "quote", "direct"), now)
        # Of each claim the first mention, as (key, article): a status step stands on it.
        self.first_mention: dict[int, tuple[int, int]] = {}
        self._mention = 0

    def parts(self) -> Iterator[Batch]:
        """Yield the lines of everything, in parts that fit into memory."""
        yield self._origins()
        yield from self._pages()

    def _origins(self) -> Batch:
        """Return the lines of outlets, feeds and the polls that are kept of each feed."""
        batch: Batch = {self.outlets: [], self.feeds: [], self.polls: []}
        for number, name in enumerate(self._plan.outlets, 1):
            kind = "wire" if name.endswith("Wire") else "newspaper"
            batch[self.outlets].append(
                self.outlets.line(number, f"{name} {number}", f"outlet-{number}", kind, f"https://o{number}.example/")
            )
        for number in range(1, self._plan.size.feeds + 1):
            outlet = 1 + number % self._plan.size.outlets
            due = self._now + timedelta(minutes=self._chance.randrange(24 * 60))
            batch[self.feeds].append(
                self.feeds.line(
                    number,
                    outlet,
                    f"https://o{outlet}.example/feed-{number}.xml",
                    f"Feed {number}",
                    due,
                    self._now,
                    200,
                    f'"{number}"',
                )
            )
            for turn in range(POLLS):
                at = self._now - timedelta(hours=POLLS - turn)
                key = (number - 1) * POLLS + turn + 1
                batch[self.polls].append(self.polls.line(key, number, at, 304, "unchanged", 0.1, 0))
        return batch

    def _pages(self) -> Iterator[Batch]:
        """Yield the lines of the articles and all that hangs on them, `CHUNK` articles at a time."""
        size = self._plan.size
        for begin in range(0, size.articles, CHUNK):
            tables = (self.articles, self.entries, self.snapshots, self.readings, self.extractions, self.mentions)
            batch: Batch = {table: [] for table in tables}
            for position in range(begin, min(begin + CHUNK, size.articles)):
                self._page(position, batch)
            yield batch

    def _page(self, position: int, batch: Batch) -> None:
        chance, key = self._chance, position + 1
        outlet = 1 + self._outlets.draw(chance)
        feed = 1 + (outlet - 1) % self._plan.size.feeds
        at = START + timedelta(days=self._plan.day_of(position), seconds=chance.randrange(86_400))
        url = f"https://o{outlet}.example/{at:%Y/%m/%d}/story-{key}"
        text, title = self._text(position, batch)
        body = f"<html><title>{title}</title><article>{text}</article></html>".encode()
        digest = hashlib.sha256(body).hexdigest()
        bands = struct.unpack(f"<{BANDS}q", chance.randbytes(8 * BANDS))
        # One in twenty is a copy of the one before, which is none itself.
        original = key - 1 if key % 20 == 0 else None
        seen = at + timedelta(hours=1)
        batch[self.articles].append(
            self.articles.line(
                *(key, url, outlet, title, at, "en", seen, seen, 200, digest, key),
                *(chance.randbytes(4 + 4 * PERMUTATIONS), bands, original),
            )
        )
        batch[self.entries].append(self.entries.line(key, feed, url, url, title, at, key, seen, seen))
        batch[self.snapshots].append(
            self.snapshots.line(key, key, url, seen, 200, "text/html", digest, len(body), self._compress(body))
        )
        batch[self.readings].append(
            self.readings.line(key, key, "synthesis", "1", seen, "article", title, at, "en", text)
        )
        told = position in self._plan.carried
        batch[self.extractions].append(
            self.extractions.line(key, key, "synthesis", "1", seen, told, 0.9 if told else 0.1)
        )

    def _text(self, position: int, batch: Batch) -> tuple[str, str]:
        """Return text and title of an article, and add the mentions of the claims that it states."""
        pool, chance, key = self._pool, self._chance, position + 1
        paragraphs = [pool[chance.randrange(POOL)] for _ in range(chance.randint(*PARAGRAPHS))]
        parts: list[str] = []
        offset = 0
        for number in self._plan.carried.get(position, ()):
            quote = self._plan.claims[number].sentence
            self._mention += 1
            self.first_mention.setdefault(number, (self._mention, key))
            batch[self.mentions].append(
                self.mentions.line(self._mention, number + 1, key, key, offset, offset + len(quote), quote, False)
            )
            parts.append(f"{quote}. {paragraphs.pop() if paragraphs else ''}")
            offset += len(parts[-1]) + 2
        text = "\n\n".join([*parts, *paragraphs])
        return text, text[: text.find(" ", 60)] if len(text) > 80 else text[:80].rstrip(".")
