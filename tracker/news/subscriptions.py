"""What people decide about collection: which outlets and feeds there are, whether a feed is polled, what is watched.

What became of polling and fetching is `collection`'s to write.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

import zstandard
from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Least
from django.utils.text import slugify

from tracker.news import clock
from tracker.news.links import DOCUMENT, canonical_url
from tracker.news.models import (
    Address,
    Article,
    Feed,
    FeedState,
    Outlet,
    OutletKind,
    Reading,
    Snapshot,
    SnapshotKind,
)
from tracker.news.opml import OpmlFeed, read_opml, write_opml
from tracker.news.rereading import INTERVALS
from tracker.news.types import Verdict


@dataclass(frozen=True, slots=True)
class Imported:
    """The feeds of a list, each with whether it is new, and what in the list was no feed's address."""

    feeds: list[tuple[Feed, bool]]
    skipped: tuple[str, ...]


@transaction.atomic
def add_outlet(name: str, slug: str, kind: str, url: str = "", *, demonstration: bool = False) -> Outlet:
    """Return the outlet of that slug, made or brought up to date."""
    outlet, _ = Outlet.objects.update_or_create(
        slug=slug, defaults={"name": name, "kind": kind, "url": url, "demonstration": demonstration}
    )
    return outlet


@transaction.atomic
def add_feed(
    url: str, outlet: Outlet, *, title: str = "", topic: str = "", state: str = FeedState.ACTIVE, reason: str = ""
) -> tuple[Feed, bool]:
    """Return the feed at *url* and whether it is new. One that is there already stays as it is."""
    due = clock.now() if state == FeedState.ACTIVE else None
    return Feed.objects.get_or_create(
        url=url,
        defaults={
            "outlet": outlet,
            "title": title,
            "topic": topic,
            "state": state,
            "state_reason": reason,
            "due_at": due,
        },
    )


def pause(feed: Feed, reason: str) -> None:
    """Stop polling a feed until an editor resumes it."""
    Feed.objects.filter(pk=feed.pk).update(state=FeedState.PAUSED, state_reason=reason[:500], due_at=None)


def resume(feed: Feed) -> None:
    """Poll a paused or stopped feed again, now."""
    Feed.objects.filter(pk=feed.pk).update(
        state=FeedState.ACTIVE, state_reason="", due_at=clock.now(), attempts=0, failures=0
    )


def poll_now(feed: Feed) -> bool:
    """Make an active feed due now; return False where it is paused or stopped."""
    return bool(Feed.objects.filter(pk=feed.pk, state=FeedState.ACTIVE).update(due_at=clock.now(), attempts=0))


def make_due(feeds: QuerySet[Feed]) -> int:
    """Make every active feed among *feeds* due now; count them."""
    return feeds.filter(state=FeedState.ACTIVE).update(due_at=clock.now(), attempts=0)


def watch(article_ids: Iterable[int]) -> int:
    """Have articles read again on a slowing schedule, since a published claim rests on them; count the new ones."""
    fresh = Article.objects.filter(pk__in=list(article_ids), reread_stage=None)
    return fresh.update(reread_stage=0, due_at=Least("due_at", clock.now() + INTERVALS[0]), attempts=0)


@transaction.atomic
def import_opml(body: bytes, *, state: str = FeedState.ACTIVE, reason: str = "") -> Imported:
    """Add the feeds of an OPML document, its first folder as topic; raises `OpmlError`.

    A feed's outlet goes by the feed's title up to a colon, and is made where there is none.
    """
    opml = read_opml(body)
    feeds = []
    for item in opml.feeds:
        name = item.title.split(":")[0].strip()[:200] or urlsplit(item.url).netloc
        outlet = Outlet.objects.filter(slug=slugify(name)).first()
        kind = next((word for word in item.topics if word in OutletKind.values), OutletKind.OTHER)
        outlet = outlet or add_outlet(name, slugify(name) or slugify(item.url), kind, item.site_url)
        topic = item.topics[0] if item.topics else ""
        feeds.append(add_feed(item.url, outlet, title=item.title[:500], topic=topic, state=state, reason=reason))
    return Imported(feeds, opml.skipped)


def export_opml() -> bytes:
    """Return every feed as OPML, topics as folders: what `import_opml` reads back."""
    feeds = Feed.objects.select_related("outlet").order_by("topic", "pk")
    return write_opml(
        [OpmlFeed(f.url, f.title, f.outlet.url, (f.topic,) if f.topic else ()) for f in feeds], "Feeds of the tracker"
    )


@transaction.atomic
def add_page(url: str) -> Article:
    """Return the article at *url*, to be fetched now where it has no text yet; collection then goes its way.

    An unknown site's outlet goes by its host until an editor names it.
    """
    canonical = canonical_url(url) or url
    known = Address.objects.filter(url=canonical).select_related("article").first()
    article = known.article if known else Article.objects.filter(url=canonical).first()
    if article is None:
        article = Article.objects.create(url=canonical, outlet=_outlet_of(canonical), due_at=clock.now())
        Address.objects.create(url=canonical, article=article)
    elif not Reading.objects.filter(snapshot__article=article).exists():
        Article.objects.filter(pk=article.pk).update(due_at=clock.now(), attempts=0)
    return article


@transaction.atomic
def paste(text: str, title: str, outlet: Outlet, *, url: str = "", language: str = "en") -> Article:
    """Keep *text* as an editor pasted it: a snapshot of that kind, with its reading. Twice the same is kept once.

    Without an address it goes by the checksum of its words (RFC 8141, urn:sha256).
    """
    words = text.replace("\r\n", "\n").replace("\x00", "").strip()
    body = words.encode("utf-8", "surrogatepass")
    digest = hashlib.sha256(body).hexdigest()
    address = canonical_url(url) or f"{DOCUMENT}{digest}"
    article, _ = Article.objects.get_or_create(
        url=address, defaults={"outlet": outlet, "title": title[:1000], "language": language[:20]}
    )
    Address.objects.get_or_create(url=address, defaults={"article": article})
    snapshot, _ = Snapshot.objects.get_or_create(
        article=article,
        sha256=digest,
        defaults={
            "url": address,
            "fetched_at": clock.now(),
            "status": 200,
            "content_type": "text/plain; charset=utf-8",
            "size": len(body),
            "body_zstd": zstandard.compress(body),
            "kind": SnapshotKind.PASTED,
        },
    )
    Reading.objects.get_or_create(
        snapshot=snapshot,
        extractor="pasted",
        version="1",
        defaults={"verdict": Verdict.ARTICLE, "title": title[:1000], "language": language[:20], "text": words},
    )
    return article


def _outlet_of(url: str) -> Outlet:
    """Return the outlet that a page belongs to by its host; one is made where there is none."""
    parts = urlsplit(url)
    origin = f"{parts.scheme}://{parts.netloc}"
    found = Outlet.objects.filter(url__startswith=origin).order_by("pk").first()
    host = parts.netloc.removeprefix("www.")
    return found or add_outlet(host, slugify(host) or host, OutletKind.OTHER, f"{origin}/")
