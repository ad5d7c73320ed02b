"""A dispute or claim as it stood: rebuilt from the history, without anything that is not public today."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import quote

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from claims import curation, timelines, undoing
from claims.curation import ClaimChanges
from claims.models import Claim, Dispute, Party
from claims.timelines import NoPast, moment_of
from tests.factories import make_dispute, make_draft, make_editor, make_party, make_published, make_reading

pytestmark = pytest.mark.django_db
WORDED = "OpenAI accuses DeepSeek of copying what it learnt."


def now() -> datetime:
    """This moment by the database's clock, which the history goes by."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        moment: datetime = cursor.fetchone()[0]
    return moment


def page(client: Client, row: Claim | Dispute, moment: datetime) -> Any:
    return client.get(f"{row.get_absolute_url()}?as_of={quote(moment.isoformat())}")


@contextmanager
def past(claim: Claim, moment: datetime) -> Iterator[Claim]:
    """The claim of that moment, inside of it."""
    with timelines.as_of(moment, claim=claim.pk):
        yield timelines.find_claim(claim.pk)


def reworded(claim: Claim) -> None:
    """The claim under another sentence, approved."""
    curation.edit(claim, make_editor(), ClaimChanges(statement=WORDED))
    curation.approve(claim, make_editor("reviewer"))


def test_a_claim_has_the_sentence_the_targets_and_the_steps_of_that_moment(client: Client) -> None:
    claim = make_published()
    old, then = claim.statement, now()
    reworded(claim)
    curation.edit(claim, make_editor(), ClaimChanges(targets=[make_party("Meta")]))
    curation.add_status(claim, make_editor(), "filed", source=claim.mentions.get(), on=date(2025, 3, 1))
    answer = page(client, claim, then).content.decode()
    assert old in answer.replace("&quot;", '"')
    assert WORDED not in answer
    assert "Meta" not in answer
    assert "As it stood on" in answer
    today = client.get(claim.get_absolute_url()).content.decode()
    assert WORDED in today
    assert "As it stood on" not in today
    with past(claim, then) as found:
        assert [str(target) for target in found.targets.all()] == ["DeepSeek"]
        assert [status.step for status in found.statuses.all()] == ["alleged"]
        assert [d.verb for d in timelines.history(found)] == ["accept"]
    assert claim.statuses.count() == 2


def test_a_dispute_has_the_claims_and_the_title_of_that_moment(client: Client) -> None:
    first = make_published()
    dispute, then = make_dispute(), now()
    title = dispute.title
    second = make_published(make_reading(), "DeepSeek denied the accusation on Tuesday", kind="denial")
    dispute.title = "Another title"
    curation.save(dispute, make_editor())
    before, after = page(client, dispute, then).content.decode(), page(client, dispute, now()).content.decode()
    assert title in before
    assert f"/claims/{first.pk}/" in before
    assert f"/claims/{second.pk}/" not in before
    assert "Another title" in after
    assert f"/claims/{second.pk}/" in after


def test_a_corrected_quote_is_the_old_one_then(client: Client) -> None:
    claim = make_published()
    then = now()
    curation.correct_span(claim, claim.mentions.get(), 0, 23, make_editor())
    with past(claim, then) as found:
        assert found.mentions.get().quote == "OpenAI accused DeepSeek of distilling its models"
    assert claim.mentions.get().quote == "OpenAI accused DeepSeek"


def test_a_claim_that_was_merged_since_stands_by_itself_then_and_leads_on_later(client: Client) -> None:
    into, claim = make_published(), make_published()
    then = now()
    curation.merge(claim, into, make_editor())
    later = now()
    with past(claim, then) as found:
        assert found.pk == claim.pk
        assert found.mentions.count() == 1
    with past(into, then) as found:
        assert found.mentions.count() == 1
    with past(into, later) as found:
        assert found.mentions.count() == 2
    assert page(client, claim, then).status_code == 200
    answer = page(client, claim, later)
    assert answer.status_code == 302
    assert answer["Location"].startswith(f"{into.get_absolute_url()}?as_of=")


def test_an_answer_that_was_not_public_then_is_not_shown_then(client: Client) -> None:
    allegation = make_published()
    then = now()
    denial = make_draft(
        make_reading(), "DeepSeek denied the accusation on Tuesday", kind="denial", claimant=make_party("DeepSeek")
    )
    denial.answers.add(allegation)
    curation.accept(denial, make_editor())
    with past(allegation, then) as found:
        (entry,) = timelines.as_entries([found])
        assert entry.answered_by == ()
        assert [status.step for status in found.statuses.all()] == ["alleged"]
    with past(allegation, now()) as found:
        (entry,) = timelines.as_entries([found])
        assert [answer.pk for answer in entry.answered_by] == [denial.pk]
        assert sorted(status.step for status in found.statuses.all()) == ["alleged", "denied"]


