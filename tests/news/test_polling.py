"""What holds of polls over HTTP into the database: validators, schedule, what a server asks for, odd entries."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from html import escape

import pytest

from tests.origin import Origin, running_origin
from tracker.news import clock, collection, subscriptions
from tracker.news.fetching import FetchPolicy
from tracker.news.models import Article, Entry, Feed, FeedState, Reading

pytestmark = pytest.mark.django_db

MODIFIED = "Mon, 03 Feb 2025 10:00:00 GMT"


@pytest.fixture
def origin() -> Iterator[Origin]:
    with running_origin() as running:
        yield running


@pytest.fixture
def feed(origin: Origin) -> Feed:
    outlet = subscriptions.add_outlet("Test Gazette", "test-gazette", "newspaper", origin.url + "/")
    feed, _ = subscriptions.add_feed(origin.url + "/feed", outlet)
    return feed


def item(guid: str = "1", title: str = "A", link: str = "https://gazette.example/a", more: str = "") -> str:
    return f"<item><guid isPermaLink='false'>{guid}</guid><title>{title}</title><link>{link}</link>{more}</item>"


def rss(*items: str, head: str = "") -> str:
    return f'<rss version="2.0"><channel><title>Gazette</title>{head}{"".join(items)}</channel></rss>'


def policy(origin: Origin) -> FetchPolicy:
    return FetchPolicy(user_agent="test/1", allowed_origins=frozenset({origin.url}), spacing=0, total_seconds=5)


def poll(origin: Origin) -> list[collection.Outcome]:
    return list(collection.poll_due(policy(origin), minimum=timedelta(minutes=15)))


def poll_again(origin: Origin, feed: Feed) -> timedelta:
    """Poll *feed* now, whenever it is due; return how long it then has to wait."""
    Feed.objects.filter(pk=feed.pk).update(due_at=clock.now())
    assert len(poll(origin)) == 1
    feed.refresh_from_db()
    return feed.due_at - clock.now() if feed.due_at else timedelta.max


def about(wait: timedelta, hours: float) -> bool:
    """Return whether *wait* is so many hours, with the jitter that only ever delays."""
    return timedelta(hours=hours) - timedelta(seconds=20) <= wait <= timedelta(hours=hours * 1.1, seconds=20)


# ------------------------------------------------------------------ validators
def test_both_validators_go_back_and_those_of_a_304_are_stored(origin: Origin, feed: Feed) -> None:
    origin.serve("/feed", rss(item()), ETag='"1"', Last_Modified=MODIFIED)
    poll(origin)
    later = "Tue, 04 Feb 2025 10:00:00 GMT"
    origin.serve("/feed", "", status=304, ETag='W/"1b"', Last_Modified=later)
    poll_again(origin, feed)
    sent = origin.asked("/feed")[1]
    assert (sent["if-none-match"], sent["if-modified-since"]) == ('"1"', MODIFIED)
    assert (feed.etag, feed.last_modified) == ('W/"1b"', later)
    origin.serve("/feed", "", status=304)
    poll_again(origin, feed)
    assert (feed.etag, feed.last_modified) == ('W/"1b"', later)


def test_the_same_last_modified_with_a_new_etag_is_a_change(origin: Origin, feed: Feed) -> None:
    origin.serve("/feed", rss(item("1")), ETag='"1"', Last_Modified=MODIFIED)
    poll(origin)
    origin.serve(
        "/feed", rss(item("1"), item("2", link="https://gazette.example/b")), ETag='"2"', Last_Modified=MODIFIED
    )
    poll_again(origin, feed)
    assert (Entry.objects.count(), feed.etag) == (2, '"2"')


# ------------------------------------------------------------------ schedule
@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize(
    ("retry_after", "hours"),
    [
        ("7200", 2),
        ("1", 0.25),  # floored
        ("99999999", 48),  # capped
        (format_datetime(datetime.now(UTC) + timedelta(hours=3), usegmt=True), 3),
    ],
)
def test_retry_after_is_obeyed_in_seconds_and_as_a_date(
    origin: Origin, feed: Feed, status: int, retry_after: str, hours: float
) -> None:
    origin.serve("/feed", "busy", status=status, Retry_After=retry_after)
    wait = poll_again(origin, feed)
    if retry_after.endswith("GMT"):  # set when the tests were collected, some minutes ago
        assert timedelta(hours=2) < wait < timedelta(hours=3.4)
    else:
        assert about(wait, hours) or wait == min(wait, timedelta(days=2)) > timedelta(days=1.9), wait
    assert feed.state == FeedState.ACTIVE


@pytest.mark.parametrize(
    ("headers", "head", "hours"),
    [
        ({"Cache_Control": "public, max-age=18000"}, "", 5),
        ({"Expires": format_datetime(datetime.now(UTC) + timedelta(hours=6.2), usegmt=True)}, "", 6),
        ({}, "<ttl>240</ttl>", 4),
        ({"Cache_Control": "max-age=9999999"}, "", 24),
    ],
)
def test_what_server_and_feed_ask_for_lengthens_the_wait(
    origin: Origin, feed: Feed, headers: dict[str, str], head: str, hours: float
) -> None:
    origin.serve("/feed", rss(item(), head=head), 200, ETag='"1"', **headers)
    wait = poll_again(origin, feed)
    if "Expires" in headers:  # set when the tests were collected, some minutes ago
        assert timedelta(hours=5) < wait < timedelta(hours=7)
    else:
        assert about(wait, hours), wait


def test_skipped_hours_are_skipped(origin: Origin, feed: Feed) -> None:
    hours = "".join(f"<hour>{hour}</hour>" for hour in range(24) if hour != 4)
    origin.serve("/feed", rss(item(), head=f"<skipHours>{hours}</skipHours>"), ETag='"1"')
    poll_again(origin, feed)
    assert feed.due_at is not None
    assert feed.due_at.astimezone(UTC).hour == 4


def test_a_feed_without_validators_waits_an_hour_at_least(origin: Origin, feed: Feed) -> None:
    now = clock.now()
    fresh = "".join(
        item(
            str(n),
            link=f"https://gazette.example/{n}",
            more=f"<pubDate>{format_datetime(now - timedelta(minutes=n))}</pubDate>",
        )
        for n in range(20)
    )
    origin.serve("/feed", rss(fresh))
    assert about(poll_again(origin, feed), 1)
    origin.serve("/feed", rss(fresh), ETag='"1"')
    assert about(poll_again(origin, feed), 0.25)


def test_errors_and_404_back_off_ever_longer_and_a_good_answer_ends_it(origin: Origin, feed: Feed) -> None:
    origin.serve("/feed", rss(item()), ETag='"1"')
    poll(origin)
    origin.serve("/feed", "gone?", status=404)
    assert [about(poll_again(origin, feed), hours) for hours in (0.25, 0.5, 1, 2)] == [True] * 4
    assert (feed.failures, feed.state) == (4, FeedState.ACTIVE)
    assert "404" in feed.last_error
    origin.serve("/feed", rss(item()), ETag='"1"')
    poll_again(origin, feed)
    assert (feed.failures, feed.last_error) == (0, "")


def test_no_restart_polls_early(origin: Origin, feed: Feed) -> None:
    origin.serve("/feed", rss(item()), ETag='"1"')
    poll(origin)
    assert poll(origin) == []  # a new sweep knows of no other schedule than the row's
    assert len(origin.asked("/feed")) == 1


@pytest.mark.parametrize(("status", "adopted"), [(301, True), (308, True), (302, False), (303, False), (307, False)])
def test_only_a_permanent_redirect_is_adopted(origin: Origin, feed: Feed, status: int, adopted: bool) -> None:
    origin.serve("/new", rss(item()))
    origin.serve("/feed", status=status, Location="/new")
    for _ in range(4):
        poll_again(origin, feed)
    assert feed.url == origin.url + ("/new" if adopted else "/feed")
    assert Entry.objects.count() == 1


# ------------------------------------------------------------------ entries
def test_a_url_that_changes_with_the_guid_kept_is_the_same_entry(origin: Origin, feed: Feed) -> None:
    origin.serve("/feed", rss(item("1", link="https://gazette.example/a")))
    poll(origin)
    origin.serve("/feed", rss(item("1", link="https://gazette.example/moved")))
    poll_again(origin, feed)
    assert [(entry.guid, entry.url) for entry in Entry.objects.all()] == [("1", "https://gazette.example/moved")]


def test_items_with_one_guid_or_none_are_entries_of_their_own_and_stay_so(origin: Origin, feed: Feed) -> None:
    without = "<item><title>{0}</title><link>https://gazette.example/{0}</link></item>"
    body = rss(
        *(item("same", title=name, link=f"https://gazette.example/{name}") for name in "ab"),
        *(without.format(name) for name in "cd"),
    )
    origin.serve("/feed", body)
    poll(origin)
    origin.serve("/feed", body + "<!-- another byte -->")
    poll_again(origin, feed)
    assert sorted(Entry.objects.values_list("title", flat=True)) == ["a", "b", "c", "d"]


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("", None),
        ("Mon, 01 Jan 0001 00:00:00 GMT", None),
        ("Fri, 01 Jan 2100 00:00:00 GMT", "now"),
        (MODIFIED, MODIFIED),
    ],
)
def test_dates_are_clamped_and_the_original_kept(origin: Origin, feed: Feed, written: str, kept: str | None) -> None:
    origin.serve("/feed", rss(item(more=f"<pubDate>{written}</pubDate>")))
    poll(origin)
    entry = Entry.objects.get()
    assert entry.published_raw == written
    if kept == "now":
        assert entry.published_at is not None
        assert abs(entry.published_at - clock.now()) < timedelta(minutes=1)
    else:
        assert (entry.published_at and format_datetime(entry.published_at.astimezone(UTC), usegmt=True)) == kept


def test_a_title_is_stored_as_plain_text_and_a_summary_without_danger(origin: Origin, feed: Feed) -> None:
    summary = escape("<p onclick='x()'>One<script>x()</script> <a href='javascript:x()'>two</a></p>")
    origin.serve(
        "/feed",
        rss(item(title="&lt;b&gt;Bold&lt;/b&gt; &amp;amp; plain", more=f"<description>{summary}</description>")),
    )
    poll(origin)
    entry = Entry.objects.get()
    assert entry.title == "Bold & plain"
    assert "script" not in entry.summary_html
    assert "onclick" not in entry.summary_html
    assert "two" in entry.summary_html


# ------------------------------------------------------------------ pages
def read_page_at(origin: Origin, body: str, **headers: str) -> tuple[Article, Reading]:
    """Serve a page, let a feed lead to it, fetch and read it."""
    link = origin.serve("/page", body, 200, **headers)
    origin.serve("/feed", rss(item(link=link)))
    poll(origin)
    while list(collection.fetch_due(policy(origin))):
        pass
    while list(collection.read_unread("trafilatura")):
        pass
    return Article.objects.get(), Reading.objects.get()


def test_a_page_in_another_language_is_kept_and_marked(origin: Origin, feed: Feed) -> None:
    text = (
        "Die Behörde teilte am Montag mit, dass sie ein Verfahren gegen den Hersteller des Sprachmodells eröffnet hat. "
    )
    title = "Verfahren eröffnet"
    body = f"<html lang='de-DE'><title>{title}</title><article><h1>{title}</h1><p>{text * 6}</p></article>"
    article, reading = read_page_at(origin, body, Content_Type="text/html; charset=utf-8")
    assert (article.language, reading.language, reading.verdict) == ("de-DE", "de-DE", "article")
    assert "Sprachmodells" in reading.text
    unmarked = body.replace(" lang='de-DE'", "")
    origin.serve("/page", unmarked, Content_Type="text/html; charset=utf-8")
    collection.fetch_again(article)
    list(collection.fetch_due(policy(origin)))
    list(collection.read_unread("trafilatura"))
    assert {row.language for row in Reading.objects.all()} == {"de-DE", "de"}


@pytest.mark.parametrize(
    ("body", "verdict"),
    [
        (
            "<html><title>Just a moment...</title><body><h1>Checking your browser</h1>"
            "<p>Verify you are human.</p><div id='cf-browser-verification'></div></body></html>",
            "bot-wall",
        ),
        (
            "<html><title>Before you continue</title><body><p>We value your privacy. We and our 812 partners use "
            "cookies. Manage preferences. Accept all. Reject all.</p></body></html>",
            "consent-wall",
        ),
        (
            "<html><title>News</title><body><div id='root'></div><noscript>Please enable JavaScript to run this app."
            "</noscript><script src='/a.js'></script></body></html>",
            "script-only",
        ),
        ("<html><head><title></title></head><body></body></html>", "empty"),
        (
            "<html><title>Page not found</title><h1>Page not found</h1><p>What you look for is not here any more.</p>",
            "not-an-article",
        ),
    ],
)
def test_what_is_no_article_says_so_and_stores_no_boilerplate(
    origin: Origin, feed: Feed, body: str, verdict: str
) -> None:
    _, reading = read_page_at(origin, body, Content_Type="text/html")
    assert (reading.verdict, reading.text) == (verdict, "")
    assert reading.reason
