"""Merging and splitting: what moves is told before, addresses lead on, and it can be taken back."""

from datetime import date
from typing import Any

import pytest
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from claims import curation, history, timelines
from claims.curation import ClaimChanges, CurationError
from claims.following import changes
from claims.models import Claim, Decision, Dispute, Mention, Party, State, Verb
from tests.factories import make_dispute, make_draft, make_editor, make_event, make_party, make_published, make_reading

pytestmark = pytest.mark.django_db
TEXT = "Open AI Inc. accused DeepSeek of theft. OpenAI accused DeepSeek of distilling its models. DeepSeek denied it."


def parties() -> tuple[Party, Party, Claim, Claim]:
    """Two rows that are one company, with a published claim each."""
    into, row = make_party("OpenAI"), make_party("Open AI Incorporated Company", "company", "Open AI Inc")
    reading = make_reading(TEXT)
    first = make_published(reading, "OpenAI accused DeepSeek of distilling its models", claimant=into)
    second = make_published(reading, "Open AI Inc. accused DeepSeek of theft", claimant=row)
    return row, into, second, first


def picture_of(*rows: Any) -> Any:
    """Everything that hangs on parties or disputes, as it is told apart by a person."""
    state = []
    for row in rows:
        for link in curation.LINKS[type(row)]:
            held = link.model._default_manager.filter(**{link.column: row.pk})
            state.append((row.pk, link.name, sorted(held.values_list("pk", flat=True))))
    return state


def test_a_merged_party_s_claims_are_its_survivor_s_and_its_address_leads_there(client: Any) -> None:
    row, into, theirs, own = parties()
    plan = curation.plan(row, into)
    assert plan.moves["claims by it"] == 1
    assert plan.published == 1
    curation.merge_rows(row, into, make_editor())
    theirs.refresh_from_db()
    assert theirs.claimant == into
    assert set(timelines.party_claims(into)) == {theirs, own}
    assert timelines.party_figures(into).claims == 2
    answer = client.get(reverse("party", args=[row.slug]))
    assert (answer.status_code, answer["Location"]) == (301, into.get_absolute_url())
    assert "Open AI Inc" in {alias.name for alias in into.aliases.all()}
    assert theirs.mentions.count() == 1
    curation.edit(theirs, make_editor(), ClaimChanges(hedged=True))


def test_taking_a_merger_back_restores_every_row() -> None:
    row, into, *_ = parties()
    before = picture_of(row, into)
    curation.merge_rows(row, into, make_editor())
    assert picture_of(row, into) != before
    row.refresh_from_db()
    curation.take_back_merger(row, make_editor())
    row.refresh_from_db()
    assert row.merged_into is None
    assert picture_of(row, into) == before
    assert [d.verb for d in Decision.objects.filter(subject="party", subject_id=row.pk)][:2] == [
        Verb.RESTORE,
        Verb.MERGE,
    ]
    assert not list(history.verify())


def test_merged_disputes_are_one_timeline_and_can_be_parted_again(client: Any) -> None:
    into, row = make_dispute("OpenAI and DeepSeek"), make_dispute("DeepSeek and OpenAI")
    first, second = make_published(dispute=into), make_published(dispute=row)
    both = make_published()
    both.disputes.add(row)
    event = make_event(dispute=row, text="A hearing is held.", on=date(2025, 2, 1))
    before = picture_of(row, into)
    assert curation.plan(row, into).double["claims"] == 1
    curation.merge_rows(row, into, make_editor())
    shown = timelines.timeline(into)
    assert {e.claim for e in shown.entries} == {first, second, both}
    assert [item.event for item in shown.items if item.event] == [event]
    answer = client.get(reverse("dispute", args=[row.slug]))
    assert (answer.status_code, answer["Location"]) == (301, into.get_absolute_url())
    curation.take_back_merger(Dispute.objects.get(pk=row.pk), make_editor())
    assert picture_of(row, into) == before
    assert client.get(reverse("dispute", args=[row.slug])).status_code == 200


