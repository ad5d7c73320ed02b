"""Every step that a claim may not take, by every road: verb, form, ORM and plain SQL; the API takes none at all."""

from collections.abc import Callable
from itertools import product
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client
from django.utils import timezone

from claims import curation
from claims.curation import ClaimChanges, CurationError, picture
from claims.models import Claim, Decision, State
from tests.claims.desk import desk, filled, log_in_editor
from tests.claims.test_forbidden import everything, in_state, refused, sql
from tests.factories import make_draft, make_editor

pytestmark = pytest.mark.django_db
# What a claim may become, what is taken back included; see migration 0017.
ALLOWED = {
    *(("draft", "published"), ("draft", "awaiting"), ("draft", "rejected"), ("draft", "merged")),
    *(("awaiting", "published"), ("awaiting", "draft"), ("published", "retracted"), ("published", "merged")),
    *(("published", "draft"), ("published", "awaiting"), ("rejected", "draft"), ("merged", "draft")),
    ("merged", "published"),
}
FORBIDDEN = sorted(pair for pair in product(State.values, repeat=2) if pair[0] != pair[1] and pair not in ALLOWED)
# From where each verb may be tried; the button of the desk that asks for it, with what it sends.
VERBS: dict[str, tuple[set[str], Callable[[Claim, User], Any], str, dict[str, str]]] = {
    "accept": ({"draft"}, lambda c, u: curation.accept(c, u), "accept", {}),
    "reject": ({"draft"}, lambda c, u: curation.reject(c, u, "no claim"), "reject", {"reason": "no claim"}),
    "edit": ({"draft", "published"}, lambda c, u: curation.edit(c, u, ClaimChanges(hedged=True)), "save", {}),
    "approve": ({"awaiting"}, lambda c, u: curation.approve(c, u), "approve", {}),
    "send back": ({"awaiting"}, lambda c, u: curation.send_back(c, u, "no"), "send_back", {"send_back": "no"}),
    "retract": ({"published"}, lambda c, u: curation.retract(c, u, "wrong"), "retract", {"retraction": "wrong"}),
}
TRIES = [(verb, state) for verb, row in VERBS.items() for state in State.values if state not in row[0]]


def standing(state: str) -> Claim:
    """A claim that came to stand there by the verbs."""
    return make_draft() if state == State.DRAFT else in_state(state)


@pytest.mark.parametrize(("old", "new"), FORBIDDEN)
def test_no_row_takes_a_step_that_claims_do_not_take_whatever_decision_is_forged(old: str, new: str) -> None:
    claim = standing(old)
    forged = Decision.objects.create(
        verb="edit",
        actor=make_editor("other"),
        made_at=timezone.now(),
        subject="claim",
        subject_id=claim.pk,
        after=picture(claim) | {"state": new},
    )
    words = f"a {old} claim does not become {new}"
    refused(lambda: Claim.objects.filter(pk=claim.pk).update(state=new, decision=forged), words)
    refused(sql("UPDATE claims_claim SET state = %s, decision_id = %s WHERE id = %s", new, forged.pk, claim.pk), words)
    refused(lambda: Claim.objects.filter(pk=claim.pk).update(state=new), words)


@pytest.mark.parametrize(("verb", "state"), TRIES)
def test_no_verb_and_no_button_takes_a_claim_from_where_it_may_not_go(client: Client, verb: str, state: str) -> None:
    user = log_in_editor(client)
    user.groups.set([Group.objects.get(name="administrator")])
    claim = standing(state)
    before = everything()
    _, act, button, sent = VERBS[verb]
    with pytest.raises(CurationError, match=f"Claim {claim.pk}|of claim {claim.pk}"):
        act(claim, user)
    answer = client.post(desk(claim), filled(claim, button, **sent))
    assert answer.status_code in (409, 422)
    assert "nothing was changed" in answer.content.decode().lower() or answer.status_code == 422
    assert everything() == before
