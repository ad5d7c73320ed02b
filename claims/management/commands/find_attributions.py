"""``manage.py find_attributions [FILE|-]``: JSON Lines of articles in, JSON Lines of who is said to say what out."""

from collections.abc import Iterator
from itertools import islice
from typing import Any

from claims.extraction.attributions import Span, attributions_of
from claims.extraction.registry import load_registry
from claims.extraction.types import Document
from claims.management.articles import ArticlesCommand

_BATCH = 16


class Command(ArticlesCommand):
    """Find every attribution of an article, about a dispute or not; needs no database, broker or secret."""

    help = (
        'Read articles as JSON Lines ({"id","url","title","published","text"}) from FILE or standard input and print '
        '{"id","attributions":[{"source","cue","content","name"}]} a line, in input order. Source, cue and content are '
        "[start, end] in code points, end exclusive; source and cue are null where a quotation goes on without them."
    )

    def rows(self, documents: Iterator[Document]) -> Iterator[dict[str, Any]]:
        """Yield each article's attributions."""
        registry = load_registry()
        while batch := list(islice(documents, _BATCH)):
            for document, found in zip(batch, attributions_of(batch, registry), strict=True):
                yield {
                    "id": document.id,
                    "attributions": [
                        {
                            "source": _pair(spans.source),
                            "cue": _pair(spans.cue),
                            "content": _pair(spans.content),
                            "name": spans.name,
                        }
                        for spans in found
                    ],
                }


def _pair(span: Span | None) -> list[int] | None:
    return [span.start, span.end] if span is not None else None
