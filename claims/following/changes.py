"""What happened in a channel within a time: the ground of mails, webhooks and pings.

Changes of public claims happen one after the other (every verb takes its turn before it looks at the clock), so the
moment of the newest decision is a mark: whatever comes later is later.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from claims import timelines
from claims.following.channels import Channel
from claims.following.items import Item, correction_item, items_of, notices_of
from claims.models import Claim, Decision, Notice, State, Task, Verb
from tracker.news import clock


def newest() -> datetime | None:
    """Return the moment of the newest decision that may change a public claim, None before the first.

    A reply that is published and a party or dispute that is merged or split change claims too; a correction of one of
    these stands in the register.
    """
    deciding = Q(subject="claim") | Q(verb__in=(Verb.REPLY, Verb.CORRECT, Verb.MERGE, Verb.SPLIT, Verb.RESTORE))
    return Decision.objects.filter(deciding).order_by("-number").values_list("made_at", flat=True).first()


def take_note() -> int:
    """Settle the notices that ask to tell those who follow; return how many.

    Each follower, webhook and hub has a mark of its own, up to which it was told, so nothing hangs on the notices.
    """
    return Notice.objects.due(Task.TELL).update(done_at=clock.now())


@dataclass(frozen=True, slots=True)
class Happened:
    """What changed, by its key, and when: a claim, or of the register of corrections a correction."""

    pk: int
    changed_at: datetime


def happened(channel: Channel, after: datetime, until: datetime, limit: int) -> list[Happened]:
    """Return up to *limit* changes of a channel after one moment and not after another, the latest first.

    Those that are public no more are among them where they were before, so that whoever was told of them hears that.
    """
    if not channel.of_claims:
        made = timelines.corrections().filter(made_at__gt=after, made_at__lte=until).order_by("-made_at", "-pk")
        return [Happened(*row) for row in made.values_list("pk", "made_at")[:limit]]
    changed = _within(channel.claims(), after, until)
    gone = _within(_told_of(channel.gone(), after), after, until)
    fields = ("pk", "changed_at")
    found = [Happened(*row) for rows in (changed, gone) for row in rows.values_list(*fields)[:limit]]
    return sorted(found, key=lambda row: (row.changed_at, row.pk), reverse=True)[:limit]


def _told_of(gone: QuerySet[Claim], after: datetime) -> QuerySet[Claim]:
    """Return those of *gone* that were public at that moment; of what was taken back, its publication is a decision."""
    published = Decision.objects.filter(
        subject="claim", subject_id=OuterRef("pk"), made_at__lte=after, after__state=State.PUBLISHED
    )
    return gone.filter(Q(published_at__lte=after) | Q(published_at=None) & Exists(published))


def _within(claims: QuerySet[Claim], after: datetime, until: datetime) -> QuerySet[Claim]:
    return claims.filter(changed_at__gt=after, changed_at__lte=until).order_by("-changed_at", "-pk")


def told(channel: Channel, keys: list[int], site: str) -> list[Item]:
    """Return the items of the claims, or corrections, with these keys, as they are now, the latest change first.

    What is no longer public is told as a notice, or not at all where it never was.
    """
    if not channel.of_claims:
        rows = timelines.mask_corrections(timelines.corrections().filter(pk__in=keys))
        return [correction_item(row, site) for row in rows]
    found = items_of(Claim.objects.published().filter(pk__in=keys), site)
    found += notices_of(channel.gone().filter(pk__in=keys), site)
    return sorted(found, key=lambda item: (item.updated, item.claim), reverse=True)
