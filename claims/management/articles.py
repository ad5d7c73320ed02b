"""What the commands share that read articles as JSON Lines and print JSON Lines: input, errors, a closed pipe."""

import json
import os
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from claims.extraction.documents import read_documents
from claims.extraction.types import Document


class ArticlesCommand(BaseCommand):
    """A command over articles from FILE or standard input; needs no database, broker or secret.

    Lines that cannot be read are named on standard error, the rest goes on, and the exit code is then 1.
    Whoever stops reading the output early ("| head") ends it quietly.
    """

    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the one optional argument."""
        parser.add_argument("file", nargs="?", default="-", metavar="FILE", help='a file, or "-" for standard input')

    def handle(self, *args: Any, **options: Any) -> None:
        """Print what `rows` makes of the input; exit with 1 where a line could not be read."""
        name = "standard input" if options["file"] == "-" else options["file"]
        failures = 0

        def report(number: int, reason: str) -> None:
            nonlocal failures
            failures += 1
            self.stderr.write(f"{name}, line {number}: {reason}")

        try:
            with _opened(options["file"]) as lines:
                for row in self.rows(read_documents(lines, report)):
                    self.stdout.write(_line(row))
                    self.stdout.flush()
        except BrokenPipeError:
            # The reader has seen enough; keep the interpreter from complaining at exit.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return
        except OSError as error:
            raise CommandError(f"{name}: {error.strerror}", returncode=1) from None
        if failures:
            raise CommandError(f"{failures} line(s) of {name} could not be read", returncode=1)

    def rows(self, documents: Iterator[Document]) -> Iterable[dict[str, Any]]:
        """Yield one row of output a document, in their order."""
        raise NotImplementedError


def _line(row: dict[str, Any]) -> str:
    """Return *row* as JSON in UTF-8; half a surrogate pair, which JSON may hold and UTF-8 may not, stays escaped."""
    try:
        line = json.dumps(row, ensure_ascii=False)
        line.encode()
    except UnicodeEncodeError:
        return json.dumps(row)
    return line


def _opened(name: str) -> IO[bytes]:
    if name == "-":
        return os.fdopen(os.dup(sys.stdin.fileno()), "rb")
    try:
        return Path(name).open("rb")
    except (OSError, ValueError) as error:
        raise CommandError(f"{name}: {getattr(error, 'strerror', None) or error}", returncode=1) from None
