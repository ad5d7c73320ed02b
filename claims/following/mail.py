"""Following by mail: who wants to hear of what, and which mails that makes.

    subscribe ─→ a mail that asks ──confirm──→ subscribed ──queue_digests──→ Mail ─→ `outbox`
                                                    └──leave──→ nothing is kept

Double opt-in: nothing but the question is sent before it is answered from the mailbox. An address is told apart by
nothing else, and its row goes with its last subscription. What is due for one address at one pace is one mail.
"""

import uuid
from collections import defaultdict
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext as _

from claims.following import changes, channels
from claims.following.channels import Channel
from claims.models import GAPS, Follower, Mail, Pace, Subscription
from tracker.news import clock

# A question that was not answered by then is forgotten, and the address with it.
QUESTION_HOLDS = timedelta(days=3)
# Against those who would use us to flood a mailbox, or many.
QUESTIONS_A_DAY = 5
QUESTIONS_AN_HOUR = 200
# More claims than that are counted in a mail, not told.
MOST = 40


class MailRefused(Exception):  # noqa: N818 — a refusal is not a fault; the message is for the person who asked
    """The subscription could not be asked for; the message says why."""


@transaction.atomic
def subscribe(address: str, channel: Channel, pace: str, host: str, language: str = "en") -> None:
    """Ask *address* whether it wants to follow *channel*; raises `MailRefused`.

    Its mails are in *language* ("de").

    Whether it follows already is not told: who asks need not be whose address it is.
    """
    email = normal(address)
    now = clock.now()
    if Subscription.objects.filter(asked_at__gt=now - timedelta(hours=1)).count() >= QUESTIONS_AN_HOUR:
        raise MailRefused(_("Too many people subscribe at once: try again in an hour."))
    follower, _made = Follower.objects.get_or_create(email=email)
    follower = Follower.objects.select_for_update().get(pk=follower.pk)
    asked = follower.mails.exclude(subscription=None).filter(created_at__gt=now - timedelta(days=1))
    if asked.count() >= QUESTIONS_A_DAY:
        return
    wanted, made = follower.subscriptions.get_or_create(
        channel=channel.key,
        defaults={"name": channel.name[:300], "pace": pace, "language": language, "told_until": now},
    )
    if not made and wanted.confirmed_at is None:
        wanted.pace, wanted.language = pace, language
        wanted.save(update_fields=["pace", "language"])
    if made or wanted.confirmed_at is None:
        _queue(follower, host, now, subscription=wanted, language=wanted.language)


def normal(address: str) -> str:
    """Return the one form of a mail address: its host in lower case; raises `MailRefused`."""
    name, at, host = address.strip().rpartition("@")
    email = f"{name}{at}{host.lower()}"
    try:
        validate_email(email)
    except ValidationError:
        raise MailRefused(_("That is no mail address: write it as name@example.org.")) from None
    if len(email) > 254:
        raise MailRefused(_("That address is longer than mail allows."))
    return email


@transaction.atomic
def confirm(token: str) -> Subscription | None:
    """Begin the subscription with that token; None where there is none. Twice has one effect."""
    wanted = Subscription.objects.select_for_update(of=("self",)).select_related("follower").filter(token=token).first()
    if wanted is not None and wanted.confirmed_at is None:
        now = clock.now()
        wanted.confirmed_at = wanted.told_until = now
        wanted.due_at = now if wanted.pace == Pace.INSTANT else now + GAPS[Pace(wanted.pace)]
        wanted.save()
    return wanted


@transaction.atomic
def leave(follower: Follower, *, pace: str = "", subscription: int | None = None) -> int:
    """End the subscriptions of one pace, or one, or all; return how many. The last takes the address with it."""
    rows = follower.subscriptions.all()
    if pace:
        rows = rows.filter(pace=pace)
    if subscription is not None:
        rows = rows.filter(pk=subscription)
    number = rows.count()
    rows.delete()
    if not follower.subscriptions.exists():
        follower.delete()
    return number


def queue_digests(host: str, *, limit: int = 200) -> int:
    """Queue a mail, in each language, for each address with something new that is due; return how many mails.

    One transaction an address: a mail is queued and its subscriptions are moved on together, or neither.
    """
    now, until = clock.now(), changes.newest()
    if until is None:
        return 0
    due = Subscription.objects.filter(confirmed_at__isnull=False, due_at__lte=now, told_until__lt=until)
    pairs = due.order_by("due_at").values_list("follower", "pace", "language")[:limit]
    return sum(_queue_digest(*key, now, until, host) for key in dict.fromkeys(pairs))


@transaction.atomic
def _queue_digest(follower_id: int, pace: str, language: str, now: datetime, until: datetime, host: str) -> bool:
    rows = list(
        Subscription.objects.select_for_update(skip_locked=True, of=("self",))
        .select_related("follower")
        .filter(follower=follower_id, pace=pace, language=language, confirmed_at__isnull=False)
        .filter(due_at__lte=now, told_until__lt=until)
    )
    found: dict[str, list[int]] = defaultdict(list)
    seen: set[tuple[bool, int]] = set()
    for row in rows:
        try:
            channel = channels.at(row.channel)
        except channels.NoSuchChannel:
            continue  # nothing public there now; it may be again
        for claim in changes.happened(channel, row.told_until, until, MOST):
            if (channel.of_claims, claim.pk) not in seen:
                seen.add((channel.of_claims, claim.pk))
                found[row.channel].append(claim.pk)
    # An instant one waits for its gap only after a mail; the others keep to their rhythm.
    pause = GAPS[Pace(pace)] if found or pace != Pace.INSTANT else timedelta()
    for row in rows:
        row.told_until, row.due_at = until, now + pause
    Subscription.objects.bulk_update(rows, ["told_until", "due_at"])
    if found:
        _queue(rows[0].follower, host, now, pace=pace, language=language, claims=dict(found))
    return bool(found)


def _queue(follower: Follower, host: str, now: datetime, **what: object) -> None:
    Mail.objects.create(follower=follower, message_id=f"<{uuid.uuid4().hex}@{host}>", due_at=now, **what)


def forget_unanswered() -> int:
    """Forget questions that nobody answered, and addresses without a subscription; return how many addresses went."""
    before = clock.now() - QUESTION_HOLDS
    Subscription.objects.filter(confirmed_at=None, asked_at__lt=before).delete()
    number, _rows = Follower.objects.filter(subscriptions=None, created_at__lt=before).delete()
    return number
