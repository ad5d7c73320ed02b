"""Twenty drafts of the demonstration reviewed by keyboard alone, one of them by two people, and what readers then find.

The drafts come by the real intake over the newsroom's articles; what an extractor would say is what the newsroom lists,
so that the review stays the same when extraction gets better.
"""

from collections.abc import Iterable, Iterator
from statistics import median
from typing import Any

import feedparser
import pytest
from django.contrib.auth.models import Group, User
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Browser, Page, expect, sync_playwright

from claims import curation, demonstration, intake
from claims.extraction.types import Document, DraftClaim, Registry
from claims.extraction.types import Extraction as Extracted
from claims.models import Claim, Decision, Dispute, State, Verb
from claims.roles import ensure_roles
from tests.browser import launch
from tests.factories import make_editor, make_outlet, make_reading
from tracker import demo

pytestmark = pytest.mark.django_db(transaction=True)
DISPUTES = ("openai-deepseek-distillation", "clearview-ai-regulators")
DRAFTS = 20
REWORDED = "{} puts it like this, in the words of an editor."


class Listed:
    """An extractor that finds in each article of the newsroom the claims that the newsroom lists."""

    name, version = "listed", "1"

    def extract(self, document: Document, registry: Registry) -> Extracted:
        listed = [d for d in demo.decisions() if d.quote in document.text and d.article.endswith(str(document.title))]
        keys = [d.key for d in listed]
        drafts = [
            DraftClaim(
                start=document.text.index(d.quote),
                end=document.text.index(d.quote) + len(d.quote),
                kind=d.kind,
                claimant=d.claimant,
                targets=d.targets,
                about=d.about,
                topics=d.topics,
                hedged=d.hedged,
                confidence=0.8,
                direct=False,
                via=(),
                answers=tuple(keys.index(key) for key in d.answers if key in keys),
            )
            for d in listed
        ]
        return Extracted(True, 0.9, (), tuple(drafts))

    def extract_many(self, documents: Iterable[Document], registry: Registry) -> Iterator[Extracted]:
        return (self.extract(document, registry) for document in documents)


@pytest.fixture(scope="module")
def browser(django_db_setup: None) -> Iterator[Browser]:
    """One browser for this file. Playwright runs a loop in this thread, which Django would take for its own."""
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright, launch(playwright) as running:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        yield running


@pytest.fixture
def drafts() -> list[Claim]:
    """Twenty drafts of the newsroom, the oldest first, under its disputes."""
    actor = make_editor("registrar")
    for made in demo.disputes():
        if made.slug in DISPUTES:
            demonstration._open_dispute(made, actor)
    for listed in demo.decisions():
        if listed.dispute in DISPUTES:
            for name in (listed.claimant, *listed.targets):
                demonstration._party(name, actor)
    outlet = make_outlet("Demonstration Gazette", demonstration=True)
    for article in demo.articles():
        if set(DISPUTES) & set(article.disputes) and article.copy_of is None and article.behaviour == "page":
            make_reading(article.text, title=article.slug, outlet=outlet, published_at=article.published)
    list(intake.extract_due(Listed(), limit=100))
    found = list(Claim.objects.drafts().order_by("pk"))
    assert len(found) >= DRAFTS
    for surplus in found[DRAFTS:]:
        curation.reject(surplus, actor, "more than the review is to last")
    for claim in found[:DRAFTS]:
        claim.disputes.add(Dispute.objects.get(slug=DISPUTES[0]))
    return found[:DRAFTS]


class Keyboard:
    """The keys that somebody presses on a page, counted."""

    def __init__(self, browser: Browser, site: str, user: User, complaints: list[str]) -> None:
        client = Client()
        client.force_login(user)
        context = browser.new_context(base_url=site, viewport={"width": 1280, "height": 900})
        cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": site}
        context.add_cookies([cookie])  # type: ignore[list-item]
        context.set_default_timeout(15_000)
        self.page: Page = context.new_page()
        self.page.on("console", lambda m: complaints.append(m.text) if m.type == "error" else None)
        self.page.on("pageerror", lambda error: complaints.append(str(error)))
        self.pressed = 0

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)
            self.pressed += 1

    def type(self, words: str) -> None:
        self.page.keyboard.type(words)
        self.pressed += len(words)

    def claim(self) -> int:
        return int(self.page.locator("#desk").get_attribute("data-claim") or 0)


def member(role: str, name: str) -> User:
    ensure_roles()
    user = User.objects.create_user(name, password="correct horse battery", is_staff=True)
    user.groups.add(Group.objects.get(name=role))
    return user


