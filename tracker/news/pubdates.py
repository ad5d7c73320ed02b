"""When a page was published: by what it states of itself, at last by its URL or a guess that is marked as one."""

import copy
import re
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta, timezone
from itertools import dropwhile, islice
from urllib.parse import urlsplit

from tracker.news import markup
from tracker.news.dates import is_day_only, parse_zoned, written_date
from tracker.news.pagetree import (
    FAR,
    Meta,
    Node,
    Thing,
    body_text,
    contents,
    headline_node,
    is_elsewhere,
    levels_apart,
    region_of,
    text_of,
    visible,
)
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
    "dc.issued",
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
_URL_DAY = re.compile(
    r"[/_-](?P<year>(?:19|20)\d{2})(?:"
    r"(?P<sep>[/-]?)(?P<month>0[1-9]|1[0-2])(?P=sep)(?P<day>0[1-9]|[12]\d|3[01])(?=[/_.-]|[A-Z]|$)|"
    r"/(?:[a-z_-]+/)?(?P<m>0?[1-9]|1[0-2])/(?P<d>0?[1-9]|[12]\d|3[01])/|"
    r"/(?P<name>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*/(?P<n>0?[1-9]|[12]\d|3[01])(?=/|$))",
    re.I,
)
_MONTH_NAMES = "jan feb mar apr may jun jul aug sep oct nov dec".split()
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
_ONLY_A_DATE = re.compile(
    r"\W*(?:le |am |on |el |il |op |em )?(?:[^\W\d]{2,10}\.?,? )?[\d]{1,2}[^\d:]{1,12}\d{2,4}\W*", re.I
)
_UPDATED = re.compile(
    r"updated|modified|aktualisiert|mise? à jour|actualizado|aggiornato|atualizado|bijgewerkt|edited", re.I
)
# A label and the date after it, wherever they stand in the text.
_LABELLED = re.compile(
    r"\b(?:(?:first |originally )?(?:published|posted|issued)(?:\s+on)?|publication date|date of publication|"
    r"(?:veröffentlicht|erschienen|erstellt|publiziert)(?:\s+am)?|publié(?:e)?(?:\s+le)?|mis(?:e)? en ligne le|"
    r"publicad[oa](?:\s+(?:el|em|a))?|pubblicat[oa](?:\s+il)?|gepubliceerd(?:\s+op)?|geplaatst(?:\s+op)?|datum|fecha|"
    r"дата публикации)\s*:?\s+(?=(.{4,45}))|"
    r"\bam\s+(?=(.{6,70}?\b(?:veröffentlicht|geschrieben|erstellt|publiziert)\b))",
    re.I,
)
# "BERLIN, April 16, 2015 (Wire) -- The court …"
_DATELINE = re.compile(r"(?P<place>.{0,60}?)\s*(?:\([^()]{1,30}\)\s*)?(?:--|[–—]|-\s|:\s|/)")
_DATA = ("data-publishtime", "data-published", "data-pubdate", "data-datetime", "data-timestamp", "data-utime")
_DAY_FIRST_ENGLISH = re.compile(r"\.(?:uk|au|ie|nz|in|za|ng|ke|sg|hk|pk|my)$")
_EARLIEST_YEAR = 1990
_SMALL = (
    *("h1", "h2", "h3", "h4", "h5", "h6", "p", "div", "span", "time", "li", "em", "small", "strong", "td", "b", "i"),
    *("dd", "date", "a"),
)

Found = tuple[datetime | None, bool, DateSource, str]


def published(tree: Node, article: Thing, meta: Meta, url: str, title: str = "", language: str = "") -> Found:
    """Return when the page was published, whether only the day is known, the witness and its words.

    The moment keeps the zone that the page writes, so that its day is the day that readers see; where a moment is
    given in UTC beside a day that readers see, it is put into a zone in which it lies on that day. *language* is the
    page's tag: it and the host of *url* tell 4/5 from 5/4.
    """
    order = _month_first(language, url)
    pieces = _Pieces(tree, headline_node(tree, title), order, _url_day(url))
    stated = [text_of(article.get(name)) for name in ("datePublished", "dateCreated", "uploadDate")]
    for source, texts in ((DateSource.JSON_LD, stated), (DateSource.META, contents(meta, _META))):
        moment, raw = first_date(texts, order)
        if moment:
            return _as_readers_see(moment, raw, source, pieces)
    witnesses: tuple[tuple[DateSource, Callable[[], list[str]]], ...] = (
        (DateSource.TIME, pieces.near_times),
        (DateSource.TEXT, pieces.agreeing_lines),
        (DateSource.URL, lambda: [pieces.url_day]),
        (DateSource.TEXT, lambda: [*pieces.lines()[0], *pieces.labelled(), *pieces.datelines()]),
        (DateSource.TIME, pieces.far_times),
        (DateSource.TEXT, lambda: pieces.lines()[1]),
        (DateSource.GUESS, lambda: [text_of(article.get("dateModified")), *contents(meta, MODIFIED_META)]),
        (DateSource.GUESS, lambda: _guess(tree, url)),
    )
    for source, witness in witnesses:
        moment, raw = first_date(witness(), order)
        if moment:
            return moment, is_day_only(raw), source, raw
    return None, False, DateSource.NONE, ""


