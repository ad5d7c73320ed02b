"""The order of what stands on one day of a dispute's timeline, by hand."""

from collections.abc import Sequence
from datetime import date

from django.contrib.auth.models import User
from django.db import transaction

from claims.curation.recording import record
from claims.curation.rules import CurationError, check_staff, take_turn
from claims.models import Claim, Decision, Dispute, Event, TimelinePlace, Verb

# ("claim" | "event", key)
Row = tuple[str, int]


@transaction.atomic
def arrange(dispute: Dispute, day: date, rows: Sequence[Row], actor: User) -> Decision:
    """Put the claims and events of *day* into the order of *rows*, which name each of them once."""
    check_staff(actor, "change_dispute")
    take_turn()
    Dispute.objects.select_for_update().get(pk=dispute.pk)
    before = order_of(dispute, day)
    if sorted(rows) != sorted(before):
        raise CurationError(f"What stands on {day:%d %B %Y} has changed meanwhile: look again, then arrange it.")
    events: dict[int, Event] = dispute.events.in_bulk([key for noun, key in rows if noun == "event"])
    for position, (noun, key) in enumerate(rows, start=1):
        if noun == "event":
            events[key].position = position
            events[key].save(update_fields=["position"])
        else:
            TimelinePlace.objects.update_or_create(dispute=dispute, claim_id=key, defaults={"position": position})
    words = {"day": day.isoformat()}
    return record(
        Verb.ARRANGE,
        actor,
        dispute,
        before={**words, "order": [list(row) for row in before]},
        after={**words, "order": [list(row) for row in rows]},
    )


def order_of(dispute: Dispute, day: date) -> list[Row]:
    """Return what stands on *day* in a dispute's timeline, as it is ordered now."""
    places = dict(TimelinePlace.objects.filter(dispute=dispute).values_list("claim", "position"))
    claims = Claim.objects.published().filter(disputes=dispute, on=day).values_list("pk", flat=True)
    events = dispute.events.filter(on=day).values_list("pk", "position")
    rows = [(places.get(pk, 0), 0, "claim", pk) for pk in claims] + [(place, 1, "event", pk) for pk, place in events]
    return [(noun, pk) for _, _, noun, pk in sorted(rows)]
