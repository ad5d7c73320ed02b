"""What holds when people decide."""

import threading
from datetime import date
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from claims import curation
from claims.curation import ClaimChanges, CurationError
from claims.models import Claim, Decision, Mention, State, current_status
from tests.factories import (
    TEXT,
    make_dispute,
    make_draft,
    make_editor,
    make_party,
    make_published,
    make_reading,
)

pytestmark = pytest.mark.django_db


def again(claim: Claim) -> Claim:
    return Claim.objects.get(pk=claim.pk)


def test_accepting_publishes_with_the_editors_changes_and_records_before_and_after() -> None:
    draft = make_draft()
    changes = ClaimChanges(kind="concern", on=date(2025, 1, 28))
    decision = curation.accept(draft, make_editor(), changes=changes, reason="clear")
    claim = again(draft)
    assert (claim.state, claim.kind, claim.on) == (State.PUBLISHED, "concern", changes.on)
    assert claim.decision == decision
    assert claim.published_at == claim.changed_at == decision.made_at
    assert (decision.before["state"], decision.after["state"]) == ("draft", "published")
    assert decision.before["on"] == "2025-01-29"
    assert decision.after["on"] == "2025-01-28"
    assert decision.reason == "clear"


def test_accepting_puts_the_article_into_the_dispute() -> None:
    claim = make_published()
    [dispute] = claim.disputes.all()
    assert list(dispute.articles.all()) == [claim.mentions.get().article]


def test_an_allegation_begins_as_alleged_against_each_target() -> None:
    targets = [make_party("DeepSeek"), make_party("High-Flyer")]
    claim = make_published(targets=targets)
    assert {(s.step, s.target) for s in claim.statuses.all()} == {("alleged", target) for target in targets}
    assert all(status.source == claim.mentions.get() for status in claim.statuses.all())


def test_a_denial_by_a_target_puts_denied_on_what_it_answers() -> None:
    reading = make_reading()
    allegation = make_published(reading)
    deepseek = make_party("DeepSeek")
    denial = make_draft(
        reading, "DeepSeek denied the accusation on Tuesday", kind="denial", claimant=deepseek, targets=[]
    )
    curation.accept(denial, make_editor(), changes=ClaimChanges(answers=[allegation], on=date(2025, 2, 1)))
    steps = list(allegation.statuses.order_by("pk"))
    assert [(s.step, s.target) for s in steps] == [("alleged", deepseek), ("denied", deepseek)]
    status = current_status(steps)
    assert status is not None
    assert status.step == "denied"


def test_a_denial_by_somebody_else_does_not() -> None:
    reading = make_reading()
    allegation = make_published(reading)
    denial = make_draft(reading, "DeepSeek denied", kind="denial", claimant=make_party("Nvidia"), targets=[])
    curation.accept(denial, make_editor(), changes=ClaimChanges(answers=[allegation]))
    assert [s.step for s in allegation.statuses.all()] == ["alleged"]


def test_a_later_denial_does_not_displace_a_finding() -> None:
    claim = make_published()
    source, target = claim.mentions.get(), claim.targets.get()
    for step, day in (("found", 1), ("denied", 2)):
        curation.add_status(claim, make_editor(), step, source=source, target=target, on=date(2025, 6, day))
    status = current_status(list(claim.statuses.all()))
    assert status is not None
    assert status.step == "found"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"statement": "DeepSeek stole models."}, "must name who claims it"),
        ({"statement": " "}, "public sentence"),
        ({"disputes": []}, "Which dispute"),
    ],
)
def test_a_claim_that_cannot_stand_is_not_published(changes: dict[str, Any], words: str) -> None:
    draft = make_draft()
    with pytest.raises(CurationError, match=words):
        curation.accept(draft, make_editor(), changes=ClaimChanges(**changes))
    assert again(draft).state == State.DRAFT
    assert again(draft).disputes.exists()
    assert not Decision.objects.filter(subject="claim").exists()


def test_a_draft_without_claimant_or_mention_is_not_published() -> None:
    nameless = make_draft()
    Claim.objects.filter(pk=nameless.pk).update(claimant=None)
    with pytest.raises(CurationError, match="Who claims this"):
        curation.accept(nameless, make_editor())
    bare = make_draft()
    Mention.objects.filter(claim=bare).delete()
    with pytest.raises(CurationError, match="at least one mention"):
        curation.accept(bare, make_editor())


def test_an_alias_of_the_claimant_is_its_name_in_the_sentence() -> None:
    party = make_party("Federal Trade Commission", "regulator", "FTC")
    draft = make_draft(claimant=party, statement="The FTC alleges that DeepSeek copied.")
    curation.accept(draft, make_editor())
    assert again(draft).state == State.PUBLISHED


@pytest.mark.parametrize("who", ["anonymous staff", "reader", "left"])
def test_only_an_editor_decides(who: str) -> None:
    user = User.objects.create(
        username=who, is_staff=who != "reader", is_superuser=who == "left", is_active=who != "left"
    )
    draft = make_draft()
    for act in (curation.accept, curation.retract, curation.reject):
        with pytest.raises(CurationError, match="takes an editor"):
            act(draft, user, reason="because")
    assert again(draft).state == State.DRAFT


@pytest.mark.parametrize("reason", ["", "   "])
def test_a_rejection_and_a_retraction_need_a_reason(reason: str) -> None:
    draft, claim = make_draft(), make_published()
    with pytest.raises(CurationError, match="reason"):
        curation.reject(draft, make_editor(), reason)
    with pytest.raises(CurationError, match="reason"):
        curation.retract(claim, make_editor(), reason)


