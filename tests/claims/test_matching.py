"""What holds when names and claims are matched: look-ups and proposals, never a decision."""

from datetime import date

import pytest

from claims import curation, matching
from claims.models import Party, System
from tests.factories import make_dispute, make_draft, make_editor, make_party, make_published, make_reading

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("name", ["OpenAI", "openai", "The OpenAI", "OpenAI, Inc.", "OpenAI\u2019s", "Open A.I."])
def test_a_party_is_found_by_its_name_whatever_its_dress(name: str) -> None:
    party = make_party("OpenAI", "company", "Open AI")
    assert matching.parties_named([name]) == {name: party}


def test_a_name_that_two_parties_have_is_left_to_the_editor() -> None:
    make_party("Garante", "regulator")
    rival = make_party("Garante privato", "company")
    curation.add_names(rival, ["Garante"])
    assert matching.parties_named(["Garante"]) == {}


def test_an_ambiguous_alias_alone_finds_nobody() -> None:
    party = make_party("X Corp")
    curation.add_names(party, [], ambiguous=["X"])
    assert matching.parties_named(["X", "X Corp"]) == {"X Corp": party}


def test_a_merged_party_stands_for_its_survivor() -> None:
    survivor, merged = make_party("Meta"), make_party("Facebook")
    Party.objects.filter(pk=merged.pk).update(merged_into=survivor)
    assert matching.parties_named(["Facebook"]) == {"Facebook": survivor}


def test_a_name_with_a_typing_error_is_proposed() -> None:
    party = make_party("Stability AI")
    make_party("Getty Images")
    assert matching.similar_parties("Stabilty AI") == [party]
    assert matching.similar_parties("Kadokawa") == []


def test_systems_are_found_by_name_or_alias() -> None:
    system = System.objects.create(name="R1", slug="r1", aliases=["DeepSeek-R1"])
    assert matching.systems_named(["DeepSeek-R1"]) == [system]
    assert matching.systems_named([]) == []


def test_a_dispute_is_proposed_with_its_reasons_in_words() -> None:
    claim = make_published()
    parties = [make_party("OpenAI"), make_party("DeepSeek")]
    [proposal] = matching.disputes_for(parties, [], [], date(2025, 2, 1), None)
    assert proposal.dispute == claim.disputes.get()
    assert proposal.reasons == ("same parties: OpenAI, DeepSeek", "3 days apart")


def test_one_shared_party_alone_proposes_no_dispute() -> None:
    make_published()
    assert matching.disputes_for([make_party("OpenAI")], [], [], None, None) == []


def test_two_disputes_of_one_party_stay_apart() -> None:
    first = make_published(dispute=make_dispute("A v. OpenAI"), claimant=make_party("A"), targets=[make_party()])
    make_published(dispute=make_dispute("B v. OpenAI"), claimant=make_party("B"), targets=[make_party()])
    proposals = matching.disputes_for([make_party("A"), make_party()], [], [], None, None)
    assert proposals[0].dispute == first.disputes.get()
    assert len(proposals) == 1


def test_the_same_claim_is_proposed_for_the_same_parties_and_kind_only() -> None:
    published = make_published()
    draft = make_draft(
        make_reading("OpenAI accused DeepSeek of distilling models"), "OpenAI accused DeepSeek of distilling models"
    )
    [proposal] = matching.same_claims(draft)
    assert proposal.claim == published
    reverse = make_draft(
        make_reading("OpenAI accused DeepSeek of distilling its models"),
        claimant=make_party("DeepSeek"),
        targets=[make_party("OpenAI")],
    )
    assert matching.same_claims(reverse) == []
    curation.reject(draft, make_editor(), "double")
