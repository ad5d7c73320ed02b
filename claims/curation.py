"""Every change of judgement: accept, edit, reject, merge, retract, record a status.

    draft ──accept──→ published ──retract──→ retracted
      │  └──reject──→ rejected      (edit: stays where it is)
      └─────merge───→ merged into another claim

Each verb locks the claim, checks that the step is allowed from where it stands now, writes a `Decision` with
the state before and after, and changes the claim, all in one transaction. A refusal raises `CurationError` with
a sentence for the person who tried; nothing is changed then. The database holds the same rules once more
(migration 0002), so that no other road leads around them.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any

from django.contrib.auth.models import AbstractBaseUser, PermissionsMixin, User
from django.db import models, transaction
from django.forms.models import model_to_dict
from django.utils import timezone
from django.utils.text import slugify

from claims.models import (
    Alias,
    Claim,
    Decision,
    Dispute,
    Kind,
    Mention,
    Party,
    Precision,
    State,
    Status,
    Step,
    System,
    Topic,
    Verb,
)
from claims.wording import fold, names_claimant
from tracker.news import subscriptions
from tracker.news.models import Reading

RELATIONS = ("targets", "topics", "systems", "disputes", "answers")
VALUES = ("kind", "claimant_id", "statement", "on", "precision", "hedged")
# A quote states one claim: more than this is no excerpt any longer.
LONGEST_QUOTE = 1000


class CurationError(Exception):
    """A decision that is not allowed; the message says why, for the person who tried."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimChanges:
    """What an editor changes about a claim; None leaves a field as it is, *emptied* names those that lose theirs."""

    kind: str | None = None
    claimant: Party | None = None
    statement: str | None = None
    on: date | None = None
    precision: str | None = None
    hedged: bool | None = None
    targets: list[Party] | None = None
    topics: list[Topic] | None = None
    systems: list[System] | None = None
    disputes: list[Dispute] | None = None
    answers: list[Claim] | None = None
    emptied: frozenset[str] = frozenset()


@transaction.atomic
def accept(claim: Claim, actor: User, *, changes: ClaimChanges | None = None, reason: str = "") -> Decision:
    """Publish a draft, with the editor's changes, and record the status steps that follow from it."""
    claim = lock(claim, actor, State.DRAFT)
    before = picture(claim)
    _apply(claim, changes)
    check_publishable(claim)
    now = timezone.now()
    claim.state, claim.published_at, claim.changed_at = State.PUBLISHED, now, now
    pages = set(claim.mentions.values_list("article_id", flat=True))
    fresh = [
        (dispute, page)
        for dispute in claim.disputes.all()
        for page in sorted(pages - set(dispute.articles.values_list("pk", flat=True)))
    ]
    added = {"articles": [[dispute.pk, page] for dispute, page in fresh]}
    decision = decide(claim, actor, Verb.ACCEPT, reason, before, now, after=added)
    for dispute, page in fresh:
        dispute.articles.add(page)
    _first_steps(claim, decision)
    subscriptions.watch(pages)
    return decision


@transaction.atomic
def write(reading: Reading, start: int, end: int, kind: str, actor: User, changes: ClaimChanges) -> Claim:
    """Write a draft by hand over words of a reading, where the machine proposed none."""
    check_staff(actor, "add_claim")
    quote = reading.text[start:end]
    if not 0 <= start < end <= len(reading.text) or not quote.strip():
        raise CurationError("Select the words that state the claim: a draft needs a quote of its source.")
    claim = Claim.objects.create(kind=kind)
    article = reading.snapshot.article
    Mention.objects.create(claim=claim, reading=reading, article=article, start=start, end=end, quote=quote)
    _apply(claim, changes)
    decide(claim, actor, Verb.WRITE, "", {})
    return claim


