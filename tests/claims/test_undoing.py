"""Taking a decision back: the claim is exactly what it was, and what was decided later is never lost."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from claims import curation, undoing
from claims.curation import ClaimChanges, CurationError, picture
from claims.models import Claim, Decision, Mention, State, Status
from claims.undoing import take_back
from tests.factories import make_dispute, make_draft, make_editor, make_party, make_published, make_reading

pytestmark = pytest.mark.django_db


def whole(claim: Claim) -> dict[str, Any]:
    """Everything that a decision can change about a claim."""
    claim.refresh_from_db()
    return {
        **picture(claim),
        "mentions": sorted(claim.mentions.values_list("pk", "start", "end", "quote")),
        "statuses": sorted(claim.statuses.values_list("step", "target", "on")),
        "articles": sorted(claim.disputes.values_list("pk", "articles")),
        "public": claim.published_at is not None,
    }


def test_an_acceptance_taken_back_leaves_the_draft_as_it_was() -> None:
    claim, editor = make_draft(), make_editor()
    before = whole(claim)
    changes = ClaimChanges(kind="concern", on=None, targets=[make_party("Meta")])
    curation.accept(claim, editor, changes=changes)
    assert claim.disputes.get().articles.exists()
    decision = take_back(claim, editor)
    assert whole(claim) == before
    assert not claim.disputes.get().articles.exists()
    assert decision.reason.startswith("took back decision")
    curation.accept(claim, editor)
    assert Claim.objects.get(pk=claim.pk).state == State.PUBLISHED


def test_an_article_that_was_the_disputes_before_stays_there() -> None:
    claim, editor = make_draft(), make_editor()
    claim.disputes.get().articles.add(claim.mentions.get().article)
    before = whole(claim)
    curation.accept(claim, editor)
    take_back(claim, editor)
    assert whole(claim) == before
    assert claim.disputes.get().articles.count() == 1


def test_a_denial_taken_back_takes_its_step_off_the_allegation() -> None:
    editor, allegation = make_editor(), make_published()
    denial = make_draft(
        make_reading(), "DeepSeek denied the accusation on Tuesday", kind="denial", claimant=make_party("DeepSeek")
    )
    denial.answers.add(allegation)
    before = whole(allegation)
    curation.accept(denial, editor)
    assert allegation.statuses.filter(step="denied").exists()
    take_back(denial, editor)
    assert whole(allegation) == before


def test_a_merge_taken_back_returns_the_mentions() -> None:
    editor, into, claim = make_editor(), make_published(), make_draft()
    before, into_before = whole(claim), whole(into)
    curation.merge(claim, into, editor)
    assert into.mentions.count() == 2
    take_back(claim, editor)
    assert whole(claim) == before
    assert whole(into) == into_before


def test_a_corrected_span_taken_back_is_the_old_quote() -> None:
    editor, claim = make_editor(), make_published()
    before = whole(claim)
    curation.correct_span(claim, claim.mentions.get(), 0, 6, editor)
    assert claim.mentions.get().quote == "OpenAI"
    take_back(claim, editor)
    assert whole(claim) == before


def test_only_who_accepted_may_take_it_back_and_only_for_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    claim, editor = make_published(), make_editor()
    with pytest.raises(CurationError, match="Only editor may"):
        take_back(claim, make_editor("another"))
    late = timezone.now() + undoing.WINDOW + timedelta(seconds=1)
    monkeypatch.setattr(timezone, "now", lambda: late)
    with pytest.raises(CurationError, match="it has been public: retract it"):
        take_back(claim, editor)
    assert Claim.objects.get(pk=claim.pk).state == State.PUBLISHED


def test_what_came_after_keeps_an_acceptance_from_being_taken_back() -> None:
    claim, editor = make_published(), make_editor()
    curation.add_status(claim, editor, "settled", source=claim.mentions.get(), on=date(2025, 3, 1))
    with pytest.raises(CurationError, match="no decision on claim"):
        take_back(claim, editor)
    other = make_published()
    curation.merge(make_draft(), other, editor)
    with pytest.raises(CurationError, match="merged into it since"):
        take_back(other, editor)


def test_a_merge_whose_mentions_serve_as_a_source_is_not_taken_back() -> None:
    editor, into, claim = make_editor(), make_published(), make_draft()
    mention = claim.mentions.get()
    curation.merge(claim, into, editor)
    curation.add_status(into, editor, "settled", source=mention, on=date(2025, 3, 1))
    with pytest.raises(CurationError, match="gone on with the merged mentions"):
        take_back(claim, editor)


def test_nothing_is_taken_back_twice() -> None:
    claim, editor = make_draft(), make_editor()
    with pytest.raises(CurationError, match="no decision on claim"):
        take_back(claim, editor)
    curation.reject(claim, editor, "no claim")
    take_back(claim, editor)
    with pytest.raises(CurationError, match="taken back already"):
        take_back(claim, editor)


def test_taking_back_asks_for_an_editor() -> None:
    claim = make_published()
    guest = User.objects.create_user("guest", is_staff=True)
    with pytest.raises(CurationError, match="it takes an editor"):
        take_back(claim, guest)


STEPS = ("accept", "edit", "span", "reject", "merge", "undo", "retract")


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.sampled_from(STEPS), min_size=1, max_size=5))
def test_after_any_decisions_the_rules_hold_and_undo_restores_the_state_before(steps: list[str]) -> None:
    editor, claim, into = make_editor(), make_draft(make_reading()), make_published(make_reading())
    another = make_dispute("Another")
    tries: dict[str, Any] = {
        "accept": lambda: curation.accept(claim, editor),
        "edit": lambda: curation.edit(claim, editor, ClaimChanges(kind="concern", disputes=[another])),
        "span": lambda: curation.correct_span(claim, claim.mentions.get(), 0, 21, editor),
        "reject": lambda: curation.reject(claim, editor, "no claim"),
        "merge": lambda: curation.merge(claim, into, editor),
        "undo": lambda: take_back(claim, editor),
        "retract": lambda: curation.retract(claim, editor, "it was wrong"),
    }
    for step in steps:
        before, decisions = whole(claim), Decision.objects.count()
        try:
            tries[step]()
        except (CurationError, Mention.DoesNotExist):
            assert whole(claim) == before
            assert Decision.objects.count() == decisions
            continue
        assert Decision.objects.count() == decisions + 1
        for published in Claim.objects.published():
            assert published.mentions.exists()
            assert published.claimant_id
        if step in ("accept", "edit", "span", "reject", "merge"):
            after = whole(claim)
            take_back(claim, editor)
            assert whole(claim) == before
            if step != "merge":
                tries[step]()
                assert {**whole(claim), "statuses": None} == {**after, "statuses": None}
    assert not Status.objects.filter(claim__state=State.DRAFT).exists()
