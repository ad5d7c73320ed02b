"""What holds when names and claims are matched: look-ups and proposals, never a decision."""

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from claims import curation, matching, registration
from claims.models import Claim, Dispute, Party, System
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


def test_joint_claimants_are_each_found_whatever_joins_them() -> None:
    openai, microsoft, guild = make_party("OpenAI"), make_party("Microsoft"), make_party("Authors Guild")
    found = matching.claimants_named(
        {
            "OpenAI and Microsoft": (),
            "the Authors Guild, OpenAI, and John Grisham": (),
            "OpenAI & Microsoft": (),
            "OpenAI": (),
        }
    )
    assert found["OpenAI and Microsoft"].parties == found["OpenAI & Microsoft"].parties == (openai, microsoft)
    assert found["OpenAI"].parties == (openai,)
    assert found["OpenAI"].names == ("OpenAI",)
    # A name with a common noun in it is described, not a list of names, unless the extractor says what stands in it.
    assert found["the Authors Guild, OpenAI, and John Grisham"].parties == ()
    told = {"the Authors Guild, OpenAI and John Grisham": ("the Authors Guild", "OpenAI", "John Grisham")}
    [claimants] = matching.claimants_named(told).values()
    assert claimants.parties == (guild, openai)
    assert claimants.names == ("the Authors Guild", "OpenAI", "John Grisham")


def test_a_name_with_and_in_it_is_one_name_where_no_part_is_known() -> None:
    simon = make_party("Simon and Schuster")
    make_party("OpenAI")
    names = ("Simon and Schuster", "Johnson and Johnson", "Department of Science, Innovation and Technology")
    found = matching.claimants_named(dict.fromkeys(names, ()))
    assert [found[name].names for name in names] == [(name,) for name in names]
    assert found["Simon and Schuster"].parties == (simon,)
    assert found["Johnson and Johnson"].parties == ()


def test_the_same_claim_has_the_same_claimants_every_one() -> None:
    openai, microsoft = make_party("OpenAI"), make_party("Microsoft")
    joint, alone = make_published(), make_published()
    joint.co_claimants.add(microsoft)
    draft = make_draft(claimant=microsoft)
    assert matching.same_claims(draft) == []
    draft.co_claimants.add(openai)
    assert [proposal.claim for proposal in matching.same_claims(draft)] == [joint]
    assert alone not in [proposal.claim for proposal in matching.same_claims(draft)]


def test_names_alike_are_found_by_the_index_of_trigrams() -> None:
    registration.register(make_editor())
    party = Party.objects.get(name="Perplexity")
    with connection.cursor() as cursor, CaptureQueriesContext(connection) as queries:
        # What autovacuum does: the planner learns how many names there are.
        cursor.execute("ANALYZE claims_alias, claims_party")
        assert matching.similar_parties("Perplexitee")[0] == party
    looked = next(query["sql"] for query in queries if "SIMILARITY" in query["sql"].upper())
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {looked}")
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "alias_trigram" in plan, plan


PRIVACY = (
    "OpenAI and DeepSeek quarrel over chats that leaked in Seoul. Korean users complained to the privacy regulator "
    "that a login page sent telephone numbers abroad. OpenAI accused DeepSeek of copying the page. Engineers in Seoul "
    "traced the telephone numbers to a misconfigured login server."
)
DISTILLING = (
    "OpenAI told a House committee that DeepSeek had distilled its reasoning models through masked accounts. The memo "
    "speaks of millions of prompts, of API keys bought by resellers, and of answers used as training data for R1. "
    "OpenAI accused DeepSeek of evading its limits on API keys."
)


def two_suits() -> tuple[Dispute, Dispute]:
    """Return two disputes of the same parties, each with one article: over distillation and over a leak."""
    openai, deepseek = make_party("OpenAI"), make_party("DeepSeek")
    first, second = make_dispute("OpenAI and DeepSeek: distillation"), make_dispute("OpenAI and DeepSeek: leak")
    for dispute, text, quote in (
        (first, DISTILLING, "OpenAI accused DeepSeek of evading its limits on API keys"),
        (second, PRIVACY, "OpenAI accused DeepSeek of copying the page"),
    ):
        make_published(make_reading(text), quote, dispute=dispute, claimant=openai, targets=[deepseek])
    return first, second


