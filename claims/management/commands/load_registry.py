"""Load the parties, systems and topics that ship; what the site has already stays as the editors left it."""

import json
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError

from claims import registration, roles


class Command(BaseCommand):
    """Prints how many of each are new as one JSON line."""

    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--as", dest="name", required=True, help="the user in whose name it is recorded")

    def handle(self, *args: Any, name: str, **options: Any) -> None:
        user = User.objects.filter(username=name).first()
        if user is None:
            raise CommandError(f"there is no user {name!r}: make one with `manage.py createsuperuser`")
        roles.ensure_roles()
        self.stdout.write(json.dumps(asdict(registration.register(user))))
