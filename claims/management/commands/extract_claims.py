"""``manage.py extract_claims [FILE|-]``: JSON Lines of articles in, JSON Lines of draft claims out."""

import sys
from collections.abc import Iterator
from itertools import islice
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError
from tqdm import tqdm

from claims import extractors
from claims.extraction.registry import load_registry
from claims.extraction.types import Document, DraftClaim
from claims.management.articles import ArticlesCommand
from claims.providers import MissingSdkError

_BATCH = 16


def claim_row(draft: DraftClaim) -> dict[str, Any]:
    """Return a draft in the format of the labelling guidelines."""
    return {
        "start": draft.start,
        "end": draft.end,
        "kind": draft.kind,
        "claimant": draft.claimant,
        "targets": list(draft.targets),
        "about": list(draft.about),
        "topics": list(draft.topics),
        "hedged": draft.hedged,
        "confidence": draft.confidence,
    }


class Command(ArticlesCommand):
    """Extract draft claims from articles; needs no database, broker or secret."""

    help = (
        'Read articles as JSON Lines ({"id","url","title","published","text"}) from FILE or standard input and print '
        '{"id","relevant","claims":[…]} a line, in input order. Lines that cannot be read are named on standard error.'
    )

    def rows(self, documents: Iterator[Document]) -> Iterator[dict[str, Any]]:
        """Yield each article's draft claims."""
        meter, registry = extractors.Meter(), load_registry()
        try:
            extractor = extractors.extractor_for(extractors.options_of(settings), meter.spent)
        except MissingSdkError as error:
            raise CommandError(str(error)) from None
        # A person at a terminal sees each article at once; a pipe or file is read in batches, which parse faster.
        size = 1 if sys.stdout.isatty() else _BATCH
        with tqdm(unit=" articles", disable=not sys.stderr.isatty()) as progress:
            while batch := list(islice(documents, size)):
                for document, found in zip(batch, extractor.extract_many(batch, registry), strict=True):
                    meter.add(found)
                    yield {
                        "id": document.id,
                        "relevant": found.relevant,
                        "claims": [claim_row(draft) for draft in found.claims],
                    }
                    progress.update()