@transaction.atomic
def edit(claim: Claim, actor: User, changes: ClaimChanges, reason: str = "") -> Decision:
    """Change a draft or a published claim; a published one still has to stand afterwards."""
    claim = lock(claim, actor, State.DRAFT, State.PUBLISHED)
    before = picture(claim)
    _apply(claim, changes)
    now = timezone.now()
    if claim.state == State.PUBLISHED:
        check_publishable(claim)
        claim.changed_at = now
    return decide(claim, actor, Verb.EDIT, reason, before, now)


@transaction.atomic
def correct_span(claim: Claim, mention: Mention, start: int, end: int, actor: User, reason: str = "") -> Decision:
    """Let a mention of a draft or published claim be other words of its reading, blanks at their ends left out.

    Offsets count Unicode code points; the database verifies the new quote.
    """
    claim = lock(claim, actor, State.DRAFT, State.PUBLISHED)
    held = claim.mentions.select_for_update(of=("self",)).select_related("reading").filter(pk=mention.pk).first()
    if held is None:
        raise CurationError(f"Claim {claim.pk} does not have that mention any more: nothing was changed.")
    text = held.reading.text
    words = text[start:end] if 0 <= start < end <= len(text) else ""
    if not words.strip():
        raise CurationError(f"There are no words from {start} to {end}: the text has {len(text)} characters.")
    start, end = start + len(words) - len(words.lstrip()), end - len(words) + len(words.rstrip())
    if end - start > LONGEST_QUOTE:
        raise CurationError(f"That is {end - start} characters; a quote may have {LONGEST_QUOTE}: choose fewer words.")
    if (start, end) == (held.start, held.end):
        raise CurationError("The quote is these words already.")
    if claim.mentions.filter(reading=held.reading_id, start=start, end=end).exists():
        raise CurationError("Another mention of this claim is these words already.")
    before = picture(claim) | {"mention": [held.pk, held.start, held.end, held.quote]}
    held.start, held.end, held.quote = start, end, text[start:end]
    held.save(update_fields=["start", "end", "quote"])
    now = timezone.now()
    if claim.state == State.PUBLISHED:
        claim.changed_at = now
    after = {"mention": [held.pk, start, end, held.quote]}
    return decide(claim, actor, Verb.EDIT, reason, before, now, after=after)


@transaction.atomic
def reject(claim: Claim, actor: User, reason: str) -> Decision:
    """Put a draft aside, with the reason why it is no claim that we publish."""
    if not reason.strip():
        raise CurationError("A rejection needs a reason.")
    claim = lock(claim, actor, State.DRAFT)
    before = picture(claim)
    claim.state = State.REJECTED
    return decide(claim, actor, Verb.REJECT, reason, before)


@transaction.atomic
def merge(claim: Claim, into: Claim, actor: User, reason: str = "") -> Decision:
    """Make *claim* one with *into*: its mentions move there, its address leads there."""
    if claim.pk == into.pk:
        raise CurationError(f"Claim {claim.pk} cannot be merged into itself.")
    # In the order of their keys, so that two merges at once cannot wait for each other.
    locked = {c.pk: c for c in (lock(c, actor, State.DRAFT, State.PUBLISHED) for c in sorted((claim, into), key=_key))}
    claim, into = locked[claim.pk], locked[into.pk]
    if claim.state == State.PUBLISHED and into.state != State.PUBLISHED:
        raise CurationError(f"Claim {claim.pk} is published and claim {into.pk} is not: merge the draft instead.")
    before = picture(claim)
    present = set(into.mentions.values_list("reading_id", "start", "end"))
    moved = [m for m in claim.mentions.all() if (m.reading_id, m.start, m.end) not in present]
    for mention in moved:
        mention.claim = into
        mention.save(update_fields=["claim"])
    now = timezone.now()
    claim.state, claim.merged_into = State.MERGED, into
    if into.state == State.PUBLISHED:
        Claim.objects.filter(pk=into.pk).update(changed_at=now)
        subscriptions.watch(mention.article_id for mention in moved)
    after = {"moved": [mention.pk for mention in moved]}
    return decide(claim, actor, Verb.MERGE, reason or f"the same claim as {into.pk}", before, now, after=after)


