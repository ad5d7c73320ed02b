"""The dated, sourced status steps of a claim, from which its current status is derived."""

from datetime import date

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from claims.curation.recording import decide, picture
from claims.curation.rules import CurationError, check_range, lock
from claims.models import Claim, Decision, Kind, Mention, Party, Precision, State, Status, Step, Verb


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
    if claim.statuses.filter(step=step, target=target, on=on).exists():
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
