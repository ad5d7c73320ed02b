"""Every kind of page in a real browser: axe-core finds nothing, the console is silent, nobody else is asked.

The site is a live server over a small newsroom, narrow and dark here; the demonstration is walked wide and light in
`tests/test_newsroom.py`.
"""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings as configured
from django.utils import timezone
from playwright.sync_api import Page, expect, sync_playwright
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from claims import bulk, curation
from claims.following import channels, mail
from claims.models import Delivery, Subscription, System, Topic, Webhook
from tests.browser import launch
from tests.claims.timelines.test_entries import make_answer, mention_again
from tests.factories import make_dispute, make_editor, make_event, make_party, make_published, make_reading

pytestmark = pytest.mark.django_db(transaction=True)
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
# Shifts of what one reads, as browsers measure them; 0.1 is what is called good.
SHIFTS = """() => new Promise(done => { let sum = 0;
  new PerformanceObserver(list => list.getEntries().forEach(e => sum += e.value))
    .observe({type: "layout-shift", buffered: true});
  setTimeout(() => done(sum), 150); })"""


@pytest.fixture
def addresses(settings: Settings, tmp_path: Any, live_server: LiveServer) -> dict[str, str]:
    """A small site with something on every page, and the address of each kind."""
    settings.DUMPS_ROOT = tmp_path
    settings.SITE_URL = live_server.url
    dispute = make_dispute()
    reading = make_reading(authors=["A. Writer"])
    claim = make_published(reading, on=date(2025, 1, 28))
    claim.systems.add(System.objects.create(name="R1", slug="r1", maker=make_party("DeepSeek")))
    claim.topics.add(Topic.objects.get_or_create(slug="copyright", defaults={"name": "Copyright"})[0])
    make_answer(claim)
    make_published(kind="finding", claimant=make_party("Garante", "regulator"), on=date(2024, 5, 1))
    mention_again(claim, make_reading(original=reading.snapshot.article))
    curation.add_status(claim, make_editor(), "filed", source=claim.mentions.earliest("pk"), on=date(2025, 3, 1))
    make_event(dispute=dispute, on=date(2025, 2, 1), text="A hearing was held.")
    curation.correct(claim, make_editor(), wrong="It said Tuesday.", right="It was Wednesday.")
    asked = curation.ask(claim.targets.get(), [claim], make_editor(), contact="press@example.org")
    curation.publish_reply(curation.receive(asked, "It is not true.", "The press office"), make_editor())
    retracted = make_published(statement="OpenAI says what was taken back.")
    curation.retract(retracted, make_editor(), "The wrong party was named.")
    bulk.make(tmp_path, configured.SITE_URL, "CC-BY-4.0")
    page = dispute.get_absolute_url()
    now = timezone.now()
    hook = Webhook.objects.create(
        url="https://reader.example/h", channel="all:", name="All", secret="x", told_until=now
    )
    Delivery.objects.create(webhook=hook, message_id="msg_1", claim=claim.pk, changed_at=now)
    settings.FOLLOW_BY_MAIL = True
    for key in ("all:", f"dispute:{dispute.pk}"):
        mail.subscribe("reader@example.org", channels.at(key), "daily", "tracker.example")
    wanted, confirmed = Subscription.objects.select_related("follower").order_by("pk")
    mail.confirm(confirmed.token)
    return {
        "mail confirm": f"/follow/confirm/{wanted.token}/",
        "mail leave": f"/follow/mail/{wanted.follower.token}/stop/?pace=daily",
        "mail following": f"/follow/mail/{wanted.follower.token}/",
        "mail left": "/follow/stopped/",
        "webhook": f"/follow/webhook/{hook.token}/",
        "follow corrections": "/follow/?channel=corrections:",
        "home": "/",
        "changes": "/changes/",
        "disputes": "/disputes/",
        "dispute": page,
        "accusations": f"{page}?view=accusations",
        "frame": f"{page}embed/",
        "claim": claim.get_absolute_url(),
        "tombstone": retracted.get_absolute_url(),
        "parties": "/parties/",
        "party": "/parties/openai/",
        "pair": "/pairs/deepseek/openai/",
        "systems": "/systems/",
        "system": "/systems/r1/",
        "topics": "/topics/",
        "topic": "/topics/copyright/",
        "outlets": "/outlets/",
        "outlet": "/outlets/test-gazette/",
        "source": f"/sources/{reading.snapshot.article_id}/",
        "search": "/search/",
        "results": "/search/?q=openai",
        "statistics": "/statistics/",
        "about": "/about/",
        "feeds": "/feeds/",
        "follow": "/follow/",
        "follow a dispute": f"/follow/?channel=dispute:{dispute.pk}",
        "mail asked": "/follow/asked/",
        "corrections": "/corrections/",
        "suggest": "/suggest/",
        "reply": f"/reply/{curation.link_token(asked)}/",
        "api": "/api/",
        "data": "/data/",
        "history": "/history/",
        "missing": "/no/such/page/",
        "german": f"/de{page}",
    }


