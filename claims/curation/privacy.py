"""Private persons: initials everywhere, the full name only by a recorded decision.

What the public may read is `Party.name`. Of a private person that is the initials, so no page, feed, file or address
can tell more; the name is kept beside it for editors and for matching. Words of editors that hold the name are
rewritten with the initials at once; words of evidence are shown with the initials (`claims.timelines.privacy`).
"""

from collections.abc import Iterable
from typing import Any

from django.contrib.auth.models import User
from django.db import connection, transaction
from django.utils import timezone

from claims.curation.recording import decide, picture, plain, record, tell
from claims.curation.rules import CurationError, check_staff, take_turn
from claims.models import Claim, Decision, Dispute, Event, NoticeKind, Party, PartyKind, State, Status, Verb
from claims.naming import initials, mask, names_to_mask


@transaction.atomic
def conceal(party: Party, actor: User, reason: str = "") -> Decision:
    """Let a person go by initials everywhere from now on; the old address is no more."""
    check_staff(actor, "change_party")
    take_turn()
    held = Party.objects.select_for_update().get(pk=party.pk)
    if held.private:
        raise CurationError(f"{held} goes by initials already: nothing was changed.")
    if held.kind != PartyKind.PERSON:
        raise CurationError(f"{held} is no person: only persons go by initials.")
    if held.merged_into_id or held.merged.exists():
        raise CurationError(f"{held} is part of a merger: take that back first.")
    full, short = held.name, initials(held.name)
    if not short or short == full:
        raise CurationError(f"“{full}” has no initials that would say less.")
    names = names_to_mask(full, held.aliases.values_list("name", flat=True))
    now = timezone.now()
    decision = record(
        Verb.CONCEAL,
        actor,
        held,
        reason=reason,
        before={"name": full, "slug": held.slug, "wikidata": held.wikidata, "description": held.description},
        after={"name": short, "private": True},
        now=now,
    )
    held.private, held.full_name, held.name = True, full, short
    held.slug, held.wikidata, held.description = f"person-{held.pk}", "", mask(held.description, names, short)
    held.save()
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('tracker.concealment', %s, true)", [str(decision.pk)])
    _rewrite(names, short, actor, now)
    tell(NoticeKind.CONCEALED, decision)
    party.refresh_from_db()
    return decision


@transaction.atomic
def disclose(party: Party, actor: User, reason: str) -> Decision:
    """Publish a private person's full name: a decision of its own, with its reason.

    The name is shown where the party is named; sentences that were written with initials stay until they are edited.
    """
    check_staff(actor, "disclose_party", "You may not publish a private person's name: it takes a reviewer.")
    if not reason.strip():
        raise CurationError("Say why the full name may be published: a public role, the person's own wish, a judgment.")
    take_turn()
    held = Party.objects.select_for_update().get(pk=party.pk)
    if not held.private:
        raise CurationError(f"{held} goes by the full name already: nothing was changed.")
    before = {"name": held.name, "private": True}
    decision = record(
        Verb.DISCLOSE, actor, held, reason=reason, before=before, after={"name": held.full_name, "private": False}
    )
    short = held.name
    held.name, held.full_name, held.private = held.full_name, "", False
    held.save()
    # Sentences that name the person by initials have to name the claimant still.
    held.aliases.get_or_create(name=short, defaults={"folded": short.replace(".", "").casefold(), "ambiguous": True})
    party.refresh_from_db()
    return decision


def _rewrite(names: Iterable[str], short: str, actor: User, now: Any) -> None:
    """Put the initials in the place of the name in everything that editors worded."""
    wanted = list(names)
    for claim in Claim.objects.exclude(statement="", wording="").select_for_update():
        masked = mask(claim.statement, wanted, short), mask(claim.wording, wanted, short)
        if masked == (claim.statement, claim.wording):
            continue
        before = picture(claim)
        claim.statement, claim.wording = masked
        if claim.state == State.PUBLISHED:
            claim.changed_at = now
        decide(claim, actor, Verb.REDACT, "the name of a private person", before, now)
    for model, columns in ((Dispute, ("title", "summary")), (Status, ("note",))):
        for row in model._default_manager.all():
            fresh = {column: mask(getattr(row, column), wanted, short) for column in columns}
            if any(getattr(row, column) != words for column, words in fresh.items()):
                model._default_manager.filter(pk=row.pk).update(**fresh)
    for event in Event.objects.all():
        if (text := mask(event.text, wanted, short)) != event.text:
            old, event.text = plain(event), text
            reason = "the name of a private person"
            event.decision = record(Verb.REDACT, actor, event, reason=reason, before=old, after=plain(event), now=now)
            event.save(update_fields=["text", "decision"])
