"""Events of a timeline: what they need, that a decision says each as it stands, and that no other road leads to one."""

from datetime import date

import pytest
from django.contrib.auth.models import Group, User
from django.db import connection
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from claims import curation, history, timelines
from claims.curation import CurationError
from claims.models import Decision, Event
from claims.roles import ensure_roles
from tests.claims.desk import log_in_editor
from tests.claims.test_forbidden import refused, sql
from tests.factories import make_dispute, make_editor, make_event, make_party, make_published, make_reading

pytestmark = pytest.mark.django_db


def unsaved(text: str = "A hearing is held.", **values: object) -> Event:
    return Event(dispute=make_dispute(), text=text, on=date(2025, 2, 1), **values)


def settle() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def test_an_event_is_written_changed_and_removed_by_decisions_that_say_it() -> None:
    editor, event, article = make_editor(), unsaved(), make_reading().snapshot.article
    first = curation.save_event(event, [article], editor)
    settle()
    assert (first.verb, first.before, first.after["text"]) == ("curate", {}, "A hearing is held.")
    assert first.after["sources"] == [article.pk]
    event.text, event.precision = "A hearing is put off.", "month"
    second = curation.save_event(event, [article], editor, "the court moved it")
    settle()
    assert (second.before["text"], second.after["text"]) == ("A hearing is held.", "A hearing is put off.")
    gone = curation.remove_event(event, editor, "it never took place")
    settle()
    assert gone.before["text"] == "A hearing is put off."
    assert not Event.objects.exists()
    assert [str(fault) for fault in history.verify()] == []


@pytest.mark.parametrize(
    ("text", "values", "told"),
    [
        ("  ", {}, "needs its words"),
        ("DeepSeek stole the models.", {}, "“stole”. Name who says so"),
        ("A hearing is held.", {"precision": "range"}, "first and its last day"),
        ("A hearing is held.", {"precision": "range", "until": date(2025, 1, 1)}, "needs two days"),
        ("A hearing is held.", {"until": date(2025, 3, 1)}, "Only a range"),
        ("Jane Roe is heard.", {}, "a private person"),
    ],
)
def test_what_may_not_stand_on_a_timeline_is_told(text: str, values: dict[str, object], told: str) -> None:
    curation.conceal(make_party("Jane Roe", "person"), make_editor())
    event = unsaved(text, **values)
    decisions = Decision.objects.count()
    with pytest.raises(CurationError, match=told):
        curation.save_event(event, [make_reading().snapshot.article], make_editor())
    assert not Event.objects.exists()
    assert Decision.objects.count() == decisions


def test_it_takes_a_source_an_editor_and_a_dispute_that_stands() -> None:
    editor, article = make_editor(), make_reading().snapshot.article
    with pytest.raises(CurationError, match="needs a source"):
        curation.save_event(unsaved(), [], editor)
    ensure_roles()
    contributor = User.objects.create_user("c", is_staff=True)
    contributor.groups.add(Group.objects.get(name="contributor"))
    with pytest.raises(CurationError, match="it takes an editor"):
        curation.save_event(unsaved(), [article], contributor)
    event = make_event(make_dispute())
    with pytest.raises(CurationError, match="it takes an editor"):
        curation.remove_event(event, contributor)
    old = make_dispute("Old")
    curation.merge_rows(old, make_dispute(), editor)
    with pytest.raises(CurationError, match="was merged into"):
        curation.save_event(Event(dispute=old, text="A hearing is held."), [article], editor)


