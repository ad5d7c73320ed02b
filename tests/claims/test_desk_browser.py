"""The review desk in a real browser: by keyboard alone, by mouse, without scripts, and with the line cut."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import axe_playwright_python
import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from claims.models import Claim, Decision, State
from tests.browser import launch
from tests.factories import make_dispute, make_draft, make_editor, make_party, make_published, make_reading

pytestmark = pytest.mark.django_db(transaction=True)
AXE = next(Path(next(iter(axe_playwright_python.__path__))).rglob("axe.min.js")).read_text()
STORY = (
    "🧪🇨🇳 A quarrel over models 👩‍🔬.\n\nOpenAI accused DeepSeek of distilling its models & said “stop” 🛑. "
    + "Nothing else happened for a long time. " * 60
    + "\n\nDeepSeek denied <i>everything</i> 🙅. Microsoft looked into accounts."
)
ACCUSED = "OpenAI accused DeepSeek of distilling its models"
DENIED = "DeepSeek denied <i>everything</i>"


@pytest.fixture(scope="module")
def browser(django_db_setup: None) -> Iterator[Browser]:
    """One browser for this file. Playwright runs a loop in this thread, which Django would take for its own."""
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright, launch(playwright) as running:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        yield running


@pytest.fixture
def editor(browser: Browser) -> User:
    """Somebody who may decide."""
    return make_editor()


def opened(browser: Browser, live_server: Any, editor: User, **options: Any) -> BrowserContext:
    """A browser window in which the editor is logged in."""
    client = Client()
    client.force_login(editor)
    context = browser.new_context(base_url=live_server.url, **options)
    cookie = client.cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
    context.set_default_timeout(20_000)
    return context


@pytest.fixture
def page(browser: Browser, live_server: Any, editor: User) -> Iterator[Page]:
    """A page of that window; whatever the browser complains about fails the test."""
    context = opened(browser, live_server, editor, viewport={"width": 1280, "height": 900})
    page, complaints = context.new_page(), []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    context.close()
    # A refusal is answered with 409 or 422, which the console lists among the errors.
    assert [text for text in complaints if "status of 4" not in text and "ERR_INTERNET" not in text] == []


def desk(claim: Claim, query: str = "") -> str:
    return reverse("admin:desk_claim", args=[claim.pk]) + query


def select(page: Page, words: str) -> None:
    """Select *words* in a draft's text, and see them offered."""
    mark(page, words)
    expect(page.locator("#selection")).to_be_visible()


def mark(page: Page, words: str) -> None:
    """Select *words* in the text, as the mouse would."""
    found = page.evaluate(
        """(words) => {
            const text = document.querySelector("#text");
            const walker = document.createTreeWalker(text, NodeFilter.SHOW_TEXT);
            const places = [];
            let all = "";
            for (let node = walker.nextNode(); node; node = walker.nextNode()) {
                places.push([all.length, node]);
                all += node.data;
            }
            const start = all.indexOf(words);
            if (start < 0) return false;
            const at = (offset) => {
                const [base, node] = places.filter(([first]) => first <= offset).at(-1);
                return [node, offset - base];
            };
            const range = document.createRange();
            range.setStart(...at(start));
            range.setEnd(...at(start + words.length - 1));
            range.setEnd(range.endContainer, range.endOffset + 1);
            getSelection().removeAllRanges();
            getSelection().addRange(range);
            return true;
        }""",
        words,
    )
    assert found, words


