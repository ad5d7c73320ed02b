"""A decision is behind every public door at once: page, lists, feeds, API and search."""

from collections.abc import Callable
from time import monotonic

import pytest
from django.test import Client

from claims import curation
from claims.models import Claim
from tests.factories import make_draft, make_editor, make_published, make_reading

pytestmark = pytest.mark.django_db
EDITED = "OpenAI alleged that DeepSeek was pilfering its weights at night."
STATEMENT = "OpenAI accused DeepSeek of pilfering its weights."
# Where a published claim stands in words.
DOORS = (
    *("/", "/changes/", "/disputes/openai-and-deepseek/", "/parties/openai/", "/search/?q=pilfering"),
    *("/feeds/all.atom", "/feeds/all.rss", "/feeds/all.json", "/disputes/openai-and-deepseek/feed.atom"),
    *("/search/feed.atom?q=pilfering", "/api/v1/claims?q=pilfering", "/api/v1/changes?limit=100"),
)


def seconds(client: Client, decide: Callable[[], object], shows: str, hides: str) -> float:
    """Return how long it takes from a decision until the slowest door shows *shows* and nothing of *hides*.

    The doors are asked one after the other, but each is open by itself: its own answer counts.
    """
    began = monotonic()
    decide()
    decided, slowest = monotonic() - began, 0.0
    for door in DOORS:
        asked = monotonic()
        answer = client.get(door)
        slowest = max(slowest, monotonic() - asked)
        assert answer.status_code == 200, door
        # Search marks the words that were found.
        words = answer.content.decode().replace("<mark>", "").replace("</mark>", "")
        assert shows in words, door
        assert not hides or hides not in words, door
    return decided + slowest


def test_a_publication_an_edit_and_a_retraction_are_behind_every_door_within_two_seconds(client: Client) -> None:
    editor = make_editor()
    for number in range(15):
        make_published(make_reading(title=f"Article {number}"))
    claim: Claim = make_draft(make_reading(title="Another"), statement=STATEMENT)
    for door in DOORS:
        # Every door was open before, so that what it might have kept is old.
        assert STATEMENT not in client.get(door).content.decode()
    page = claim.get_absolute_url()
    assert client.get(page).status_code == 404

    assert seconds(client, lambda: curation.accept(claim, editor), STATEMENT, "") < 2
    assert STATEMENT in client.get(page).content.decode()

    claim.refresh_from_db()
    curation.edit(claim, editor, curation.ClaimChanges(statement=EDITED))
    claim.refresh_from_db()
    assert seconds(client, lambda: curation.approve(claim, make_editor("reviewer")), EDITED, STATEMENT) < 2
    claim.refresh_from_db()

    assert seconds(client, lambda: curation.retract(claim, editor, "Wrong."), "", "pilfering its") < 2
    assert client.get(page).status_code == 410
    assert client.get(f"/api/v1/claims/{claim.pk}").status_code == 410
    assert f"Retracted: claim {claim.pk}" in client.get("/feeds/all.atom").content.decode()
