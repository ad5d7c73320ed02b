"""A webhook's address shows that it wants to be called, and is told each change once, signed."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db.models import F
from django.test import Client
from pytest_django import Settings

from claims import curation
from claims.following import channels, signing, webhooks
from claims.models import Delivery, Webhook, WebhookState
from tests.factories import make_editor, make_published
from tests.origin import Origin, running_origin
from tracker.news.fetching import FetchPolicy

pytestmark = pytest.mark.django_db
SITE = "https://tracker.example"


@pytest.fixture(scope="module")
def server() -> Iterator[Origin]:
    with running_origin() as origin:
        yield origin


@pytest.fixture
def origin(server: Origin) -> Origin:
    server.answers.clear()
    server.bodies.clear()
    return server


@pytest.fixture
def policy(origin: Origin) -> FetchPolicy:
    return FetchPolicy(user_agent="test", allowed_origins=frozenset({origin.url}), spacing=0)


def register(origin: Origin, policy: FetchPolicy, *, verified: bool = True, key: str = "all:") -> Webhook:
    hook = webhooks.register(f"{origin.url}/hook", channels.at(key), policy)
    if verified:
        origin.serve("/hook", f'{{"challenge": "{hook.challenge}"}}')
        list(webhooks.verify_due(policy, SITE))
        hook.refresh_from_db()
        assert hook.state == WebhookState.ACTIVE
        origin.bodies.clear()
    return hook


def work(policy: FetchPolicy) -> list[Any]:
    webhooks.queue()
    return list(webhooks.deliver_due(policy, SITE))


def pass_time(by: timedelta) -> None:
    for model in (Webhook, Delivery):
        model._default_manager.update(due_at=F("due_at") - by)


def check(hook: Webhook, headers: dict[str, str], body: bytes, secret: str = "") -> bool:
    """Whether one of the signatures is right, as a receiver checks."""
    made = signing.sign(secret or hook.secret, headers["webhook-id"], int(headers["webhook-timestamp"]), body)
    return made in headers["webhook-signature"].split()


def test_an_address_is_told_nothing_before_it_answers_the_challenge(origin: Origin, policy: FetchPolicy) -> None:
    hook = register(origin, policy, verified=False)
    origin.serve("/hook", "hello")
    (outcome,) = webhooks.verify_due(policy, SITE)
    assert outcome.error == "answered 200 without the challenge"
    make_published()
    assert work(policy) == []
    ((_, headers, body),) = origin.bodies
    assert check(hook, headers, body)
    assert json.loads(body) == {
        "type": "verification",
        "challenge": hook.challenge,
        "channel": "all:",
        "site": f"{SITE}/",
    }
    for _ in range(5):
        pass_time(timedelta(days=1))
        list(webhooks.verify_due(policy, SITE))
    hook.refresh_from_db()
    assert (hook.state, hook.due_at) == (WebhookState.ASKED, None)
    assert len(origin.bodies) == 3


def test_a_change_is_told_once_and_signed(origin: Origin, policy: FetchPolicy) -> None:
    hook = register(origin, policy)
    claim = make_published()
    assert [outcome.result for outcome in work(policy)] == ["delivered"]
    assert work(policy) == []
    ((path, headers, body),) = origin.bodies
    assert path == "/hook"
    assert check(hook, headers, body)
    assert not check(hook, headers, body + b" ")
    assert headers["content-type"] == "application/json"
    told = json.loads(body)
    assert told["type"] == "claim.changed"
    assert told["data"]["statement"] == claim.statement
    assert told["data"]["url"] == f"{SITE}/claims/{claim.pk}/"
    assert told["data"]["change"] == "New allegation"
    assert "“OpenAI accused DeepSeek of distilling its models”" in told["data"]["text"]


def test_a_retraction_is_told_without_the_words(origin: Origin, policy: FetchPolicy) -> None:
    register(origin, policy)
    claim = make_published(statement="OpenAI says: “words to be taken back”.")
    work(policy)
    curation.retract(claim, make_editor(), "wrong")
    work(policy)
    last = json.loads(origin.bodies[-1][2])
    assert last["type"] == "claim.retracted"
    assert set(last["data"]) == {"id", "claim", "url", "title"}
    assert b"words to be taken back" not in origin.bodies[-1][2]


def test_a_correction_is_told_to_who_follows_the_register(origin: Origin, policy: FetchPolicy) -> None:
    register(origin, policy, key="corrections:")
    made = curation.correct(make_published(), make_editor(), wrong="It said Tuesday.", right="It was Wednesday.")
    work(policy)
    (body,) = [json.loads(body) for _, _, body in origin.bodies]
    assert body["type"] == "correction.published"
    assert body["data"]["correction"] == made.pk
    assert body["data"]["statement"] == "It was Wednesday."
    assert work(policy) == []


def test_what_was_retracted_before_the_delivery_is_not_told(origin: Origin, policy: FetchPolicy) -> None:
    register(origin, policy)
    claim = make_published(statement="OpenAI says: “words to be taken back”.")
    webhooks.queue()
    curation.retract(claim, make_editor(), "wrong")
    list(webhooks.deliver_due(policy, SITE))
    assert all(b"words to be taken back" not in body for _, _, body in origin.bodies)


def test_a_failure_is_tried_again_with_the_same_identifier_and_then_given_up(
    origin: Origin, policy: FetchPolicy
) -> None:
    hook = register(origin, policy)
    make_published()
    origin.serve("/hook", "down", status=503)
    work(policy)
    assert work(policy) == []
    for _ in range(len(webhooks.PAUSES) + 3):
        pass_time(timedelta(days=2))
        work(policy)
    assert len(origin.bodies) == len(webhooks.PAUSES) + 1
    assert len({headers["webhook-id"] for _, headers, _ in origin.bodies}) == 1
    row = hook.deliveries.get()
    assert (row.due_at, row.done_at, row.status, row.tries) == (None, None, 503, len(webhooks.PAUSES) + 1)
    hook.refresh_from_db()
    assert (hook.state, hook.failures) == (WebhookState.ACTIVE, 1)


def test_pauses_grow_and_end_within_a_week() -> None:
    assert list(webhooks.PAUSES) == sorted(webhooks.PAUSES)
    assert sum(webhooks.PAUSES, timedelta()) < timedelta(days=7)


def test_who_is_gone_is_not_called_again_until_asked(origin: Origin, policy: FetchPolicy) -> None:
    hook = register(origin, policy)
    make_published()
    origin.serve("/hook", "", status=410)
    work(policy)
    hook.refresh_from_db()
    assert hook.state == WebhookState.STOPPED
    make_published()
    assert work(policy) == []
    webhooks.resume(hook)
    origin.serve("/hook", hook.challenge)
    assert [o.result for o in webhooks.verify_due(policy, SITE)] == ["verified"]


def test_a_redirect_is_not_followed_with_a_signed_body(origin: Origin, policy: FetchPolicy) -> None:
    register(origin, policy)
    make_published()
    origin.serve("/hook", "", status=307, Location=f"{origin.url}/elsewhere")
    work(policy)
    assert [path for path, _, _ in origin.bodies] == ["/hook"]
    assert Delivery.objects.get().status == 307


def test_both_secrets_sign_for_a_day_after_a_rotation(origin: Origin, policy: FetchPolicy) -> None:
    hook = register(origin, policy)
    former = hook.secret
    hook = webhooks.rotate(hook)
    assert hook.secret != former
    make_published()
    work(policy)
    _, headers, body = origin.bodies[-1]
    assert check(hook, headers, body)
    assert check(hook, headers, body, former)
    Webhook.objects.update(previous_until=F("previous_until") - timedelta(days=2))
    make_published()
    work(policy)
    _, headers, body = origin.bodies[-1]
    assert check(hook, headers, body)
    assert not check(hook, headers, body, former)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "ftp://example.org/",
        "javascript:alert(1)",
        "http://example.org/hook",
        "https://127.0.0.1/hook",
        "https://10.0.0.8/hook",
        "https://[::1]/hook",
        "https://169.254.169.254/latest",
        "https://example.org:8443/hook",
        "https://user:pass@example.org/hook",
        "https://example.org/" + "a" * 2100,
    ],
)
def test_an_address_that_may_not_be_called_is_refused_with_a_reason(client: Client, url: str) -> None:
    answer = client.post("/follow/webhook/", {"url": url, "channel": "all:"})
    assert answer.status_code == 422
    assert 'role="alert"' in answer.content.decode()
    assert not Webhook.objects.exists()


def test_its_page_shows_secret_state_and_log_and_lets_it_be_ended(
    client: Client, origin: Origin, policy: FetchPolicy, settings: Settings
) -> None:
    settings.FETCH_ALLOWED_ORIGINS = frozenset({origin.url})
    answer = client.post("/follow/webhook/", {"url": f"{origin.url}/hook", "channel": "all:"})
    hook = Webhook.objects.get()
    page = f"/follow/webhook/{hook.token}/"
    assert answer.headers["Location"] == page
    assert hook.secret in client.get(page).content.decode()
    origin.serve("/hook", hook.challenge)
    list(webhooks.verify_due(policy, SITE))
    make_published()
    work(policy)
    words = client.get(page).content.decode()
    assert "Delivered (200)" in words
    assert Delivery.objects.get().message_id in words
    assert "no-store" in client.get(page).headers["Cache-Control"]
    client.post(page, {"do": "rotate"})
    assert hook.secret not in client.get(page).content.decode().split("Former")[0]
    client.post(page, {"do": "remove"})
    assert client.get(page).status_code == 404


def test_nobody_registers_without_end(origin: Origin, policy: FetchPolicy) -> None:
    for _ in range(webhooks.ON_ONE_ADDRESS):
        register(origin, policy, verified=False)
    with pytest.raises(webhooks.WebhookRefused, match="has 20 webhooks already"):
        register(origin, policy, verified=False)
