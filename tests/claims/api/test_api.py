"""What the API answers with, and what it never does."""

import json
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from claims import curation, timelines, undoing
from claims.api import limits, schemas
from claims.models import ApiUse, Claim, Event, System
from tests.claims.bulk.test_dumps import put_beside
from tests.claims.curation.test_privacy import make_person
from tests.claims.timelines.test_entries import make_answer, mention_again
from tests.factories import (
    make_dispute,
    make_draft,
    make_editor,
    make_outlet,
    make_party,
    make_published,
    make_reading,
)

pytestmark = pytest.mark.django_db


def ask(client: Client, path: str, **query: str | int) -> Any:
    response = client.get(f"/api/v1/{path}", query)
    assert response.status_code == 200, response.content
    return response.json()


def ids(client: Client, **query: str) -> list[int]:
    return [item["id"] for item in ask(client, "claims", fields="id", **query)["items"]]


def test_every_answer_has_the_shape_that_is_described(client: Client) -> None:
    claim = make_published()
    claim.systems.add(System.objects.create(name="R1", slug="r1", maker=make_party("DeepSeek")))
    make_answer(claim)
    mention_again(claim, make_reading(original=claim.mentions.get().article))
    curation.add_status(claim, make_editor(), "filed", source=claim.mentions.earliest("pk"), on=date(2025, 3, 1))
    article = claim.mentions.earliest("pk").article_id
    put_beside(claim)
    for path, shape in (
        ("claims", schemas.ClaimList),
        (f"claims/{claim.pk}", schemas.ClaimWithMentions),
        ("disputes", schemas.DisputeList),
        (f"disputes/{make_dispute().slug}", schemas.Dispute),
        ("parties", schemas.PartyList),
        ("parties/openai", schemas.Party),
        ("systems", schemas.SystemList),
        ("systems/r1", schemas.System),
        ("articles", schemas.ArticleList),
        (f"articles/{article}", schemas.Article),
        ("corrections", schemas.CorrectionList),
        ("replies", schemas.ReplyList),
        ("events", schemas.EventList),
        ("changes", schemas.ChangeList),
    ):
        found = ask(client, path)
        assert shape.model_validate(found).model_dump() == found, path
        assert found.get("items", True), path


def test_a_claim_names_its_claimant_and_the_words_it_stands_on(client: Client) -> None:
    claim = make_published()
    answer = make_answer(claim)
    found = ask(client, f"claims/{claim.pk}")
    mention = claim.mentions.get()
    assert found["claimant"]["name"] == "OpenAI"
    assert [target["slug"] for target in found["targets"]] == ["deepseek"]
    assert found["answered_by"] == [answer.pk]
    assert found["mentions"] == [found["mention"]]
    assert found["mention"]["quote"] == mention.reading.text[mention.start : mention.end]
    assert (found["on"], found["status"]) == ("2025-01-29", found["statuses"][-1]["step"])


def test_drafts_and_retracted_claims_are_in_no_answer(client: Client) -> None:
    draft = make_draft(make_reading(title="A secret title"), statement="OpenAI says a secret.")
    retracted = make_published(make_reading(title="A secret title"), statement="OpenAI says a secret.")
    curation.retract(retracted, make_editor(), "An inner secret.")
    for path in ("claims", "claims?q=secret", "articles", "changes", "disputes", "parties", "systems"):
        assert "secret" not in client.get(f"/api/v1/{path}").content.decode(), path
    assert client.get(f"/api/v1/claims/{draft.pk}").status_code == 404
    gone = client.get(f"/api/v1/claims/{retracted.pk}")
    assert gone.status_code == 410
    assert "secret" not in gone.content.decode()


def test_filters_are_those_of_the_pages(client: Client) -> None:
    mine = make_published(kind="concern", claimant=make_party("Garante"), on=date(2023, 1, 1))
    other = make_published()
    for query in ({"kind": "concern"}, {"party": "garante"}, {"year": "2023"}, {"status": "none", "kind": "concern"}):
        assert ids(client, **query) == [mine.pk], query
    assert set(ids(client, q="distilling")) == {mine.pk, other.pk}
    assert ids(client, dispute="nothing") == []


def test_pages_follow_by_a_cursor(client: Client) -> None:
    claims = [make_published().pk for _ in range(5)]
    seen, cursor = list[int](), ""
    while True:
        page = ask(client, "claims", limit=2, order="newest", after=cursor)
        seen += [item["id"] for item in page["items"]]
        if not (cursor := page["next"]):
            break
    assert seen == claims[::-1]


@pytest.mark.parametrize("path", ["disputes", "parties", "articles", "corrections", "replies", "events"])
def test_other_lists_follow_by_a_cursor_too(client: Client, path: str) -> None:
    for number in range(3):
        reading = make_reading(outlet=make_outlet(f"Outlet {number}"))
        make_published(reading, dispute=make_dispute(f"Dispute {number}"), claimant=make_party(f"Party {number}"))
        put_beside(Claim.objects.latest("pk"))
    seen, cursor = list[int](), ""
    while True:
        page = ask(client, path, limit=1, after=cursor, fields="id")
        seen += [item["id"] for item in page["items"]]
        if not (cursor := page["next"]):
            break
    assert seen == sorted(set(seen))
    assert len(seen) >= 3