def test_twenty_drafts_are_reviewed_by_keyboard_alone_and_readers_find_just_that(
    browser: Browser, live_server: Any, drafts: list[Claim]
) -> None:
    complaints: list[str] = []
    desk = Keyboard(browser, live_server.url, member("editor", "anna"), complaints)
    page, costs = desk.page, list[int]()
    denial = next(d.pk for d in drafts if d.kind == "denial" and not d.answers.exists())
    others = [draft for draft in drafts if draft.pk != denial]
    plan = {denial: link, others[1].pk: correct_span, others[3].pk: reject, others[5].pk: reword}
    plan |= {others[7].pk: reject_and_undo}
    told = [draft for draft in drafts if draft.pk not in plan]
    again = next(d for d in reversed(told) if any(e.pk < d.pk and e.claimant == d.claimant for e in told))
    plan[again.pk] = merge
    page.goto(reverse("admin:desk") + "?sort=oldest")
    page.keyboard.press("j")
    for _ in range(DRAFTS):
        expect(page.locator("h1")).to_contain_text("Draft")
        now, before = desk.claim(), desk.pressed
        plan.get(now, accept)(desk)
        refused = page.locator(".flash.error")
        gone = page.locator(f"#desk[data-claim='{now}']")
        expect(
            refused.or_(page.locator(f"#desk:not([data-claim='{now}'])")).or_(page.locator(".nothing"))
        ).to_be_visible()
        assert refused.count() == 0, refused.all_inner_texts()
        expect(gone).to_have_count(0)
        costs.append(desk.pressed - before)
    expect(page.locator("body")).to_contain_text("last draft of this queue")
    assert median(costs) <= 3, costs

    awaiting = Claim.objects.get(state=State.AWAITING)
    assert awaiting.pk == others[5].pk
    assert shown(live_server, awaiting) == 404
    second = Keyboard(browser, live_server.url, member("reviewer", "berta"), complaints)
    second.page.goto(reverse("admin:desk_approvals"))
    second.press("j")
    expect(second.page.locator(".approval ins").first).to_be_visible()
    second.press("a")
    expect(second.page.locator("body")).to_contain_text("Nothing awaits approval")
    assert complaints == []

    rejected, merged = Claim.objects.get(pk=others[3].pk), Claim.objects.get(pk=again.pk)
    assert (rejected.state, merged.state) == (State.REJECTED, State.MERGED)
    published = list(Claim.objects.published())
    assert len(published) == DRAFTS - 2
    corrected = others[1].mentions.get()
    assert corrected.quote == corrected.reading.text[corrected.start : corrected.end] != plan_quote(others[1])
    assert Claim.objects.get(pk=denial).answers.exists()
    assert Claim.objects.get(pk=others[5].pk).statement.endswith("in the words of an editor.")
    assert Decision.objects.filter(verb=Verb.APPROVE, actor__username="berta").count() == 1
    assert merged.merged_into
    assert merged.merged_into.mentions.count() == 2
    readers_find(live_server, published, [rejected, merged])


def plan_quote(claim: Claim) -> str:
    """The words that the machine proposed."""
    start, end = claim.proposed["start"], claim.proposed["end"]
    return str(claim.mentions.get().reading.text[start:end])


def accept(desk: Keyboard) -> None:
    desk.press("a")


def correct_span(desk: Keyboard) -> None:
    desk.press("Shift+ArrowLeft", "u")
    expect(desk.page.locator("#flash")).to_contain_text("The quote is these words now")
    desk.press("a")


def reject(desk: Keyboard) -> None:
    desk.press("r", "3")


def reject_and_undo(desk: Keyboard) -> None:
    now = desk.claim()
    desk.press("r", "3")
    expect(desk.page.locator("#flash")).to_contain_text("Rejected")
    desk.press("z")
    expect(desk.page.locator(f"#desk[data-claim='{now}']")).to_have_count(1)
    expect(desk.page.locator("#flash")).to_contain_text("Taken back")
    desk.press("a")


def reword(desk: Keyboard) -> None:
    name = desk.page.locator("label:has(input[name=claimant]:checked) .chip-label").inner_text().strip().split("\n")[0]
    desk.press("e", "Control+a")
    desk.type(REWORDED.format(name))
    desk.press("Control+Enter")


def link(desk: Keyboard) -> None:
    desk.press("l")
    if desk.page.locator("#field-answers input").count() > 1:
        desk.press("1")
    expect(desk.page.locator("#field-answers input:checked")).to_have_count(1)
    desk.press("a")


def merge(desk: Keyboard) -> None:
    desk.press("m")
    options = desk.page.locator("[data-panel=m] .panel-choice")
    public = next((n for n, text in enumerate(options.all_inner_texts(), start=1) if "published" in text.lower()), 0)
    assert public, desk.page.locator("[data-panel=m]").inner_text()
    desk.press(str(public))


def shown(live_server: Any, claim: Claim) -> int:
    return Client().get(claim.get_absolute_url()).status_code


def readers_find(live_server: Any, published: list[Claim], hidden: list[Claim]) -> None:
    """Pages and feeds hold the published sentences and no other."""
    reader = Client()
    for dispute in Dispute.objects.filter(slug__in=DISPUTES):
        claims = [claim for claim in published if dispute in claim.disputes.all()]
        page = reader.get(dispute.get_absolute_url()).content.decode()
        for claim in claims:
            assert f"/claims/{claim.pk}/" in page
        for claim in hidden:
            assert f"/claims/{claim.pk}/" not in page
    for claim in published:
        assert shown(live_server, claim) == 200
    rejected, merged = hidden
    assert shown(live_server, rejected) == 404
    answer = reader.get(merged.get_absolute_url())
    assert answer["Location"] == (merged.merged_into.get_absolute_url() if merged.merged_into else "")
    feed = feedparser.parse(reader.get(reverse("all-feed", args=["rss"])).content)
    linked = sorted(int(entry.link.rstrip("/").rsplit("/", 1)[-1].split("#")[0]) for entry in feed.entries)
    assert linked == sorted(claim.pk for claim in published)
