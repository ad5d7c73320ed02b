"""Splitting what was thrown together: a claim by its mentions, a dispute or a party by its claims.

Each leaves the first where it is and makes a second one; merging the two again takes it back.
"""

from collections.abc import Iterable

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from claims.curation.recording import decide, picture, record
from claims.curation.registry import add_names, create_party, new_dispute
from claims.curation.rules import CurationError, check_publishable, check_staff, lock, take_turn
from claims.models import Claim, Dispute, Event, Mention, Party, State, Status, Verb
from claims.wording import names_claimant


@transaction.atomic
def split(claim: Claim, mentions: Iterable[Mention], actor: User, reason: str = "") -> Claim:
    """Take some mentions of a claim out into a draft of their own, with the same fields; return it.

    The draft is decided on like any other. Status steps stay with the claim, so a mention that is the source of one
    does not move.
    """
    check_staff(actor, "add_claim")
    claim = lock(claim, actor, State.DRAFT, State.PUBLISHED)
    keys = {mention.pk for mention in mentions}
    moved = list(claim.mentions.select_for_update().filter(pk__in=keys))
    if not moved or len(moved) != len(keys):
        raise CurationError(f"Choose mentions of claim {claim.pk} that are to stand alone: nothing was split.")
    if claim.mentions.count() == len(moved):
        raise CurationError("All mentions would move: a claim keeps at least one. To change it, edit it.")
    if step := Status.objects.filter(source__in=moved).select_related("claim").first():
        raise CurationError(f"“{step}” of claim {step.claim_id} rests on one of these mentions: it stays.")
    before, now = picture(claim), timezone.now()
    draft = Claim.objects.create(
        kind=claim.kind,
        claimant=claim.claimant,
        statement="",
        on=claim.on,
        precision=claim.precision,
        until=claim.until,
        hedged=claim.hedged,
    )
    for relation in ("co_claimants", "targets", "topics", "systems", "disputes"):
        getattr(draft, relation).set(getattr(claim, relation).all())
    Mention.objects.filter(pk__in=keys).update(claim=draft)
    detail = {"moved": sorted(keys)}
    decide(draft, actor, Verb.WRITE, f"split from claim {claim.pk}", {}, now, after=detail | {"from": claim.pk})
    if claim.state == State.PUBLISHED:
        claim.changed_at = now
    decide(claim, actor, Verb.SPLIT, reason, before, now, after=detail | {"into": draft.pk})
    return draft


@transaction.atomic
def split_dispute(
    dispute: Dispute,
    title: str,
    claims: Iterable[Claim],
    actor: User,
    *,
    events: Iterable[Event] = (),
    reason: str = "",
) -> Dispute:
    """Open a dispute of its own for some claims and events of another; return it."""
    check_staff(actor, "change_dispute")
    take_turn()
    dispute = Dispute.objects.select_for_update().get(pk=dispute.pk)
    chosen = list(dispute.claims.filter(pk__in=[claim.pk for claim in claims]))
    if not chosen:
        raise CurationError("Which claims are a dispute of their own? Choose at least one of this dispute.")
    shown = Q(state=State.PUBLISHED)
    if not dispute.claims.filter(shown).exclude(pk__in=[c.pk for c in chosen]).exists():
        raise CurationError("All its public claims would move: rename the dispute instead.")
    if not title.strip():
        raise CurationError("The new dispute needs a title.")
    new = new_dispute(" ".join(title.split())[:200], actor, demonstration=dispute.demonstration)
    moved_events = list(dispute.events.filter(pk__in=[event.pk for event in events]))
    new.topics.set(dispute.topics.all())
    new.systems.set(dispute.systems.all())
    now = timezone.now()
    for claim in chosen:
        claim.disputes.remove(dispute)
        claim.disputes.add(new)
        new.articles.add(*claim.mentions.values_list("article", flat=True))
    Event.objects.filter(pk__in=[event.pk for event in moved_events]).update(dispute=new)
    dispute.places.filter(claim__in=chosen).update(dispute=new)
    keys = [claim.pk for claim in chosen]
    Claim.objects.filter(pk__in=keys, state=State.PUBLISHED).update(changed_at=now)
    detail = {"into": new.pk, "claims": keys, "events": [event.pk for event in moved_events]}
    record(Verb.SPLIT, actor, dispute, reason=reason, after=detail, now=now)
    return new


@transaction.atomic
def split_party(
    party: Party,
    name: str,
    kind: str,
    claims: Iterable[Claim],
    actor: User,
    *,
    names: Iterable[str] = (),
    reason: str = "",
) -> Party:
    """Make a second party for claims that are by or about another one of a like name; return it.

    A published claim has to name its claimant afterwards as well: the sentence has to hold the new party's name.
    """
    check_staff(actor, "change_party")
    take_turn()
    party = Party.objects.select_for_update().get(pk=party.pk)
    wanted = [claim.pk for claim in claims]
    about = Q(claimant=party) | Q(co_claimants=party) | Q(targets=party)
    chosen = list(Claim.objects.filter(about, pk__in=wanted).distinct())
    if not chosen:
        raise CurationError(f"Which claims are another party's? Choose at least one by or about {party}.")
    moved_names = [alias for alias in party.aliases.all() if alias.name in set(names) and alias.name != party.name]
    for alias in moved_names:
        alias.delete()
    new = create_party(name, kind, actor)
    add_names(new, [alias.name for alias in moved_names])
    now = timezone.now()
    for claim in chosen:
        _give(claim, party, new, actor, now)
    detail = {
        "into": new.pk,
        "claims": [claim.pk for claim in chosen],
        "names": [alias.name for alias in moved_names],
    }
    record(Verb.SPLIT, actor, party, reason=reason, after=detail, now=now)
    return new


def _give(claim: Claim, party: Party, new: Party, actor: User, now: object) -> None:
    """Let a claim be by and about *new* instead of *party*, with its status steps."""
    joint = claim.co_claimants.filter(pk=party.pk).exists()
    if claim.claimant_id == party.pk or joint:
        public = claim.state == State.PUBLISHED
        if public and not names_claimant(claim.statement, [new.name, *new.aliases.values_list("name", flat=True)]):
            raise CurationError(f"The public sentence of claim {claim.pk} does not name {new}: edit it first.")
    if claim.claimant_id == party.pk:
        claim.claimant = new
    if joint:
        claim.co_claimants.remove(party)
        claim.co_claimants.add(new)
    if claim.targets.filter(pk=party.pk).exists():
        claim.targets.remove(party)
        claim.targets.add(new)
        claim.statuses.filter(target=party).update(target=new)
    if claim.state == State.PUBLISHED:
        check_publishable(claim)
        claim.changed_at = now  # type: ignore[assignment]
    claim.save(update_fields=["claimant", "changed_at"])
