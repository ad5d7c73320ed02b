"""The demonstration's HTML: article pages as real news sites build them, listings, and pages that are gone."""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from html import escape

from tracker.demo.feeds import CONTENT_TYPES, template
from tracker.demo.library import DemoArticle, DemoOutlet

PAYWALL = (
    '<div class="paywall"><p>Subscribe to go on reading. This demonstration page shows '
    "what a reader without a subscription sees.</p></div>"
)


def render_article(
    outlet: DemoOutlet,
    article: DemoArticle,
    paragraphs: Sequence[str],
    changed: datetime,
    base: str,
    outlets: Iterable[DemoOutlet],
    related: Iterable[DemoArticle],
    canonical_path: str,
) -> bytes:
    """One article's page in the outlet's charset; a paywalled one stops after its first paragraph."""
    paywalled = article.behaviour == "paywall"
    shown = paragraphs[:1] if paywalled else paragraphs
    body = "\n".join(f"<p>{escape(paragraph, quote=False)}</p>" for paragraph in shown)
    declares = outlet.declares in {"meta", "both"}
    text = template("article.html").substitute(
        language=article.language,
        charset_meta=f'<meta charset="{outlet.charset}">\n' if declares else "",
        title=escape(article.title, quote=False),
        outlet=escape(outlet.name),
        metadata=_metadata(outlet, article, changed, base, canonical_path),
        feed_type=CONTENT_TYPES[outlet.format],
        feed_path=outlet.feed_path,
        colour=outlet.colour,
        home_path=outlet.home_path,
        navigation="".join(_item(other.home_path, other.name) for other in outlets),
        byline=escape(article.byline),
        published_iso=article.published.isoformat(),
        published_words=f"{article.published.day} {article.published:%B %Y, %H:%M} UTC",
        body=body + ("\n" + PAYWALL if paywalled else ""),
        related="".join(_item(other.path, other.title) for other in related),
    )
    return text.encode(outlet.charset, errors="xmlcharrefreplace")


def render_outlet(outlet: DemoOutlet, articles: Iterable[DemoArticle]) -> bytes:
    """An outlet's home page: its articles, and its feed announced for autodiscovery."""
    return _listing(
        title=outlet.name,
        name=outlet.name,
        heading=f"Latest from {outlet.name}",
        description=outlet.description,
        home_path=outlet.home_path,
        colour=outlet.colour,
        links=_alternate(outlet),
        items=[
            f'<li><a href="{escape(article.link_path)}">{escape(article.title)}</a><br>'
            f"<small>{article.published.day} {article.published:%B %Y}</small></li>"
            for article in articles
        ],
    )


def render_index(outlets: Sequence[DemoOutlet]) -> bytes:
    """The origin's own front page: all outlets and their feeds."""
    return _listing(
        title="Demonstration newsroom",
        name="Demonstration newsroom",
        heading="Outlets and feeds of the demonstration",
        description="Each outlet has a home page and one feed. The same list as JSON: /index.json.",
        home_path="/",
        colour="#1f4e79",
        links="\n".join(_alternate(outlet) for outlet in outlets),
        items=[
            f'<li><a href="{outlet.home_path}">{escape(outlet.name)}</a><br>{escape(outlet.description)} '
            f'<a href="{outlet.feed_path}">Feed ({outlet.format}) of {escape(outlet.name)}</a></li>'
            for outlet in outlets
        ],
    )


def render_absence(status_words: str, explanation: str) -> bytes:
    """The page for an address that has nothing, or nothing any more."""
    return template("gone.html").substitute(status_words=status_words, explanation=explanation).encode()


# ------------------------------------------------------------------ parts
def _listing(*, items: Sequence[str], description: str, **values: str) -> bytes:
    page = template("listing.html")
    return page.substitute(items="\n".join(items), description=escape(description), **values).encode()


def _item(path: str, words: str) -> str:
    return f'<li><a href="{escape(path)}">{escape(words)}</a></li>'


def _alternate(outlet: DemoOutlet) -> str:
    kind = CONTENT_TYPES[outlet.format]
    return f'<link rel="alternate" type="{kind}" title="{escape(outlet.name)}" href="{outlet.feed_path}">'


def _metadata(outlet: DemoOutlet, article: DemoArticle, changed: datetime, base: str, canonical_path: str) -> str:
    """How this outlet's pages state title, author, date and canonical URL: four habits seen in the wild."""
    if outlet.metadata == "byline":
        return ""
    canonical = base + canonical_path
    lines = [f'<link rel="canonical" href="{escape(canonical)}">'] if article.canonical else []
    pairs: list[tuple[str, str, str]] = [("name", "description", article.summary)]
    if outlet.metadata == "meta":
        pairs += [("name", "author", article.byline), ("name", "date", article.published.isoformat())]
    else:
        pairs += [
            ("property", "og:type", "article"),
            ("property", "og:title", article.title),
            ("property", "og:site_name", outlet.name),
            ("property", "og:url", base + article.path),
            ("property", "article:published_time", article.published.isoformat()),
            ("property", "article:modified_time", changed.isoformat()),
        ]
    if outlet.metadata == "opengraph":
        pairs.append(("name", "author", article.byline))
    lines += [f'<meta {kind}="{name}" content="{escape(value)}">' for kind, name, value in pairs]
    if outlet.metadata == "json-ld":
        lines.append(_json_ld(outlet, article, changed, base))
    return "\n".join(lines)


def _json_ld(outlet: DemoOutlet, article: DemoArticle, changed: datetime, base: str) -> str:
    """schema.org NewsArticle; "<" is written as an escape so that no text can close the script element."""
    data = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": article.title,
        "datePublished": article.published.isoformat(),
        "dateModified": changed.isoformat(),
        "inLanguage": article.language,
        "isAccessibleForFree": article.behaviour != "paywall",
        "author": {"@type": "Organization", "name": article.byline},
        "publisher": {"@type": "NewsMediaOrganization", "name": outlet.name},
        "mainEntityOfPage": base + article.path,
    }
    words = json.dumps(data, ensure_ascii=False).replace("<", "\\u003c")
    return f'<script type="application/ld+json">{words}</script>'
