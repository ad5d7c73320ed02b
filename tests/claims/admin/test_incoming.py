"""Replies and suggestions stand in the queue beside the drafts, and its filters narrow them too."""

from datetime import timedelta

import pytest
from django.http import QueryDict
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from claims import curation
from claims.admin import queue
from claims.admin.incoming import letters
from claims.models import Claim, Reply, Suggestion
from tests.claims.desk import log_in_editor
from tests.factories import make_draft, make_editor, make_published

pytestmark = pytest.mark.django_db


@pytest.fixture
def claim() -> Claim:
    """A claim that its target replied to, with a reader's suggestion and a draft beside."""
    made = make_published()
    asked = curation.ask(made.targets.get(), [made], make_editor(), contact="press@example.org")
    curation.receive(asked, "We did no such thing.", "The press office")
    curation.suggest("https://test-gazette.example/story", "An author accuses a maker.", "somebody")
    make_draft()
    return made


def found(query: str) -> list[str]:
    filters, problems = queue.read(QueryDict(query))
    assert not problems
    return sorted({noun for noun, _ in letters(filters)} | {"draft" for _ in queue.waiting(filters)[:1]})


def test_each_filter_lets_through_what_it_names_whatever_it_is(claim: Claim) -> None:
    dispute, target = claim.disputes.get(), claim.targets.get()
    outlet = claim.mentions.get().article.outlet
    every = ["draft", "reply", "suggestion"]
    wanted = {
        "": every,
        "item=draft": ["draft"],
        "item=reply": ["reply"],
        "item=suggestion": ["suggestion"],
        f"dispute={dispute.pk}": ["draft", "reply"],
        f"dispute={dispute.pk + 1}": [],
        f"party={target.pk}": ["draft", "reply"],
        f"party={claim.claimant_id}&item=reply": ["reply"],
        f"outlet={outlet.pk}": every,
        f"outlet={outlet.pk + 1}": [],
        "kind=allegation": ["draft", "reply"],
        "kind=denial": [],
        "q=no+such": ["reply"],
        "q=maker": ["suggestion"],
        "q=zebra": [],
        "age=day": every,
        "age=older": [],
        "confidence=middle": ["draft"],
        f"editor={make_editor().pk}": [],
    }
    assert {query: found(query) for query in wanted} == wanted
    Suggestion.objects.update(received_at=timezone.now() - timedelta(days=40))
    later = timezone.now() + timedelta(days=8)
    assert [noun for noun, _ in letters(queue.Filters(age="older"), later)] == ["suggestion", "reply"]
    assert [noun for noun, _ in letters(queue.Filters(age="old"), later)] == ["suggestion"]


def test_the_queue_shows_what_the_filter_leaves(client: Client, claim: Claim) -> None:
    log_in_editor(client)
    text = client.get(reverse("admin:desk") + "?item=reply").content.decode()
    assert "We did no such thing." in text
    assert "An author accuses a maker." not in text
    assert "draft-facts" in text
    assert "Nothing waits" not in text
    reply = Reply.objects.get()
    curation.reject_reply(reply, make_editor(), "twice")
    assert (
        "Nothing from outside fits these filters" in client.get(reverse("admin:desk") + "?item=reply").content.decode()
    )
