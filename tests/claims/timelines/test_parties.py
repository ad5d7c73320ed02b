"""What a party's page stands on."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from claims import curation, timelines
from claims.models import Party
from tests.claims.timelines.test_entries import make_answer
from tests.factories import make_dispute, make_draft, make_editor, make_party, make_published

pytestmark = pytest.mark.django_db


def test_only_parties_of_published_claims_are_public() -> None:
    make_party("Nvidia")
    make_draft(claimant=make_party("Meta"), targets=[make_party("Mistral")])
    make_published()
    assert [party.name for party in timelines.public_parties()] == ["DeepSeek", "OpenAI"]
    with pytest.raises(Party.DoesNotExist):
        timelines.find_party("meta")


def test_a_merged_party_leads_to_its_survivor_with_its_claims() -> None:
    old, older, new = make_party("Facebook"), make_party("TheFacebook"), make_party("Meta")
    by_it = make_published(claimant=old)
    about_it = make_published(targets=[older])
    for merged, survivor in ((older, old), (old, new)):
        merged.merged_into = survivor
        curation.save(merged, make_editor())
    assert timelines.find_party("thefacebook") == new
    assert set(timelines.party_claims(new)) == {by_it, about_it}
    assert "Facebook" not in {party.name for party in timelines.public_parties()}


def test_claims_answers_and_claims_about_a_party_are_told_apart() -> None:
    allegation = make_published()
    denial = make_answer(allegation)
    openai, deepseek = make_party(), make_party("DeepSeek")
    assert list(timelines.party_claims(deepseek, "answers")) == [denial]
    assert list(timelines.party_claims(deepseek, "against")) == [allegation]
    assert list(timelines.party_claims(openai, "claims")) == [allegation]
    assert list(timelines.party_claims(openai, "against")) == []
    assert list(timelines.party_claims(openai)) == [denial, allegation]
    figures = timelines.party_figures(deepseek)
    assert (figures.claims, figures.answers, figures.against) == (0, 1, 1)


def test_figures_in_the_list_agree_with_those_of_the_page() -> None:
    make_answer(make_published())
    make_draft()
    for party in timelines.with_figures(timelines.public_parties()):
        figures = timelines.party_figures(party)
        listed = vars(party)
        assert listed["made"] == figures.claims
        assert listed["answered"] == figures.answers
        assert listed["against"] == figures.against


def test_a_partys_disputes_are_public_ones() -> None:
    make_published()
    make_draft(dispute=make_dispute("Another dispute"))
    assert [dispute.title for dispute in timelines.party_disputes(make_party())] == ["OpenAI and DeepSeek"]


def test_the_list_of_parties_costs_the_same_queries_however_long() -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert list(timelines.with_figures(timelines.public_parties()))
        return len(captured)

    make_published()
    few = cost()
    for number in range(5):
        make_published(claimant=make_party(f"Author {number}"))
    assert cost() == few
