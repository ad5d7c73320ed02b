"""``manage.py read_page FILE|URL…``: web pages in, a JSON line each out."""

from argparse import ArgumentParser
from collections.abc import Mapping
from typing import Any

from django.conf import settings

from tracker.news.management.inputs import Input, ReadingCommand
from tracker.news.pages import MAX_PAGE_BYTES, READERS, PageError, read_page
from tracker.news.types import ParsedPage


class Command(ReadingCommand):
    """Prints {"source","url","canonical_url","title","authors","published","language","text"}."""

    help = "Read web pages and print each page's article as one line of JSON."
    accept = "text/html, application/xhtml+xml, */*;q=0.1"
    max_bytes = MAX_PAGE_BYTES

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the inputs and the reader."""
        super().add_arguments(parser)
        parser.add_argument("--reader", choices=READERS, default=settings.PAGE_READER, help="the extractor tried first")

    def line(self, given: Input, options: Mapping[str, Any]) -> tuple[dict[str, Any] | None, str]:
        """Read one page; one that is no article is printed as far as it was read, and said to be none."""
        if given.error:
            return None, given.error
        try:
            page = read_page(given.body, given.url, given.content_type, options["reader"])
        except PageError as error:
            return None, str(error)
        return _row(given.source, page), page.reason


def _row(source: str, page: ParsedPage) -> dict[str, Any]:
    published = None
    if page.published:
        published = page.published.date().isoformat() if page.published_is_day else page.published.isoformat()
    return {
        "source": source,
        "url": page.url or None,
        "canonical_url": page.canonical_url or None,
        "title": page.title or None,
        "authors": list(page.authors),
        "published": published,
        "language": page.language or None,
        "text": page.text,
    }
