"""Dated events of public disputes, as calendars show them."""

from dataclasses import dataclass
from datetime import datetime

from claims.models import Decision, Dispute, Event
from claims.timelines.disputes import public_disputes
from claims.timelines.entries import family

LIMIT = 1_000


@dataclass(frozen=True, slots=True)
class DatedEvent:
    """An event with a date, and when its dispute's registry row was last decided on."""

    event: Event
    changed_at: datetime


def dated_events(dispute: Dispute | None = None) -> list[DatedEvent]:
    """Return the dated events of a public dispute, or of all, the latest first: at most `LIMIT`."""
    rows = Event.objects.filter(on__isnull=False).select_related("dispute").prefetch_related("sources")
    if dispute is not None:
        rows = rows.filter(dispute__in=family(Dispute, dispute.pk))
    else:
        rows = rows.filter(dispute__in=public_disputes().order_by().values("pk"))
    events = list(rows.order_by("-on", "-pk")[:LIMIT])
    decided = Decision.objects.filter(subject="dispute", subject_id__in={event.dispute_id for event in events})
    moments = dict(decided.order_by("number").values_list("subject_id", "made_at"))
    return [DatedEvent(event, moments.get(event.dispute_id, event.dispute.created_at)) for event in events]
