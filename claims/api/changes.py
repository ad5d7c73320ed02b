"""What `/changes` answers with: each decision beside what it was about, as that is now."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.conf import settings

from claims import timelines
from claims.models import Claim, Decision, State
from claims.timelines import records
from claims.timelines.records import Record

NOW = (State.PUBLISHED, State.MERGED, State.RETRACTED)


def items_of(decisions: Sequence[Decision]) -> list[Record]:
    """Return the items of `timelines.public_decisions`, in their order."""
    site: str = settings.SITE_URL
    about_claims = [decision for decision in decisions if decision.subject == "claim"]
    claims = timelines.decided_claims(about_claims)
    standing: tuple[Claim, ...] = tuple(claim for claim in claims.values() if claim.state == State.PUBLISHED)
    entries = {entry.claim.pk: records.claim_record(entry, site) for entry in timelines.as_entries(standing)}
    keys = [decision.pk for decision in decisions]
    corrections = _by_decision(timelines.mask_corrections(timelines.listed_corrections().filter(decision__in=keys)))
    replies = _by_decision(timelines.mask_replies(timelines.listed_replies().filter(decision__in=keys)))
    wanted = [decision.subject_id for decision in decisions if decision.subject == "event"]
    events = {row.pk: row for row in timelines.mask_events(timelines.listed_events().filter(pk__in=wanted))}
    found = []
    for decision in decisions:
        item: Record = {
            "number": decision.number,
            "at": records.moment(decision.made_at),
            "action": decision.verb,
            "subject": "correction",
            "id": decision.subject_id,
            "state": State.RETRACTED,
            "into": None,
            **dict.fromkeys(("claim", "correction", "reply", "event")),
        }
        if correction := corrections.get(decision.pk):
            item |= {"id": correction.pk, "state": State.PUBLISHED}
            item["correction"] = records.correction_record(correction, site)
        if decision.subject == "claim":
            claim = claims[decision.subject_id]
            # What was published by mistake and taken back is a draft again, which is nobody's business.
            state = claim.state if claim.state in NOW else State.RETRACTED
            item |= {"subject": "claim", "id": claim.pk, "state": state, "into": claim.merged_into_id}
            item["claim"] = entries.get(claim.pk)
        elif decision.subject == "reply":
            item["subject"] = "reply"
            if reply := replies.get(decision.pk):
                item |= {"state": State.PUBLISHED, "reply": records.reply_record(reply, site)}
        elif decision.subject == "event":
            item["subject"] = "event"
            if event := events.get(decision.subject_id):
                item |= {"state": State.PUBLISHED, "event": records.event_record(event, site)}
        found.append(item)
    return found


def _by_decision(rows: Iterable[Any]) -> dict[int, Any]:
    return {row.decision_id: row for row in rows}
