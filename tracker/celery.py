"""Celery: the worker's application, and the hints that beat sends it.

A row in PostgreSQL is the truth, a message a hint. Tasks take no argument: "look for due rows now". So a lost
message costs one interval, a repeated one finds nothing left to do, and there is nothing to keep of a result.

    celery -A tracker.celery worker --queues collect,extract
    celery -A tracker.celery beat
"""

import os
import sys
from typing import Any

from celery import Celery, signals
from celery.beat import ScheduleEntry, Scheduler
from django.conf import settings
from django.db import connections

from tracker import broker

# Evidence is collected in one queue and read for claims in the other: a slow site never holds up the desk.
HINTS = {
    "news.poll_due": "collect",
    "news.fetch_due": "collect",
    "news.read_unread": "collect",
    "news.tend_hubs": "collect",
    "claims.extract_unextracted": "extract",
    "claims.check_changes": "extract",
    "claims.publish_head": "extract",
    "claims.dump_due": "extract",
    "claims.tell_followers": "collect",
    "claims.call_webhooks": "collect",
    "claims.ping_hubs": "collect",
}
# More unread hints than this in one queue say nothing new.
WAITING_MAX = 10

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tracker.settings")
app = Celery("tracker")
app.conf.update(
    broker_url=broker.celery_url(settings.BROKER_URL),
    broker_transport_options=settings.BROKER_OPTIONS,
    broker_connection_retry_on_startup=True,
    task_default_queue="collect",
    task_routes={
        **{task: {"queue": queue} for task, queue in HINTS.items()},
        "news.*": {"queue": "collect"},
        "claims.*": {"queue": "extract"},
    },
    task_serializer="json",
    accept_content=["json"],
    task_ignore_result=True,
    task_acks_late=True,
    # No task takes this long unless it hangs. Where this is unset, a pool that reads a blocking broker (pgmq)
    # does not look at the time limits of single tasks either.
    task_time_limit=900,
    # With one, pgmq is read a message at a time: 57 tasks a second where four do over a thousand.
    worker_prefetch_multiplier=4,
    worker_enable_remote_control=False,
    worker_send_task_events=False,
    timezone="UTC",
    beat_scheduler="tracker.celery:HintScheduler",
    beat_schedule={
        task: {
            "task": task,
            "schedule": float(settings.SWEEP_SECONDS),
            # Without an expiry: by a worker's clock that is ahead, every hint would be too old to be read.
            "options": {"queue": queue},
        }
        for task, queue in HINTS.items()
    },
)
app.autodiscover_tasks(["tracker.news", "claims"])


class HintScheduler(Scheduler):
    """Beat's schedule, kept in memory, that holds a hint back while enough of them wait to be read.

    Every hint is repeated within seconds, so there is nothing to remember over a restart; and a worker that was away
    for an hour finds a few hints, not thousands.
    """

    def apply_entry(self, entry: ScheduleEntry, producer: Any = None) -> None:
        """Send *entry*'s hint unless its queue is full of them."""
        queue = HINTS[str(entry.task)]
        if self.waiting(queue) < WAITING_MAX:
            super().apply_entry(entry, producer=producer)

    def waiting(self, queue: str) -> int:
        """Return how many messages wait in *queue*; none where it does not exist or cannot be asked."""
        try:
            channel: Any
            with self.connection.channel() as channel:
                return int(channel.queue_declare(queue, passive=True).message_count)
        except (*self.connection.connection_errors, *self.connection.channel_errors):
            # Not there before the first message, or no broker: sending makes the one and reports the other.
            return 0


@signals.setup_logging.connect
def keep_our_logging(**_: Any) -> None:
    """Leave logging as settings.LOGGING made it."""


@signals.worker_init.connect
@signals.beat_init.connect
def prepare_broker(**_: Any) -> None:
    """Make the queues' tables where the broker lives in PostgreSQL and they are missing."""
    if settings.BROKER_URL.startswith("pgmq"):
        broker.install(settings.BROKER_OPTIONS["conn_string"])


@signals.worker_before_create_process.connect
def close_pools(**_: Any) -> None:
    """Close the database's pool before a fork: its threads and sockets do not survive one."""
    for connection in connections.all(initialized_only=True):
        connection.close()
        if hasattr(connection, "close_pool"):
            connection.close_pool()


@signals.worker_process_init.connect
def die_with_worker(**_: Any) -> None:
    """End a pool's process with the worker that forked it, even one that was killed."""
    if sys.platform == "linux":
        from signal import SIGTERM

        from billiard.util import set_pdeathsig  # type: ignore[attr-defined] # of Linux alone

        set_pdeathsig(SIGTERM)
