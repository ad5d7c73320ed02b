"""Import the feeds of an OPML file, its folders as topics."""

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from tracker.news import subscriptions
from tracker.news.models import FeedState
from tracker.news.opml import OpmlError


class Command(BaseCommand):
    """Prints each feed as a JSON line; one that is there already stays as it is."""

    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", help="a path, or - for standard input")
        parser.add_argument("--paused", action="store_true", help="import them paused")

    def handle(self, *args: Any, file: str, paused: bool, **options: Any) -> None:
        try:
            body = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
            state = FeedState.PAUSED if paused else FeedState.ACTIVE
            imported = subscriptions.import_opml(body, state=state, reason="imported paused" if paused else "")
        except OSError as error:
            raise CommandError(f"{file}: {error.strerror}") from error
        except OpmlError as error:
            raise CommandError(f"{file}: {error}") from error
        for feed, created in imported.feeds:
            self.stdout.write(
                json.dumps({"feed": feed.pk, "url": feed.url, "title": feed.title, "topic": feed.topic, "new": created})
            )
        for address in imported.skipped:
            self.stderr.write(f"{file}: no feed's address: {address}")
        if imported.skipped:
            raise SystemExit(1)
