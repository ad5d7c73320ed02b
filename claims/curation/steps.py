"""The dated, sourced status steps of a claim, from which its current status is derived.

recorded ──strike──→ recorded in error: counts for nothing, stays in the history
    └────────────────── take back ──┘
"""

from datetime import date

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from claims.curation.corrections import correct
from claims.curation.recording import decide, picture, tell
from claims.curation.rules import CurationError, check_range, check_wording, lock
from claims.models import (
    Claim,
    Decision,
    Kind,
    Mention,
    NoticeKind,
    Party,
    Precision,
    State,
    Status,
    Step,
    Verb,
)


@transaction.atomic
def add_status(
    claim: Claim,
    actor: User,
    step: str,
    *,
    source: Mention,
    target: Party | None = None,
    on: date | None = None,
    precision: str = Precision.DAY,
    until: date | None = None,
    note: str = "",
    reason: str = "",
) -> Status:
    """Record a dated, sourced step of a published claim against one of its targets.

    The note is public and stands beside the step; the reason is the decision's and stays among editors.
    """
    claim = lock(claim, actor, State.PUBLISHED)
    if target is not None and not claim.targets.filter(pk=target.pk).exists():
        raise CurationError(f"{target} is not a target of claim {claim.pk}.")
    if claim.statuses.filter(step=step, target=target, on=on, struck=None).exists():
        raise CurationError(f"Claim {claim.pk} has that step on that day already.")
    check_range(on, precision, until)
    before = picture(claim)
    now = timezone.now()
    claim.changed_at = now
    decision = decide(
        claim,
        actor,
        Verb.STATUS,
        reason,
        before,
        now,
        after={"step": str(step), "on": on, "target": target and target.pk},
    )
    return Status.objects.create(
        claim=claim,
        target=target,
        step=step,
        on=on,
        precision=precision,
        until=until,
        source=source,
        note=note,
        decision=decision,
    )


@transaction.atomic
def strike(status: Status, actor: User, reason: str, *, wrong: str = "", right: str = "") -> Decision:
    """Note that a step of a published claim was recorded in error: it counts for nothing from now on.

    It stays in the claim's history, marked so. With *wrong* and *right* a public correction goes out with it. Refused
    where the public sentence would then state as a fact what nobody has found: it has to be reworded first.
    """
    if not reason.strip():
        raise CurationError("Say why the step was recorded in error: the history keeps it.")
    claim = lock(status.claim, actor, State.PUBLISHED)
    held = claim.statuses.select_related("target").filter(pk=status.pk).first()
    if held is None:
        raise CurationError(f"Claim {claim.pk} does not have that status step any more: nothing was changed.")
    if held.struck_id:
        raise CurationError(f"“{held}” of claim {claim.pk} is noted as recorded in error already: nothing was changed.")
    before = picture(claim) | {"struck": [held.pk, False]}
    claim.changed_at = now = timezone.now()
    after = {"struck": [held.pk, True], "step": held.step, "on": held.on, "target": held.target_id}
    decision = decide(claim, actor, Verb.STRIKE, reason, before, now, after=after)
    mark(claim, held, decision, struck=True)
    tell(NoticeKind.STRUCK, decision)
    if wrong.strip() or right.strip():
        correct(claim, actor, wrong=wrong, right=right)
    return decision


def mark(claim: Claim, status: Status, decision: Decision, *, struck: bool) -> None:
    """Let a step be one that was recorded in error, or count again, under the decision that says so."""
    if struck:
        status.struck = decision
        status.save(update_fields=["struck"])
        check_wording(claim, f"“{status.get_step_display()}” backs the public sentence: reword it first. ")
        return
    same = claim.statuses.filter(step=status.step, target=status.target_id, on=status.on, struck=None)
    if same.exists():
        raise CurationError(f"Claim {claim.pk} has that step on that day again: it cannot count twice.")
    if status.source.claim.state != State.PUBLISHED:
        raise CurationError(f"“{status}” rests on words that are not public any more: it cannot count again.")
    status.struck = None
    status.save(update_fields=["struck"])


def first_steps(claim: Claim, decision: Decision) -> None:
    """Record the steps that a newly published claim is by itself.

    An allegation stands as alleged against each target; a denial puts "denied" on each allegation of which its
    claimants are targets.
    """
    source = claim.mentions.first()
    if source is None:
        return
    common = {
        "on": claim.on,
        "precision": claim.precision,
        "until": claim.until,
        "source": source,
        "decision": decision,
    }
    steps: list[Status] = []
    if claim.kind == Kind.ALLEGATION:
        against: list[Party | None] = list(claim.targets.all())
        steps += [Status(claim=claim, target=target, step=Step.ALLEGED, **common) for target in against or [None]]
    if claim.kind == Kind.DENIAL:
        steps += [
            Status(claim=answered, target=party, step=Step.DENIED, **common)
            for party in claim.claimants
            for answered in claim.answers.published().filter(targets=party)
        ]
    Status.objects.bulk_create(steps, ignore_conflicts=True)
