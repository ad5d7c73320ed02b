"""Bytes of a feed in, `ParsedFeed` out: RSS 0.9x, 1.0 and 2.0, Atom 0.3 and 1.0, CDF, JSON Feed 1.0 and 1.1.

    body ─cap→ at most MAX_ENTRIES items ─scrub→ ┬ wellformed ─────────────→ dicts ─→ ParsedEntry
         │                                       └ (odd in any way) feedparser ┘           │
         └ begins with "{" ──────────────────────────────── json_feed ─────────────────────┘

feedparser reads the XML; its own sanitiser and link resolver are off (nh3 does both, faster and stricter), and it
is given bytes only, so it opens no connection and no file.
"""

import hashlib
import html.entities
import io
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from xml.sax import SAXException

import feedparser
import feedparser.api
import feedparser.mixin

from tracker.news import json_feed, markup, wellformed
from tracker.news.dates import clamp, parse_date
from tracker.news.errors import FeedError
from tracker.news.links import is_http, resolve
from tracker.news.mending import mend_end_tags
from tracker.news.types import Enclosure, ParsedEntry, ParsedFeed

# feedparser resolves the base URL anew for every element; remembering it takes a third off the whole.
for _name in ("make_safe_absolute_uri", "_urljoin"):
    setattr(feedparser.mixin, _name, lru_cache(maxsize=1_000)(getattr(feedparser.mixin, _name)))

__all__ = ["MAX_ENTRIES", "MAX_FEED_BYTES", "FeedError", "read_feed"]

MAX_ENTRIES = 5_000
"""Items read from one document, the first in its order; the rest is counted in `ParsedFeed.dropped`."""

MAX_FEED_BYTES = 32 * 1024 * 1024
"""Longest document that is looked at, decoded from its content coding."""

MAX_ATTRIBUTES = 500
"""Attributes of one element, and namespaces of one document; more is no feed but an attack."""

MAX_GUID = 2_000

_BAD_REFERENCE = re.compile(rb"&#(?:[xX]([0-9a-fA-F]{1,12})|([0-9]{1,12}));")
_BARE_AMPERSAND = re.compile(rb"&(?!(?:[A-Za-z][A-Za-z0-9]*|#[0-9]+|#[xX][0-9A-Fa-f]+);)")
_NAMED = re.compile(rb"&(?!(?:amp|lt|gt|quot|apos);)([A-Za-z][A-Za-z0-9]*);")
# An entity made of other entities multiplies; one that is not a plain string is external.
_NESTED_ENTITY = re.compile(rb"<!ENTITY\s+(?:%\s+)?[^\s>]+\s+(?:\"[^\"]*[&%][^\"]*\"|'[^']*[&%][^']*'|[^\"'][^>]*)\s*>")
_CLAIMS_WIDE = re.compile(rb"(<\?xml[^>]*?)\s+encoding\s*=\s*[\"'](?:utf-?16|utf-?32|ucs-?[24])[\w-]*[\"']", re.I)
_UNENDED = re.compile(rb"</[A-Za-z:]{1,30}\Z")
_CDATA = re.compile(rb"(<!\[CDATA\[.*?(?:\]\]>|\Z))", re.S)
_CDF = re.compile(rb"(?>\s*<(?:\?[^>]*|!--.*?--|!doctype[^>]*)>)*+\s*<channel\b", re.S | re.I)
_ADDRESS = re.compile(r"^\s*<?(?P<email>[^\s<>()@]+@[^\s<>()]+)>?\s*(?:\((?P<name>.*)\))?\s*$")
_NAME_ADDRESS = re.compile(r"^\s*\"?(?P<name>[^<\"(]+?)\"?\s*[<(](?P<email>[^\s<>()@]+@[^\s<>()]+)[>)]\s*$")
_BY = re.compile(r"^(?i:by)\s+(?=[^\W\d_a-z])")
_CONTROLS = bytes(c for c in range(0x20) if c not in (0x09, 0x0A, 0x0D))
_DECLARED = re.compile(rb"\s*<\?xml[^>]*encoding\s*=\s*[\"']([\w.:-]+)", re.A)
_UTF8 = frozenset({"utf-8", "utf8"})
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_ORDINARY_URL = re.compile(
    r"https?://[a-z0-9-]+(?:\.[a-z0-9-]+)+(?::(?:[0-9]{1,4}|[1-5][0-9]{4}))?(?:/[\w.~!$&'()*+,;=:@/%?#-]{0,500})?", re.A
)
_PARSE_OPTIONS = {"resolve_relative_uris": False, "sanitize_html": False}


