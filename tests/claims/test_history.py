"""Nothing about judgement changes without the history knowing who, when, before and after; and the history is whole."""

import json
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from claims import curation, history
from claims.curation import ClaimChanges
from claims.models import Alias, AuditEvent, Claim, Decision, HistoryHead, Party
from tests.claims.desk import desk, filled, log_in_editor
from tests.factories import make_draft, make_editor, make_party, make_published

pytestmark = pytest.mark.django_db


def events(table: str, **where: Any) -> list[AuditEvent]:
    return list(AuditEvent.objects.filter(table_name=f"claims_{table}", **where).order_by("number"))


def past_triggers(statement: str, *values: Any) -> None:
    """Change a row as somebody with the server's keys could: no trigger of ours fires."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(statement, values)
        cursor.execute("SET LOCAL session_replication_role = origin")


def settle_constraints() -> None:
    """Let what waits for the end of the transaction be checked now, as a commit would."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def decided_by_nobody() -> None:
    """Forget who decided in this transaction: each test is one."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL tracker.actor = ''")


def faults() -> list[str]:
    return [str(fault) for fault in history.verify()]


# ------------------------------------------------------------------------------------------------ what is remembered
def test_every_model_of_judgement_is_remembered_and_every_other_is_named() -> None:
    models = {model._meta.model_name for model in apps.get_app_config("claims").get_models()}
    neither = models - history.JUDGEMENT - history.NO_JUDGEMENT
    assert not neither, f"say in claims/history.py whether changes of these are remembered: {sorted(map(str, neither))}"


def test_a_table_that_lacks_its_triggers_gets_them_and_a_record_of_what_it_holds() -> None:
    party = make_party("Old Party")
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER history_recorded ON claims_party")
    assert "claims_party: its history's triggers are not in force" in faults()
    assert history.ensure_history() == ["claims_party"]
    assert history.ensure_history() == []
    assert events("party", row_id=party.pk)[-1].operation == "baseline"
    assert faults() == []


def test_a_decision_records_each_row_that_it_changed_with_who_and_what_was_before() -> None:
    claim, editor = make_draft(), make_editor("anna")
    meta = make_party("Meta")
    curation.accept(claim, editor, changes=ClaimChanges(kind="concern", targets=[meta]))
    changed = events("claim", row_id=claim.pk)[-1]
    assert (changed.operation, changed.actor) == ("update", editor)
    assert changed.before
    assert changed.after
    assert (changed.before["state"], changed.after["state"]) == ("draft", "published")
    assert (changed.before["kind"], changed.after["kind"]) == ("allegation", "concern")
    relations = events("claim_targets", claim=claim.pk)
    assert [event.operation for event in relations[-2:]] == ["delete", "insert"]
    assert {event.actor for event in relations[-2:]} == {editor}
    assert relations[-1].after
    assert relations[-1].after["party_id"] == meta.pk


def test_a_lease_is_no_change_of_judgement() -> None:
    claim = make_draft()
    before = AuditEvent.objects.count()
    Claim.objects.filter(pk=claim.pk).update(lease_holder=make_editor(), lease_until=timezone.now())
    assert AuditEvent.objects.count() == before


# ------------------------------------------------------------------------------------------------------- every road
def test_a_change_in_the_admin_is_remembered_with_who_asked_where(client: Client) -> None:
    user, claim = log_in_editor(client), make_draft()
    client.post(desk(claim), filled(claim, "reject:misread"))
    event = events("claim", row_id=claim.pk)[-1]
    assert event.actor == user
    assert event.road["path"] == desk(claim)
    party = make_party("Meta")
    form = {"name": "Meta Platforms", "slug": party.slug, "kind": "company", "roles": ""}
    form |= {f"aliases-{name}_FORMS": "0" for name in ("TOTAL", "INITIAL")}
    answer = client.post(reverse("admin:claims_party_change", args=[party.pk]), form)
    assert answer.status_code == 302, answer.content.decode()
    event = events("party", row_id=party.pk)[-1]
    assert (event.actor, event.before["name"], event.after["name"]) == (user, "Meta", "Meta Platforms")  # type: ignore[index]


def test_a_bulk_change_is_remembered_row_by_row() -> None:
    make_party("Meta", "company", "Facebook", "FB")
    decided_by_nobody()
    Alias.objects.update(ambiguous=True)
    changed = [event for event in events("alias") if event.operation == "update"]
    assert len(changed) == Alias.objects.count()
    assert all(event.actor is None for event in changed)


def test_a_command_is_remembered_with_who_it_acted_for() -> None:
    editor = make_editor("registrar")
    call_command("load_registry", "--as", editor.username, stdout=StringIO())
    added = events("party")
    assert added
    assert {event.actor for event in added} == {editor}
    assert {event.operation for event in added} == {"insert"}
    assert added[0].road["program"].startswith("tracker")


def test_plain_sql_is_remembered_with_the_databases_user() -> None:
    party = make_party("Meta")
    decided_by_nobody()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE claims_party SET name = 'Mata' WHERE id = %s", [party.pk])
        cursor.execute("SELECT session_user")
        who = cursor.fetchone()[0]
    event = events("party", row_id=party.pk)[-1]
    assert (event.before["name"], event.after["name"], event.actor) == ("Meta", "Mata", None)  # type: ignore[index]
    assert event.road["database_user"] == who


@pytest.mark.django_db(transaction=True)
def test_outside_a_transaction_the_request_is_told_for_one_statement_alone(client: Client) -> None:
    from claims.attribution import asked_by

    editor, party = make_editor(), make_party("Meta")
    with asked_by(editor, "/somewhere/"):
        Party.objects.filter(pk=party.pk).update(name="Mata")
    Party.objects.filter(pk=party.pk).update(name="Meta")
    first, second = events("party", row_id=party.pk)[-2:]
    assert (first.actor, first.road["path"]) == (editor, "/somewhere/")
    assert (second.actor, second.road.get("path")) == (None, None)


# --------------------------------------------------------------------------------------------------------- kept whole
@pytest.mark.parametrize("statement", ["UPDATE {} SET previous = 'x'", "DELETE FROM {}", "TRUNCATE {} CASCADE"])
@pytest.mark.parametrize("table", ["claims_auditevent", "claims_decision", "claims_historyhead"])
def test_memory_refuses_to_be_changed(statement: str, table: str) -> None:
    make_published()
    history.publish_head()
    settle_constraints()
    statement = statement.replace("previous", "event_hash") if "head" in table else statement
    with pytest.raises(IntegrityError, match="refused"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format(table))


def test_judgement_is_not_emptied_past_the_history() -> None:
    make_published()
    settle_constraints()
    with pytest.raises(IntegrityError, match="refused"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("TRUNCATE claims_status")


def test_a_whole_history_is_told_so() -> None:
    make_published()
    out = StringIO()
    call_command("verify_history", stdout=out)
    assert "are whole" in out.getvalue()


@pytest.mark.parametrize("noun", ["decision", "event"])
class TestTampering:
    """What `verify_history` says of memory that somebody with the server's keys changed."""

    def table(self, noun: str) -> str:
        return "claims_decision" if noun == "decision" else "claims_auditevent"

    def test_an_edited_row_is_named(self, noun: str) -> None:
        make_published()
        column = "reason = 'another'" if noun == "decision" else "after = '{}'"
        past_triggers(f"UPDATE {self.table(noun)} SET {column} WHERE number = 3")
        assert f"{noun} 3: was edited: its hash is not that of its content" in faults()
        with pytest.raises(CommandError, match="in the history") as told:
            call_command("verify_history", stdout=StringIO())
        assert told.value.returncode == 1

    def test_an_edited_row_with_a_hash_that_fits_is_named_by_the_next_one(self, noun: str) -> None:
        make_published()
        table = self.table(noun)
        past_triggers(f"UPDATE {table} SET previous = 'x' WHERE number = 3")
        past_triggers(f"UPDATE {table} t SET hash = claims_{noun}_hash(t) WHERE number = 3")
        told = faults()
        assert f"{noun} 3: does not follow {noun} 2: one of the two was replaced or reordered" in told
        assert f"{noun} 4: does not follow {noun} 3: one of the two was replaced or reordered" in told

    def test_a_removed_row_is_named(self, noun: str) -> None:
        make_published()
        past_triggers(f"DELETE FROM {self.table(noun)} WHERE number = 3")
        assert f"{noun} 3: was removed" in faults()

    def test_swapped_rows_are_named(self, noun: str) -> None:
        make_published()
        table = self.table(noun)
        past_triggers(f"UPDATE {table} SET number = 1000 WHERE number = 3")
        past_triggers(f"UPDATE {table} SET number = 3 WHERE number = 4")
        past_triggers(f"UPDATE {table} SET number = 4 WHERE number = 1000")
        told = faults()
        assert any(fault.startswith(f"{noun} 3: ") for fault in told)
        assert any(fault.startswith(f"{noun} 4: ") for fault in told)

    def test_a_cut_end_is_found_by_the_head_that_was_published(self, noun: str, tmp_path: Path, client: Client) -> None:
        make_published()
        make_party("The last one")
        head = history.publish_head()
        assert head
        kept = tmp_path / "head.json"
        kept.write_text(client.get(reverse("history-head")).content.decode())
        number = head.decision_number if noun == "decision" else head.event_number
        past_triggers(f"DELETE FROM {self.table(noun)} WHERE number = %s", number)
        past_triggers("DELETE FROM claims_historyhead")
        assert not any(fault.startswith(f"{noun} {number}") for fault in faults())
        out = StringIO()
        with pytest.raises(CommandError):
            call_command("verify_history", head=[str(kept)], stdout=out)
        assert f"{noun} {number}: was removed: its hash was published" in out.getvalue()


