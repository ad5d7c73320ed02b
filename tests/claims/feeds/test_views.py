"""Feeds hold by RFC 4287, by RSS 2.0 with its best practices profile, and by conditional requests (RFC 9110 §13)."""

import re
from datetime import date, datetime
from xml.etree import ElementTree

import feedparser
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from claims import curation, undoing
from claims.curation import ClaimChanges
from claims.following import pages
from claims.following.items import tag_uri
from claims.models import Claim, Dispute, System, Topic
from tests.claims.feeds import validators
from tests.claims.timelines.test_entries import make_answer
from tests.factories import make_dispute, make_draft, make_editor, make_outlet, make_party, make_published, make_reading

pytestmark = pytest.mark.django_db

SITE = "https://tracker.example"
ATOM = "{http://www.w3.org/2005/Atom}"
ADDRESSES = (
    "/feeds/all.{}",
    "/corrections/feed.{}",
    "/disputes/openai-and-deepseek/feed.{}",
    "/parties/deepseek/feed.{}",
    "/pairs/deepseek/openai/feed.{}",
    "/systems/r1/feed.{}",
    "/topics/training-data/feed.{}",
    "/outlets/test-gazette/feed.{}",
    "/feeds/kind/allegation.{}",
    "/search/feed.{}?kind=allegation",
    "/search/feed.{}?q=distilling",
)
TYPES = {
    "rss": "application/rss+xml; charset=utf-8",
    "atom": "application/atom+xml; charset=utf-8",
    "json": "application/feed+json; charset=utf-8",
}


@pytest.fixture(autouse=True)
def _at_an_address(settings: Settings) -> None:
    settings.SITE_URL = SITE


@pytest.fixture
def claims() -> tuple[Claim, Claim]:
    """An allegation and its denial."""
    allegation = make_published()
    system = System.objects.create(name="R1", slug="r1")
    topic = Topic.objects.get_or_create(name="Training data", slug="training-data")[0]
    curation.edit(allegation, make_editor(), ClaimChanges(systems=[system], topics=[topic]))
    allegation.refresh_from_db()
    curation.correct(allegation, make_editor(), wrong="OpenAI said so in May.", right="OpenAI said so in June.")
    return allegation, make_answer(allegation)


def read(client: Client, address: str) -> ElementTree.Element:
    response = client.get(address)
    assert response.status_code == 200
    return ElementTree.fromstring(response.content)


def words(element: ElementTree.Element, path: str) -> str:
    found = element.findtext(path)
    assert found, path
    return found


@pytest.mark.parametrize("form", validators.FAULTS)
@pytest.mark.parametrize("address", ADDRESSES)
def test_every_feed_holds_by_the_rules_of_its_format(
    client: Client, claims: tuple[Claim, ...], address: str, form: str
) -> None:
    response = client.get(address.format(form))
    assert response.status_code == 200
    assert response.headers["Content-Type"] == TYPES[form]
    assert validators.FAULTS[form](response.content) == []
    assert len(feedparser.parse(response.content).entries if form != "json" else response.json()["items"]) > 0


def test_the_forms_say_the_same(client: Client, claims: tuple[Claim, ...]) -> None:
    rss, atom = (feedparser.parse(client.get(f"/feeds/all.{form}").content).entries for form in ("rss", "atom"))
    items = client.get("/feeds/all.json").json()["items"]
    assert [e.id for e in rss] == [e.id for e in atom] == [item["id"] for item in items]
    assert [e.title for e in rss] == [e.title for e in atom] == [item["title"] for item in items]
    assert [e.link for e in rss] == [e.link for e in atom] == [item["url"] for item in items]


@pytest.mark.parametrize("form", ["rss", "atom"])
def test_an_entry_says_what_changed_who_says_so_and_in_which_words(client: Client, form: str) -> None:
    allegation = make_published()
    make_answer(allegation)
    parsed = feedparser.parse(client.get(f"/feeds/all.{form}").content)
    assert not parsed.bozo
    denial, said = parsed.entries
    assert denial.title == "New denial: DeepSeek says: “DeepSeek denied the accusation on Tuesday”."
    assert said.title.startswith("New allegation: OpenAI says:")
    html = said.content[0].value if form == "atom" else said.summary
    assert "Claimant: OpenAI" in html
    assert "<blockquote" in html
    assert "OpenAI accused DeepSeek of distilling its models" in html
    assert "Test Gazette" in html
    assert "DeepSeek denied the accusation" in html
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
    monkeypatch.setattr(pages, "LIMIT", 2)
    claims = [make_published() for _ in range(3)]
    links = [words(item, "link") for item in read(client, "/feeds/all.rss").iter("item")]
    assert links == [f"{SITE}{claim.get_absolute_url()}" for claim in reversed(claims[1:])]


