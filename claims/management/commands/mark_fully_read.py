"""``manage.py mark_fully_read URL --editor NAME``: the article was read to the end, every claim in it decided on."""

from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError, CommandParser

from claims import evaluation
from claims.curation import CurationError
from tracker.news.links import canonical_url
from tracker.news.models import Address, Reading
from tracker.news.types import Verdict


class Command(BaseCommand):
    """Only such articles tell how many claims an extractor misses (docs/evaluation.md)."""

    help = (
        "Record that an editor has read an article to the end and decided on every claim in it; "
        "`evaluate` takes recall from such articles alone."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the article, who read it, and how to take it back."""
        parser.add_argument("url", help="the article's address, any that led to it")
        parser.add_argument("--editor", required=True, metavar="NAME", help="the user name of whoever read it")
        parser.add_argument("--reason", default="", help="kept with the decision")
        parser.add_argument("--undo", action="store_true", help="the article was not read to the end after all")

    def handle(self, *args: Any, url: str, editor: str, reason: str, undo: bool, **options: Any) -> None:
        """Write the decision, on the article's newest reading."""
        actor = User.objects.filter(username=editor).first()
        if actor is None:
            raise CommandError(f"There is no user {editor!r}.")
        address = Address.objects.filter(url__in=[url, canonical_url(url)]).first()
        key = address.article_id if address else 0
        readings = Reading.objects.filter(verdict=Verdict.ARTICLE, snapshot__article_id=key)
        reading = readings.order_by("-pk").first()
        if reading is None:
            raise CommandError(f"{url}: no article of that address has been read.")
        try:
            decision = evaluation.mark_fully_read(reading, actor, complete=not undo, reason=reason)
        except CurationError as error:
            raise CommandError(str(error)) from None
        self.stdout.write(f"decision {decision.number}: {reading} {'not ' if undo else ''}read to the end")
