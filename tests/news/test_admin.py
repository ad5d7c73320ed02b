"""Feeds and evidence in the admin: health, actions, and nothing that could be edited or deleted."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.factories import make_editor, make_outlet, make_reading
from tracker.news.models import Article, Entry, Feed, FeedAnswer, FeedState, Outlet, Poll, Reading, Snapshot

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def boss(client: Client) -> User:
    """Somebody who may do everything, logged in."""
    user = make_editor()
    client.force_login(user)
    return user


def make_feed(number: int = 1, **values: Any) -> Feed:
    values = {"outlet": make_outlet(), "title": f"Feed {number}", **values}
    return Feed.objects.create(url=f"https://feeds.example/{number}.xml", **values)


def act(client: Client, action: str, *feeds: Feed, **data: str) -> str:
    url = reverse("admin:news_feed_changelist")
    chosen = {"action": action, "_selected_action": [feed.pk for feed in feeds], **data}
    return client.post(url, chosen, follow=True).content.decode()


def test_the_list_tells_how_each_feed_does(client: Client) -> None:
    make_feed(1, last_polled_at=timezone.now())
    make_feed(2, failures=3, last_error="https://feeds.example/2.xml answered 503")
    make_feed(3, state=FeedState.PAUSED, state_reason="too noisy")
    make_feed(4, state=FeedState.STOPPED, state_reason="the origin answered 410")
    make_feed(5)
    page = client.get(reverse("admin:news_feed_changelist")).content.decode()
    for words in ("well", "failing, 3 in a row", "answered 503", "paused", "too noisy", "stopped by its origin"):
        assert words in page
    assert "not polled yet" in page


@pytest.mark.parametrize(("health", "titles"), [("well", {"Feed 1"}), ("failing", {"Feed 2"}), ("never", {"Feed 3"})])
def test_feeds_are_filtered_by_health(client: Client, health: str, titles: set[str]) -> None:
    make_feed(1, last_polled_at=timezone.now())
    make_feed(2, last_polled_at=timezone.now(), failures=1)
    make_feed(3)
    answer = client.get(reverse("admin:news_feed_changelist"), {"health": health})
    assert {feed.title for feed in answer.context["cl"].result_list} == titles


def test_feeds_are_paused_with_a_reason_and_started_again(client: Client) -> None:
    feed = make_feed(due_at=timezone.now())
    assert "Say why they are paused" in act(client, "pause", feed)
    feed.refresh_from_db()
    assert feed.state == FeedState.ACTIVE
    act(client, "pause", feed, reason="  too noisy ")
    feed.refresh_from_db()
    assert (feed.state, feed.state_reason, feed.due_at) == (FeedState.PAUSED, "too noisy (editor)", None)
    assert "Not polled while paused or stopped: Feed 1" in act(client, "poll_now", feed)
    act(client, "resume", feed)
    feed.refresh_from_db()
    assert feed.state == FeedState.ACTIVE
    assert feed.due_at is not None
    assert feed.due_at <= timezone.now()


def test_an_active_feed_is_polled_now(client: Client) -> None:
    feed = make_feed(due_at=timezone.now() + timedelta(hours=1))
    assert "1 feed will be polled" in act(client, "poll_now", feed)
    feed.refresh_from_db()
    assert feed.due_at is not None
    assert feed.due_at <= timezone.now()


def test_a_feed_is_added_and_due_at_once(client: Client) -> None:
    data = {"url": "https://feeds.example/new.xml", "outlet": make_outlet().pk, "title": "", "topic": "courts"}
    answer = client.post(reverse("admin:news_feed_add"), data)
    feed = Feed.objects.get(url="https://feeds.example/new.xml")
    assert answer.status_code == 302
    assert (feed.state, feed.topic) == (FeedState.ACTIVE, "courts")
    assert feed.due_at is not None


@pytest.mark.parametrize("url", ["not an address", "ftp://feeds.example/a.xml", "javascript:alert(1)"])
def test_an_address_that_is_none_is_refused(client: Client, url: str) -> None:
    client.post(reverse("admin:news_feed_add"), {"url": url, "outlet": make_outlet().pk})
    assert not Feed.objects.exists()


def test_a_feed_that_is_there_is_named(client: Client) -> None:
    feed = make_feed()
    page = client.post(reverse("admin:news_feed_add"), {"url": feed.url, "outlet": feed.outlet_id}).content.decode()
    assert "already exists" in page


def test_of_a_feed_only_what_it_is_called_is_edited(client: Client) -> None:
    feed = make_feed(etag='"kept"', due_at=timezone.now())
    other = make_outlet("Another Gazette")
    data = {
        "outlet": other.pk,
        "title": "A better name",
        "topic": "",
        "url": "https://evil.example/",
        "polls-TOTAL_FORMS": "0",
        "polls-INITIAL_FORMS": "0",
        "state": "stopped",
    }
    client.post(reverse("admin:news_feed_change", args=[feed.pk]), data)
    after = Feed.objects.get(pk=feed.pk)
    assert (after.title, after.outlet) == ("A better name", other)
    assert (after.url, after.state, after.etag) == (feed.url, FeedState.ACTIVE, '"kept"')


def test_a_feed_shows_its_last_polls_and_its_last_answer(client: Client) -> None:
    feed = make_feed()
    Poll.objects.create(feed=feed, at=timezone.now(), status=503, outcome="throttled", error="answered 503")
    FeedAnswer.objects.create(feed=feed, at=timezone.now(), url=feed.url, status=200, body=b"<script>1</script>")
    page = client.get(reverse("admin:news_feed_change", args=[feed.pk])).content.decode()
    assert "throttled" in page
    url = reverse("admin:news_feed_answer", args=[feed.pk])
    assert url in page
    answer = client.get(url)
    assert (answer.content, answer["Content-Type"]) == (b"<script>1</script>", "text/plain")
    assert client.get(reverse("admin:news_feed_answer", args=[feed.pk + 1])).status_code == 404


def test_a_feed_shows_its_entries_a_week_as_a_line_and_in_numbers(client: Client) -> None:
    feed, now = make_feed(), timezone.now()
    for number, days in enumerate((1, 2, 9)):
        seen = now - timedelta(days=days)
        Entry.objects.create(feed=feed, guid=str(number), first_seen_at=seen, last_seen_at=seen)
    page = client.get(reverse("admin:news_feed_change", args=[feed.pk])).content.decode()
    assert "0, 0, 0, 0, 0, 0, 1, 2" in page
    assert page.count("<polyline") == 1
    assert "118.0,2.0" in page  # this week, the most


def test_outlets_are_added_and_changed(client: Client) -> None:
    data = {"name": "Court Bulletin", "slug": "court-bulletin", "kind": "court", "url": "https://court.example/"}
    client.post(reverse("admin:news_outlet_add"), data)
    assert Outlet.objects.get(slug="court-bulletin").kind == "court"


@pytest.mark.parametrize("model", [Article, Entry, Snapshot, Reading])
def test_evidence_is_neither_added_nor_changed(client: Client, model: Any) -> None:
    reading = make_reading()
    Entry.objects.create(
        feed=make_feed(),
        guid="1",
        title="An entry",
        first_seen_at=timezone.now(),
        last_seen_at=timezone.now(),
        article=reading.snapshot.article,
    )
    name, row = model._meta.model_name, model._default_manager.first()
    assert client.get(reverse(f"admin:news_{name}_add")).status_code == 403
    assert client.post(reverse(f"admin:news_{name}_change", args=[row.pk]), {"title": "x"}).status_code == 403


def test_a_readings_text_is_shown_escaped(client: Client) -> None:
    reading = make_reading("<script>alert(1)</script> & more")
    page = client.get(reverse("admin:news_reading_change", args=[reading.pk])).content.decode()
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; more" in page


def test_a_snapshot_is_downloaded_as_plain_text_and_never_run(client: Client) -> None:
    snapshot = make_reading("<script>alert(1)</script>").snapshot
    answer = client.get(reverse("admin:news_snapshot_download", args=[snapshot.pk]))
    assert answer.content == snapshot.body
    assert answer["Content-Type"] == "text/plain"
    assert answer["Content-Disposition"] == f'attachment; filename="snapshot-{snapshot.pk}.txt"'
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert client.get(reverse("admin:news_snapshot_download", args=[10**9])).status_code == 404


def test_a_download_asks_for_the_right(client: Client) -> None:
    snapshot = make_reading().snapshot
    client.force_login(User.objects.create_user("guest", is_staff=True))
    assert client.get(reverse("admin:news_snapshot_download", args=[snapshot.pk])).status_code == 403


@pytest.mark.parametrize("name", ["snapshot", "reading"])
def test_lists_do_not_load_bytes_or_texts(client: Client, name: str, django_assert_max_num_queries: Any) -> None:
    for number in range(3):
        make_reading(f"text {number}")
    with django_assert_max_num_queries(12) as seen:
        client.get(reverse(f"admin:news_{name}_changelist"))
    for query in seen.captured_queries:
        assert "body_zstd" not in query["sql"]
        assert '"news_reading"."text"' not in query["sql"]
