"""Words that a person wrote are public only when another person approved them, whatever road is tried."""

from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from claims import curation, undoing
from claims.curation import ClaimChanges, CurationError, picture
from claims.models import Claim, Decision, Kind, State, Verb
from claims.roles import ensure_roles
from claims.wording import compare, propose_statement
from tests.claims.desk import desk, filled, log_in_editor
from tests.factories import make_dispute, make_draft, make_editor, make_party, make_published, make_reading

pytestmark = pytest.mark.django_db
NEW = ClaimChanges(statement="OpenAI accuses DeepSeek of copying what it learnt.")


def member(role: str, name: str) -> User:
    """A person of one of the groups, and nothing more."""
    ensure_roles()
    user = User.objects.create_user(name, password="x", is_staff=True)
    user.groups.add(Group.objects.get(name=role))
    return user


def again(claim: Claim) -> Claim:
    return Claim.objects.get(pk=claim.pk)


def asked(author: User) -> Claim:
    """A draft that its author worded and accepted."""
    claim = make_draft()
    assert curation.accept(claim, author, changes=NEW).verb == Verb.PROPOSE
    return again(claim)


# --------------------------------------------------------------------------------------------------- what needs it
def test_the_machines_own_words_publish_on_one_persons_acceptance() -> None:
    assert curation.accept(make_draft(), member("editor", "e")).verb == Verb.ACCEPT


def test_a_corrected_field_or_span_publishes_at_once_with_the_sentence_that_follows_from_it() -> None:
    editor, claim = member("editor", "e"), make_draft()
    mention = claim.mentions.get()
    curation.correct_span(claim, mention, 0, 32, editor)
    sentence = propose_statement("concern", "Meta", mention.reading.text[:32])
    changes = ClaimChanges(kind="concern", claimant=make_party("Meta"), statement=sentence)
    assert curation.accept(claim, editor, changes=changes).verb == Verb.ACCEPT
    assert again(claim).statement == sentence


def test_an_editors_wording_awaits_and_a_reviewers_approval_publishes_it() -> None:
    claim = asked(member("editor", "e"))
    assert (claim.state, claim.asked_by and claim.asked_by.username) == (State.AWAITING, "e")
    assert not Claim.objects.published().exists()
    assert not claim.disputes.get().articles.exists()
    curation.approve(claim, member("reviewer", "r"))
    claim = again(claim)
    assert (claim.state, claim.statement, claim.asked_by) == (State.PUBLISHED, NEW.statement, None)
    assert claim.statuses.get().step == "alleged"


def test_a_new_wording_of_a_published_claim_waits_beside_the_one_that_stands() -> None:
    editor, claim = make_editor("e"), make_published()
    stands = claim.statement
    curation.edit(claim, editor, ClaimChanges(statement=NEW.statement, hedged=True))
    claim = again(claim)
    assert (claim.state, claim.statement, claim.wording, claim.hedged) == ("published", stands, NEW.statement, True)
    curation.approve(claim, make_editor("r"))
    assert (again(claim).statement, again(claim).wording) == (NEW.statement, "")


def test_a_wording_that_was_public_before_needs_nobody_again() -> None:
    editor, claim = member("editor", "e"), make_published()
    stands = claim.statement
    curation.edit(claim, editor, NEW)
    curation.approve(claim, member("reviewer", "r"))
    assert curation.edit(claim, editor, ClaimChanges(statement=stands)).verb == Verb.EDIT
    assert again(claim).statement == stands


def test_a_claim_by_hand_needs_another_even_in_the_machines_words() -> None:
    writer, reading = make_editor("w"), make_reading()
    party, quote = make_party(), reading.text[:48]
    changes = ClaimChanges(
        claimant=party, statement=propose_statement("allegation", "OpenAI", quote), disputes=[make_dispute()]
    )
    draft = curation.write(reading, 0, 48, "allegation", writer, changes)
    assert curation.accept(draft, writer).verb == Verb.PROPOSE
    with pytest.raises(CurationError, match="yourself"):
        curation.approve(draft, writer)
    curation.approve(draft, make_editor("r"))
    assert again(draft).state == State.PUBLISHED


def test_a_reviewer_who_accepts_what_another_wrote_is_the_second_person() -> None:
    claim = make_draft()
    curation.edit(claim, member("editor", "e"), NEW)
    assert curation.accept(claim, member("reviewer", "r")).verb == Verb.ACCEPT


