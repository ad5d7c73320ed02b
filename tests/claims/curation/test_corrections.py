"""Corrections: said in public, on every page that they concern, and never changed."""

import pytest
from django.db import IntegrityError, connection, transaction

from claims import curation, timelines
from claims.curation import ClaimChanges, CurationError
from claims.models import Claim, Correction, Decision, Notice, NoticeKind, Task, Verb
from tests.claims.desk import log_in_editor
from tests.factories import make_dispute, make_draft, make_editor, make_party, make_published

pytestmark = pytest.mark.django_db
SAID = {"wrong": "We wrote that the letter is of May.", "right": "The letter is of June."}


def test_a_correction_of_a_claim_stands_on_it_its_dispute_and_its_parties_and_in_the_register() -> None:
    claim = make_published()
    changed = claim.changed_at
    correction = curation.correct(claim, make_editor(), **SAID)
    claim.refresh_from_db()
    [dispute] = claim.disputes.all()
    [target] = claim.targets.all()
    assert claim.claimant
    for page in (claim, dispute, claim.claimant, target):
        assert list(timelines.corrections_of(page)) == [correction]
    assert list(timelines.corrections()) == [correction]
    assert changed
    assert claim.changed_at
    assert claim.changed_at > changed
    assert not timelines.corrections_of(make_dispute("Another one"))
    assert correction.decision.after["right"] == SAID["right"]


@pytest.mark.parametrize("noun", ["dispute", "party"])
def test_a_dispute_and_a_party_are_corrected_too(noun: str) -> None:
    claim = make_published()
    subject = claim.disputes.get() if noun == "dispute" else make_party()
    correction = curation.correct(subject, make_editor(), **SAID)
    assert correction.subject == subject
    assert list(timelines.corrections_of(subject)) == [correction]
    decision = Decision.objects.get(verb=Verb.CORRECT)
    assert (decision.subject, decision.subject_id) == (noun, subject.pk)


def test_those_who_follow_are_told_in_the_same_transaction() -> None:
    correction = curation.correct(make_published(), make_editor(), **SAID)
    told = Notice.objects.filter(decision=correction.decision, kind=NoticeKind.CORRECTED)
    assert set(told.values_list("task", flat=True)) == set(Task.values)
    [notice] = Notice.objects.due(Task.TELL)
    assert notice.done()
    assert not notice.done(), "a second consumer is told that it came too late"
    assert not Notice.objects.due(Task.TELL)


@pytest.mark.parametrize(
    ("said", "refusal"),
    [
        ({"wrong": "", "right": "June"}, "says both"),
        ({"wrong": "June", "right": "  "}, "says both"),
        ({"wrong": "June", "right": "June"}, "the same words"),
        ({"wrong": "June", "right": "DeepSeek stole it."}, "“stole”"),
    ],
)
def test_what_is_no_correction_is_refused_with_the_reason(said: dict[str, str], refusal: str) -> None:
    claim = make_published()
    with pytest.raises(CurationError, match=refusal):
        curation.correct(claim, make_editor(), **said)
    assert not Correction.objects.exists()


def test_only_what_is_public_is_corrected_and_only_by_an_editor(client: object) -> None:
    with pytest.raises(CurationError, match="waiting for a decision"):
        curation.correct(make_draft(), make_editor(), **SAID)
    nobody = make_editor("contributor")
    nobody.is_superuser = False
    nobody.save()
    with pytest.raises(CurationError, match="takes an editor"):
        curation.correct(make_published(), nobody, **SAID)


@pytest.mark.parametrize("statement", ["UPDATE claims_correction SET wrong = 'x'", "DELETE FROM claims_correction"])
def test_the_database_keeps_a_correction_as_it_was_published(statement: str) -> None:
    curation.correct(make_published(), make_editor(), **SAID)
    with pytest.raises(IntegrityError, match="stays as it is"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_a_correction_of_a_retracted_claim_goes_with_it() -> None:
    claim = make_published()
    curation.correct(claim, make_editor(), **SAID)
    curation.retract(claim, make_editor(), "wrong altogether")
    assert not timelines.corrections()


def test_old_wordings_stay_readable_with_from_when_until_when() -> None:
    claim = make_published()
    old = claim.statement
    curation.edit(claim, make_editor(), ClaimChanges(statement="OpenAI accuses DeepSeek of distillation."))
    assert timelines.earlier_wordings(claim) == [], "it awaits approval: the old sentence is the one that stands"
    curation.approve(claim, make_editor("reviewer"))
    claim = Claim.objects.get(pk=claim.pk)
    [wording] = timelines.earlier_wordings(claim)
    assert wording.statement == old
    assert wording.since < wording.until == claim.changed_at


def test_an_editor_of_the_group_may(client: object) -> None:
    from django.test import Client

    editor = log_in_editor(Client())
    assert curation.correct(make_published(), editor, **SAID)
