"""Well-formed RSS and Atom 1.0 as feedparser reads them, at a tenth of its cost; None where it might differ.

    bytes ─lxml→ tree ─(each element by its name)→ feedparser's dictionaries
                   └ anything odd ──→ None: feedparser's to read

`entries.read_feed` tries this first. Most feeds are written by a few programs and hold nothing odd. Inline XHTML,
xml:base, a doctype, a repeated title, an unknown element with children and the like are left to feedparser, whose
answers define what is right here: a test compares the two over every feed at hand and over random ones.
"""

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import lru_cache
from typing import Any, NamedTuple

import feedparser.mixin
import feedparser.urls
import feedparser.util
from lxml import etree

Item = dict[str, Any]
Node = Any  # lxml ships no types
Mixin = feedparser.mixin._FeedParserMixin

_ATOM_FEED = "{http://www.w3.org/2005/Atom}feed"
_RSS10 = "http://purl.org/rss/1.0/"
_RSS_VERSIONS = {"0.91": "rss091u", "0.92": "rss092", "0.93": "rss093", "0.94": "rss094"}
_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
_PREFIXES = {uri.lower(): prefix.lower() for uri, prefix in Mixin.namespaces.items()}
# An address that urljoin() returns as it is, whatever the base.
_ABSOLUTE = re.compile(
    r"https?://[a-z0-9.-]+(?::[0-9]+)?(?:/[\w~%/=&.,:@!$'()*+-]*(?:\?[\w~%/=&.,:@!$'()*+-]+)?)?", re.A
)
# libxml2 compares every attribute of an element with every other.
_ENDLESS_TAG = re.compile(rb"<[^>]{10000}")
_REFERENCE = re.compile(r"&([A-Za-z0-9_]+);")
_TYPES = {
    **dict.fromkeys(("text", "plain", "text/plain"), "text/plain"),
    **dict.fromkeys(("html", "text/html"), "text/html"),
}

# Where an element's plain text goes.
_SLOTS = {
    **dict.fromkeys(("pubdate", "published", "issued", "dcterms_issued"), "published"),
    **dict.fromkeys(("updated", "modified", "lastbuilddate", "dc_date", "dcterms_modified"), "updated"),
    **dict.fromkeys(("created", "dcterms_created"), "created"),
    **dict.fromkeys(("language", "dc_language"), "language"),
    **{name: name for name in ("ttl", "icon", "logo", "feedburner_origlink")},
}
# Of these feedparser would keep the attributes in place of the text.
_BARE = frozenset({"ttl", "icon", "logo", "feedburner_origlink"})
# Text constructs: the default type, and where they go in an item and in the feed, "" where feedparser is asked.
_CONSTRUCTS = {
    "title": ("text/plain", "title", "title"),
    "dc_title": ("text/plain", "title", "title"),
    "description": ("text/html", "summary", "subtitle"),
    "summary": ("text/plain", "summary", ""),
    "subtitle": ("text/plain", "", "subtitle"),
    "content": ("text/plain", "content", ""),
    "content_encoded": ("text/html", "content", ""),
}
_AUTHORS = frozenset({"author", "dc_creator", "dc_author", "managingeditor"})
_PERSON = frozenset({"name", "email", "uri", "url"})
# feedparser keeps them under names at which nobody looks.
_IGNORED = frozenset(
    {
        *("generator", "cloud", "webmaster", "rights", "copyright", "dc_publisher", "dc_rights", "dc_contributor"),
        *("media_thumbnail", "media_credit", "media_rating", "media_restriction", "media_license", "media_content"),
        *("media_player", "georss_point", "georss_line", "georss_polygon", "georss_box", "itunes_block"),
        *("itunes_explicit", "cc_license", "creativecommons_license"),
    }
)
# These hold only such, and what RSS's image and a source say of themselves.
_HOLDERS: Mapping[str, frozenset[str]] = {
    "media_content": frozenset({"media_title"}),
    "media_group": frozenset({"media_title", "media_content"}),
    "contributor": _PERSON,
    "skiphours": frozenset({"hour"}),
    "skipdays": frozenset({"day"}),
    "source": frozenset({"title", "link", "id", "updated", "subtitle", "icon", "logo", "rights", "generator"}),
}
_IN_IMAGE = frozenset({"url", "title", "link", "width", "height", "description"})
# An unknown element must not be taken for one of these.
_TAKEN = frozenset(
    {
        *feedparser.util.FeedParserDict.keymap,
        *("id", "link", "links", "feedburner_origlink", "authors", "author", "author_detail", "tags", "language"),
        *("title", "title_detail", "summary", "summary_detail", "subtitle", "subtitle_detail", "content", "image"),
        *("published", "updated", "created", "ttl", "icon", "logo"),
    }
)


