"""What anybody may send: suggestions and parties' answers, without an account and without letting programs in."""

from datetime import timedelta
from typing import Any

import pytest
from django.core import signing
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from claims import curation, history
from claims.models import AuditEvent, Reply, ReplyRequest, Suggestion
from claims.outside import SALT
from tests.factories import make_editor, make_published

pytestmark = pytest.mark.django_db
PAGE = reverse("suggest-page")
WHY = "Two authors accuse a company of copying."


def shown(seconds_ago: float = 60) -> str:
    """When the form was shown, signed as the site signs it."""
    signer = signing.TimestampSigner(salt=SALT)
    stamp = signing.b62_encode(int((timezone.now() - timedelta(seconds=seconds_ago)).timestamp()))
    value = f"shown:{stamp}"
    return f"{value}:{signer.signature(value)}"


def filled(**changed: Any) -> dict[str, Any]:
    return {"url": "https://news.example/story?utm_source=x", "why": WHY, "website": "", "shown": shown(), **changed}


def test_a_suggestion_waits_for_the_editors(client: Client) -> None:
    answer = client.post(PAGE, filled(contact="reader@example.org"))
    assert (answer.status_code, answer["Location"]) == (302, f"{PAGE}?sent")
    suggestion = Suggestion.objects.get()
    assert (suggestion.url, suggestion.why, suggestion.state) == ("https://news.example/story", WHY, "waiting")
    assert "127.0.0.1" not in suggestion.sender
    assert b"waits for the editors" in client.get(answer["Location"]).content


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"website": "https://spam.example"}, "too fast"),
        ({"shown": 0}, "too fast"),
        ({"shown": 25 * 3600}, "open for too long"),
        ({"shown": "shown:1:forged"}, "open for too long"),
        ({"shown": ""}, "open for too long"),
        ({"url": "javascript:alert(1)"}, "no address of a web page"),
        ({"url": "ftp://a.example/x"}, "no address of a web page"),
        ({"why": "  "}, "required"),
        ({"contact": "nobody"}, "valid email"),
    ],
)
def test_what_is_no_suggestion_is_told_why_and_keeps_what_was_written(
    client: Client, changed: dict[str, Any], told: str
) -> None:
    ago = changed.get("shown")
    changed = changed | ({"shown": shown(ago)} if isinstance(ago, int) else {})
    answer = client.post(PAGE, filled(**changed))
    text = answer.content.decode()
    assert answer.status_code == 422
    assert told in text
    if "why" not in changed:
        assert WHY in text
    assert not Suggestion.objects.exists()
    assert "no-store" in answer["Cache-Control"]


def test_one_sender_is_taken_so_often_an_hour_and_others_go_on(client: Client) -> None:
    for number in range(5):
        assert client.post(PAGE, filled(url=f"https://news.example/{number}")).status_code == 302
    assert client.post(PAGE, filled(url="https://news.example/6")).status_code == 429
    assert client.post(PAGE, filled(url="https://news.example/6"), REMOTE_ADDR="10.0.0.9").status_code == 302
    Suggestion.objects.update(received_at=timezone.now() - timedelta(hours=2))
    assert client.post(PAGE, filled(url="https://news.example/7")).status_code == 302


def test_the_same_page_of_the_same_sender_is_kept_once(client: Client) -> None:
    client.post(PAGE, filled())
    client.post(PAGE, filled())
    assert Suggestion.objects.count() == 1


def test_a_forged_request_from_another_site_is_refused() -> None:
    assert Client(enforce_csrf_checks=True).post(PAGE, filled()).status_code == 403


def asked() -> tuple[ReplyRequest, str]:
    claim = make_published()
    request = curation.ask(claim.targets.get(), [claim], make_editor(), contact="press@example.org")
    return request, reverse("reply", args=[curation.link_token(request)])


def answer_with(**changed: Any) -> dict[str, Any]:
    text = "We did not.\r\n<b>Really</b> not."
    return {"text": text, "signed": "The press office", "language": "en", "website": "", "shown": shown(), **changed}


def test_a_party_answers_through_its_private_link_without_an_account(client: Client) -> None:
    request, address = asked()
    page = client.get(address)
    assert page.status_code == 200
    assert request.claims.get().statement in page.content.decode().replace("&quot;", '"')
    assert "press@example.org" not in page.content.decode()
    assert "noindex" in page.content.decode()
    assert client.post(address, answer_with()).status_code == 302
    reply = Reply.objects.get()
    assert reply.text == "We did not.\n<b>Really</b> not."
    claim = request.claims.get()
    assert "Really" not in client.get(claim.get_absolute_url()).content.decode()
    curation.publish_reply(reply, make_editor())
    public = client.get(claim.get_absolute_url()).content.decode()
    assert "&lt;b&gt;Really&lt;/b&gt; not." in public
    dispute = claim.disputes.get()
    for page_of in (dispute.get_absolute_url(), f"{dispute.get_absolute_url()}?view=accusations"):
        assert "&lt;b&gt;Really&lt;/b&gt; not." in client.get(page_of).content.decode()
    feed = client.get(reverse("dispute-feed", args=[dispute.slug, "atom"])).content.decode()
    assert "Really" in feed


