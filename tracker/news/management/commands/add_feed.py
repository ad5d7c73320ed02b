"""Add a feed by its address, or by its site's: the feeds that a page announces are offered."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.text import slugify

from tracker.news import discovery, subscriptions
from tracker.news.links import canonical_url
from tracker.news.models import OutletKind
from tracker.news.policy import fetch_policy


class Command(BaseCommand):
    """Prints the feed as one JSON line. An address that offers several feeds is not guessed at: they are listed."""

    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("url", help="of a feed, or of a page that announces one")
        parser.add_argument("--outlet", help="the outlet's name; the feed's title where not given")
        parser.add_argument("--kind", choices=OutletKind.values, default=OutletKind.OTHER)
        parser.add_argument("--first", action="store_true", help="of several feeds, add the first")

    def handle(self, *args: Any, url: str, outlet: str | None, kind: str, first: bool, **options: Any) -> None:
        try:
            offers = discovery.discover(url, fetch_policy())
        except discovery.DiscoveryError as error:
            raise CommandError(str(error)) from error
        if len(offers) > 1 and not first:
            listed = "\n".join(f"  {offer.url}  {offer.title} ({offer.entries} entries)" for offer in offers)
            raise CommandError(
                f"{url} offers {len(offers)} feeds; add one by its address, or the first with --first:\n{listed}"
            )
        offer = offers[0]
        name = (outlet or offer.title or url)[:200]
        home = canonical_url(offer.site_url)
        owner = subscriptions.add_outlet(name, slugify(name) or slugify(url), kind, home)
        feed, created = subscriptions.add_feed(offer.url, owner, title=offer.title[:500])
        self.stdout.write(
            json.dumps({"feed": feed.pk, "url": feed.url, "title": feed.title, "outlet": name, "new": created})
        )
