"""What has to hold before a decision is taken: who may try, where the claim stands, what a published one needs.

The database holds the same rules once more (migration 0002), so that no other road leads around them.
"""

from datetime import date, datetime, timedelta
from typing import TypeVar

from django.contrib.auth.models import AbstractBaseUser, PermissionsMixin, User
from django.db import connection

from claims.assertions import bare_accusations
from claims.attribution import decided_by
from claims.models import Claim, Kind, Moderation, Party, Precision, Reply, Step, Suggestion, current_status
from claims.naming import mask, names_to_mask
from claims.wording import names_claimant, verb
from tracker.news import clock


class CurationError(Exception):
    """A decision that is not allowed; the message says why, for the person who tried."""


def lock(claim: Claim, actor: User, *states: str) -> Claim:
    """Return the claim as it stands now, locked; refuse where it is in none of *states* or another's lease runs."""
    check_staff(actor, "change_claim")
    take_turn()
    # Without joins: PostgreSQL does not look again at a joined row after it waited for the lock.
    current = Claim.objects.select_for_update().get(pk=claim.pk)
    if current.state not in states:
        since = f" since {current.decision.made_at:%Y-%m-%d %H:%M} UTC" if current.decision else ""
        state = current.get_state_display().lower()
        raise CurationError(f"Claim {claim.pk} is {state}{since}: nothing was changed.")
    if current.lease_until and current.leased_to_other(actor.pk, clock.now()):
        raise CurationError(
            f"{current.lease_holder} is at work on claim {claim.pk} until {current.lease_until:%H:%M} UTC, "
            "or until they go on: nothing was changed."
        )
    return current


class TooManyError(CurationError):
    """More came from outside than is taken in an hour; the sender may try again later."""


def take_turn() -> None:
    """Wait for other writers of judgement, until the transaction ends.

    Every statement that changes judgement takes this lock by itself (migration 0013). Who locks a row before takes it
    first: two that hold what the other waits for would otherwise end in an error.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('claims_decision'))")


def check_staff(
    actor: AbstractBaseUser | PermissionsMixin,
    permission: str,
    refusal: str = "You may not decide this: it takes an editor.",
) -> None:
    """Raise CurationError with *refusal* unless *actor* is active staff with a permission of this app.

    What the transaction changes from here on is *actor*'s in the history.
    """
    if not (isinstance(actor, User) and actor.is_active and actor.is_staff and actor.has_perm(f"claims.{permission}")):
        raise CurationError(refusal)
    decided_by(actor)


def check_publishable(claim: Claim) -> None:
    """Raise unless the claim has what the public must see: claimant, sentence that names it, mention, dispute."""
    if claim.claimant is None:
        raise CurationError("Who claims this? A published claim needs a claimant.")
    for party in claim.claimants:
        if party.merged_into_id:
            raise CurationError(f"{party} was merged into {party.merged_into}: choose that party.")
    if claim.co_claimants.filter(pk=claim.claimant.pk).exists():
        raise CurationError(f"{claim.claimant} is the claimant already: name who else claims it, or nobody.")
    if not claim.statement.strip():
        raise CurationError("A published claim needs its public sentence.")
    for party in claim.claimants:
        aliases = party.aliases.values_list("name", flat=True)
        if not names_claimant(claim.statement, [party.name, *aliases]):
            raise CurationError(f"The public sentence must name who claims it: “{party}” is not in it.")
    check_wording(claim)
    check_private(claim.statement)
    if not claim.mentions.exists():
        raise CurationError("A published claim needs at least one mention: the words that state it.")
    if not claim.disputes.exists():
        raise CurationError("Which dispute is it part of? A published claim belongs to at least one.")
    check_range(claim.on, claim.precision, claim.until)
    if claim.answers.filter(pk=claim.pk).exists():
        raise CurationError("A claim cannot answer itself.")


def check_private(text: str, what: str = "The public sentence") -> None:
    """Raise where *text* names a private person in full."""
    for party in Party.objects.filter(private=True).prefetch_related("aliases"):
        names = names_to_mask(party.full_name, (alias.name for alias in party.aliases.all()))
        if mask(text, names, party.name) != text:
            raise CurationError(f"{what} names {party.full_name}, a private person: write “{party.name}” there.")


def check_range(on: date | None, precision: str, until: date | None) -> None:
    """Raise where a date is a range without two ends in their order, or has a last day without being a range."""
    if precision == Precision.RANGE:
        if on is None or until is None:
            raise CurationError("A range needs its first and its last day.")
        if until <= on:
            raise CurationError(f"The last day, {until}, is not after the first, {on}: a range needs two days.")
    elif until is not None:
        raise CurationError("Only a range has a last day: choose “from that day to another”, or leave it empty.")


def check_wording(claim: Claim, because: str = "") -> None:
    """Raise where the public sentence states an accusation as a fact while nothing is found; the words are named.

    *because* goes before the message: what the editor was about to do.
    """
    words = bare_accusations(claim.statement)
    if words and not is_found(claim):
        named = ", ".join(f"“{word}”" for word in dict.fromkeys(words))
        raise CurationError(
            f"{because}The public sentence states as a fact what nobody has found: {named}. "
            f"Say who says so: “{claim.claimant_name} {verb('allegation', len(claim.claimants))} that …”."
        )


def is_found(claim: Claim) -> bool:
    """Whether somebody with the authority to do so found what is claimed.

    A finding itself is, and a claim against whose every target "found" is the step that stands.
    """
    if claim.kind == Kind.FINDING:
        return True
    steps = list(claim.statuses.all())
    targets: list[int | None] = [*claim.targets.values_list("pk", flat=True)] or [None]
    standing = [current_status([s for s in steps if s.target_id in (target, None)]) for target in targets]
    return all(status is not None and status.step == Step.FOUND for status in standing)


Letter = TypeVar("Letter", Reply, Suggestion)
# What comes without an account and without anybody else's service is bound by count: of one sender, and of all.
PER_HOUR, HOUR = 200, timedelta(hours=1)


def waiting_letter(letter: Letter, actor: User) -> Letter:
    """Return what came from outside as it stands now, locked; refuse where it is decided on already."""
    name = str(letter._meta.model_name)
    check_staff(actor, f"change_{name}")
    take_turn()
    held: Letter = type(letter)._default_manager.select_for_update().get(pk=letter.pk)
    # Both go from "waiting" to one of their other states, by a decision.
    if held.state != Moderation.WAITING:
        raise CurationError(f"This {name} is {held.get_state_display().lower()} already: nothing was changed.")
    return held


def check_rate(came: type[Reply] | type[Suggestion], sender: str, per_sender: int, now: datetime) -> None:
    """Raise TooManyError where *sender*, or all senders, sent more of this within an hour than is taken.

    Whoever counts waits for others that count, until the transaction ends: two at once are two.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('claims_from_outside'))")
    recent = came._default_manager.filter(received_at__gt=now - HOUR)
    if (sender and recent.filter(sender=sender).count() >= per_sender) or recent.count() >= PER_HOUR:
        raise TooManyError("That is more than we can take in an hour. Please send it again later.")
