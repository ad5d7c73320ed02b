"""The review desk as an editor works at it, without scripts: what is decided, refused and kept."""

import html
import re
from datetime import date
from threading import Barrier, Thread
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.urls import reverse

from claims import curation
from claims.models import Claim, Decision, Dispute, Kind, Party, State, Topic
from tests.claims.desk import ACCUSED, DENIED, STORY, desk, filled, log_in_editor, shown_text
from tests.factories import make_draft, make_party, make_published, make_reading

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor(client: Client) -> User:
    """An editor, logged in."""
    return log_in_editor(client)


# ---------------------------------------------------------------------------------------------------- the decisions
def test_an_accepted_draft_is_published_with_the_edits_and_the_next_one_follows(client: Client, editor: User) -> None:
    reading = make_reading()
    claim, following = make_draft(reading), make_draft(reading, "DeepSeek denied the accusation on Tuesday")
    topic = Topic.objects.get_or_create(slug="distillation", defaults={"name": "distillation"})[0]
    changed = {"kind": "concern", "on": "2025-01-28", "hedged": "on", "topics": [topic.pk]}
    answer = client.post(desk(claim), filled(claim, "accept", **changed))
    assert answer.status_code == 302
    assert answer["Location"] == desk(following)
    claim.refresh_from_db()
    assert (claim.state, claim.kind) == (State.PUBLISHED, Kind.CONCERN)
    assert (claim.on, claim.hedged, list(claim.topics.all())) == (date(2025, 1, 28), True, [topic])
    assert claim.decision
    assert claim.decision.actor == editor


def test_the_queues_filters_stay_on_the_way_to_the_next_draft(client: Client, editor: User) -> None:
    reading = make_reading()
    first, second, denial = make_draft(reading), make_draft(reading), make_draft(reading, kind="denial")
    answer = client.post(desk(first) + "?kind=denial", filled(first, "accept"))
    assert answer["Location"] == desk(denial) + "?kind=denial"
    assert Claim.objects.get(pk=second.pk).state == State.DRAFT


def test_the_last_draft_leads_back_to_the_queue(client: Client, editor: User) -> None:
    claim = make_draft()
    page = client.post(desk(claim), filled(claim, "accept"), follow=True)
    assert page.redirect_chain[-1][0] == reverse("admin:desk")
    assert "last draft of this queue" in page.content.decode()
    assert "Undo <kbd>z</kbd>" in page.content.decode()


def test_a_refused_draft_keeps_what_was_filled_in(client: Client, editor: User) -> None:
    claim = make_draft()
    answer = client.post(desk(claim), filled(claim, "accept", statement="Somebody said a thing.", on="2024-12-31"))
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "The public sentence must name who claims it" in html.unescape(page)
    assert ">Somebody said a thing.</textarea>" in page
    assert 'value="2024-12-31"' in page
    claim.refresh_from_db()
    assert claim.state == State.DRAFT
    assert claim.statement != "Somebody said a thing."


def test_a_field_that_cannot_be_read_is_marked_and_the_rest_kept(client: Client, editor: User) -> None:
    claim = make_draft()
    data = filled(claim, "accept", on="yesterday", targets_name="Nobody Inc; DeepSeek", statement="OpenAI says so.")
    answer = client.post(desk(claim), data)
    page = html.unescape(answer.content.decode())
    assert answer.status_code == 422
    assert "No party is called “Nobody Inc”" in page
    assert "Enter a valid date" in page
    assert "Create party “Nobody Inc”" in page
    assert ">OpenAI says so.</textarea>" in page


def test_a_name_with_two_parties_is_asked_about(client: Client, editor: User) -> None:
    make_party("Mercury Labs", "lab", "Mercury")
    other = make_party("Mercury Press", "media")
    other.aliases.create(name="Mercury", folded="mercury")
    claim = make_draft()
    page = client.post(desk(claim), filled(claim, "update", claimant_name="Mercury")).content.decode()
    assert "“Mercury” could be" in page


def test_typed_names_become_choices_without_saving(client: Client, editor: User) -> None:
    claim = make_draft()
    microsoft = make_party("Microsoft", "company", "MSFT")
    data = filled(claim, "update", claimant_name="MSFT", proposed_statement=claim.statement)
    page = client.post(desk(claim), data).content.decode()
    assert re.search(rf'name="claimant" value="{microsoft.pk}" checked', page)
    # The sentence was the proposal still, so it follows the claimant.
    assert "Microsoft alleges: “OpenAI accused" in html.unescape(page)
    claim.refresh_from_db()
    assert claim.claimant == make_party("OpenAI")


