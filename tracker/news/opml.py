"""OPML 2.0 (http://opml.org/spec2.opml): lists of feeds in and out, folders as topics."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime

from lxml import etree

from tracker.news import markup
from tracker.news.errors import OpmlError
from tracker.news.links import request_url

__all__ = ["Opml", "OpmlError", "OpmlFeed", "read_opml", "write_opml"]

MAX_BYTES = 20 * 1024 * 1024
_MAX_NAME = 200


@dataclass(frozen=True, slots=True)
class OpmlFeed:
    """One subscription: the feed's URL, its title, its site, and the folders and categories it is in."""

    url: str
    title: str = ""
    site_url: str = ""
    topics: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Opml:
    """A list of feeds, each URL once, in the order of the document; `skipped` names what was no feed's URL."""

    title: str
    feeds: tuple[OpmlFeed, ...]
    skipped: tuple[str, ...] = ()


def read_opml(body: bytes) -> Opml:
    """Return the feeds that *body* lists. A feed in several folders has all of them as topics.

    Entities are not expanded and nothing external is loaded. Raises `OpmlError`.
    """
    root = _parse(body)
    feeds: dict[str, OpmlFeed] = {}
    skipped: list[str] = []
    stack: list[tuple[etree._Element, tuple[str, ...]]] = [
        (node, ()) for node in reversed(_outlines(root.find("body")))
    ]
    while stack:
        node, folders = stack.pop()
        name = markup.one_line(node.get("title") or node.get("text") or "", _MAX_NAME)
        address = next((node.get(key) for key in ("xmlUrl", "xmlurl", "xmlURL", "XMLURL") if node.get(key)), None)
        children = _outlines(node)
        if address is None:
            inner = (*folders, name) if name and children else folders
            stack += [(child, inner) for child in reversed(children)]
            continue
        stack += [(child, folders) for child in reversed(children)]
        url = _address(address)
        if not url:
            skipped.append(markup.one_line(address, _MAX_NAME))
            continue
        known = feeds.get(url)
        site = _address(node.get("htmlUrl") or "")
        topics = (known.topics if known else ()) + folders + _categories(node)
        title, site = (known.title, known.site_url) if known else (name, site)
        feeds[url] = OpmlFeed(url, title, site, tuple(dict.fromkeys(topics)))
    title = markup.one_line(root.findtext("head/title") or "", _MAX_NAME)
    return Opml(title, tuple(feeds.values()), tuple(skipped))


def write_opml(feeds: Iterable[OpmlFeed], title: str, created: datetime | None = None) -> bytes:
    """Return an OPML 2.0 document that `read_opml` reads back: a folder a topic, a feed in each of its folders."""
    root = etree.Element("opml", version="2.0")
    head = etree.SubElement(root, "head")
    etree.SubElement(head, "title").text = markup.clean(title)
    if created:
        etree.SubElement(head, "dateCreated").text = format_datetime(created)
    body = etree.SubElement(root, "body")
    folders: dict[str, etree._Element] = {}
    for feed in feeds:
        for topic in feed.topics or ("",):
            if topic and topic not in folders:
                name = markup.clean(topic)
                folders[topic] = etree.SubElement(body, "outline", text=name, title=name)
            outline = etree.SubElement(folders.get(topic, body), "outline", type="rss")
            name = markup.clean(feed.title or feed.url)
            for key, value in (("text", name), ("title", name), ("xmlUrl", feed.url), ("htmlUrl", feed.site_url)):
                if value:
                    outline.set(key, markup.clean(value))
    return etree.tostring(root, encoding="utf-8", xml_declaration=True, pretty_print=True)


def _parse(body: bytes) -> etree._Element:
    if len(body) > MAX_BYTES:
        raise OpmlError(f"The document has {len(body):,} bytes; at most {MAX_BYTES:,} are read.")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, recover=True, huge_tree=False)
    try:
        root = etree.fromstring(body.lstrip(), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise OpmlError(f"The document could not be read as XML: {error}.") from error
    if root is None or not isinstance(root.tag, str) or root.tag.lower() != "opml":
        raise OpmlError("The document is not OPML.")
    if root.find("body") is None:
        raise OpmlError("The document is OPML without a body, perhaps cut short.")
    return root


def _outlines(node: etree._Element | None) -> list[etree._Element]:
    return [] if node is None else [child for child in node if child.tag == "outline"]


def _address(text: str) -> str:
    text = text.strip()
    if text.lower().startswith("feed:"):  # feed://host/path and feed:https://host/path
        rest = text[5:]
        text = f"http:{rest}" if rest.startswith("//") else rest
    return request_url(text)


def _categories(node: etree._Element) -> tuple[str, ...]:
    """Return the last part of each of the comma-separated, slash-delimited categories."""
    parts = (part.strip().strip("/").rsplit("/", 1)[-1] for part in (node.get("category") or "").split(","))
    return tuple(markup.one_line(part, _MAX_NAME) for part in parts if part)
