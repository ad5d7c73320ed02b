"""The sitemap lists what is public, with the time of its last change, and nothing else."""

from xml.etree import ElementTree

import pytest
from django.test import Client
from django.urls import reverse

from claims.sitemaps import SITEMAPS, ClaimSitemap
from tests.factories import make_draft, make_published

pytestmark = pytest.mark.django_db

NAMESPACE = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


def places(client: Client, address: str) -> list[str]:
    response = client.get(address)
    assert response.status_code == 200
    found = ElementTree.fromstring(response.content)
    return [str(element.text).removeprefix("http://testserver") for element in found.iter(f"{NAMESPACE}loc")]


def test_the_index_leads_to_a_map_a_noun(client: Client) -> None:
    make_published()
    assert places(client, "/sitemap.xml") == [f"/sitemap-{name}.xml" for name in SITEMAPS]


def test_what_is_public_is_listed_and_nothing_else(client: Client) -> None:
    claim, draft = make_published(), make_draft()
    article = claim.mentions.get().article
    assert places(client, "/sitemap-claims.xml") == [claim.get_absolute_url()]
    assert places(client, "/sitemap-disputes.xml") == ["/disputes/openai-and-deepseek/"]
    assert places(client, "/sitemap-parties.xml") == ["/parties/openai/", "/parties/deepseek/"]
    assert places(client, "/sitemap-sources.xml") == [reverse("source", args=[article.pk])]
    assert draft.get_absolute_url() not in places(client, "/sitemap-claims.xml")


def test_every_listed_place_answers(client: Client) -> None:
    make_published()
    for name in SITEMAPS:
        for place in places(client, f"/sitemap-{name}.xml"):
            assert client.get(place).status_code == 200


def test_a_change_moves_the_time(client: Client) -> None:
    claim = make_published()
    assert claim.changed_at is not None
    assert f"<lastmod>{claim.changed_at:%Y-%m-%dT%H:%M:%S}" in client.get("/sitemap-claims.xml").content.decode()


def test_a_long_map_is_split(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ClaimSitemap, "limit", 1)
    first, second = make_published(), make_published()
    assert "/sitemap-claims.xml?p=2" in places(client, "/sitemap.xml")
    assert places(client, "/sitemap-claims.xml") == [first.get_absolute_url()]
    assert places(client, "/sitemap-claims.xml?p=2") == [second.get_absolute_url()]


def test_a_site_without_data_has_a_map(client: Client) -> None:
    assert "/sitemap-pages.xml" in places(client, "/sitemap.xml")
    assert places(client, "/sitemap-claims.xml") == []