def test_a_retracted_claim_keeps_its_row_and_its_mentions() -> None:
    claim = make_published()
    decision = curation.retract(claim, make_editor(), "the source withdrew its report")
    assert again(claim).state == State.RETRACTED
    assert again(claim).mentions.exists()
    assert decision.reason == "the source withdrew its report"


def test_merging_moves_the_mentions_and_keeps_the_address() -> None:
    survivor = make_published()
    draft = make_draft(make_reading(TEXT + " Again."))
    curation.merge(draft, survivor, make_editor())
    assert survivor.mentions.count() == 2
    assert (again(draft).state, again(draft).merged_into) == (State.MERGED, survivor)


def test_merging_the_same_words_twice_keeps_one_mention() -> None:
    reading = make_reading()
    survivor, draft = make_published(reading), make_draft(reading)
    curation.merge(draft, survivor, make_editor())
    assert survivor.mentions.count() == 1


def test_a_published_claim_is_not_merged_into_a_draft_nor_into_itself() -> None:
    claim, draft = make_published(), make_draft()
    with pytest.raises(CurationError, match="merge the draft instead"):
        curation.merge(claim, draft, make_editor())
    with pytest.raises(CurationError, match="into itself"):
        curation.merge(claim, claim, make_editor())


def test_a_status_is_recorded_against_a_target_once_a_day() -> None:
    claim = make_published()
    source = claim.mentions.get()
    with pytest.raises(CurationError, match="not a target"):
        curation.add_status(claim, make_editor(), "found", source=source, target=make_party("Nvidia"))
    curation.add_status(claim, make_editor(), "filed", source=source, on=date(2025, 3, 1))
    with pytest.raises(CurationError, match="already"):
        curation.add_status(claim, make_editor(), "filed", source=source, on=date(2025, 3, 1))


def test_a_claim_can_be_written_by_hand_over_words_of_a_reading() -> None:
    reading = make_reading()
    changes = ClaimChanges(claimant=make_party(), statement="OpenAI alleges distillation.", disputes=[make_dispute()])
    draft = curation.write(reading, 0, 48, "allegation", make_editor(), changes)
    assert draft.mentions.get().quote == reading.text[:48]
    curation.accept(draft, make_editor())
    assert again(draft).state == State.AWAITING
    curation.approve(draft, make_editor("reviewer"))
    assert again(draft).state == State.PUBLISHED


@pytest.mark.parametrize(("start", "end"), [(5, 5), (9, 2), (-1, 4), (0, 10_000)])
def test_a_claim_written_by_hand_needs_words(start: int, end: int) -> None:
    with pytest.raises(CurationError, match="needs a quote"):
        curation.write(make_reading(), start, end, "allegation", make_editor(), ClaimChanges())


def test_a_party_is_not_made_under_a_name_that_one_has() -> None:
    make_party("OpenAI")
    with pytest.raises(CurationError, match="a name of OpenAI already"):
        curation.create_party("openai, Inc.", "company", make_editor())


def test_saving_a_party_records_what_changed() -> None:
    party = make_party("DeepSeek")
    party.description = "A company"
    decision = curation.save(party, make_editor(), "described")
    assert (decision.before["description"], decision.after["description"]) == ("", "A company")


STEPS = st.lists(st.sampled_from(["accept", "edit", "reject", "retract", "merge", "unname"]), min_size=1, max_size=8)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_whatever_is_decided_in_whatever_order_the_rules_hold(steps: list[str]) -> None:
    editor = make_editor()
    claim, other = make_draft(), make_published()
    acts = {
        "accept": lambda: curation.accept(claim, editor),
        "edit": lambda: curation.edit(claim, editor, ClaimChanges(hedged=True)),
        "reject": lambda: curation.reject(claim, editor, "no"),
        "retract": lambda: curation.retract(claim, editor, "wrong"),
        "merge": lambda: curation.merge(claim, other, editor),
        "unname": lambda: curation.edit(claim, editor, ClaimChanges(statement="Nobody said so.")),
    }
    for step in steps:
        before, decisions = curation.picture(again(claim)), Decision.objects.count()
        try:
            acts[step]()
        except CurationError:
            assert curation.picture(again(claim)) == before
            assert Decision.objects.count() == decisions
        else:
            assert Decision.objects.count() == decisions + 1
        now = again(claim)
        if now.state == State.PUBLISHED:
            assert now.claimant is not None
            assert now.mentions.exists()
            assert Decision.objects.filter(subject="claim", subject_id=now.pk, verb="accept").exists()
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")


@pytest.mark.django_db(transaction=True)
def test_of_ten_editors_at_once_one_decides_and_nine_are_told() -> None:
    draft, editor = make_draft(), make_editor()
    told: list[str] = []

    def decide() -> None:
        try:
            curation.accept(draft, editor)
        except CurationError as error:
            told.append(str(error))
        finally:
            connection.close()

    threads = [threading.Thread(target=decide) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Decision.objects.filter(subject="claim", verb="accept").count() == 1
    assert len(told) == 9
    assert {words for words in told if not ("published" in words and "nothing was changed" in words)} == set()
    numbers = list(Decision.objects.order_by("number").values_list("number", flat=True))
    assert numbers == list(range(1, len(numbers) + 1))
