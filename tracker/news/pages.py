"""Bytes of a web page in, `ParsedPage` out: text, metadata and a verdict. Parsing opens no connection.

    bytes ─sniff→ HTML? ─decode→ text ─cap→ one lxml tree ─┬─ metadata.read_facts
                                                           ├─ maintext.main_text
                                                           └─ verdicts.judge

Page parsing can take seconds and hundreds of megabytes on hostile input although it is capped; run it in a worker
process with a time limit.
"""

import re

import lxml.html
from lxml import etree

from tracker.news import charset, decoding, maintext, markup, metadata, verdicts
from tracker.news.errors import PageError
from tracker.news.types import ParsedPage, Verdict

__all__ = ["MAX_PAGE_BYTES", "READERS", "PageError", "read_page"]

MAX_PAGE_BYTES = 5 * 1024 * 1024
"""Longest page that is read; what follows is cut off and said so."""

MAX_TAGS = 100_000
MAX_DEPTH = 2_000
READERS = maintext.READERS

_MAGIC = (
    (b"%PDF-", "a PDF"),
    (b"\x89PNG", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"RIFF", "a media file"),
    (b"PK\x03\x04", "a ZIP archive or office document"),
    (b"\xd0\xcf\x11\xe0", "an office document"),
    (b"\x00\x00\x01\x00", "an icon"),
    (b"ID3", "an audio file"),
    (b"OggS", "a media file"),
    (b"\x28\xb5\x2f\xfd", "a compressed file"),
    (b"wOF", "a font"),
)
_NESTING = re.compile(r"</?(?!p\b|h[1-6]\b|title\b|html\b|head\b|body\b|meta\b|script\b|link\b)[a-z][^<>]*>", re.I)
_TYPES = {"application/pdf": "a PDF", "application/json": "JSON", "application/zip": "a ZIP archive"}
_HTML = re.compile(rb"<(?:!doctype\s+html|html|head|body|title|meta|div|p|article|h1|span|table|script|br|a)\b", re.I)
_FEED = re.compile(rb"<(?:rss|feed|rdf:rdf|opml|urlset|sitemapindex)\b", re.I)


def read_page(body: bytes, url: str, content_type: str = "", reader: str = "trafilatura") -> ParsedPage:
    """Return what the page *body*, found at *url* ("" where unknown), holds.

    *content_type* is the HTTP header. *reader* is the extractor tried first; the other takes over where it finds
    no article. The same bytes give the same result. Raises `PageError` where *body* is empty or no HTML.
    """
    if reader not in READERS:
        raise ValueError(f"reader is {reader!r}; it is one of {', '.join(READERS)}.")
    source, notes = _source(body, content_type)
    tree = _tree(source, notes)
    facts = metadata.read_facts(tree, url)
    text, extractor = maintext.main_text(tree, source, url, reader, facts)
    verdict, reason = verdicts.judge(tree, facts, text, url, source)
    if verdict is Verdict.PAYWALL:
        text = verdicts.without_appeal(text)
    elif verdict is not Verdict.ARTICLE:
        text = ""
    return ParsedPage(
        source=url,
        url=url or facts.canonical,
        canonical_url=facts.canonical,
        title=facts.title,
        authors=facts.authors,
        published=facts.published,
        published_is_day=facts.published_is_day,
        published_source=facts.published_source,
        published_raw=facts.published_raw,
        modified=facts.modified,
        language=facts.language or _detect_language(text),
        description=facts.description,
        site_name=facts.site_name,
        text=text,
        free_access=facts.free_access,
        verdict=verdict,
        reason=reason,
        extractor=extractor,
        extractor_version=maintext.version(extractor),
        warnings=tuple(notes),
    )


# ------------------------------------------------------------------ bytes to tree
def _source(body: bytes, content_type: str) -> tuple[str, list[str]]:
    """Return the page's HTML as text, capped, and what had to be cut. Raises `PageError`."""
    notes: list[str] = []
    if body[:2] == b"\x1f\x8b":
        body = _inflate(body)
    head = body[:2048].lstrip(b"\xef\xbb\xbf \t\r\n\0")
    if not head and not body.strip(b" \t\r\n\0"):
        raise PageError("The page is empty.")
    _refuse_other_types(body, head, content_type)
    if len(body) > MAX_PAGE_BYTES:
        notes.append(f"Only the first {MAX_PAGE_BYTES:,} of {len(body):,} bytes were read.")
        body = body[:MAX_PAGE_BYTES]
    source = markup.clean(charset.decode(body, content_type))
    if source.count("<") > 2 * MAX_TAGS:
        position = -1
        for _ in range(2 * MAX_TAGS):
            position = source.index("<", position + 1)
        notes.append(f"Only the first {MAX_TAGS:,} elements were read.")
        source = source[:position]
    return source, notes


def _inflate(body: bytes) -> bytes:
    try:
        unpacked = decoding.Body("gzip", MAX_PAGE_BYTES + 1, cut=True)
        unpacked.feed(body)
        return unpacked.finish()
    except decoding.BadEncoding as error:
        raise PageError(f"The document is compressed and cannot be unpacked: {error}.") from error


def _refuse_other_types(body: bytes, head: bytes, content_type: str) -> None:
    declared = content_type.split(";")[0].strip().lower()
    for magic, name in _MAGIC:
        if body.startswith(magic) or head.startswith(magic):
            raise PageError(f"The document is {name}, not an HTML page.")
    looks_html = _HTML.search(body[:20_000].replace(b"\0", b""))
    if looks_html:
        if head[:1] not in (b"{", b"["):
            if _FEED.search(head[:1000]) and not re.search(rb"<html\b", head[:1000], re.I):
                raise PageError("The document is a feed or another XML list, not an HTML page.")
            return
        if declared.endswith("html"):
            return
    if head[:1] in (b"{", b"["):
        raise PageError("The document is JSON, not an HTML page.")
    if _FEED.search(head[:1000]):
        raise PageError("The document is a feed or another XML list, not an HTML page.")
    if declared.startswith(("image/", "audio/", "video/", "font/")) or declared in _TYPES:
        raise PageError(f"The document is {_TYPES.get(declared, declared)}, not an HTML page.")
    if b"<svg" in head[:1000].lower():
        raise PageError("The document is an SVG image, not an HTML page.")
    raise PageError("The document is not an HTML page: it has no HTML element.")


def _tree(source: str, notes: list[str]) -> lxml.html.HtmlElement:
    """Return the page's tree, flattened where it is so deep that walking it could end the process."""
    # Without huge_tree libxml2 drops what lies deeper than 256 levels.
    parser = lxml.html.HTMLParser(encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True)
    for flatten in (False, True):
        text = _NESTING.sub(" ", source) if flatten else source
        try:
            tree = lxml.html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
        except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
            raise PageError(f"The page cannot be parsed: {error}.") from error
        if _depth(tree) <= MAX_DEPTH:
            return tree
        notes.append(f"Elements are nested deeper than {MAX_DEPTH:,} levels and were flattened.")
    raise PageError(f"The page cannot be parsed: it is nested deeper than {MAX_DEPTH:,} levels.")


def _depth(tree: lxml.html.HtmlElement) -> int:
    deepest = depth = 0
    for event, _ in etree.iterwalk(tree, events=("start", "end")):
        depth += 1 if event == "start" else -1
        deepest = max(deepest, depth)
    return deepest


def _detect_language(text: str) -> str:
    if len(text) < 40:
        return ""
    import py3langid

    return str(py3langid.classify(text[:5_000])[0])
