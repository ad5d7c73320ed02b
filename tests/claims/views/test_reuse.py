"""Citations, cards, frames and oEmbed as the site serves them; sitemaps of news; linked data."""

import json
import re
from datetime import date, timedelta
from typing import Any
from unittest import mock
from xml.etree import ElementTree

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from claims import curation
from tests.claims.timelines.test_entries import make_answer, mention_again
from tests.factories import make_dispute, make_draft, make_editor, make_event, make_outlet, make_published, make_reading

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("form", ["bib", "ris", "json", "txt"])
def test_disputes_and_claims_are_cited_as_of_today(client: Client, form: str) -> None:
    claim, dispute = make_published(), make_dispute()
    for page in (claim.get_absolute_url(), dispute.get_absolute_url()):
        response = client.get(f"{page}cite.{form}")
        text = response.content.decode()
        assert response.status_code == 200
        assert settings.SITE_URL + page in text
        assert str(timezone.localdate().year) in text
        assert f"{page}cite.{form}" in client.get(page).content.decode()
    assert "demonstration data" not in text


def test_a_citation_of_the_demonstration_says_so(client: Client) -> None:
    outlet = make_outlet("Demonstration Wire", demonstration=True)
    claim = make_published(make_reading(outlet=outlet))
    assert "demonstration data" in client.get(f"{claim.get_absolute_url()}cite.txt").content.decode()
    assert "demonstration data" in client.get(f"{make_dispute().get_absolute_url()}cite.bib").content.decode()


def test_what_is_not_public_is_not_cited(client: Client) -> None:
    draft, retracted = make_draft(), make_published()
    curation.retract(retracted, make_editor(), "wrong")
    assert client.get(f"{draft.get_absolute_url()}cite.txt").status_code == 404
    gone = client.get(f"{retracted.get_absolute_url()}cite.txt")
    assert (gone.status_code, "OpenAI" in gone.content.decode()) == (410, False)
    assert client.get(f"{make_dispute().get_absolute_url()}cite.txt").status_code == 404
    assert client.get(f"{make_published().get_absolute_url()}cite.doc").status_code == 404


def test_a_card_is_drawn_once_and_known_by_its_etag(client: Client) -> None:
    make_published()
    address = f"{make_dispute().get_absolute_url()}card.png"
    assert address in client.get(make_dispute().get_absolute_url()).content.decode()
    with mock.patch("claims.views.reuse.cards.draw", return_value=b"drawn") as draw:
        first, second = client.get(address), client.get(address)
        assert (first.content, second.content, draw.call_count) == (b"drawn", b"drawn", 1)
        known = client.get(address, HTTP_IF_NONE_MATCH=first.headers["ETag"])
        assert (known.status_code, known.content) == (304, b"")
        make_published()
        assert client.get(address).headers["ETag"] != first.headers["ETag"]


def test_a_frame_may_stand_in_any_page_and_brings_no_script_cookie_or_stranger(client: Client) -> None:
    claim = make_published()
    answer = make_answer(claim)
    make_event(dispute=make_dispute(), on=date(2025, 2, 1), text="A hearing was held.")
    response = client.get(f"{make_dispute().get_absolute_url()}embed/")
    body = response.content.decode()
    assert "frame-ancestors *" in response.headers["Content-Security-Policy"]
    assert "X-Frame-Options" not in response.headers
    assert not response.cookies
    assert "<script" not in body
    assert claim.statement.split("“")[1][:30] in body
    assert answer.get_absolute_url() in body
    assert "A hearing was held." in body


def test_no_other_page_may_stand_in_a_frame(client: Client) -> None:
    make_published()
    for address in ("/", make_dispute().get_absolute_url(), "/api/"):
        response = client.get(address)
        assert "frame-ancestors 'none'" in response.headers["Content-Security-Policy"]
        assert response.headers["X-Frame-Options"] == "DENY"


def oembed(client: Client, **query: str) -> Any:
    return client.get("/oembed", query)