def test_two_disputes_of_the_same_parties_are_told_apart_by_what_their_articles_say() -> None:
    first, second = two_suits()
    parties = [make_party("OpenAI"), make_party("DeepSeek")]
    texts = {
        first: "The House committee published OpenAI's memo: resellers sold API keys, and masked accounts sent "
        "millions of prompts whose answers became training data for R1, a distilled reasoning model.",
        second: "Seoul's privacy regulator looks at the login page that sent users' telephone numbers abroad; "
        "engineers say that a misconfigured login server leaked the chats of Korean users.",
    }
    for dispute, text in texts.items():
        page = make_reading(text).snapshot.article_id
        proposals = matching.disputes_for(parties, [], [], date(2025, 1, 30), page)
        assert len(proposals) == 2
        assert matching.likely(proposals, page) == dispute
        assert "this one" in matching.compared(proposals, page)[0].reasons[-1]


def test_another_quarrel_of_the_same_parties_joins_neither_dispute() -> None:
    two_suits()
    parties = [make_party("OpenAI"), make_party("DeepSeek")]
    page = make_reading(
        "A trade mark office in Munich heard both firms about a whale logo. The examiners found that a blue whale may "
        "stand for two things, and that bakers have used one since 1911."
    ).snapshot.article_id
    proposals = matching.disputes_for(parties, [], [], date(2025, 1, 30), page)
    assert matching.likely(proposals, page) is None


def test_a_new_dispute_is_proposed_with_what_else_would_be_part_of_it() -> None:
    parties = [make_party("OpenAI"), make_party("DeepSeek")]
    system = System.objects.create(name="R1", slug="r1")
    for day in (28, 30):
        draft = make_draft(on=date(2025, 1, day))
        draft.disputes.clear()
    found = matching.new_dispute_for(parties, [system], [], date(2025, 1, 31), None)
    assert found == matching.NewDispute(
        "OpenAI and DeepSeek: R1",
        (
            "no open dispute is between OpenAI and DeepSeek",
            "2 other articles with the same parties wait, the nearest 1 day apart",
        ),
    )
    assert matching.new_dispute_for([], [system], [], None, None) is None


def test_the_drafts_of_one_article_agree_on_the_dispute_that_most_point_to() -> None:
    first, second = (matching.DisputeProposal(make_dispute(title), 4.0, ()) for title in ("One", "Other"))
    ranked = matching.commonest([[first], [first, second], [second], [first]])
    assert [(one.dispute, one.score) for one in ranked] == [(first.dispute, 3.0), (second.dispute, 2.0)]


def same(draft: Claim) -> list[tuple[Claim, tuple[str, ...]]]:
    return [(found.claim, found.reasons) for found in matching.same_claims(draft)]


def said(text: str, **values: Any) -> Claim:
    return make_draft(make_reading(text), text, **values)


def test_the_same_matter_in_another_sentence_is_proposed_with_its_reasons() -> None:
    published = make_published(
        make_reading("OpenAI accused DeepSeek of distilling its proprietary models to train R1"),
        "OpenAI accused DeepSeek of distilling its proprietary models to train R1",
    )
    system = System.objects.create(name="R1", slug="r1")
    draft = said("the start-up had trained R1 by distilling answers, OpenAI said", on=date(2025, 1, 31))
    for claim in (published, draft):
        claim.systems.add(system)
    [(claim, reasons)] = same(draft)
    assert claim == published
    assert reasons[0] == "same claimant, targets and kind"
    assert reasons[1].startswith("rare words in common (")
    assert reasons[2:] == ("same system: R1", "2 days apart")


def test_another_matter_between_the_same_parties_is_not_the_same_claim() -> None:
    make_published()
    assert same(said("OpenAI says that DeepSeek stole the design of its login page")) == []


def test_a_paraphrase_wins_over_the_accusation_turned_around() -> None:
    published = make_published()
    said(
        "OpenAI accused DeepSeek of distilling its models",
        claimant=make_party("DeepSeek"),
        targets=[make_party("OpenAI")],
    )
    draft = said("its models were distilled by DeepSeek, OpenAI complained", targets=[make_party("DeepSeek")])
    assert [claim for claim, _ in same(draft)] == [published]


def test_a_target_more_or_less_is_no_other_claim_and_other_targets_are() -> None:
    published = make_published(targets=[make_party("DeepSeek"), make_party("High-Flyer")])
    quote = "OpenAI accused DeepSeek of distilling its models"
    assert same(said(quote, targets=[make_party("DeepSeek")]))[0] == (
        published,
        ("same claimant and kind, a target in common", "words 100% alike", "on the same day"),
    )
    assert same(said(quote, targets=[make_party("Moonshot AI")])) == []
    assert same(said(quote, targets=[])) == []