def test_an_editor_without_the_right_to_approve_is_not_the_second_person() -> None:
    claim = make_draft()
    curation.edit(claim, member("editor", "e"), NEW)
    other = member("editor", "o")
    assert curation.accept(claim, other).verb == Verb.PROPOSE
    with pytest.raises(CurationError, match="takes a reviewer"):
        curation.approve(claim, member("editor", "x"))


def test_sending_back_needs_a_reason_and_makes_it_a_draft_again() -> None:
    claim, reviewer = asked(make_editor("e")), make_editor("r")
    with pytest.raises(CurationError, match="Say why"):
        curation.send_back(claim, reviewer, " ")
    curation.send_back(claim, reviewer, "Too strong.")
    assert (again(claim).state, again(claim).asked_at) == (State.DRAFT, None)
    assert again(claim).decision.reason == "Too strong."  # type: ignore[union-attr]


def test_a_wording_sent_back_leaves_the_public_sentence() -> None:
    claim = make_published()
    stands = claim.statement
    curation.edit(claim, make_editor("e"), NEW)
    curation.send_back(claim, make_editor("r"), "No.")
    assert (again(claim).state, again(claim).statement, again(claim).wording) == (State.PUBLISHED, stands, "")


@pytest.mark.parametrize("end", ["approve", "send_back", "propose"])
def test_each_step_of_an_approval_can_be_taken_back_exactly(end: str) -> None:
    editor, reviewer = make_editor("e"), make_editor("r")
    claim = make_draft()
    before = picture(claim)
    curation.accept(claim, editor, changes=NEW)
    who = editor
    if end != "propose":
        before, who = picture(again(claim)), reviewer
        (curation.approve if end == "approve" else curation.send_back)(claim, reviewer, "because")
    undoing.take_back(claim, who)
    assert picture(again(claim)) == before
    assert not again(claim).statuses.exists()


def test_a_retraction_ends_what_was_asked() -> None:
    claim = make_published()
    curation.edit(claim, make_editor("e"), NEW)
    curation.retract(claim, make_editor("r"), "wrong")
    assert (again(claim).state, again(claim).wording, again(claim).asked_by) == (State.RETRACTED, "", None)


# ------------------------------------------------------------------------------- an own approval, by every road
def test_an_own_approval_is_refused_by_the_verb() -> None:
    editor = make_editor("e")
    claim = asked(editor)
    with pytest.raises(CurationError, match="yourself: another person"):
        curation.approve(claim, editor)
    with pytest.raises(CurationError, match="awaiting"):
        curation.accept(claim, editor)


def test_an_own_approval_is_refused_by_the_form(client: Client) -> None:
    user = log_in_editor(client)
    user.groups.set([Group.objects.get(name="reviewer")])
    claim = asked(user)
    page = client.get(desk(claim)).content.decode()
    assert 'value="approve"' not in page
    assert "These are your own words: another person has to approve them." in page
    answer = client.post(desk(claim), filled(claim, "approve"))
    assert answer.status_code == 409
    assert "another person has to approve them" in answer.content.decode()
    assert again(claim).state == State.AWAITING


def forged(claim: Claim, actor: User, **after: Any) -> dict[str, Any]:
    """A decision that publishes the claim on the word of *actor*, as somebody would write it past the verbs."""
    state = picture(claim) | {"state": "published"} | after
    return {
        "verb": "approve",
        "actor": actor,
        "made_at": timezone.now(),
        "subject": "claim",
        "subject_id": claim.pk,
        "after": state,
    }


def test_an_own_approval_is_refused_by_the_orm() -> None:
    editor = make_editor("e")
    claim = asked(editor)
    with pytest.raises(IntegrityError, match="need the approval of another person"), transaction.atomic():
        Decision.objects.create(**forged(claim, editor))
    Decision.objects.create(**forged(claim, make_editor("r")))


def test_words_of_nobody_else_are_refused_in_sql_however_the_decision_is_called() -> None:
    editor, claim = make_editor("e"), make_draft()
    for verb in ("accept", "edit", "approve", "curate"):
        values = forged(claim, editor, statement="OpenAI proves everything.") | {"verb": verb}
        with pytest.raises(IntegrityError, match="need the approval of another person"), transaction.atomic():
            Decision.objects.create(**values)


