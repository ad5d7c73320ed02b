"""What stands beside claims in public: corrections, parties' replies, earlier wordings, and what was taken out."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Prefetch, Q, QuerySet

from claims.models import (
    Claim,
    Correction,
    Decision,
    Dispute,
    Kind,
    Moderation,
    Party,
    Reply,
    ReplyRequest,
    State,
    Verb,
)
from claims.timelines.privacy import masking

# What a party may be asked to answer.
ACCUSING = (Kind.ALLEGATION, Kind.CONCERN, Kind.FINDING)


def corrections() -> QuerySet[Correction]:
    """Return every public correction, the newest first, with what it corrects."""
    return Correction.objects.public().select_related("claim", "dispute", "party").defer("claim__proposed")


def corrections_of(subject: Claim | Dispute | Party, limit: int = 20) -> list[Correction]:
    """Return the newest corrections that a page has to show: its own, and those of the claims that stand on it."""
    match subject:
        case Claim():
            about = Q(claim=subject) | Q(claim__merged_into=subject)
        case Dispute():
            about = Q(dispute=subject) | Q(dispute__merged_into=subject) | Q(claim__disputes=subject)
        case Party():
            about = Q(party=subject) | Q(claim__claimant=subject) | Q(claim__targets=subject)
    return mask_corrections(corrections().filter(about)[:limit])


def mask_corrections(rows: Iterable[Correction]) -> list[Correction]:
    """Show initials in corrections that were published before a person's name was taken out; nothing is saved."""
    masked, found = masking(), list(rows)
    for row in found:
        row.wrong, row.right = masked(row.wrong), masked(row.right)
    return found


def mask_replies(rows: Iterable[Reply]) -> list[Reply]:
    """Show initials in replies that are about to be read; nothing is saved."""
    masked, found = masking(), list(rows)
    for row in found:
        row.text, row.translation, row.signed = masked(row.text), masked(row.translation), masked(row.signed)
    return found


def replies_of(claims: Sequence[int]) -> dict[int, list[Reply]]:
    """Return the public replies to each of *claims* by its key, the earliest first."""
    found: dict[int, list[Reply]] = defaultdict(list)
    links = ReplyRequest.claims.through.objects.filter(claim__in=claims).values_list("replyrequest_id", "claim_id")
    asked: dict[int, list[int]] = defaultdict(list)
    for request, claim in links:
        asked[request].append(claim)
    if asked:
        replies = Reply.objects.filter(state=Moderation.PUBLISHED, request__in=list(asked)).select_related(
            "request__party"
        )
        for reply in mask_replies(replies):
            for claim in asked[reply.request_id]:
                found[claim].append(reply)
    return found


def dispute_replies(dispute: Dispute) -> QuerySet[Reply]:
    """Return the public replies to claims of a dispute, the earliest first."""
    public = Claim.objects.published()
    return (
        Reply.objects.public()
        .filter(request__claims__disputes=dispute)
        .select_related("request__party")
        .prefetch_related(Prefetch("request__claims", public, to_attr="public_claims"))
        .distinct()
    )


@dataclass(frozen=True, slots=True)
class ReplyState:
    """Whether a party was asked about a claim, and what came of it.

    `state` is "not-asked", "asked" (its days are running), "no-reply" (they are over) or "replied".
    """

    party: Party
    state: str
    request: ReplyRequest | None = None
    replies: tuple[Reply, ...] = ()


def reply_states(claim: Claim, now: datetime) -> list[ReplyState]:
    """Return where the right of reply stands with each party that a claim is about; [] where it accuses nobody."""
    if claim.kind not in ACCUSING:
        return []
    requests: dict[int, list[ReplyRequest]] = defaultdict(list)
    published = Prefetch("replies", Reply.objects.filter(state=Moderation.PUBLISHED))
    for request in claim.reply_requests.order_by("asked_at").prefetch_related(published):
        requests[request.party_id].append(request)
    # A party that answered in public, by a denial or a response, has been heard without being asked.
    answered = {other.claimant_id for other in claim.answered_by.all() if other.state == State.PUBLISHED}
    states = []
    for party in claim.targets.all():
        asked = requests.get(party.pk, [])
        replies = tuple(mask_replies(reply for request in asked for reply in request.replies.all()))
        if replies:
            states.append(ReplyState(party, "replied", asked[-1], replies))
        elif asked:
            over = all(request.revoked_at or request.answer_by < now.date() for request in asked)
            states.append(ReplyState(party, "no-reply" if over else "asked", asked[-1]))
        elif party.pk not in answered:
            states.append(ReplyState(party, "not-asked"))
    return states


@dataclass(frozen=True, slots=True)
class Wording:
    """A public sentence that a claim had, and from when until when."""

    statement: str
    since: datetime
    until: datetime


def earlier_wordings(claim: Claim) -> list[Wording]:
    """Return the sentences under which a claim was public before the present one, the earliest first."""
    decisions = Decision.objects.filter(
        subject="claim", subject_id=claim.pk, after__state=State.PUBLISHED, after__has_key="statement"
    ).order_by("number")
    found: list[Wording] = []
    current, since = "", None
    for decision in decisions.only("made_at", "after"):
        statement = str(decision.after["statement"])
        if statement != current:
            if current and since:
                found.append(Wording(current, since, decision.made_at))
            current, since = statement, decision.made_at
    # A name that was taken out since is taken out of the old wordings too.
    masked = masking()
    return [Wording(masked(row.statement), row.since, row.until) for row in found]


def redactions(claim: Claim) -> list[Decision]:
    """Return the redactions that took words from a claim, the first one first: when and on what ground, never what."""
    about = Q(subject="claim", subject_id=claim.pk, verb=Verb.REDACT, after__has_key="ground")
    return list(Decision.objects.filter(about).only("made_at", "after", "number").order_by("number"))
