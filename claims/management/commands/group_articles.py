"""``manage.py group_articles [FILE|-]``: JSON Lines of articles in, the event or dispute of each out."""

import sys
from collections.abc import Iterator
from typing import Any

from tqdm import tqdm

from claims.extraction.grouping import group
from claims.extraction.types import Document
from claims.management.articles import ArticlesCommand


class Command(ArticlesCommand):
    """Group articles by the event or dispute that they are about; needs no database, broker or secret."""

    help = (
        'Read articles as JSON Lines ({"id","url","title","published","text"}) from FILE or standard input and print '
        '{"id","dispute"} a line, in input order. Articles about the same event or dispute get the same label. All '
        "of the input is read before the first line is printed. Lines that cannot be read are named on standard error."
    )

    def rows(self, documents: Iterator[Document]) -> Iterator[dict[str, Any]]:
        """Yield each article's label."""
        read = list(tqdm(documents, unit=" articles", disable=not sys.stderr.isatty()))
        for document, label in zip(read, group(read), strict=True):
            yield {"id": document.id, "dispute": label}
