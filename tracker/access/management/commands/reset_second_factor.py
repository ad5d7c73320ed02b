"""Take the second factor of one person away, so that the next login enrols anew: for who lost phone and codes."""

from argparse import ArgumentParser
from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError

from tracker.access import factors


class Command(BaseCommand):
    """Make sure first that it is the person who asks."""

    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")

    def handle(self, *args: Any, username: str, **options: Any) -> None:
        user = User.objects.filter(username=username).first()
        if user is None:
            raise CommandError(f"there is no user {username!r}")
        had = factors.forget(user)
        self.stdout.write(f"{username} enrols at the next login" if had else f"{username} had no second factor")
