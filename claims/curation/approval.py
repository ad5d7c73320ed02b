"""The second person: words that somebody wrote are public only when somebody else approved them.

    draft ──accept──→ awaiting ──approve──→ published ──edit──→ published, new wording beside it ──approve──→ …
                          └──send back──→ draft                          └──send back──→ published as it was

Who wrote what is told by the database (migration 0010), which refuses an own approval by any other road too.
"""

from typing import Any

from django.contrib.auth.models import User
from django.db import connection, transaction
from django.utils import timezone

from claims.curation.publication import publish
from claims.curation.recording import decide, picture
from claims.curation.rules import CurationError, check_publishable, check_staff, lock
from claims.models import Claim, Decision, State, Verb


def authors(claim: Claim, actor: User) -> list[int]:
    """Return the keys of those who wrote what *claim* would publish as it stands in memory.

    Empty where all its words are the machine's or were public before; *actor*'s among them where the words are new.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT CASE WHEN claims_was_public(%s, %s) THEN '{}' ELSE claims_authors(%s, %s, %s, %s, %s) END",
            [claim.pk, claim.statement, claim.pk, claim.kind, claim.claimant_id, claim.statement, actor.pk],
        )
        keys: list[int] = cursor.fetchone()[0]
    return keys


def needs_another(claim: Claim, actor: User) -> bool:
    """Whether *actor* may not publish the claim as it stands in memory without another person's approval."""
    wrote = authors(claim, actor)
    return bool(wrote) and (actor.pk in wrote or not actor.has_perm("claims.approve_claim"))


def ask(claim: Claim, actor: User) -> None:
    """Note that *actor* asks for approval; the caller sets state or wording and records the decision."""
    claim.asked_by, claim.asked_at = actor, timezone.now()


def settle(claim: Claim) -> None:
    """Note that nothing of the claim awaits approval any more."""
    claim.wording, claim.asked_by, claim.asked_at = "", None, None


@transaction.atomic
def approve(claim: Claim, actor: User, reason: str = "") -> Decision:
    """Publish the words that another person asked approval for; refused for one's own."""
    claim = _asked(claim, actor)
    check_staff(actor, "approve_claim", "You may not approve this: it takes a reviewer.")
    before = picture(claim)
    asked_by, wording = claim.asked_by, claim.wording
    settle(claim)
    claim.statement = wording or claim.statement
    check_publishable(claim)
    if actor == asked_by or actor.pk in authors(claim, actor):
        raise CurationError(f"You wrote these words of claim {claim.pk} yourself: another person has to approve them.")
    if claim.state == State.AWAITING:
        return publish(claim, actor, Verb.APPROVE, reason, before)
    now = timezone.now()
    claim.changed_at = now
    return decide(claim, actor, Verb.APPROVE, reason, before, now)


@transaction.atomic
def send_back(claim: Claim, actor: User, reason: str) -> Decision:
    """Return words that await approval to their author, with the reason: a draft waits again, a public one stands."""
    if not reason.strip():
        raise CurationError("Say why: sending back needs a reason that its author can work with.")
    claim = _asked(claim, actor)
    before: dict[str, Any] = picture(claim)
    settle(claim)
    if claim.state == State.AWAITING:
        claim.state = State.DRAFT
    return decide(claim, actor, Verb.SEND_BACK, reason, before)


def _asked(claim: Claim, actor: User) -> Claim:
    current = lock(claim, actor, State.AWAITING, State.PUBLISHED)
    if current.asked_at is None:
        raise CurationError(f"Nothing of claim {claim.pk} awaits approval: nothing was changed.")
    return current
