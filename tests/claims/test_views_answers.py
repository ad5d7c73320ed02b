"""What public addresses answer: what is not there or moved, what it costs and weighs, and in which language."""

import re
from datetime import date
from pathlib import Path
from unittest import mock

import pytest
from django.conf import settings
from django.db import connection
from django.db.utils import OperationalError
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django import Settings

from claims import curation
from claims.curation import ClaimChanges
from claims.models import Claim, Evaluation, Mention, System, Topic
from claims.timelines.bounds import TookTooLong
from tests.claims.timelines.test_entries import make_answer, mention_again
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

pytestmark = pytest.mark.django_db
# Columns that are long and that no page shows whole; a function may cut an excerpt out of one.
HEAVY = re.compile(r'"body_zstd"|"sketch"|"proposed"|"search",|(?<!\()"news_reading"\."text"')


def text_of(client: Client, address: str) -> str:
    return client.get(address).content.decode()


@pytest.mark.parametrize("address", ["/claims/1/", "/claims/99999999999999999999/", "/disputes/x/", "/parties/x/"])
def test_what_is_not_there_is_a_404_that_helps(client: Client, address: str) -> None:
    response = client.get(address)
    assert response.status_code == 404
    assert 'role="search"' in response.content.decode()


@pytest.mark.parametrize("address", ["/sources/1/", "/outlets/x/", "/disputes/x/feed.rss", "/feeds/all.xml"])
def test_other_addresses_that_are_not_there_are_404_too(client: Client, address: str) -> None:
    assert client.get(address).status_code == 404


@pytest.mark.parametrize("number", ["0", "-1", "2", "x", "", "1e3", "٣", "99999", "1" * 50])
def test_a_page_that_is_not_there_is_a_404(client: Client, number: str) -> None:
    make_published()
    for address in ("/changes/", "/disputes/", make_dispute().get_absolute_url(), "/claims/1/", "/parties/"):
        assert client.get(address, {"page": number}).status_code == 404


@pytest.mark.parametrize("cursor", ["0", "x", "1.", "1" * 50, "-1.1 OR 1"])
def test_a_page_of_results_that_is_not_there_is_a_404(client: Client, cursor: str) -> None:
    assert client.get("/search/", {"q": "distilling", "after": cursor}).status_code == 404


def test_a_search_that_was_given_up_says_so(client: Client) -> None:
    with mock.patch("claims.timelines.search.after", side_effect=TookTooLong):
        response = client.get("/search/?q=x")
    assert response.status_code == 200
    assert "took too long" in response.content.decode()


def test_merged_claims_disputes_and_parties_redirect_for_good(client: Client) -> None:
    editor = make_editor()
    survivor, merged = make_published(), make_published()
    curation.merge(merged, survivor, editor)
    other_dispute, other_party = make_dispute("The same dispute"), make_party("Open AI Incorporated")
    other_dispute.merged_into, other_party.merged_into = make_dispute(), make_party()
    curation.save(other_dispute, editor)
    curation.save(other_party, editor)
    for old, new in (
        (merged.get_absolute_url(), survivor.get_absolute_url()),
        (other_dispute.get_absolute_url(), make_dispute().get_absolute_url()),
        (other_party.get_absolute_url(), make_party().get_absolute_url()),
        (f"{other_dispute.get_absolute_url()}feed.rss", f"{make_dispute().get_absolute_url()}feed.rss"),
        (f"{other_party.get_absolute_url()}feed.atom", f"{make_party().get_absolute_url()}feed.atom"),
    ):
        response = client.get(old)
        assert (response.status_code, response.headers["Location"]) == (301, new)


@pytest.mark.parametrize(
    "query", ["\x00", "' OR 1=1 --", '"', "-", "a" * 5000, "\ud800".encode("utf-8", "replace").decode()]
)
def test_no_query_breaks_the_search_page(client: Client, query: str) -> None:
    assert client.get("/search/", {"q": query, "kind": query, "order": query}).status_code == 200


def test_a_page_without_data_is_a_page(client: Client) -> None:
    for address in ("/", "/changes/", "/disputes/", "/parties/", "/search/", "/search/?q=x", "/feeds/", "/about/"):
        assert client.get(address).status_code == 200


def test_a_published_claim_is_on_its_pages_in_the_next_answer(client: Client) -> None:
    draft = make_draft()
    assert client.get(draft.get_absolute_url()).status_code == 404
    curation.accept(draft, make_editor())
    for address in (
        draft.get_absolute_url(),
        make_dispute().get_absolute_url(),
        "/",
        "/feeds/all.rss",
        "/search/?q=distilling",
    ):
        assert "OpenAI accused DeepSeek" in text_of(client, address)


