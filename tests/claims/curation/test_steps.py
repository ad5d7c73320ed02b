"""A status step that was recorded in error: it counts for nothing anywhere, and stays what it was in the history."""

import json
from datetime import date, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from claims import curation, history, timelines, undoing
from claims.curation import ClaimChanges, CurationError, picture
from claims.models import Claim, Correction, Decision, Notice, Status, Step, current_status
from claims.timelines.filters import Filters, narrowed
from tests.claims.desk import desk, filled, log_in_editor
from tests.claims.test_forbidden import refused, sql
from tests.claims.timelines.test_past import now, page
from tests.factories import make_draft, make_editor, make_party, make_published, make_reading

pytestmark = pytest.mark.django_db
BARE = "OpenAI was right: DeepSeek stole its models."


def found(claim: Claim, editor: User, step: str = "found") -> Status:
    """A step against the claim's one target."""
    target = claim.targets.get()
    return curation.add_status(
        claim, editor, step, source=claim.mentions.earliest("pk"), target=target, on=date(2025, 3, 1), note="by a court"
    )


def test_a_struck_step_counts_for_nothing_wherever_a_status_is_derived(client: Client) -> None:
    claim, editor = make_published(), make_editor()
    step, changed = found(claim, editor), Claim.objects.get(pk=claim.pk).changed_at
    assert narrowed(timelines.published(), Filters(status="found")).get() == claim
    decision = curation.strike(step, editor, "the page spoke of another case")
    assert (decision.verb, decision.reason) == ("strike", "the page spoke of another case")
    (entry,) = timelines.as_entries(timelines.with_parts(timelines.published()))
    assert entry.status
    assert entry.status.step == "alleged"
    assert [str(s.step) for _, s in entry.standing] == ["alleged"]
    assert entry.struck == (step,)
    assert not narrowed(timelines.published(), Filters(status="found")).exists()
    assert {row.key: row.number for row in timelines.statistics_table("statuses").rows}["found"] == 0
    (edge,) = timelines.overview(claim.disputes.get()).edges
    assert edge.status
    assert edge.status.step == "alleged"
    assert not curation.rules.is_found(claim)
    assert changed
    assert entry.claim.changed_at
    assert entry.claim.changed_at > changed
    assert set(Notice.objects.filter(decision=decision).values_list("task", flat=True)) == {"tell", "dumps"}
    record = client.get(f"/api/v1/claims/{claim.pk}").json()
    assert (record["status"], [s["step"] for s in record["statuses"]]) == ("alleged", ["alleged"])
    (error,) = record["recorded_in_error"]
    assert (error["step"], error["on"], error["target"]) == ("found", "2025-03-01", "deepseek")
    assert "by a court" not in json.dumps(record)


def test_the_page_says_what_was_recorded_in_error_and_does_not_say_it_again(client: Client) -> None:
    claim, editor = make_published(), make_editor()
    curation.strike(found(claim, editor), editor, "an internal reason")
    text = " ".join(client.get(claim.get_absolute_url()).content.decode().split())
    assert "Recorded in error" in text
    assert '<s>Found to be so (DeepSeek), <time datetime="2025-03-01">1 March 2025</time></s>' in text
    assert "A status step noted as recorded in error by an editor" in text
    assert "by a court" not in text
    assert "an internal reason" not in text
    feed = client.get(reverse("all-feed", args=["atom"])).content.decode()
    assert "a status step was recorded in error" in feed


def test_a_sentence_that_only_the_step_backs_has_to_be_reworded_first() -> None:
    claim, editor = make_published(), make_editor()
    step = found(claim, editor)
    curation.edit(claim, editor, ClaimChanges(statement=BARE))
    curation.approve(claim, make_editor("reviewer"))
    before = picture(Claim.objects.get(pk=claim.pk))
    with pytest.raises(CurationError, match=r"“found to be so” backs the public sentence: reword it first.*“stole”"):
        curation.strike(step, editor, "another case")
    assert picture(Claim.objects.get(pk=claim.pk)) == before
    assert Status.objects.get(pk=step.pk).struck is None
    curation.edit(claim, editor, ClaimChanges(statement="OpenAI alleges that DeepSeek stole its models."))
    curation.approve(claim, make_editor("reviewer"))
    curation.strike(step, editor, "another case")


def test_words_that_await_approval_are_held_to_what_is_found_when_they_are_approved() -> None:
    claim, editor = make_published(), make_editor()
    step = found(claim, editor)
    curation.edit(claim, editor, ClaimChanges(statement=BARE))
    curation.strike(step, editor, "another case")
    with pytest.raises(CurationError, match="states as a fact"):
        curation.approve(claim, make_editor("reviewer"))


