"""Bytes of a PDF in, `ParsedPage` with the offsets of its pages out: rulings and decisions of courts and regulators.

    bytes ─pypdf→ lines of each page ─running heads and page numbers out→ paragraphs ─joined→ text, page offsets

Hostile files are slow and large: what is read is bounded here, and time and memory where this runs
(`reading_process.py`).
"""

import importlib.metadata
import io
import logging
import re
from collections import Counter
from datetime import UTC, datetime
from functools import cache
from typing import Any

from tracker.news import markup
from tracker.news.errors import PageError
from tracker.news.types import DateSource, ParsedPage, Verdict

MAX_PAGES = 1_000
MAX_TEXT = 2_000_000
"""Characters; what follows is cut off and said so."""

LEAST_TEXT = 200
"""Characters below which a PDF is taken for scanned pictures."""

_NUMBER = re.compile(r"^[\s\-–—]*(?:page|p\.|seite)?\s*\d+(?:\s*(?:of|/|von)\s*\d+)?[\s\-–—]*$", re.IGNORECASE)
_HYPHENATED = re.compile(r"(?<=[^\W\d_])[-‐\u00ad]$")
_SENTENCE_END = re.compile(r"[.!?:;][\"”’')\]]*$")
_LIST_ITEM = re.compile(r"^(?:[•▪–—*-]\s|\(?[0-9a-zA-Z]{1,4}[.)]\s)")
_JUNK_TITLE = re.compile(r"^(?:microsoft word\b|untitled|document\d*$|.*\.(?:docx?|pdf|indd|qxd|wpd)$)", re.IGNORECASE)
_EDGE_LINES = 2

logging.getLogger("pypdf").setLevel(logging.ERROR)  # it warns of every small fault of a file


def is_pdf(body: bytes) -> bool:
    """Whether *body* begins as a PDF; a few bytes may stand before the mark (ISO 32000, Annex H)."""
    return b"%PDF-" in body[:1024]


def read_pdf(body: bytes, url: str) -> ParsedPage:
    """Return the text of the PDF *body*, found at *url*, with `pages`: where each page begins in it.

    A creation date is a guess of the publication's. Raises `PageError` where the file is damaged or locked.
    """
    notes: list[str] = []
    try:
        document = _open(body)
        sheets = _sheets(document, notes)
        facts = {key: markup.one_line(str(value)) for key, value in dict(document.metadata or {}).items()}
        created = _created(document)
        language = str(document.trailer["/Root"].get("/Lang", ""))
    except PageError:
        raise
    except Exception as error:  # a damaged file makes pypdf raise nearly anything
        raise PageError(f"The PDF cannot be read: {type(error).__name__}: {error}.") from error
    text, pages = _joined([_paragraphs(lines) for lines in _without_running_lines(sheets)], notes)
    scanned = len(text) < LEAST_TEXT
    return ParsedPage(
        source=url,
        url=url,
        canonical_url="",
        title=_title(facts.get("/Title", ""), text),
        authors=(),  # of a PDF it is who typed it
        published=created,
        published_is_day=False,
        published_source=DateSource.GUESS if created else DateSource.NONE,
        published_raw=facts.get("/CreationDate", ""),
        modified=None,
        language=_language(language, text),
        description=facts.get("/Subject", ""),
        site_name="",
        text="" if scanned else text,
        free_access=None,
        verdict=Verdict.EMPTY if scanned else Verdict.ARTICLE,
        reason=f"The PDF's {len(sheets)} pages hold no text: it may be scanned." if scanned else "",
        extractor="pypdf",
        extractor_version=_version(),
        warnings=tuple(notes),
        pages=() if scanned else tuple(pages),
    )


def _open(body: bytes) -> Any:
    from pypdf import PdfReader

    document = PdfReader(io.BytesIO(body), strict=False)
    if document.is_encrypted and not document.decrypt(""):
        raise PageError("The PDF is locked by a password.")
    return document


