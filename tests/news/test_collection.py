"""What holds from a feed to a reading, over real HTTP and in the real database."""

import re
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from unittest.mock import patch

import pytest
from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from tests.origin import Origin, running_origin
from tests.pdf import make_pdf
from tracker.news import collection, subscriptions
from tracker.news.errors import PageError
from tracker.news.fetching import FetchPolicy
from tracker.news.models import (
    Address,
    Article,
    Entry,
    Feed,
    FeedState,
    Outlet,
    Reading,
    Snapshot,
    Unread,
)
from tracker.news.pages import read_page
from tracker.news.types import ParsedPage

pytestmark = pytest.mark.django_db

ITEM = "<item><guid isPermaLink='false'>{guid}</guid><title>{title}</title><link>{link}</link></item>"
TEXT = (
    "A regulator said on Monday that it had opened an inquiry into the training data of a language model. "
    "The company that makes the model said it would cooperate and that it had followed the law at every step. "
)


@pytest.fixture
def origin() -> Iterator[Origin]:
    with running_origin() as running:
        yield running


@pytest.fixture
def outlet(origin: Origin) -> Outlet:
    return subscriptions.add_outlet("Test Gazette", "test-gazette", "newspaper", origin.url + "/")


def policy(origin: Origin) -> FetchPolicy:
    return FetchPolicy(user_agent="test/1", allowed_origins=frozenset({origin.url}), spacing=0, total_seconds=5)


def rss(*items: tuple[str, str, str]) -> str:
    body = "".join(ITEM.format(guid=guid, title=title, link=link) for guid, title, link in items)
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>Gazette</title>{body}</channel></rss>'


def page(title: str, extra: str = "", head: str = "") -> str:
    paragraphs = "".join(f"<p>{TEXT} Paragraph {n} of {title}. {extra}</p>" for n in range(6))
    return (
        f'<!doctype html><html lang="en"><head><title>{title}</title>{head}</head>'
        f"<body><article><h1>{title}</h1>{paragraphs}</article></body></html>"
    )


def poll(origin: Origin, minimum: float = 900) -> list[collection.Outcome]:
    return list(collection.poll_due(policy(origin), minimum=timedelta(seconds=minimum)))


def poll_again(origin: Origin) -> list[collection.Outcome]:
    Feed.objects.filter(state=FeedState.ACTIVE).update(due_at=timezone.now())
    return poll(origin)


def walk(origin: Origin) -> None:
    """Fetch and read all that is due."""
    while list(collection.fetch_due(policy(origin))):
        pass
    while list(collection.read_unread("trafilatura")):
        pass


def test_a_feed_becomes_entries_articles_snapshots_and_readings(origin: Origin, outlet: Outlet) -> None:
    link = origin.serve("/a", page("Inquiry opened"), Content_Type="text/html; charset=utf-8")
    origin.serve("/feed", rss(("1", "Inquiry opened", link)))
    feed, created = subscriptions.add_feed(origin.url + "/feed", outlet)
    assert created
    [outcome] = poll(origin)
    assert (outcome.ok, outcome.result, outcome.new) == (True, "changed", 1)
    walk(origin)
    article = Article.objects.get()
    assert article.title == "Inquiry opened"
    reading = Reading.objects.get()
    assert reading.verdict == "article"
    assert "Paragraph 5" in reading.text
    snapshot = Snapshot.objects.get()
    assert snapshot.body == origin.answers["/a"].body
    assert not Unread.objects.exists()
    feed.refresh_from_db()
    assert feed.title == "Gazette"
    assert feed.due_at is not None
    assert feed.due_at > timezone.now() + timedelta(minutes=14)


def test_running_every_stage_twice_has_one_effect(origin: Origin, outlet: Outlet) -> None:
    link = origin.serve("/a", page("Inquiry opened"))
    origin.serve("/feed", rss(("1", "Inquiry opened", link)))
    subscriptions.add_feed(origin.url + "/feed", outlet)
    for _ in range(2):
        Feed.objects.update(due_at=timezone.now(), body_sha256="", etag="")
        poll(origin)
        Article.objects.update(due_at=timezone.now())
        walk(origin)
    counts = [model.objects.count() for model in (Entry, Article, Address, Snapshot, Reading)]
    assert counts == [1, 1, 1, 1, 1]


