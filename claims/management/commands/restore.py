"""Bring a back-up into an empty database and verify every table and the whole history."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from claims import safekeeping


class Command(BaseCommand):
    """Prints what was restored. Run `migrate` afterwards where this version is newer than the back-up's."""

    help = __doc__
    # The database is empty: there is nothing yet that a check could look at.
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file")

    def handle(self, *args: Any, file: str, **options: Any) -> None:
        try:
            kept = safekeeping.restore(Path(file))
        except safekeeping.SafekeepingError as error:
            raise CommandError(str(error)) from error
        rows = sum(count for count, _ in kept.tables.values())
        held = f"{rows} rows of {len(kept.tables)} tables as kept, and the history is whole"
        self.stdout.write(f"{file}, made at {kept.made_at}: {held}")
