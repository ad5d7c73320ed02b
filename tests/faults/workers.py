"""The site's own worker with three things changed by its environment: how long a lease is, where it
dies, and how many seconds its clock is off.

    LEASE_SECONDS=4 DIE_AT=stored CLOCK_OFF=-3600 celery -A tests.faults.workers worker

`DIE_AT` names a point of the route. The worker sends itself SIGKILL there, so nothing that Python would do at an
end is done: no `finally`, no rollback, no last message.
"""

import os
import signal
import time
from collections.abc import Callable
from typing import Any

import django
import time_machine

# Before anything else looks at the clock.
if off := os.environ.get("CLOCK_OFF"):
    time_machine.travel(time.time() + int(off)).start()
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tracker.settings")
django.setup()

from claims import intake  # noqa: E402 - models need Django set up
from tracker.celery import app as app  # noqa: E402
from tracker.news import collection, leasing  # noqa: E402

POINTS: dict[str, tuple[Any, str, str]] = {
    "polled": (collection, "_store_polls", "before"),
    "fetched": (collection, "_store_fetch", "before"),
    "half stored": (collection, "_store_snapshot", "after"),
    "stored": (collection, "_store_fetch", "after"),
    "read": (collection, "_store_reading", "after"),
    "extracted": (intake, "store", "before"),
    "half drafted": (intake, "_store_draft", "after"),
    "matched": (intake, "_propose_dispute", "after"),
}


def die() -> None:
    """End at once."""
    os.kill(os.getpid(), signal.SIGKILL)


def deadly(function: Callable[..., Any], when: str, do: Callable[[], None]) -> Callable[..., Any]:
    """Return *function* with *do* called before or after it."""

    def called(*args: Any, **kwargs: Any) -> Any:
        if when == "before":
            do()
        result = function(*args, **kwargs)
        if when == "after":
            do()
        return result

    return called


def poisoned(text: str, do: Callable[[], None]) -> None:
    """Have the extraction of every text that holds *text* end in *do*."""
    plain = intake.document_of

    def document_of(reading: Any) -> Any:
        if text in reading.text:
            do()
        return plain(reading)

    intake.document_of = document_of


seconds = int(os.environ.get("LEASE_SECONDS", "4"))
intake.LEASE_SECONDS = leasing.LEASE_SECONDS = seconds
leasing.one_by_one.__defaults__ = (seconds,)
if point := os.environ.get("DIE_AT"):
    module, name, when = POINTS[point]
    setattr(module, name, deadly(getattr(module, name), when, die))
if poison := os.environ.get("POISON"):
    hang = os.environ.get("POISON_HANGS")
    poisoned(poison, (lambda: time.sleep(600)) if hang else die)
