"""What an editor changes about a claim, and how a change is laid on it."""

from dataclasses import dataclass, fields
from datetime import date

from claims.models import Claim, Dispute, Party, Precision, System, Topic

RELATIONS = ("co_claimants", "targets", "topics", "systems", "disputes", "answers")
VALUES = (
    *("kind", "claimant_id", "statement", "on", "precision", "until", "hedged"),
    *("wording", "asked_by_id", "asked_at"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimChanges:
    """What an editor changes about a claim; None leaves a field as it is, *emptied* names those that lose theirs."""

    kind: str | None = None
    claimant: Party | None = None
    co_claimants: list[Party] | None = None
    statement: str | None = None
    on: date | None = None
    precision: str | None = None
    until: date | None = None
    hedged: bool | None = None
    targets: list[Party] | None = None
    topics: list[Topic] | None = None
    systems: list[System] | None = None
    disputes: list[Dispute] | None = None
    answers: list[Claim] | None = None
    emptied: frozenset[str] = frozenset()


def apply(claim: Claim, changes: ClaimChanges | None) -> None:
    """Set the changed fields; relations are written at once, the rest by `decide`."""
    for field in fields(changes) if changes else ():
        value = getattr(changes, field.name)
        if value is None or field.name == "emptied":
            continue
        if field.name in RELATIONS:
            getattr(claim, field.name).set(value)
        else:
            setattr(claim, field.name, value)
    for name in changes.emptied if changes else ():
        setattr(claim, name, None)
    if claim.precision != Precision.RANGE:
        claim.until = None