def test_an_edited_sentence_is_never_replaced(client: Client, editor: User) -> None:
    claim = make_draft()
    make_party("Microsoft")
    data = filled(claim, "update", claimant_name="Microsoft", statement="My words.", proposed_statement="Theirs.")
    assert ">My words.</textarea>" in client.post(desk(claim), data).content.decode()


def test_emptied_fields_are_emptied(client: Client, editor: User) -> None:
    claim = make_draft()
    client.post(desk(claim), filled(claim, "save", on="", claimant="", targets=[]))
    claim.refresh_from_db()
    assert (claim.on, claim.claimant, claim.targets.count()) == (None, None, 0)
    assert claim.state == State.DRAFT


@pytest.mark.parametrize(
    ("action", "data", "reason"),
    [
        ("reject:off-topic", {}, "Not part of a dispute over AI"),
        ("reject", {"reason": " too   vague "}, "too vague"),
        ("reject:misread", {"reason": "irony"}, "Misread: the text does not say this. irony"),
    ],
)
def test_a_rejection_keeps_its_reason(
    client: Client, editor: User, action: str, data: dict[str, str], reason: str
) -> None:
    claim = make_draft()
    client.post(desk(claim), filled(claim, action, **data))
    claim.refresh_from_db()
    assert claim.state == State.REJECTED
    assert claim.decision
    assert claim.decision.reason == reason


def test_a_rejection_without_a_reason_is_refused(client: Client, editor: User) -> None:
    claim = make_draft()
    answer = client.post(desk(claim), filled(claim, "reject"))
    assert answer.status_code == 409
    assert "A rejection needs a reason" in answer.content.decode()


def test_a_rejection_can_be_taken_back(client: Client, editor: User) -> None:
    claim, other = make_draft(), make_draft()
    page = client.post(desk(claim), filled(claim, "reject:misread"), follow=True).content.decode()
    assert "Undo <kbd>z</kbd>" in page
    assert desk(other) == page.split('id="decision" method="post" action="')[1].split('"')[0]
    client.post(desk(claim), {"action": "undo"})
    assert Claim.objects.get(pk=claim.pk).state == State.DRAFT


def test_a_draft_is_merged_into_the_claim_found(client: Client, editor: User) -> None:
    public, claim = make_published(), make_draft(make_reading("Today OpenAI accused DeepSeek of distilling its models"))
    page = client.get(desk(claim)).content.decode()
    assert f'value="merge:{public.pk}"' in page
    assert "same claimant, targets and kind" in page
    client.post(desk(claim), filled(claim, f"merge:{public.pk}"))
    claim.refresh_from_db()
    assert (claim.state, claim.merged_into) == (State.MERGED, public)
    assert public.mentions.count() == 2


def test_a_merger_is_previewed_on_the_survivors_page_and_nothing_stays(client: Client, editor: User) -> None:
    public, claim = make_published(), make_draft(make_reading("Today OpenAI accused DeepSeek of distilling its models"))
    page = client.get(desk(claim)).content.decode()
    assert f'value="preview_merger:{public.pk}"' in page
    assert "Its mention moves to the other claim" in page
    shown = client.post(desk(claim), filled(claim, f"preview_merger:{public.pk}")).content.decode()
    assert "Nothing was changed" in shown
    assert shown.count("OpenAI accused DeepSeek of distilling its models") > 1
    claim.refresh_from_db()
    assert (claim.state, public.mentions.count()) == (State.DRAFT, 1)


def test_a_merger_into_what_is_not_public_has_no_preview(client: Client, editor: User) -> None:
    claim, other = make_draft(), make_draft(kind="concern")
    answer = client.post(desk(claim), filled(claim, "preview_merger", merge_into=str(other.pk)))
    assert answer.status_code == 409
    assert "no public page to preview" in answer.content.decode()


def test_a_split_is_previewed_without_what_it_takes_out(client: Client, editor: User) -> None:
    claim = make_published()
    again = make_draft(make_reading("Later OpenAI accused DeepSeek of distilling its models"))
    curation.merge(again, claim, editor)
    second = claim.mentions.order_by("pk")[1]
    shown = client.post(desk(claim), filled(claim, "preview_split", split=[str(second.pk)])).content.decode()
    assert "Nothing was changed" in shown
    assert claim.mentions.count() == 2


def test_claims_to_merge_into_are_searched_with_the_form_kept(client: Client, editor: User) -> None:
    public, claim = make_published(statement="OpenAI says that a rival copied it."), make_draft(kind="concern")
    data = filled(claim, "find", merge_q="rival copied", statement="Half a sentence")
    page = client.post(desk(claim), data).content.decode()
    assert f'value="merge:{public.pk}"' in page
    assert ">Half a sentence</textarea>" in page


