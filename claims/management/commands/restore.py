"""Bring a back-up into an empty database and verify every table and the whole history."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from claims import safekeeping


class Command(BaseCommand):
    """Prints what was restored. Run `migrate` afterwards where this version is newer than the back-up's.

    What was redacted after the back-up was made comes back with it, so the record of redactions (`redactions keep`) is
    asked for, and honoured before the command ends.
    """

    help = __doc__
    # The database is empty: there is nothing yet that a check could look at.
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file")
        later = parser.add_mutually_exclusive_group(required=True)
        later.add_argument("--redactions", metavar="RECORD", help="what `redactions keep` wrote since the back-up")
        later.add_argument("--nothing-redacted", action="store_true", help="nothing was, since the back-up")
        parser.add_argument("--as", dest="name", default="", help="the administrator who honours the redactions")

    def handle(self, *args: Any, file: str, redactions: str | None, name: str, **options: Any) -> None:
        if redactions and not (name and Path(redactions).is_file()):
            raise CommandError(f"{redactions} has to be a file, and --as NAME has to say who honours it.")
        try:
            kept = safekeeping.restore(Path(file))
        except safekeeping.SafekeepingError as error:
            raise CommandError(str(error)) from error
        rows = sum(count for count, _ in kept.tables.values())
        held = f"{rows} rows of {len(kept.tables)} tables as kept, and the history is whole"
        self.stdout.write(f"{file}, made at {kept.made_at}: {held}")
        if redactions:
            call_command("redactions", "honour", redactions, name=name, stdout=self.stdout)
