"""The steps of a claim from draft to published and away again."""

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from claims.curation.approval import ask, needs_another, settle
from claims.curation.changes import ClaimChanges, apply
from claims.curation.publication import publish
from claims.curation.recording import decide, picture, tell
from claims.curation.rules import CurationError, check_publishable, check_staff, lock
from claims.models import Claim, Decision, Mention, NoticeKind, State, Verb
from tracker.news import subscriptions
from tracker.news.models import Reading

# A quote states one claim: more than this is no excerpt any longer.
LONGEST_QUOTE = 1000


@transaction.atomic
def accept(claim: Claim, actor: User, *, changes: ClaimChanges | None = None, reason: str = "") -> Decision:
    """Publish a draft, with the editor's changes, and record the status steps that follow from it.

    Where it would publish words of the editor's own, it awaits another person's approval instead: the decision's
    verb then is `Verb.PROPOSE`.
    """
    claim = lock(claim, actor, State.DRAFT)
    before = picture(claim)
    apply(claim, changes)
    check_publishable(claim)
    if not needs_another(claim, actor):
        return publish(claim, actor, Verb.ACCEPT, reason, before)
    claim.state = State.AWAITING
    ask(claim, actor)
    return decide(claim, actor, Verb.PROPOSE, reason, before)


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
    apply(claim, changes)
    decide(claim, actor, Verb.WRITE, "", {})
    return claim


@transaction.atomic
def edit(claim: Claim, actor: User, changes: ClaimChanges, reason: str = "") -> Decision:
    """Change a draft or a published claim; a published one still has to stand afterwards.

    A new sentence in the editor's own words stays beside the published one until another person approves it: a
    decision of its own, with `Verb.PROPOSE`, which is returned then. The other changes hold at once.
    """
    claim = lock(claim, actor, State.DRAFT, State.PUBLISHED)
    before, stands, now = picture(claim), claim.statement, timezone.now()
    apply(claim, changes)
    if claim.state == State.DRAFT:
        return decide(claim, actor, Verb.EDIT, reason, before, now)
    check_publishable(claim)
    if claim.statement == stands or not needs_another(claim, actor):
        if claim.statement != stands:
            settle(claim)
        claim.changed_at = now
        return decide(claim, actor, Verb.EDIT, reason, before, now)
    proposed, claim.statement = claim.statement, stands
    check_publishable(claim)
    if picture(claim) != before:
        claim.changed_at = now
        decide(claim, actor, Verb.EDIT, reason, before, now)
        before = picture(claim)
    claim.wording = proposed
    ask(claim, actor)
    return decide(claim, actor, Verb.PROPOSE, reason, before, now)


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
    settle(claim)
    if claim.published_at is not None:
        claim.changed_at = now
    if into.state == State.PUBLISHED:
        Claim.objects.filter(pk=into.pk).update(changed_at=now)
        subscriptions.watch(mention.article_id for mention in moved)
    after = {"moved": [mention.pk for mention in moved]}
    return decide(claim, actor, Verb.MERGE, reason or f"the same claim as {into.pk}", before, now, after=after)


@transaction.atomic
def retract(claim: Claim, actor: User, reason: str) -> Decision:
    """Take a published claim out of every served view; a tombstone stays at its address.

    Those who follow are told and the bulk files built anew: queued here, in the same transaction.
    """
    if not reason.strip():
        raise CurationError("A retraction needs a reason: its notice is public.")
    claim = lock(claim, actor, State.PUBLISHED)
    before = picture(claim)
    now = timezone.now()
    claim.state, claim.changed_at = State.RETRACTED, now
    settle(claim)
    decision = decide(claim, actor, Verb.RETRACT, reason, before, now)
    tell(NoticeKind.RETRACTED, decision)
    return decision


def _key(claim: Claim) -> int:
    return claim.pk
