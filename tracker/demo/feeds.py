"""A demonstration outlet's articles as a feed: RSS 2.0, RSS 1.0 (RDF), Atom (RFC 4287) or JSON Feed 1.1."""

import json
from collections.abc import Sequence
from datetime import datetime
from email.utils import format_datetime
from functools import cache
from html import escape
from pathlib import Path
from string import Template

from tracker.demo.library import DemoArticle, DemoOutlet

TEMPLATES = Path(__file__).parent / "templates"

CONTENT_TYPES = {
    "rss": "application/rss+xml",
    "rdf": "application/rdf+xml",
    "atom": "application/atom+xml",
    "json": "application/feed+json",
}


@cache
def template(name: str) -> Template:
    """The template file *name*; its values must be escaped before they are put in."""
    return Template((TEMPLATES / name).read_text(encoding="utf-8"))


def entry_id(key: str) -> str:
    """A tag URI (RFC 4151) that stays the same whatever address the origin listens on."""
    return f"tag:demonstration.example,2025:{key}"


def render_feed(
    outlet: DemoOutlet, articles: Sequence[tuple[DemoArticle, datetime]], base: str, updated: datetime
) -> bytes:
    """The feed's body, in the outlet's own format and charset.

    *articles* are pairs of an article and its last change, newest first; *base* is the origin's address
    without a slash at its end. A character that the charset lacks becomes a character reference.
    """
    if outlet.format == "json":
        return _json_feed(outlet, articles, base)
    when = _rfc822 if outlet.format == "rss" else _rfc3339
    items, sequence = [], []
    for article, changed in articles:
        link = escape(base + article.link_path)
        sequence.append(f'<rdf:li rdf:resource="{link}"/>')
        items.append(
            template(f"{outlet.format}_item.xml").substitute(
                id=entry_id(article.key),
                title=escape(article.title),
                link=link,
                path=escape(article.link_path),
                summary=escape(article.summary),
                byline=escape(article.byline),
                published=when(article.published),
                updated=when(changed),
                updated_iso=_rfc3339(changed),
            )
        )
    text = template(f"{outlet.format}.xml").substitute(
        id=entry_id(outlet.slug),
        base=base,
        charset=outlet.feed_charset,
        title=escape(outlet.name),
        description=escape(outlet.description),
        home=escape(base + outlet.home_path),
        self=escape(base + (outlet.feed_target or outlet.feed_path)),
        updated=when(updated),
        items="".join(items),
        sequence="\n".join(sequence),
    )
    return text.encode(outlet.feed_charset, errors="xmlcharrefreplace")


def _json_feed(outlet: DemoOutlet, articles: Sequence[tuple[DemoArticle, datetime]], base: str) -> bytes:
    """JSON Feed 1.1 (jsonfeed.org/version/1.1): UTF-8, every item with a string id and a content_text."""
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": outlet.name,
        "description": outlet.description,
        "home_page_url": base + outlet.home_path,
        "feed_url": base + outlet.feed_path,
        "language": "en",
        "items": [
            {
                "id": entry_id(article.key),
                "url": base + article.link_path,
                "title": article.title,
                "content_text": article.summary,
                "date_published": _rfc3339(article.published),
                "date_modified": _rfc3339(changed),
                "authors": [{"name": article.byline}],
                "tags": list(article.disputes),
            }
            for article, changed in articles
        ],
    }
    return json.dumps(feed, ensure_ascii=False, indent=1).encode()


def _rfc822(moment: datetime) -> str:
    return format_datetime(moment, usegmt=True)


def _rfc3339(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