def test_drafts_are_reviewed_by_keyboard_alone(page: Page) -> None:
    reading = make_reading(STORY)
    accused, denied = make_draft(reading, ACCUSED), make_draft(reading, DENIED, kind="denial")
    looked = make_draft(reading, "Microsoft looked into accounts", kind="action", claimant=make_party("Microsoft"))
    public = make_published()
    again = make_draft(make_reading(f"Again: {ACCUSED}."), ACCUSED)

    page.goto(reverse("admin:desk") + "?sort=oldest")
    page.keyboard.press("j")
    expect(page.locator("h1")).to_contain_text("Draft 1 of 4")
    expect(page.locator("#quote")).to_be_in_viewport()
    page.keyboard.press("a")
    expect(page.locator("#flash")).to_contain_text("Published: ")
    expect(page.locator("#desk")).to_have_attribute("data-claim", str(denied.pk))
    assert page.url.endswith(desk(denied, "?sort=oldest"))
    expect(page.locator("#quote")).to_contain_text(DENIED)
    expect(page.locator("#quote")).to_be_in_viewport()
    page.keyboard.press("r")
    page.keyboard.press("3")
    expect(page.locator("#flash")).to_contain_text("Rejected: Misread")
    expect(page.locator("#desk")).to_have_attribute("data-claim", str(looked.pk))
    page.keyboard.press("z")
    expect(page.locator("#flash")).to_contain_text("Taken back")
    expect(page.locator("#desk")).to_have_attribute("data-claim", str(denied.pk))
    page.keyboard.press("s")
    expect(page.locator("#desk")).to_have_attribute("data-claim", str(looked.pk))
    page.keyboard.press("j")
    expect(page.locator("#desk")).to_have_attribute("data-claim", str(again.pk))
    page.keyboard.press("m")
    page.keyboard.press("1")
    expect(page.locator("#flash")).to_contain_text("Merged into claim")

    states = {claim.pk: claim.state for claim in Claim.objects.all()}
    assert states[accused.pk] == State.PUBLISHED
    assert states[denied.pk] == State.DRAFT
    assert states[again.pk] == State.MERGED
    # Both published claims say the same; either may be the first of the list.
    assert Claim.objects.get(pk=again.pk).merged_into in (public, accused)


def test_words_selected_behind_emoji_become_the_quote(page: Page) -> None:
    claim = make_draft(make_reading(STORY), ACCUSED)
    page.goto(desk(claim))
    select(page, DENIED)
    page.keyboard.press("u")
    expect(page.locator("#flash")).to_contain_text("The quote is these words now")
    expect(page.locator("#quote")).to_have_text(DENIED)
    mention = claim.mentions.get()
    assert (mention.quote, mention.start) == (DENIED, STORY.index(DENIED))


def test_a_new_draft_is_written_over_selected_words(page: Page) -> None:
    claim = make_draft(make_reading(STORY), ACCUSED)
    page.goto(desk(claim))
    select(page, "said “stop” 🛑")
    page.keyboard.press("n")
    expect(page.locator("#flash")).to_contain_text("A new draft over these words")
    draft = Claim.objects.exclude(pk=claim.pk).get()
    assert draft.mentions.get().quote == "said “stop” 🛑"
    expect(page.locator("#desk")).to_have_attribute("data-claim", str(draft.pk))


def test_a_claim_by_hand_is_written_over_words_selected_behind_emoji(page: Page) -> None:
    reading = make_reading(STORY)
    page.goto(reverse("admin:desk_article", args=[reading.snapshot.article_id]))
    mark(page, DENIED)
    expect(page.locator("#words")).to_have_value(DENIED)
    page.get_by_role("button", name="Write a draft over these words").click()
    expect(page.locator("#quote")).to_have_text(DENIED)
    mention = Claim.objects.get().mentions.get()
    assert (mention.quote, mention.start, mention.reading) == (DENIED, STORY.index(DENIED), reading)


def test_a_party_is_looked_up_by_typing_and_the_sentence_follows(page: Page) -> None:
    make_party("Microsoft", "company", "MSFT")
    claim = make_draft(make_reading(STORY), DENIED, statement="")
    page.goto(desk(claim))
    page.keyboard.press("c")
    page.keyboard.type("micros")
    expect(page.locator("[role=option]")).to_have_text("Microsoft")
    page.keyboard.press("Enter")
    expect(page.locator("#id_statement")).to_have_value(f"Microsoft alleges: “{DENIED}”.")
    page.keyboard.press("Escape")
    page.keyboard.press("e")
    page.keyboard.press("Control+a")
    page.keyboard.type("Microsoft says it, and a means nothing while typing.")
    page.keyboard.press("Control+Enter")
    expect(page.locator("body")).to_contain_text("last draft of this queue")
    claim.refresh_from_db()
    assert (claim.state, claim.statement) == (State.AWAITING, "Microsoft says it, and a means nothing while typing.")
    assert claim.claimant
    assert claim.claimant.name == "Microsoft"


