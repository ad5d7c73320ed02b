"""Register the demonstration newsroom, the list of real feeds, and a login."""

import os
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.models import Group, User
from django.core.management.base import BaseCommand

from claims import demonstration
from claims.models import Dispute, Party, System
from tracker.news import subscriptions
from tracker.news.models import Feed, FeedState

REAL_FEEDS = Path(settings.BASE_DIR) / "tracker" / "news" / "data" / "real_feeds.opml"


class Command(BaseCommand):
    """Once a site: what is there already stays as it is."""

    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--origin", required=True, help="where the newsroom is served, http://127.0.0.1:8100")
        parser.add_argument("--live", action="store_true", help="poll the list of real feeds too")

    def handle(self, *args: Any, origin: str, live: bool, **options: Any) -> None:
        demonstration.load(origin.rstrip("/"))
        reason = "" if live else "one of the real feeds that ship: resume it to collect from it"
        state = FeedState.ACTIVE if live else FeedState.PAUSED
        subscriptions.import_opml(REAL_FEEDS.read_bytes(), state=state, reason=reason)
        if live:
            for feed in Feed.objects.filter(state=FeedState.PAUSED, outlet__demonstration=False):
                subscriptions.resume(feed)
        make_login(os.environ.get("TRACKER_ADMIN_USER", ""), os.environ.get("TRACKER_ADMIN_PASSWORD", ""))
        make_reviewer(os.environ.get("TRACKER_REVIEWER_USER", ""), os.environ.get("TRACKER_REVIEWER_PASSWORD", ""))
        self.stderr.write(
            f"{Party.objects.count()} parties, {System.objects.count()} systems, {Dispute.objects.count()} disputes, "
            f"{Feed.objects.filter(state=FeedState.ACTIVE).count()} of {Feed.objects.count()} feeds polled"
        )


def make_login(name: str, password: str) -> None:
    """Make the administrator of that name, or set its password; without a name, do nothing."""
    if not name or not password:
        return
    user, _ = User.objects.get_or_create(username=name)
    user.is_staff = user.is_superuser = user.is_active = True
    _set_password(user, password)


def make_reviewer(name: str, password: str) -> None:
    """Make the second person of that name, who approves what others worded; without a name, do nothing."""
    if not name or not password:
        return
    user, _ = User.objects.get_or_create(username=name)
    user.is_staff = user.is_active = True
    _set_password(user, password)
    user.groups.add(Group.objects.get(name="reviewer"))


def _set_password(user: User, password: str) -> None:
    if not user.check_password(password):
        user.set_password(password)
    user.save()
