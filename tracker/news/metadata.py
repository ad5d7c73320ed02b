"""What a page says of itself: title, authors, dates, language, canonical URL, whether it is free to read.

One pass over one lxml tree. Each fact has a list of witnesses in order of trust: JSON-LD (schema.org), OpenGraph
and other `<meta>`, microdata and `rel`, what stands beside the headline, at last the URL. No network, no guess by a
model.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from difflib import SequenceMatcher
from typing import Any
from urllib.parse import urlsplit

from lxml import etree

from tracker.news import markup, people
from tracker.news.dates import is_day_only, parse_zoned
from tracker.news.links import canonical_url, resolve
from tracker.news.types import DateSource

Node = etree._Element

_ARTICLE_TYPES = [
    "newsarticle",
    "article",
    "reportagenewsarticle",
    "analysisnewsarticle",
    "opinionnewsarticle",
    "askpublicnewsarticle",
    "backgroundnewsarticle",
    "reviewnewsarticle",
    "blogposting",
    "liveblogposting",
    "report",
    "scholarlyarticle",
    "techarticle",
    "socialmediaposting",
    "pressrelease",
    "satiricalarticle",
    "advertisercontentarticle",
]
_PAGE_TYPES = ["webpage", "itempage", "videoobject", "podcastepisode", "review"]

_DATE_META = (
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
    "pubdate",
    "pub_date",
    "article.published",
    "article_date_original",
    "originalpublicationdate",
    "citation_publication_date",
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
_MODIFIED_META = ("article:modified_time", "og:updated_time", "datemodified", "last-modified", "dcterms.modified")
_AUTHOR_META = (
    "author",
    "article:author_name",
    "parsely-author",
    "sailthru.author",
    "byl",
    "cxenseparse:author",
    "dc.creator",
    "dcterms.creator",
    "article:author",
    "citation_author",
    "article.author",
    "og:author",
    "twitter:data1",
    "authors",
)
_TITLE_SEPARATOR = re.compile(r"\s+[|–—\-·•»«:/~]\s+|\s*[|»]\s*|\s+::\s+")
_BYLINE = re.compile(r"(?:^|[\s_-])(?:by-?line|author|authors|writer|autor|auteur)(?:[\s_-]|$|s$|name)", re.I)
_NOT_BYLINE = re.compile(
    r"bio|avatar|image|photo|related|comment|social|follow|box|about|desc|more|twitter|count", re.I
)
_URL_DATE = re.compile(r"/((?:19|20)\d{2})[/-]?(0[1-9]|1[0-2])[/-]?(0[1-9]|[12]\d|3[01])(?=[/_.-]|$)")


@dataclass(frozen=True, slots=True)
class PageFacts:
    """What was found; empty or None where the page says nothing."""

    title: str = ""
    authors: tuple[str, ...] = ()
    published: datetime | None = None
    published_is_day: bool = False
    published_source: DateSource = DateSource.NONE
    published_raw: str = ""
    modified: datetime | None = None
    language: str = ""
    canonical: str = ""
    description: str = ""
    site_name: str = ""
    free_access: bool | None = None
    is_article: bool = False
    kind: str = ""


def read_facts(tree: Node, url: str = "") -> PageFacts:
    """Return what the page whose tree is *tree*, found at *url*, says of itself. The tree is not changed."""
    things = list(_json_ld(tree))
    article = _article_of(things)
    meta = _meta(tree)
    site = _site_name(article, things, meta)
    title = _title(tree, article, meta, site, url)
    published, day, source, raw = _published(tree, article, meta, url)
    kind = meta.get("og:type", [""])[0].lower()
    return PageFacts(
        title=title,
        authors=_authors(tree, article, things, meta, _outlets(article, things, meta, site, url)),
        published=published,
        published_is_day=day,
        published_source=source,
        published_raw=raw,
        modified=_first_date([_text(article.get("dateModified")), *_of(meta, _MODIFIED_META)])[0],
        language=_language(tree, article, meta),
        canonical=_canonical(tree, article, meta, url),
        description=markup.plain(next(iter(_of(meta, ("og:description", "description", "twitter:description"))), "")),
        site_name=site,
        free_access=_free_access(article),
        is_article=_type_of(article) in _ARTICLE_TYPES or kind == "article",
        kind=kind,
    )


# ------------------------------------------------------------------ witnesses
def _json_ld(tree: Node) -> Iterator[dict[str, Any]]:
    """Yield every object of the page's JSON-LD, `@graph` and lists unfolded, nested ones left in place."""
    for script in tree.iter("script"):
        if "ld+json" not in (script.get("type") or "").lower():
            continue
        stack = [_load(script.text or "")]
        while stack:
            thing = stack.pop(0)
            if isinstance(thing, list):
                stack = thing[:200] + stack
            elif isinstance(thing, dict):
                yield thing
                for key in ("@graph", "mainEntity", "mainEntityOfPage"):
                    if isinstance(thing.get(key), list | dict):
                        stack.append(thing[key])