@pytest.mark.parametrize("form", ["rss", "json"])
@pytest.mark.parametrize("address", ADDRESSES)
def test_a_reader_that_has_it_gets_304(client: Client, claims: tuple[Claim, ...], address: str, form: str) -> None:
    first = client.get(address.format(form))
    assert "no-cache" in first.headers["Cache-Control"]
    for header, value in (
        ("If-None-Match", first.headers["ETag"]),
        ("If-Modified-Since", first.headers["Last-Modified"]),
    ):
        with CaptureQueriesContext(connection) as captured:
            again = client.get(address.format(form), headers={header: value})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["ETag"] == first.headers["ETag"]
        assert len(captured) <= 18
    assert client.head(address.format(form)).headers["ETag"] == first.headers["ETag"]


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
    parsed = feedparser.parse(response.content).entries
    assert claim.statement not in [entry.title for entry in parsed]
    assert parsed[0].title == f"Retracted: claim {claim.pk}"


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
        entry = parsed.entries[0]
        html = entry.content[0].value if form == "atom" else entry.summary
        assert "OpenAI said \ufffd]]&gt; &lt;b&gt;&amp;amp; \ufffd so." in html


def test_an_empty_feed_is_a_feed(client: Client) -> None:
    for form in ("rss", "atom"):
        first = client.get(f"/feeds/all.{form}")
        assert feedparser.parse(first.content).entries == []
        assert client.get(f"/feeds/all.{form}", headers={"If-None-Match": first.headers["ETag"]}).status_code == 304


@pytest.mark.parametrize("form", validators.FAULTS)
def test_a_retraction_takes_the_words_back_and_leaves_a_notice(client: Client, form: str) -> None:
    kept, gone = make_published(), make_published(statement="OpenAI says: “something that we have to take back”.")
    curation.retract(gone, make_editor(), "The court's paper was another one.")
    for address in ("/feeds/all", "/parties/openai/feed", "/disputes/openai-and-deepseek/feed"):
        body = client.get(f"{address}.{form}").content
        assert validators.FAULTS[form](body) == []
        assert b"something that we have to take back" not in body
        assert b"The court" in body
        assert f"/claims/{kept.pk}/".encode() in body
        assert f"claim/{gone.pk}".encode() in body


def test_an_atom_reader_learns_of_a_retraction_by_a_tombstone(client: Client) -> None:
    claim = make_published()
    curation.retract(claim, make_editor(), "wrong")
    feed = read(client, "/feeds/all.atom")
    (tombstone,) = feed.findall(f"{validators.TOMBSTONES}deleted-entry")
    (entry,) = feed.findall(f"{ATOM}entry")
    assert tombstone.get("ref") == words(entry, f"{ATOM}id")
    # RFC 6721 §3: an entry that is newer than its tombstone would stay.
    assert words(entry, f"{ATOM}updated") <= str(tombstone.get("when"))


@pytest.mark.parametrize("form", validators.FAULTS)
def test_a_merger_and_a_publication_taken_back_leave_notices_with_the_same_identifiers(
    client: Client, form: str
) -> None:
    editor, kept = make_editor(), make_published()
    merged = make_published(statement="OpenAI says: “the same in other words”.")
    mistaken = make_draft(statement="OpenAI says: “a slip of the editor's”.")
    # Its draft was of no dispute: the acceptance brought it there.
    dispute = Dispute.objects.get(slug="openai-and-deepseek")
    mistaken.disputes.clear()
    curation.accept(mistaken, editor, changes=ClaimChanges(disputes=[dispute]))
    addresses = ("/feeds/all", "/parties/openai/feed", "/disputes/openai-and-deepseek/feed", "/feeds/kind/allegation")
    for address in addresses:
        assert b"a slip of the editor" in client.get(f"{address}.{form}").content
    curation.merge(merged, kept, editor)
    undoing.take_back(mistaken, editor)
    for address in addresses:
        body = client.get(f"{address}.{form}").content
        assert validators.FAULTS[form](body) == []
        assert b"the same in other words" not in body
        assert b"a slip of the editor" not in body
        for claim in (merged, mistaken):
            assert tag_uri(claim, SITE).encode() in body, address
        assert f"Joined with another: claim {merged.pk}".encode() in body
        assert f"Taken back: claim {mistaken.pk}".encode() in body
    assert client.get(mistaken.get_absolute_url()).status_code == 410
    curation.accept(mistaken, editor, changes=ClaimChanges(disputes=[dispute]))
    assert b"Taken back" not in client.get(f"/feeds/all.{form}").content


