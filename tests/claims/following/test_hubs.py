"""WebSub hubs are told of the feeds that changed, and of no other."""

from collections.abc import Iterator

import pytest
from django.db.models import F
from pytest_django import Settings

from claims import curation
from claims.following import hubs
from claims.models import Ping
from claims.tasks import ping_hubs
from tests.factories import make_dispute, make_editor, make_party, make_published
from tests.origin import Origin, running_origin
from tracker.news.fetching import FetchPolicy

pytestmark = pytest.mark.django_db
SITE = "https://tracker.example"


@pytest.fixture(scope="module")
def server() -> Iterator[Origin]:
    with running_origin() as origin:
        yield origin


@pytest.fixture
def hub(server: Origin) -> Origin:
    server.answers.clear()
    server.posted.clear()
    server.serve("/", "", status=204)
    return server


def work(hub: Origin) -> list[str]:
    """Do what a worker does; return the feeds that the hub was told of."""
    hub.posted.clear()
    addresses = [f"{hub.url}/"]
    hubs.queue(addresses, SITE)
    policy = FetchPolicy(user_agent="test", allowed_origins=frozenset({hub.url}), spacing=0)
    list(hubs.ping_due(policy, addresses))
    assert all(form["hub.mode"] == "publish" for _, form in hub.posted)
    return sorted(form["hub.url"].removeprefix(SITE) for _, form in hub.posted)


def test_the_feeds_of_a_change_are_told_and_no_others(hub: Origin) -> None:
    claim = make_published()
    make_published(claimant=make_party("Meta"), targets=[], dispute=make_dispute("Authors and Meta"))
    assert work(hub) == []
    curation.edit(claim, make_editor(), curation.ClaimChanges(hedged=True))
    told = work(hub)
    expected = [
        "/disputes/openai-and-deepseek/feed",
        "/feeds/all",
        "/feeds/kind/allegation",
        "/outlets/test-gazette/feed",
        "/pairs/deepseek/openai/feed",
        "/parties/deepseek/feed",
        "/parties/openai/feed",
    ]
    assert told == sorted(f"{path}.{form}" for path in expected for form in hubs.FORMS)
    assert work(hub) == []
    curation.retract(claim, make_editor(), "wrong")
    assert "/feeds/all.atom" in work(hub)


def test_a_hub_that_is_away_is_told_later(hub: Origin) -> None:
    make_published()
    work(hub)
    make_published()
    hub.serve("/", "", status=503)
    number = len(work(hub))
    assert work(hub) == []
    hub.serve("/", "", status=204)
    Ping.objects.update(due_at=F("due_at") - hubs.PAUSES[-1])
    assert len(work(hub)) == number > 0


def test_without_a_hub_nothing_is_asked_of_anybody(settings: Settings) -> None:
    make_published()
    assert settings.WEBSUB_HUBS == []
    assert ping_hubs() == 0
    assert not Ping.objects.exists()