def read_feed(
    body: bytes,
    url: str = "",
    content_type: str = "",
    headers: Mapping[str, str] | None = None,
    now: datetime | None = None,
) -> ParsedFeed:
    """Return the feed that *body* holds.

    *url* is where it came from (after redirects): relative links are resolved against it. *content_type* and
    *headers* are the HTTP answer's; a charset given there is weighed against the document's own (RFC 7303).
    *now* is the time of reading, to which later dates are clamped; the clock where not given.

    Raises `FeedError` where *body* is empty, too large, an HTML page, or otherwise no feed.
    """
    now = now or datetime.now(UTC)
    if len(body) > MAX_FEED_BYTES:
        raise FeedError(f"The document has {len(body):,} bytes; at most {MAX_FEED_BYTES:,} are read.")
    if not body.strip(b" \t\r\n\0\xef\xbb\xbf\xfe\xff"):
        raise FeedError("The document is empty.")
    if json_feed.looks_like_json(body):
        feed = json_feed.read(body, url, now, MAX_ENTRIES)
    else:
        feed = _read_xml(body, url, content_type, headers or {}, now)
    entries, repeated = _with_own_guids(feed.entries)
    warnings = feed.warnings
    if feed.dropped:
        warnings += (f"{feed.dropped:,} items beyond the first {MAX_ENTRIES:,} were not read.",)
    if repeated:
        words = "item that repeats another was" if repeated == 1 else "items that repeat others were"
        warnings += (f"{repeated:,} {words} left out.",)
    return replace(feed, entries=entries, warnings=warnings)


# ------------------------------------------------------------------ XML
class _BoundedParser(feedparser.api.StrictFeedParser):  # type: ignore[misc]
    """feedparser's own, which looks each attribute up among all of them: 12,000 would take half a minute."""

    _ends_id = False

    def startElementNS(self, name: Any, qname: Any, attrs: Any) -> None:  # noqa: N802 — SAX's name
        if len(attrs) > MAX_ATTRIBUTES or len(self.namespaces_in_use) > MAX_ATTRIBUTES:
            raise FeedError(f"The document has an element with more than {MAX_ATTRIBUTES:,} attributes or namespaces.")
        super().startElementNS(name, qname, attrs)

    def _end_id(self) -> None:
        self._ends_id = True
        super()._end_guid()
        self._ends_id = False

    def resolve_uri(self, uri: str) -> str:
        # RFC 4287, 4.2.6: an identifier is compared letter by letter, so one that is absolute stays as it is.
        if self._ends_id and self.version.startswith("atom") and wellformed.ABSOLUTE.match(uri):
            return uri
        return str(super().resolve_uri(uri))


feedparser.api.StrictFeedParser = _BoundedParser


