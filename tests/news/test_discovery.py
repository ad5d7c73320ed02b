"""Feeds found by a site's address, over real HTTP."""

import json
from collections.abc import Iterator

import pytest
from django.core.management import CommandError, call_command

from tests.news.test_collection import policy, rss
from tests.origin import Origin, running_origin
from tracker.news import discovery
from tracker.news.discovery import DiscoveryError
from tracker.news.models import Feed

pytestmark = pytest.mark.django_db
HOME = "<html><head><title>Gazette</title>{}</head><body><p>News of the day.</p></body></html>"
LINK = '<link rel="alternate" type="application/{}+xml" title="{}" href="{}">'


@pytest.fixture
def origin() -> Iterator[Origin]:
    with running_origin() as running:
        yield running


def discovered(origin: Origin, path: str) -> list[str]:
    return [offer.url.removeprefix(origin.url) for offer in discovery.discover(origin.url + path, policy(origin))]


def test_a_feed_offers_itself(origin: Origin) -> None:
    origin.serve("/feed", rss(("1", "A", origin.url + "/a")))
    [offer] = discovery.discover(origin.url + "/feed", policy(origin))
    assert (offer.url, offer.title, offer.format, offer.entries) == (origin.url + "/feed", "Gazette", "rss20", 1)


def test_a_page_offers_the_feeds_that_it_announces_and_that_are_feeds(origin: Origin) -> None:
    links = LINK.format("rss", "All", "/all.xml") + LINK.format("atom", "Gone", "/gone.xml")
    origin.serve("/", HOME.format(links + LINK.format("rss", "Law", "law.xml") + LINK.format("rss", "No", "/page")))
    origin.serve("/page", HOME.format(""))
    for name in ("all", "law"):
        origin.serve(f"/{name}.xml", rss(("1", "A", origin.url + "/a")))
    assert discovered(origin, "/") == ["/all.xml", "/law.xml"]


def test_a_page_that_announces_none_offers_what_is_at_a_common_path(origin: Origin) -> None:
    origin.serve("/", HOME.format(""))
    origin.serve("/atom.xml", rss(("1", "A", origin.url + "/a")))
    assert discovered(origin, "/") == ["/atom.xml"]


def test_a_feed_that_moved_for_good_is_offered_at_its_new_address_and_once(origin: Origin) -> None:
    origin.serve("/", HOME.format(LINK.format("rss", "Old", "/old.xml") + LINK.format("rss", "New", "/new.xml")))
    origin.serve("/old.xml", status=301, Location="/new.xml")
    origin.serve("/new.xml", rss(("1", "A", origin.url + "/a")))
    assert discovered(origin, "/") == ["/new.xml"]


@pytest.mark.parametrize("path", ["/", "/missing"])
def test_an_address_without_a_feed_says_what_it_is(origin: Origin, path: str) -> None:
    origin.serve("/", HOME.format(""))
    with pytest.raises(DiscoveryError, match=origin.url + path):
        discovered(origin, path)


def test_the_command_adds_the_one_feed_of_a_site_and_lists_several(
    origin: Origin, settings: object, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.FETCH_ALLOWED_ORIGINS = frozenset({origin.url})  # type: ignore[attr-defined]
    settings.FETCH_SPACING_MS = 0  # type: ignore[attr-defined]
    origin.serve("/", HOME.format(LINK.format("rss", "All", "/all.xml")))
    origin.serve("/all.xml", rss(("1", "A", origin.url + "/a")))
    call_command("add_feed", origin.url + "/")
    assert json.loads(capsys.readouterr().out)["url"] == origin.url + "/all.xml"
    assert Feed.objects.get().title == "Gazette"
    origin.serve("/", HOME.format(LINK.format("rss", "All", "/all.xml") + LINK.format("rss", "Law", "/law.xml")))
    origin.serve("/law.xml", rss(("2", "B", origin.url + "/b")))
    with pytest.raises(CommandError, match="offers 2 feeds") as refused:
        call_command("add_feed", origin.url + "/")
    assert origin.url + "/law.xml" in str(refused.value)
    call_command("add_feed", origin.url + "/", "--first")
    assert Feed.objects.count() == 1