@pytest.fixture
def problems() -> list[str]:
    """What the browser complained of, and whom else it asked."""
    return []


@pytest.fixture
def browser_page(live_server: LiveServer, addresses: dict[str, str], problems: list[str]) -> Iterator[Page]:
    """A fresh window that notes complaints and requests to others.

    It comes after the data: beside a running browser, Django takes this thread for an asynchronous one.
    """
    with sync_playwright() as playwright, launch(playwright) as browser:
        context = browser.new_context(base_url=live_server.url, viewport={"width": 1280, "height": 900})
        page = context.new_page()
        page.on("console", lambda m: problems.append(f"{page.url}: {m.text}") if m.type == "error" else None)
        page.on("pageerror", lambda error: problems.append(f"{page.url}: {error}"))
        page.on("request", lambda r: None if r.url.startswith(live_server.url) else problems.append(r.url))
        yield page


def test_every_kind_of_page_is_accessible_silent_and_still(
    browser_page: Page, addresses: dict[str, str], problems: list[str]
) -> None:
    axe = Axe()
    browser_page.set_viewport_size({"width": 390, "height": 844})
    browser_page.emulate_media(color_scheme="dark")
    for name, address in addresses.items():
        browser_page.goto(address)
        found = axe.run(browser_page, options=RULES).response["violations"]
        problems += [f"{name} {v['id']}: {v['nodes'][0]['html'][:200]}" for v in found]
        wide = browser_page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        problems += [f"{name}: {wide} pixels too wide"] if wide > 0 else []
        shifted = browser_page.evaluate(SHIFTS)
        problems += [f"{name}: the layout shifts by {shifted}"] if shifted > 0.02 else []
    # The browser's own note of an answer that is an error on purpose.
    expected = {"tombstone", "missing"}
    notes = [p for p in problems if "status of 4" in p and any(addresses[name] in p for name in expected)]
    assert [problem for problem in problems if problem not in notes] == []


def test_a_reader_finds_by_keys_alone_and_copies_a_citation(
    browser_page: Page, addresses: dict[str, str], problems: list[str], live_server: LiveServer
) -> None:
    browser_page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=live_server.url)
    browser_page.goto("/")
    browser_page.keyboard.press("Tab")
    expect(browser_page.locator(":focus")).to_have_text("Skip to the content")
    browser_page.keyboard.press("Enter")
    expect(browser_page.locator("#main")).to_be_focused()
    box = browser_page.locator("main input[type=search]")
    box.focus()
    browser_page.keyboard.type("deeps")
    browser_page.goto("/search/")
    box = browser_page.locator("#q")
    box.focus()
    browser_page.keyboard.type("deeps", delay=30)
    expect(browser_page.locator("#names option").first).to_have_attribute("value", "DeepSeek")
    browser_page.keyboard.press("Control+A")
    browser_page.keyboard.type("distilling")
    browser_page.keyboard.press("Enter")
    expect(browser_page.locator("mark").first).to_have_text("distilling")
    browser_page.goto(addresses["dispute"])
    browser_page.get_by_role("button", name="Copy").press("Enter")
    expect(browser_page.get_by_role("button", name="Copied")).to_be_visible()
    assert live_server.url in browser_page.evaluate("navigator.clipboard.readText()")
    assert problems == []


def test_a_page_is_whole_without_scripts(live_server: LiveServer, addresses: dict[str, str]) -> None:
    with sync_playwright() as playwright, launch(playwright) as browser:
        page = browser.new_context(base_url=live_server.url, java_script_enabled=False).new_page()
        page.goto("/search/?q=distilling")
        page.locator(".facets a").first.click()
        assert "q=distilling&" in page.url
        page.goto(addresses["dispute"])
        assert page.locator(".timeline > li").count() > 2
        assert page.get_by_role("button", name="Copy").is_hidden()
