"""Of more matches than a search ranks, those that changed last are ranked and counted, and all are reached."""

import pytest
from django.test import Client

from claims.timelines import Filters, find
from tests.factories import make_party, make_published

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _three(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("claims.timelines.search.BOUND", 3)


def test_the_newest_are_ranked_and_counted_and_the_page_says_so(client: Client) -> None:
    claims = [make_published(claimant=make_party(f"Author {number}")) for number in range(5)]
    found = find(Filters(words="distilling"))
    assert (found.total, found.more) == (3, True)
    assert {hit.entry.claim for hit in found.hits} == set(claims[2:])
    assert sum(option.number for option in found.facets["kind"]) == 3
    page = client.get("/search/", {"q": "distilling"}).content.decode()
    assert "More than 3 claims" in page
    assert "only the 3 that changed last" in page


def test_any_other_order_leads_through_all_of_them() -> None:
    claims = [make_published(claimant=make_party(f"Author {number}")) for number in range(5)]
    found = find(Filters(words="distilling"), order="newest")
    assert [hit.entry.claim for hit in found.hits] == claims[::-1]


def test_as_many_as_are_ranked_are_no_more() -> None:
    for number in range(3):
        make_published(claimant=make_party(f"Author {number}"))
    found = find(Filters(words="distilling"))
    assert (found.total, found.more) == (3, False)
