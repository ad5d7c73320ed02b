"""Keep a record of redactions beside the back-ups, and honour it in a database that was restored from an older one."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError

from claims import curation


class Command(BaseCommand):
    """`keep` writes the record, which holds no redacted word; `honour` blanks again what came back with a back-up."""

    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("what", choices=["keep", "honour"])
        parser.add_argument("file")
        parser.add_argument("--as", dest="name", help="the administrator who honours it")

    def handle(self, *args: Any, what: str, file: str, name: str | None, **options: Any) -> None:
        path = Path(file)
        if what == "keep":
            records = curation.record_of_redactions()
            path.write_text(json.dumps(records, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
            self.stdout.write(f"{len(records)} redactions kept in {file}")
            return
        actor = User.objects.filter(username=name or "").first()
        if actor is None:
            raise CommandError("Say who honours it: --as NAME, of an administrator.")
        try:
            records = json.loads(path.read_text(encoding="utf-8"))
            done = curation.redact_again(records, actor)
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise CommandError(f"{file} is no record of redactions: {error}") from error
        except curation.CurationError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{done} of {len(records)} redactions had to be made again")