def _load(text: str) -> Any:
    text = re.sub(r"^\s*(?://)?\s*<!(?:--|\[CDATA\[)|(?://)?\s*(?:-->|\]\]>)\s*$", "", text.strip()).strip().rstrip(";")
    for candidate in (text, re.sub(r",\s*([}\]])", r"\1", text), re.sub(r"[\x00-\x1f]+", " ", text)):
        try:
            return json.loads(candidate, strict=False)
        except (ValueError, RecursionError):
            continue
    return None


def _types(thing: Mapping[str, Any]) -> list[str]:
    kinds = thing.get("@type") or ()
    kinds = [kinds] if isinstance(kinds, str) else kinds
    return (
        [str(kind).rsplit("/", 1)[-1].rsplit(":", 1)[-1].lower() for kind in kinds] if isinstance(kinds, list) else []
    )


def _type_of(thing: Mapping[str, Any]) -> str:
    kinds = _types(thing)
    return next((kind for kind in kinds if kind in _ARTICLE_TYPES), kinds[0] if kinds else "")


def _article_of(things: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the object that describes the article itself, {} where there is none."""
    articles = [thing for thing in things if any(kind in _ARTICLE_TYPES for kind in _types(thing))]
    articles = [thing for thing in articles if thing.get("headline") or thing.get("name")] or articles
    if articles:
        return max(articles, key=lambda thing: sum(key in thing for key in ("headline", "datePublished", "author")))
    pages = [thing for thing in things if any(kind in _PAGE_TYPES for kind in _types(thing))]
    return next((thing for thing in pages if thing.get("datePublished")), {})


def _meta(tree: Node) -> dict[str, list[str]]:
    """Return the contents of every `<meta>` by its name, property or itemprop, in lower case."""
    found: dict[str, list[str]] = {}
    for node in tree.iter("meta"):
        content = (node.get("content") or "").strip()
        if content:
            for key in {
                (node.get(name) or "").strip().lower() for name in ("property", "name", "itemprop", "http-equiv")
            }:
                if key:
                    found.setdefault(key, []).append(content)
    return found


def _of(meta: Mapping[str, list[str]], names: Iterable[str]) -> list[str]:
    return [content for name in names for content in meta.get(name, ())]


def _text(value: object) -> str:
    """Return a JSON-LD value as plain text: the first of a list, the name of a thing."""
    if isinstance(value, list):
        return next(filter(None, map(_text, value[:20])), "")
    if isinstance(value, dict):
        return _text(value.get("name") or value.get("@value"))
    return markup.plain(str(value)) if isinstance(value, str | int | float) and not isinstance(value, bool) else ""


def _visible(node: Node) -> str:
    return markup.one_line(" ".join(str(part) for part in node.itertext() if isinstance(part, str)))


# ------------------------------------------------------------------ title
def _title(tree: Node, article: Mapping[str, Any], meta: Mapping[str, list[str]], site: str, url: str) -> str:
    """Return the headline: the `<h1>` that the metadata confirms, else the metadata's own, without the site's name."""
    stated = [
        _text(article.get("headline")),
        *_of(meta, ("og:title", "twitter:title", "title", "dc.title", "headline")),
    ]
    stated += [_text(article.get("name"))]
    page_title = next((_visible(node) for node in tree.iter("title")), "")
    candidates = [_without_site(markup.plain(text), site, url) for text in (*stated, page_title)]
    candidates = [text for text in candidates if text and _key(text) != _key(site)]
    headings = [text for node in tree.iter("h1") for text in [_visible(node)] if 3 < len(text) < 400]
    headings = [text for text in headings if _key(text) != _key(site)]
    if headings and candidates:
        best = max(headings, key=lambda text: max(_alike(text, other) for other in candidates))
        if max(_alike(best, other) for other in (*candidates, page_title)) >= 0.6:
            return best
    if candidates:
        return candidates[0]
    return headings[0] if headings else markup.plain(page_title)


def _without_site(title: str, site: str, url: str) -> str:
    """Remove the outlet's name from either end of a page title."""
    pieces = _TITLE_SEPARATOR.split(title)
    if len(pieces) < 2:
        return title
    host = _key((urlsplit(url).hostname or "").removeprefix("www."))
    own = {_key(site), host, host.rsplit(" ", 1)[0]} - {""}
    for _ in range(3):
        cut = max((match for match in _TITLE_SEPARATOR.finditer(title)), key=lambda match: match.start(), default=None)
        if cut is None or not _is_site(title[cut.end() :], own, len(title[: cut.start()])):
            break
        title = title[: cut.start()].strip()
    first = _TITLE_SEPARATOR.search(title)
    if first and _key(title[: first.start()]) in own:
        title = title[first.end() :].strip()
    return title


def _is_site(piece: str, own: set[str], rest: int) -> bool:
    """Return whether *piece*, the last part of a title, names the site rather than the subject."""
    key = _key(piece)
    if not key:
        return True
    squeezed = key.replace(" ", "")
    if any(key == name or squeezed == name.replace(" ", "") for name in own):
        return True
    if any(len(name) > 3 and (name in key or key in name) for name in own) and len(key.split()) <= 5:
        return True
    return False if own else len(key.split()) <= 3 and rest > 25


def _alike(one: str, other: str) -> float:
    one, other = _key(one), _key(other)
    if not one or not other:
        return 0.0
    if one == other:
        return 1.0
    if min(len(one), len(other)) > 15 and (one in other or other in one):
        return 0.9
    return SequenceMatcher(None, one[:300], other[:300]).ratio()


def _key(text: str) -> str:
    return re.sub(r"[\W_]+", " ", text.casefold()).strip()


def _site_name(article: Mapping[str, Any], things: list[dict[str, Any]], meta: Mapping[str, list[str]]) -> str:
    stated = _of(meta, ("og:site_name", "application-name", "publisher", "dc.publisher", "apple-mobile-web-app-title"))
    sites = [_text(thing.get("name")) for thing in things if "website" in _types(thing)]
    found = [*stated[:1], _text(article.get("publisher")), *sites, *stated[1:]]
    return next((markup.one_line(text, 200) for text in found if text), "")


def _outlets(
    article: Mapping[str, Any], things: list[dict[str, Any]], meta: Mapping[str, list[str]], site: str, url: str
) -> list[str]:
    host = (urlsplit(url).hostname or "").removeprefix("www.")
    return [site, _text(article.get("publisher")), host, host.rsplit(".", 1)[0], *_of(meta, ("publisher",))]


# ------------------------------------------------------------------ authors
def _authors(
    tree: Node,
    article: Mapping[str, Any],
    things: list[dict[str, Any]],
    meta: Mapping[str, list[str]],
    outlets: list[str],
) -> tuple[str, ...]:
    """Return the authors by the first witness that names any."""
    by_id = {str(thing.get("@id")): thing for thing in things if thing.get("@id")}
    witnesses = (
        lambda: _people(article.get("author") or article.get("creator"), by_id),
        lambda: _meta_authors(meta),
        lambda: [_visible(node) for node in _marked(tree, "rel", "author")],
        lambda: [_visible(_named_part(node)) for node in _marked(tree, "itemprop", "author")],
        lambda: _bylines(tree),
    )
    for witness in witnesses:
        found = people.names(witness(), outlets)
        if found:
            return found
    return ()


def _people(value: object, by_id: Mapping[str, Mapping[str, Any]]) -> list[str]:
    if isinstance(value, list):
        return [name for item in value[:50] for name in _people(item, by_id)]
    if isinstance(value, dict):
        if not value.get("name") and str(value.get("@id")) in by_id:
            value = by_id[str(value.get("@id"))]
        name = value.get("name")
        return _people(name, by_id) if isinstance(name, list | dict) else [name] if isinstance(name, str) else []
    return [value] if isinstance(value, str) else []


def _meta_authors(meta: Mapping[str, list[str]]) -> list[str]:
    for name in _AUTHOR_META:
        found = [text for text in meta.get(name, ()) if not re.match(r"(?:https?:)?//|@", text)]
        if name == "twitter:data1" and "written by" not in " ".join(meta.get("twitter:label1", ())).lower():
            continue
        if people.names(found):
            return found
    return []


def _marked(tree: Node, attribute: str, value: str) -> list[Node]:
    nodes = (node for node in tree.iter() if isinstance(node.tag, str) and value in (node.get(attribute) or "").split())
    return [node for node in nodes if node.tag not in {"meta", "link"}][:10]


def _named_part(node: Node) -> Node:
    return next((part for part in node.iter() if isinstance(part.tag, str) and part.get("itemprop") == "name"), node)


def _bylines(tree: Node) -> list[str]:
    """Return the text of the first short element whose class says that it is a byline."""
    for node in tree.iter(
        "a", "span", "div", "p", "address", "li", "h3", "h4", "h5", "strong", "em", "section", "cite"
    ):
        marks = f"{node.get('class') or ''} {node.get('id') or ''} {node.get('data-testid') or ''}"
        if _BYLINE.search(marks) and not _NOT_BYLINE.search(marks):
            text = _visible(node)
            if 3 < len(text) < 150 and people.names([text]):
                return [text]
    return []


# ------------------------------------------------------------------ dates
def _published(
    tree: Node, article: Mapping[str, Any], meta: Mapping[str, list[str]], url: str
) -> tuple[datetime | None, bool, DateSource, str]:
    """Return when the page was published, whether only the day is known, by which witness, and its words."""
    stated = [_text(article.get(key)) for key in ("datePublished", "dateCreated", "uploadDate")]
    witnesses = (
        (DateSource.JSON_LD, lambda: stated),
        (DateSource.META, lambda: _of(meta, _DATE_META)),
        (DateSource.TIME, lambda: _times(tree)),
        (DateSource.URL, lambda: ["-".join(match.groups()) for match in _URL_DATE.finditer(urlsplit(url).path)]),
    )
    for source, witness in witnesses:
        moment, raw = _first_date(witness())
        if moment:
            return moment, is_day_only(raw), source, raw
    return None, False, DateSource.NONE, ""


def _first_date(texts: Iterable[str]) -> tuple[datetime | None, str]:
    for text in texts:
        raw = markup.one_line(text, 100)
        moment = parse_zoned(raw) if raw else None
        if moment and moment.year >= 1990:
            return moment, raw
    return None, ""


def _times(tree: Node) -> list[str]:
    """Return the dates of elements that say that they hold the publication date, surest first."""
    sure, likely, any_time = [], [], []
    for node in tree.iter():
        if not isinstance(node.tag, str):
            continue
        marks = f"{node.get('itemprop') or ''} {node.get('class') or ''} {node.get('pubdate') or ''}".lower()
        value = node.get("datetime") or node.get("content") or node.get("title") or ""
        if "datepublished" in marks:
            sure.append(value or _visible(node)[:60])
        elif node.tag == "time" and ("publish" in marks or "posted" in marks or node.get("pubdate") is not None):
            likely.append(value)
        elif node.tag == "time" and value and "updat" not in marks and "modif" not in marks:
            any_time.append(value)
    return [*sure, *likely, *any_time[:1]]


# ------------------------------------------------------------------ the rest
def _language(tree: Node, article: Mapping[str, Any], meta: Mapping[str, list[str]]) -> str:
    root = tree if tree.tag == "html" else next(tree.iter("html"), tree)
    stated = [root.get("lang") or root.get("{http://www.w3.org/XML/1998/namespace}lang") or root.get("xml:lang") or ""]
    stated += [
        _text(article.get("inLanguage")),
        *_of(meta, ("content-language", "og:locale", "language", "dc.language")),
    ]
    return next(filter(None, map(language_tag, stated)), "")


def language_tag(text: str) -> str:
    """Return a language as a BCP 47 tag ("en", "pt-BR"), "" where *text* is none."""
    match = re.match(r"\s*([A-Za-z]{2,3})(?:[-_]([A-Za-z]{4}))?(?:[-_]([A-Za-z]{2}|\d{3}))?(?:$|[-_,;\s.])", text)
    if not match or match[1].lower() in {"und", "mul", "zxx", "xx"}:
        return ""
    parts = [match[1].lower(), (match[2] or "").title(), (match[3] or "").upper()]
    return "-".join(filter(None, parts))


def _canonical(tree: Node, article: Mapping[str, Any], meta: Mapping[str, list[str]], url: str) -> str:
    """Return the page's own word for its URL, cleaned; the URL itself where it names none or only its home page."""
    base = url
    for node in tree.iter("base"):
        base = resolve(url, node.get("href") or "") or url
    stated = [
        node.get("href") or "" for node in tree.iter("link") if "canonical" in (node.get("rel") or "").lower().split()
    ]
    stated += _of(meta, ("og:url",))
    page = article.get("mainEntityOfPage")
    stated += [str(page.get("@id") or "") if isinstance(page, dict) else page if isinstance(page, str) else ""]
    deep = urlsplit(url).path.strip("/") != ""
    for text in stated:
        target = canonical_url(resolve(base, text) or "") if text.strip() else ""
        parts = urlsplit(target)
        home = not parts.path.strip("/") and not parts.query
        if target and not (deep and home):
            return target
    return canonical_url(url)


def _free_access(article: Mapping[str, Any]) -> bool | None:
    parts = article.get("hasPart")
    for thing in (article, *(parts if isinstance(parts, list) else [parts])):
        value = thing.get("isAccessibleForFree") if isinstance(thing, dict) else None
        if isinstance(value, list) and value:
            value = value[0]
        text = str(value).strip().rsplit("/", 1)[-1].lower()
        if text in {"true", "false", "1", "0", "yes", "no"}:
            return text in {"true", "1", "yes"}
    return None