def test_pages_cost_the_same_queries_however_much_they_show_and_load_no_long_texts(client: Client) -> None:
    addresses = ("/", "/changes/", "/disputes/", "/parties/", "/search/?q=distilling", "/feeds/", "/feeds/all.rss")
    first = make_published()
    first.systems.add(System.objects.create(name="R1", slug="r1"))
    first.topics.add(Topic.objects.get_or_create(slug="distillation", defaults={"name": "Distillation"})[0])
    reading = first.mentions.get().reading
    own = (
        *(first.get_absolute_url(), make_dispute().get_absolute_url(), make_party().get_absolute_url()),
        *(reverse("source", args=[reading.snapshot.article_id]), "/outlets/test-gazette/", "/outlets/", "/statistics/"),
        *("/systems/", "/systems/r1/", "/topics/", "/topics/distillation/", "/pairs/deepseek/openai/"),
    )

    def costs() -> dict[str, int]:
        found = {}
        for address in (*addresses, *own):
            with CaptureQueriesContext(connection) as captured:
                assert client.get(address).status_code == 200
            assert [query["sql"] for query in captured.captured_queries if HEAVY.search(query["sql"])] == []
            found[address] = len(captured)
        return found

    make_answer(first)
    few = costs()
    for number in range(4):
        claim = make_published(reading, claimant=make_party(f"Author {number}"))
        make_answer(first, claim)
        mention_again(first, make_reading(outlet=make_outlet(f"Outlet {number}")))
        make_published(dispute=make_dispute(f"Dispute {number}"))
    many = costs()
    assert {address: (few[address], many[address]) for address in few if many[address] > few[address]} == {}


def test_a_long_dispute_stays_light(client: Client) -> None:
    first = make_published()
    for _ in range(59):
        claim = Claim.objects.create(
            kind="concern", claimant=first.claimant, statement=f"OpenAI says: “{'word ' * 25}”."
        )
        claim.disputes.set(first.disputes.all())
        mention = first.mentions.get()
        Mention.objects.create(
            claim=claim, reading=mention.reading, article=mention.article, start=0, end=len(TEXT), quote=TEXT
        )
        curation.accept(claim, make_editor(), changes=ClaimChanges(on=date(2025, 1, 29)))
    assert len(client.get(make_dispute().get_absolute_url()).content) <= 150_000


def test_style_sheet_and_scripts_stay_small() -> None:
    folder = Path(settings.BASE_DIR) / "templates/static/site"
    assert sum(path.stat().st_size for path in (*folder.glob("*.css"), *folder.glob("*.js"))) <= 60_000


def test_health_is_told(client: Client) -> None:
    assert client.get("/healthz").content == b"ok\n"
    with mock.patch.object(connection, "cursor", side_effect=OperationalError("no database")):
        response = client.get("/healthz")
    assert response.status_code == 503


def test_robots_are_told_where_the_map_is(client: Client, settings: Settings) -> None:
    settings.SITE_URL = "https://tracker.example"
    response = client.get("/robots.txt")
    assert response.headers["Content-Type"].startswith("text/plain")
    assert "Sitemap: https://tracker.example/sitemap.xml" in response.content.decode()


def test_a_fault_shows_a_plain_page(client: Client) -> None:
    client.raise_request_exception = False
    with mock.patch("claims.timelines.counts", side_effect=RuntimeError("broken")):
        response = client.get("/")
    assert response.status_code == 500
    assert "Something went wrong on our side" in response.content.decode()


def test_english_is_at_the_plain_address_whatever_the_browser_asks_for(client: Client) -> None:
    response = client.get("/about/", HTTP_ACCEPT_LANGUAGE="de")
    assert response.headers["Content-Language"] == "en"
    assert '<html lang="en">' in response.content.decode()
    assert client.get("/de/about/").headers["Content-Language"] == "de"


@pytest.mark.parametrize(
    "path", ["/feeds/all.rss", "/api/v1/claims?limit=1", "/admin/", "/robots.txt", "/oembed?url=x"]
)
def test_what_is_for_machines_and_editors_has_one_address(client: Client, path: str) -> None:
    response = client.get(f"/de{path}")
    assert (response.status_code, response.headers["Location"]) == (301, path)


def test_a_language_that_there_is_not_is_no_page(client: Client) -> None:
    assert client.get("/fr/about/").status_code == 404


def test_how_it_works_shows_how_often_the_program_is_right(client: Client) -> None:
    assert "No measurement is on record yet." in text_of(client, "/about/")
    rates = {"precision": 0.876, "recall": None, "f1": 0.5}
    Evaluation.objects.create(
        dataset="labels.jsonl",
        extractor="rules",
        version="7",
        articles=12,
        complete=3,
        labelled=40,
        drafted=50,
        figures={"overall": {"span": rates}},
    )
    body = text_of(client, "/about/")
    assert "rules 7" in body
    assert "88\u00a0%" in body
    assert "–" in body
    assert "CC-BY-4.0" in body
