"""Following by webhook: an address of the reader's that is called when something changes (Standard Webhooks 1.0).

    register ─→ asked ──the address answers our challenge──→ active ──queue──→ Delivery ──deliver──→ done
                                                              again, with growing pauses ─┴─→ given up

Anybody may register an address, and has to show that it is theirs: it must answer a signed question with the
question's challenge before anything else is sent (decision 17). Every call goes out by `tracker.news.fetching`, which
reaches no private address and follows no redirect with a signed body.
"""

import json
import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from claims.following import changes, channels, signing
from claims.following.channels import Channel
from claims.following.items import Item
from claims.models import Delivery, Webhook, WebhookState
from tracker.news import clock
from tracker.news.fetching import FetchPolicy, check_url, fetch_many
from tracker.news.leasing import Outcome, leased, recorded
from tracker.news.links import MAX_URL, request_url
from tracker.news.types import FetchError, Request, Response

# The specification's own example, in about three days in all.
PAUSES = tuple(timedelta(seconds=s) for s in (5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400))
VERIFY_PAUSES = (timedelta(minutes=1), timedelta(minutes=10), timedelta(hours=1))
# So long both secrets sign after a rotation.
ROTATION = timedelta(hours=24)
# Deliveries given up in a row after which an address is called no more.
GIVEN_UP = 5
# More changes at once than that are told at the next turn.
MOST = 50
LOG_KEPT = timedelta(days=30)
REGISTRATIONS_AN_HOUR = 60
ON_ONE_ADDRESS = 20
MAX_ANSWER = 16 * 1024


class WebhookRefused(Exception):  # noqa: N818 — a refusal is not a fault; the message is for the person who asked
    """The address could not be registered; the message says why."""


def register(url: str, channel: Channel, policy: FetchPolicy) -> Webhook:
    """Register an address for a channel and queue the question that it has to answer; raises `WebhookRefused`."""
    wire = request_url(url.strip())
    if not wire or len(wire) > MAX_URL:
        raise WebhookRefused(_("That is no http or https address."))
    allowed, reason, words = check_url(wire, policy)
    if reason is not None:
        raise WebhookRefused(_("That address cannot be called: %(why)s.") % {"why": words})
    if not allowed and not wire.startswith("https://"):
        raise WebhookRefused(_("Webhooks are sent to https addresses only."))
    now = clock.now()
    if Webhook.objects.filter(created_at__gt=now - timedelta(hours=1)).count() >= REGISTRATIONS_AN_HOUR:
        raise WebhookRefused(_("Too many webhooks are registered at once: try again in an hour."))
    if Webhook.objects.filter(url=wire).count() >= ON_ONE_ADDRESS:
        raise WebhookRefused(_("That address has %(number)s webhooks already.") % {"number": ON_ONE_ADDRESS})
    return Webhook.objects.create(
        url=wire,
        channel=channel.key,
        name=channel.name[:300],
        secret=signing.new_secret(),
        told_until=now,
        due_at=now,
    )


@transaction.atomic
def rotate(webhook: Webhook) -> Webhook:
    """Give a webhook a new secret; the former one signs beside it for `ROTATION`."""
    row: Webhook = Webhook.objects.select_for_update().get(pk=webhook.pk)
    row.previous_secret, row.previous_until = row.secret, clock.now() + ROTATION
    row.secret = signing.new_secret()
    row.save(update_fields=["secret", "previous_secret", "previous_until"])
    return row


@transaction.atomic
def resume(webhook: Webhook) -> Webhook:
    """Ask a stopped or unverified address again; it is told what changes from then on."""
    row: Webhook = Webhook.objects.select_for_update().get(pk=webhook.pk)
    if row.state != WebhookState.ACTIVE:
        row.state, row.failures, row.attempts, row.last_error = WebhookState.ASKED, 0, 0, ""
        row.due_at = clock.now()
        row.save()
    return row


# ------------------------------------------------------------------ verification
def verify_due(policy: FetchPolicy, site: str, *, limit: int = 20) -> Iterator[Outcome]:
    """Ask registered addresses whether they want to be called; yield what became of each."""
    held = {row.pk: row for row in leased(Webhook.objects.filter(state=WebhookState.ASKED), limit)}
    requests = []
    for row in held.values():
        body = _json({"type": "verification", "challenge": row.challenge, "channel": row.channel, "site": f"{site}/"})
        requests.append(_request(row, f"msg_verify_{row.pk}_{row.attempts}", body, row.pk))
    for request, result in fetch_many(requests, policy=policy):
        row = held[int(str(request.key))]
        yield recorded(row, row.url, partial(_store_answer, row.pk, result))


@transaction.atomic
def _store_answer(pk: int, result: Response | FetchError) -> Outcome:
    row = Webhook.objects.select_for_update().get(pk=pk)
    if isinstance(result, Response) and result.ok and row.challenge.encode() in result.body:
        row.settle()
        row.state, row.told_until = WebhookState.ACTIVE, clock.now()
        row.save()
        return Outcome(row.url, True, "verified")
    if isinstance(result, FetchError):
        error = result.message
    elif result.ok:
        error = f"answered {result.status} without the challenge"
    else:
        error = f"answered {result.status}"
    number = row.attempts
    row.settle(clock.now() + VERIFY_PAUSES[min(number, len(VERIFY_PAUSES)) - 1], error[:500])
    if number > len(VERIFY_PAUSES) - 1:
        row.due_at = None
    row.save()
    return Outcome(row.url, False, "not verified", error=error)


