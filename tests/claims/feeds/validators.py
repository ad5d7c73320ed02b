"""The rules of the formats, as what is wrong with a document: nothing where it holds by all of them.

RSS 2.0 (rssboard.org/rss-specification) with the best practices profile (rssboard.org/rss-profile), Atom (RFC 4287)
with paging and archives (RFC 5005) and tombstones (RFC 6721), JSON Feed 1.1 (jsonfeed.org/version/1.1).
"""

import json
import re
from collections.abc import Iterator
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree

import lxml.html

ATOM = "{http://www.w3.org/2005/Atom}"
HISTORY = "{http://purl.org/syndication/history/1.0}"
TOMBSTONES = "{http://purl.org/atompub/tombstones/1.0}"
XHTML = "{http://www.w3.org/1999/xhtml}"
RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
RFC822 = re.compile(r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d [+-]\d{4}")
# RFC 4151: tag:authority,date:specific
TAG = re.compile(r"tag:[a-z0-9.-]+,\d{4}-\d\d-\d\d:[A-Za-z0-9/._-]+")
MEDIA_TYPE = re.compile(r"[a-z]+/[a-z0-9.+-]+")
Element = ElementTree.Element


def is_web(address: str | None) -> bool:
    """Whether it is an absolute http or https address."""
    parts = urlsplit(address or "")
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and not re.search(r"\s", address or "")


def fragment_faults(html: str) -> Iterator[str]:
    """What is wrong with HTML in a feed: scripts, relative addresses, anything that acts."""
    if not html.strip():
        yield "no words"
        return
    for element in lxml.html.fragment_fromstring(html, create_parent="div").iter():
        if element.tag in {"script", "style", "iframe", "object", "embed", "form", "link", "meta", "base", "img"}:
            yield f"<{element.tag}> in the words"
        for name, value in element.attrib.items():
            if name.startswith("on") or name == "style":
                yield f"attribute {name}"
            if name in {"href", "src", "cite"} and not is_web(value):
                yield f"{name}={value!r} is no absolute address of the web"


def _once(parent: Element, *names: str, most: bool = False) -> Iterator[str]:
    for name in names:
        number = len(parent.findall(name))
        if number > 1 or (number == 0 and not most):
            yield f"{number} <{name}> in <{parent.tag}>"


def _links(parent: Element, feed: bool) -> Iterator[str]:
    seen = set()
    for link in parent.findall(f"{ATOM}link"):
        if not is_web(link.get("href")):
            yield f"link to {link.get('href')!r}"
        if link.get("type") and not MEDIA_TYPE.fullmatch(link.get("type", "")):
            yield f"link of type {link.get('type')!r}"
        relation = link.get("rel", "alternate")
        if relation in seen and relation != "hub":
            yield f"two links {relation}"
        seen.add(relation)
    if feed and "self" not in seen:
        yield "no link to itself"


def _history(parent: Element) -> Iterator[str]:
    relations = {link.get("rel") for link in parent.findall(f"{ATOM}link")}
    if parent.find(f"{HISTORY}archive") is not None:
        if "current" not in relations:
            yield "an archive has to lead to the subscription document"
        if "hub" in relations:
            yield "an archive has no hub: it does not change"
    elif relations & {"next-archive", "current"}:
        yield "only an archive has a next one"


def rss(body: bytes) -> list[str]:
    """Return what is wrong with an RSS document."""
    return list(_rss(body))


def _rss(body: bytes) -> Iterator[str]:
    root = ElementTree.fromstring(body)
    if (root.tag, root.get("version")) != ("rss", "2.0") or len(root) != 1 or root[0].tag != "channel":
        yield "no <rss version=2.0> with one channel"
        return
    (channel,) = root
    yield from _once(channel, "title", "link", "description", "language", "lastBuildDate", "docs")
    yield from _links(channel, feed=True)
    yield from _history(channel)
    if not is_web(channel.findtext("link")):
        yield "the channel's link is no address"
    if not RFC822.fullmatch(channel.findtext("lastBuildDate") or ""):
        yield f"lastBuildDate {channel.findtext('lastBuildDate')!r}"
    guids = [item.findtext("guid") for item in channel.findall("item")]
    if len(set(guids)) != len(guids):
        yield "two items with one guid"
    for item in channel.findall("item"):
        yield from _rss_item(item)


def _rss_item(item: Element) -> Iterator[str]:
    yield from _once(item, "title", "link", "description", "guid", "pubDate")
    yield from _once(item, "author", "comments", "enclosure", "source", most=True)
    guid = item.find("guid")
    if guid is not None and guid.get("isPermaLink") != "false" and not is_web(guid.text):
        yield f"guid {guid.text!r} is no permalink"
    if guid is not None and guid.get("isPermaLink") == "false" and not TAG.fullmatch(guid.text or ""):
        yield f"guid {guid.text!r} is no tag URI"
    if not is_web(item.findtext("link")):
        yield "an item's link is no address"
    date = item.findtext("pubDate") or ""
    if not RFC822.fullmatch(date) or parsedate_to_datetime(date).tzinfo is None:
        yield f"pubDate {date!r}"
    if re.search(r"<[a-zA-Z/!?]", item.findtext("title") or ""):
        yield "the profile wants titles without markup"
    yield from fragment_faults(item.findtext("description") or "")


def atom(body: bytes) -> list[str]:
    """Return what is wrong with an Atom document."""
    return list(_atom(body))


def _atom(body: bytes) -> Iterator[str]:
    feed = ElementTree.fromstring(body)
    if feed.tag != f"{ATOM}feed":
        yield "no <feed>"
        return
    yield from _common(feed)
    yield from _links(feed, feed=True)
    yield from _history(feed)
    if feed.find(f"{ATOM}author/{ATOM}name") is None:
        yield "no author, neither of the feed nor of its entries"
    entries = feed.findall(f"{ATOM}entry")
    keys = [entry.findtext(f"{ATOM}id") for entry in entries]
    if len(set(keys)) != len(keys):
        yield "two entries with one id"
    for entry in entries:
        yield from _common(entry)
        yield from _links(entry, feed=False)
        yield from _entry(entry)
    for gone in feed.findall(f"{TOMBSTONES}deleted-entry"):
        if not TAG.fullmatch(gone.get("ref", "")) or not RFC3339.fullmatch(gone.get("when", "")):
            yield "a tombstone says which entry went, and when"


def _common(element: Element) -> Iterator[str]:
    yield from _once(element, f"{ATOM}id", f"{ATOM}title", f"{ATOM}updated")
    yield from _once(element, f"{ATOM}subtitle", f"{ATOM}summary", f"{ATOM}content", f"{ATOM}published", most=True)
    for name in ("updated", "published"):
        for found in element.findall(f"{ATOM}{name}"):
            if not RFC3339.fullmatch(found.text or ""):
                yield f"{name} {found.text!r}"
    if not urlsplit(element.findtext(f"{ATOM}id") or "").scheme:
        yield "an id is an IRI"
    for category in element.findall(f"{ATOM}category"):
        if not category.get("term"):
            yield "a category without a term"


def _entry(entry: Element) -> Iterator[str]:
    if not TAG.fullmatch(entry.findtext(f"{ATOM}id") or ""):
        yield "an entry's id is a tag URI here"
    content = entry.find(f"{ATOM}content")
    alternate = [link for link in entry.findall(f"{ATOM}link") if link.get("rel", "alternate") == "alternate"]
    if content is None and not alternate:
        yield "an entry without content needs a link"
    if content is not None and content.get("type") == "xhtml":
        if [child.tag for child in content] != [f"{XHTML}div"]:
            yield "xhtml content is one div"
        else:
            for element in content[0].iter():
                element.tag = element.tag.removeprefix(XHTML)
            yield from fragment_faults(ElementTree.tostring(content[0], encoding="unicode"))
    published, updated = entry.findtext(f"{ATOM}published"), entry.findtext(f"{ATOM}updated")
    if published and updated and datetime.fromisoformat(published) > datetime.fromisoformat(updated):
        yield "published after it was updated"


def json_feed(body: bytes) -> list[str]:
    """Return what is wrong with a JSON Feed."""
    return list(_json_feed(body))


def _json_feed(body: bytes) -> Iterator[str]:
    feed: dict[str, Any] = json.loads(body)
    if feed.get("version") != "https://jsonfeed.org/version/1.1":
        yield "no version"
    if not isinstance(feed.get("title"), str) or not feed["title"]:
        yield "no title"
    for name in ("home_page_url", "feed_url", "next_url", "icon", "favicon"):
        if name in feed and not is_web(feed[name]):
            yield f"{name} {feed[name]!r}"
    if "next_url" in feed and feed["next_url"] == feed.get("feed_url"):
        yield "next_url must not be the feed's own"
    if not all(set(author) & {"name", "url", "avatar"} for author in feed.get("authors", [])):
        yield "an author without a name"
    yield from (f"hub {h!r}" for h in feed.get("hubs", []) if not h.get("type") or not is_web(h.get("url")))
    if not isinstance(feed.get("items"), list):
        yield "no items"
        return
    keys = [item.get("id") for item in feed["items"]]
    if len(set(keys)) != len(keys):
        yield "two items with one id"
    for item in feed["items"]:
        yield from _json_item(item)


def _json_item(item: dict[str, Any]) -> Iterator[str]:
    if not isinstance(item.get("id"), str) or not TAG.fullmatch(item["id"]):
        yield "an item's id is a tag URI here"
    if not isinstance(item.get("content_html"), str) and not isinstance(item.get("content_text"), str):
        yield "an item without content"
    yield from fragment_faults(item.get("content_html", ""))
    for name in ("date_published", "date_modified"):
        if not RFC3339.fullmatch(item.get(name, "")):
            yield f"{name} {item.get(name)!r}"
    for name in ("url", "external_url"):
        if name in item and not is_web(item[name]):
            yield f"{name} {item[name]!r}"
    if not all(isinstance(tag, str) and tag for tag in item.get("tags", [])):
        yield "tags are words"


FAULTS = {"rss": rss, "atom": atom, "json": json_feed}
