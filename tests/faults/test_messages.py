"""Fault 4: messages that come ten times, two beats, clocks that are an hour off. One effect, one poll a due time."""

import pytest

from tests.faults.conftest import Outcome, neutral
from tests.faults.site import SWEEP_SECONDS, Site, until
from tests.origin import Origin

FEEDS = ("/gazette.rss", "/wire.rss")
HINTS = "from tracker.celery import app; [app.send_task(name) for name in {names!r} for _ in range(10)]"
ROUTE = ("news.poll_due", "news.fetch_due", "news.read_unread", "claims.extract_unextracted")
OFF = {"behind": "-3600", "ahead": "3600"}


def polls(origin: Origin) -> list[int]:
    """How often each feed was polled."""
    return [len(origin.asked(path)) for path in FEEDS]


def rest(site: Site, origin: Origin) -> None:
    """Let the site go on for some sweeps after its work is done."""
    until(site.is_done, site)
    seen = len(origin.seen)
    with pytest.raises(AssertionError, match="not within"):
        until(lambda: len(origin.seen) > seen, site, 4 * SWEEP_SECONDS)


def test_each_hint_ten_times_at_once_to_three_workers_has_one_effect(site: Site, origin: Origin, calm: Outcome) -> None:
    counted = polls(origin)
    site.start("sender", "-c", HINTS.format(names=ROUTE)).wait()
    for number in range(3):
        site.worker(name=f"worker{number}")
    site.beat()
    rest(site, origin)
    assert neutral(site.outcome(), site.origin) == calm
    assert polls(origin) == [count + 1 for count in counted]


def test_two_beats_poll_no_feed_twice(site: Site, origin: Origin, calm: Outcome) -> None:
    counted = polls(origin)
    site.beat("first beat")
    site.beat("second beat")
    site.worker()
    rest(site, origin)
    assert neutral(site.outcome(), site.origin) == calm
    assert polls(origin) == [count + 1 for count in counted]


@pytest.mark.parametrize(("whose", "off"), [("worker", "behind"), ("worker", "ahead"), ("beat", "behind")])
def test_a_clock_an_hour_off_polls_once_and_makes_what_a_right_one_makes(
    whose: str, off: str, site: Site, origin: Origin, calm: Outcome
) -> None:
    counted = polls(origin)
    clocks = {whose: OFF[off]}
    site.worker(clock=clocks.get("worker", ""))
    site.beat(clock=clocks.get("beat", ""))
    rest(site, origin)
    assert neutral(site.outcome(), site.origin) == calm
    assert polls(origin) == [count + 1 for count in counted]
    early = site.count("SELECT count(*) FROM news_feed WHERE due_at < now() + interval '14 minutes'")
    late = site.count("SELECT count(*) FROM news_feed WHERE due_at > now() + interval '25 hours'")
    assert (early, late) == (0, 0)


def test_workers_whose_clocks_differ_by_two_hours_share_the_work(site: Site, origin: Origin, calm: Outcome) -> None:
    counted = polls(origin)
    site.worker(name="behind", clock=OFF["behind"])
    site.worker(name="ahead", clock=OFF["ahead"])
    site.beat()
    rest(site, origin)
    assert neutral(site.outcome(), site.origin) == calm
    assert polls(origin) == [count + 1 for count in counted]