@pytest.mark.parametrize("state", ["awaiting", "published"])
def test_a_sentence_is_not_published_by_sql_alone(state: str) -> None:
    editor = make_editor("e")
    claim = asked(editor) if state == "awaiting" else make_published()
    statement = (
        "UPDATE claims_claim SET state = 'published', published_at = now(), asked_by_id = NULL, asked_at = NULL, "
        "wording = '', statement = 'OpenAI proves everything.' WHERE id = %s; SET CONSTRAINTS ALL IMMEDIATE"
    )
    refusal = f"nobody decided that this {state} claim changes"
    with pytest.raises(IntegrityError, match=refusal), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.replace("%s", str(claim.pk)))
    assert again(claim).state == state


def test_awaiting_without_somebody_who_asked_is_refused_by_the_database() -> None:
    claim = make_draft()
    curation.reject(claim, make_editor(), "no")
    with pytest.raises(IntegrityError, match="a rejected claim does not become awaiting"), transaction.atomic():
        Claim.objects.filter(pk=claim.pk).update(state="awaiting")
    claim.refresh_from_db()
    with pytest.raises(IntegrityError, match="approval_is_asked_by_someone"), transaction.atomic():
        Claim.objects.create(kind="allegation", state="awaiting", decision=claim.decision)


# ------------------------------------------------------------------------------------------------------- the screens
def test_the_queue_shows_the_wording_as_a_difference_and_leads_on(client: Client) -> None:
    first, second = asked(make_editor("e")), asked(make_editor("f"))
    user = log_in_editor(client)
    user.groups.set([Group.objects.get(name="reviewer")])
    page = client.get(reverse("admin:desk_approvals")).content.decode()
    assert "<ins>accuses </ins>DeepSeek of <del>" in page
    assert f'href="{desk(first)}"' in page
    answer = client.post(desk(first), filled(first, "approve"))
    assert answer["Location"] == desk(second)
    answer = client.post(desk(second), filled(second, "send_back", send_back="Too strong."))
    assert answer["Location"] == reverse("admin:desk_approvals")
    page = client.get(answer["Location"]).content.decode()
    assert "Nothing awaits approval" in page
    assert (again(first).state, again(second).state) == (State.PUBLISHED, State.DRAFT)


def test_the_second_of_two_approvals_is_told(client: Client) -> None:
    claim = asked(make_editor("e"))
    user = log_in_editor(client)
    user.groups.set([Group.objects.get(name="reviewer")])
    data = filled(claim, "approve")
    curation.approve(claim, make_editor("other"))
    answer = client.post(desk(claim), data)
    assert answer.status_code == 409
    assert "Already decided: other approved this claim" in answer.content.decode()
    assert Decision.objects.filter(verb=Verb.APPROVE).count() == 1


# --------------------------------------------------------------------------------------------------------- the words
@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from(Kind.values),
    st.sampled_from(["OpenAI", "The Écho", "Meta"]),
    st.text(st.sampled_from("ab Ée.,;:“”\"'\u00a0\u2009\n\t\u3000ßOpenAI…"), min_size=1, max_size=320)
    | st.text(min_size=1, max_size=60).filter(lambda text: "\x00" not in text),
)
def test_the_database_knows_the_sentence_that_is_proposed_as_the_machines(kind: str, name: str, quote: str) -> None:
    quote = quote.encode("utf-8", "ignore").decode()
    for aliases in ([], ["a", "Oé"]):
        sentence = propose_statement(kind, name, quote, aliases)
        with connection.cursor() as cursor:
            cursor.execute("SELECT claims_is_proposed_sentence(%s, %s, %s, %s)", [sentence, kind, name, quote])
            assert cursor.fetchone() == (True,), sentence
            cursor.execute(
                "SELECT claims_is_proposed_sentence(%s, %s, %s, %s)", [f"{sentence} Truly.", kind, name, quote]
            )
            assert cursor.fetchone() == (False,)


@given(st.text(st.sampled_from("ab cd.")), st.text(st.sampled_from("ab cd.")))
def test_a_comparison_holds_both_sentences(before: str, after: str) -> None:
    before, after = before.strip(), after.strip()
    pieces = compare(before, after)
    assert "".join(words for tag, words in pieces if tag != "removed") == after
    assert "".join("".join(words for tag, words in pieces if tag != "added").split()) == "".join(before.split())
