"""What the public pages show, and what they never show."""

import json
import os
import re
from datetime import UTC, date, datetime
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils.html import escape

from claims import curation
from claims.models import Claim, System, Topic
from tests import vnu
from tests.claims.timelines.test_entries import make_answer, mention_again
from tests.factories import (
    TEXT,
    make_dispute,
    make_draft,
    make_editor,
    make_event,
    make_outlet,
    make_party,
    make_published,
    make_reading,
)

pytestmark = pytest.mark.django_db

SECRET = "OpenAI says what only a draft says"
# Elements that have no end tag.
# Dates at their precision, and moments to the second: HTML allows no more than three digits of a fraction.
MOMENT = re.compile(r"\d{4}(-\d\d(-\d\d(T\d\d:\d\d:\d\d[+]00:00)?)?)?")
VOID = {"meta", "link", "input", "br", "hr", "img", "path", "rect", "circle", "line", "use"}


class Outline(HTMLParser):
    """Reads a page as strictly as a test needs: balanced elements, headings in order, unique ids, no inline style."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.faults: list[str] = []
        self.headings: list[int] = []
        self.ids: list[str] = []
        self.targets: list[str] = []
        self.executable: list[str] = []
        self.moments: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if len(values) != len(attrs):
            self.faults.append(f"attribute twice in {tag} at {self.getpos()}")
        self.ids += [value for name, value in attrs if name == "id" and value]
        self.targets += [value[1:] for name, value in attrs if name == "href" and value and value.startswith("#")]
        if any(name == "style" or name.startswith("on") for name, _ in attrs) or tag == "style":
            self.faults.append(f"inline style or handler in {tag} at {self.getpos()}")
        self.moments += [value for name, value in attrs if name == "datetime" and value]
        if tag == "script" and values.get("type") != "application/ld+json":
            self.executable.append(values.get("src") or "inline")
        if re.fullmatch(r"h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.faults.append(f"</{tag}> closes nothing at {self.getpos()}")


@pytest.fixture
def site() -> dict[str, str]:
    """A small site with something on every page, and the address of each."""
    dispute = make_dispute()
    reading = make_reading(TEXT, authors=["A. Writer"])
    allegation = make_published(reading, on=date(2025, 1, 28))
    denial = make_answer(allegation)
    mention_again(allegation, make_reading(original=reading.snapshot.article))
    curation.add_status(
        allegation, make_editor(), "filed", source=allegation.mentions.earliest("pk"), on=date(2025, 3, 1)
    )
    make_event(dispute=dispute, on=date(2025, 2, 1), text="A hearing was held.")
    system = System.objects.create(name="R1", slug="r1", maker=make_party("DeepSeek"))
    allegation.systems.add(system)
    allegation.topics.add(Topic.objects.get_or_create(slug="distillation", defaults={"name": "Distillation"})[0])
    hidden = make_draft(make_reading(TEXT + " " + SECRET, title=SECRET), SECRET, statement=SECRET)
    hidden.answers.add(allegation)
    hidden.systems.add(system)
    retracted = make_published(statement="OpenAI says what was taken back.")
    curation.retract(retracted, make_editor(), "The wrong party was named.")
    return {
        "home": "/",
        "changes": "/changes/",
        "disputes": "/disputes/",
        "dispute": dispute.get_absolute_url(),
        "accusations": f"{dispute.get_absolute_url()}?view=accusations",
        "claim": allegation.get_absolute_url(),
        "answer": denial.get_absolute_url(),
        "parties": "/parties/",
        "party": make_party().get_absolute_url(),
        "source": reverse("source", args=[reading.snapshot.article_id]),
        "outlet": "/outlets/test-gazette/",
        "outlets": "/outlets/",
        "systems": "/systems/",
        "system": "/systems/r1/",
        "topics": "/topics/",
        "topic": "/topics/distillation/",
        "pair": "/pairs/deepseek/openai/",
        "statistics": "/statistics/",
        "search": "/search/",
        "results": "/search/?q=distilling",
        "nothing": "/search/?q=depseek+zebra",
        "about": "/about/",
        "api": "/api/",
        "data": "/data/",
        "corrections": "/corrections/",
        "suggest": "/suggest/",
        "follow": "/follow/",
        "history": "/history/",
        "frame": f"{dispute.get_absolute_url()}embed/",
        "feeds": "/feeds/",
        "missing": "/no/such/page/",
        "tombstone": retracted.get_absolute_url(),
        "draft": hidden.get_absolute_url(),
        "rss": "/feeds/all.rss",
        "atom": "/feeds/all.atom",
        "map": "/sitemap-claims.xml",
    }


PAGES = (
    *("home", "changes", "disputes", "dispute", "accusations", "claim", "answer", "parties", "party", "source"),
    *("outlets", "systems", "system", "topics", "topic", "pair", "statistics"),
    *("outlet", "search", "results", "nothing", "about", "feeds", "api", "data"),
    *("corrections", "suggest", "follow", "history"),
)
STATUS = {"missing": 404, "draft": 404, "tombstone": 410}


def text_of(client: Client, address: str) -> str:
    return client.get(address).content.decode()


@pytest.mark.parametrize("name", [*PAGES, *STATUS])
def test_every_page_is_well_formed_and_needs_no_inline_code(client: Client, site: dict[str, str], name: str) -> None:
    response = client.get(site[name])
    assert response.status_code == STATUS.get(name, 200)
    outline = Outline()
    outline.feed(response.content.decode())
    assert outline.faults == []
    assert outline.open == []
    assert [src.split("?")[0] for src in outline.executable] == ["/static/site/site.js"]
    assert len(outline.ids) == len(set(outline.ids))
    assert set(outline.targets) <= set(outline.ids)
    assert all(MOMENT.fullmatch(value) for value in outline.moments)
    assert outline.headings[0] == 1
    assert outline.headings.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(outline.headings))


@pytest.mark.skipif(not vnu.find(os.environ), reason="vnu.jar needs Java and npm: see tests/vnu.py")
def test_the_checker_of_html_finds_no_fault_in_any_page(client: Client, site: dict[str, str], tmp_path: Path) -> None:
    pages = []
    for name in (*PAGES, *STATUS, "frame"):
        for prefix in ("", "/de"):
            page = tmp_path / f"{prefix[1:] or 'en'}-{name}.html"
            page.write_bytes(client.get(prefix + site[name]).content)
            pages.append(page)
    found = vnu.faults(vnu.find(os.environ), pages)
    told = {(fault["type"], fault.get("subType", ""), fault["message"], Path(fault["url"]).name) for fault in found}
    assert told == set()


@pytest.mark.parametrize("name", [*PAGES, *STATUS, "rss", "atom", "map"])
def test_drafts_and_retracted_claims_are_nowhere(client: Client, site: dict[str, str], name: str) -> None:
    body = text_of(client, site[name])
    assert SECRET not in body
    assert "taken back" not in body
    assert site["draft"] not in body


@pytest.mark.parametrize("name", PAGES)
def test_every_page_leads_to_its_feeds_and_says_as_of_when(client: Client, site: dict[str, str], name: str) -> None:
    body = text_of(client, site[name])
    assert 'type="application/rss+xml"' in body
    assert 'type="application/atom+xml"' in body
    assert f"Page as of {datetime.now(UTC):%-d %B %Y}" in body


def test_no_page_calls_another_host(client: Client, site: dict[str, str]) -> None:
    for name in PAGES:
        for tag in re.findall(r"<(?:script|img|iframe|link|source)\b[^>]*>", text_of(client, site[name])):
            for address in re.findall(r'(?:src|href)="(https?:[^"]+)"', tag):
                assert any(rel in tag for rel in ('rel="canonical"', 'rel="shortlink"', 'rel="alternate"')), tag
                assert address.startswith(settings.SITE_URL)


def test_pages_are_read_only(client: Client) -> None:
    assert client.post("/").status_code == 405


def test_a_claim_page_shows_who_said_what_where_and_how_it_is_kept(client: Client, site: dict[str, str]) -> None:
    body = text_of(client, site["claim"])
    claim = Claim.objects.get(pk=int(site["claim"].split("/")[2]))
    mention = claim.mentions.select_related("reading__snapshot", "article").earliest("pk")
    assert claim.statement.replace("“", "").split(":")[0] in body
    assert mention.quote in body
    assert mention.article.url in body
    assert mention.reading.snapshot.sha256 in body
    assert "1 independent source, 2 reports" in body
    assert "Accepted for publication by an editor" in body
    assert "Filed in court" in body
    assert DENIAL_SENTENCE in body


DENIAL_SENTENCE = "DeepSeek says: “DeepSeek denied the accusation on Tuesday”."


def test_no_page_names_an_editor(client: Client) -> None:
    curation.accept(make_draft(), make_editor("jane-the-editor"), reason="an inner note")
    for address in ("/", "/claims/1/", "/changes/", "/feeds/all.rss"):
        assert "jane" not in text_of(client, address)
        assert "inner note" not in text_of(client, address)


def test_allegation_and_answer_show_each_other_wherever_they_stand(client: Client, site: dict[str, str]) -> None:
    for name in ("home", "changes", "dispute", "accusations", "claim", "party", "results"):
        assert DENIAL_SENTENCE in text_of(client, site[name]), name
    for name in ("answer", "source", "changes"):
        assert "OpenAI says: “OpenAI accused DeepSeek" in text_of(client, site[name]), name


def test_an_unanswered_allegation_says_so(client: Client) -> None:
    claim = make_published()
    for address in (claim.get_absolute_url(), make_dispute().get_absolute_url(), "/changes/"):
        assert "No answer to this is on record yet." in text_of(client, address)


def test_an_article_is_never_shown_whole(client: Client, site: dict[str, str]) -> None:
    body = text_of(client, site["source"])
    assert TEXT[:30] in body
    assert TEXT not in body
    assert "A. Writer" in body
    assert "snapshot" in body.lower()


def test_a_long_quote_is_cut(client: Client) -> None:
    text = "OpenAI accused DeepSeek " + "again and " * 90 + "again."
    claim = make_published(make_reading(text), text, statement="OpenAI accuses DeepSeek.")
    body = text_of(client, claim.get_absolute_url())
    assert text not in body
    assert "[…]" in body


def test_what_a_page_says_is_escaped(client: Client) -> None:
    evil = "OpenAI said <script>alert(1)</script> & </script><img src=x onerror=alert(1)>"
    reading = make_reading(evil, title=evil, authors=[evil], url="https://example.org/?a=%22><script>")
    claim = make_published(reading, evil, statement=evil)
    dispute = make_dispute()
    for address in (
        claim.get_absolute_url(),
        dispute.get_absolute_url(),
        reverse("source", args=[reading.snapshot.article_id]),
        f"/search/?q={evil[:60]}",
        "/search/?q=alert",
        "/",
    ):
        body = text_of(client, address)
        assert "<script>alert" not in body
        assert "<img" not in body


def test_linked_data_reads_as_json_and_names_the_claimant(client: Client, site: dict[str, str]) -> None:
    for name in ("claim", "dispute"):
        (found,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', text_of(client, site[name]))
        data = json.loads(found)
        assert data["url"] == settings.SITE_URL + site[name]
        if name == "claim":
            assert (data["@type"], data["author"]["name"]) == ("Claim", "OpenAI")
            assert data["firstAppearance"]["url"].startswith("https://test-gazette.example/")


def test_demonstration_data_is_marked_wherever_it_is_shown(client: Client) -> None:
    outlet = make_outlet("Demonstration Wire", demonstration=True)
    dispute = make_dispute("A demonstration", demonstration=True)
    claim = make_published(make_reading(outlet=outlet), dispute=dispute)
    article = claim.mentions.get().article
    for address in (
        *("/", "/changes/", "/disputes/", "/parties/", "/search/", "/search/?q=distilling", "/feeds/"),
        *("/outlets/", "/statistics/", "/pairs/deepseek/openai/"),
        *(dispute.get_absolute_url(), claim.get_absolute_url(), make_party().get_absolute_url()),
        *(reverse("source", args=[article.pk]), "/outlets/demonstration-wire/"),
        f"{dispute.get_absolute_url()}?view=accusations",
    ):
        body = text_of(client, address)
        assert 'class="demo-banner"' in body, address
        assert '<meta name="robots" content="noindex">' in body, address
        if address not in ("/parties/", "/statistics/"):
            assert '<span class="tag">Demonstration</span>' in body or address == "/search/", address


def test_real_data_is_not_marked(client: Client, site: dict[str, str]) -> None:
    for name in PAGES:
        assert "demo-banner" not in text_of(client, site[name])


def test_a_search_can_be_narrowed_by_what_it_counts(client: Client, site: dict[str, str]) -> None:
    make_published(targets=[make_party("Meta")], on=date(2024, 1, 1))
    body = text_of(client, "/search/?q=deepseek")
    for query in ("kind=allegation", "status=filed", "party=meta", "year=2025"):
        assert f"?q=deepseek&amp;{query}" in body, query
    narrowed = text_of(client, "/search/?q=deepseek&topic=distillation&kind=allegation")
    assert "?q=deepseek&amp;kind=allegation" in narrowed
    assert 'type="hidden" name="topic" value="distillation"' in narrowed
    assert "1 claim<" in narrowed


def test_names_are_suggested_to_the_search_box(client: Client, site: dict[str, str]) -> None:
    assert client.get("/search/suggest.json?q=deeps").json() == {"names": ["DeepSeek", "OpenAI and DeepSeek"]}


def test_a_tombstone_says_that_and_why_and_nothing_of_the_claim(client: Client, site: dict[str, str]) -> None:
    response = client.get(site["tombstone"])
    body = response.content.decode()
    assert response.status_code == 410
    assert "was retracted" in body
    assert "The wrong party was named." in body
    assert "distilling" not in body


def test_a_search_says_what_to_do_where_nothing_is_found(client: Client, site: dict[str, str]) -> None:
    body = text_of(client, site["nothing"])
    assert "No published claim holds “depseek zebra”." in body
    assert "Did you mean" in body
    assert '?q=DeepSeek"' in body


def test_a_search_marks_its_matches(client: Client, site: dict[str, str]) -> None:
    assert "<mark>distilling</mark>" in text_of(client, site["results"])


@pytest.mark.parametrize("name", PAGES)
def test_every_page_is_there_in_german_and_leads_to_its_like(client: Client, site: dict[str, str], name: str) -> None:
    body = text_of(client, f"/de{site[name]}")
    assert '<html lang="de">' in body
    assert "Zum Inhalt springen" in body
    assert f'hreflang="en" href="{settings.SITE_URL}{escape(site[name])}"' in body
    outline = Outline()
    outline.feed(body)
    assert outline.faults == []
    pages = re.findall(r'<a (?![^>]*hreflang)[^>]*href="(/[^"?#]*/)["?#]', body)
    assert pages
    assert [page for page in pages if not page.startswith("/de/")] == []


def test_dates_and_kinds_are_in_the_language_of_the_page(client: Client, site: dict[str, str]) -> None:
    body = text_of(client, f"/de{site['dispute']}")
    assert "28. Januar 2025" in body
    assert "Vorwurf" in body
    assert ' lang="en"' in body
