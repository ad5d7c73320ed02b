"""``manage.py extract_claims [FILE|-]``: JSON Lines of articles in, JSON Lines of draft claims out."""

import json
import os
import sys
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import IO, Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from claims.extraction.extractor import default_extractor
from claims.extraction.registry import load_registry
from claims.extraction.types import Document, DraftClaim, Extraction

_BATCH = 16


class BadLine(ValueError):
    """A line of the input that is not an article; the message says why."""


def document_from(line: str) -> Document:
    """Return the article that one line of JSON describes; raise `BadLine` where it does not."""
    try:
        row = json.loads(line)
    except ValueError as error:
        raise BadLine(f"not JSON ({error})") from None
    if not isinstance(row, dict):
        raise BadLine("not a JSON object")
    for key in ("id", "text"):
        if key not in row:
            raise BadLine(f'"{key}" is missing')
    for key in ("id", "url", "title", "published", "text"):
        value = row.get(key)
        if value is not None and not isinstance(value, str):
            raise BadLine(f'"{key}" is not a string')
        if value is None and key in {"id", "text"}:
            raise BadLine(f'"{key}" is null')
    return Document(row["id"], row.get("url"), row.get("title"), row.get("published"), row["text"])


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


class Command(BaseCommand):
    """Extract draft claims from articles; needs no database, broker or secret."""

    help = (
        'Read articles as JSON Lines ({"id","url","title","published","text"}) from FILE or standard input and print '
        '{"id","relevant","claims":[…]} a line, in input order. Lines that cannot be read are named on standard error.'
    )
    requires_system_checks: list[str] = []  # noqa: RUF012 - Django's own type

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the one optional argument."""
        parser.add_argument("file", nargs="?", default="-", metavar="FILE", help='a file, or "-" for standard input')

    def handle(self, *args: Any, **options: Any) -> None:
        """Stream extractions to standard output; exit with 1 where a line could not be read."""
        name = options["file"]
        self.failures = 0
        try:
            with _opened(name) as lines:
                self._stream(lines, name if name != "-" else "standard input")
        except BrokenPipeError:
            # The reader has seen enough ("| head"); keep the interpreter from complaining at exit.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return
        if self.failures:
            raise CommandError(f"{self.failures} line(s) of {name} could not be read", returncode=1)

    def _stream(self, lines: Iterable[bytes], name: str) -> None:
        extractor, registry = default_extractor(), load_registry()
        documents = self._documents(lines, name)
        # A terminal is answered line by line, a pipe or file in batches.
        size = 1 if sys.stdout.isatty() else _BATCH
        with tqdm(unit=" articles", disable=not sys.stderr.isatty()) as progress:
            while batch := list(islice(documents, size)):
                for document, extraction in zip(batch, extractor.extract_many(batch, registry), strict=True):
                    self._print(document, extraction)
                    progress.update()

    def _print(self, document: Document, extraction: Extraction) -> None:
        row = {
            "id": document.id,
            "relevant": extraction.relevant,
            "claims": [claim_row(draft) for draft in extraction.claims],
        }
        self.stdout.write(json.dumps(row, ensure_ascii=False))
        self.stdout.flush()

    def _documents(self, lines: Iterable[bytes], name: str) -> Iterator[Document]:
        for number, raw in enumerate(lines, 1):
            if not raw.strip():
                continue
            try:
                yield document_from(raw.decode("utf-8-sig" if number == 1 else "utf-8"))
            except UnicodeDecodeError as error:
                self._report(name, number, f"not UTF-8 ({error})")
            except BadLine as error:
                self._report(name, number, str(error))

    def _report(self, name: str, number: int, reason: str) -> None:
        self.failures += 1
        self.stderr.write(f"{name}, line {number}: {reason}")


def _opened(name: str) -> IO[bytes]:
    if name == "-":
        return os.fdopen(os.dup(sys.stdin.fileno()), "rb")
    try:
        return Path(name).open("rb")
    except OSError as error:
        raise CommandError(f"{name}: {error.strerror}", returncode=1) from None