@pytest.mark.parametrize("number", ["", "x", "999999999", "9" * 40])
def test_a_merge_into_nothing_is_refused(client: Client, editor: User, number: str) -> None:
    claim = make_draft()
    answer = client.post(desk(claim), filled(claim, "merge", merge_into=number))
    assert answer.status_code == 409
    assert "nothing was merged" in answer.content.decode()


def test_an_unknown_button_changes_nothing(client: Client, editor: User) -> None:
    claim = make_draft()
    assert client.post(desk(claim), filled(claim, "explode:1")).status_code == 400
    assert not Decision.objects.filter(subject="claim").exists()


# ------------------------------------------------------------------------------------------------ one decision only
def test_the_second_of_two_accepts_is_told_and_keeps_its_form(client: Client, editor: User) -> None:
    claim = make_draft()
    data = filled(claim, "accept", statement="OpenAI says it another way.")
    client.post(desk(claim), data)
    answer = client.post(desk(claim), data | {"statement": "OpenAI says it a third way."})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Already decided: anna asked for approval of this claim at" in page
    assert ">OpenAI says it a third way.</textarea>" in page
    assert Decision.objects.filter(subject="claim", subject_id=claim.pk).count() == 1
    claim.refresh_from_db()
    assert claim.statement == "OpenAI says it another way."


@pytest.mark.django_db(transaction=True)
def test_two_accepts_at_once_give_one_decision(client: Client, editor: User) -> None:
    claim = make_draft()
    data, barrier, answers = filled(claim, "accept"), Barrier(2), []

    def accept() -> None:
        browser = Client()
        browser.force_login(editor)
        barrier.wait()
        answers.append(browser.post(desk(claim), data).status_code)
        connection.close()

    threads = [Thread(target=accept) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [302, 409]
    assert Decision.objects.filter(subject="claim", subject_id=claim.pk).count() == 1


def test_a_stale_tab_is_told_who_changed_the_draft_and_may_press_again(client: Client, editor: User) -> None:
    claim = make_draft()
    stale = filled(claim, "accept")
    client.post(desk(claim), filled(claim, "save", statement="OpenAI says it in Anna's words."))
    answer = client.post(desk(claim), stale)
    page = html.unescape(answer.content.decode())
    assert answer.status_code == 409
    assert "anna edited this claim at" in page
    seen = re.search(r'name="seen" value="(\d+)"', page)
    assert seen
    assert client.post(desk(claim), stale | {"seen": seen[1]}).status_code == 302


def test_a_stale_tab_is_told_even_after_it_looked_up_a_name(client: Client, editor: User) -> None:
    claim = make_draft()
    stale = filled(claim, "update")
    client.post(desk(claim), filled(claim, "save", statement="OpenAI says it in Anna's words."))
    page = client.post(desk(claim), stale).content.decode()
    assert 'name="seen" value=""' in page
    assert client.post(desk(claim), stale | {"action": "accept"}).status_code == 409


# ------------------------------------------------------------------------------------------------------- the words
def test_selected_words_become_the_quote(client: Client, editor: User) -> None:
    reading = make_reading(STORY)
    claim = make_draft(reading, ACCUSED)
    start = STORY.index(DENIED)
    data = filled(claim, "span", start=start - 1, end=start + len(DENIED) + 1, words=DENIED, kind="denial")
    page = client.post(desk(claim), data).content.decode()
    mention = claim.mentions.get()
    assert (mention.start, mention.end, mention.quote) == (start, start + len(DENIED), DENIED)
    assert re.search(r'name="kind" value="denial" checked', page)
    decision = Decision.objects.filter(subject="claim").get()
    assert decision.before["mention"][3] == ACCUSED
    assert decision.after["mention"] == [mention.pk, start, start + len(DENIED), DENIED]
    # The screen goes on from here: what was decided is what the form has seen.
    assert f'name="seen" value="{decision.pk}"' in page


def test_words_that_were_pasted_are_found_nearest_to_the_old_quote(client: Client, editor: User) -> None:
    text = "It denied. Well before that, OpenAI accused DeepSeek. It denied. Much, much later: It denied."
    claim = make_draft(make_reading(text), "OpenAI accused DeepSeek")
    client.post(desk(claim), filled(claim, "span", words="It denied"))
    assert claim.mentions.get().start == text.index("It denied", 20)


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        ({"words": "never said"}, "The text does not hold these words"),
        ({"words": ""}, "The text does not hold these words"),
        ({"words": "something else", "start": 2, "end": 8}, "not the text's at that place"),
        ({"start": 5, "end": 99999}, "There are no words from 5 to 99999"),
        ({"start": 8, "end": 2}, "There are no words from 8 to 2"),
        ({"words": ACCUSED}, "The quote is these words already"),
    ],
)
def test_words_that_the_text_does_not_hold_are_refused(
    client: Client, editor: User, sent: dict[str, Any], told: str
) -> None:
    claim = make_draft(make_reading(STORY), ACCUSED)
    answer = client.post(desk(claim), filled(claim, "span", statement="Kept as it is.", **sent))
    page = html.unescape(answer.content.decode())
    assert answer.status_code == 409
    assert told in page
    assert ">Kept as it is.</textarea>" in page
    assert claim.mentions.get().quote == ACCUSED