def test_an_empty_answer_is_refused_and_what_was_written_is_kept(client: Client) -> None:
    _, address = asked()
    answer = client.post(address, answer_with(signed=""))
    assert answer.status_code == 422
    assert "Really" in answer.content.decode()
    assert not Reply.objects.exists()


def test_a_link_that_is_over_says_so_and_takes_nothing(client: Client) -> None:
    request, address = asked()
    curation.revoke(request, make_editor())
    assert client.get(address).status_code == 410
    assert client.post(address, answer_with()).status_code == 410
    assert not Reply.objects.exists()


def test_a_retracted_claim_is_not_shown_through_a_link_either(client: Client) -> None:
    request, address = asked()
    claim = request.claims.get()
    curation.retract(claim, make_editor(), "wrong")
    answer = client.get(address)
    assert answer.status_code == 410
    assert claim.statement not in answer.content.decode()


def test_a_forged_link_is_no_page(client: Client) -> None:
    _, address = asked()
    assert client.get(f"{address[:-2]}x/").status_code == 404
    assert client.get(reverse("reply", args=["x"])).status_code == 404


@pytest.mark.parametrize("state", ["not-asked", "asked", "no-reply"])
def test_the_claim_s_page_says_where_the_right_of_reply_stands(client: Client, state: str) -> None:
    claim = make_published()
    if state != "not-asked":
        request = curation.ask(claim.targets.get(), [claim], make_editor(), contact="press@example.org")
        if state == "no-reply":
            yesterday = timezone.now().date() - timedelta(days=1)
            ReplyRequest.objects.filter(pk=request.pk).update(answer_by=yesterday)
    text = client.get(claim.get_absolute_url()).content.decode()
    words = {
        "not-asked": "not yet asked for a reply",
        "asked": "asked for a reply on",
        "no-reply": "no reply; asked on",
    }
    assert [name for name, said in words.items() if said in text] == [state]


def test_a_correction_is_on_every_page_that_it_concerns_and_in_the_register(client: Client) -> None:
    claim = make_published()
    assert claim.claimant
    curation.correct(claim, make_editor(), wrong="It said May.", right="The letter is of June.")
    pages: list[Any] = [claim, claim.disputes.get(), claim.claimant, claim.targets.get()]
    for page in [*(row.get_absolute_url() for row in pages), reverse("corrections")]:
        text = client.get(page).content.decode()
        assert "The letter is of June." in text, page
        assert "It said May." in text, page
    curation.retract(claim, make_editor(), "wrong")
    assert "The letter is of June." not in client.get(reverse("corrections")).content.decode()


def test_an_old_wording_stays_readable_on_the_claim_s_page(client: Client) -> None:
    claim = make_published()
    old = claim.statement.rstrip(".").partition("“")[0]
    curation.edit(claim, make_editor(), curation.ClaimChanges(statement="OpenAI accuses DeepSeek of distillation."))
    curation.approve(claim, make_editor("reviewer"))
    text = client.get(claim.get_absolute_url()).content.decode()
    assert "Earlier wording" in text
    assert old in text


def test_one_sender_of_replies_is_taken_so_often_an_hour_whatever_the_links_and_others_go_on(client: Client) -> None:
    links = [asked()[1] for _ in range(5)]
    for number in range(20):
        # Five may wait of each link; the hour counts them all, and those that are dealt with.
        assert client.post(links[number // 5], answer_with(text=f"No. {number}")).status_code == 302
    curation.reject_reply(Reply.objects.earliest("pk"), make_editor(), "twice")
    links = [links[4]]
    late = client.post(links[0], answer_with(text="One more"))
    assert late.status_code == 429
    assert "more than we can take in an hour" in late.content.decode()
    assert "One more" in late.content.decode()
    assert client.post(links[0], answer_with(text="One more"), REMOTE_ADDR="10.0.0.9").status_code == 302
    assert len(set(Reply.objects.values_list("sender", flat=True))) == 2
    assert "127.0.0.1" not in str(list(Reply.objects.values_list("sender", flat=True)))


def test_who_sent_a_reply_is_in_no_history() -> None:
    request, _ = asked()
    reply = curation.receive(request, "We did not.", "The press office", sender="5e4de5" * 10)
    assert reply.sender == "5e4de5" * 10
    assert not AuditEvent.objects.filter(after__has_key="sender").exists()
    assert [str(fault) for fault in history.verify()] == []