def test_a_row_changed_added_or_removed_past_the_triggers_is_named() -> None:
    claim, gone = make_published(), make_party("Gone")
    past_triggers("UPDATE claims_claim SET statement = 'OpenAI proves it.' WHERE id = %s", claim.pk)
    past_triggers("DELETE FROM claims_alias WHERE party_id = %s", gone.pk)
    past_triggers("DELETE FROM claims_party WHERE id = %s", gone.pk)
    past_triggers("INSERT INTO claims_topic (id, slug, name) VALUES (77, 'forged', 'forged')")
    told = faults()
    assert f"claims_claim {claim.pk}: was changed past the history" in told
    assert f"claims_party {gone.pk}: was removed past the history" in told
    assert "claims_topic 77: was added past the history" in told


def test_only_a_redaction_that_was_decided_blanks_words_and_the_chain_still_verifies() -> None:
    claim, editor = make_published(), make_editor()
    event = events("claim", row_id=claim.pk)[-1]
    with pytest.raises(IntegrityError, match="refused"), transaction.atomic():
        AuditEvent.objects.filter(pk=event.pk).update(after={})
    ordinary = Decision.objects.filter(subject="claim").first()
    with pytest.raises(IntegrityError, match="refused"), transaction.atomic():
        AuditEvent.objects.filter(pk=event.pk).update(after={}, redaction=ordinary)
    order = Decision.objects.create(
        verb="redact", actor=editor, made_at=timezone.now(), subject="claim", subject_id=claim.pk, reason="order 1/26"
    )
    with pytest.raises(IntegrityError, match="refused"), transaction.atomic():
        AuditEvent.objects.filter(pk=event.pk).update(redaction=order, actor=None)
    AuditEvent.objects.filter(pk=event.pk).update(after={"statement": "…"}, redaction=order)
    assert [fault for fault in faults() if fault.startswith("event")] == []
    past_triggers("UPDATE claims_auditevent SET redaction_id = %s WHERE number = 1", ordinary.pk if ordinary else 0)
    assert "event 1: was blanked without a redaction that was decided" in faults()