def test_a_cut_line_loses_nothing(page: Page) -> None:
    claim = make_draft()
    page.goto(desk(claim))
    page.locator("#id_statement").fill("OpenAI says it in my own words.")
    page.keyboard.press("Escape")
    page.context.set_offline(True)
    page.keyboard.press("a")
    expect(page.locator("#flash")).to_contain_text("the connection failed")
    expect(page.locator("#id_statement")).to_have_value("OpenAI says it in my own words.")
    page.context.set_offline(False)
    page.keyboard.press("a")
    expect(page.locator("body")).to_contain_text("last draft of this queue")
    claim.refresh_from_db()
    assert claim.statement == "OpenAI says it in my own words."
    assert Decision.objects.filter(subject="claim", subject_id=claim.pk).count() == 1


def test_a_double_click_and_a_held_key_decide_on_one_draft_each(page: Page) -> None:
    first, second, third = make_draft(), make_draft(), make_draft()
    page.goto(desk(first, "?sort=oldest"))
    place = page.locator("#decision button[value=accept]").bounding_box()
    assert place
    page.mouse.move(place["x"] + place["width"] / 2, place["y"] + place["height"] / 2)
    page.mouse.down(click_count=1)
    page.mouse.up(click_count=1)
    # The answer came between the two clicks: the next draft's button is where the first one's was.
    expect(page.locator("#desk")).to_have_attribute("data-claim", str(second.pk))
    assert page.locator("#decision button[value=accept]").bounding_box() == place
    page.mouse.down(click_count=2)
    page.mouse.up(click_count=2)
    expect(page.locator("#desk")).not_to_have_attribute("aria-busy", "true")
    expect(page.locator("#desk")).to_have_attribute("data-claim", str(second.pk))
    page.keyboard.down("Control")
    page.keyboard.down("Enter")
    expect(page.locator("#desk")).to_have_attribute("data-claim", str(third.pk))
    page.keyboard.down("Enter")  # held: the browser sends the key again
    page.keyboard.up("Enter")
    page.keyboard.up("Control")
    expect(page.locator("#desk")).not_to_have_attribute("aria-busy", "true")
    assert Decision.objects.filter(subject="claim").count() == 2
    assert Claim.objects.get(pk=third.pk).state == State.DRAFT


def test_a_stale_tab_and_a_second_editor_are_told_and_keep_what_they_wrote(
    page: Page, browser: Browser, live_server: Any
) -> None:
    claim = make_draft()
    page.goto(desk(claim))
    page.locator("#id_statement").fill("OpenAI says it in my own words.")
    page.keyboard.press("Escape")
    context = opened(browser, live_server, make_editor("ben"))
    second = context.new_page()
    second.goto(desk(claim))
    expect(second.locator("#extras")).to_contain_text("is at work on this draft until")
    second.keyboard.press("a")
    expect(second.locator("#flash")).to_contain_text("until they go on: nothing was changed")
    context.close()
    other = page.context.new_page()
    other.goto(desk(claim))
    other.keyboard.press("a")
    expect(other.locator("body")).to_contain_text("last draft of this queue")
    page.bring_to_front()
    page.keyboard.press("a")
    expect(page.locator("#flash")).to_contain_text("Already decided")
    expect(page.locator("#id_statement")).to_have_value("OpenAI says it in my own words.")
    assert Decision.objects.filter(subject="claim", subject_id=claim.pk).count() == 1