# ------------------------------------------------------------------ changes
def queue(*, limit: int = 500) -> int:
    """Queue a delivery for each change that a webhook was not told of; return how many."""
    until = changes.newest()
    if until is None:
        return 0
    behind = Webhook.objects.filter(state=WebhookState.ACTIVE, told_until__lt=until).order_by("told_until")
    return sum(_queue_of(pk, until) for pk in behind.values_list("pk", flat=True)[:limit])


@transaction.atomic
def _queue_of(pk: int, until: datetime) -> int:
    row = Webhook.objects.select_for_update(skip_locked=True).filter(pk=pk, told_until__lt=until).first()
    if row is None:
        return 0
    try:
        found = changes.happened(channels.at(row.channel), row.told_until, until, MOST)
    except channels.NoSuchChannel:
        found = []
    now = clock.now()
    Delivery.objects.bulk_create(
        [
            Delivery(
                webhook=row,
                message_id=f"msg_{uuid.uuid4().hex}",
                claim=claim.pk,
                changed_at=claim.changed_at,
                due_at=now,
            )
            for claim in reversed(found)
        ],
        ignore_conflicts=True,
    )
    row.told_until = until
    row.save(update_fields=["told_until"])
    return len(found)


def deliver_due(policy: FetchPolicy, site: str, *, limit: int = 50) -> Iterator[Outcome]:
    """Call the webhooks with deliveries that are due; yield what became of each."""
    rows = Delivery.objects.filter(done_at=None, webhook__state=WebhookState.ACTIVE).select_related("webhook")
    held = {row.pk: row for row in rows.lease(limit, 300)}
    requests = []
    for row in held.values():
        body = _payload(row, site)
        if body is None:
            row.settle(error="nothing public is left to tell")
            row.save()
            continue
        requests.append(_request(row.webhook, row.message_id, body, row.pk))
    for request, result in fetch_many(requests, policy=policy):
        row = held[int(str(request.key))]
        yield recorded(row, row.webhook.url, partial(_store_delivery, row.pk, result))


def _payload(row: Delivery, site: str) -> bytes | None:
    """Return a change as it is now: what was retracted since the delivery was queued is told as that."""
    try:
        items = changes.told(channels.at(row.webhook.channel), [row.claim], site)
    except channels.NoSuchChannel:
        return None
    return _json(payload(items[0], row.webhook.channel)) if items else None


def payload(item: Item, channel: str) -> dict[str, Any]:
    """Return what a webhook is told of one change; its type is "claim.changed", why the claim is public no more,
    or "correction.published".
    """
    subject = "correction" if channel == "corrections:" else "claim"
    data: dict[str, Any] = {"id": item.id, subject: item.claim, "url": item.url, "title": item.title}
    if not item.gone:
        data |= {
            "change": item.change,
            "statement": item.statement,
            "text": item.text,
            "source": item.via,
            "categories": list(item.categories),
            "published": item.published.isoformat(),
        }
    return {
        "type": f"claim.{item.gone or 'changed'}" if subject == "claim" else "correction.published",
        "timestamp": item.updated.isoformat(),
        "channel": channel,
        "data": data,
    }


@transaction.atomic
def _store_delivery(pk: int, result: Response | FetchError) -> Outcome:
    row = Delivery.objects.select_for_update(of=("self",)).select_related("webhook").get(pk=pk)
    hook = Webhook.objects.select_for_update().get(pk=row.webhook_id)
    now = clock.now()
    row.tried_at, row.tries = now, row.tries + 1
    row.status = result.status if isinstance(result, Response) else None
    if isinstance(result, Response) and result.ok:
        row.settle()
        row.done_at, hook.failures = now, 0
        row.save()
        hook.save(update_fields=["failures"])
        return Outcome(hook.url, True, "delivered")
    error = result.message if isinstance(result, FetchError) else f"answered {result.status}"
    # 410 Gone: the specification's way to say that nobody listens any more.
    gone = row.status == 410
    over = gone or row.tries > len(PAUSES)
    row.settle(None if over else now + PAUSES[row.tries - 1], error[:500])
    row.attempts = 0  # the tries are counted for ever, and bounded above
    row.save()
    if over:
        hook.failures += 1
        if gone or hook.failures >= GIVEN_UP:
            hook.state, hook.last_error = WebhookState.STOPPED, error[:500]
        hook.save(update_fields=["failures", "state", "last_error"])
    return Outcome(hook.url, False, "given up" if over else "put off", error=error)


def forget_old() -> int:
    """Forget deliveries of a month ago, and addresses that were never verified; return how many rows."""
    before = clock.now() - LOG_KEPT
    number, _rows = Delivery.objects.filter(created_at__lt=before, due_at=None).delete()
    other, _rows = Webhook.objects.filter(created_at__lt=before, state=WebhookState.ASKED, due_at=None).delete()
    return number + other


# ------------------------------------------------------------------ on the wire
def _json(value: dict[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def _request(hook: Webhook, message_id: str, body: bytes, key: int) -> Request:
    now = clock.now()
    in_force = [hook.secret]
    if hook.previous_secret and hook.previous_until and hook.previous_until > now:
        in_force.append(hook.previous_secret)
    headers = signing.headers(in_force, message_id, int(now.timestamp()), body)
    return Request(hook.url, body=body, headers=tuple(headers.items()), max_bytes=MAX_ANSWER, cut=True, key=key)
