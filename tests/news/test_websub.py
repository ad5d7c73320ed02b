"""WebSub against a hub on this machine: asked, verified, signed, renewed; polls go on, more slowly."""

import hashlib
import hmac
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.news.test_collection import policy, poll, poll_again
from tests.origin import Origin, running_origin
from tracker.news import subscriptions, websub
from tracker.news.models import Entry, Feed, FeedState, HubState, HubSubscription, Poll, Push

pytestmark = pytest.mark.django_db
BASE = "https://tracker.example/websub/"
DATE = "2025-03-01T10:00:00Z"
ITEM = "<entry><id>urn:{0}</id><title>Story</title><link href='{1}/{0}'/><updated>{2}</updated></entry>"


@pytest.fixture
def origin() -> Iterator[Origin]:
    with running_origin() as running:
        running.serve("/hub", status=202)
        yield running


def atom(origin: Origin, *guids: str, hub: str = "/hub") -> str:
    links = f"<link rel='hub' href='{origin.url}{hub}'/><link rel='self' href='{origin.url}/topic'/>"
    items = "".join(ITEM.format(guid, origin.url, DATE) for guid in guids)
    return (
        f"<feed xmlns='http://www.w3.org/2005/Atom'><id>f</id><title>Gazette</title>"
        f"<updated>{DATE}</updated>{links if hub else ''}{items}</feed>"
    )


@pytest.fixture
def feed(origin: Origin) -> Feed:
    """A feed that was polled once and announces a hub."""
    outlet = subscriptions.add_outlet("Gazette", "gazette", "newspaper", origin.url + "/")
    made, _ = subscriptions.add_feed(origin.serve("/topic", atom(origin, "1"), ETag='"1"'), outlet)
    poll(origin)
    return made


def ask(origin: Origin) -> list[str]:
    return [outcome.result for outcome in websub.subscribe_due(policy(origin), BASE)]


def callback(subscription: HubSubscription) -> str:
    return f"/websub/{subscription.token}/"


def question(subscription: HubSubscription, **values: str) -> dict[str, str]:
    given = {"mode": "subscribe", "topic": subscription.topic, "challenge": "c4 <&>", "lease_seconds": "86400"}
    return {f"hub.{name}": value for name, value in {**given, **values}.items()}


def subscribed(origin: Origin, client: Client) -> HubSubscription:
    ask(origin)
    subscription = HubSubscription.objects.get()
    assert client.get(callback(subscription), question(subscription)).status_code == 200
    return HubSubscription.objects.get()


def deliver(client: Client, subscription: HubSubscription, body: str, method: str = "sha256", **values: Any) -> int:
    digest = hmac.new(values.get("secret", subscription.secret).encode(), body.encode(), method).hexdigest()
    signature = values.get("signature", f"{method}={digest}")
    answer = client.post(
        callback(subscription),
        body,
        content_type="application/atom+xml",
        headers={"X-Hub-Signature": signature} if signature else {},
    )
    return answer.status_code


def test_the_hub_that_a_feed_announces_is_asked_once(origin: Origin, feed: Feed) -> None:
    assert ask(origin) == ["asked"]
    [(path, form)] = origin.posted
    subscription = HubSubscription.objects.get()
    assert path == "/hub"
    assert (form["hub.mode"], form["hub.topic"]) == ("subscribe", origin.url + "/topic")
    assert form["hub.callback"] == f"{BASE}{subscription.token}/"
    assert (form["hub.secret"], form["hub.lease_seconds"]) == (subscription.secret, str(10 * 86400))
    assert ask(origin) == []


def test_a_feed_without_a_hub_has_none_asked(origin: Origin, feed: Feed) -> None:
    origin.serve("/topic", atom(origin, "1", hub=""))
    poll_again(origin)
    assert ask(origin) == []


def test_what_we_meant_is_confirmed_by_its_challenge(origin: Origin, feed: Feed, client: Client) -> None:
    ask(origin)
    subscription = HubSubscription.objects.get()
    answer = client.get(callback(subscription), question(subscription))
    assert (answer.status_code, answer.content, answer["Content-Type"]) == (200, b"c4 <&>", "text/plain")
    subscription.refresh_from_db()
    assert subscription.state == HubState.ACTIVE
    assert subscription.lease_expires_at is not None
    assert abs(subscription.lease_expires_at - timezone.now() - timedelta(days=1)) < timedelta(minutes=1)


@pytest.mark.parametrize(
    "values", [{"topic": "https://other.example/"}, {"mode": "unsubscribe"}, {"mode": "dance"}, {"challenge": ""}]
)
def test_what_we_did_not_mean_is_refused(origin: Origin, feed: Feed, client: Client, values: dict[str, str]) -> None:
    ask(origin)
    subscription = HubSubscription.objects.get()
    assert client.get(callback(subscription), question(subscription, **values)).status_code == 404
    assert client.get("/websub/guessed/", question(subscription)).status_code == 404
    subscription.refresh_from_db()
    assert subscription.state == HubState.ASKED


def test_a_paused_feed_is_not_subscribed(origin: Origin, feed: Feed, client: Client) -> None:
    ask(origin)
    subscription = HubSubscription.objects.get()
    subscriptions.pause(feed, "too noisy")
    assert client.get(callback(subscription), question(subscription)).status_code == 404