def _month_first(language: str, url: str) -> bool | None:
    """Return whether the page writes 4/5 for the fifth of April; None where it cannot be told."""
    host = urlsplit(url).hostname or ""
    if language.lower().startswith("en"):
        return language.endswith("US") or not (language[3:] or _DAY_FIRST_ENGLISH.search(host))
    return False if language else None


def _url_day(url: str) -> str:
    """Return the day that *url* names in its path, as an ISO day, "" where it names none."""
    for match in _URL_DAY.finditer(urlsplit(url).path):
        found = match.groupdict()
        month = found["month"] or found["m"] or _MONTH_NAMES.index(found["name"].lower()) + 1
        try:
            return date(int(found["year"]), int(month), int(found["day"] or found["d"] or found["n"])).isoformat()
        except ValueError:
            continue
    return ""


def _as_readers_see(moment: datetime, raw: str, source: DateSource, pieces: "_Pieces") -> Found:
    """Return a stated date, moved by a day where that is what the URL or the line at the headline says.

    Metadata is often in UTC: "2015-04-07T03:42Z" is what readers see as April 6, 11:42 pm.
    """
    is_day = is_day_only(raw)
    if moment.utcoffset() or not (pieces.url_day or not is_day):
        return moment, is_day, source, raw
    shown = [pieces.url_day] if pieces.url_day else pieces.lines()[0][:1]
    for day in filter(None, shown):
        apart = (date.fromisoformat(day) - moment.date()).days
        if is_day and abs(apart) == 1 and day in pieces.lines()[0]:
            return first_date([day])[0], True, DateSource.URL, day
        hours = -(moment.hour + 1) if apart == -1 else 24 - moment.hour if apart == 1 else 0
        if not is_day and hours and -11 <= hours <= 14:
            return moment.astimezone(timezone(timedelta(hours=hours))), False, source, raw
    return moment, is_day, source, raw


def first_date(texts: Iterable[str], month_first: bool | None = None) -> tuple[datetime | None, str]:
    """Return the first of *texts* that is a date a web page can have, and its words."""
    latest = datetime.now(UTC) + timedelta(days=2)
    for text in texts:
        raw = markup.one_line(text, 100)
        moment = parse_zoned(raw, month_first) if raw else None
        if moment and moment.year >= _EARLIEST_YEAR and moment < latest:
            return moment, raw
    return None, ""


class _Pieces:
    """What the page shows of dates, each read when it is first asked for."""

    def __init__(self, tree: Node, head: Node | None, month_first: bool | None, url_day: str) -> None:
        self.tree, self.head, self.month_first, self.url_day = tree, head, month_first, url_day
        self._lines: tuple[list[str], list[str]] | None = None
        self._times: tuple[list[str], list[str]] | None = None

    def lines(self) -> tuple[list[str], list[str]]:
        """The days of publication that short lines around the headline write out, and those of updates."""
        self._lines = self._lines or _written(self.tree, self.head, self.month_first)
        return self._lines

    def agreeing_lines(self) -> list[str]:
        """The days in lines that lie within a day of the URL's: it is the line that readers see."""
        if not self.url_day:
            return []
        day = date.fromisoformat(self.url_day)
        return [line for line in self.lines()[0] if abs((date.fromisoformat(line) - day).days) < 2]

    def near_times(self) -> list[str]:
        """The dates of elements that hold the article's, surest first."""
        self._times = self._times or _times(self.tree, self.head)
        return self._times[0]

    def far_times(self) -> list[str]:
        """The dates of elements that may belong to something else on the page."""
        self._times = self._times or _times(self.tree, self.head)
        return self._times[1]

    def labelled(self) -> list[str]:
        """The days after a label ("published on") anywhere in the text."""
        found = (
            written_date(match[1] or match[2], self.month_first) for match in _LABELLED.finditer(body_text(self.tree))
        )
        return [day[0] for day in found if day][:1]

    def datelines(self) -> list[str]:
        """The day with which one of the first paragraphs begins ("BERLIN, April 16, 2015 --")."""
        after = dropwhile(lambda node: self.head is not None and node is not self.head, self.tree.iter("h1", "h2", "p"))
        for node in islice((node for node in after if node.tag == "p"), 15):
            words = visible(node, 150)
            found = written_date(words[:110], self.month_first)
            before, _, rest = words.partition(found[1]) if found else ("", "", "")
            place = not before or (before[0].isupper() and before.rstrip()[-1] in ",(–—-|:")
            if found and place and len(before) < 60 and _DATELINE.match(rest):
                return [found[0]]
        return []