def _read_xml(body: bytes, url: str, content_type: str, headers: Mapping[str, str], now: datetime) -> ParsedFeed:
    capped, total = _cap(body)
    text = _scrub(capped)
    answer = _response_headers(text, url, content_type, headers)
    quick = _parse_quickly(text, answer)
    result = {} if quick else _parse_mended(text, answer)
    feed, found, version = quick or (_plain(result["feed"]), result["entries"], result.get("version") or "")
    if not version and not found and not feed.get("title") and not _CDF.match(text):
        raise FeedError(_why_not_a_feed(text, result))
    atom = version.startswith("atom")
    inherited = _authors(feed) if atom else ()
    site = _http(_first_link(feed)) or ""
    items = found if quick else map(_plain, found[:MAX_ENTRIES])
    entries = tuple(_entry(item, version, inherited, site, now) for item in items)
    hours, days = _skips(text)
    return ParsedFeed(
        title=_text(feed, "title", atom),
        url=site or None,
        format=version or ("cdf" if b"<channel" in text[:2000].lower() else "unknown"),
        description=_text(feed, "subtitle", atom) or _text(feed, "summary", atom),
        language=markup.one_line(str(feed.get("language") or ""), 40),
        ttl=_whole(feed.get("ttl")),
        skip_hours=hours,
        skip_days=days,
        hub=_http(_link_of(feed, "hub")),
        self_url=_http(_link_of(feed, "self")),
        icon=_http(feed.get("icon") or feed.get("logo") or (feed.get("image") or {}).get("href")),
        updated=_when(feed, "updated", now)[0],
        entries=entries,
        dropped=max(total - len(entries), 0) if total > MAX_ENTRIES else 0,
        warnings=_warnings(result),
    )


def _parse_quickly(text: bytes, headers: dict[str, str]) -> wellformed.Parsed | None:
    charset = headers["content-type"].partition("charset=")[2] or "utf-8"
    declared = _DECLARED.match(text)
    if charset.lower() not in _UTF8 or (declared and declared[1].lower().decode() not in _UTF8):
        return None
    return wellformed.parse(text, headers.get("content-location", ""), headers.get("content-language", ""))


def _parse_mended(text: bytes, headers: dict[str, str]) -> dict[str, Any]:
    """Return what feedparser reads; a document that is not well-formed is read again with its end tags mended."""
    first = _parse(text, headers)
    if not isinstance(first.get("bozo_exception"), SAXException):
        return first
    mended = mend_end_tags(text)
    second = _parse(mended, headers) if mended != text else first
    if len(second["entries"]) < len(first["entries"]):
        return first
    return second | {"bozo": first["bozo"], "bozo_exception": first["bozo_exception"]}


def _parse(text: bytes, headers: dict[str, str]) -> dict[str, Any]:
    try:
        parsed: dict[str, Any] = feedparser.parse(io.BytesIO(text), response_headers=headers, **_PARSE_OPTIONS)
    except FeedError:
        raise
    except Exception as error:  # feedparser lets many kinds through on hostile input, RecursionError among them
        raise FeedError(f"The document could not be read as XML: {type(error).__name__}: {error}") from error
    return parsed


def _plain(value: Any) -> Any:
    """Return feedparser's dictionaries as plain ones: faster, and `updated` is not answered by `published`."""
    if isinstance(value, dict):
        return {name: _plain(inner) for name, inner in value.items()}
    return [_plain(inner) for inner in value] if isinstance(value, list) else value


def _scrub(body: bytes) -> bytes:
    """Mend what is most often wrong, so that one bad byte loses no item and the strict parser can be used.

    NUL, controls and references to them go; bare ampersands and HTML's named references outside CDATA become
    numbers. UTF-16 and UTF-32 hold NUL bytes rightly and ISO-2022 holds ESC; those documents are left alone.
    """
    head = body[:200]
    if head[:2] in (b"\xfe\xff", b"\xff\xfe") or b"\0" in head[:4] or b"iso-2022" in head.lower():
        return body
    if body[:4] == b"\x4c\x6f\xa7\x94":  # "<?xm" in EBCDIC
        return body
    body = body.translate(None, _CONTROLS).removeprefix(b"\xef\xbb\xbf").strip()
    body = _CLAIMS_WIDE.sub(rb"\1", body[:200], count=1) + body[200:]  # bytes are one wide, whatever it says
    if _UNENDED.search(body[-40:]):  # the last end tag was cut off
        body += b">"
    if b"&#" in body:
        body = _BAD_REFERENCE.sub(_allowed_reference, body)
    if b"<!ENTITY" in body:
        body = _NESTED_ENTITY.sub(b"", body)
    named = b"<!ENTITY" not in body and _NAMED.search(body)
    if named or _BARE_AMPERSAND.search(body):
        pieces = _CDATA.split(body)
        pieces[::2] = [_BARE_AMPERSAND.sub(b"&amp;", piece) for piece in pieces[::2]]
        if named:
            pieces[::2] = [_NAMED.sub(_numbered, piece) for piece in pieces[::2]]
        body = b"".join(pieces)
    return body


