"""The list of real feeds that ships, imported paused."""

from collections import Counter
from pathlib import Path
from urllib.parse import urlsplit
from xml.etree import ElementTree

import pytest

import tracker.news

OPML = Path(tracker.news.__file__).parent / "data" / "real_feeds.opml"
ROOT = ElementTree.fromstring(OPML.read_bytes())  # our own file, no entity in it
FOLDERS = ROOT.findall("./body/outline")
FEEDS = ROOT.findall("./body/outline/outline")
GROUPS = {
    "Newspapers' AI desks",
    "Wire and tech press",
    "Courts and dockets",
    "Regulators",
    "Company newsrooms",
    "Research and watchdog groups",
    "Law and policy",
}
CATEGORIES = {"newspaper", "wire", "court", "regulator", "company", "research", "watchdog"}


def test_it_is_opml_2_with_a_title() -> None:
    assert ROOT.tag == "opml"
    assert ROOT.get("version") == "2.0"
    assert ROOT.findtext("./head/title")


def test_there_are_at_least_sixty_feeds() -> None:
    assert len(FEEDS) >= 60
    assert len(FEEDS) == len(ROOT.findall(".//outline[@xmlUrl]"))


def test_every_feed_stands_in_a_named_group() -> None:
    assert {folder.get("text") for folder in FOLDERS} == GROUPS
    assert [folder.get("text") for folder in FOLDERS if folder.get("xmlUrl")] == []
    assert [folder.get("text") for folder in FOLDERS if len(folder) < 5] == []


def test_every_kind_of_outlet_occurs() -> None:
    assert {feed.get("category") for feed in FEEDS} == CATEGORIES


@pytest.mark.parametrize("attribute", ["text", "title", "xmlUrl", "htmlUrl", "category"])
def test_every_feed_has(attribute: str) -> None:
    assert [feed.attrib for feed in FEEDS if not (feed.get(attribute) or "").strip()] == []
    assert {feed.get("type") for feed in FEEDS} == {"rss"}


@pytest.mark.parametrize("attribute", ["xmlUrl", "title"])
def test_no_two_feeds_share(attribute: str) -> None:
    values = Counter((feed.get(attribute) or "").rstrip("/").casefold() for feed in FEEDS)
    assert [value for value, times in values.items() if times > 1] == []


@pytest.mark.parametrize("attribute", ["xmlUrl", "htmlUrl"])
def test_every_address_is_https_with_a_public_host(attribute: str) -> None:
    for feed in FEEDS:
        parts = urlsplit(feed.get(attribute) or "")
        assert parts.scheme == "https", feed.attrib
        assert parts.port is None, feed.attrib
        assert parts.username is None, feed.attrib
        host = parts.hostname or ""
        assert "." in host, feed.attrib
        assert not host.replace(".", "").isdigit(), feed.attrib
        assert parts.fragment == "", feed.attrib
