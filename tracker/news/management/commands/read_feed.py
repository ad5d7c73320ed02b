"""``manage.py read_feed FILE|URL…``: feeds in, a JSON line each out."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from tracker.news.entries import MAX_FEED_BYTES, FeedError, read_feed
from tracker.news.management.inputs import Input, ReadingCommand
from tracker.news.types import ParsedEntry, ParsedFeed

ACCEPT = (
    "application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml;q=0.9, "
    "application/xml;q=0.8, text/xml;q=0.8, application/json;q=0.7, */*;q=0.1"
)


class Command(ReadingCommand):
    """Prints {"source","feed","entries","error"}; `feed` is null where `error` is not."""

    help = "Read feeds (RSS, RDF, Atom, JSON Feed) and print each as one line of JSON."
    accept = ACCEPT
    max_bytes = MAX_FEED_BYTES

    def line(self, given: Input, options: Mapping[str, Any]) -> tuple[dict[str, Any] | None, str]:
        """Read one feed."""
        if given.error:
            return row(given.source, None, given.error), given.error
        try:
            feed = read_feed(given.body, given.url, given.content_type, given.headers)
        except FeedError as error:
            return row(given.source, None, str(error)), str(error)
        return row(given.source, feed, None), ""


def row(source: str, feed: ParsedFeed | None, error: str | None) -> dict[str, Any]:
    """Return the line that is printed for one input."""
    return {
        "source": source,
        "feed": feed and _feed(feed),
        "entries": [_entry(entry) for entry in feed.entries] if feed else [],
        "error": error,
    }


def _feed(feed: ParsedFeed) -> dict[str, Any]:
    return {
        "title": feed.title,
        "url": feed.url,
        "format": feed.format,
        "description": feed.description,
        "language": feed.language or None,
        "updated": _iso(feed.updated),
        "ttl": feed.ttl,
        "skip_hours": sorted(feed.skip_hours),
        "skip_days": sorted(feed.skip_days),
        "hub": feed.hub,
        "self": feed.self_url,
        "icon": feed.icon,
        "dropped": feed.dropped,
        "warnings": list(feed.warnings),
    }


def _entry(entry: ParsedEntry) -> dict[str, Any]:
    return {
        # A guid that stands for several URLs names none of them; there the URL is the identity.
        "guid": entry.guid if entry.guid == entry.url else entry.own_guid or entry.guid,
        "url": entry.url,
        "title": entry.title,
        "authors": list(entry.authors),
        "published": _iso(entry.published),
        "updated": _iso(entry.updated),
        "summary_html": entry.summary_html,
    }


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat().replace("+00:00", "Z") if moment else None
