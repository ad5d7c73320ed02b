"""What a page says of itself: title, authors, dates, language, canonical URL, whether it is free to read.

One pass over one lxml tree. Each fact has witnesses in order of trust: JSON-LD (schema.org), OpenGraph and other
`<meta>`, microdata and `rel`, what stands beside the headline, at last the URL. No network, no model.
"""

import html
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from tracker.news import markup
from tracker.news.bylines import authors
from tracker.news.headlines import headline
from tracker.news.links import canonical_url, resolve
from tracker.news.pagetree import (
    Meta,
    Node,
    Thing,
    article_of,
    contents,
    is_article,
    json_ld,
    meta_of,
    text_of,
    types_of,
)
from tracker.news.pubdates import MODIFIED_META, first_date, published
from tracker.news.types import DateSource

_DESCRIPTION_META = ("og:description", "description", "twitter:description")


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
    body: str = ""


def read_facts(tree: Node, url: str = "") -> PageFacts:
    """Return what the page whose tree is *tree*, found at *url*, says of itself. The tree is not changed."""
    things = list(json_ld(tree))
    meta = meta_of(tree)
    page_title = next((node.text or "" for node in tree.iter("title")), "")
    article = article_of(things, [page_title, *contents(meta, ("og:title", "twitter:title"))])
    site = _site_name(article, things, meta)
    title = headline(tree, article, meta, site, url)
    language = _language(tree, article, meta)
    moment, day, source, raw = published(tree, article, meta, url, title, language)
    shown = moment.date().isoformat() if moment else ""
    kind = meta.get("og:type", [""])[0].lower()
    return PageFacts(
        title=title,
        authors=authors(tree, article, things, meta, _outlets(article, meta, site, url), title, shown),
        published=moment,
        published_is_day=day,
        published_source=source,
        published_raw=raw,
        modified=first_date([text_of(article.get("dateModified")), *contents(meta, MODIFIED_META)])[0],
        language=language,
        canonical=_canonical(tree, article, meta, url),
        description=markup.plain(next(iter(contents(meta, _DESCRIPTION_META)), "")),
        site_name=site,
        free_access=_free_access(article),
        is_article=is_article(article) or kind == "article",
        body=_article_body(article),
    )


def _site_name(article: Thing, things: list[dict[str, Any]], meta: Meta) -> str:
    sites = [text_of(thing.get("name")) for thing in things if "website" in types_of(thing)]
    stated = contents(meta, ("og:site_name", "application-name", "publisher", "dc.publisher"))
    found = [*stated[:1], text_of(article.get("publisher")), *sites, *stated[1:]]
    return next((markup.one_line(text, 200) for text in found if text and len(text) < 80), "")


def _outlets(article: Thing, meta: Meta, site: str, url: str) -> list[str]:
    url = url or next(iter(contents(meta, ("og:url",))), "")
    host = (urlsplit(url).hostname or "").removeprefix("www.")
    return [site, text_of(article.get("publisher")), host, host.rsplit(".", 1)[0], *contents(meta, ("publisher",))]


def _article_body(article: Thing) -> str:
    """Return schema.org's articleBody as paragraphs of text, "" where there is none."""
    body = article.get("articleBody")
    if not isinstance(body, str):
        return ""
    text = html.unescape(re.sub(r"<(?:br|/p|/div|/li|/h\d)\b[^>]*>", "\n", body, flags=re.I))
    return markup.clean(re.sub(r"<[a-zA-Z/][^<>]*>", "", text)).strip()


def _language(tree: Node, article: Thing, meta: Meta) -> str:
    root = tree if tree.tag == "html" else next(tree.iter("html"), tree)
    stated = [root.get("lang") or root.get("{http://www.w3.org/XML/1998/namespace}lang") or root.get("xml:lang") or ""]
    stated += [
        text_of(article.get("inLanguage")),
        *contents(meta, ("content-language", "og:locale", "language", "dc.language")),
    ]
    return next(filter(None, map(language_tag, stated)), "")


def language_tag(text: str) -> str:
    """Return a language as a BCP 47 tag ("en", "pt-BR"), "" where *text* is none."""
    match = re.match(r"\s*([A-Za-z]{2,3})(?:[-_]([A-Za-z]{4}))?(?:[-_]([A-Za-z]{2}|\d{3}))?(?:$|[-_,;\s.])", text)
    if not match or match[1].lower() in {"und", "mul", "zxx", "xx"}:
        return ""
    parts = [match[1].lower(), (match[2] or "").title(), (match[3] or "").upper()]
    return "-".join(filter(None, parts))


def _canonical(tree: Node, article: Thing, meta: Meta, url: str) -> str:
    """Return the page's own word for its URL, cleaned; the URL itself where it names none or only its home page."""
    base = url
    for node in tree.iter("base"):
        base = resolve(url, node.get("href") or "") or url
    stated = [
        node.get("href") or "" for node in tree.iter("link") if "canonical" in (node.get("rel") or "").lower().split()
    ]
    stated += contents(meta, ("og:url",))
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


def _free_access(article: Thing) -> bool | None:
    parts = article.get("hasPart")
    for thing in (article, *(parts if isinstance(parts, list) else [parts])):
        value = thing.get("isAccessibleForFree") if isinstance(thing, dict) else None
        if isinstance(value, list) and value:
            value = value[0]
        text = str(value).strip().rsplit("/", 1)[-1].lower()
        if text in {"true", "false", "1", "0", "yes", "no"}:
            return text in {"true", "1", "yes"}
    return None
