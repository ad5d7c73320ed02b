"""Feeds hold by RFC 4287, by RSS 2.0 with its best practices profile, and by conditional requests (RFC 9110 §13)."""

import re
from datetime import date, datetime
from email.utils import parsedate_to_datetime
from xml.etree import ElementTree

import feedparser
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from claims import curation, feeds
from claims.curation import ClaimChanges
from claims.models import Claim
from tests.claims.timelines.test_entries import make_answer
from tests.factories import make_dispute, make_draft, make_editor, make_outlet, make_party, make_published, make_reading

pytestmark = pytest.mark.django_db

SITE = "https://tracker.example"
ATOM = "{http://www.w3.org/2005/Atom}"
ADDRESSES = ("/feeds/all", "/disputes/openai-and-deepseek/feed", "/parties/deepseek/feed")
RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
# RFC 4151: tag:authority,date:specific
TAG = re.compile(r"tag:[a-z0-9.-]+,\d{4}-\d\d-\d\d:[A-Za-z0-9/._-]+")


@pytest.fixture(autouse=True)
def _at_an_address(settings: Settings) -> None:
    settings.SITE_URL = SITE


@pytest.fixture
def claims() -> tuple[Claim, Claim]:
    """An allegation and its denial."""
    allegation = make_published()
    return allegation, make_answer(allegation)


def read(client: Client, address: str) -> ElementTree.Element:
    response = client.get(address)
    assert response.status_code == 200
    return ElementTree.fromstring(response.content)


def words(element: ElementTree.Element, path: str) -> str:
    found = element.findtext(path)
    assert found, path
    return found


@pytest.mark.parametrize("address", ADDRESSES)
def test_rss_holds_by_its_specification_and_profile(client: Client, claims: tuple[Claim, ...], address: str) -> None:
    response = client.get(f"{address}.rss")
    assert response.headers["Content-Type"] == "application/rss+xml; charset=utf-8"
    root = ElementTree.fromstring(response.content)
    assert (root.tag, root.get("version")) == ("rss", "2.0")
    (channel,) = root
    for name in ("title", "link", "description", "language", "lastBuildDate", "docs"):
        assert len(channel.findall(name)) == 1, name
    assert words(channel, "link").startswith(SITE)
    assert words(channel, "language") == "en"
    (own,) = channel.findall(f"{ATOM}link")
    assert (own.get("rel"), own.get("href")) == ("self", f"{SITE}{address}.rss")
    parsedate_to_datetime(words(channel, "lastBuildDate"))
    items = channel.findall("item")
    assert len(items) == 2
    assert len({words(item, "guid") for item in items}) == 2
    for item in items:
        (guid,) = item.findall("guid")
        assert guid.get("isPermaLink") == "false"
        assert TAG.fullmatch(guid.text or "")
        assert words(item, "link").startswith(f"{SITE}/claims/")
        assert parsedate_to_datetime(words(item, "pubDate")).tzinfo is not None
        assert RFC3339.fullmatch(words(item, f"{ATOM}updated"))
        assert item.findall("category")
        # Relative addresses mean nothing in a reader.
        assert not re.search(r'(?:href|src|cite)="(?!https?://)', words(item, "description"))


@pytest.mark.parametrize("address", ADDRESSES)
def test_atom_holds_by_rfc_4287(client: Client, claims: tuple[Claim, ...], address: str) -> None:
    response = client.get(f"{address}.atom")
    assert response.headers["Content-Type"] == "application/atom+xml; charset=utf-8"
    feed = ElementTree.fromstring(response.content)
    assert feed.tag == f"{ATOM}feed"
    for element in (feed, *feed.findall(f"{ATOM}entry")):
        for name in ("id", "title", "updated"):
            assert len(element.findall(f"{ATOM}{name}")) == 1, name
        assert RFC3339.fullmatch(words(element, f"{ATOM}updated"))
        alternates = [link for link in element.findall(f"{ATOM}link") if link.get("rel", "alternate") == "alternate"]
        assert len(alternates) == 1
    assert words(feed, f"{ATOM}author/{ATOM}name")
    links = {link.get("rel"): link.get("href") for link in feed.findall(f"{ATOM}link")}
    assert links["self"] == f"{SITE}{address}.atom"
    entries = feed.findall(f"{ATOM}entry")
    assert len({words(entry, f"{ATOM}id") for entry in entries}) == len(entries) == 2
    for entry in entries:
        assert TAG.fullmatch(words(entry, f"{ATOM}id"))
        (summary,) = entry.findall(f"{ATOM}summary")
        assert summary.get("type") == "html"
        (via,) = [link for link in entry.findall(f"{ATOM}link") if link.get("rel") == "via"]
        assert str(via.get("href")).startswith("https://test-gazette.example/")
        assert all(category.get("term") for category in entry.findall(f"{ATOM}category"))


@pytest.mark.parametrize("form", ["rss", "atom"])
def test_an_entry_says_what_changed_who_says_so_and_in_which_words(client: Client, form: str) -> None:
    allegation = make_published()
    make_answer(allegation)
    parsed = feedparser.parse(client.get(f"/feeds/all.{form}").content)
    assert not parsed.bozo
    denial, said = parsed.entries
    assert denial.title == "New denial: DeepSeek says: “DeepSeek denied the accusation on Tuesday”."
    assert said.title.startswith("New allegation: OpenAI says:")
    assert "Claimant: OpenAI" in said.summary
    assert "<blockquote" in said.summary
    assert "OpenAI accused DeepSeek of distilling its models" in said.summary
    assert "Test Gazette" in said.summary
    assert "DeepSeek denied the accusation" in said.summary
    assert said.link == f"{SITE}{allegation.get_absolute_url()}"
    assert {tag.term for tag in said.tags} == {"Allegation", "OpenAI and DeepSeek", "OpenAI", "DeepSeek"}


