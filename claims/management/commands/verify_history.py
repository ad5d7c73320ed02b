"""Tell whether the history is whole: no row of it edited, removed or reordered, no row of judgement changed past it."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from claims import history
from claims.models import AuditEvent, Decision


class Command(BaseCommand):
    """Prints a line a fault, which names the row, and exits with 1 where there is one.

    With `--head`, the history is held to a head that was published: the file is what /history/head.json answered.
    """

    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--head", action="append", default=[], metavar="FILE", help="a published head that was kept"
        )

    def handle(self, *args: Any, head: list[str], **options: Any) -> None:
        kept = [each for name in head for each in _read(name)]
        faults = 0
        for fault in history.verify(kept):
            faults += 1
            self.stdout.write(str(fault))
        decisions, events = Decision.objects.count(), AuditEvent.objects.count()
        if faults:
            raise CommandError(f"{faults} fault{'s' if faults > 1 else ''} in the history", returncode=1)
        self.stdout.write(f"{decisions} decisions and {events} events are whole")


def _read(name: str) -> list[tuple[str, int, str]]:
    """Return the heads of a file as `history.verify` takes them."""
    try:
        found = json.loads(Path(name).read_text())
        return [(noun, int(found[noun]["number"]), str(found[noun]["hash"])) for noun in ("decision", "event")]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CommandError(f"{name} is no published head: {error}") from error
