"""What nobody may do, tried by every road: the form, the API, the ORM and plain SQL. Each refusal says why."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from claims import curation, leases
from claims.curation import ClaimChanges, CurationError, picture
from claims.models import Claim, Decision, Mention, State
from tests.claims.desk import desk, filled, log_in_editor
from tests.factories import make_draft, make_editor, make_published
from tracker.news.models import Reading, Snapshot

pytestmark = pytest.mark.django_db


@pytest.fixture
def reviewer(client: Client) -> User:
    """Somebody who may do whatever people may, logged in."""
    user = log_in_editor(client)
    user.groups.set([Group.objects.get(name="administrator")])
    return user


def refused(act: Callable[[], Any], words: str) -> None:
    """Assert that the database refuses *act* with *words*, at the latest when the transaction would end."""

    def attempt() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            act()
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")

    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    with pytest.raises(IntegrityError, match=words):
        attempt()


def sql(statement: str, *values: Any) -> Callable[[], None]:
    def act() -> None:
        with connection.cursor() as cursor:
            cursor.execute(statement, values)

    return act


def everything() -> list[Any]:
    """All that was judged and all that it rests on."""
    return [
        [picture(claim) for claim in Claim.objects.order_by("pk")],
        list(Mention.objects.order_by("pk").values()),
        list(Decision.objects.order_by("pk").values()),
        list(Reading.objects.order_by("pk").values()),
        list(Snapshot.objects.order_by("pk").values()),
    ]


# ----------------------------------------------------------------------------------------------------- own approval
def own(author: User) -> Claim:
    claim = make_draft()
    curation.accept(claim, author, changes=ClaimChanges(statement="OpenAI puts it in other words."))
    return Claim.objects.get(pk=claim.pk)


def forged(claim: Claim, actor: User) -> dict[str, Any]:
    after = picture(claim) | {"state": "published"}
    return {"verb": "approve", "actor": actor, "made_at": timezone.now(), "subject": "claim"} | {
        "subject_id": claim.pk,
        "after": after,
    }


def test_an_own_approval(client: Client, reviewer: User) -> None:
    claim = own(reviewer)
    before = everything()
    answer = client.post(desk(claim), filled(claim, "approve"))
    assert answer.status_code == 409
    assert "yourself: another person has to approve them" in answer.content.decode()
    with pytest.raises(CurationError, match="another person has to approve"):
        curation.approve(claim, reviewer)
    refused(lambda: Decision.objects.create(**forged(claim, reviewer)), "need the approval of another person")
    refused(
        sql(
            "INSERT INTO claims_decision (verb, actor_id, made_at, subject, subject_id, reason, before, after, number, "
            "previous, hash) SELECT 'approve', actor_id, now(), subject, subject_id, '', before, "
            "after || '{\"state\": \"published\"}', 0, '', '' FROM claims_decision WHERE id = %s",
            claim.decision_id,
        ),
        "need the approval of another person",
    )
    assert everything() == before


# ----------------------------------------------------------------------------------------- publishing what cannot stand
def test_publishing_without_a_mention(client: Client, reviewer: User) -> None:
    claim = make_draft()
    claim.mentions.all().delete()
    before = everything()
    answer = client.post(desk(claim), filled(claim, "accept"))
    assert answer.status_code == 409
    assert "needs at least one mention" in answer.content.decode()
    with pytest.raises(CurationError, match="needs at least one mention"):
        curation.accept(claim, reviewer)
    assert everything() == before
    leases.release(reviewer)
    decision = Decision.objects.create(**forged(claim, make_editor("other")) | {"verb": "accept"})
    values = {"state": "published", "published_at": timezone.now(), "decision": decision}
    refused(lambda: Claim.objects.filter(pk=claim.pk).update(**values), "a published claim needs a mention")
    refused(
        sql(
            "UPDATE claims_claim SET state = 'published', published_at = now(), decision_id = %s WHERE id = %s",
            decision.pk,
            claim.pk,
        ),
        "a published claim needs a mention",
    )
    public = make_published(kind="concern")
    refused(lambda: public.mentions.all().delete(), "a published claim needs a mention")


# ------------------------------------------------------------------------------------------------- editing evidence
@pytest.mark.parametrize("noun", ["reading", "snapshot"])
def test_editing_evidence(client: Client, reviewer: User, noun: str) -> None:
    reading = make_published().mentions.get().reading
    row: Any = reading if noun == "reading" else reading.snapshot
    before = everything()
    form = reverse(f"admin:news_{noun}_change", args=[row.pk])
    assert client.post(form, {"text": "other"}).status_code == 403
    page = client.get(form).content.decode()
    assert 'name="_save"' not in page
    assert client.post(reverse(f"admin:news_{noun}_delete", args=[row.pk]), {"post": "yes"}).status_code == 403
    column = "text" if noun == "reading" else "url"
    refused(lambda: type(row).objects.filter(pk=row.pk).update(**{column: "other"}), "refused")
    refused(sql(f"UPDATE news_{noun} SET id = id"), "refused")
    refused(sql(f"DELETE FROM news_{noun}"), "refused")
    refused(sql(f"TRUNCATE news_{noun} CASCADE"), "refused")
    assert everything() == before


# ------------------------------------------------------------------------------------------------ deleting a decision
def test_deleting_or_editing_a_decision(client: Client, reviewer: User) -> None:
    decision = make_published().decision
    assert decision
    before = everything()
    assert client.post(reverse("admin:claims_decision_delete", args=[decision.pk]), {"post": "yes"}).status_code == 403
    form = reverse("admin:claims_decision_change", args=[decision.pk])
    assert client.post(form, {"reason": "other"}).status_code == 403
    bulk = {"action": "delete_selected", "_selected_action": [decision.pk], "post": "yes"}
    client.post(reverse("admin:claims_decision_changelist"), bulk)
    assert everything() == before
    refused(lambda: Decision.objects.filter(verb="curate").delete(), "only ever added")
    refused(lambda: Decision.objects.update(reason="other"), "only ever added")
    refused(sql("DELETE FROM claims_decision WHERE id = %s", decision.pk), "only ever added")
    refused(sql("UPDATE claims_decision SET reason = 'other'"), "only ever added")
    assert everything() == before


# -------------------------------------------------------------------------------------------- what claims do not become
def in_state(state: str) -> Claim:
    """A claim that came to stand there by the verbs."""
    editor, reviewer = make_editor("e"), make_editor("r")
    if state == State.AWAITING:
        return own(editor)
    claim = make_draft() if state in (State.REJECTED, State.MERGED) else make_published()
    if state == State.REJECTED:
        curation.reject(claim, editor, "no claim")
    if state == State.MERGED:
        curation.merge(claim, make_published(), editor)
    if state == State.RETRACTED:
        curation.retract(claim, reviewer, "it was wrong")
    return Claim.objects.get(pk=claim.pk)


@pytest.mark.parametrize("state", ["awaiting", "rejected", "merged", "retracted"])
def test_nothing_becomes_public_without_a_decision_that_says_so(state: str) -> None:
    claim = in_state(state)
    refused(
        sql(
            "UPDATE claims_claim SET state = 'published', published_at = now(), merged_into_id = NULL, "
            "asked_by_id = NULL, asked_at = NULL WHERE id = %s",
            claim.pk,
        ),
        "nobody decided that this|does not become|nobody accepted",
    )


def test_a_retracted_claim_does_not_come_back_whatever_decision_is_forged(client: Client, reviewer: User) -> None:
    claim = in_state("retracted")
    answer = client.post(desk(claim), filled(claim, "undo"))
    assert answer.status_code == 409
    assert "is retracted" in answer.content.decode()
    decision = Decision.objects.create(**forged(claim, make_editor("other")) | {"verb": "accept"})
    refused(
        lambda: Claim.objects.filter(pk=claim.pk).update(state="published", decision=decision),
        "a retracted claim does not become published",
    )


@pytest.mark.parametrize(
    "column", ["statement = 'OpenAI says otherwise.'", "kind = 'concern'", '"on" = NULL', "hedged = true"]
)
@pytest.mark.parametrize("state", ["published", "retracted", "rejected"])
def test_what_was_decided_on_changes_by_no_road_without_a_decision(state: str, column: str) -> None:
    claim = in_state(state)
    refused(sql(f"UPDATE claims_claim SET {column} WHERE id = %s", claim.pk), f"nobody decided that this {state} claim")
    refused(lambda: Claim.objects.filter(pk=claim.pk).update(statement="Other."), "nobody decided")


def test_a_decision_that_says_something_else_does_not_carry_a_change() -> None:
    claim = make_published()
    decision = Decision.objects.create(
        verb="edit", actor=make_editor(), made_at=timezone.now(), subject="claim", subject_id=claim.pk, after={}
    )
    refused(
        lambda: Claim.objects.filter(pk=claim.pk).update(kind="concern", decision=decision),
        "does not say what it would become",
    )


# ----------------------------------------------------------------------------------------------------------- the API
@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_the_api_changes_nothing_and_says_so(client: Client, reviewer: User, method: str) -> None:
    claim = own(reviewer)
    public = make_published()
    before = everything()
    for url in ("/api/v1/claims", f"/api/v1/claims/{claim.pk}", f"/api/v1/claims/{public.pk}"):
        answer = getattr(client, method)(url, {"state": "published"}, content_type="application/json")
        assert answer.status_code == 405
        assert answer["Allow"]
        assert "not allowed" in answer.content.decode().lower()
    assert everything() == before


# ------------------------------------------------------------------------------------------------------ who may not try
@pytest.mark.parametrize(
    ("role", "action", "words"),
    [
        ("contributor", "accept", "it takes an editor"),
        ("contributor", "reject:misread", "it takes an editor"),
        ("contributor", "merge:1", "it takes an editor"),
        ("editor", "approve", "it takes a reviewer"),
        ("contributor", "approve", "it takes an editor"),
    ],
)
def test_a_role_tries_what_is_not_its_own(client: Client, role: str, action: str, words: str) -> None:
    user = log_in_editor(client)
    claim = own(make_editor("author")) if action == "approve" else make_draft()
    user.groups.set([Group.objects.get(name=role)])
    before = everything()
    if action.startswith("merge"):
        action = f"merge:{make_draft().pk}"
        before = everything()
    answer = client.post(desk(claim), filled(claim, action))
    assert answer.status_code == 409
    assert words in answer.content.decode()
    assert everything() == before
