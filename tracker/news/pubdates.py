"""When a page was published: by what it states of itself, at last by its URL or a guess that is marked as one."""

import copy
import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from tracker.news import markup
from tracker.news.dates import is_day_only, parse_zoned, written_date
from tracker.news.pagetree import Meta, Node, Thing, contents, headline_node, is_elsewhere, text_of, visible
from tracker.news.types import DateSource

_META = (
    "article:published_time",
    "og:article:published_time",
    "og:published_time",
    "article:published",
    "datepublished",
    "date_published",
    "parsely-pub-date",
    "sailthru.date",
    "cxenseparse:recs:publishtime",
    "publication_date",
    "publish-date",
    "publish_date",
    "publishdate",
    "published",
    "pubdate",
    "pub_date",
    "article.published",
    "article_date_original",
    "originalpublicationdate",
    "citation_publication_date",
    "citation_online_date",
    "citation_date",
    "dc.date.issued",
    "dcterms.issued",
    "dc.date.created",
    "dcterms.created",
    "dc.date",
    "dcterms.date",
    "rnews:datepublished",
    "og:pubdate",
    "displaydate",
    "iso-8601-publish-date",
    "timestamp",
    "date",
    "article.created",
    "created",
)
MODIFIED_META = ("article:modified_time", "og:updated_time", "datemodified", "last-modified", "dcterms.modified")
_URL_DAY = re.compile(r"/((?:19|20)\d{2})[/-]?(0[1-9]|1[0-2])[/-]?(0[1-9]|[12]\d|3[01])(?=[/_.-]|$)")
_DATE_MARK = re.compile(r"(?:^|[\s_-])(?:date|time|published|posted|pubdate|dateline|timestamp)|date$", re.I)
_DATE_LABEL = re.compile(
    r"\W*(?:date|datum|fecha|data|posted|(?:first )?published|issued|publié|publicado|pubblicato|"
    r"veröffentlicht|erschienen)\b.{0,20}\d",
    re.I,
)
_LABEL = re.compile(
    r"\W*(?:(?:date|first|last|originally)\s+)?(?:date|datum|fecha|data|posted|published|issued|publication date|"
    r"publié|publicado|pubblicato|veröffentlicht|erschienen|"
    r"updated|modified|aktualisiert|mis à jour|actualizado|aggiornato)"
    r"(?:\s+(?:on|am|le|el|il))?\W*",
    re.I,
)
_UPDATED = re.compile(r"updated|modified|aktualisiert|mis à jour|actualizado|aggiornato", re.I)
_EARLIEST_YEAR = 1990
_SMALL = (
    *("h1", "h2", "h3", "h4", "h5", "h6", "p", "div", "span", "time", "li", "em", "small", "strong", "td", "b", "i"),
    *("dd", "date"),
)

Found = tuple[datetime | None, bool, DateSource, str]


def published(tree: Node, article: Thing, meta: Meta, url: str, title: str = "") -> Found:
    """Return when the page was published, whether only the day is known, the witness and its words.

    The moment keeps the zone that the page writes, so that its day is the day that readers see.
    """
    head = headline_node(tree, title)
    stated = [text_of(article.get(name)) for name in ("datePublished", "dateCreated", "uploadDate")]
    witnesses: tuple[tuple[DateSource, Callable[[], list[str]]], ...] = (
        (DateSource.JSON_LD, lambda: stated),
        (DateSource.META, lambda: contents(meta, _META)),
        (DateSource.TIME, lambda: _times(tree, head)),
        (DateSource.URL, lambda: ["-".join(match.groups()) for match in _URL_DAY.finditer(urlsplit(url).path)]),
        (DateSource.TEXT, lambda: _written(tree, head)),
        (DateSource.GUESS, lambda: _guess(tree, url)),
    )
    for source, witness in witnesses:
        moment, raw = first_date(witness())
        if moment:
            return moment, is_day_only(raw), source, raw
    return None, False, DateSource.NONE, ""