def test_an_etag_is_replayed_byte_for_byte_and_a_304_writes_no_entry(origin: Origin, outlet: Outlet) -> None:
    origin.serve("/feed", rss(("1", "A", origin.url + "/a")), ETag='W/"odd "tag"')
    subscriptions.add_feed(origin.url + "/feed", outlet)
    poll(origin)
    [outcome] = poll_again(origin)
    assert outcome.result == "unchanged"
    assert origin.asked("/feed")[1]["if-none-match"] == 'W/"odd "tag"'
    assert Entry.objects.count() == 1


def test_the_same_body_with_a_new_etag_stores_the_etag_and_no_entry(origin: Origin, outlet: Outlet) -> None:
    body = rss(("1", "A", origin.url + "/a"))
    origin.serve("/feed", body, ETag='"1"')
    feed, _ = subscriptions.add_feed(origin.url + "/feed", outlet)
    poll(origin)
    origin.serve("/feed", body, ETag='"2"')
    [outcome] = poll_again(origin)
    feed.refresh_from_db()
    assert (outcome.result, feed.etag) == ("unchanged", '"2"')


@pytest.mark.parametrize(
    ("body", "status"),
    [("<html><body>Sorry, an error</body></html>", 200), ("", 200), ("oops", 500), (rss(("2", "B", "/b")), 503)],
)
def test_nothing_is_stored_from_an_error_or_an_unparsable_body(
    origin: Origin, outlet: Outlet, body: str, status: int
) -> None:
    origin.serve("/feed", rss(("1", "A", origin.url + "/a")), ETag='"1"')
    feed, _ = subscriptions.add_feed(origin.url + "/feed", outlet)
    poll(origin)
    origin.serve("/feed", body, status=status, ETag='"bad"')
    [outcome] = poll_again(origin)
    feed.refresh_from_db()
    assert not outcome.ok
    assert feed.url in feed.last_error
    assert (feed.etag, feed.failures, Entry.objects.count()) == ('"1"', 1, 1)
    assert feed.state == FeedState.ACTIVE
    assert feed.due_at is not None


def test_one_bad_feed_does_not_stop_the_others(origin: Origin, outlet: Outlet) -> None:
    origin.serve("/good", rss(("1", "A", origin.url + "/a")))
    origin.serve("/bad", "not a feed")
    for path in ("/good", "/bad", "/missing"):
        subscriptions.add_feed(origin.url + path, outlet)
    subscriptions.add_feed("http://127.0.0.1:9/unreachable", outlet)
    outcomes = {outcome.url.rsplit("/", 1)[1]: outcome for outcome in poll(origin)}
    assert outcomes["good"].ok
    assert {name for name, outcome in outcomes.items() if not outcome.ok} == {"bad", "missing", "unreachable"}
    assert all(outcome.url in outcome.error for outcome in outcomes.values() if not outcome.ok)


def test_a_fault_of_ours_is_recorded_at_its_row_and_the_rest_goes_on(origin: Origin, outlet: Outlet) -> None:
    for name in ("a", "b"):
        origin.serve(f"/{name}", rss(("1", name, f"{origin.url}/page-{name}")))
        subscriptions.add_feed(f"{origin.url}/{name}", outlet)
    real = collection._store_entries

    def fails_for_a(feed: Feed, *args: object) -> int:
        if feed.url.endswith("/a"):
            raise RuntimeError("boom")
        return real(feed, *args)  # type: ignore[arg-type]

    with patch.object(collection, "_store_entries", fails_for_a):
        outcomes = poll(origin)
    assert sorted(outcome.result for outcome in outcomes) == ["changed", "fault"]
    assert Feed.objects.get(url__endswith="/a").last_error == "RuntimeError: boom"


def test_410_stops_a_feed_and_says_so(origin: Origin, outlet: Outlet) -> None:
    origin.serve("/feed", "", status=410)
    feed, _ = subscriptions.add_feed(origin.url + "/feed", outlet)
    poll(origin)
    feed.refresh_from_db()
    assert feed.state == FeedState.STOPPED
    assert feed.state_reason
    assert feed.due_at is None


def test_a_permanent_redirect_is_adopted_after_three_sightings_with_its_entries(origin: Origin, outlet: Outlet) -> None:
    origin.serve("/new", rss(("1", "A", origin.url + "/a")))
    origin.serve("/old", status=301, Location="/new")
    feed, _ = subscriptions.add_feed(origin.url + "/old", outlet)
    for _ in range(2):
        poll_again(origin)
    feed.refresh_from_db()
    assert feed.url == origin.url + "/old"
    poll_again(origin)
    feed.refresh_from_db()
    assert feed.url == origin.url + "/new"
    poll_again(origin)
    assert Entry.objects.count() == 1