@pytest.mark.parametrize("wrong", ["itself", "merged", "into-merged", "opponents", "kinds"])
def test_mergers_that_make_no_sense_are_refused_and_change_nothing(wrong: str) -> None:
    row, into, *_ = parties()
    other = make_party("Third")
    one: Any = row
    another: Any = into
    match wrong:
        case "itself":
            another = row
        case "merged":
            curation.merge_rows(row, other, make_editor())
            one = Party.objects.get(pk=row.pk)
        case "into-merged":
            curation.merge_rows(into, other, make_editor())
            another = Party.objects.get(pk=into.pk)
        case "opponents":
            another = make_party("DeepSeek")
        case "kinds":
            another = make_dispute()
    before = picture_of(row, into, other)
    with pytest.raises(CurationError):
        curation.merge_rows(one, another, make_editor())
    assert picture_of(row, into, other) == before


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(order=st.permutations(range(3)), back=st.integers(0, 2))
def test_whatever_is_merged_in_whatever_order_taking_the_last_back_restores(order: list[int], back: int) -> None:
    from django.db import transaction

    with transaction.atomic():
        disputes = [make_dispute(f"Dispute {n}") for n in range(3)]
        for dispute in disputes:
            make_published(dispute=dispute)
        a, b, c = (disputes[n] for n in order)
        curation.merge_rows(a, b, make_editor())
        before = picture_of(*disputes)
        curation.merge_rows(Dispute.objects.get(pk=b.pk), c, make_editor())
        curation.take_back_merger(Dispute.objects.get(pk=b.pk), make_editor())
        assert picture_of(*disputes) == before
        transaction.set_rollback(True)


def two_mentions() -> tuple[Claim, Mention, Mention]:
    claim = make_published()
    other = make_draft()
    curation.merge(other, claim, make_editor())
    first, second = claim.mentions.order_by("pk")
    return claim, first, second


def test_a_claim_is_split_by_its_mentions_and_merging_takes_it_back() -> None:
    claim, _, second = two_mentions()
    draft = curation.split(claim, [second], make_editor(), "another occasion")
    assert draft.state == State.DRAFT
    assert list(draft.mentions.all()) == [second]
    assert (draft.kind, draft.claimant, set(draft.disputes.all())) == (
        claim.kind,
        claim.claimant,
        set(claim.disputes.all()),
    )
    claim.refresh_from_db()
    assert claim.state == State.PUBLISHED
    assert claim.decision
    assert claim.decision.verb == Verb.SPLIT
    curation.merge(draft, claim, make_editor())
    assert claim.mentions.count() == 2


def test_a_claim_keeps_a_mention_and_the_sources_of_its_steps() -> None:
    claim, first, second = two_mentions()
    with pytest.raises(CurationError, match="keeps at least one"):
        curation.split(claim, [first, second], make_editor())
    with pytest.raises(CurationError, match="rests on one of these"):
        curation.split(claim, [first], make_editor())
    with pytest.raises(CurationError, match="Choose mentions"):
        curation.split(claim, [], make_editor())
    assert claim.mentions.count() == 2


def test_a_dispute_is_split_by_claims_and_events() -> None:
    old = make_dispute()
    stays, goes = make_published(), make_published()
    event = make_event(dispute=old, text="A hearing is held.", on=date(2025, 2, 1))
    new = curation.split_dispute(old, " The  hearing ", [goes], make_editor(), events=[event])
    assert new.title == "The hearing"
    assert {e.claim for e in timelines.timeline(old).entries} == {stays}
    assert {e.claim for e in timelines.timeline(new).entries} == {goes}
    assert list(new.events.all()) == [event]
    with pytest.raises(CurationError, match="rename the dispute"):
        curation.split_dispute(old, "Everything", [stays], make_editor())
    curation.merge_rows(new, old, make_editor())
    assert {e.claim for e in timelines.timeline(old).entries} == {stays, goes}


def test_a_party_is_split_by_claims_with_names_and_steps() -> None:
    claim = make_published()
    party = claim.targets.get()
    make_published()
    other = curation.split_party(party, "DeepSeek Capital", "company", [claim], make_editor())
    assert claim.targets.get() == other
    assert {status.target for status in claim.statuses.all()} == {other}
    with pytest.raises(CurationError, match="Choose at least one"):
        curation.split_party(party, "Nobody Else", "company", [claim], make_editor())
    assert not list(history.verify())


def test_a_published_sentence_names_its_claimant_after_a_split_as_well() -> None:
    claim = make_published()
    assert claim.claimant
    with pytest.raises(CurationError, match="does not name"):
        curation.split_party(claim.claimant, "Somebody Else", "company", [claim], make_editor())
    assert not Party.objects.filter(name="Somebody Else").exists()


def test_those_who_follow_are_told_of_a_merger_at_once() -> None:
    row, into, theirs, _ = parties()
    curation.merge_rows(row, into, make_editor())
    theirs.refresh_from_db()
    assert changes.newest() == theirs.changed_at
