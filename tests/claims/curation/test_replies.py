"""Right of reply: who is asked, by which link, and how the answer becomes public."""

from datetime import timedelta

import pytest
from django.core import signing
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from claims import curation, timelines
from claims.curation import CurationError
from claims.following import changes
from claims.models import Claim, Moderation, Notice, NoticeKind, Party, Reply, ReplyRequest
from tests.factories import make_editor, make_party, make_published

pytestmark = pytest.mark.django_db
WORDS = "We did nothing of the kind.\nOur models are our own."


def target_of(claim: Claim) -> Party:
    return claim.targets.get()


def asked(claim: Claim | None = None) -> ReplyRequest:
    claim = claim or make_published()
    return curation.ask(target_of(claim), [claim], make_editor(), contact="press@example.org")


def test_the_states_of_the_right_of_reply_follow_what_was_done() -> None:
    claim = make_published()
    now = timezone.now()

    def state(days: int = 0) -> str:
        [found] = timelines.reply_states(Claim.objects.get(pk=claim.pk), now + timedelta(days=days))
        assert found.party == target_of(claim)
        return found.state

    assert state() == "not-asked"
    request = asked(claim)
    assert state() == "asked"
    assert state(days=15) == "no-reply"
    reply = curation.receive(request, WORDS, "The press office")
    assert state(days=15) == "no-reply", "what no editor let through is not public"
    curation.publish_reply(reply, make_editor())
    assert state(days=15) == "replied"


def test_a_party_that_answered_in_public_needs_no_asking() -> None:
    claim = make_published()
    denial = make_published(
        claim.mentions.get().reading,
        "DeepSeek denied the accusation on Tuesday",
        kind="denial",
        claimant=target_of(claim),
        targets=[make_party()],
    )
    denial.answers.add(claim)
    assert timelines.reply_states(Claim.objects.get(pk=claim.pk), timezone.now()) == []


def test_a_link_finds_its_request_and_nothing_else_does() -> None:
    request = asked()
    token = curation.link_token(request)
    assert curation.find_request(token) == request
    forged = signing.dumps([request.pk, "0" * 32], salt="claims.reply")
    other = signing.dumps([request.pk, request.nonce], salt="another")
    for wrong in (token[:-1], token + "x", forged, other, "", "a:b:c", signing.dumps("x", salt="claims.reply")):
        assert curation.find_request(wrong) is None


def test_a_link_ends_and_can_be_revoked() -> None:
    request = asked()
    with pytest.raises(CurationError, match="no longer valid"):
        curation.receive(request, WORDS, "Press", now=request.expires_at)
    curation.revoke(request, make_editor(), "sent to the wrong address")
    with pytest.raises(CurationError, match="no longer valid"):
        curation.receive(request, WORDS, "Press")
    with pytest.raises(CurationError, match="revoked already"):
        curation.revoke(request, make_editor())
    assert not Reply.objects.exists()


def test_an_answer_is_published_verbatim_and_moves_the_claim_and_tells_followers() -> None:
    claim = make_published()
    reply = curation.receive(asked(claim), f"  {WORDS}\r\n", " The  press office ")
    assert (reply.text, reply.signed, reply.state) == (WORDS, "The press office", Moderation.WAITING)
    [entry] = timelines.as_entries(timelines.with_parts(timelines.published()))
    assert entry.replies == ()
    assert entry.unanswered
    before = claim.changed_at
    decision = curation.publish_reply(reply, make_editor())
    [entry] = timelines.as_entries(timelines.with_parts(timelines.published()))
    assert [r.text for r in entry.replies] == [WORDS]
    assert not entry.unanswered
    assert not timelines.open_accusations(timelines.published())
    assert before
    assert entry.claim.changed_at
    assert entry.claim.changed_at > before
    assert Notice.objects.filter(decision=decision, kind=NoticeKind.REPLIED, subject="claim", subject_id=claim.pk)
    [item] = [item for item in timelines.timeline(claim.disputes.get()).items if item.reply]
    assert item.reply
    assert item.reply.text == WORDS


def test_an_answer_in_another_language_needs_a_translation_beside_it() -> None:
    reply = curation.receive(asked(), "Das stimmt nicht.", "Presse", "de")
    with pytest.raises(CurationError, match="translation"):
        curation.publish_reply(reply, make_editor())
    curation.publish_reply(reply, make_editor(), translation="That is not true.")
    reply.refresh_from_db()
    assert (reply.text, reply.translation) == ("Das stimmt nicht.", "That is not true.")


def test_a_reply_is_decided_on_once() -> None:
    reply = curation.receive(asked(), WORDS, "Press")
    with pytest.raises(CurationError, match="Say why"):
        curation.reject_reply(reply, make_editor(), " ")
    curation.reject_reply(reply, make_editor(), "insults a third person")
    with pytest.raises(CurationError, match="rejected already"):
        curation.publish_reply(reply, make_editor())


def test_too_much_and_too_long_are_refused() -> None:
    request = asked()
    with pytest.raises(CurationError, match="5000 fit"):
        curation.receive(request, "x" * 5001, "Press")
    for number in range(5):
        curation.receive(request, f"Answer {number}", "Press")
    with pytest.raises(CurationError, match="wait for the editors already"):
        curation.receive(request, "Answer 6", "Press")
    with pytest.raises(CurationError, match="not sent twice"):
        curation.receive(request, "Answer 1", "Press")


@pytest.mark.parametrize("what", ["contact", "claims", "target", "published", "past"])
def test_asking_for_what_makes_no_sense_is_refused(what: str) -> None:
    claim = make_published()
    party, claims, contact, day = target_of(claim), [claim], "press@example.org", None
    match what:
        case "contact":
            contact = " "
        case "claims":
            claims = []
        case "target":
            party = make_party("Somebody Else")
        case "published":
            curation.retract(claim, make_editor(), "wrong")
            claims = [Claim.objects.get(pk=claim.pk)]
        case "past":
            day = timezone.now().date()
    with pytest.raises(CurationError):
        curation.ask(party, claims, make_editor(), contact=contact, answer_by=day)
    assert not ReplyRequest.objects.exists()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE claims_reply SET text = 'We did it.'",
        "UPDATE claims_reply SET signed = 'Somebody'",
        "DELETE FROM claims_reply",
        "UPDATE claims_reply SET state = 'published', published_at = now(), "
        "decision_id = (SELECT min(id) FROM claims_decision)",
    ],
)
def test_the_database_keeps_a_reply_verbatim_and_publishes_it_by_its_own_decision_alone(statement: str) -> None:
    curation.receive(asked(), WORDS, "Press")
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_the_secret_and_the_address_of_a_request_are_not_in_the_history() -> None:
    from claims.models import AuditEvent

    request = asked()
    [event] = AuditEvent.objects.filter(table_name="claims_replyrequest")
    assert request.nonce not in str(event.after)
    assert "press@example.org" not in str(event.after)


def test_those_who_follow_are_told_of_a_reply_at_once() -> None:
    claim = make_published()
    curation.publish_reply(curation.receive(asked(claim), WORDS, "Press"), make_editor())
    claim.refresh_from_db()
    assert changes.newest() == claim.changed_at, "the mark up to which followers are told reaches the reply"
