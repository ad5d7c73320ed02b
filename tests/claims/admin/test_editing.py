"""The desk's pages beside the queue: what editors merge, split, arrange, correct, moderate, write and redact there."""

import html
from datetime import date
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client
from django.urls import reverse

from claims import curation
from claims.models import (
    Claim,
    Correction,
    Decision,
    Dispute,
    Event,
    Party,
    Reply,
    ReplyRequest,
    State,
    Suggestion,
    Verb,
)
from claims.roles import ensure_roles
from tests.claims.desk import desk, filled, log_in_editor
from tests.factories import make_dispute, make_draft, make_editor, make_event, make_outlet, make_party, make_published
from tracker.news.models import Article, Reading, Snapshot

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor(client: Client) -> User:
    """An editor, logged in."""
    return log_in_editor(client)


def log_in_as(client: Client, role: str) -> User:
    ensure_roles()
    user = User.objects.create_user(role, is_staff=True)
    user.groups.add(Group.objects.get(name=role))
    client.force_login(user)
    return user


def text(answer: Any) -> str:
    return html.unescape(str(answer.content, "utf-8"))


# ------------------------------------------------------------------------------------------------ merging, splitting
def test_a_merger_of_disputes_is_planned_previewed_done_and_taken_back(client: Client, editor: User) -> None:
    row, into = make_dispute("DeepSeek and OpenAI"), make_dispute()
    claim = make_published(dispute=row)
    make_published(dispute=into)
    url = reverse("admin:desk_merge", args=["dispute", row.pk])
    assert "Merge into" in text(client.get(url))
    planned = text(client.post(url, {"into": into.slug, "action": "plan"}))
    assert "1 published claim is concerned" in planned
    shown = client.post(url, {"into": into.slug, "action": "preview"})
    assert shown.status_code == 200
    assert claim.get_absolute_url() in text(shown)
    assert "Nothing was changed" in text(shown)
    row.refresh_from_db()
    assert row.merged_into is None, "a preview changes nothing"
    answer = client.post(url, {"into": into.slug, "action": "merge", "reason": "one story"})
    assert answer["Location"] == reverse("admin:claims_dispute_change", args=[into.pk])
    assert set(claim.disputes.all()) == {into}
    assert "was merged into" in text(client.get(url))
    client.post(url, {"action": "restore", "reason": "two stories"})
    assert set(claim.disputes.all()) == {row}


def test_a_merger_that_is_refused_says_why_and_keeps_what_was_filled_in(client: Client, editor: User) -> None:
    claim = make_published()
    url = reverse("admin:desk_merge", args=["party", claim.targets.get().pk])
    answer = client.post(url, {"into": make_party().slug, "action": "merge", "reason": "same"})
    assert "claims about each other" in text(answer)
    assert 'value="openai"' in text(answer)
    assert client.post(url, {"into": "nobody", "action": "merge"}).status_code == 422


def test_a_dispute_is_split_with_its_events_and_previewed(client: Client, editor: User) -> None:
    old = make_dispute()
    make_published()
    goes = make_published()
    event = make_event(dispute=old, text="A hearing is held.", on=date(2025, 2, 1))
    url = reverse("admin:desk_split", args=["dispute", old.pk])
    assert str(goes) in text(client.get(url))
    data = {"name": "The hearing", "claim": [goes.pk], "event": [event.pk], "reason": "its own story"}
    assert "The hearing" in text(client.post(url, {**data, "action": "preview"}))
    assert not Dispute.objects.filter(title="The hearing").exists()
    client.post(url, {**data, "action": "split"})
    new = Dispute.objects.get(title="The hearing")
    assert (list(new.claims.all()), list(new.events.all())) == ([goes], [event])
    assert "Choose at least one" in text(client.post(url, {"name": "Empty", "action": "split"}))


def test_a_party_is_split_by_its_claims(client: Client, editor: User) -> None:
    claim = make_published()
    party = claim.targets.get()
    url = reverse("admin:desk_split", args=["party", party.pk])
    client.post(url, {"name": "DeepSeek Capital", "kind": "company", "claim": [claim.pk], "action": "split"})
    assert claim.targets.get() == Party.objects.get(name="DeepSeek Capital")