def test_a_temporary_redirect_is_never_adopted(origin: Origin, outlet: Outlet) -> None:
    origin.serve("/new", rss(("1", "A", origin.url + "/a")))
    origin.serve("/old", status=302, Location="/new")
    feed, _ = subscriptions.add_feed(origin.url + "/old", outlet)
    for _ in range(5):
        poll_again(origin)
    feed.refresh_from_db()
    assert feed.url == origin.url + "/old"


def test_a_guid_that_changes_with_the_url_kept_is_the_same_entry(origin: Origin, outlet: Outlet) -> None:
    origin.serve("/feed", rss(("1", "A", origin.url + "/a")))
    subscriptions.add_feed(origin.url + "/feed", outlet)
    poll(origin)
    origin.serve("/feed", rss(("one", "A", origin.url + "/a")))
    poll_again(origin)
    assert list(Entry.objects.values_list("guid", flat=True)) == ["one"]


def test_an_entry_that_changes_makes_its_page_due_again(origin: Origin, outlet: Outlet) -> None:
    link = origin.serve("/a", page("First"))
    origin.serve("/feed", rss(("1", "First", link)))
    subscriptions.add_feed(origin.url + "/feed", outlet)
    poll(origin)
    walk(origin)
    origin.serve("/a", page("First, corrected"))
    origin.serve("/feed", rss(("1", "First, corrected", link)))
    poll_again(origin)
    walk(origin)
    assert Snapshot.objects.count() == 2
    assert Article.objects.get().title == "First, corrected"


def test_url_variants_and_exact_copies_are_one_article_with_its_copies(origin: Origin, outlet: Outlet) -> None:
    for path in ("/story", "/story?utm_source=feed", "/copy"):
        origin.serve(path, page("One story"))
    items = [(path, "One story", origin.url + path.replace("&", "&amp;")) for path in origin.answers]
    origin.serve("/feed", rss(*items))
    subscriptions.add_feed(origin.url + "/feed", outlet)
    poll(origin)
    walk(origin)
    assert Entry.objects.count() == 3
    original = Article.objects.get(original=None)
    assert original.url == origin.url + "/story"
    assert [copy.url for copy in original.copies.all()] == [origin.url + "/copy"]


def test_a_page_that_names_another_article_as_canonical_is_its_copy(origin: Origin, outlet: Outlet) -> None:
    link = origin.serve("/original", page("Story"))
    head = f'<link rel="canonical" href="{link}">'
    copy = origin.serve("/amp", page("Story", extra="Shown on a phone.", head=head))
    origin.serve("/feed", rss(("1", "Story", link), ("2", "Story", copy)))
    subscriptions.add_feed(origin.url + "/feed", outlet)
    poll(origin)
    walk(origin)
    assert Article.objects.get(url=copy).original == Article.objects.get(url=link)


def test_a_page_that_is_gone_keeps_its_row_and_says_so(origin: Origin, outlet: Outlet) -> None:
    origin.serve("/feed", rss(("1", "Gone", origin.url + "/gone")))
    subscriptions.add_feed(origin.url + "/feed", outlet)
    poll(origin)
    walk(origin)
    article = Article.objects.get()
    assert (article.last_status, article.due_at) == (404, None)
    assert article.url in article.last_error


def test_a_server_error_is_tried_again_later(origin: Origin, outlet: Outlet) -> None:
    origin.serve("/a", "", status=502)
    origin.serve("/feed", rss(("1", "A", origin.url + "/a")))
    subscriptions.add_feed(origin.url + "/feed", outlet)
    poll(origin)
    waits = []
    for _ in range(3):
        Article.objects.update(due_at=timezone.now())
        list(collection.fetch_due(policy(origin)))
        due = Article.objects.get().due_at
        waits.append(due and round((due - timezone.now()).total_seconds() / 60))
    assert waits == [5, 60, None]


def test_a_row_that_kills_its_worker_is_put_aside_after_three_tries(origin: Origin, outlet: Outlet) -> None:
    feed, _ = subscriptions.add_feed(origin.url + "/feed", outlet)
    for _ in range(3):
        # A worker that dies leaves its lease to run out.
        assert len(Feed.objects.all().lease(10, seconds=-1)) == 1
    assert poll(origin) == []
    feed.refresh_from_db()
    assert feed.due_at is None
    assert "put aside" in feed.last_error