def test_a_denial_is_kept_with_its_reason_and_asked_again_in_a_week(origin: Origin, feed: Feed, client: Client) -> None:
    subscription = subscribed(origin, client)
    assert client.get(callback(subscription), question(subscription, mode="denied", reason="closed")).status_code == 200
    subscription.refresh_from_db()
    feed.refresh_from_db()
    assert (subscription.state, feed.pushed_until) == (HubState.DENIED, None)
    assert "closed" in subscription.last_error
    assert subscription.due_at is not None
    assert subscription.due_at > timezone.now() + timedelta(days=6)


@pytest.mark.parametrize("method", ["sha1", "sha256", "sha384", "sha512"])
def test_a_signed_delivery_becomes_entries(origin: Origin, feed: Feed, client: Client, method: str) -> None:
    subscription = subscribed(origin, client)
    assert deliver(client, subscription, atom(origin, "2", "1"), method) == 202
    assert [(outcome.result, outcome.new) for outcome in websub.read_pushes()] == [("pushed", 1)]
    assert sorted(Entry.objects.values_list("guid", flat=True)) == ["urn:1", "urn:2"]
    assert (Push.objects.count(), Poll.objects.latest("pk").outcome) == (0, "pushed")
    assert list(websub.read_pushes()) == []


@pytest.mark.parametrize("values", [{"secret": "wrong"}, {"signature": ""}, {"signature": "md5=0"}, {"signature": "é"}])
def test_a_delivery_that_is_signed_wrongly_is_dropped_without_a_word(
    origin: Origin, feed: Feed, client: Client, values: dict[str, str]
) -> None:
    subscription = subscribed(origin, client)
    assert deliver(client, subscription, atom(origin, "2"), **values) == 202
    subscription.refresh_from_db()
    assert (Push.objects.count(), subscription.bad_signatures) == (0, 1)


def test_a_delivery_for_nobody_tells_the_hub_to_stop(origin: Origin, client: Client) -> None:
    assert client.post("/websub/guessed/", b"x", content_type="text/xml").status_code == 410


def test_a_delivery_leaves_validators_and_schedule_to_the_polls(origin: Origin, feed: Feed, client: Client) -> None:
    subscription = subscribed(origin, client)
    before = Feed.objects.get()
    deliver(client, subscription, atom(origin, "2"))
    list(websub.read_pushes())
    after = Feed.objects.get()
    assert (before.etag, before.body_sha256, before.due_at) == (after.etag, after.body_sha256, after.due_at)


def test_a_delivery_that_is_no_feed_is_dropped_and_the_next_is_read(origin: Origin, feed: Feed, client: Client) -> None:
    subscription = subscribed(origin, client)
    for body in ("oops", atom(origin, "2")):
        deliver(client, subscription, body)
    assert [outcome.ok for outcome in websub.read_pushes()] == [False, True]
    assert Push.objects.count() == 0


def test_no_more_deliveries_wait_than_the_cap(
    origin: Origin, feed: Feed, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(websub, "MAX_WAITING", 2)
    subscription = subscribed(origin, client)
    for guid in "234":
        assert deliver(client, subscription, atom(origin, guid)) == 202
    assert Push.objects.count() == 2


def test_the_lease_is_renewed_before_it_ends(origin: Origin, feed: Feed, client: Client) -> None:
    subscription = subscribed(origin, client)
    assert subscription.due_at is not None
    assert subscription.lease_expires_at is not None
    assert timezone.now() < subscription.due_at < subscription.lease_expires_at
    HubSubscription.objects.update(due_at=timezone.now())
    assert ask(origin) == ["asked"]
    assert [form["hub.callback"] for _, form in origin.posted] == [f"{BASE}{subscription.token}/"] * 2


def test_a_hub_that_fails_is_asked_again_ever_later_and_never_given_up(origin: Origin, feed: Feed) -> None:
    origin.serve("/hub", status=500)
    waits = []
    for _ in range(5):
        HubSubscription.objects.update(due_at=timezone.now())
        assert ask(origin) == ["refused"]
        due = HubSubscription.objects.get().due_at
        assert due is not None
        waits.append(round((due - timezone.now()) / timedelta(hours=1)))
    assert waits == [1, 6, 168, 168, 168]
    assert "answered 500" in HubSubscription.objects.get().last_error


def test_another_hub_is_asked_when_the_feed_names_another(origin: Origin, feed: Feed, client: Client) -> None:
    subscribed(origin, client)
    origin.serve("/hub2", status=202)
    origin.serve("/topic", atom(origin, "1", hub="/hub2"), ETag='"2"')
    poll_again(origin)
    HubSubscription.objects.update(due_at=timezone.now())
    ask(origin)
    assert [path for path, _ in origin.posted] == ["/hub", "/hub2"]


def test_a_feed_that_is_pushed_is_polled_all_the_same_but_slowly(origin: Origin, feed: Feed, client: Client) -> None:
    poll_again(origin)
    before = Feed.objects.get().due_at
    subscribed(origin, client)
    poll_again(origin)
    after = Feed.objects.get(state=FeedState.ACTIVE).due_at
    assert before is not None
    assert after is not None
    assert after >= timezone.now() + timedelta(hours=5, minutes=59)


@settings(deadline=None)
@given(st.text(max_size=30), st.binary(max_size=30))
def test_no_signature_breaks_it_and_none_is_right_by_chance(signature: str, body: bytes) -> None:
    assert not websub.is_signed(body, "secret", signature)
    assert websub.is_signed(body, "secret", "sha256=" + hmac.new(b"secret", body, hashlib.sha256).hexdigest())
