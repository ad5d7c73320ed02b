"""``manage.py dump_public``: the bulk files of everything public, now."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from claims import bulk


class Command(BaseCommand):
    """Write everything public as CSV, JSON Lines and SQLite."""

    help = (
        "Write everything public as CSV, JSON Lines and SQLite, with a data dictionary, checksums and what the last 30 "
        "days changed, into a folder of DUMPS_ROOT, and serve it at /data/. Beat does so every night and after a "
        "retraction."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        """Make a dump and say where it is."""
        dump = bulk.make(settings.DUMPS_ROOT, settings.SITE_URL, settings.DATA_LICENCE)
        if dump is None:
            raise CommandError("Another process is making a dump: nothing was written.")
        self.stdout.write(f"{settings.DUMPS_ROOT / dump.folder}: {len(dump.files)} files")