def _numbered(match: re.Match[bytes]) -> bytes:
    # HTML 4's meaning first: HTML 5 gave &lang; and &rang; other characters, which feeds do not mean.
    name = match[1].decode()
    text = chr(html.entities.name2codepoint[name]) if name in html.entities.name2codepoint else None
    text = text or html.entities.html5.get(name + ";")
    return "".join(f"&#{ord(char)};" for char in text).encode() if text else b"&amp;" + match[1] + b";"


def _allowed_reference(match: re.Match[bytes]) -> bytes:
    code = int(match[1], 16) if match[1] else int(match[2])
    allowed = code in (9, 10, 13) or 0x20 <= code < 0xD800 or 0xE000 <= code < 0xFFFE or 0xFFFF < code < 0x110000
    return match[0] if allowed else b"\xef\xbf\xbd" if code else b""


def _cap(text: bytes) -> tuple[bytes, int]:
    """Return *text* cut after MAX_ENTRIES items but still closed, and how many items it had."""
    for tag in (b"</item>", b"</entry>"):
        total = text.count(tag)
        if total > MAX_ENTRIES:
            position = 0
            for _ in range(MAX_ENTRIES):
                position = text.index(tag, position) + len(tag)
            return text[:position] + text[text.rindex(tag) + len(tag) :], total
    return text, 0


def _response_headers(text: bytes, url: str, content_type: str, headers: Mapping[str, str]) -> dict[str, str]:
    """Return what feedparser needs of the HTTP answer: the base URL, and the charset where it can be trusted."""
    lower = {name.lower(): value for name, value in headers.items()}
    content_type = content_type or lower.get("content-type", "")
    location = lower.get("content-location", "")
    base = (resolve(url, location) if url else location) or url
    charset = re.search(r"charset\s*=\s*[\"']?([\w.:-]+)", content_type, re.I)
    # A server's default charset is often wrong; text that is valid UTF-8 beyond ASCII is UTF-8.
    if charset and charset[1].lower() not in _UTF8 and _is_utf8(text):
        charset = None
    kind = "application/xml" + (f"; charset={charset[1]}" if charset else "")
    answer = {"content-type": kind}
    if base:
        answer["content-location"] = base
    if lower.get("content-language"):
        answer["content-language"] = lower["content-language"].split(",")[0].strip()
    return answer


def _is_utf8(text: bytes) -> bool:
    declared = _DECLARED.match(text)
    if text.isascii() or (declared and declared[1].lower().decode() not in _UTF8):
        return False
    try:
        text.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _why_not_a_feed(text: bytes, result: Mapping[str, Any]) -> str:
    head = text[:3000].lower()
    if text[:5] == b"%PDF-":
        return "The document is a PDF, not a feed."
    if b"<opml" in head:
        return "The document is OPML, a list of feeds: import it with import_opml."
    if b"<sitemapindex" in head or b"<urlset" in head:
        return "The document is a sitemap, not a feed."
    if b"<html" in head or b"<!doctype html" in head or b"<body" in head:
        return "The document is an HTML page, not a feed."
    if b"<" not in head:
        return "The document is neither XML nor JSON."
    error = result.get("bozo_exception")
    if error:
        return f"The document is no feed that can be read: {markup.one_line(str(error), 200)}."
    return "The document is XML, but not a feed."


def _warnings(result: Mapping[str, Any]) -> tuple[str, ...]:
    error = result.get("bozo_exception")
    if not result.get("bozo") or isinstance(error, feedparser.CharacterEncodingOverride):
        return ()
    return (f"Not well-formed: {markup.one_line(str(error), 200)}.",)