def test_a_search_tells_nothing_of_the_words_of_a_retracted_claim(client: Client) -> None:
    claim = make_published()
    curation.retract(claim, make_editor(), "wrong")
    bodies = {client.get(f"/search/feed.json?q={word}").json()["items"][0]["id"] for word in ("distilling", "zebra")}
    assert len(bodies) == 1


def test_archives_hold_everything_and_stay_what_they_are(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "LIMIT", 2)
    claims = [make_published() for _ in range(5)]
    first = client.get("/feeds/all/archive-1.atom")

    def walk(address: str) -> list[str]:
        """The claims' addresses in all documents, from the subscription document back (RFC 5005 §4)."""
        found: list[str] = []
        while address:
            body = client.get(address.removeprefix(SITE)).content
            assert validators.atom(body) == []
            feed = ElementTree.fromstring(body)
            links = {link.get("rel"): str(link.get("href")) for link in feed.findall(f"{ATOM}link")}
            found += [str(link.get("href")) for link in feed.iterfind(f"{ATOM}entry/{ATOM}link[@rel='alternate']")]
            address = links.get("prev-archive", "")
        return found

    everything = {SITE + claim.get_absolute_url() for claim in claims}
    assert set(walk("/feeds/all.atom")) == everything
    claims += [make_published() for _ in range(2)]
    curation.edit(claims[3], make_editor(), ClaimChanges(hedged=True))
    again = client.get("/feeds/all/archive-1.atom")
    entries = [ElementTree.fromstring(r.content).findall(f"{ATOM}entry") for r in (first, again)]
    assert [ElementTree.tostring(e) for e in entries[0]] == [ElementTree.tostring(e) for e in entries[1]]
    assert set(walk("/feeds/all.atom")) == everything | {SITE + claim.get_absolute_url() for claim in claims}
    for form in validators.FAULTS:
        body = client.get(f"/feeds/all/archive-2.{form}").content
        assert validators.FAULTS[form](body) == []
    assert b"archive-1.json" in client.get("/feeds/all/archive-2.json").content
    for number in (0, 4, 99999):
        assert client.get(f"/feeds/all/archive-{number}.atom").status_code == 404


def test_what_a_browser_opens_calls_itself_xml_and_brings_its_style(client: Client) -> None:
    make_published()
    for form in ("rss", "atom"):
        plain = client.get(f"/feeds/all.{form}")
        opened = client.get(f"/feeds/all.{form}", headers={"Sec-Fetch-Dest": "document"})
        assert opened.headers["Content-Type"] == "application/xml; charset=utf-8"
        assert opened.content == plain.content
        assert opened.headers["ETag"] != plain.headers["ETag"]
        assert "Sec-Fetch-Dest" in opened.headers["Vary"]
        assert b'<?xml-stylesheet type="text/css" href="/static/site/feed' in opened.content


def test_hubs_are_named_where_there_are_any(client: Client, settings: Settings) -> None:
    make_published()
    assert b"hub" not in client.get("/feeds/all.atom").content
    settings.WEBSUB_HUBS = ["https://hub.example/"]
    for form in validators.FAULTS:
        response = client.get(f"/feeds/all.{form}")
        assert validators.FAULTS[form](response.content) == []
        assert b"https://hub.example/" in response.content
        assert '<https://hub.example/>; rel="hub"' in response.headers["Link"]


HOSTILE = (
    "<script>alert(1)</script>",
    "]]><b onclick=alert(1)>",
    "javascript:alert(1)",
    "\x0b\x1b[31m\x85 \ufffe",
    "&lt;img src=x onerror=alert(1)&gt;",
    "\u202e moc.elpmaxe",
)