def first_date(texts: Iterable[str]) -> tuple[datetime | None, str]:
    """Return the first of *texts* that is a date a web page can have, and its words."""
    latest = datetime.now(UTC) + timedelta(days=2)
    for text in texts:
        raw = markup.one_line(text, 100)
        moment = parse_zoned(raw) if raw else None
        if moment and moment.year >= _EARLIEST_YEAR and moment < latest:
            return moment, raw
    return None, ""


def _times(tree: Node, head: Node | None) -> list[str]:
    """Return the dates of elements that say that they hold one, surest first; the article's before others'."""
    sure: list[str] = []
    likely: list[str] = []
    near: list[tuple[bool, str]] = []
    seen_headline = False
    for node in tree.iter():
        if not isinstance(node.tag, str):
            continue
        seen_headline = seen_headline or node is head
        marks = f"{node.get('itemprop') or ''} {node.get('class') or ''}".lower()
        value = node.get("datetime") or node.get("content") or ""
        if "datepublished" in marks:
            sure.append(value or node.get("title") or visible(node, 60))
        elif node.tag in {"time", "abbr"} and (value or node.get("title")):
            value = _as_seen(node, value or node.get("title") or "")
            says_so = "publish" in marks or "posted" in marks or node.get("pubdate") is not None
            likely += [value] if says_so else []
            ours = seen_headline and not re.search("updat|modif|comment", marks) and not is_elsewhere(node, head)
            near += [(says_so, value)] if ours else []
    # Of the first three below the headline the one that says that it is the day of publication, else the first.
    first = sorted(near[:3], key=lambda found: not found[0])[:1]
    return [*sure, *(value for _, value in first), *likely]


def _as_seen(node: Node, value: str) -> str:
    """Return an element's date, or the one that it shows where that is another day: readers see that one."""
    shown, stated = written_date(visible(node, 60)), parse_zoned(value)
    if shown and stated and abs(datetime.fromisoformat(shown[0]).date() - stated.date()) > timedelta(days=1):
        return shown[0]
    return value


def _written(tree: Node, head: Node | None) -> list[str]:
    """Return the dates that short lines around the headline write out, those of an update last."""
    lines = [_with_label(node, 200) for node in _around_headline(tree, head) if len(node) < 8]
    published: list[str] = []
    updated: list[str] = []
    for line in lines:
        found = written_date(line) if 5 < len(line) < 120 else None
        if found:
            (updated if _UPDATED.search(line[: line.find(found[1])]) else published).append(found[0])
    return published or updated


def _with_label(node: Node, limit: int) -> str:
    """Return the words of an element, after those of the one before it where they are a date's label."""
    words = visible(node, limit)
    before = node.getprevious() if len(words) < 60 and any(map(str.isdigit, words)) else None
    if before is None or not isinstance(before.tag, str):
        return words
    label = visible(before, 60)
    return f"{label.rstrip(' :')}: {words}" if _LABEL.fullmatch(label) else words


def _around_headline(tree: Node, head: Node | None) -> list[Node]:
    """Return the small elements from a little before the headline on; without one, those marked as a date."""
    nodes = list(tree.iter(*_SMALL))
    marked = [node for node in nodes if _DATE_MARK.search(f"{node.get('class') or ''} {node.get('id') or ''}")]
    marked += [node for node in nodes if len(node) < 3 and _DATE_LABEL.match(_with_label(node, 60))]
    marked = [node for node in marked if not is_elsewhere(node, head)][:10]
    position = next((index for index, node in enumerate(nodes) if node is head), None)
    if position is None:
        return marked
    after = [node for node in nodes[position : position + 60] if not is_elsewhere(node, head)]
    return [*after, *marked, *nodes[max(0, position - 30) : position]]


def _guess(tree: Node, url: str) -> list[str]:
    """Return what htmldate finds without its extensive search, which invents dates on undated pages."""
    from htmldate import find_date

    try:
        found = find_date(copy.deepcopy(tree), extensive_search=False, original_date=True, url=url or None)
    except Exception:  # a fault in the library costs the guess, not the page
        return []
    return [found] if found else []
