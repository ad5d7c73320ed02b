"""Fill an empty database with a made-up corpus of ten years' size, for benchmarks."""

import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from claims.synthesis import SCALES, NotEmptyError, synthesize


class Command(BaseCommand):
    """Refuses a database that holds anything already."""

    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--scale", choices=SCALES, default="small", help="how much of it (default: small)")
        parser.add_argument("--seed", type=int, default=1, help="another number makes another corpus")

    def handle(self, *args: Any, scale: str, seed: int, **options: Any) -> None:
        begun = time.monotonic()

        def say(words: str) -> None:
            if options["verbosity"] > 0:
                self.stderr.write(f"{time.monotonic() - begun:7.1f} s  {words}")

        try:
            synthesize(SCALES[scale], seed, say)
        except NotEmptyError as error:
            raise CommandError(str(error)) from error
        say("vacuum")
        with connection.cursor() as cursor:
            cursor.execute("VACUUM")  # so that pages of the tables are known to be visible to all, as after a while
        say("done")
