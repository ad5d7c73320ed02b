"""Publish today's head of the history, where the workers have not done so yet."""

from typing import Any

from django.core.management.base import BaseCommand

from claims import history


class Command(BaseCommand):
    """Once a day (UTC), however often it is called."""

    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        head = history.publish_head()
        self.stdout.write(str(head) if head else "today's head is published already")