def _times(tree: Node, head: Node | None) -> tuple[list[str], list[str]]:
    """Return the dates of elements that say that they hold one: the article's, surest first, and others."""
    sure: list[str] = []
    likely: list[str] = []
    near: list[tuple[int, bool, str]] = []
    region = region_of(head)
    seen_headline = False
    for node in tree.iter():
        if not isinstance(node.tag, str):
            continue
        seen_headline = seen_headline or node is head
        marks = f"{node.get('itemprop') or ''} {node.get('class') or ''}".lower()
        value = node.get("datetime") or node.get("content") or next(filter(None, map(node.get, _DATA)), "")
        if "datepublished" in marks:
            sure.append(value or node.get("title") or visible(node, 60))
        elif (node.tag in {"time", "abbr"} and (value or node.get("title"))) or _has_data(node):
            value = _as_seen(node, value or node.get("title") or "")
            says_so = "publish" in marks or "posted" in marks or node.get("pubdate") is not None
            likely += [value] if says_so else []
            ours = seen_headline and not re.search("updat|modif|comment", marks) and not is_elsewhere(node, head)
            near += [(levels_apart(node, region), says_so, value)] if ours and len(near) < 3 else []
    # Of the first three below the headline the closest; beside each other the one that says that it is the day.
    near = sorted(near, key=lambda found: (found[0], not found[1]))
    close = [value for apart, _, value in near[:1] if apart < FAR]
    return [*sure, *close], [*(value for _, _, value in near[:1]), *likely]


def _has_data(node: Node) -> bool:
    return any(node.get(name) for name in _DATA) and bool(_DATE_MARK.search(f"{node.get('class') or ''}"))


def _as_seen(node: Node, value: str) -> str:
    """Return an element's date, or the one that it shows where that is another day: readers see that one."""
    shown, stated = written_date(visible(node, 60)), parse_zoned(value)
    if shown and stated and abs(datetime.fromisoformat(shown[0]).date() - stated.date()) > timedelta(days=1):
        return shown[0]
    return value


def _written(tree: Node, head: Node | None, month_first: bool | None) -> tuple[list[str], list[str]]:
    """Return the days that short lines around the headline write out: of publication, and of an update."""
    lines = [_with_label(node, 200) for node in _around_headline(tree, head) if len(node) < 8]
    published: list[str] = []
    updated: list[str] = []
    for line in lines:
        found = written_date(line, month_first) if 5 < len(line) < 120 else None
        if found:
            (updated if _UPDATED.search(line[: line.find(found[1])]) else published).append(found[0])
    return published, updated


def _with_label(node: Node, limit: int) -> str:
    """Return the words of an element, after those of the one before it where they are a date's label."""
    words = visible(node, limit)
    before = node.getprevious() if len(words) < 60 and any(map(str.isdigit, words)) else None
    if before is None or not isinstance(before.tag, str):
        return words
    label = visible(before, 60)
    return f"{label.rstrip(' :')}: {words}" if _LABEL.fullmatch(label) else words


def _around_headline(tree: Node, head: Node | None) -> list[Node]:
    """Return the small elements around the headline, those right below and beside it first; then those marked as a
    date. Without a headline those that hold nothing but a date, too."""
    nodes = list(tree.iter(*_SMALL))
    marked = [node for node in nodes if _DATE_MARK.search(f"{node.get('class') or ''} {node.get('id') or ''}")]
    marked += [node for node in nodes if len(node) < 3 and _DATE_LABEL.match(_with_label(node, 60))]
    position = next((index for index, node in enumerate(nodes) if node is head), None)
    if position is None:
        marked += [node for node in nodes if len(node) < 3 and _ONLY_A_DATE.fullmatch(visible(node, 60))]
        return [node for node in marked if not is_elsewhere(node, head)][:10]
    marked = [node for node in marked if not is_elsewhere(node, head)][:10]
    after = [node for node in nodes[position : position + 80] if not is_elsewhere(node, head)]
    region = region_of(head)
    before = nodes[max(0, position - 30) : position]
    beside = [node for node in before if levels_apart(node, region) < 2]
    return [*after[:12], *beside, *after[12:], *marked, *before]


def _guess(tree: Node, url: str) -> list[str]:
    """Return what htmldate finds without its extensive search, which invents dates on undated pages."""
    from htmldate import find_date

    try:
        found = find_date(copy.deepcopy(tree), extensive_search=False, original_date=True, url=url or None)
    except Exception:  # a fault in the library costs the guess, not the page
        return []
    return [found] if found else []