def _skips(text: bytes) -> tuple[frozenset[int], frozenset[int]]:
    """Return RSS's skipHours (0 to 23, GMT) and skipDays (Monday 0); feedparser keeps only the last of each."""
    head = text[:20_000].decode("ascii", "ignore")
    hours = re.search(r"<skipHours>(.*?)</skipHours>", head, re.S | re.I)
    days = re.search(r"<skipDays>(.*?)</skipDays>", head, re.S | re.I)
    numbers = {int(n) % 24 for n in re.findall(r"<hour>\s*(\d{1,2})\s*<", hours[1], re.I)} if hours else set()
    names = {n.lower() for n in re.findall(r"<day>\s*([A-Za-z]+)\s*<", days[1], re.I)} if days else set()
    return frozenset(numbers), frozenset(_WEEKDAYS.index(name) for name in names if name in _WEEKDAYS)


# ------------------------------------------------------------------ one item
def _entry(item: Mapping[str, Any], version: str, inherited: tuple[str, ...], site: str, now: datetime) -> ParsedEntry:
    atom = version.startswith("atom")
    url = _entry_url(item, site)
    guid = _identifier(item.get("id"))
    published, published_raw = _when(item, "published", now)
    updated, updated_raw = _when(item, "updated", now)
    if published is None:
        created, created_raw = _when(item, "created", now)
        published, published_raw = (created, created_raw) if created else (published, published_raw)
    if published is None and not atom:  # dc:date, all that RSS 1.0 has, is the date of publication
        published, published_raw = updated, published_raw or updated_raw
    contents = item.get("content") or []
    content = _html(contents[0], "") if contents else ""
    return ParsedEntry(
        guid=guid,
        own_guid=guid,
        url=url,
        title=_text(item, "title", atom),
        authors=_authors(item) or inherited,
        published=published,
        updated=updated,
        published_raw=published_raw,
        updated_raw=updated_raw,
        summary_html=_summary(item, contents, content),
        content_html=content,
        language=markup.one_line(str(item.get("language") or ""), 40),
        categories=_categories(item),
        enclosures=tuple(_enclosures(item)),
    )


def _summary(item: Mapping[str, Any], contents: list[Mapping[str, Any]], content: str) -> str:
    detail = item.get("summary_detail")
    if detail:
        return _html(detail, "")
    value = item.get("summary")
    if contents and (not value or contents[0].get("value") == value):
        return content
    return markup.sanitise(str(value or ""))


def _html(detail: Mapping[str, Any], base: str) -> str:
    """Return a text construct (value, type, base) as sanitised HTML."""
    value, kind = str(detail.get("value") or ""), str(detail.get("type") or "text/html").lower()
    if kind == "text/plain" and not markup.has_elements(value):
        return markup.escape(value)
    if not kind.startswith("text/") and not kind.endswith(("html", "xml", "/octet-stream")):
        return ""  # Atom content of another media type, for instance an image in base64
    return markup.sanitise(value, str(detail.get("base") or base), xhtml=kind.endswith("xml"))


def _text(context: Mapping[str, Any], key: str, atom: bool) -> str:
    """Return a title as plain text. Outside Atom plain and HTML titles look alike, so a reference decides."""
    value = markup.without_cdata(str(context.get(key) or ""))
    detail = context.get(f"{key}_detail") or {}
    kind = str(detail.get("type") or "text/plain").lower()
    if kind == "text/plain" and (atom or not markup.has_markup(value)):
        return markup.one_line(value)
    return markup.plain(value)


def _when(context: Mapping[str, Any], key: str, now: datetime) -> tuple[datetime | None, str]:
    raw = markup.one_line(str(context.get(key) or ""), 100)
    return clamp(parse_date(raw), now), raw


def _authors(context: Mapping[str, Any]) -> tuple[str, ...]:
    people = [author for author in context.get("authors") or () if author]
    names = [str(author.get("name") or author.get("email") or "") for author in people]
    raw = str(context.get("author") or "")
    if len(people) < 2 and "@" in raw:  # feedparser misreads addresses in newer top-level domains
        match = _ADDRESS.match(raw) or _NAME_ADDRESS.match(raw)
        names = [match["name"] or match["email"]] if match else names
    cleaned = (markup.plain(name, 200) for name in names if name) if any(names) else [markup.plain(raw, 200)]
    return tuple(dict.fromkeys(filter(None, (_BY.sub("", name) for name in cleaned))))[:50]