def test_fields_leave_only_what_is_named(client: Client) -> None:
    make_published()
    (item,) = ask(client, "claims", fields="id, statement")["items"]
    assert list(item) == ["id", "statement"]
    assert list(ask(client, f"claims/{item['id']}", fields="url,mentions")) == ["url", "mentions"]
    assert client.get(f"/api/v1/claims/{item['id']}?fields=password").status_code == 422
    wrong = client.get("/api/v1/claims?fields=id,password")
    assert wrong.status_code == 422
    assert "fields" in json.dumps(wrong.json())


@pytest.mark.parametrize(
    "query", ["kind=opinion", "limit=0", "limit=101", "after=x", "year=0001", "status=guilty", "q=a%00b", "party=a/b"]
)
def test_what_is_no_value_of_a_parameter_is_named(client: Client, query: str) -> None:
    response = client.get(f"/api/v1/claims?{query}")
    assert response.status_code == 422
    assert query.split("=")[0] in json.dumps(response.json())


def test_an_answer_that_is_known_costs_no_body(client: Client) -> None:
    claim = make_published()
    first = client.get("/api/v1/claims")
    again = client.get("/api/v1/claims", HTTP_IF_NONE_MATCH=first.headers["ETag"])
    assert (again.status_code, again.content) == (304, b"")
    curation.retract(claim, make_editor(), "wrong")
    assert client.get("/api/v1/claims", HTTP_IF_NONE_MATCH=first.headers["ETag"]).status_code == 200


def test_every_origin_may_ask_and_no_cookie_is_set(client: Client) -> None:
    for path in ("claims", "claims/1", "nothing"):
        response = client.get(f"/api/v1/{path}", HTTP_ORIGIN="https://example.org")
        assert response.headers["Access-Control-Allow-Origin"] == "*"
        assert not response.cookies
    preflight = client.options("/api/v1/claims", HTTP_ORIGIN="https://example.org")
    assert preflight.status_code == 204
    assert "GET" in preflight.headers["Access-Control-Allow-Methods"]
    assert "Access-Control-Allow-Origin" not in client.get("/").headers


def test_the_api_is_read_only(client: Client) -> None:
    for method in (client.post, client.put, client.delete, client.patch):
        assert method("/api/v1/claims").status_code == 405
    head = client.head("/api/v1/claims")
    assert (head.status_code, head.content) == (200, b"")


def test_a_client_is_told_what_it_has_left_and_when_it_has_too_much(client: Client, settings: Settings) -> None:
    settings.API_REQUESTS_A_MINUTE = 2
    at = datetime(2026, 1, 1, 12, 0, 50, tzinfo=UTC)
    told = [limits.use("someone", 2, at) for _ in range(3)]
    assert [allowance.exceeded for allowance in told] == [False, False, True]
    assert told[0].seconds == 10
    assert limits.use("another", 2, at).exceeded is False
    assert limits.use("someone", 2, at + timedelta(seconds=10)).used == 1
    ApiUse.objects.all().delete()
    answers = [client.get("/api/v1/disputes") for _ in range(4)]
    refused = answers[-1]
    assert (answers[0].status_code, refused.status_code) == (200, 429)
    assert answers[0].headers["RateLimit-Policy"] == '"minute";q=2;w=60'
    assert answers[0].headers["RateLimit"].startswith('"minute";r=1;t=')
    assert 1 <= int(refused.headers["Retry-After"]) <= 60
    assert "wait" in refused.json()["detail"]
    assert client.get("/").status_code == 200


def test_addresses_are_not_kept(client: Client) -> None:
    client.get("/api/v1/disputes", REMOTE_ADDR="203.0.113.9")
    (use,) = ApiUse.objects.all()
    assert "203" not in use.client
    assert len(use.client) == 32


def test_a_client_behind_our_proxy_is_known_by_the_address_that_the_proxy_saw() -> None:
    from django.test import RequestFactory

    at = datetime(2026, 1, 1, tzinfo=UTC)

    def name(forwarded: str, proxy: bool = True) -> str:
        request = RequestFactory().get("/", HTTP_X_FORWARDED_FOR=forwarded, REMOTE_ADDR="10.0.0.1")
        return limits.client_of(request, proxy, "secret", at)

    assert name("1.1.1.1, 9.9.9.9") == name("2.2.2.2, 9.9.9.9") != name("9.9.9.9, 1.1.1.1")
    assert name("1.1.1.1", proxy=False) == name("2.2.2.2", proxy=False)


