"""What a published claim is shown with, and what never is."""

from datetime import UTC, date, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from claims import curation, timelines
from claims.curation import ClaimChanges
from claims.models import Claim, Mention
from claims.timelines.entries import CONTEXT
from tests.factories import (
    TEXT,
    make_dispute,
    make_draft,
    make_editor,
    make_outlet,
    make_party,
    make_published,
    make_reading,
)
from tracker.news.models import Reading

pytestmark = pytest.mark.django_db

DENIAL = "DeepSeek denied the accusation on Tuesday"


def entry_of(claim: Claim) -> timelines.Entry:
    (entry,) = timelines.as_entries([timelines.find_claim(claim.pk)])
    return entry


def make_answer(*answered: Claim, kind: str = "denial") -> Claim:
    deepseek = make_party("DeepSeek")
    draft = make_draft(quote=DENIAL, kind=kind, claimant=deepseek, targets=[make_party()])
    curation.accept(draft, make_editor(), changes=ClaimChanges(answers=list(answered), on=date(2025, 2, 4)))
    return Claim.objects.get(pk=draft.pk)


def mention_again(claim: Claim, reading: Reading, *, direct: bool = False) -> Mention:
    quote = claim.mentions.earliest("pk").quote
    start = reading.text.index(quote)
    return Mention.objects.create(
        claim=claim,
        reading=reading,
        article=reading.snapshot.article,
        start=start,
        end=start + len(quote),
        quote=quote,
        direct=direct,
    )


def test_only_published_claims_come_out() -> None:
    editor, published = make_editor(), make_published()
    make_draft()
    curation.reject(make_draft(), editor, "no claim")
    curation.retract(make_published(), editor, "wrong party")
    curation.merge(make_published(), published, editor)
    assert list(timelines.published()) == [published]
    assert [claim.pk for claim in timelines.changes()] == [published.pk]


@pytest.mark.parametrize("fate", ["draft", "rejected"])
def test_a_claim_that_never_was_public_is_not_found(fate: str) -> None:
    claim = make_draft()
    if fate == "rejected":
        curation.reject(claim, make_editor(), "no claim")
    with pytest.raises(Claim.DoesNotExist):
        timelines.find_claim(claim.pk)


def test_a_retracted_claim_is_told_from_one_that_never_was() -> None:
    claim = make_published()
    curation.retract(claim, make_editor(), "wrong party")
    with pytest.raises(timelines.Retracted) as raised:
        timelines.find_claim(claim.pk)
    assert raised.value.claim.pk == claim.pk


def test_a_merged_claim_leads_to_its_last_survivor() -> None:
    first, second, third = make_published(), make_published(), make_published()
    curation.merge(first, second, make_editor())
    curation.merge(second, third, make_editor())
    assert timelines.find_claim(first.pk) == third


def test_a_claim_merged_into_one_that_was_retracted_is_gone_too() -> None:
    first, second = make_published(), make_published()
    curation.merge(first, second, make_editor())
    curation.retract(second, make_editor(), "wrong party")
    with pytest.raises(timelines.Retracted):
        timelines.find_claim(first.pk)


def test_allegation_and_denial_stand_beside_each_other() -> None:
    allegation = make_published()
    assert entry_of(allegation).unanswered
    denial = make_answer(allegation)
    said, answered = entry_of(allegation), entry_of(denial)
    assert (said.answered_by, answered.answers) == ((denial,), (allegation,))
    assert not said.unanswered
    assert said.status is not None
    assert said.status.step == "denied"


def test_an_answer_is_shown_only_while_it_is_published() -> None:
    allegation = make_published()
    denial = make_answer(allegation)
    make_draft(quote=DENIAL, kind="response").answers.add(allegation)
    assert entry_of(allegation).answered_by == (denial,)
    curation.retract(denial, make_editor(), "wrong party")
    assert entry_of(allegation).answered_by == ()
    assert entry_of(allegation).unanswered


def test_a_status_falls_with_the_retracted_claim_that_it_stood_on() -> None:
    allegation = make_published()
    denial = make_answer(allegation)
    curation.retract(denial, make_editor(), "wrong party")
    status = entry_of(allegation).status
    assert status is not None
    assert status.step == "alleged"


def test_on_its_own_page_an_answer_does_not_lead_back() -> None:
    allegation = make_published()
    denial = make_answer(allegation)
    beside = entry_of(denial).beside(allegation)
    assert (beside.answers, entry_of(allegation).beside(denial).answered_by) == ((), ())
    assert not entry_of(allegation).beside(denial).unanswered