def test_an_ended_session_loses_nothing(page: Page, editor: User) -> None:
    claim = make_draft()
    page.goto(desk(claim))
    page.locator("#id_statement").fill("OpenAI says it in my own words.")
    page.keyboard.press("Escape")
    page.context.clear_cookies(name="sessionid")
    page.keyboard.press("a")
    expect(page.locator("#flash")).to_contain_text("your session has ended")
    other = page.context.new_page()
    other.goto(reverse("admin:login"))
    other.get_by_label("Username").fill(editor.username)
    other.get_by_label("Password").fill("correct horse battery")
    other.get_by_role("button", name="Log in").click()
    expect(other.locator("h1")).to_contain_text("Editors' desk")
    page.bring_to_front()
    page.keyboard.press("a")
    expect(page.locator("body")).to_contain_text("last draft of this queue")
    claim.refresh_from_db()
    assert claim.statement == "OpenAI says it in my own words."


def test_a_changed_draft_is_not_left_by_a_slip(page: Page) -> None:
    claim, other = make_draft(), make_draft()
    page.goto(desk(claim, "?sort=oldest"))
    page.locator("#id_statement").fill("OpenAI says half a sen")
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    expect(page.locator("#flash")).to_contain_text("press again to leave it")
    expect(page.locator("#desk")).to_have_attribute("data-claim", str(claim.pk))
    page.keyboard.press("j")
    expect(page.locator("#desk")).to_have_attribute("data-claim", str(other.pk))


def test_single_keys_can_be_switched_off(page: Page) -> None:
    claim = make_draft()
    page.goto(desk(claim))
    page.keyboard.press("?")
    page.get_by_label("single keys are on").uncheck()
    page.keyboard.press("Escape")
    expect(page.locator("#help")).not_to_be_visible()
    page.keyboard.press("a")
    page.keyboard.press("r")
    expect(page.locator("[data-panel=r]")).not_to_have_attribute("open", "")
    assert Claim.objects.get(pk=claim.pk).state == State.DRAFT


def test_without_scripts_every_button_works(browser: Browser, live_server: Any, editor: User) -> None:
    first, second = make_draft(), make_draft(dispute=make_dispute("Another"))
    context = opened(browser, live_server, editor, java_script_enabled=False)
    page = context.new_page()
    page.goto(desk(first, "?sort=oldest"))
    page.get_by_placeholder("Another party").fill("DeepSeek")
    page.locator("#field-claimant").get_by_role("button", name="Add").click()
    expect(page.locator("input[name=claimant]:checked + .chip-label")).to_contain_text("DeepSeek")
    page.locator("#id_statement").fill("DeepSeek says so.")
    page.get_by_role("button", name="Accept").click()
    expect(page.locator("#desk")).to_have_attribute("data-claim", str(second.pk))
    page.get_by_text("Reject", exact=False).first.click()
    page.get_by_role("button", name="Misread").click()
    expect(page.locator("body")).to_contain_text("last draft of this queue")
    context.close()
    assert Claim.objects.get(pk=first.pk).state == State.AWAITING
    assert Claim.objects.get(pk=second.pk).state == State.REJECTED


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_the_desk_can_be_used_by_everybody(
    browser: Browser, live_server: Any, editor: User, width: int, scheme: Any
) -> None:
    reading = make_reading(STORY)
    draft, public = make_draft(reading, ACCUSED), make_published(reading, DENIED, kind="denial")
    context = opened(browser, live_server, editor, viewport={"width": width, "height": 844}, color_scheme=scheme)
    page = context.new_page()
    refused: list[str] = []
    page.on(
        "console", lambda message: refused.append(message.text) if "Content Security Policy" in message.text else None
    )
    lists = [reverse(f"admin:{name}_changelist") for name in ("claims_claim", "claims_party", "news_feed")]
    forms = [reverse("admin:claims_party_add"), reverse("admin:claims_dispute_change", args=[draft.disputes.get().pk])]
    for url in [reverse("admin:index"), reverse("admin:desk"), desk(draft), desk(public), *lists, *forms]:
        page.goto(url)
        assert refused == [], url
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{url} is wider than {width}"
        page.evaluate(AXE)
        found = page.evaluate("axe.run({runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa']})")["violations"]
        refused.clear()  # axe itself adds a style element to the page
        assert [(v["id"], v["nodes"][0]["html"]) for v in found if v["impact"] in ("serious", "critical")] == [], url
    context.close()
