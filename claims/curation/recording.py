"""Writing a decision: the state of a claim or a registry row before and after, by whom, when and why."""

from datetime import date, datetime
from typing import Any

from django.contrib.auth.models import User
from django.db import models
from django.forms.models import model_to_dict
from django.utils import timezone

from claims.curation.changes import RELATIONS, VALUES
from claims.models import Claim, Decision, Notice, State, Task


def picture(claim: Claim) -> dict[str, Any]:
    """Return the claim's judged fields as JSON can hold them: what a decision records before and after."""
    values: dict[str, Any] = {"state": str(claim.state), "merged_into": claim.merged_into_id}
    values |= {name: getattr(claim, name) for name in VALUES}
    moments = (("on", claim.on), ("until", claim.until), ("asked_at", claim.asked_at))
    values |= {name: moment and moment.isoformat() for name, moment in moments}
    values |= {name: sorted(getattr(claim, name).values_list("pk", flat=True)) for name in RELATIONS}
    return values


def decide(
    claim: Claim,
    actor: User,
    verb: str,
    reason: str,
    before: dict[str, Any],
    now: datetime | None = None,
    after: dict[str, Any] | None = None,
) -> Decision:
    """Write the decision and save the claim under it."""
    detail = {**picture(claim), **(after or {})}
    decision = Decision.objects.create(
        verb=verb,
        actor=actor,
        made_at=now or timezone.now(),
        subject="claim",
        subject_id=claim.pk,
        reason=reason.strip(),
        before=before,
        after={key: value.isoformat() if isinstance(value, date) else value for key, value in detail.items()},
    )
    claim.decision = decision
    if claim.state != State.DRAFT:
        claim.lease_holder = claim.lease_until = None
    claim.save()
    return decision


def record(
    verb: str,
    actor: User,
    instance: models.Model,
    *,
    reason: str = "",
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    now: datetime | None = None,
) -> Decision:
    """Write a decision about a row that is no claim."""
    return Decision.objects.create(
        verb=verb,
        actor=actor,
        made_at=now or timezone.now(),
        subject=str(instance._meta.model_name),
        subject_id=instance.pk,
        reason=reason.strip(),
        before=before or {},
        after=after or {},
    )


def tell(kind: str, decision: Decision, subject: str | None = None, subject_id: int | None = None) -> None:
    """Queue what the world has to be told of a decision: those who follow, and the bulk files."""
    Notice.objects.bulk_create(
        Notice(
            task=task,
            kind=kind,
            subject=subject or decision.subject,
            subject_id=subject_id or decision.subject_id,
            decision=decision,
            made_at=decision.made_at,
        )
        for task in Task
    )


def plain(instance: models.Model) -> dict[str, Any]:
    """Return an instance's columns, relations, names and events as JSON can hold them."""
    columns = [field.name for field in instance._meta.concrete_fields if field.editable]
    values = {
        key: value if isinstance(value, (bool, int, float, str, list, type(None))) else str(value)
        for key, value in model_to_dict(instance, fields=columns).items()
    }
    for field in instance._meta.many_to_many:
        values[field.name] = sorted(getattr(instance, field.name).values_list("pk", flat=True))
    for name in ("aliases", "events"):
        if isinstance(rows := getattr(instance, name, None), models.Manager):
            values[name] = sorted(str(row) for row in rows.all())
    return values
