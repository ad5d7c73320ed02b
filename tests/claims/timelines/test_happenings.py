"""The list of changes tells corrections, replies and retractions in sentences of their own, each once, in its place."""

import pytest
from django.test import Client

from claims import curation, timelines, undoing
from claims.models import Claim
from claims.views import home
from tests.factories import make_dispute, make_draft, make_editor, make_published

pytestmark = pytest.mark.django_db


@pytest.fixture
def told() -> tuple[Claim, Claim, Claim]:
    """A claim that was corrected and replied to, one that was retracted, and one taken back; a dispute is corrected."""
    editor, claim = make_editor(), make_published()
    curation.correct(claim, editor, wrong="It said Tuesday.", right="It was Wednesday.")
    asked = curation.ask(claim.targets.get(), [claim], editor, contact="press@example.org")
    curation.publish_reply(curation.receive(asked, "It is not true at all.", "The press office"), editor)
    curation.correct(make_dispute(), editor, wrong="It began in May.", right="It began in June.")
    retracted, mistaken = make_published(statement="OpenAI says: “words of old”."), make_draft()
    curation.retract(retracted, editor, "The wrong party was named.")
    curation.accept(mistaken, editor)
    undoing.take_back(mistaken, editor)
    return claim, retracted, mistaken


@pytest.mark.parametrize("address", ["/", "/changes/"])
def test_each_is_said_in_a_sentence(client: Client, told: tuple[Claim, Claim, Claim], address: str) -> None:
    claim, retracted, mistaken = told
    body = client.get(address).content.decode()
    for words in ("We correct what we said.", "It was Wednesday.", "It said Tuesday.", "It began in June."):
        assert words in body
    for words in ("DeepSeek replies to us.", "It is not true at all.", f"{claim.get_absolute_url()}#reply-"):
        assert words in body
    for words in ("We retract a claim.", f"Claim {retracted.pk} is public no more", "The wrong party was named."):
        assert words in body
    assert "published by mistake" in body
    assert mistaken.get_absolute_url() in body
    assert "words of old" not in body
    order = [body.index(words) for words in ("published by mistake", "We retract", "began in June", "replies to us")]
    assert order == sorted(order)


def test_the_pages_hold_each_happening_once(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(home, "ON_A_PAGE", 2)
    editor = make_editor()
    for number in range(5):
        claim = make_published()
        if number % 2:
            curation.retract(make_published(), editor, f"Reason {number}.")
        curation.correct(claim, editor, wrong=f"Wrong {number}.", right=f"Right {number}.")
    pages = [client.get(f"/changes/?page={number}").content.decode() for number in (1, 2, 3)]
    for number in range(5):
        assert sum(body.count(f">Right {number}.<") for body in pages) == 1
    for number in (1, 3):
        assert sum(body.count(f"Reason {number}.") for body in pages) == 1


def test_a_reply_is_no_further_report(told: tuple[Claim, Claim, Claim]) -> None:
    asked = curation.ask(told[0].targets.get(), [told[0]], make_editor(), contact="press@example.org")
    curation.publish_reply(curation.receive(asked, "Once more: no.", "The press office"), make_editor())
    (entry,) = timelines.as_entries(timelines.with_parts(timelines.published().filter(pk=told[0].pk)))
    assert entry.change.verb == "reply"
