"""Random sequences of decisions by three people on two claims: after each the rules of the design hold."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.db import connection
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from claims import curation, history, timelines
from claims.curation import ClaimChanges, CurationError, picture
from claims.models import Claim, Decision, Mention, State, Status, Verb
from claims.roles import ensure_roles
from claims.undoing import UNDOABLE, take_back
from tests.factories import make_dispute, make_draft, make_party, make_reading

pytestmark = pytest.mark.django_db
WORDINGS = ("OpenAI says it in other words.", "OpenAI says it in yet other words.")
ACTS: dict[str, Callable[[Claim, Claim, User], Decision]] = {
    "accept": lambda claim, other, who: curation.accept(claim, who),
    "accept reworded": lambda claim, other, who: curation.accept(
        claim, who, changes=ClaimChanges(statement=WORDINGS[0])
    ),
    "reword": lambda claim, other, who: curation.edit(claim, who, ClaimChanges(statement=WORDINGS[1])),
    "reword and edit": lambda claim, other, who: curation.edit(
        claim, who, ClaimChanges(statement=WORDINGS[0], hedged=True)
    ),
    "approve": lambda claim, other, who: curation.approve(claim, who),
    "send back": lambda claim, other, who: curation.send_back(claim, who, "too strong"),
    "edit": lambda claim, other, who: curation.edit(claim, who, ClaimChanges(kind="concern", topics=[], hedged=True)),
    "retarget": lambda claim, other, who: curation.edit(claim, who, ClaimChanges(targets=[make_party("Meta")])),
    "link": lambda claim, other, who: curation.edit(claim, who, ClaimChanges(kind="response", answers=[other])),
    "span": lambda claim, other, who: curation.correct_span(claim, _mention(claim), 0, 23, who),
    "reject": lambda claim, other, who: curation.reject(claim, who, "no claim"),
    "merge": lambda claim, other, who: curation.merge(claim, other, who),
    "retract": lambda claim, other, who: curation.retract(claim, who, "it was wrong"),
    "status": lambda claim, other, who: curation.add_status(claim, who, "filed", source=_mention(claim)).decision,
    "strike": lambda claim, other, who: curation.strike(_step(claim), who, "recorded in error"),
    "undo": lambda claim, other, who: take_back(claim, who),
}


def _mention(claim: Claim) -> Mention:
    found = claim.mentions.first()
    if found is None:
        raise CurationError("merged away")
    return found


def _step(claim: Claim) -> Status:
    found = claim.statuses.filter(struck=None).last()
    if found is None:
        raise CurationError("no step counts")
    return found


def whole(claim: Claim) -> dict[str, Any]:
    """All that a decision can change about a claim."""
    claim.refresh_from_db()
    return {
        **picture(claim),
        "mentions": sorted(claim.mentions.values_list("pk", "start", "end", "quote")),
        "statuses": sorted(claim.statuses.values_list("step", "target", "on", "struck"), key=str),
        "articles": sorted(claim.disputes.values_list("pk", "articles")),
        "public": claim.published_at is not None,
    }


def people() -> dict[str, User]:
    ensure_roles()
    found = {}
    for name, role in (("editor", "editor"), ("reviewer", "reviewer"), ("chief", "administrator")):
        found[name], _ = User.objects.get_or_create(username=name, defaults={"is_staff": True})
        found[name].groups.set([Group.objects.get(name=role)])
    return found


def check_rules(claims: list[Claim]) -> None:
    """Assert the rules "Always true" that a decision could break."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    for claim in claims:
        claim.refresh_from_db()
        decided = Decision.objects.filter(subject="claim", subject_id=claim.pk)
        if claim.state == State.PUBLISHED:
            assert claim.claimant_id
            assert claim.mentions.exists()
            assert decided.filter(verb__in=(Verb.ACCEPT, Verb.APPROVE)).exists()
            if claim.statement in WORDINGS:
                wrote = decided.order_by("number").filter(after__statement=claim.statement) | decided.order_by(
                    "number"
                ).filter(after__wording=claim.statement)
                first = wrote.first()
                assert first
                assert decided.filter(after__state="published", after__statement=claim.statement).exclude(
                    actor=first.actor
                )
        else:
            assert claim not in timelines.published()
            assert not claim.wording
        assert (claim.asked_at is not None) == (claim.state == State.AWAITING or bool(claim.wording))
    for mention in Mention.objects.select_related("reading"):
        assert mention.reading.text[mention.start : mention.end] == mention.quote
    assert not Status.objects.filter(claim__state__in=(State.DRAFT, State.AWAITING)).exists()
    assert [str(fault) for fault in history.verify()] == []


def check_readers(claims: list[Claim]) -> None:
    """Assert that readers find what is published and nothing else."""
    reader = Client()
    served = reader.get(make_dispute().get_absolute_url()).content.decode()
    feed = reader.get(reverse("all-feed", args=["rss"])).content.decode() + reader.get("/changes/").content.decode()
    for claim in claims:
        status = reader.get(claim.get_absolute_url()).status_code
        into = claim.merged_into
        was_public = (into or claim).changed_at is not None
        wanted = {
            State.PUBLISHED: 200,
            State.MERGED: 301 if into and into.state == State.PUBLISHED else 410 if was_public else 404,
        }.get(State(claim.state), 410 if was_public else 404)
        assert status == wanted, (claim.state, status)
        assert (f"/claims/{claim.pk}/" in served) == (claim.state == State.PUBLISHED)
        # Whoever had it in a feed is told there that it is gone.
        assert (f"claim/{claim.pk}<" in feed) == (claim.changed_at is not None)
    for words in WORDINGS:
        assert (words in served + feed) == any(c.statement == words and c.state == State.PUBLISHED for c in claims)


STEPS = st.lists(
    st.tuples(st.sampled_from(sorted(ACTS)), st.sampled_from(["editor", "reviewer", "chief"]), st.booleans()),
    min_size=1,
    max_size=9,
)


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(STEPS)
def test_after_any_sequence_of_decisions_the_rules_hold_and_undo_is_exact(steps: list[tuple[str, str, bool]]) -> None:
    who = people()
    claims = [make_draft(make_reading()), make_draft(make_reading())]
    for act, name, second in steps:
        claim, other = (claims[1], claims[0]) if second else (claims[0], claims[1])
        before, chain = [whole(c) for c in claims], list(Decision.objects.order_by("number").values_list("hash"))
        try:
            made = ACTS[act](claim, other, who[name])
        except CurationError:
            assert [whole(c) for c in claims] == before
            assert list(Decision.objects.order_by("number").values_list("hash")) == chain
            continue
        after = list(Decision.objects.order_by("number").values_list("hash"))
        # An edit with a wording beside it is two decisions: what holds at once, and what awaits.
        assert after[: len(chain)] == chain
        assert 1 <= len(after) - len(chain) <= 2
        check_rules(claims)
        if made.verb in UNDOABLE and act != "undo" and len(after) - len(chain) == 1:
            now = [whole(c) for c in claims]
            try:
                take_back(claim, who[name])
            except CurationError:
                assert [whole(c) for c in claims] == now
            else:
                # A denial's own step on what it answers goes with it; all else is exactly what it was.
                assert [whole(c) for c in claims] == before
                check_rules(claims)
    check_readers(claims)