def test_the_best_mention_is_an_original_in_the_claimants_words_and_early() -> None:
    original = make_reading(published_at=datetime(2025, 1, 30, tzinfo=UTC))
    claim = make_published(original)
    copy = make_reading(original=original.snapshot.article, published_at=datetime(2025, 1, 1, tzinfo=UTC))
    mention_again(claim, copy, direct=True)
    early = make_reading(published_at=datetime(2025, 1, 2, tzinfo=UTC))
    mention_again(claim, early)
    assert entry_of(claim).mention == early.mentions.get()
    direct = make_reading(published_at=datetime(2025, 2, 1, tzinfo=UTC))
    mention_again(claim, direct, direct=True)
    assert entry_of(claim).mention == direct.mentions.get()


def test_copies_count_as_reports_but_not_as_independent_ones() -> None:
    original = make_reading()
    claim = make_published(original)
    for _ in range(2):
        mention_again(claim, make_reading(original=original.snapshot.article))
    mention_again(claim, make_reading(outlet=make_outlet("Other Paper")))
    reports = entry_of(claim).reports
    assert (reports.pages, reports.independent) == (4, 2)


def test_demonstration_shows_by_the_outlet_or_by_the_dispute() -> None:
    assert not entry_of(make_published()).demonstration
    outlet = make_outlet("Demonstration Wire", demonstration=True)
    assert entry_of(make_published(make_reading(outlet=outlet))).demonstration
    dispute = make_dispute("A demonstration", demonstration=True)
    assert entry_of(make_published(dispute=dispute)).demonstration


def test_what_changed_last_is_told() -> None:
    editor, claim = make_editor(), make_published()
    assert entry_of(claim).change.verb == "accept"
    curation.add_status(claim, editor, "filed", source=claim.mentions.get(), on=date(2025, 3, 1))
    change = entry_of(claim).change
    assert change.status is not None
    assert (change.verb, change.status.step) == ("status", "filed")
    curation.edit(claim, editor, ClaimChanges(hedged=True))
    assert entry_of(claim).change.verb == "edit"
    curation.merge(make_draft(), claim, editor)
    assert entry_of(claim).change.verb == "merge"


def test_each_target_has_its_own_standing() -> None:
    targets = [make_party("DeepSeek"), make_party("High-Flyer")]
    claim = make_published(targets=targets)
    source = claim.mentions.get()
    curation.add_status(claim, make_editor(), "dismissed", source=source, target=targets[1], on=date(2025, 5, 1))
    assert [(name, s.step) for name, s in entry_of(claim).standing] == [
        ("DeepSeek", "alleged"),
        ("High-Flyer", "dismissed"),
    ]


def test_a_quote_stands_in_its_context_cut_at_whole_words() -> None:
    text = "Before all this. " + "word " * 60 + TEXT + " And after" + " wards" * 60
    claim = make_published(make_reading(text))
    (place,) = timelines.in_context(timelines.appearances(claim))
    assert place.before.startswith("… word")
    assert place.before.endswith("word ")
    assert place.after.startswith(". DeepSeek denied")
    assert place.after.endswith(" …")
    assert len(place.before) <= CONTEXT + 2
    assert len(place.after) <= CONTEXT + 2


def test_context_stops_at_the_paragraph_and_at_the_ends_of_the_text() -> None:
    claim = make_published(make_reading("An earlier paragraph.\nSo " + TEXT + "\nA later one."))
    (place,) = timelines.in_context(timelines.appearances(claim))
    assert (place.before, place.after) == ("So ", ". DeepSeek denied the accusation on Tuesday.")
    bare = make_published(make_reading("OpenAI accused DeepSeek of distilling its models"))
    (place,) = timelines.in_context(timelines.appearances(bare))
    assert (place.before, place.after) == ("", "")


def test_history_names_decisions_and_leaves_out_people() -> None:
    claim = make_published()
    curation.edit(claim, make_editor(), ClaimChanges(hedged=True), reason="an inner note")
    decisions = timelines.history(claim)
    assert [decision.verb for decision in decisions] == ["accept", "edit"]
    assert {"actor_id", "reason"} <= decisions[0].get_deferred_fields()


def test_open_accusations_are_those_without_a_published_answer() -> None:
    answered, waiting = make_published(), make_published()
    make_answer(answered)
    make_draft(quote=DENIAL, kind="denial").answers.add(waiting)
    assert set(timelines.open_accusations(timelines.published())) == {waiting}


def test_lists_cost_the_same_queries_however_long_and_load_no_text() -> None:
    def cost() -> int:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            entries = timelines.as_entries(timelines.changes())
            assert all(entry.mention and entry.disputes and entry.standing for entry in entries)
        assert not any('"text"' in query["sql"] or "body_zstd" in query["sql"] for query in captured.captured_queries)
        return len(captured)

    make_answer_free = make_published()
    few = cost()
    for number in range(6):
        make_published(make_reading(outlet=make_outlet(f"Outlet {number}")), dispute=make_dispute(f"Dispute {number}"))
    curation.edit(make_answer_free, make_editor(), ClaimChanges(hedged=True))
    assert cost() == few