def test_a_correction_goes_out_with_it_or_nothing_does() -> None:
    claim, editor = make_published(), make_editor()
    step = found(claim, editor)
    with pytest.raises(CurationError, match="says both"):
        curation.strike(step, editor, "another case", wrong="That a court found it.")
    assert Status.objects.get(pk=step.pk).struck is None
    curation.strike(step, editor, "another case", wrong="That a court found it.", right="No court has.")
    assert Correction.objects.get().claim == claim


def test_it_takes_a_reason_an_editor_and_a_step_that_counts() -> None:
    claim, editor = make_published(), make_editor()
    step = found(claim, editor)
    with pytest.raises(CurationError, match="Say why"):
        curation.strike(step, editor, " ")
    with pytest.raises(CurationError, match="it takes an editor"):
        curation.strike(step, User.objects.create_user("guest", is_staff=True), "wrong")
    curation.strike(step, editor, "wrong")
    with pytest.raises(CurationError, match="recorded in error already"):
        curation.strike(step, editor, "wrong")
    again = found(claim, editor)
    assert current_status(list(claim.statuses.all())) == again
    curation.retract(claim, editor, "wrong")
    with pytest.raises(CurationError, match="is retracted"):
        curation.strike(again, editor, "wrong")


def test_taken_back_it_counts_again_unless_it_was_recorded_anew() -> None:
    claim, editor = make_published(), make_editor()
    step = found(claim, editor)
    curation.strike(step, editor, "wrong")
    undoing.take_back(claim, editor)
    assert current_status(list(claim.statuses.all())) == step
    # What was taken back can itself be taken back.
    again = undoing.take_back(claim, editor)
    assert Status.objects.get(pk=step.pk).struck == again
    assert [str(fault) for fault in history.verify()] == []


def test_a_step_whose_source_is_gone_does_not_count_again() -> None:
    editor, claim = make_editor(), make_published()
    denial = make_draft(
        make_reading(), "DeepSeek denied the accusation on Tuesday", kind="denial", claimant=make_party("DeepSeek")
    )
    denial.answers.add(claim)
    curation.accept(denial, editor)
    step = claim.statuses.get(step="denied")
    curation.strike(step, editor, "it denied something else")
    # The acceptance that brought the step is taken back: what was recorded in error stays in the history.
    undoing.take_back(denial, editor)
    assert Status.objects.get(pk=step.pk).struck
    with pytest.raises(CurationError, match="not public any more"):
        undoing.take_back(claim, editor)
    curation.accept(denial, editor)
    assert claim.statuses.filter(step="denied", struck=None).count() == 1
    with pytest.raises(CurationError, match="again: it cannot count twice"):
        undoing.take_back(claim, editor)


def test_as_of_shows_it_as_it_stood_and_says_what_is_known_today(client: Client) -> None:
    claim, editor = make_published(), make_editor()
    step = found(claim, editor)
    before = now()
    curation.strike(step, editor, "another case")
    after = now()
    for row in (claim, claim.disputes.get()):
        then = client.get(f"{row.get_absolute_url()}?as_of={page_time(before)}").content.decode()
        assert "Found to be so" in then
        assert f"of claim {claim.pk} counted then; on" in then
    since = client.get(f"{claim.get_absolute_url()}?as_of={page_time(after)}").content.decode()
    assert "<s>Found to be so" in since
    assert "counted then" not in since


def page_time(moment: Any) -> str:
    return str(moment.isoformat()).replace("+", "%2B")


def test_as_of_before_there_were_errors_knows_of_none(client: Client) -> None:
    claim, editor = make_published(), make_editor()
    step = found(claim, editor)
    # The history as it was written before the column came.
    sql("SELECT claims_record_baseline('claims_status', 'struck_id')")()
    before = now()
    curation.strike(step, editor, "another case")
    assert "<s>Found" not in page(client, claim, before).content.decode()


def test_merged_parties_keep_a_step_that_counts_beside_one_that_does_not() -> None:
    claim, editor = make_published(), make_editor()
    step = found(claim, editor)
    curation.strike(step, editor, "wrong")
    other = make_party("Deepseek AI")
    curation.edit(claim, editor, ClaimChanges(targets=[other, claim.targets.get()]))
    counting = curation.add_status(
        claim, editor, "found", source=claim.mentions.get(), target=other, on=date(2025, 3, 1)
    )
    curation.merge_rows(other, step.target, editor, "one party")  # type: ignore[arg-type]
    counting.refresh_from_db()
    assert counting.target == step.target
    curation.take_back_merger(other, editor)
    counting.refresh_from_db()
    assert counting.target == other


def test_a_step_that_was_recorded_in_error_keeps_its_source_when_a_claim_is_split() -> None:
    claim, editor = make_published(), make_editor()
    curation.merge(make_draft(), claim, editor)
    moved = claim.mentions.latest("pk")
    step = curation.add_status(claim, editor, "filed", source=moved, on=date(2025, 3, 1))
    curation.strike(step, editor, "wrong")
    with pytest.raises(CurationError, match="rests on one of these"):
        curation.split(claim, [moved], editor)