def test_a_claim_is_split_on_the_desk(client: Client, editor: User) -> None:
    claim, other = make_published(), make_draft()
    curation.merge(other, claim, make_editor())
    second = claim.mentions.last()
    assert second
    assert "become a draft of their own" in text(client.get(desk(claim)))
    claim.refresh_from_db()
    answer = client.post(desk(claim), filled(claim, "split", split=[second.pk]))
    draft = Claim.objects.drafts().get()
    assert answer["Location"] == desk(draft)
    assert list(draft.mentions.all()) == [second]


# --------------------------------------------------------------------------------------------------------- timelines
def test_a_day_is_put_in_order_by_hand_and_the_public_sees_it(client: Client, editor: User) -> None:
    first, second = make_published(), make_published()
    dispute = make_dispute()
    assert first.on
    event = make_event(dispute=dispute, text="A hearing is held.", on=first.on)
    url = reverse("admin:desk_timeline", args=[dispute.pk])
    keys = [f"claim-{first.pk}", f"claim-{second.pk}", f"event-{event.pk}"]
    page = text(client.get(url))
    assert [key for key in keys if f'value="{key}"' in page] == keys
    data = {"day": first.on.isoformat(), "row": keys}
    places = {f"place-{keys[0]}": "3", f"place-{keys[1]}": "2", f"place-{keys[2]}": "1"}
    shown = text(client.post(url, {**data, **places, "action": "preview"}))
    order = ["A hearing is held.", f'id="claim-{second.pk}"', f'id="claim-{first.pk}"']
    assert sorted(order, key=shown.index) == order
    assert not Decision.objects.filter(verb=Verb.ARRANGE).exists()
    client.post(url, {**data, **places, "action": "arrange"})
    public = text(client.get(dispute.get_absolute_url()))
    assert public.index("A hearing is held.") < public.index(f'id="claim-{second.pk}"')
    late = make_published()
    answer = client.post(url, {**data, **places, "action": "arrange"})
    assert answer.status_code == 409
    assert "has changed meanwhile" in text(answer)
    assert late.on == first.on


def test_an_event_needs_a_source_both_ends_of_a_range_and_a_name_for_an_accusation(
    client: Client, editor: User
) -> None:
    dispute = make_dispute()
    article = make_published().mentions.get().article
    url = reverse("admin:claims_event_add")
    data = {"dispute": dispute.pk, "on": "2025-02-03", "precision": "day", "text": "A hearing is held.", "sources": []}
    assert "needs a source" in text(client.post(url, data))
    data["sources"] = [article.pk]
    assert "two ends" in text(client.post(url, {**data, "precision": "range"})) or "last day" in text(
        client.post(url, {**data, "precision": "range"})
    )
    assert "“stole”" in text(client.post(url, {**data, "text": "DeepSeek stole it."}))
    assert not Event.objects.exists()
    client.post(url, {**data, "precision": "range", "until": "2025-02-07"})
    event = Event.objects.get()
    assert event.when == "3 to 7 February 2025"
    assert "3 to 7 February 2025" in text(client.get(dispute.get_absolute_url()))
    decision = Decision.objects.get(subject="event")
    assert decision.actor == editor


@pytest.mark.parametrize(
    ("ends", "words"),
    [
        (("2025-02-03", "2025-02-07"), "3 to 7 February 2025"),
        (("2025-02-27", "2025-03-02"), "27 February to 2 March 2025"),
        (("2024-12-30", "2025-01-02"), "30 December 2024 to 2 January 2025"),
    ],
)
def test_a_range_says_what_both_ends_share_once(ends: tuple[str, str], words: str) -> None:
    from claims.models import describe

    assert describe(date.fromisoformat(ends[0]), "range", date.fromisoformat(ends[1])) == words


# --------------------------------------------------------------------------------- corrections, replies, suggestions
def test_a_claim_is_corrected_in_public_on_the_desk(client: Client, editor: User) -> None:
    claim = make_published()
    client.post(desk(claim), filled(claim, "correct", wrong="It said May.", right="The letter is of June."))
    assert Correction.objects.get().claim == claim
    answer = client.post(desk(claim), filled(claim, "correct", wrong="", right="x"))
    assert answer.status_code == 409
    assert "says both" in text(answer)


