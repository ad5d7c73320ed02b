"""Let the demonstration's seeded editor decide on the drafts that the newsroom lists, as they come in."""

import json
import time
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from claims import bulk, demonstration


class Command(BaseCommand):
    """Ends when every listed decision is made, or with an error when the time is over."""

    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--origin", required=True, help="where the newsroom is served, http://127.0.0.1:8100")
        parser.add_argument("--wait", type=float, default=0, metavar="SECONDS", help="how long to wait for drafts")

    def handle(self, *args: Any, origin: str, wait: float, **options: Any) -> None:
        end = time.monotonic() + wait
        while True:
            progress = demonstration.curate(origin.rstrip("/"))
            if not progress.waiting:
                break
            if time.monotonic() >= end:
                raise CommandError(f"no draft to decide on for: {', '.join(progress.waiting)}")
            time.sleep(2)
        # The files that there are were made when the site was still empty.
        bulk.make(settings.DUMPS_ROOT, settings.SITE_URL, settings.DATA_LICENCE)
        self.stdout.write(json.dumps({"decided": progress.made}))