def test_a_paused_feed_is_not_polled_until_it_is_resumed(origin: Origin, outlet: Outlet) -> None:
    origin.serve("/feed", rss(("1", "A", origin.url + "/a")))
    feed, _ = subscriptions.add_feed(origin.url + "/feed", outlet)
    subscriptions.pause(feed, "too noisy")
    assert not subscriptions.poll_now(feed)
    assert poll(origin) == []
    subscriptions.resume(feed)
    assert len(poll(origin)) == 1


@pytest.mark.django_db(transaction=True)
def test_ten_workers_at_once_poll_each_feed_once(origin: Origin) -> None:
    outlet = subscriptions.add_outlet("Gazette", "gazette", "newspaper", origin.url + "/")
    for n in range(5):
        origin.serve(f"/{n}", rss(("1", "A", f"{origin.url}/a")))
        subscriptions.add_feed(f"{origin.url}/{n}", outlet)

    def work() -> None:
        poll(origin)
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(path for path, _ in origin.seen) == [f"/{n}" for n in range(5)]


@pytest.mark.parametrize("table", ["news_snapshot", "news_reading"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {} CASCADE"])
def test_evidence_refuses_every_change(origin: Origin, outlet: Outlet, table: str, statement: str) -> None:
    link = origin.serve("/a", page("Inquiry opened"))
    origin.serve("/feed", rss(("1", "Inquiry opened", link)))
    subscriptions.add_feed(origin.url + "/feed", outlet)
    poll(origin)
    walk(origin)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        with pytest.raises(IntegrityError, match="evidence is kept"), transaction.atomic():
            cursor.execute(statement.format(table))
    assert Reading.objects.count() == 1


def test_a_damaged_snapshot_is_noticed(origin: Origin, outlet: Outlet) -> None:
    link = origin.serve("/a", page("Inquiry opened"))
    origin.serve("/feed", rss(("1", "Inquiry opened", link)))
    subscriptions.add_feed(origin.url + "/feed", outlet)
    poll(origin)
    walk(origin)
    snapshot = Snapshot.objects.get()
    snapshot.sha256 = "0" * 64
    with pytest.raises(ValueError, match="does not have the hash"):
        _ = snapshot.body


def test_a_pdf_becomes_a_reading_with_page_numbers(origin: Origin, outlet: Outlet) -> None:
    pages = [
        [f"Page {n} of the ruling says that the defendant copied the books of the plaintiffs."] * 4 for n in (1, 2)
    ]
    link = origin.serve("/ruling.pdf", make_pdf(*pages, title="Ruling"), Content_Type="application/pdf")
    origin.serve("/feed", rss(("1", "Ruling", link)))
    subscriptions.add_feed(origin.url + "/feed", outlet)
    poll(origin)
    walk(origin)
    reading = Reading.objects.get()
    assert (reading.verdict, reading.title, len(reading.pages)) == ("article", "Ruling", 2)
    assert [reading.page_at(reading.text.index(f"Page {n}")) for n in (1, 2)] == [1, 2]


def test_a_page_that_cannot_be_read_in_time_is_put_aside_and_the_others_are_read(
    origin: Origin, outlet: Outlet
) -> None:
    links = [origin.serve(f"/{name}", page(name)) for name in ("hangs", "fine")]
    origin.serve("/feed", rss(*((link, "Story", link) for link in links)))
    subscriptions.add_feed(origin.url + "/feed", outlet)
    poll(origin)
    list(collection.fetch_due(policy(origin)))

    def read(body: bytes, url: str, content_type: str, reader: str) -> ParsedPage:
        if url.endswith("hangs"):
            raise PageError("The document took more than 12 seconds to read.")
        return read_page(body, url, content_type, reader)

    outcomes = sorted(outcome.result for outcome in collection.read_unread("trafilatura", read=read))
    assert outcomes == ["article", "refused"]
    assert Unread.objects.get().last_error == f"{links[0]}: The document took more than 12 seconds to read."


def test_the_origin_is_told_who_asks_and_for_how_many(origin: Origin, outlet: Outlet) -> None:
    origin.serve("/feed", rss(("1", "A", origin.url + "/a")))
    subscriptions.add_feed(origin.url + "/feed", outlet)
    asking = replace(policy(origin), user_agent=settings.USER_AGENT)
    list(collection.poll_due(asking, minimum=timedelta(minutes=15)))
    [headers] = origin.asked("/feed")
    assert re.fullmatch(r"ai-claims-tracker/[0-9.]+ \(\+http.*/about/; 1 subscriber\)", headers["user-agent"])
    assert not {"cookie", "referer"} & headers.keys()
