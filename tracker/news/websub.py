"""WebSub (W3C Recommendation, 2018): a hub tells us of a feed's entries, between polls that go on more slowly.

    a poll finds a hub announced ──subscribe_due──→ asked ──verify (the hub asks back)──→ active, renewed in time
    the hub delivers ──receive (signature checked)──→ Push ──read_pushes──→ Entry

A writer like `collection`: nothing else writes these tables.
"""

import hashlib
import hmac
import secrets
from collections.abc import Iterator, Mapping
from datetime import timedelta
from functools import partial

from django.db import transaction

from tracker.news import clock, history
from tracker.news.entries import FeedError, read_feed
from tracker.news.fetching import FetchPolicy, fetch_many
from tracker.news.gathering import Gathering
from tracker.news.leasing import Outcome, leased, one_by_one, recorded
from tracker.news.links import MAX_URL
from tracker.news.models import Feed, FeedState, HubState, HubSubscription, Push, Work
from tracker.news.rows import update_rows
from tracker.news.types import FetchError, ParsedFeed, Request, Response

LEASE = timedelta(days=10)
"""What we ask a hub for."""

SHORTEST_LEASE, LONGEST_LEASE = timedelta(hours=1), timedelta(days=30)
VERIFICATION = timedelta(hours=24)
"""How long after asking we agree to a hub's question, and when we ask again."""

RETRIES = (timedelta(hours=1), timedelta(hours=6), timedelta(days=7))
MAX_WAITING = 20
"""More unread pushes of one subscription are not kept: the next poll brings what they held."""

HASHES = {"sha1": hashlib.sha1, "sha256": hashlib.sha256, "sha384": hashlib.sha384, "sha512": hashlib.sha512}


def announced(parsed: ParsedFeed, response: Response) -> tuple[str, str]:
    """Return the hub and the topic that a feed announces (WebSub 4), both "" where it names no hub."""
    hub, topic = parsed.hub or "", parsed.self_url or response.final_url
    return (hub, topic) if hub and max(len(hub), len(topic)) <= MAX_URL else ("", "")


# ------------------------------------------------------------------ asking
def subscribe_due(policy: FetchPolicy, callback_base: str, *, limit: int = 50) -> Iterator[Outcome]:
    """Ask the hubs that feeds announce to subscribe us, or to renew; yield what became of each.

    *callback_base* is the public address under which `receive` is served, for instance "https://site/websub/".
    """
    _enlist(limit)
    wanted = HubSubscription.objects.filter(feed__state=FeedState.ACTIVE).exclude(feed__hub="")
    held = {row.pk: row for row in leased(wanted.select_related("feed"), limit)}
    requests = []
    for row in held.values():
        if (row.hub, row.topic) != (row.feed.hub, row.feed.hub_topic):
            row.hub, row.topic, row.state = row.feed.hub, row.feed.hub_topic, HubState.ASKED
            row.save(update_fields=["hub", "topic", "state"])
        form = {
            "hub.callback": f"{callback_base}{row.token}/",
            "hub.mode": "subscribe",
            "hub.topic": row.topic,
            "hub.lease_seconds": str(int(LEASE.total_seconds())),
            "hub.secret": row.secret,
        }
        requests.append(Request(row.hub, form=form, key=row.pk))
    for request, result in fetch_many(requests, policy=policy):
        row = held[int(str(request.key))]
        yield recorded(row, row.hub, partial(_store_asking, row.pk, result))


def _enlist(limit: int) -> None:
    """Make a row of work for each feed that announces a hub which we have not asked."""
    now = clock.now()
    new = Feed.objects.filter(state=FeedState.ACTIVE, subscription=None).exclude(hub="")
    HubSubscription.objects.bulk_create(
        [
            HubSubscription(
                feed=feed,
                hub=feed.hub,
                topic=feed.hub_topic,
                token=secrets.token_urlsafe(32),
                secret=secrets.token_hex(32),
                due_at=now,
            )
            for feed in new[:limit]
        ],
        ignore_conflicts=True,
    )