@pytest.mark.parametrize("form", validators.FAULTS)
@pytest.mark.parametrize("evil", HOSTILE)
def test_hostile_words_in_every_field_are_inert(client: Client, form: str, evil: str) -> None:
    text = f"Evil {evil} accused DeepSeek of distilling."
    outlet = make_outlet("Evil outlet")
    type(outlet).objects.filter(pk=outlet.pk).update(name=f"Outlet {evil}")
    outlet.refresh_from_db()
    reading = make_reading(text, title=f"Title {evil}", outlet=outlet, url=f"javascript:alert('{evil}')")
    party = make_party("Evil")
    type(party).objects.filter(pk=party.pk).update(name=f"Evil {evil}")
    party.refresh_from_db()
    dispute = make_dispute("A dispute")
    type(dispute).objects.filter(pk=dispute.pk).update(title=f"Dispute {evil}")
    claim = make_published(reading, text, claimant=party, dispute=dispute, statement=f"Evil {evil} says so.")
    for address in ("/feeds/all", "/disputes/a-dispute/feed"):
        body = client.get(f"{address}.{form}").content
        assert validators.FAULTS[form](body) == []
        assert claim.get_absolute_url().encode() in body
    curation.retract(claim, make_editor(), f"Because {evil}")
    assert validators.FAULTS[form](client.get(f"/feeds/all.{form}").content) == []


def test_what_is_not_public_has_no_feed(client: Client) -> None:
    make_draft(dispute=make_dispute("Not yet"))
    for address in (
        "/disputes/not-yet/feed.atom",
        "/parties/openai/feed.atom",
        "/pairs/openai/deepseek/feed.atom",
        "/systems/none/feed.atom",
        "/topics/none/feed.atom",
        "/outlets/test-gazette/feed.atom",
        "/feeds/kind/rumour.atom",
        "/search/feed.atom",
        "/feeds/all.xml",
    ):
        assert client.get(address).status_code == 404, address


def test_a_pair_and_a_merged_dispute_have_one_address(client: Client) -> None:
    make_published()
    assert client.get("/pairs/openai/deepseek/feed.rss").headers["Location"] == "/pairs/deepseek/openai/feed.rss"


def test_a_correction_says_what_was_wrong_and_what_is_right(client: Client) -> None:
    claim = make_published()
    curation.correct(claim, make_editor(), wrong="OpenAI said so in May.", right="OpenAI said so in June.")
    (item,) = client.get("/corrections/feed.json").json()["items"]
    assert item["title"] == "Correction: OpenAI said so in June."
    assert "OpenAI said so in May." in item["content_html"]
    assert item["url"].startswith(f"{SITE}/corrections/#correction-")
    curation.retract(claim, make_editor(), "wrong altogether")
    assert client.get("/corrections/feed.json").json()["items"] == []


PAGES = (
    "/",
    "/changes/",
    "/corrections/",
    "/disputes/openai-and-deepseek/",
    "/parties/openai/",
    "/pairs/deepseek/openai/",
    "/systems/r1/",
    "/topics/training-data/",
    "/outlets/test-gazette/",
    "/search/?q=distilling",
    "/about/",
    "/feeds/",
)


@pytest.mark.parametrize("page", PAGES)
def test_every_page_leads_programs_to_its_feeds(client: Client, claims: tuple[Claim, ...], page: str) -> None:
    words = client.get(page).content.decode()
    links = re.findall(
        r'<link rel="alternate" type="application/(?:rss\+xml|atom\+xml|feed\+json)"[^>]* href="([^"]+)"', words
    )
    assert "/feeds/all.atom" in links
    own = page in ("/", "/changes/", "/about/", "/feeds/")
    assert len(links) == (3 if own else 6)
    for link in links:
        assert client.get(link.replace("&amp;", "&")).status_code == 200, link


def test_a_box_on_the_page_asks_for_mail_where_mail_is_sent(
    client: Client, claims: tuple[Claim, ...], settings: Settings
) -> None:
    for page in ("/disputes/openai-and-deepseek/", "/parties/openai/"):
        assert 'name="email"' not in client.get(page).content.decode()
        settings.FOLLOW_BY_MAIL = True
        words = client.get(page).content.decode()
        assert 'name="email"' in words
        # The page is the same for everybody: no cookie comes with the form.
        assert "csrfmiddlewaretoken" not in words
        key = re.search(r'name="channel" value="([^"]+)"', words)
        assert key is not None
        assert client.get("/follow/", {"channel": key[1]}).status_code == 200
        settings.FOLLOW_BY_MAIL = False


def test_a_feed_of_long_claims_stays_small(client: Client) -> None:
    quote = "OpenAI accused DeepSeek of distilling its models " + "and said so again " * 50
    reading = make_reading(quote)
    for _ in range(pages.LIMIT * 2 - 1):
        make_published(reading, quote, statement="OpenAI says: “distilling”." + " It said so again." * 25)
    for form in validators.FAULTS:
        assert len(client.get(f"/feeds/all.{form}").content) < 500_000
