"""The worker's application and beat's hints."""

import inspect
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from celery import signals
from celery.beat import ScheduleEntry
from django.db import connection

from tracker import celery
from tracker.celery import HINTS, WAITING_MAX, HintScheduler, app


@pytest.fixture
def scheduler() -> Iterator[HintScheduler]:
    """Beat's scheduler on queues in memory, empty."""
    made = HintScheduler(app)
    with app.connection_for_write() as broker:
        channel: Any = broker.default_channel
        for queue in set(HINTS.values()):
            channel.queue_declare(queue)
            channel.queue_purge(queue)
        yield made
        for queue in set(HINTS.values()):
            channel.queue_purge(queue)
    made.close()


def test_every_hint_is_a_task_that_takes_no_argument() -> None:
    app.loader.import_default_modules()
    for name in HINTS:
        task = app.tasks[name]
        assert task.ignore_result
        assert not inspect.signature(task.run).parameters


def test_hints_go_to_the_queue_of_their_stage() -> None:
    for name, queue in HINTS.items():
        assert app.amqp.router.route({}, name)["queue"].name == queue
        assert app.conf.beat_schedule[name]["options"]["queue"] == queue


def test_beat_keeps_its_schedule_in_memory(scheduler: HintScheduler) -> None:
    assert set(scheduler.schedule) == set(HINTS)
    assert all(not entry.args and not entry.kwargs for entry in scheduler.schedule.values())


def test_hints_do_not_pile_up_while_no_worker_reads_them(scheduler: HintScheduler) -> None:
    for _ in range(100):
        for entry in scheduler.schedule.values():
            scheduler.apply_entry(entry)
    assert scheduler.waiting("collect") == WAITING_MAX
    assert scheduler.waiting("extract") == WAITING_MAX


def test_a_hint_is_sent_again_when_there_is_room(scheduler: HintScheduler) -> None:
    entry: ScheduleEntry = scheduler.schedule["news.poll_due"]
    for _ in range(2 * WAITING_MAX):
        scheduler.apply_entry(entry)
    with app.connection_for_write() as broker:
        channel: Any = broker.default_channel
        channel.queue_purge("collect")
    scheduler.apply_entry(entry)
    assert scheduler.waiting("collect") == 1


def test_a_queue_that_is_not_there_is_empty(scheduler: HintScheduler) -> None:
    assert scheduler.waiting("no_such_queue") == 0


def test_no_hint_expires_by_a_clock_that_may_be_off() -> None:
    assert not any("expires" in entry["options"] for entry in app.conf.beat_schedule.values())


@pytest.mark.django_db(transaction=True)
def test_the_pool_is_closed_before_a_fork() -> None:
    wrapper: Any = connection
    wrapper.ensure_connection()
    before = wrapper.pool
    assert not before.closed
    celery.close_pools()
    assert before.closed
    wrapper.ensure_connection()
    assert wrapper.pool is not before


def test_logging_stays_as_the_settings_made_it() -> None:
    assert signals.setup_logging.receivers
    assert logging.getLogger("celery.app.trace").level == logging.WARNING


def test_the_bulk_files_may_take_longer_than_other_tasks() -> None:
    app.loader.import_default_modules()
    assert app.tasks["claims.dump_due"].time_limit > app.conf.task_time_limit