@transaction.atomic
def retract(claim: Claim, actor: User, reason: str) -> Decision:
    """Take a published claim out of every served view; a tombstone stays at its address."""
    if not reason.strip():
        raise CurationError("A retraction needs a reason: its notice is public.")
    claim = lock(claim, actor, State.PUBLISHED)
    before = picture(claim)
    now = timezone.now()
    claim.state, claim.changed_at = State.RETRACTED, now
    return decide(claim, actor, Verb.RETRACT, reason, before, now)


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
        claim=claim, target=target, step=step, on=on, precision=precision, source=source, note=note, decision=decision
    )


@transaction.atomic
def create_party(name: str, kind: str, actor: User, *, aliases: Iterable[str] = ()) -> Party:
    """Add a party that the registry does not know; a name that a party has already is refused."""
    check_staff(actor, "add_party")
    name = " ".join(name.split())
    if not fold(name):
        raise CurationError("A party needs a name.")
    if known := Alias.objects.filter(folded=fold(name), party__merged_into=None).first():
        raise CurationError(f"“{name}” is a name of {known.party} already.")
    party = Party(name=name, kind=kind, slug=_free_slug(Party, name))
    save(party, actor)
    add_names(party, [name, *aliases])
    return party


def add_names(party: Party, names: Iterable[str], ambiguous: Iterable[str] = ()) -> None:
    """Let a party be found by *names*; those that it has already are passed over."""
    Alias.objects.bulk_create(aliases_of(party, names, ambiguous), ignore_conflicts=True)


def aliases_of(party: Party, names: Iterable[str], ambiguous: Iterable[str] = ()) -> list[Alias]:
    """Return *party*'s names as rows, not stored yet; each folded name once."""
    doubtful = {fold(name) for name in ambiguous}
    rows = {fold(name): name for name in [*names, *ambiguous] if fold(name)}
    return [Alias(party=party, name=name, folded=key, ambiguous=key in doubtful) for key, name in rows.items()]


@transaction.atomic
def save(
    instance: Party | System | Topic | Dispute,
    actor: User,
    reason: str = "",
    related: Callable[[], object] | None = None,
) -> Decision:
    """Save a party, system, topic or dispute that an editor made or changed, and record what changed.

    *related* is called once the row is there; what it writes of the row's relations, names and events is part of
    the same decision.
    """
    name = instance._meta.model_name or ""
    check_staff(actor, f"{'change' if instance.pk else 'add'}_{name}")
    old = type(instance)._default_manager.filter(pk=instance.pk).first() if instance.pk else None
    before = _plain(old) if old else {}
    instance.save()
    if related is not None:
        related()
    return Decision.objects.create(
        verb=Verb.CURATE,
        actor=actor,
        made_at=timezone.now(),
        subject=name,
        subject_id=instance.pk,
        reason=reason,
        before=before,
        after=_plain(instance),
    )


def new_dispute(title: str, actor: User, *, slug: str = "", summary: str = "", demonstration: bool = False) -> Dispute:
    """Open a dispute under a title; its slug is made from the title unless given."""
    dispute = Dispute(
        title=title, slug=slug or _free_slug(Dispute, title), summary=summary, demonstration=demonstration
    )
    save(dispute, actor)
    return dispute


def new_system(name: str, actor: User, *, kind: str = "product", maker: Party | None = None) -> System:
    """Add a system that the registry does not know."""
    system = System(name=name, slug=_free_slug(System, name), kind=kind, maker=maker)
    save(system, actor)
    return system


def picture(claim: Claim) -> dict[str, Any]:
    """Return the claim's judged fields as JSON can hold them: what a decision records before and after."""
    values: dict[str, Any] = {"state": str(claim.state), "merged_into": claim.merged_into_id}
    values |= {name: getattr(claim, name) for name in VALUES}
    values["on"] = claim.on.isoformat() if claim.on else None
    values |= {name: sorted(getattr(claim, name).values_list("pk", flat=True)) for name in RELATIONS}
    return values


