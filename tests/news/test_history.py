"""What is kept of polls, and how much work a sweep is, over real HTTP."""

from collections.abc import Iterator
from datetime import timedelta
from unittest.mock import patch

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.news.test_collection import policy, poll, poll_again, rss
from tests.origin import Origin, running_origin
from tracker.news import collection, history, subscriptions
from tracker.news.models import Entry, Feed, FeedAnswer, Outlet, Poll
from tracker.news.rows import update_rows

pytestmark = pytest.mark.django_db


@pytest.fixture
def origin() -> Iterator[Origin]:
    with running_origin() as running:
        yield running


@pytest.fixture
def outlet(origin: Origin) -> Outlet:
    return subscriptions.add_outlet("Test Gazette", "test-gazette", "newspaper", origin.url + "/")


def test_each_poll_is_kept_with_its_status_outcome_and_size(origin: Origin, outlet: Outlet) -> None:
    body = rss(("1", "A", origin.url + "/a"))
    origin.serve("/feed", body, ETag='"1"')
    subscriptions.add_feed(origin.url + "/feed", outlet)
    poll(origin)
    poll_again(origin)
    origin.serve("/feed", "oops", status=500)
    poll_again(origin)
    kept = list(Poll.objects.order_by("pk").values_list("status", "outcome", "new", "size"))
    assert kept == [(200, "changed", 1, len(body)), (304, "unchanged", 0, 0), (500, "error", 0, 4)]
    assert "answered 500" in Poll.objects.latest("pk").error
    assert all(seconds > 0 for seconds in Poll.objects.values_list("seconds", flat=True))


def test_the_last_answer_with_a_body_is_kept_for_inspection_up_to_100_kb(origin: Origin, outlet: Outlet) -> None:
    body = rss(("1", "A", origin.url + "/a"))
    origin.serve("/feed", body, ETag='"1"', Content_Type="application/rss+xml")
    subscriptions.add_feed(origin.url + "/feed", outlet)
    poll(origin)
    poll_again(origin)
    answer = FeedAnswer.objects.get()
    assert (answer.status, bytes(answer.body)) == (200, body.encode())
    assert "content-type: application/rss+xml" in answer.headers
    origin.serve("/feed", "x" * 300_000)
    poll_again(origin)
    assert len(FeedAnswer.objects.get().body) == history.BODY_BYTES


def test_only_the_last_polls_are_kept(origin: Origin, outlet: Outlet) -> None:
    origin.serve("/feed", rss(("1", "A", origin.url + "/a")))
    feed, _ = subscriptions.add_feed(origin.url + "/feed", outlet)
    other, _ = subscriptions.add_feed(origin.url + "/other", outlet)
    for whose in (feed, other):
        Poll.objects.bulk_create(
            [Poll(feed=whose, at=timezone.now(), outcome="unchanged") for _ in range(history.KEPT)]
        )
    Feed.objects.filter(pk=other.pk).update(due_at=None)
    poll(origin)
    assert (feed.polls.count(), other.polls.count()) == (history.KEPT, history.KEPT)
    assert Poll.objects.latest("pk").outcome == "changed"


def test_entries_a_week_are_counted_by_week(origin: Origin, outlet: Outlet) -> None:
    feed, _ = subscriptions.add_feed(origin.url + "/feed", outlet)
    now = timezone.now()
    for number, days in enumerate((0, 1, 8, 15, 16, 400)):
        seen = now - timedelta(days=days)
        Entry.objects.create(feed=feed, guid=str(number), first_seen_at=seen, last_seen_at=now)
    assert feed.entries_a_week(4) == [0, 2, 1, 2]


@pytest.mark.parametrize("changed", [True, False])
def test_the_number_of_statements_does_not_grow_with_feeds_or_entries(
    origin: Origin, outlet: Outlet, changed: bool
) -> None:
    counts = []
    for feeds, entries in ((1, 1), (4, 20)):
        for n in range(feeds):
            links = [(f"{n}-{e}", f"Entry {e}", f"{origin.url}/{feeds}/{n}/{e}") for e in range(entries)]
            origin.serve(f"/{feeds}/{n}.xml", rss(*links), ETag='"1"')
            subscriptions.add_feed(f"{origin.url}/{feeds}/{n}.xml", outlet)
        if not changed:
            poll(origin)
            Feed.objects.update(due_at=None)
            Feed.objects.filter(url__contains=f"/{feeds}/").update(due_at=timezone.now())
        with CaptureQueriesContext(connection) as captured:
            for _ in collection.poll_due(policy(origin), minimum=timedelta(minutes=15)):
                pass
        asked = [query["sql"] for query in captured if not query["sql"].startswith("CREATE TEMPORARY")]
        batches = sum("FOR UPDATE" in sql and "SKIP LOCKED" not in sql for sql in asked)
        counts.append((len(asked), batches))
    (one, one_batch), (many, many_batches) = counts
    assert one_batch == 1
    # Each batch of answers costs the same few statements.
    assert many <= one * many_batches + 2


def test_a_batch_that_cannot_be_stored_together_is_stored_one_by_one(origin: Origin, outlet: Outlet) -> None:
    for n in range(3):
        origin.serve(f"/{n}", rss((str(n), "Story", f"{origin.url}/page{n}")))
        subscriptions.add_feed(f"{origin.url}/{n}", outlet)
    real = history.History.write

    def fails_for_many(self: history.History) -> None:
        if len(self._polls) > 1:
            raise RuntimeError("too many")
        real(self)

    with patch.object(history.History, "write", fails_for_many):
        outcomes = poll(origin)
    assert sorted(outcome.result for outcome in outcomes) == ["changed"] * 3
    assert (Entry.objects.count(), Poll.objects.count()) == (3, 3)


TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)


@pytest.mark.parametrize("count", [1, 3])
def test_rows_are_saved_by_one_statement_whatever_they_hold(outlet: Outlet, count: int) -> None:
    feeds = [subscriptions.add_feed(f"https://a.example/{n}", outlet)[0] for n in range(count)]
    now = timezone.now()

    @settings(deadline=None)
    @given(st.lists(st.tuples(TEXTS, st.one_of(st.none(), st.integers(0, 100)), st.lists(st.integers(0, 23)), TEXTS)))
    def holds(values: list[tuple[str, int | None, list[int], str]]) -> None:
        for feed, (etag, ttl, hours, error) in zip(feeds, values, strict=False):
            feed.etag, feed.ttl, feed.skip_hours, feed.last_error, feed.recent = etag, ttl, hours, error, [now]
        update_rows(feeds, ("etag", "ttl", "skip_hours", "last_error", "recent"))
        for feed in feeds:
            stored = Feed.objects.get(pk=feed.pk)
            for name in ("etag", "ttl", "skip_hours", "last_error", "recent"):
                assert getattr(stored, name) == getattr(feed, name)

    holds()


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(TEXTS))
def test_lists_of_texts_survive_too(names: list[str]) -> None:
    outlet, _ = Outlet.objects.get_or_create(name="T", slug="t")
    feed, _ = subscriptions.add_feed("https://texts.example/", outlet)
    now = timezone.now()
    entry, _ = Entry.objects.get_or_create(feed=feed, guid="1", defaults={"first_seen_at": now, "last_seen_at": now})
    entry.authors = names
    update_rows([entry], ("authors",))
    assert Entry.objects.get(pk=entry.pk).authors == names