@pytest.mark.parametrize("noun", ["party", "dispute"])
def test_a_party_and_a_dispute_are_corrected_in_public(client: Client, editor: User, noun: str) -> None:
    make_published()
    row: Any = make_party() if noun == "party" else make_dispute()
    url = reverse("admin:desk_correct", args=[noun, row.pk])
    assert url in text(client.get(reverse(f"admin:claims_{noun}_change", args=[row.pk])))
    assert client.post(url, {"wrong": "a", "right": ""}).status_code == 422
    client.post(url, {"wrong": "It said May.", "right": "It is June."})
    assert Correction.objects.get().subject == row


def test_a_party_is_asked_on_the_desk_and_its_reply_is_moderated_in_the_queue(client: Client, editor: User) -> None:
    claim = make_published()
    ask = {"ask-party": claim.targets.get().pk, "ask-contact": "press@example.org", "ask-answer_by": ""}
    answer = client.post(desk(claim), filled(claim, "ask", **ask))
    asked = ReplyRequest.objects.get()
    page = text(client.get(answer["Location"]))
    link = reverse("reply", args=[curation.link_token(asked)])
    assert link in page
    reply = curation.receive(asked, "We did not.\n<script>x</script>", "Press", "de")
    queue = text(client.get(reverse("admin:desk")))
    url = reverse("admin:desk_reply", args=[reply.pk])
    assert url in queue
    assert "<script>x" not in client.get(url).content.decode()
    assert "translation" in text(client.post(url, {"action": "publish"}))
    client.post(url, {"action": "publish", "translation": "We did not."})
    assert Reply.objects.get().state == "published"
    assert url not in text(client.get(reverse("admin:desk")))
    assert "published already" in text(client.post(url, {"action": "reject", "reason": "late"}))
    client.post(reverse("admin:desk_revoke", args=[asked.pk]), {"reason": "answered"})
    assert client.get(link).status_code == 410


def test_a_suggestion_is_taken_up_or_put_aside_in_the_queue(client: Client, editor: User) -> None:
    one = curation.suggest("https://news.example/story", "Somebody accuses somebody.", "s")
    two = curation.suggest("https://news.example/other", "Spam.", "s")
    assert reverse("admin:desk_suggestion", args=[one.pk]) in text(client.get(reverse("admin:desk")))
    answer = client.post(reverse("admin:desk_suggestion", args=[one.pk]), {"action": "take"})
    article = Article.objects.get(url="https://news.example/story")
    assert answer["Location"] == reverse("admin:desk_article", args=[article.pk])
    assert article.due_at is not None, "collection fetches it, through its one guarded way out"
    assert "It is being fetched" in text(client.get(answer["Location"]))
    url = reverse("admin:desk_suggestion", args=[two.pk])
    assert "Say why" in text(client.post(url, {"action": "reject"}))
    client.post(url, {"action": "reject", "reason": "spam"})
    assert set(Suggestion.objects.values_list("state", flat=True)) == {"taken", "rejected"}


# ----------------------------------------------------------------------------------------------------------- by hand
def test_a_claim_is_written_over_a_pasted_text_in_another_language(client: Client, editor: User) -> None:
    words = "Der Verband wirft DeepSeek vor, Lieder zu kopieren."
    data = {
        "url": "",
        "text": f"Gestern.\r\n{words} Mehr nicht.",
        "title": "Lieder",
        "outlet": make_outlet().pk,
        "language": "de",
    }
    answer = client.post(reverse("admin:desk_write"), data)
    snapshot = Snapshot.objects.get()
    assert (snapshot.kind, snapshot.body.decode()) == ("pasted", f"Gestern.\n{words} Mehr nicht.")
    assert Reading.objects.get().language == "de"
    assert "urn:sha256:" in snapshot.article.url
    wrong = client.post(answer["Location"], {"words": "Das steht nicht da."})
    assert "does not hold these words" in text(wrong)
    drafted = client.post(answer["Location"], {"words": words})
    draft = Claim.objects.get()
    assert drafted["Location"] == desk(draft)
    assert draft.mentions.get().quote == words
    assert draft.decision
    assert (draft.state, draft.decision.verb) == (State.DRAFT, Verb.WRITE)
    client.post(reverse("admin:desk_write"), data)
    assert Snapshot.objects.count() == 1, "the same text is kept once"


