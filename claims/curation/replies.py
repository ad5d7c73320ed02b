"""Right of reply: asking a party, its private link, and what becomes of the answer.

    asked ──link──→ the party answers ──→ waiting ──publish──→ published, verbatim
      └─revoke: the link is worth nothing       └──reject──→ rejected

The link holds a signed token. It runs out and can be revoked: both are the database's word, not the token's.
"""

import secrets
from datetime import date, datetime, timedelta

from django.contrib.auth.models import User
from django.core import signing
from django.db import transaction
from django.utils import timezone

from claims.curation.recording import record, tell
from claims.curation.rules import CurationError, check_rate, check_staff, take_turn, waiting_letter
from claims.models import Claim, Decision, Moderation, NoticeKind, Party, Reply, ReplyRequest, State, Verb

SALT = "claims.reply"
# How long a party has, and how long its link lives on after that: a late answer is an answer.
ANSWER_DAYS, LINK_DAYS = 14, 90
LONGEST_REPLY, MOST_REPLIES = 5000, 5
# In an hour: a press office or a lawyer may answer several requests at once.
PER_SENDER = 20


@transaction.atomic
def ask(party: Party, claims: list[Claim], actor: User, *, contact: str, answer_by: date | None = None) -> ReplyRequest:
    """Note that *party* is asked to answer published *claims* about it; `link_token` gives the private link."""
    check_staff(actor, "add_replyrequest")
    now = timezone.now()
    answer_by = answer_by or (now + timedelta(days=ANSWER_DAYS)).date()
    if not contact.strip():
        raise CurationError("Say who is asked and how: an address, a press office, a lawyer.")
    if not claims:
        raise CurationError("Which claims is it asked about? Choose at least one.")
    if answer_by <= now.date():
        raise CurationError(f"{answer_by} is over: give the party a day to come.")
    if party.merged_into_id:
        raise CurationError(f"{party} was merged into {party.merged_into}: ask that party.")
    for claim in claims:
        if claim.state != State.PUBLISHED:
            raise CurationError(f"Claim {claim.pk} is not published: nobody is asked about it yet.")
        if not claim.targets.filter(pk=party.pk).exists():
            raise CurationError(f"Claim {claim.pk} is not about {party}: it has nothing to answer there.")
    ends = now + timedelta(days=max(LINK_DAYS, (answer_by - now.date()).days + 1))
    detail = {"claims": sorted(claim.pk for claim in claims), "answer_by": answer_by.isoformat()}
    request = ReplyRequest(
        party=party,
        asked_at=now,
        asked_by=actor,
        contact=contact.strip()[:300],
        answer_by=answer_by,
        expires_at=ends,
        nonce=secrets.token_hex(16),
    )
    request.decision = record(Verb.ASK, actor, party, after=detail, now=now)
    request.save()
    request.claims.set(claims)
    return request


def link_token(request: ReplyRequest) -> str:
    """Return the signed token of a request's private link."""
    return signing.dumps([request.pk, request.nonce], salt=SALT)


def find_request(token: str) -> ReplyRequest | None:
    """Return the request that a token is of; None for a forged, garbled or unknown one. It may be over: see `open`."""
    try:
        pk, nonce = signing.loads(token, salt=SALT)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return ReplyRequest.objects.select_related("party").filter(pk=pk, nonce=nonce).first()


@transaction.atomic
def revoke(request: ReplyRequest, actor: User, reason: str = "") -> ReplyRequest:
    """Make a private link worth nothing from now on."""
    check_staff(actor, "add_replyrequest")
    take_turn()
    held = ReplyRequest.objects.select_for_update().get(pk=request.pk)
    if held.revoked_at:
        raise CurationError("That link was revoked already: nothing was changed.")
    held.revoked_at = timezone.now()
    record(Verb.REVOKE, actor, held, reason=reason, now=held.revoked_at)
    held.save(update_fields=["revoked_at"])
    return held


@transaction.atomic
def receive(
    request: ReplyRequest,
    text: str,
    signed: str,
    language: str = "en",
    now: datetime | None = None,
    *,
    sender: str = "",
) -> Reply:
    """Keep what a party sent through its private link; it waits for an editor. No account is needed.

    *sender* tells one sender from another for a day, and nobody from it: too many of one are refused.
    """
    now = now or timezone.now()
    take_turn()
    held = ReplyRequest.objects.select_for_update().get(pk=request.pk)
    if not held.open(now):
        raise CurationError("This link is no longer valid. Ask the editors for another one.")
    text, signed = text.replace("\r\n", "\n").replace("\x00", "").strip(), " ".join(signed.replace("\x00", "").split())
    if not text or not signed:
        raise CurationError("An answer has words, and somebody who gives it.")
    if len(text) > LONGEST_REPLY:
        raise CurationError(f"Your answer has {len(text)} characters; {LONGEST_REPLY} fit. It was not sent.")
    if held.replies.filter(text=text).exists():
        raise CurationError("We have this answer already; it was not sent twice.")
    if held.replies.waiting().count() >= MOST_REPLIES:
        raise CurationError(f"{MOST_REPLIES} answers of yours wait for the editors already; more can follow later.")
    check_rate(Reply, sender, PER_SENDER, now)
    return Reply.objects.create(
        request=held, text=text, signed=signed[:200], language=language[:20], received_at=now, sender=sender
    )


@transaction.atomic
def publish_reply(reply: Reply, actor: User, *, translation: str = "", reason: str = "") -> Decision:
    """Let a reply be public, verbatim and dated; what it answers changes with it, so that followers see it."""
    held = waiting_letter(reply, actor)
    claims = list(held.request.claims.filter(state=State.PUBLISHED))
    if not claims:
        raise CurationError("None of the claims that it answers is public any more: reject it, with that reason.")
    if not held.language.startswith("en") and not translation.strip():
        raise CurationError(f"It is written in “{held.language}”: readers need a translation beside it.")
    now = timezone.now()
    after = {"claims": [claim.pk for claim in claims], "translation": translation.strip()}
    decision = record(Verb.REPLY, actor, held, reason=reason, after=after, now=now)
    held.state, held.published_at, held.decision = Moderation.PUBLISHED, now, decision
    held.translation = translation.strip()
    held.save()
    Claim.objects.filter(pk__in=[claim.pk for claim in claims]).update(changed_at=now)
    for claim in claims:
        tell(NoticeKind.REPLIED, decision, "claim", claim.pk)
    return decision


@transaction.atomic
def reject_reply(reply: Reply, actor: User, reason: str) -> Decision:
    """Keep a reply from being public, with the reason that its sender may be told."""
    if not reason.strip():
        raise CurationError("Say why: its sender may ask.")
    held = waiting_letter(reply, actor)
    decision = record(Verb.REJECT, actor, held, reason=reason)
    held.state, held.decision = Moderation.REJECTED, decision
    held.save(update_fields=["state", "decision"])
    return decision
