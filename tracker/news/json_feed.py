"""JSON Feed 1.0 and 1.1 (https://www.jsonfeed.org/version/1.1/): bytes in, `ParsedFeed` out."""

import json
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from tracker.news import markup
from tracker.news.dates import clamp, parse_date
from tracker.news.errors import FeedError
from tracker.news.links import resolve
from tracker.news.types import Enclosure, ParsedEntry, ParsedFeed

MAX_BYTES = 16 * 1024 * 1024
_LONG = 1_000_000
_TOTAL = "\0total"
_GAP = re.compile(r"[\s,]*")
# What a string holds is skipped whole, so only a comma between a value and the end of its list or object is met.
_TRAILING_COMMA = re.compile(r'("(?:[^"\\]++|\\.)*+")|,(?=\s*+[\]}])', re.S)


def looks_like_json(body: bytes) -> bool:
    """Return whether *body* begins as JSON does, in any of JSON's encodings."""
    return body[:64].replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xfe\xff \t\r\n")[:1] in (b"{", b"[")


def read(body: bytes, url: str, now: datetime, limit: int) -> ParsedFeed:
    """Return the JSON Feed in *body*, at most *limit* items of it. Raises `FeedError`."""
    document = _load(body, limit)
    if not isinstance(document, dict):
        raise FeedError("The document is JSON, but not a feed.")
    version, items = str(document.get("version") or ""), document.get("items")
    items = [] if items is None and "jsonfeed.org" in version else items
    if not isinstance(items, list) or not ("jsonfeed.org" in version or "title" in document):
        raise FeedError("The document is JSON, but not a JSON Feed: it has no version and items.")
    inherited = _authors(document)
    site = _url(url, document.get("home_page_url"))
    found = [item for item in items[:limit] if isinstance(item, dict)]
    skipped = len(items[:limit]) - len(found)
    total = int(document.get(_TOTAL, len(items)))
    hubs = [hub for hub in _list(document.get("hubs")) if isinstance(hub, dict)]
    return ParsedFeed(
        title=_text(document.get("title")),
        url=site,
        format="json10" if version.rstrip("/").endswith("1") and "1.1" not in version else "json11",
        description=_text(document.get("description")),
        language=_text(document.get("language"), 40),
        hub=next((_url(url, hub.get("url")) for hub in hubs if _text(hub.get("type")).lower() == "websub"), None),
        self_url=_url(url, document.get("feed_url")),
        icon=_url(url, document.get("icon") or document.get("favicon")),
        entries=tuple(_entry(item, url, inherited, now) for item in found),
        dropped=max(total - limit, 0),
        warnings=(f"{skipped} items are not JSON objects.",) if skipped else (),
    )


def _load(body: bytes, limit: int) -> Any:
    if len(body) > MAX_BYTES:
        raise FeedError(f"The document has {len(body):,} bytes; of JSON at most {MAX_BYTES:,} are read.")
    try:
        encoding = json.detect_encoding(body)
        try:
            text = body.decode(encoding)
        except UnicodeDecodeError:
            text = body.decode("cp1252", "replace")
        text = text.lstrip("\ufeff \t\r\n")
        try:
            return _parse(text, limit)
        except ValueError:  # the commonest mistake of feeds that are made by a template
            mended = _TRAILING_COMMA.sub(lambda match: match[1] or "", text)
            if mended == text:
                raise
            return _parse(mended, limit)
    except (ValueError, RecursionError) as error:
        raise FeedError(f"The document begins as JSON but cannot be read: {error}.") from error


def _parse(text: str, limit: int) -> Any:
    return _load_piecemeal(text, limit) if len(text) > _LONG and text[:1] == "{" else json.loads(text, strict=False)


def _load_piecemeal(text: str, limit: int) -> Any:
    """Load a long document item by item and keep only *limit* of them: loaded whole it takes ten times its length."""
    decoder = json.JSONDecoder(strict=False)
    start = re.search(r'"items"\s*:\s*\[', text)
    if not start:
        return json.loads(text, strict=False)
    items: list[Any] = []
    position, total = start.end(), 0
    while gap := _GAP.match(text, position):
        if text[gap.end() : gap.end() + 1] in {"]", ""}:
            position = gap.end() + 1
            break
        item, position = decoder.raw_decode(text, gap.end())
        total += 1
        if total <= limit:
            items.append(item)
    document = json.loads(text[: start.end()] + "]" + text[position:], strict=False)
    return {**document, "items": items, _TOTAL: total} if isinstance(document, dict) else document


def _entry(item: Mapping[str, Any], base: str, inherited: tuple[str, ...], now: datetime) -> ParsedEntry:
    link = _url(base, item.get("url")) or _url(base, item.get("external_url"))
    content = _content(item, link or base)
    guid = item.get("id")
    guid = "" if guid is None or isinstance(guid, dict | list | bool) else markup.clean(str(guid)).strip()[:2_000]
    published, published_raw = _when(item, "date_published", now)
    updated, updated_raw = _when(item, "date_modified", now)
    summary = item.get("summary")
    return ParsedEntry(
        guid=guid,
        own_guid=guid,
        url=link or _url("", guid),
        title=_text(item.get("title")),
        authors=_authors(item) or inherited,
        published=published,
        updated=updated,
        published_raw=published_raw,
        updated_raw=updated_raw,
        summary_html=markup.escape(summary) if isinstance(summary, str) and summary.strip() else content,
        content_html=content,
        language=_text(item.get("language"), 40),
        categories=tuple(filter(None, (_text(tag, 100) for tag in _tags(item.get("tags")))))[:50],
        enclosures=tuple(_enclosures(item, base)),
    )


def _content(item: Mapping[str, Any], base: str) -> str:
    rich, text = item.get("content_html"), item.get("content_text")
    if isinstance(rich, str) and rich.strip():
        return markup.sanitise(rich, base)
    return markup.escape(text) if isinstance(text, str) else ""


def _enclosures(item: Mapping[str, Any], base: str) -> list[Enclosure]:
    found = []
    for attachment in _list(item.get("attachments")):
        url = _url(base, attachment.get("url")) if isinstance(attachment, dict) else None
        if url:
            size = attachment.get("size_in_bytes")
            length = int(size) if isinstance(size, int | float) and 0 <= size < 1e15 else None
            found.append(Enclosure(url, _text(attachment.get("mime_type"), 100), length))
    return found


def _authors(context: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the names of 1.1's `authors`, else of 1.0's `author`."""
    given = context.get("authors") or context.get("author")
    people = given if isinstance(given, list) else [given]
    # Many feeds give the bare name where the specification asks for an object.
    names = (_text(person.get("name") if isinstance(person, dict) else person, 200) for person in people)
    return tuple(dict.fromkeys(filter(None, names)))[:50]


def _when(item: Mapping[str, Any], key: str, now: datetime) -> tuple[datetime | None, str]:
    given = item.get(key)
    # Against the specification some write Unix time, in seconds or milliseconds.
    raw = str(int(given)) if isinstance(given, int | float) and 1e9 <= given < 1e13 else _text(given, 100)
    return clamp(parse_date(raw), now), raw


def _text(value: object, limit: int = markup.MAX_TITLE) -> str:
    if not isinstance(value, str):
        return ""
    return markup.plain(value, limit) if markup.has_markup(value) else markup.one_line(value, limit)


def _tags(value: object) -> list[Any]:
    return value.split(",") if isinstance(value, str) else _list(value)


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _url(base: str, value: object) -> str | None:
    url = resolve(base, value) if isinstance(value, str) and value.strip() else None
    return markup.clean(url) if url else None