def _sheets(document: Any, notes: list[str]) -> list[list[str]]:
    """Return the lines of each page, bounded in number and length."""
    sheets: list[list[str]] = []
    left = MAX_TEXT
    for number, page in enumerate(document.pages):
        if number == MAX_PAGES or left <= 0:
            notes.append(f"Only the first {number:,} pages were read.")
            break
        try:
            text = markup.clean(page.extract_text())[:left]
        except Exception as error:  # one damaged page is no reason to lose the others
            notes.append(f"Page {number + 1} cannot be read ({type(error).__name__}).")
            text = ""
        left -= len(text)
        sheets.append([re.sub(r"\s+", " ", line).strip() for line in text.splitlines() if line.strip()])
    return sheets


def _without_running_lines(sheets: list[list[str]]) -> list[list[str]]:
    """Take out page numbers, and what most pages repeat at their edges but for the digits."""
    edges: Counter[str] = Counter()
    for lines in sheets:
        edges.update({_masked(line) for line in (*lines[:_EDGE_LINES], *lines[-_EDGE_LINES:])})
    running = {line for line, count in edges.items() if len(sheets) > 2 and count > len(sheets) * 0.6}
    return [
        [
            line
            for at, line in enumerate(lines)
            if not (_is_edge(at, len(lines)) and (_NUMBER.match(line) or _masked(line) in running))
        ]
        for lines in sheets
    ]


def _is_edge(at: int, count: int) -> bool:
    return at < _EDGE_LINES or at >= count - _EDGE_LINES


def _masked(line: str) -> str:
    return re.sub(r"\d+", "#", line.casefold())


def _paragraphs(lines: list[str]) -> list[str]:
    """Join the lines of a page into paragraphs; words divided at a line's end are made whole."""
    paragraphs: list[str] = []
    widest = max(map(len, lines), default=0)
    ended = True
    for line in lines:
        if ended or _LIST_ITEM.match(line):
            paragraphs.append(line)
        elif _HYPHENATED.search(paragraphs[-1]) and line[:1].islower():
            paragraphs[-1] = paragraphs[-1][:-1] + line
        else:
            paragraphs[-1] += " " + line
        ended = len(line) < 0.75 * widest and (bool(_SENTENCE_END.search(line)) or line.isupper() or widest < 30)
    return paragraphs


def _joined(sheets: list[list[str]], notes: list[str]) -> tuple[str, list[int]]:
    """Return the whole text, and where each page begins; a sentence that runs over a page's end stays one."""
    text, pages = "", []
    for paragraphs in sheets:
        between = ("\n" if _SENTENCE_END.search(text[-3:]) else " ") if text and paragraphs else ""
        text += between
        pages.append(len(text))
        text += "\n".join(paragraphs)
    if len(text) > MAX_TEXT:
        notes.append(f"Only the first {MAX_TEXT:,} characters were kept.")
        text, pages = text[:MAX_TEXT], [min(start, MAX_TEXT) for start in pages]
    return text, pages


def _title(stated: str, text: str) -> str:
    if stated and not _JUNK_TITLE.match(stated):
        return stated
    return markup.one_line(text.split("\n", 1)[0], 200)


def _created(document: Any) -> datetime | None:
    try:
        moment = document.metadata.creation_date if document.metadata else None
    except ValueError:
        return None
    if not isinstance(moment, datetime) or moment.year < 1990:
        return None
    return moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)


def _language(stated: str, text: str) -> str:
    if match := re.fullmatch(r"([A-Za-z]{2,3})(?:[-_]([A-Za-z]{2}))?", stated.strip()):
        return match[1].lower() + (f"-{match[2].upper()}" if match[2] else "")
    if len(text) < LEAST_TEXT:
        return ""
    import py3langid

    return str(py3langid.classify(text[:5_000])[0])


@cache
def _version() -> str:
    return importlib.metadata.version("pypdf")
