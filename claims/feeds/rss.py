"""RSS 2.0 by the RSS Advisory Board's best practices profile, with archives (RFC 5005) and a WebSub hub."""

import re
from email.utils import format_datetime

from django.conf import settings
from lxml import etree

from claims.feeds.markup import ATOM, HISTORY, XHTML, Element, add, add_introduction, links_of, rfc3339, written
from claims.following.items import Item, line
from claims.following.pages import Document

TYPE = "application/rss+xml; charset=utf-8"
DC = "http://purl.org/dc/elements/1.1/"
SPACES = {"atom": ATOM, "dc": DC, "fh": HISTORY, "h": XHTML}
# Some readers take a title for text and some for HTML, and the format does not say: nothing in it looks like a tag.
MARKUP = re.compile("<(?=[a-zA-Z/!?])")
DOCS = "https://www.rssboard.org/rss-specification"


def write(document: Document, site: str, hubs: list[str]) -> bytes:
    """Return the document as RSS."""
    root = etree.Element("rss", nsmap=SPACES)
    root.set("version", "2.0")
    channel = add(root, "channel")
    add(channel, "title", line(document.channel.title))
    add(channel, "link", site + document.channel.page)
    add(channel, "description", line(document.channel.description))
    add(channel, "language", settings.LANGUAGE_CODE)
    add(channel, "lastBuildDate", format_datetime(document.changed_at))
    add(channel, "docs", DOCS)
    for relation, address in links_of(document, "rss", site, hubs):
        kind = {"content_type": "application/rss+xml"} if relation == "self" else {}
        add(channel, f"{{{ATOM}}}link", rel=relation, href=address, **kind)
    if document.part is not None:
        add(channel, f"{{{HISTORY}}}archive")
    add_introduction(channel, document, site)
    for item in document.items():
        _add_item(channel, item)
    return written(root)


def _add_item(channel: Element, item: Item) -> None:
    made = add(channel, "item")
    add(made, "title", MARKUP.sub("‹", item.title))
    add(made, "link", item.url)
    add(made, "description", item.html)
    for name in item.categories:
        add(made, "category", name)
    # The profile asks for an author's address there; who published it is a name.
    add(made, f"{{{DC}}}creator", line(settings.SITE_NAME))
    add(made, "guid", item.id, isPermaLink="false")
    add(made, "pubDate", format_datetime(item.published))
    add(made, f"{{{ATOM}}}updated", rfc3339(item.updated))