def _categories(item: Mapping[str, Any]) -> tuple[str, ...]:
    terms = (tag.get("label") or tag.get("term") or "" for tag in item.get("tags") or ())
    return tuple(dict.fromkeys(filter(None, (markup.plain(str(term), 100) for term in terms))))[:50]


def _enclosures(item: Mapping[str, Any]) -> Iterable[Enclosure]:
    for link in item.get("links") or ():
        url = _http(link.get("href")) if link.get("rel") == "enclosure" else None
        if url:
            yield Enclosure(url, markup.one_line(str(link.get("type") or ""), 100), _whole(link.get("length")))


def _entry_url(item: Mapping[str, Any], site: str) -> str | None:
    """Return where the item is to be read: its own link before FeedBurner's redirect, a permalink guid
    and the item's own address in Atom last.

    A relative link of a feed whose own address is not known is resolved against the site's.
    """
    for candidate in (item.get("feedburner_origlink"), item.get("link"), _link_of(item, "alternate")):
        # feedparser takes an identifier that is no URL for the link where the link is not HTML.
        url = _http(candidate) if candidate else None
        if url or (candidate and (url := resolve(site, str(candidate)))):
            return url
    return _http(item.get("id")) or _http(_link_of(item, "self"))


def _first_link(context: Mapping[str, Any]) -> str:
    return str(context.get("link") or "") or _link_of(context, "alternate")


def _link_of(context: Mapping[str, Any], rel: str) -> str:
    for link in context.get("links") or ():
        if str(link.get("rel") or "").lower() == rel and link.get("href"):
            return str(link["href"])
    return ""


def _http(value: object) -> str | None:
    text = str(value or "").strip()
    if _ORDINARY_URL.fullmatch(text):
        return text
    url = resolve("", text)
    return markup.clean(url) if url and is_http(url) else None


def _whole(value: object) -> int | None:
    text = str(value or "").strip()
    return int(text) if text.isdecimal() and len(text) < 16 else None


def _identifier(value: object) -> str:
    text = markup.clean(str(value or "")).strip()
    return text if len(text) <= MAX_GUID else "hash:" + hashlib.sha256(text.encode()).hexdigest()


# ------------------------------------------------------------------ identity
def _with_own_guids(entries: Iterable[ParsedEntry]) -> tuple[tuple[ParsedEntry, ...], int]:
    """Give every entry a guid that no other of the feed has; return them and how many were mere repetitions.

    A guid that stands for several URLs identifies none of them, so there the URL takes its place. Entries that
    then still agree differ in title or date, which are hashed.
    """
    given = list(entries)
    entries = list(dict.fromkeys(given))
    urls: dict[str, set[str | None]] = {}
    for entry in entries:
        if entry.guid:
            urls.setdefault(entry.guid, set()).add(entry.url)
    named = [_named(entry, len(urls.get(entry.guid, ())) > 1) for entry in entries]
    counts = Counter(entry.guid for entry in named)
    unique: dict[str, ParsedEntry] = {}
    for entry in named:
        guid = entry.guid
        if counts[guid] > 1:
            guid = _hash(guid, entry.own_guid, entry.url or "", entry.title, entry.published_raw)
        if guid in unique:
            guid = _hash(guid, entry.summary_html, entry.content_html)
        unique.setdefault(guid, replace(entry, guid=guid))
    return tuple(unique.values()), len(given) - len(unique)


def _named(entry: ParsedEntry, ambiguous: bool) -> ParsedEntry:
    if entry.guid and not ambiguous:
        return entry
    summary = "" if entry.title else entry.summary_html
    guid = entry.url or _hash(entry.guid, entry.title, entry.published_raw, summary)
    return replace(entry, guid=guid)


def _hash(*parts: str) -> str:
    return "hash:" + hashlib.sha256("\0".join(parts).encode("utf-8", "replace")).hexdigest()
