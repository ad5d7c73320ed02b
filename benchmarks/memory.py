"""How much memory a hostile feed costs: `python -m benchmarks.memory HEALTHY HOSTILE` (`make bench-collect` runs it).

Polls the feed HEALTHY once, so that all is loaded that polling needs, then HOSTILE, in the database of the environment.
Prints one JSON object: `growth`, by how many bytes the peak of this process's resident memory during the second poll
lies above what it held before it, and the poll's `outcome`, `error` and number of `new` entries. Linux alone tells it.
"""

import gc
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

STATUS = Path("/proc/self/status")
CLEAR = Path("/proc/self/clear_refs")


def growth(healthy: str, hostile: str) -> dict[str, Any]:
    """Return what a fresh process prints for these two feeds."""
    command = [sys.executable, "-m", "benchmarks.memory", healthy, hostile]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True, timeout=120)  # noqa: S603
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def resident(field: str) -> int:
    """Return a field of this process's status in bytes: VmRSS now, VmHWM at its peak (proc(5))."""
    line = next(line for line in STATUS.read_text().splitlines() if line.startswith(field))
    return int(line.split()[1]) * 1024


def poll(url: str) -> Any:
    """Add the feed at *url* and poll it, as the site does by default; return the outcome."""
    from datetime import timedelta

    from tracker.news import collection, subscriptions
    from tracker.news.fetching import FetchPolicy
    from tracker.news.models import Feed

    parts = urlsplit(url)
    outlet = subscriptions.add_outlet("Bench", "bench", "other")
    feed, _ = subscriptions.add_feed(url, outlet)
    subscriptions.make_due(Feed.objects.filter(pk=feed.pk))
    policy = FetchPolicy("bench/1", frozenset({f"{parts.scheme}://{parts.netloc}"}), spacing=0)
    polled = list(collection.poll_due(policy, minimum=timedelta(minutes=15)))
    return next(outcome for outcome in polled if outcome.url == url)


def main(healthy: str, hostile: str) -> None:
    """Measure and print."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tracker.settings")
    import django

    django.setup()
    poll(healthy)
    gc.collect()
    before = resident("VmRSS")
    CLEAR.write_text("5")  # the peak counts from here
    outcome = poll(hostile)
    found = {
        "growth": resident("VmHWM") - before,
        "outcome": outcome.result,
        "error": outcome.error,
        "new": outcome.new,
    }
    print(json.dumps(found))


if __name__ == "__main__":
    main(*sys.argv[1:])