def test_no_other_road_writes_changes_or_removes_an_event(client: Client) -> None:
    dispute, event = make_published().disputes.get(), make_event(make_dispute())
    rows = Event.objects.filter(pk=event.pk)
    refused(lambda: Event.objects.create(dispute=dispute, text="DeepSeek stole it."), "no decision says it")
    refused(
        sql("INSERT INTO claims_event (dispute_id, text, precision, position) VALUES (%s, 'x', 'day', 0)", dispute.pk),
        "no decision says it",
    )
    refused(lambda: rows.update(text="DeepSeek stole it."), "no decision says it")
    refused(sql('UPDATE claims_event SET "on" = NULL WHERE id = %s', event.pk), "no decision says it")
    refused(lambda: event.sources.clear(), "needs a source that readers can look up")
    refused(sql("DELETE FROM claims_event_sources WHERE event_id = %s", event.pk), "needs a source")
    refused(lambda: Event.objects.get(pk=event.pk).delete(), "no decision takes it off")
    refused(sql("DELETE FROM claims_event WHERE id = %s", event.pk), "no decision takes it off|still referenced")
    for method in ("post", "put", "patch", "delete"):
        assert getattr(client, method)("/api/v1/events").status_code == 405
    log_in_editor(client)
    form = reverse("admin:claims_event_change", args=[event.pk])
    data = {"dispute": dispute.pk, "on": "2025-02-01", "precision": "day", "text": "DeepSeek stole it.", "sources": []}
    page = client.post(form, data).content.decode()
    assert "“stole”" in page
    assert "needs a source" in page
    assert client.post(reverse("admin:claims_event_delete", args=[event.pk]), {"post": "yes"}).status_code == 403
    assert Event.objects.get().text == "A hearing is held."


def test_a_person_whose_name_is_taken_out_goes_by_initials_in_events_and_notes_too() -> None:
    editor, claim = make_editor(), make_published()
    person = make_party("Jane Roe", "person")
    event = make_event(claim.disputes.get(), "Jane Roe is heard.")
    step = curation.add_status(
        claim, editor, "filed", source=claim.mentions.get(), on=date(2025, 3, 1), note="Jane Roe filed it"
    )
    curation.conceal(person, editor)
    settle()
    event.refresh_from_db()
    step.refresh_from_db()
    assert (event.text, step.note) == ("J. R. is heard.", "J. R. filed it")
    assert [str(fault) for fault in history.verify()] == []


def test_redacted_words_leave_an_event_and_it_may_stand() -> None:
    event, other = make_event(make_dispute(), "A hearing on Plum is held."), make_event(make_dispute())
    curation.redact("on Plum", User.objects.create_superuser("chief"), "request of today", "erasure")
    settle()
    event.refresh_from_db()
    assert event.text == "A hearing ███████ is held."
    assert other.decision
    assert [str(fault) for fault in history.verify()] == []


ACTS = st.lists(st.tuples(st.sampled_from(["write", "change", "remove", "arrange"]), st.integers(0, 5)), max_size=8)


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(ACTS)
def test_whatever_is_written_the_timeline_shows_what_the_newest_decisions_say(acts: list[tuple[str, int]]) -> None:
    claim, editor = make_published(make_reading(), on=date(2025, 2, 1)), make_editor()
    dispute, article = claim.disputes.get(), make_reading().snapshot.article
    Event.objects.filter(dispute=dispute).exists()
    model: dict[int, str] = {e.pk: e.text for e in dispute.events.all()}
    for act, number in acts:
        rows = list(dispute.events.order_by("pk"))
        row = rows[number % len(rows)] if rows else None
        if act == "write":
            fresh = Event(dispute=dispute, text=f"Hearing {number}.", on=date(2025, 2, 1))
            curation.save_event(fresh, [article], editor)
            model[fresh.pk] = fresh.text
        elif act == "change" and row:
            row.text = f"Hearing {number}, moved."
            curation.save_event(row, [article], editor)
            model[row.pk] = row.text
        elif act == "remove" and row:
            del model[row.pk]
            curation.remove_event(row, editor)
        elif act == "arrange":
            order = curation.order_of(dispute, date(2025, 2, 1))[::-1]
            curation.arrange(dispute, date(2025, 2, 1), order, editor)
            assert curation.order_of(dispute, date(2025, 2, 1)) == order
        settle()
        shown = [item.event for item in timelines.timeline(dispute).items if item.event]
        assert {event.pk: event.text for event in shown} == model
        for event in shown:
            newest = Decision.objects.filter(subject="event", subject_id=event.pk).first()
            assert newest
            assert (newest.pk, newest.after["text"]) == (event.decision_id, event.text)
