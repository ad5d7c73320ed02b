"""A claim that several parties make together: from the extractor's draft to every public view."""

import json
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from claims import curation, evaluation, intake, timelines, undoing
from claims.curation import ClaimChanges, CurationError
from claims.extraction.extractor import default_extractor
from claims.extraction.registry import load_registry
from claims.extraction.types import Document
from claims.models import Claim, Kind, State, Step, Verb
from claims.wording import propose_statement
from tests.claims.desk import desk, filled, log_in_editor
from tests.claims.test_intake import DRAFT, Scripted
from tests.factories import make_dispute, make_draft, make_editor, make_party, make_published, make_reading

pytestmark = pytest.mark.django_db

QUOTE = "Both firms said that DeepSeek had distilled their models"
TEXT = f"{QUOTE}. DeepSeek denied it."
SENTENCE = f"OpenAI and Microsoft allege: “{QUOTE}”."


def joint_draft(**values: Any) -> Claim:
    """A draft that OpenAI and Microsoft claim together, with the machine's own sentence."""
    claim = make_draft(make_reading(TEXT), QUOTE, statement=values.pop("statement", SENTENCE), **values)
    claim.co_claimants.add(make_party("Microsoft"))
    return claim


def joint_claim(**values: Any) -> Claim:
    claim = joint_draft(**values)
    curation.accept(claim, make_editor())
    return Claim.objects.get(pk=claim.pk)


def test_the_extractors_combined_name_becomes_a_claimant_and_those_who_claim_it_too() -> None:
    openai, microsoft = make_party("OpenAI"), make_party("Microsoft")
    make_reading("OpenAI accused DeepSeek of distilling its models. More was said by others on that day.")
    draft = replace(DRAFT, claimant="OpenAI, Microsoft and the Walrus Club", targets=())
    told = replace(draft, joint=("OpenAI", "Microsoft", "the Walrus Club"))
    [_] = intake.extract_due(Scripted(told))
    claim = Claim.objects.get()
    assert (claim.claimant, list(claim.co_claimants.all())) == (openai, [microsoft])
    assert claim.proposed["claimant"] == "OpenAI, Microsoft and the Walrus Club"
    assert claim.proposed["joint"] == ["OpenAI", "Microsoft", "the Walrus Club"]
    assert claim.claimant_name == "OpenAI and Microsoft"


def test_the_default_extractor_tells_who_claims_together() -> None:
    text = (
        "OpenAI and Microsoft accused DeepSeek of distilling their models without permission. DeepSeek denied the "
        "accusation on Tuesday."
    )
    found = default_extractor().extract(Document("1", None, "A dispute", None, text), load_registry())
    [joint] = [claim for claim in found.claims if claim.joint]
    assert joint.claimant == "OpenAI and Microsoft"
    assert joint.joint == ("OpenAI", "Microsoft")


def test_the_machines_sentence_names_everybody_and_is_nobodys_wording() -> None:
    claim = joint_claim()
    assert claim.state == State.PUBLISHED
    assert claim.claimants == [make_party("OpenAI"), make_party("Microsoft")]


@pytest.mark.parametrize("kind", Kind.values)
def test_the_database_knows_the_sentence_of_several_as_the_machines(kind: str) -> None:
    claim = joint_draft(kind=kind)
    claim.co_claimants.add(make_party("Authors Guild"))
    sentence = propose_statement(kind, "OpenAI", QUOTE, (), [["Authors Guild"], ["Microsoft"]])
    assert sentence.startswith("OpenAI, Authors Guild and Microsoft ")
    with connection.cursor() as cursor:
        for words, known in ((sentence, True), (f"{sentence} Truly.", False), (SENTENCE + " No.", False)):
            cursor.execute("SELECT claims_is_joint_sentence(%s, %s, %s, 'OpenAI', %s)", [claim.pk, words, kind, QUOTE])
            assert cursor.fetchone() == (known,), words


def test_a_sentence_that_leaves_a_claimant_out_is_not_published() -> None:
    draft = joint_draft(statement=f"OpenAI alleges: “{QUOTE}”.")
    with pytest.raises(CurationError, match="“Microsoft” is not in it"):
        curation.accept(draft, make_editor())


def test_nobody_claims_together_with_itself_or_under_a_name_that_was_merged() -> None:
    draft, merged = joint_draft(), make_party("Microsoft Research Asia")
    with pytest.raises(CurationError, match="is the claimant already"):
        curation.accept(draft, make_editor(), changes=ClaimChanges(co_claimants=[make_party("OpenAI")]))
    merged.merged_into = make_party("Microsoft")
    merged.save()
    with pytest.raises(CurationError, match="was merged into Microsoft"):
        curation.accept(draft, make_editor(), changes=ClaimChanges(co_claimants=[merged]))