def test_a_disputes_address_tells_how_it_is_embedded(client: Client) -> None:
    make_published()
    page = settings.SITE_URL + make_dispute().get_absolute_url()
    response = oembed(client, url=page, maxwidth="400", maxheight="9999")
    told = response.json()
    assert (told["version"], told["type"], told["width"], told["height"]) == ("1.0", "rich", 400, 560)
    source = re.findall(r'src="([^"]+)"', told["html"])[0]
    assert client.get(source.removeprefix(settings.SITE_URL)).status_code == 200
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert "application/json+oembed" in client.get(make_dispute().get_absolute_url()).content.decode()


def test_the_same_is_told_in_xml(client: Client) -> None:
    dispute = make_dispute('Q & "A" <b>')
    make_published(dispute=dispute)
    page = settings.SITE_URL + dispute.get_absolute_url()
    response = oembed(client, url=page, format="xml")
    assert response.headers["Content-Type"] == "text/xml; charset=utf-8"
    root = ElementTree.fromstring(response.content)
    assert root.tag == "oembed"
    assert {child.tag: child.text for child in root} == {k: str(v) for k, v in oembed(client, url=page).json().items()}
    assert "text/xml+oembed" in client.get(dispute.get_absolute_url()).content.decode()


def test_what_cannot_be_embedded_is_refused(client: Client) -> None:
    make_published()
    page = settings.SITE_URL + make_dispute().get_absolute_url()
    assert oembed(client, url=page, format="yaml").status_code == 501
    for url in ("", "x", "https://elsewhere.example/disputes/openai-and-deepseek/", f"{settings.SITE_URL}/about/"):
        assert oembed(client, url=url).status_code == 404
    assert oembed(client, url=f"{settings.SITE_URL}/disputes/nothing/").status_code == 404


def test_a_title_cannot_break_out_of_the_frame_that_is_offered(client: Client) -> None:
    dispute = make_dispute('"><script>alert(1)</script>')
    make_published(dispute=dispute)
    html = oembed(client, url=settings.SITE_URL + dispute.get_absolute_url()).json()["html"]
    assert "<script" not in html


def test_the_news_map_holds_two_days(client: Client) -> None:
    claim = make_published()
    tree = ElementTree.fromstring(client.get("/sitemap-news.xml").content)
    space = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9", "n": "http://www.google.com/schemas/sitemap-news/0.9"}
    assert [loc.text for loc in tree.findall("s:url/s:loc", space)] == [settings.SITE_URL + claim.get_absolute_url()]
    assert tree.find("s:url/n:news/n:title", space) is not None
    assert "/sitemap-news.xml" in client.get("/robots.txt").content.decode()
    with mock.patch("claims.views.service.timezone.now", return_value=timezone.now() + timedelta(days=2, hours=1)):
        assert b"<url>" not in client.get("/sitemap-news.xml").content


def linked(client: Client, address: str) -> Any:
    (found,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', client.get(address).content.decode())
    return json.loads(found)


def test_linked_data_names_where_a_claim_appeared_first_and_since(client: Client) -> None:
    claim = make_published()
    mention_again(claim, make_reading(outlet=make_outlet("Other Times")))
    data = linked(client, claim.get_absolute_url())
    assert data["@type"] == "Claim"
    assert [article["@type"] for article in data["appearance"]] == ["NewsArticle", "NewsArticle"]
    assert data["firstAppearance"] == data["appearance"][0]
    article = claim.mentions.earliest("pk").article
    assert linked(client, f"/sources/{article.pk}/")["@type"] == "NewsArticle"


def test_linked_data_of_a_dispute_names_its_dated_events(client: Client) -> None:
    make_published()
    make_event(dispute=make_dispute(), on=date(2025, 2, 1), text="A hearing was held.")
    (event,) = linked(client, make_dispute().get_absolute_url())["about"]
    assert (event["@type"], event["startDate"]) == ("Event", "2025-02-01")


def test_linked_data_carries_the_corrections_of_a_page(client: Client) -> None:
    claim = make_published()
    curation.correct(claim, make_editor(), wrong="It said Tuesday.", right="It was Wednesday.")
    for address in (claim.get_absolute_url(), make_dispute().get_absolute_url()):
        (correction,) = linked(client, address)["correction"]
        assert correction["@type"] == "CorrectionComment"
        assert "It was Wednesday." in correction["text"]