def test_a_redaction_blanks_the_note_of_a_struck_step_too() -> None:
    claim, editor = make_published(), make_editor()
    step = found(claim, editor)
    curation.strike(step, editor, "wrong")
    chief = User.objects.create_superuser("chief")
    curation.redact("by a court", chief, "request of today", "erasure")
    step.refresh_from_db()
    assert "court" not in step.note
    assert [str(fault) for fault in history.verify()] == []


def test_no_other_road_strikes_changes_or_removes_a_step() -> None:
    claim, editor = make_published(), make_editor()
    step = found(claim, editor)
    other = curation.edit(claim, editor, ClaimChanges(hedged=True))
    rows = Status.objects.filter(pk=step.pk)
    refused(lambda: rows.update(struck=other), "no decision says whether it was recorded in error")
    refused(sql("UPDATE claims_status SET struck_id = %s", other.pk), "no decision says")
    refused(lambda: rows.update(step="settled"), "kept as it was recorded")
    refused(sql('UPDATE claims_status SET "on" = NULL WHERE id = %s', step.pk), "kept as it was recorded")
    refused(lambda: rows.update(note="other"), "kept as it was recorded")
    refused(lambda: rows.delete(), "a step is never removed")
    refused(sql("DELETE FROM claims_status WHERE id = %s", step.pk), "a step is never removed")
    curation.strike(step, editor, "wrong")
    refused(lambda: rows.update(struck=None), "no decision says")
    refused(lambda: rows.delete(), "stays in the history")
    forged = Decision.objects.create(
        verb="strike", actor=editor, made_at=now() + timedelta(0), subject="claim", subject_id=claim.pk,
        after={"struck": [step.pk, False]},
    )  # fmt: skip
    # A decision that the claim does not stand under carries nothing.
    refused(lambda: rows.update(struck=None), "no decision says")
    assert forged.pk


def test_the_desk_offers_it_and_undoes_it(client: Client) -> None:
    user = log_in_editor(client)
    claim = make_published()
    step = found(claim, make_editor())
    shown = client.get(desk(claim)).content.decode()
    assert f'value="strike:{step.pk}"' in shown
    answer = client.post(desk(claim), filled(claim, f"strike:{step.pk}"))
    assert answer.status_code == 409
    assert "Say why the step was recorded in error" in answer.content.decode()
    sent = filled(claim, f"strike:{step.pk}", strike_reason="another case")
    assert client.post(desk(claim), sent).status_code == 302
    assert Status.objects.get(pk=step.pk).struck
    assert "recorded in error, noted" in client.get(desk(claim)).content.decode()
    client.post(desk(claim), filled(claim, "undo"))
    assert Status.objects.get(pk=step.pk).struck is None
    sent = filled(claim, f"strike:{step.pk}", strike_reason="x", strike_wrong="That it is.", strike_right="It is not.")
    client.post(desk(claim), sent)
    assert Correction.objects.get().decision.actor == user
    assert client.post(desk(claim), filled(claim, "strike:0", strike_reason="x")).status_code == 409


ACTS = st.lists(st.tuples(st.sampled_from(["record", "strike"]), st.integers(0, 7)), max_size=12)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(ACTS)
def test_whatever_is_recorded_and_struck_the_status_is_that_of_the_steps_that_count(
    acts: list[tuple[str, int]],
) -> None:
    claim, editor = make_published(make_reading()), make_editor()
    # A model of it: the steps that count, by key.
    counting = {step.pk: step.step for step in claim.statuses.all()}
    steps = list(Step)
    for act, number in acts:
        rows = list(claim.statuses.filter(struck=None).order_by("pk"))
        before = sorted((s.step, s.struck_id is None) for s in claim.statuses.all())
        try:
            if act == "record":
                on = date(2025, 1, 1 + number)
                step = curation.add_status(
                    claim, editor, steps[number], source=claim.mentions.get(), target=claim.targets.get(), on=on
                )
                counting[step.pk] = step.step
            elif act == "strike" and rows:
                row = rows[number % len(rows)]
                curation.strike(row, editor, "wrong")
                del counting[row.pk]
                if number % 2:
                    undoing.take_back(claim, editor)
                    counting[row.pk] = row.step
                    assert sorted((s.step, s.struck_id is None) for s in claim.statuses.all()) == before
        except CurationError:
            continue
        stands = current_status(list(claim.statuses.all()))
        (entry,) = timelines.as_entries(timelines.with_parts(timelines.published().filter(pk=claim.pk)))
        assert counting == dict(claim.statuses.filter(struck=None).values_list("pk", "step"))
        assert (entry.status and entry.status.pk) == (stands and stands.pk)
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    assert [str(fault) for fault in history.verify()] == []