def _key(claim: Claim) -> int:
    return claim.pk


def lock(claim: Claim, actor: User, *states: str) -> Claim:
    """Return the claim as it stands now, locked; refuse where it is in none of *states* or another's lease runs."""
    check_staff(actor, "change_claim")
    # Without joins: PostgreSQL does not look again at a joined row after it waited for the lock.
    current = Claim.objects.select_for_update().get(pk=claim.pk)
    if current.state not in states:
        since = f" since {current.decision.made_at:%Y-%m-%d %H:%M} UTC" if current.decision else ""
        state = current.get_state_display().lower()
        raise CurationError(f"Claim {claim.pk} is {state}{since}: nothing was changed.")
    if current.leased_to_other(actor.pk):
        raise CurationError(
            f"{current.lease_holder} is at work on claim {claim.pk} until {current.lease_until:%H:%M} UTC, "
            "or until they go on: nothing was changed."
        )
    return current


def check_staff(actor: AbstractBaseUser | PermissionsMixin, permission: str) -> None:
    """Raise CurationError unless *actor* is active staff with a permission of this app."""
    if not (isinstance(actor, User) and actor.is_active and actor.is_staff and actor.has_perm(f"claims.{permission}")):
        raise CurationError("You may not decide this: it takes an editor.")


def _apply(claim: Claim, changes: ClaimChanges | None) -> None:
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


def check_publishable(claim: Claim) -> None:
    """Raise unless the claim has what the public must see: claimant, sentence that names it, mention, dispute."""
    if claim.claimant is None:
        raise CurationError("Who claims this? A published claim needs a claimant.")
    if claim.claimant.merged_into_id:
        raise CurationError(f"{claim.claimant} was merged into {claim.claimant.merged_into}: choose that party.")
    if not claim.statement.strip():
        raise CurationError("A published claim needs its public sentence.")
    aliases = claim.claimant.aliases.values_list("name", flat=True)
    if not names_claimant(claim.statement, [claim.claimant.name, *aliases]):
        raise CurationError(f"The public sentence must name who claims it: “{claim.claimant}” is not in it.")
    if not claim.mentions.exists():
        raise CurationError("A published claim needs at least one mention: the words that state it.")
    if not claim.disputes.exists():
        raise CurationError("Which dispute is it part of? A published claim belongs to at least one.")
    if claim.answers.filter(pk=claim.pk).exists():
        raise CurationError("A claim cannot answer itself.")


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


def _first_steps(claim: Claim, decision: Decision) -> None:
    """Record the steps that a newly published claim is by itself.

    An allegation stands as alleged against each target; a denial puts "denied" on each allegation of which its
    claimant is a target.
    """
    source = claim.mentions.first()
    if source is None:
        return
    common = {"on": claim.on, "precision": claim.precision, "source": source, "decision": decision}
    steps: list[Status] = []
    if claim.kind == Kind.ALLEGATION:
        against: list[Party | None] = list(claim.targets.all())
        steps += [Status(claim=claim, target=target, step=Step.ALLEGED, **common) for target in against or [None]]
    if claim.kind == Kind.DENIAL:
        steps += [
            Status(claim=answered, target=claim.claimant, step=Step.DENIED, **common)
            for answered in claim.answers.published().filter(targets=claim.claimant_id)
        ]
    Status.objects.bulk_create(steps, ignore_conflicts=True)


def _free_slug(model: type[models.Model], text: str) -> str:
    """Return a slug for *text* that no row of *model* has."""
    base = slugify(text)[:180] or "unnamed"
    taken = set(model._default_manager.filter(slug__startswith=base).values_list("slug", flat=True))
    return base if base not in taken else next(s for n in range(2, 10**6) if (s := f"{base}-{n}") not in taken)


def _plain(instance: models.Model) -> dict[str, Any]:
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
