"""Write the whole database to one file, with a checksum of every table."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from claims import safekeeping


class Command(BaseCommand):
    """Prints how much was kept. It may run beside the site at any time; what is written meanwhile is left out."""

    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", help="must not exist yet")

    def handle(self, *args: Any, file: str, **options: Any) -> None:
        try:
            kept = safekeeping.backup(Path(file))
        except safekeeping.SafekeepingError as error:
            raise CommandError(str(error)) from error
        rows = sum(count for count, _ in kept.tables.values())
        self.stdout.write(f"{file}: {rows} rows of {len(kept.tables)} tables, SHA-256 of the dump {kept.sha256}")