# ------------------------------------------------------------------------------------------------- what stays out
def test_a_retracted_claim_is_in_no_past(client: Client) -> None:
    gone, kept = make_published(), make_published()
    dispute, then = make_dispute(), now()
    curation.retract(gone, make_editor(), "It was wrong.")
    answer = page(client, gone, then)
    assert answer.status_code == 410
    assert gone.statement.encode() not in answer.content
    timeline = page(client, dispute, then).content.decode()
    assert f"/claims/{kept.pk}/" in timeline
    assert f"/claims/{gone.pk}/" not in timeline


def test_what_was_merged_into_a_retracted_claim_is_in_no_past_either(client: Client) -> None:
    into, claim = make_published(), make_published()
    then = now()
    curation.merge(claim, into, make_editor())
    curation.retract(into, make_editor(), "It was wrong.")
    assert page(client, claim, then).status_code == 404


def test_an_acceptance_taken_back_is_in_no_past(client: Client) -> None:
    claim = make_published()
    then = now()
    undoing.take_back(claim, make_editor())
    assert page(client, claim, then).status_code == 404


def test_drafts_and_wording_that_awaits_are_in_no_past(client: Client) -> None:
    claim, draft = make_published(), make_draft()
    curation.edit(claim, make_editor(), ClaimChanges(statement=WORDED))
    assert page(client, draft, now()).status_code == 404
    assert WORDED.encode() not in page(client, claim, now()).content


def test_redacted_words_are_blank_in_every_past(client: Client) -> None:
    claim = make_published()
    then = now()
    order = claim.decision
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO claims_decision (verb, actor_id, made_at, subject, subject_id, reason, before, after, number, "
            "previous, hash) VALUES ('redact', %s, now(), 'claim', %s, 'order', '{}', '{}', 0, '', '') RETURNING id",
            [order.actor_id if order else 0, claim.pk],
        )
        cursor.execute(
            'UPDATE claims_auditevent SET after = after || \'{"statement": "[redacted]"}\', redaction_id = %s '
            "WHERE table_name = 'claims_claim' AND after IS NOT NULL",
            [cursor.fetchone()[0]],
        )
    answer = page(client, claim, then).content.decode()
    assert "[redacted]" in answer
    assert claim.statement not in answer


def test_a_person_has_the_name_of_today_in_old_sentences_too(client: Client) -> None:
    person = make_party("Jane Roe", "person")
    claim = make_published(claimant=person, statement="Jane Roe says it.")
    then = now()
    curation.conceal(person, make_editor())
    with past(claim, then) as found:
        assert (str(found.claimant), found.statement) == ("J. R.", "J. R. says it.")
    assert b"Jane Roe" not in page(client, claim, then).content


# ------------------------------------------------------------------------------------------------------- the moment
@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-05-01", datetime(2026, 5, 1, 23, 59, 59, 999999, UTC)),
        ("2026-05-01T12:00:00Z", datetime(2026, 5, 1, 12, tzinfo=UTC)),
        ("2026-05-01T12:00:00+02:00", datetime(2026, 5, 1, 10, tzinfo=UTC)),
    ],
)
def test_a_day_means_its_end_and_a_time_itself(text: str, moment: datetime) -> None:
    assert moment_of(text) == moment


@pytest.mark.parametrize(
    "text", ["yesterday", "2026-13-01", "2026-05-01T12:00:00", "9999-12-31", "0000-00-00", "१९९९-०१-०१"]
)
def test_what_is_no_moment_is_refused_in_words(client: Client, text: str) -> None:
    claim = make_published()
    answer = client.get(claim.get_absolute_url(), {"as_of": text})
    assert answer.status_code == 404
    assert any(words in answer.content.decode() for words in ("Write the day as 2026-05-01", "has not come yet"))


def test_today_is_as_it_stands(client: Client) -> None:
    claim = make_published()
    answer = client.get(claim.get_absolute_url(), {"as_of": timezone.now().date().isoformat()})
    assert answer.status_code == 200
    assert claim.statement in answer.content.decode()


def test_before_the_history_and_before_it_was_public_is_told_apart(client: Client) -> None:
    early = now()
    claim = make_published()
    assert "The history begins on" in page(client, claim, early - timedelta(days=400)).content.decode()
    answer = page(client, make_published(), now() - timedelta(seconds=0))
    assert answer.status_code == 200
    draft = make_draft()
    then = now()
    curation.accept(draft, make_editor())
    answer = page(client, draft, then)
    assert answer.status_code == 404
    assert "Nothing of it was public by then." in answer.content.decode()


def test_a_past_leaves_no_trace(client: Client) -> None:
    claim = make_published()
    then = now()
    reworded(claim)
    with past(claim, then):
        assert Claim.objects.count() == 1
        Party.objects.update(name="Somebody else")
    assert not Party.objects.filter(name="Somebody else").exists()
    assert Claim.objects.get(pk=claim.pk).statement == WORDED
    with pytest.raises(NoPast), timelines.as_of(moment_of("1999-01-01"), claim=claim.pk):
        pass


def test_a_column_that_the_history_did_not_know_takes_todays_value() -> None:
    claim = make_published()
    then = now()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE claims_auditevent SET after = after - 'wording' WHERE table_name = 'claims_claim'")
        cursor.execute("SET LOCAL session_replication_role = origin")
    with past(claim, then) as found:
        assert found.wording == ""
