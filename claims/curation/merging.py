"""Merging parties and disputes, and taking it back: what moves is named in the decision, so it can move back.

A merged row stays where it is and points to its survivor, so its address leads there; what hung on it hangs on the
survivor afterwards. Relations that the survivor had already are left on neither twice and come back where they were.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from claims.curation.recording import record
from claims.curation.rules import CurationError, check_staff, take_turn
from claims.models import (
    Alias,
    Claim,
    Correction,
    Decision,
    Dispute,
    Event,
    Party,
    ReplyRequest,
    State,
    Status,
    System,
    TimelinePlace,
    Verb,
)

Mergeable = Party | Dispute


@dataclass(frozen=True, slots=True)
class Link:
    """One way in which rows hang on what is merged: a column, and the columns that may not be there twice with it."""

    name: str
    model: type[models.Model]
    column: str
    once_with: tuple[str, ...] = ()


LINKS: dict[type[models.Model], tuple[Link, ...]] = {
    Party: (
        Link("claims by it", Claim, "claimant_id"),
        Link("claims with others", Claim.co_claimants.through, "party_id", ("claim_id",)),
        Link("claims about it", Claim.targets.through, "party_id", ("claim_id",)),
        # A step that was recorded in error keeps none from moving.
        Link("status steps", Status, "target_id", ("claim_id", "step", "on", "struck_id")),
        Link("systems", System, "maker_id"),
        Link("names", Alias, "party_id", ("folded",)),
        Link("requests for replies", ReplyRequest, "party_id"),
    ),
    Dispute: (
        Link("claims", Claim.disputes.through, "dispute_id", ("claim_id",)),
        Link("articles", Dispute.articles.through, "dispute_id", ("article_id",)),
        Link("topics", Dispute.topics.through, "dispute_id", ("topic_id",)),
        Link("systems", Dispute.systems.through, "dispute_id", ("system_id",)),
        Link("events", Event, "dispute_id"),
        Link("places in the timeline", TimelinePlace, "dispute_id", ("claim_id",)),
    ),
}


@dataclass(frozen=True, slots=True)
class Plan:
    """What a merger would move, by name, and what the survivor has already; shown before it is done."""

    moves: dict[str, int]
    double: dict[str, int]
    published: int
    corrections: int

    @property
    def total(self) -> int:
        """How many rows move."""
        return sum(self.moves.values())


def plan(row: Mergeable, into: Mergeable) -> Plan:
    """Return what merging *row* into *into* would do; nothing is changed. Raises where it is not allowed."""
    _check(row, into)
    moves, double = {}, {}
    for link, keys, doubles in _moving(row, into):
        moves[link.name], double[link.name] = len(keys), len(doubles)
    of_it = Q(claimant=row) | Q(targets=row) if isinstance(row, Party) else Q(disputes=row)
    shown = Claim.objects.filter(of_it, state=State.PUBLISHED).distinct().count()
    return Plan(moves, double, shown, Correction.objects.filter(**{str(row._meta.model_name): row}).count())


@transaction.atomic
def merge_rows(row: Mergeable, into: Mergeable, actor: User, reason: str = "") -> Decision:
    """Make a party one with another, or a dispute with another: what hangs on it moves, its address leads there."""
    name = str(row._meta.model_name)
    check_staff(actor, f"change_{name}")
    _check(row, into)
    take_turn()
    row, into = _locked(row, into)
    _check(row, into)
    moved: dict[str, list[int]] = {}
    for link, keys, _ in _moving(row, into):
        link.model._default_manager.filter(pk__in=keys).update(**{link.column: into.pk})
        moved[link.name] = keys
    now = timezone.now()
    decision = record(
        Verb.MERGE,
        actor,
        row,
        reason=reason or f"the same as {into}",
        before={"merged_into": None},
        after={"merged_into": into.pk, "moved": moved},
        now=now,
    )
    row.merged_into_id = into.pk
    row.save(update_fields=["merged_into"])
    _touch(row, into, now)
    return decision


@transaction.atomic
def take_back_merger(row: Mergeable, actor: User, reason: str = "") -> Decision:
    """Undo a merger: what it moved and still hangs on the survivor moves back."""
    name = str(row._meta.model_name)
    check_staff(actor, f"change_{name}")
    take_turn()
    row = type(row)._default_manager.select_for_update().get(pk=row.pk)
    if row.merged_into_id is None:
        raise CurationError(f"{row} is not merged: there is nothing to take back.")
    made = Decision.objects.filter(subject=name, subject_id=row.pk, verb=Verb.MERGE).first()
    if made is None or made.after.get("merged_into") != row.merged_into_id:
        raise CurationError(f"No decision tells what was moved when {row} was merged: split it by hand instead.")
    survivor = row.merged_into_id
    restored: dict[str, list[int]] = {}
    for link in LINKS[type(row)]:
        keys = made.after["moved"].get(link.name, [])
        held = link.model._default_manager.filter(pk__in=keys, **{link.column: survivor})
        restored[link.name] = sorted(held.values_list("pk", flat=True))
        held.update(**{link.column: row.pk})
    now = timezone.now()
    into = row.merged_into
    decision = record(
        Verb.RESTORE,
        actor,
        row,
        reason=reason,
        before={"merged_into": survivor},
        after={"merged_into": None, "restored": restored},
        now=now,
    )
    row.merged_into = None
    row.save(update_fields=["merged_into"])
    _touch(row, into, now)
    return decision


def _moving(row: Mergeable, into: Mergeable) -> Iterator[tuple[Link, list[int], list[int]]]:
    """Yield each link with the rows that move and those that the survivor has already."""
    for link in LINKS[type(row)]:
        mine = link.model._default_manager.filter(**{link.column: row.pk}).order_by("pk")
        if not link.once_with:
            yield link, list(mine.values_list("pk", flat=True)), []
            continue
        theirs = set(link.model._default_manager.filter(**{link.column: into.pk}).values_list(*link.once_with))
        keys: list[int] = []
        doubles: list[int] = []
        for pk, *values in mine.values_list("pk", *link.once_with):
            (doubles if tuple(values) in theirs else keys).append(pk)
        yield link, keys, doubles


def _locked(row: Mergeable, into: Mergeable) -> tuple[Any, Any]:
    rows = type(row)._default_manager.select_for_update().order_by("pk").in_bulk([row.pk, into.pk])
    return rows[row.pk], rows[into.pk]


def _check(row: Mergeable, into: Mergeable) -> None:
    if type(row) is not type(into):
        raise CurationError("A party merges into a party, a dispute into a dispute.")
    if row.pk == into.pk:
        raise CurationError(f"{row} cannot be merged into itself.")
    if row.merged_into_id:
        raise CurationError(f"{row} was merged into {row.merged_into} already: nothing was changed.")
    if into.merged_into_id:
        raise CurationError(f"{into} was itself merged into {into.merged_into}: merge into that one.")
    if isinstance(row, Party) and isinstance(into, Party):
        if row.private or into.private:
            raise CurationError("A private person is merged only after a decision on the name: it could give it away.")
        if (
            Claim.objects.filter(claimant=row, targets=into).exists()
            or Claim.objects.filter(claimant=into, targets=row).exists()
        ):
            raise CurationError(f"{row} and {into} make claims about each other: they are two parties.")


def _touch(row: Mergeable, into: Mergeable | None, now: Any) -> None:
    """Let the public claims of both change, so that feeds and caches see it."""
    pair = [row.pk, *([into.pk] if into else [])]
    of_it = Q(claimant__in=pair) | Q(targets__in=pair) if isinstance(row, Party) else Q(disputes__in=pair)
    keys = Claim.objects.filter(of_it, state=State.PUBLISHED).order_by().values("pk")
    Claim.objects.filter(pk__in=keys).update(changed_at=now)
