"""Poll the feeds that are due; print what became of each as JSON Lines."""

import json
import sys
from argparse import ArgumentParser
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from tqdm import tqdm

from tracker.news import collection, subscriptions
from tracker.news.models import Feed, FeedState
from tracker.news.policy import fetch_policy


class Command(BaseCommand):
    """Exits with 1 where a feed failed; the others are polled all the same."""

    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--all", action="store_true", help="poll every active feed, due or not")

    def handle(self, *args: Any, all: bool, **options: Any) -> None:
        active = Feed.objects.filter(state=FeedState.ACTIVE)
        if all:
            subscriptions.make_due(active)
        minimum = timedelta(seconds=settings.POLL_MIN_SECONDS)
        failed = False
        with tqdm(total=active.due().count(), unit="feed", disable=not sys.stderr.isatty()) as bar:
            while outcomes := list(collection.poll_due(fetch_policy(), minimum=minimum)):
                for outcome in outcomes:
                    self.stdout.write(json.dumps(asdict(outcome), ensure_ascii=False))
                    if not outcome.ok:
                        failed = True
                        self.stderr.write(outcome.error)
                    bar.update()
        if failed:
            raise SystemExit(1)