class Parsed(NamedTuple):
    """What feedparser calls `feed`, `entries` and `version`, as far as `entries` looks into them."""

    feed: Item
    entries: list[Item]
    version: str


class _OddError(Exception):
    """Something that is feedparser's to read."""


def parse(text: bytes, base: str, language: str) -> Parsed | None:
    """Return what *text*, in UTF-8, says, or None where it is for feedparser to read.

    *base* is where it came from and *language* the answer's Content-Language; both may be empty.
    """
    if b"<!DOCTYPE" in text or b"<!ENTITY" in text or b"xml:base" in text or _ENDLESS_TAG.search(text):
        return None
    parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True)
    try:
        root = etree.fromstring(text, parser)
        if root.tag == "rss":
            return _read_rss(root, base, language)
        return _read_atom(root, base, language) if root.tag == _ATOM_FEED else None
    except (etree.XMLSyntaxError, ValueError, _OddError):
        return None


def _read_rss(root: Node, base: str, language: str) -> Parsed:
    given = _attributes(root).get("version", "")
    version = _RSS_VERSIONS.get(given) or ("rss20" if given.startswith("2.") else "rss")
    [channel] = root
    if channel.tag != "channel":
        raise _OddError
    return _read(root, channel, "item", version, base, language)


def _read_atom(root: Node, base: str, language: str) -> Parsed:
    return _read(root, root, "{http://www.w3.org/2005/Atom}entry", "atom10", base, language)


def _read(root: Node, channel: Node, tag: str, version: str, base: str, language: str) -> Parsed:
    if any(uri.lower() == _RSS10 for uri in root.nsmap.values()):
        raise _OddError  # it would decide the version
    base = feedparser.mixin.make_safe_absolute_uri(base, base) or base
    _attributes(channel, ("href", "lastmod"))
    feed, entries = _Context({}, version, base, in_item=False), []
    if language := root.get(_LANGUAGE) or language:
        feed.data["language"] = language.replace("_", "-")
    for child in channel:
        if child.tag == tag:
            _attributes(child, ("href", "lastmod"))
            item = _Context({}, version, base, in_item=True)
            for inner in child:
                item.take(inner)
            entries.append(item.data)
        else:
            feed.take(child)
    return Parsed(feed.data, entries, version)


# ------------------------------------------------------------------ names, attributes, text
_keys: dict[tuple[str, str | None], str] = {}


def _key(node: Node) -> str:
    """Return feedparser's name of an element: its own in lower case, after the prefix that its namespace goes by."""
    known = _keys.get((node.tag, node.prefix))
    if known is None:
        known = _named(node.tag, node.prefix)
        if len(_keys) < 2_000:
            _keys[node.tag, node.prefix] = known
    return known


def _named(tag: str, given: str | None) -> str:
    if tag[0] != "{":
        return tag.lower()
    uri, _, name = tag[1:].partition("}")
    prefix = _PREFIXES.get(uri.lower())
    if prefix is None:
        prefix = (given or "").lower()
        if not prefix or prefix in _PREFIXES.values():
            raise _OddError
    return f"{prefix}_{name.lower()}" if prefix else name.lower()


def _attributes(node: Node, odd: tuple[str, ...] = ()) -> dict[str, str]:
    """Return the attributes, their names in lower case, without those of a namespace that feedparser knows.

    Those that change what other words mean are odd, as are those named.
    """
    if not node.attrib:
        return {}
    found: dict[str, str] = {}
    for name, value in node.attrib.items():
        if name[0] == "{":
            uri, _, name = name[1:].partition("}")
            if uri.lower() in _PREFIXES:
                if name == "about":
                    raise _OddError
                continue
        name = name.lower()
        if name in found or name in ("base", "lang", "mode", "src") or name in odd:
            raise _OddError
        found[name] = value.lower() if name in ("rel", "type") else value
    return found