def test_a_file_that_is_no_head_is_refused_by_name(tmp_path: Path) -> None:
    path = tmp_path / "head.json"
    path.write_text("{}")
    with pytest.raises(CommandError, match="is no published head"):
        call_command("verify_history", head=[str(path)], stdout=StringIO())


# ---------------------------------------------------------------------------------------------------- published heads
def test_a_head_is_published_once_a_day_and_all_stay_public(client: Client) -> None:
    assert client.get(reverse("history")).status_code == 200
    assert client.get(reverse("history-head")).status_code == 404
    now = datetime(2026, 5, 1, 0, 0, 5, tzinfo=UTC)
    first = history.publish_head(now)
    make_published()
    assert history.publish_head(now + timedelta(hours=23)) is None
    second = history.publish_head(now + timedelta(days=1))
    assert first
    assert second
    newest = Decision.objects.order_by("-number").first()
    assert newest
    answer = json.loads(client.get(reverse("history-head")).content)
    assert answer["day"] == "2026-05-02"
    assert answer["decision"] == {"number": newest.number, "hash": newest.hash}
    assert json.loads(client.get("/history/2026-05-01.json").content)["event"]["number"] == first.event_number
    for nothing in ("2026-05-03", "2026-13-01", "x"):
        assert client.get(f"/history/{nothing}.json").status_code == 404
    page = client.get(reverse("history")).content.decode()
    assert newest.hash in page
    assert [head.day for head in HistoryHead.objects.all()] == [date(2026, 5, 2), date(2026, 5, 1)]