@pytest.mark.parametrize(
    ("data", "told"),
    [
        ({}, "a claim needs a source"),
        ({"url": "javascript:x"}, "valid URL"),
        ({"text": "words"}, "Who published it?"),
    ],
)
def test_a_source_that_is_none_is_told_what_it_lacks(
    client: Client, editor: User, data: dict[str, str], told: str
) -> None:
    answer = client.post(reverse("admin:desk_write"), data)
    assert answer.status_code == 422
    assert told in text(answer)
    assert not Article.objects.exists()


def test_a_contributor_writes_and_decides_nothing(client: Client) -> None:
    log_in_as(client, "contributor")
    claim = make_published()
    assert client.get(reverse("admin:desk_write")).status_code == 200
    for name, args in (
        ("desk_merge", ["party", claim.targets.get().pk]),
        ("desk_split", ["dispute", make_dispute().pk]),
        ("desk_correct", ["dispute", make_dispute().pk]),
        ("desk_timeline", [make_dispute().pk]),
        ("desk_redact", []),
        ("desk_name", [make_party().pk]),
    ):
        assert client.get(reverse(f"admin:{name}", args=args)).status_code == 403, name


# ------------------------------------------------------------------------------------------------ names, redactions
def test_a_person_that_is_added_goes_by_initials_and_a_reviewer_publishes_the_name(client: Client) -> None:
    log_in_as(client, "editor")
    data = {
        "name": "Jane Doeson",
        "slug": "jane-doeson",
        "kind": "person",
        "roles": "",
        "aliases-TOTAL_FORMS": "0",
        "aliases-INITIAL_FORMS": "0",
    }
    client.post(reverse("admin:claims_party_add"), data)
    person = Party.objects.get(full_name="Jane Doeson")
    assert (person.name, person.slug) == ("J. D.", f"person-{person.pk}")
    url = reverse("admin:desk_name", args=[person.pk])
    assert "A reviewer may" in text(client.get(url))
    assert "takes a reviewer" in text(client.post(url, {"action": "disclose", "reason": "x"}))
    log_in_as(client, "reviewer")
    client.post(url, {"action": "disclose", "reason": "she asked for it"})
    assert Party.objects.get(pk=person.pk).name == "Jane Doeson"
    client.post(url, {"action": "conceal", "reason": "she asked again"})
    assert Party.objects.get(pk=person.pk).name == "J. D."


def test_an_administrator_sees_what_would_go_before_it_goes(client: Client) -> None:
    log_in_as(client, "administrator")
    claim = make_published()
    url = reverse("admin:desk_redact")
    data = {"words": "distilling its models", "ground": "court", "reason": "7 O 12/26"}
    shown = text(client.post(url, {**data, "action": "find"}))
    assert f"Claim {claim.pk}" in shown
    claim.refresh_from_db()
    assert "█" not in claim.statement
    client.post(url, {**data, "action": "redact"})
    claim.refresh_from_db()
    assert "█" * 21 in claim.statement
    assert "holds the words" in text(client.post(url, {**data, "reason": "distilling its models", "action": "redact"}))


# ------------------------------------------------------------------------------------------------------- desk, queue
def test_a_draft_is_previewed_as_the_public_would_see_it(client: Client, editor: User) -> None:
    draft = make_draft()
    shown = client.post(desk(draft), filled(draft, "preview"))
    assert shown.status_code == 200
    assert draft.statement in text(shown)
    assert "Nothing was changed" in text(shown)
    draft.refresh_from_db()
    assert draft.state == State.DRAFT
    assert client.get(draft.get_absolute_url()).status_code == 404


def test_ticked_drafts_are_skipped_for_one_editor_until_asked_for_again(client: Client, editor: User) -> None:
    first, second = make_draft(), make_draft()
    url = reverse("admin:desk")
    client.post(url, {"action": "skip", "draft": [first.pk]})
    page = text(client.get(url))
    assert desk(first) not in page
    assert desk(second) in page
    assert "You skipped 1 draft." in page
    other = Client()
    other.force_login(make_editor("other"))
    assert desk(first) in text(other.get(url))
    client.post(url, {"action": "unskip"})
    assert desk(first) in text(client.get(url))
