"""Add a feed by its address, after reading it once to be sure that it is one."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.text import slugify

from tracker.news import collection, subscriptions
from tracker.news.entries import FeedError, read_feed
from tracker.news.fetching import fetch
from tracker.news.links import canonical_url
from tracker.news.models import OutletKind
from tracker.news.policy import fetch_policy
from tracker.news.types import FetchError, Request


class Command(BaseCommand):
    """Prints the feed as one JSON line; an address that is no feed is refused with what it is."""

    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("url")
        parser.add_argument("--outlet", help="the outlet's name; the feed's title where not given")
        parser.add_argument("--kind", choices=OutletKind.values, default=OutletKind.OTHER)

    def handle(self, *args: Any, url: str, outlet: str | None, kind: str, **options: Any) -> None:
        answer = fetch(Request(url, accept=collection.FEED_ACCEPT), policy=fetch_policy())
        if isinstance(answer, FetchError):
            raise CommandError(answer.message)
        if not answer.ok:
            raise CommandError(f"{url} answered {answer.status}")
        try:
            parsed = read_feed(answer.body, url=answer.final_url, content_type=answer.content_type)
        except FeedError as error:
            raise CommandError(f"{url}: {error}") from error
        name = (outlet or parsed.title or url)[:200]
        home = canonical_url(parsed.url) if parsed.url else ""
        owner = subscriptions.add_outlet(name, slugify(name) or slugify(url), kind, home)
        feed, created = subscriptions.add_feed(url, owner, title=parsed.title[:500])
        self.stdout.write(
            json.dumps({"feed": feed.pk, "url": feed.url, "title": feed.title, "outlet": name, "new": created})
        )
