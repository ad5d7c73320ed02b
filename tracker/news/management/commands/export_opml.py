"""Print every feed as OPML, topics as folders."""

from typing import Any

from django.core.management.base import BaseCommand

from tracker.news import subscriptions


class Command(BaseCommand):
    """What `import_opml` reads back."""

    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(subscriptions.export_opml().decode("utf-8"), ending="")