def test_a_new_draft_is_written_over_selected_words(client: Client, editor: User) -> None:
    claim = make_draft(make_reading(STORY), ACCUSED)
    start = STORY.index("Later")
    data = filled(claim, "write", start=start, end=start + 19, words=STORY[start : start + 19])
    answer = client.post(desk(claim), data)
    draft = Claim.objects.exclude(pk=claim.pk).get()
    assert answer["Location"] == desk(draft)
    assert (draft.state, draft.mentions.get().quote) == (State.DRAFT, "Later, it explained")
    assert draft.decision
    assert draft.decision.actor == editor
    assert shown_text(client.get(desk(draft)).content.decode()) == STORY


# -------------------------------------------------------------------------------------------------- new rows, asked for
def test_a_party_is_created_when_asked_for_and_chosen(client: Client, editor: User) -> None:
    claim = Claim.objects.create(kind="concern", proposed={"claimant": "Mistral AI", "targets": []})
    data = filled(
        claim, "create_party:0", new_party_0="Mistral AI", new_party_0_field="claimant", new_party_0_kind="lab"
    )
    page = client.post(desk(claim), data).content.decode()
    party = Party.objects.get(name="Mistral AI")
    assert party.kind == "lab"
    assert re.search(rf'name="claimant" value="{party.pk}" checked', page)
    assert Decision.objects.get(subject="party", subject_id=party.pk).actor == editor
    again = client.post(desk(claim), data)
    assert again.status_code == 409
    assert "is a name of Mistral AI already" in again.content.decode()


def test_a_dispute_is_opened_when_asked_for_and_chosen(client: Client, editor: User) -> None:
    claim = make_draft()
    page = client.post(desk(claim), filled(claim, "new_dispute", new_dispute="  A  new quarrel ")).content.decode()
    dispute = Dispute.objects.get(title="A new quarrel")
    assert re.search(rf'name="disputes" value="{dispute.pk}" checked', page)
    assert client.post(desk(claim), filled(claim, "new_dispute", new_dispute=" ")).status_code == 409


# -------------------------------------------------------------------------------------------------- published claims
def test_a_published_claim_is_edited_in_the_same_screen(client: Client, editor: User) -> None:
    claim = make_published()
    client.post(desk(claim), filled(claim, "save", kind="concern"))
    claim.refresh_from_db()
    assert (claim.state, claim.kind) == (State.PUBLISHED, Kind.CONCERN)


def test_a_retraction_needs_a_reason(client: Client, editor: User) -> None:
    claim = make_published()
    assert client.post(desk(claim), filled(claim, "retract")).status_code == 409
    client.post(desk(claim), filled(claim, "retract", retraction="The source withdrew it."))
    claim.refresh_from_db()
    assert claim.state == State.RETRACTED
    assert 'value="save"' not in client.get(desk(claim)).content.decode()


def test_a_status_step_is_recorded_with_its_source(client: Client, editor: User) -> None:
    claim = make_published()
    target, mention = claim.targets.get(), claim.mentions.get()
    step = {"step-step": "settled", "step-target": target.pk, "step-source": mention.pk, "step-precision": "day"}
    refused = client.post(desk(claim), filled(claim, "status", **step, **{"step-on": "soon"}))
    assert refused.status_code == 422
    client.post(desk(claim), filled(claim, "status", **step, **{"step-on": "2025-03-01"}))
    recorded = claim.statuses.get(step="settled")
    assert (recorded.target, recorded.source, recorded.on) == (target, mention, date(2025, 3, 1))


def test_the_note_of_a_step_is_public_and_its_reason_is_not(client: Client, editor: User) -> None:
    claim = make_published()
    step = {"step-step": "settled", "step-source": claim.mentions.get().pk, "step-precision": "day"}
    words = {"step-note": "Terms were not disclosed.", "step-reason": "Told by telephone, see the file."}
    client.post(desk(claim), filled(claim, "status", **step, **words, **{"step-on": "2025-03-01"}))
    recorded = claim.statuses.get(step="settled")
    assert (recorded.note, recorded.decision.reason) == (words["step-note"], words["step-reason"])
    client.logout()
    page = client.get(claim.get_absolute_url()).content.decode()
    assert words["step-note"] in page
    assert words["step-reason"] not in page