def test_an_identifier_never_changes_and_a_change_comes_to_the_top(client: Client) -> None:
    first, second = make_published(), make_published()

    def entries() -> list[tuple[str, datetime]]:
        feed = read(client, "/feeds/all.atom")
        return [
            (words(e, f"{ATOM}id"), datetime.fromisoformat(words(e, f"{ATOM}updated")))
            for e in feed.findall(f"{ATOM}entry")
        ]

    before = entries()
    assert [identifier for identifier, _ in before] == [
        f"tag:tracker.example,{claim.created_at:%Y-%m-%d}:claim/{claim.pk}" for claim in (second, first)
    ]
    party = make_party()
    party.name, party.slug = "OpenAI Group", "openai-group"
    curation.save(party, make_editor())
    curation.add_status(first, make_editor(), "filed", source=first.mentions.get(), on=date(2025, 3, 1))
    after = entries()
    assert [identifier for identifier, _ in after] == [identifier for identifier, _ in reversed(before)]
    assert after[0][1] > before[1][1]
    assert after[1] == before[0]


def test_a_feed_holds_its_own_claims_only(client: Client) -> None:
    make_published()
    other = make_published(claimant=make_party("Meta"), targets=[], dispute=make_dispute("Authors and Meta"))
    for address in ("/disputes/authors-and-meta/feed.rss", "/parties/meta/feed.rss"):
        links = [words(item, "link") for item in read(client, address).iter("item")]
        assert links == [f"{SITE}{other.get_absolute_url()}"]


def test_a_feed_is_bounded(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feeds, "LIMIT", 2)
    claims = [make_published() for _ in range(3)]
    links = [words(item, "link") for item in read(client, "/feeds/all.rss").iter("item")]
    assert links == [f"{SITE}{claim.get_absolute_url()}" for claim in reversed(claims[1:])]


@pytest.mark.parametrize("form", ["rss", "atom"])
@pytest.mark.parametrize("address", ADDRESSES)
def test_a_reader_that_has_it_gets_304(client: Client, claims: tuple[Claim, ...], address: str, form: str) -> None:
    first = client.get(f"{address}.{form}")
    assert "no-cache" in first.headers["Cache-Control"]
    for header, value in (
        ("If-None-Match", first.headers["ETag"]),
        ("If-Modified-Since", first.headers["Last-Modified"]),
    ):
        with CaptureQueriesContext(connection) as captured:
            again = client.get(f"{address}.{form}", headers={header: value})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["ETag"] == first.headers["ETag"]
        assert len(captured) <= 8
    assert client.head(f"{address}.{form}").headers["ETag"] == first.headers["ETag"]


def test_the_two_forms_have_tags_of_their_own(client: Client, claims: tuple[Claim, ...]) -> None:
    assert client.get("/feeds/all.rss").headers["ETag"] != client.get("/feeds/all.atom").headers["ETag"]


def test_a_change_is_in_the_next_answer_and_a_retraction_too(client: Client) -> None:
    claim = make_published()
    tags = [client.get("/feeds/all.rss").headers["ETag"]]
    for change in (
        lambda: make_published(),
        lambda: curation.edit(claim, make_editor(), ClaimChanges(hedged=True)),
        lambda: curation.retract(claim, make_editor(), "wrong party"),
    ):
        change()
        response = client.get("/feeds/all.rss", headers={"If-None-Match": tags[-1]})
        assert response.status_code == 200
        tags.append(response.headers["ETag"])
    assert len(set(tags)) == 4
    assert f"/claims/{claim.pk}/" not in response.content.decode()


def test_drafts_change_no_feed(client: Client) -> None:
    make_published()
    tag = client.get("/feeds/all.rss").headers["ETag"]
    make_draft()
    assert client.get("/feeds/all.rss", headers={"If-None-Match": tag}).status_code == 304


def test_demonstration_data_is_marked(client: Client) -> None:
    outlet = make_outlet("Demonstration Wire", demonstration=True)
    make_published(make_reading(outlet=outlet), dispute=make_dispute("A demonstration", demonstration=True))
    root = read(client, "/disputes/a-demonstration/feed.rss")
    assert words(root, "channel/title").startswith("[Demonstration] ")
    assert words(root, "channel/item/title").startswith("[Demonstration] ")
    assert "Demonstration" in [category.text for category in root.iter("category")]


def test_what_xml_cannot_hold_is_replaced(client: Client) -> None:
    text = "OpenAI said \x0b]]> <b>&amp; \ufffe so."
    make_published(make_reading(text, title="A \x01 title"), text)
    for form in ("rss", "atom"):
        parsed = feedparser.parse(client.get(f"/feeds/all.{form}").content)
        assert not parsed.bozo
        assert "OpenAI said \ufffd]]&gt; &lt;b&gt;&amp;amp; \ufffd so." in parsed.entries[0].summary


def test_an_empty_feed_is_a_feed(client: Client) -> None:
    for form in ("rss", "atom"):
        first = client.get(f"/feeds/all.{form}")
        assert feedparser.parse(first.content).entries == []
        assert client.get(f"/feeds/all.{form}", headers={"If-None-Match": first.headers["ETag"]}).status_code == 304
