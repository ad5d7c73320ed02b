"""Atom (RFC 4287), with archives (RFC 5005), tombstones (RFC 6721) and a WebSub hub.

A claim that is public no more is there twice: as a tombstone, by which a reader that knows them removes it, and as an
entry with the same identifier that is no newer, by which another replaces the words. Where
it is known, the tombstone wins.
"""

import lxml.html
from django.conf import settings
from lxml import etree

from claims.feeds.markup import (
    ATOM,
    HISTORY,
    TOMBSTONES,
    XHTML,
    Element,
    add,
    add_introduction,
    links_of,
    rfc3339,
    written,
)
from claims.following.items import Item, line
from claims.following.pages import Document

TYPE = "application/atom+xml; charset=utf-8"
SPACES = {None: ATOM, "fh": HISTORY, "at": TOMBSTONES, "h": XHTML}


def write(document: Document, site: str, hubs: list[str]) -> bytes:
    """Return the document as Atom."""
    channel = document.channel
    root = etree.Element(f"{{{ATOM}}}feed", nsmap=SPACES)  # type: ignore[arg-type] # None is the default namespace
    root.set("{http://www.w3.org/XML/1998/namespace}lang", settings.LANGUAGE_CODE)
    add(root, f"{{{ATOM}}}id", site + channel.feed("atom"))
    add(root, f"{{{ATOM}}}title", line(channel.title))
    add(root, f"{{{ATOM}}}subtitle", line(channel.description))
    add(root, f"{{{ATOM}}}updated", rfc3339(document.changed_at))
    author = add(root, f"{{{ATOM}}}author")
    add(author, f"{{{ATOM}}}name", line(settings.SITE_NAME))
    add(author, f"{{{ATOM}}}uri", f"{site}/")
    add(root, f"{{{ATOM}}}link", rel="alternate", content_type="text/html", href=site + channel.page)
    for relation, address in links_of(document, "atom", site, hubs):
        add(root, f"{{{ATOM}}}link", rel=relation, href=address)
    if document.part is not None:
        add(root, f"{{{HISTORY}}}archive")
    add_introduction(root, document, site)
    for item in document.items():
        if item.gone:
            _add_tombstone(root, item)
        _add_entry(root, item)
    return written(root)


def _add_tombstone(root: Element, item: Item) -> None:
    gone = add(root, f"{{{TOMBSTONES}}}deleted-entry", ref=item.id, when=rfc3339(item.updated))
    add(gone, f"{{{TOMBSTONES}}}comment", item.change)
    add(gone, f"{{{ATOM}}}link", rel="alternate", href=item.url)


def _add_entry(root: Element, item: Item) -> None:
    entry = add(root, f"{{{ATOM}}}entry")
    add(entry, f"{{{ATOM}}}id", item.id)
    add(entry, f"{{{ATOM}}}title", item.title)
    add(entry, f"{{{ATOM}}}link", rel="alternate", content_type="text/html", href=item.url)
    if item.via:
        add(entry, f"{{{ATOM}}}link", rel="via", href=item.via)
    add(entry, f"{{{ATOM}}}published", rfc3339(item.published))
    add(entry, f"{{{ATOM}}}updated", rfc3339(item.updated))
    for name in item.categories:
        add(entry, f"{{{ATOM}}}category", term=name)
    if item.statement:
        add(entry, f"{{{ATOM}}}summary", item.statement)
    content = add(entry, f"{{{ATOM}}}content", content_type="xhtml")
    words = lxml.html.fragment_fromstring(item.html, create_parent="div")
    lxml.html.html_to_xhtml(words)
    content.append(words)