def _text(node: Node) -> str:
    """Return an element's text as feedparser mends it: UTF-8 taken for Latin-1, Windows' own characters."""
    if len(node):
        raise _OddError
    return _mended(str(node.text or "").strip())


def _mended(text: str) -> str:
    if text.isascii():
        return text
    with suppress(UnicodeError):
        text = text.encode("iso-8859-1").decode("utf-8")
    return text.translate(feedparser.mixin._cp1252)


def _resolved(base: str, url: str) -> str:
    return url if _ABSOLUTE.fullmatch(url) else str(feedparser.urls._urljoin(base or "", url)) if url else ""


@lru_cache(maxsize=2_000)
def _is_known(key: str) -> bool:
    return hasattr(Mixin, f"_start_{key}") or hasattr(Mixin, f"_end_{key}") or key in _TAKEN


# ------------------------------------------------------------------ one item, or the feed without its items
ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
"""How an absolute URI begins (RFC 3986, 3.1)."""


class _Context:
    """Takes the children of an item or of a channel one after another, and keeps what they say in `data`."""

    def __init__(self, data: Item, version: str, base: str, *, in_item: bool) -> None:
        self.data, self._atom, self._base, self._in_item = data, version.startswith("atom"), base, in_item
        self._had: set[str] = set()
        self._titled = False

    def take(self, node: Node) -> None:
        """Read one child; raises `_OddError` where it is for feedparser."""
        key = _key(node)
        if slot := _SLOTS.get(key):
            self._once(slot)
            if node.attrib and slot in _BARE:
                raise _OddError
            _attributes(node)
            text = _text(node)
            self.data[slot] = _resolved(self._base, text) if slot in ("icon", "logo") else text
        elif construct := _CONSTRUCTS.get(key):
            self._construct(node, *construct)
        elif handler := _HANDLERS.get(key):
            handler(self, node)
        elif key in _AUTHORS:
            self._author(node)
        elif len(node):
            self._holder(key, node)
        elif key not in _IGNORED and _is_known(key):
            raise _OddError
        else:
            _attributes(node)

    def _once(self, slot: str) -> None:
        if slot in self._had:
            raise _OddError
        self._had.add(slot)

    def _construct(self, node: Node, default: str, in_item: str, in_feed: str) -> None:
        slot = in_item if self._in_item else in_feed
        if not slot:
            raise _OddError
        self._once(slot)
        kind, value = _TYPES.get(_attributes(node).get("type", default)), _text(node)
        if kind is None:
            raise _OddError
        if kind == "text/plain" and not self._atom and ("<" in value or "&" in value) and Mixin.looks_like_html(value):
            kind = "text/html"
        detail = {"type": kind, "base": self._base, "value": value}
        if slot == "content":
            self.data["content"] = [detail]
            self.data.setdefault("summary", value)
        else:
            self.data[slot], self.data[f"{slot}_detail"] = value, detail
            self._titled = self._titled or (slot == "title" and bool(value))

    def _link(self, node: Node) -> None:
        given = _attributes(node)
        given.setdefault("rel", "alternate")
        given.setdefault("type", "application/atom+xml" if given["rel"] == "self" else "text/html")
        href = given.pop("url", None) or given.pop("uri", None) or given.get("href")
        if len(node):
            raise _OddError
        if href:
            given["href"] = _resolved(self._base, href)
            if given["rel"] == "alternate" and given["type"] in ("html", "text/html", "application/xhtml+xml", "xhtml"):
                self.data["link"] = given["href"]
        elif "href" in given:
            raise _OddError
        else:
            url = _resolved(self._base, str(node.text or "").strip())
            url = _mended(url)
            if "&" in url:
                url = _REFERENCE.sub(r"&\g<1>", url.replace("&amp;", "&") if self._in_item else url)
            self.data["link"] = url
            if url or not self._in_item:
                given["href"] = url
        self.data.setdefault("links", []).append(given)

    def _identifier(self, node: Node) -> None:
        self._once("id")
        is_link, text = _attributes(node).get("ispermalink", "true") == "true", _text(node)
        resolves = is_link and not (self._atom and ABSOLUTE.match(text))
        self.data["id"] = value = _resolved(self._base, text) if resolves else text
        if is_link:
            self.data.setdefault("link", value)

    def _category(self, node: Node) -> None:
        given = _attributes(node)
        tags = self.data.setdefault("tags", [])
        self._tag(given.get("term"), given.get("scheme", given.get("domain")), given.get("label"))
        if value := _text(node):
            if tags and not tags[-1]["term"]:
                tags[-1]["term"] = value
            else:
                self._tag(value, None, None)

    def _tag(self, term: str | None, scheme: str | None, label: str | None) -> None:
        tag = {"term": term, "scheme": scheme, "label": label}
        if (term or scheme or label) and tag not in self.data["tags"]:
            self.data["tags"].append(tag)

    def _author(self, node: Node) -> None:
        _attributes(node)
        person: Item = {}
        for part in node:
            name = _key(part)
            if name not in _PERSON or len(part) or (part.tail or "").strip():
                raise _OddError
            _attributes(part)
            text = str(part.text or "").strip()
            if name in ("uri", "url"):
                self._once("href")
                text = _mended(_resolved(self._base, text))
            person["href" if name in ("uri", "url") else name] = text
        self.data.setdefault("authors", []).append(person)
        text = _mended(str(node.text or "").strip())
        if person and (text or ("name" not in person and self.data.get("author"))):
            raise _OddError  # feedparser would lend the one before's name
        self.data["author"] = text
        if person:
            name, email = str(person.get("name") or ""), str(person.get("email") or "")
            self.data["author"] = f"{name} ({email})" if name and email else name or email
        elif text:
            person.update(_person(text))

    def _enclosure(self, node: Node) -> None:
        given = _attributes(node)
        if len(node):
            raise _OddError
        if href := given.pop("url", None) or given.pop("uri", None) or given.get("href"):
            given["href"] = href
        self.data.setdefault("links", []).append(given | {"rel": "enclosure"})

    def _image(self, node: Node) -> None:
        if self._in_item or self._atom:
            raise _OddError
        self._once("image")
        _attributes(node)
        image: Item = {}
        for part in node:
            if _key(part) not in _IN_IMAGE or _attributes(part):
                raise _OddError
            text = _text(part)
            if part.tag == "url":
                image["href"] = _resolved(self._base, text)
        self.data["image"] = image

    def _source(self, node: Node) -> None:
        self._holder("source", node)
        self._titled = False  # feedparser would take the next title

    def _media_title(self, node: Node) -> None:
        if not self._titled or len(node):
            raise _OddError
        _attributes(node)

    def _holder(self, key: str, node: Node) -> None:
        """Pass over an element whose children say nothing that is kept."""
        inside = _HOLDERS.get(key)
        if inside is None and len(node):
            raise _OddError
        _attributes(node)
        for part in node:
            name = _key(part)
            if name == "media_title":
                self._media_title(part)
            elif len(part):
                self._holder(name, part)
            elif name in (inside or ()) or name in _IGNORED:
                _attributes(part)
            else:
                raise _OddError


_HANDLERS: Mapping[str, Callable[[_Context, Node], None]] = {
    "link": _Context._link,
    "guid": _Context._identifier,
    "id": _Context._identifier,
    "category": _Context._category,
    "dc_subject": _Context._category,
    "enclosure": _Context._enclosure,
    "image": _Context._image,
    "source": _Context._source,
    "media_title": _Context._media_title,
}


class _Nobody:
    """As much of feedparser's parser as its reading of an author's name needs."""

    def __init__(self, text: str) -> None:
        self.context: Item = {"author": text, "authors": [{}]}

    def _get_context(self) -> Item:
        return self.context


@lru_cache(maxsize=2_000)
def _person(text: str) -> Item:
    """Return the name and the address in *text*, told apart by feedparser."""
    nobody = _Nobody(text)
    Mixin._sync_author_detail(nobody)
    person: Item = nobody.context["authors"][0]
    return person