@transaction.atomic
def _store_asking(pk: int, result: Response | FetchError) -> Outcome:
    """Store whether the hub took our request; whether it subscribes us it says by its question."""
    row = HubSubscription.objects.select_for_update(of=("self",)).select_related("feed").get(pk=pk)
    now = clock.now()
    if isinstance(result, Response) and result.ok:
        # The hub may have asked back before it answered.
        waits = row.lease_expires_at is None or row.due_at is None or row.due_at <= now
        row.settle(now + VERIFICATION if waits else row.due_at)
        row.save()
        return Outcome(row.hub, True, "asked")
    error = result.message if isinstance(result, FetchError) else f"{row.hub} answered {result.status}"
    row.settle(now + RETRIES[min(row.attempts, len(RETRIES)) - 1], error)
    row.attempts = min(row.attempts, Work.MAX_ATTEMPTS - 1)  # a hub is asked once a week for ever
    row.save()
    return Outcome(row.hub, False, "refused", error=error)


# ------------------------------------------------------------------ what the hub says
@transaction.atomic
def verify(token: str, question: Mapping[str, str]) -> str | None:
    """Return the challenge to echo where a hub asks whether we meant it (WebSub 5.3), or None where we did not."""
    row = HubSubscription.objects.select_for_update(of=("self",)).select_related("feed").filter(token=token).first()
    if row is None or question.get("hub.topic") != row.topic:
        return None
    now = clock.now()
    mode = question.get("hub.mode")
    if mode == "denied":
        row.state, row.lease_expires_at = HubState.DENIED, None
        row.settle(now + RETRIES[-1], f"{row.hub} denied it: {question.get('hub.reason', '')[:500]}")
        row.save()
        Feed.objects.filter(pk=row.feed_id).update(pushed_until=None)
        return ""
    challenge = question.get("hub.challenge", "")
    if mode != "subscribe" or not challenge or row.feed.state != FeedState.ACTIVE:
        return None
    lease = _lease(question.get("hub.lease_seconds", ""))
    row.state, row.lease_expires_at = HubState.ACTIVE, now + lease
    row.settle(now + lease * 0.8)
    row.save()
    Feed.objects.filter(pk=row.feed_id).update(pushed_until=row.lease_expires_at)
    return challenge


def _lease(text: str) -> timedelta:
    if not (text.isascii() and text.isdigit()):
        return LEASE
    return min(max(timedelta(seconds=int(text[:9])), SHORTEST_LEASE), LONGEST_LEASE)


def receive(token: str, body: bytes, content_type: str, signature: str) -> bool:
    """Keep what a hub delivers to be read, if its signature is right (WebSub 7); return whether the token is ours.

    What is signed wrongly is dropped without a word: its sender need not know.
    """
    row = HubSubscription.objects.filter(token=token).first()
    if row is None:
        return False
    if not is_signed(body, row.secret, signature):
        HubSubscription.objects.filter(pk=row.pk).update(bad_signatures=row.bad_signatures + 1)
        return True
    now = clock.now()
    if row.pushes.count() < MAX_WAITING:
        Push.objects.create(subscription=row, content_type=content_type, body=body, due_at=now)
    HubSubscription.objects.filter(pk=row.pk).update(last_push_at=now)
    return True


def is_signed(body: bytes, secret: str, signature: str) -> bool:
    """Whether *signature* ("sha256=…", X-Hub-Signature) is the HMAC of *body* by *secret*."""
    method, _, digest = signature.strip().partition("=")
    if method not in HASHES or not digest.isascii():
        return False
    return hmac.compare_digest(hmac.new(secret.encode(), body, HASHES[method]).hexdigest(), digest.lower())


# ------------------------------------------------------------------ Push → Entry
def read_pushes(*, limit: int = 50) -> Iterator[Outcome]:
    """Store the entries of what hubs delivered; yield what became of each."""
    for push in one_by_one(Push.objects.select_related("subscription__feed"), limit):
        yield recorded(push, push.subscription.topic, partial(_store_push, push))


def _store_push(push: Push) -> Outcome:
    topic, feed_id = push.subscription.topic, push.subscription.feed_id
    body, now = bytes(push.body), clock.now()
    try:
        parsed = read_feed(body, url=topic, content_type=push.content_type)
    except FeedError as error:
        push.delete()
        return Outcome(topic, False, "refused", error=f"{topic} (pushed): {error}")
    with transaction.atomic():
        feed = Feed.objects.select_for_update().get(pk=feed_id)
        gathering, record = Gathering([(feed, parsed)], now), history.History(now)
        new = gathering.add(feed, parsed)
        gathering.write()
        record.add(feed, Response(topic, topic, 200, {}, body), "pushed", new, "")
        record.write()
        # Its validators and schedule are the polls' matter: a push may be a part of the feed.
        feed.last_changed_at = now
        update_rows([feed], ("last_changed_at", "recent"))
        push.delete()
    return Outcome(topic, True, "pushed", new)
