"""The review desk as it is shown: the queue with its filters, one claim beside its text, and who may look."""

import re
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client
from django.urls import reverse

from claims.models import Claim, Party, State
from claims.roles import ensure_roles
from tests.claims.desk import ACCUSED, DENIED, STORY, desk, filled, log_in_editor, shown_text
from tests.factories import make_dispute, make_draft, make_outlet, make_party, make_published, make_reading

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor(client: Client) -> User:
    """An editor, logged in."""
    return log_in_editor(client)


# ------------------------------------------------------------------------------------------------------- the queue
def test_the_queue_shows_what_waits_and_nothing_else(client: Client, editor: User) -> None:
    waiting, public = make_draft(), make_published()
    page = client.get(reverse("admin:desk")).content.decode()
    assert desk(waiting) in page
    assert desk(public) not in page


def test_an_empty_queue_says_so(client: Client, editor: User) -> None:
    page = client.get(reverse("admin:desk")).content.decode()
    assert "Nothing waits" in page


@pytest.mark.parametrize(
    ("filters", "hits"),
    [
        ({}, {"a", "b"}),
        ({"kind": "denial"}, {"b"}),
        ({"confidence": "high"}, {"a"}),
        ({"confidence": "low"}, {"b"}),
        ({"age": "day"}, {"a", "b"}),
        ({"age": "old"}, set()),
        ({"q": "distilling"}, {"a"}),
        ({"q": "Gazette of B"}, {"b"}),
        ({"outlet": "B Outlet"}, {"b"}),
        ({"party": "Getty Images"}, {"b"}),
        ({"dispute": "Pictures"}, {"b"}),
        ({"kind": "denial", "confidence": "high"}, set()),
    ],
)
def test_filters_leave_what_fits(client: Client, editor: User, filters: dict[str, str], hits: set[str]) -> None:
    reading = make_reading("Getty Images denied it.", title="Gazette of B", outlet=make_outlet("B Outlet"))
    drafts = {
        "a": make_draft(confidence=0.9),
        "b": make_draft(
            reading,
            "Getty Images denied it",
            kind="denial",
            claimant=make_party("Getty Images"),
            targets=[],
            dispute=make_dispute("Pictures"),
            confidence=0.2,
        ),
    }
    named: dict[str, Any] = {"outlet": reading.snapshot.article.outlet, "party": make_party("Getty Images")}
    named["dispute"] = make_dispute("Pictures")
    query: dict[str, Any] = {key: named[key].pk if key in named else value for key, value in filters.items()}
    page = client.get(reverse("admin:desk"), query).content.decode()
    assert {name for name, claim in drafts.items() if f'href="{desk(claim)}' in page} == hits


def test_a_filter_that_is_none_is_named_and_left_out(client: Client, editor: User) -> None:
    claim = make_draft()
    page = client.get(reverse("admin:desk"), {"kind": "rumour", "dispute": "1 or 1", "page": "x"}).content.decode()
    assert "“rumour” is no choice of kind" in page
    assert "“1 or 1” is no dispute" in page
    assert desk(claim) in page


def test_the_queue_is_paged(client: Client, editor: User) -> None:
    reading = make_reading()
    for _ in range(51):
        make_draft(reading, kind="concern")
    page = client.get(reverse("admin:desk"), {"kind": "concern", "page": "2"}).content.decode()
    assert "page 2 of 2" in page
    assert page.count('name="draft"') == 1
    assert "kind=concern&amp;page=1" in page


def test_ticked_drafts_are_rejected_with_a_reason_and_those_decided_meanwhile_are_named(
    client: Client, editor: User
) -> None:
    one, two, public = make_draft(), make_draft(), make_published()
    data = {"draft": [one.pk, two.pk, public.pk], "why": "off-topic"}
    page = client.post(reverse("admin:desk"), data, follow=True).content.decode()
    assert set(Claim.objects.filter(state=State.REJECTED)) == {one, two}
    assert "2 drafts rejected: Not part of a dispute over AI" in page
    assert f"Claim {public.pk} is published since" in page


def test_nothing_is_rejected_in_bulk_without_a_reason(client: Client, editor: User) -> None:
    claim = make_draft()
    page = client.post(reverse("admin:desk"), {"draft": [claim.pk]}, follow=True).content.decode()
    assert "A rejection needs a reason" in page
    assert Claim.objects.get().state == State.DRAFT


