"""Taking a decision back: the claim is again exactly what it was before.

    accepted, proposed, approved, sent back, edited, rejected, merged ──take back──→ as it stood before that decision

Only the newest decision on a claim can be taken back, so nothing that was decided later is lost. An acceptance
can be for a short while only, by whoever accepted: afterwards the claim has been public, and a retraction with
its notice is the honest way. Taking back is itself a decision; nothing leaves the history.
"""

from datetime import date, datetime, timedelta
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from claims.curation import RELATIONS, VALUES, CurationError, check_publishable, decide, lock, mark, picture
from claims.models import Claim, Decision, Dispute, Mention, State, Status, Verb

# Long enough to notice a wrong key, too short for feed readers and caches to have spread the claim.
WINDOW = timedelta(minutes=15)
UNDOABLE = (Verb.ACCEPT, Verb.PROPOSE, Verb.APPROVE, Verb.SEND_BACK, Verb.EDIT, Verb.REJECT, Verb.MERGE, Verb.STRIKE)
# What a decision can change besides the claim's own fields: words of a mention, and whether a step counts.
BESIDE = ("mention", "struck")


@transaction.atomic
def take_back(claim: Claim, actor: User) -> Decision:
    """Undo the newest decision on a claim; raises CurationError where that is not allowed, with the reason."""
    claim = lock(claim, actor, State.DRAFT, State.AWAITING, State.PUBLISHED, State.REJECTED, State.MERGED)
    last = claim.decision
    if last is None or last.verb not in UNDOABLE or not last.before:
        raise CurationError(f"There is no decision on claim {claim.pk} that could be taken back.")
    if last.verb == Verb.EDIT and last.before["state"] != last.after["state"]:
        raise CurationError(f"Claim {claim.pk} was taken back already: decide on it again.")
    now_is = picture(claim)
    if last.after["state"] == State.PUBLISHED != last.before["state"] and last.verb in (Verb.ACCEPT, Verb.APPROVE):
        _take_back_publication(claim, last, actor)
    if last.verb == Verb.MERGE:
        _take_back_mentions(claim, last)
    beside = {name: last.before[name] for name in BESIDE if name in last.before}
    now_is |= {name: last.after[name] for name in beside}
    if "mention" in beside:
        _restore_span(claim, beside["mention"])
    _restore(claim, last.before)
    now = timezone.now()
    if claim.state == State.PUBLISHED:
        check_publishable(claim)
    # Also of a publication: whoever read it in a feed is told that it is gone, by this moment (`claims.following`).
    if State.PUBLISHED in (claim.state, now_is["state"]):
        claim.changed_at = now
    reason = f"took back decision {last.number}: {last.get_verb_display()}"
    decision = decide(claim, actor, Verb.EDIT, reason, now_is, now, after=beside)
    # The steps that a publication brought go with it; what was noted as recorded in error stays in the history.
    if claim.state != State.PUBLISHED:
        Status.objects.filter(decision=last, struck=None).delete()
    if "struck" in beside:
        _restore_step(claim, beside["struck"], decision)
    return decision


def _restore(claim: Claim, before: dict[str, Any]) -> None:
    """Set the judged fields to what they were. Relations are written at once, the rest by the decision."""
    claim.state, claim.merged_into_id = before["state"], before["merged_into"]
    for name in VALUES:
        # A decision from before there were approvals says nothing of them.
        setattr(claim, name, before.get(name, "" if name == "wording" else None))
    for name in ("on", "until"):
        setattr(claim, name, date.fromisoformat(before[name]) if before.get(name) else None)
    claim.asked_at = datetime.fromisoformat(claim.asked_at) if isinstance(claim.asked_at, str) else None
    for name in RELATIONS:
        # Nor does one from before a relation was known.
        getattr(claim, name).set(before.get(name, ()))


def _take_back_publication(claim: Claim, last: Decision, actor: User) -> None:
    """Take back what else an acceptance brought, the dispute's articles; refused where more hangs on it by now."""
    if last.actor_id != actor.pk:
        raise CurationError(f"Only {last.actor} may take this acceptance back: retract the claim instead.")
    if timezone.now() - last.made_at > WINDOW:
        minutes = int(WINDOW.total_seconds() // 60)
        raise CurationError(f"Accepted more than {minutes} minutes ago, it has been public: retract it instead.")
    if claim.merged.exists():
        raise CurationError("Another claim was merged into it since: retract it instead.")
    if claim.statuses.filter(struck=None).exclude(decision=last).exists():
        raise CurationError("A status step was recorded since: retract it instead.")
    for dispute_id, article_id in last.after.get("articles", ()):
        for dispute in Dispute.objects.filter(pk=dispute_id):
            dispute.articles.remove(article_id)
    claim.published_at = None


def _take_back_mentions(claim: Claim, last: Decision) -> None:
    """Move the mentions that a merge took along back to their claim."""
    keys = last.after.get("moved", ())
    moved = Mention.objects.select_for_update().filter(pk__in=keys, claim=claim.merged_into)
    if moved.count() != len(keys) or Status.objects.filter(source__in=moved, claim=claim.merged_into).exists():
        raise CurationError(f"Claim {claim.merged_into_id} has gone on with the merged mentions: split it instead.")
    moved.update(claim=claim)


def _restore_span(claim: Claim, was: list[Any]) -> None:
    key, start, end, quote = was
    claim.mentions.filter(pk=key).update(start=start, end=end, quote=quote)


def _restore_step(claim: Claim, was: list[Any], decision: Decision) -> None:
    key, struck = was
    mark(claim, claim.statuses.get(pk=key), decision, struck=struck)