def test_changes_tell_what_was_published_edited_retracted_and_merged_and_nothing_of_drafts(client: Client) -> None:
    editor = make_editor()
    draft = make_draft()
    curation.edit(draft, editor, curation.ClaimChanges(hedged=True))
    curation.reject(make_draft(), editor, "no claim")
    assert ask(client, "changes")["items"] == []
    first, second, third = make_published(), make_published(), make_published()
    curation.edit(first, editor, curation.ClaimChanges(hedged=True))
    start = ask(client, "changes")
    assert [(item["action"], item["id"]) for item in start["items"]] == [
        ("accept", first.pk),
        ("accept", second.pk),
        ("accept", third.pk),
        ("edit", first.pk),
    ]
    assert start["items"][0]["claim"]["hedged"] is True
    curation.retract(second, editor, "wrong")
    curation.merge(third, first, editor)
    since = ask(client, "changes", after=start["next"])
    told = {item["id"]: (item["action"], item["state"], item["into"], item["claim"]) for item in since["items"]}
    assert told[second.pk] == ("retract", "retracted", None, None)
    assert told[third.pk] == ("merge", "merged", first.pk, None)
    assert ask(client, "changes", after=since["next"]) == {"next": since["next"], "more": False, "items": []}
    assert ask(client, "changes", limit=1)["more"] is True


def test_changes_tell_corrections_replies_and_events_and_what_was_taken_back(client: Client) -> None:
    editor, claim = make_editor(), make_published()
    dispute = make_dispute()
    start = ask(client, "changes")["next"]
    curation.correct(claim, editor, wrong="It said May.", right="It was June.")
    fixed = curation.correct(dispute, editor, wrong="It began in May.", right="It began in June.")
    asked = curation.ask(claim.targets.get(), [claim], editor, contact="press@example.org")
    curation.reject_reply(curation.receive(asked, "Spam.", "X"), editor, "spam")
    reply = curation.receive(asked, "It is not true.", "The press office")
    curation.publish_reply(reply, editor)
    event = Event(dispute=dispute, on=date(2025, 2, 1), text="A hearing was held.")
    curation.save_event(event, [claim.mentions.get().article], editor)
    mistaken = make_draft()
    curation.accept(mistaken, editor)
    since = ask(client, "changes", after=start)["items"]
    assert [(item["subject"], item["action"], item["id"]) for item in since] == [
        ("claim", "correct", claim.pk),
        ("correction", "correct", fixed.pk),
        ("reply", "reply", reply.pk),
        ("event", "curate", event.pk),
        ("claim", "accept", mistaken.pk),
    ]
    assert since[0]["correction"]["right"] == "It was June."
    assert since[0]["claim"]["id"] == claim.pk
    assert since[1]["correction"]["dispute"] == dispute.slug
    assert since[2]["reply"]["text"] == "It is not true."
    assert since[3]["event"]["text"] == "A hearing was held."
    schemas.ChangeList.model_validate(ask(client, "changes"))
    gone, last = event.pk, since[-1]["number"]
    curation.remove_event(event, editor)
    undoing.take_back(mistaken, editor)
    told = [(item["subject"], item["id"], item["state"]) for item in ask(client, "changes", after=last)["items"]]
    assert told == [("event", gone, "retracted"), ("claim", mistaken.pk, "retracted")]


def test_merged_things_answer_as_their_survivors(client: Client) -> None:
    survivor, merged = make_published(), make_published()
    curation.merge(merged, survivor, make_editor())
    assert ask(client, f"claims/{merged.pk}")["id"] == survivor.pk


def test_an_answer_costs_the_same_queries_however_long_it_is(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    # The first request of a minute also forgets older minutes: let it be one minute throughout.
    monkeypatch.setattr(limits, "use", partial(limits.use, now=datetime.now(UTC)))
    paths = (
        "claims",
        "claims?q=distilling",
        "disputes",
        "parties",
        "articles",
        "corrections",
        "replies",
        "events",
        "changes",
    )

    def costs() -> list[int]:
        found = []
        for path in paths:
            with CaptureQueriesContext(connection) as captured:
                assert client.get(f"/api/v1/{path}").status_code == 200
            found.append(len(captured))
        return found

    make_answer(make_published())
    put_beside(Claim.objects.earliest("pk"))
    client.get("/api/v1/claims")
    few = costs()
    for number in range(4):
        claim = make_published(claimant=make_party(f"Party {number}"), dispute=make_dispute(f"Dispute {number}"))
        make_answer(claim)
        put_beside(claim)
    assert costs() == few


def test_what_stands_beside_claims_shows_a_private_person_by_initials(client: Client) -> None:
    person = make_person()
    put_beside(make_published(), "Jane Doeson wrote it in June.")
    curation.conceal(person, make_editor())
    for path in ("corrections", "replies", "events"):
        (item,) = ask(client, path)["items"]
        assert "Doeson" not in json.dumps(item), path
        assert "J. D." in json.dumps(item), path


def test_a_question_that_takes_too_long_is_given_up(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    from claims.timelines.bounds import TookTooLong

    def slow(*_: object) -> None:
        raise TookTooLong

    monkeypatch.setattr(timelines, "after", slow)
    response = client.get("/api/v1/claims")
    assert (response.status_code, response.headers["Retry-After"]) == (503, "60")


def test_the_page_of_the_api_lists_every_address(client: Client) -> None:
    body = client.get("/api/").content.decode()
    for path in client.get("/api/v1/openapi.json").json()["paths"]:
        assert path in body
    assert "`" not in body
    assert "<code>/claims?dispute=…</code>" in body
