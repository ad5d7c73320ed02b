"""Pages of systems, topics, pairs, outlets; short addresses; statistics."""

import csv
import io
from datetime import date

import pytest
from django.test import Client

from claims import curation, timelines
from claims.models import System, Topic
from tests.claims.timelines.test_entries import make_answer
from tests.factories import make_dispute, make_draft, make_editor, make_party, make_published

pytestmark = pytest.mark.django_db


def test_a_system_has_a_page_only_while_a_published_claim_is_about_it(client: Client) -> None:
    system = System.objects.create(name="R1", slug="r1", maker=make_party("DeepSeek"))
    draft = make_draft()
    draft.systems.add(system)
    assert client.get("/systems/r1/").status_code == 404
    assert "R1" not in client.get("/systems/").content.decode()
    curation.accept(draft, make_editor())
    assert draft.statement.split("“")[1][:20] in client.get("/systems/r1/").content.decode()
    curation.retract(draft, make_editor(), "wrong")
    assert client.get("/systems/r1/").status_code == 404


def test_a_topics_page_lists_its_claims_and_can_be_narrowed_to_a_kind(client: Client) -> None:
    topic = Topic.objects.get_or_create(slug="distillation", defaults={"name": "Distillation"})[0]
    claim = make_published()
    answer = make_answer(claim)
    for one in (claim, answer):
        one.topics.add(topic)
    body = client.get("/topics/distillation/").content.decode()
    assert f'id="claim-{claim.pk}"' in body
    assert f'id="claim-{answer.pk}"' in body
    narrowed = client.get("/topics/distillation/?kind=denial").content.decode()
    assert f'id="claim-{claim.pk}"' not in narrowed
    assert f'id="claim-{answer.pk}"' in narrowed
    assert client.get("/topics/distillation/?kind=nonsense").status_code == 200


def test_a_pair_has_one_address_whichever_party_is_named_first(client: Client) -> None:
    claim = make_published()
    other = make_published(claimant=make_party("Authors Guild"))
    body = client.get("/pairs/deepseek/openai/").content.decode()
    assert claim.get_absolute_url() in body
    assert other.get_absolute_url() not in body
    turned = client.get("/pairs/openai/deepseek/")
    assert (turned.status_code, turned.headers["Location"]) == (301, "/pairs/deepseek/openai/")
    for missing in ("/pairs/authors-guild/openai/", "/pairs/openai/openai/", "/pairs/openai/nobody/"):
        assert client.get(missing).status_code == 404


def test_a_pair_follows_a_merged_party_to_its_survivor(client: Client) -> None:
    make_published()
    merged = make_party("Open AI Incorporated")
    merged.merged_into = make_party()
    curation.save(merged, make_editor())
    response = client.get(f"/pairs/deepseek/{merged.slug}/")
    assert (response.status_code, response.headers["Location"]) == (301, "/pairs/deepseek/openai/")


def test_a_partys_page_leads_to_its_pairs(client: Client) -> None:
    make_published()
    for slug in ("openai", "deepseek"):
        assert "/pairs/deepseek/openai/" in client.get(f"/parties/{slug}/").content.decode()


def test_short_addresses_lead_to_the_page_of_now(client: Client) -> None:
    claim, dispute, party = make_published(), make_dispute(), make_party()
    for short, page in (
        (f"/c/{claim.pk}", claim.get_absolute_url()),
        (f"/d/{dispute.pk}", dispute.get_absolute_url()),
        (f"/p/{party.pk}", party.get_absolute_url()),
    ):
        assert client.get(short).headers["Location"] == page
    dispute.slug = "another-slug"
    curation.save(dispute, make_editor())
    assert client.get(f"/d/{dispute.pk}").headers["Location"] == "/disputes/another-slug/"


def test_short_addresses_of_nothing_public_are_404(client: Client) -> None:
    dispute = make_dispute()
    assert client.get(f"/d/{dispute.pk}").status_code == 404
    assert client.get("/d/999999").status_code == 404
    assert client.get("/p/999999").status_code == 404


def test_a_retracted_claims_short_address_leads_to_its_tombstone(client: Client) -> None:
    claim = make_published()
    curation.retract(claim, make_editor(), "wrong")
    assert client.get(f"/c/{claim.pk}", follow=True).status_code == 410


def test_statistics_count_what_is_published_and_nothing_else() -> None:
    claim = make_published(on=date(2025, 1, 29))
    make_answer(claim)
    make_draft()
    kinds = {row.key: row.number for row in timelines.statistics_table("kinds").rows}
    assert kinds == {"allegation": 1, "denial": 1, "response": 0, "action": 0, "finding": 0, "concern": 0}
    answers = {row.key: row.number for row in timelines.statistics_table("answers").rows}
    assert answers == {"answered": 1, "open": 0}
    statuses = {row.key: row.number for row in timelines.statistics_table("statuses").rows}
    assert sum(statuses.values()) == 2


@pytest.mark.parametrize("name", list(timelines.TABLES))
def test_every_table_is_to_be_had_as_csv(client: Client, name: str) -> None:
    make_published()
    response = client.get(f"/statistics/{name}.csv")
    rows = list(csv.reader(io.StringIO(response.content.decode())))
    assert response.headers["Content-Type"].startswith("text/csv")
    assert rows[0] == ["key", "name", "number"]
    assert len(rows) == 1 + len(timelines.statistics_table(name).rows)


def test_a_table_that_there_is_not_is_404(client: Client) -> None:
    assert client.get("/statistics/secrets.csv").status_code == 404