# ------------------------------------------------------------------------------------------------------- the screen
def test_the_text_shown_is_the_readings_to_the_character(client: Client, editor: User) -> None:
    reading = make_reading(STORY)
    claim = make_draft(reading, ACCUSED)
    make_draft(reading, "DeepSeek of distilling its models.\r\nDeepSeek", kind="concern")
    page = client.get(desk(claim)).content.decode()
    assert "&#13;" in page
    assert shown_text(page) == STORY


def test_every_claim_of_the_reading_is_marked_and_the_one_under_decision_stands_out(
    client: Client, editor: User
) -> None:
    reading = make_reading(STORY)
    claim, other = make_draft(reading, ACCUSED), make_draft(reading, DENIED, kind="denial")
    page = client.get(desk(claim)).content.decode()
    current = re.search(r'<mark class="([^"]*)" data-claim="\d+" id="quote" data-label="([^"]*)">', page)
    assert current
    assert current.groups() == ("kind-allegation is-draft is-current", "1 Allegation")
    assert re.search(rf'<mark class="kind-denial is-draft" data-claim="{other.pk}" data-label="2 Denial">', page)


def test_what_the_extractor_said_and_why_stands_beside_the_form(client: Client, editor: User) -> None:
    claim = make_draft(confidence=0.41)
    run = claim.extraction
    assert run
    run.reasons = ["an accusation between two known parties"]
    run.save()
    page = client.get(desk(claim)).content.decode()
    assert "confidence 0.41" in page
    assert "an accusation between two known parties" in page


def test_a_name_that_no_party_has_is_offered_and_not_made(client: Client, editor: User) -> None:
    claim = make_draft()
    Claim.objects.filter(pk=claim.pk).update(claimant=None)
    unknown = Claim.objects.create(kind="concern", proposed={"claimant": "A Court of Somewhere", "targets": []})
    page = client.get(desk(unknown)).content.decode()
    assert "Create party “A Court of Somewhere”" in page
    assert '<option value="court" selected>' in page
    assert not Party.objects.filter(name__contains="Somewhere").exists()


def test_a_claim_without_a_source_is_shown_and_cannot_be_accepted(client: Client, editor: User) -> None:
    claim = Claim.objects.create(kind="concern", claimant=make_party(), statement="OpenAI warns.")
    claim.disputes.add(make_dispute())
    assert "nothing it could rest on" in client.get(desk(claim)).content.decode()
    answer = client.post(desk(claim), filled(claim, "accept"))
    assert answer.status_code == 409
    assert "needs at least one mention" in answer.content.decode()


def test_a_claim_that_is_not_there_is_not_found(client: Client, editor: User) -> None:
    assert client.get(reverse("admin:desk_claim", args=[10**9])).status_code == 404


def test_the_desk_asks_for_a_login_and_a_right(client: Client) -> None:
    claim = make_draft()
    assert "/login/" in client.get(desk(claim))["Location"]
    client.force_login(User.objects.create_user("guest", is_staff=True))
    assert client.get(desk(claim)).status_code == 403
    assert client.get(reverse("admin:desk")).status_code == 403


def test_a_contributor_may_look_and_not_decide(client: Client) -> None:
    ensure_roles()
    claim = make_draft()
    user = User.objects.create_user("carl", is_staff=True)
    user.groups.add(Group.objects.get(name="contributor"))
    client.force_login(user)
    assert 'value="accept"' not in client.get(desk(claim)).content.decode()
    answer = client.post(desk(claim), filled(claim, "accept"))
    assert answer.status_code == 409
    assert "it takes an editor" in answer.content.decode()
    assert Claim.objects.get(pk=claim.pk).state == State.DRAFT


# ------------------------------------------------------------------------------------------------------- the pages
def test_no_page_of_the_desk_carries_inline_style_or_script(client: Client, editor: User) -> None:
    draft, public = make_draft(make_reading(STORY), ACCUSED), make_published()
    for url in (reverse("admin:index"), reverse("admin:desk"), desk(draft), desk(public)):
        page = client.get(url).content.decode()
        assert not re.search(r"<[^>]*\s(style|on[a-z]+)\s*=", page), url
        assert not re.search(r"<script(?![^>]*\ssrc=)|<style", page), url
