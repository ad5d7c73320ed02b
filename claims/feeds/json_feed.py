"""JSON Feed 1.1 (jsonfeed.org), with the older documents as its next pages and a WebSub hub."""

import json
from typing import Any

from django.conf import settings

from claims.feeds.markup import rfc3339
from claims.following.items import Item, line
from claims.following.pages import Document

TYPE = "application/feed+json; charset=utf-8"
VERSION = "https://jsonfeed.org/version/1.1"


def write(document: Document, site: str, hubs: list[str]) -> bytes:
    """Return the document as JSON Feed."""
    channel = document.channel
    feed: dict[str, Any] = {
        "version": VERSION,
        "title": line(channel.title),
        "home_page_url": site + channel.page,
        "feed_url": site + channel.feed("json", document.part),
        "description": line(channel.description),
        "language": settings.LANGUAGE_CODE,
        "authors": [{"name": line(settings.SITE_NAME), "url": f"{site}/"}],
    }
    if document.previous:
        feed["next_url"] = site + channel.feed("json", document.previous)
    if hubs and document.part is None:
        feed["hubs"] = [{"type": "WebSub", "url": hub} for hub in hubs]
    feed["items"] = [_item(item) for item in document.items()]
    return json.dumps(feed, ensure_ascii=False, indent=1).encode()


def _item(item: Item) -> dict[str, Any]:
    made: dict[str, Any] = {
        "id": item.id,
        "url": item.url,
        "title": item.title,
        "content_html": item.html,
        "date_published": rfc3339(item.published),
        "date_modified": rfc3339(item.updated),
    }
    optional = {"summary": item.statement, "external_url": item.via, "tags": list(item.categories)}
    return made | {name: value for name, value in optional.items() if value}