def test_a_joint_denial_puts_denied_against_each_who_denies() -> None:
    allegation = make_published(
        claimant=make_party("The New York Times", "media"), targets=[make_party("OpenAI"), make_party("Microsoft")]
    )
    denial = joint_draft(kind="denial", statement=propose_statement("denial", "OpenAI", QUOTE, (), [["Microsoft"]]))
    denial.answers.add(allegation)
    curation.accept(denial, make_editor())
    denied = allegation.statuses.filter(step=Step.DENIED).values_list("target__name", flat=True)
    assert sorted(denied) == ["Microsoft", "OpenAI"]


def test_what_is_undone_gives_the_claimants_back() -> None:
    draft = joint_draft()
    curation.edit(draft, make_editor(), ClaimChanges(co_claimants=[]))
    assert Claim.objects.get(pk=draft.pk).claimants == [make_party("OpenAI")]
    undoing.take_back(draft, make_editor())
    assert Claim.objects.get(pk=draft.pk).claimants == [make_party("OpenAI"), make_party("Microsoft")]


def test_every_public_view_names_everybody(client: Client) -> None:
    claim = joint_claim(dispute=make_dispute())
    microsoft = make_party("Microsoft")
    for path in (claim.get_absolute_url(), "/disputes/openai-and-deepseek/", microsoft.get_absolute_url()):
        body = client.get(path).content.decode()
        assert 'href="/parties/microsoft/"' in body, path
        assert 'href="/parties/openai/"' in body, path
    item = client.get(f"/api/v1/claims/{claim.pk}").json()
    assert [party["name"] for party in item["claimants"]] == ["OpenAI", "Microsoft"]
    assert item["claimant"]["name"] == "OpenAI"
    [found] = client.get("/api/v1/claims", {"party": "microsoft"}).json()["items"]
    assert found["id"] == claim.pk
    page = client.get(claim.get_absolute_url()).content.decode()
    data = json.loads(page.split('type="application/ld+json"', 1)[1].split(">", 1)[1].split("</script>")[0])
    authors = next(part for part in data.get("@graph", [data]) if part["@type"] == "Claim")["author"]
    assert [author["name"] for author in authors] == ["OpenAI", "Microsoft"]


def test_who_claims_together_counts_as_who_claims_alone() -> None:
    claim = joint_claim(dispute=make_dispute())
    microsoft, deepseek = make_party("Microsoft"), make_party("DeepSeek")
    assert list(timelines.party_claims(microsoft)) == [claim]
    assert timelines.party_figures(microsoft).claims == 1
    assert list(timelines.pair_claims(deepseek, microsoft)) == [claim]
    edges = {(edge.claimant.name, edge.target.name) for edge in timelines.overview(make_dispute()).edges}
    assert edges == {("OpenAI", "DeepSeek"), ("Microsoft", "DeepSeek")}
    sides = {side.party.name: side.claims for side in timelines.overview(make_dispute()).sides}
    assert sides == {"OpenAI": 1, "Microsoft": 1, "DeepSeek": 0}


def test_a_label_of_several_takes_the_combined_name_or_any_of_them() -> None:
    joint_claim()
    [(_, labelling)] = evaluation.editors_labels()
    names = labelling.claims[0].claimant.split(" | ")
    assert names[0] == "OpenAI and Microsoft"
    assert {"OpenAI", "Microsoft"} <= set(names)


def test_the_desk_offers_everybody_and_keeps_what_the_editor_chose(client: Client) -> None:
    log_in_editor(client)
    draft = joint_draft()

    page = client.get(desk(draft)).content.decode()
    assert "Together with" in page
    microsoft, guild = make_party("Microsoft"), make_party("Authors Guild")
    shown = page.split('id="field-co_claimants"')[1].split("</fieldset>")[0]
    assert f'value="{microsoft.pk}" checked' in shown
    more = {"co_claimants": [microsoft.pk], "co_claimants_name": "Authors Guild", "statement": SENTENCE}
    answer = client.post(desk(draft), filled(draft, "update", **more, proposed_statement=SENTENCE)).content.decode()
    assert "OpenAI, Authors Guild and Microsoft allege" in answer
    kept = {
        "co_claimants": [microsoft.pk, guild.pk],
        "statement": SENTENCE.replace("OpenAI and", "OpenAI, Authors Guild and"),
    }
    assert client.post(desk(draft), filled(draft, "accept", **kept)).status_code == 302
    draft.refresh_from_db()
    assert draft.state == State.PUBLISHED
    assert draft.decision
    assert draft.decision.verb == Verb.ACCEPT
    assert [party.name for party in draft.claimants] == ["OpenAI", "Authors Guild", "Microsoft"]


def test_the_desk_proposes_to_open_a_dispute_where_none_is_known(client: Client) -> None:
    log_in_editor(client)
    draft = make_draft(on=date(2025, 1, 29))
    draft.disputes.clear()
    page = client.get(desk(draft)).content.decode()
    assert 'value="DeepSeek and OpenAI"' in page or 'value="OpenAI and DeepSeek"' in page
    assert "no open dispute is between" in page
