"""The bulk files: whole, true to the database, and gone when a claim is taken back."""

import csv
import hashlib
import json
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import date, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as site
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from claims import bulk, curation, tasks
from claims.bulk.tables import TABLES
from claims.models import Claim, Dump, Reply, System, Topic
from tests.claims.timelines.test_entries import make_answer, mention_again
from tests.factories import (
    make_dispute,
    make_draft,
    make_editor,
    make_event,
    make_outlet,
    make_party,
    make_published,
    make_reading,
)
from tracker.news.subscriptions import paste

pytestmark = pytest.mark.django_db


@pytest.fixture
def root(settings: Settings, tmp_path: Path) -> Path:
    """Where dumps go in this test."""
    settings.DUMPS_ROOT = tmp_path / "dumps"
    return tmp_path / "dumps"


def put_beside(claim: Claim, words: str = "It was June.") -> Reply:
    """Publish a correction of *claim*, a reply to it and an event of its dispute, each with *words*."""
    editor, target = make_editor(), claim.targets.get()
    curation.correct(claim, editor, wrong="It was May.", right=words)
    asked = curation.ask(target, [claim], editor, contact="Press office")
    reply = Reply.objects.create(request=asked, text=words, signed="Its press office", received_at=timezone.now())
    curation.publish_reply(reply, editor)
    event = make_event(dispute=claim.disputes.get(), on=date(2025, 2, 1), text=words)
    event.sources.add(claim.mentions.earliest("pk").article, paste("A letter.", "", make_outlet()))
    return reply


@pytest.fixture
def allegation() -> Claim:
    """An allegation with everything that stands under one, and its answer eleven days later."""
    claim = make_published(on=date(2025, 1, 24))
    claim.systems.add(System.objects.create(name="R1", slug="r1", maker=make_party("DeepSeek")))
    claim.topics.add(Topic.objects.get_or_create(slug="copyright", defaults={"name": "Copyright"})[0])
    make_answer(claim)
    mention_again(claim, make_reading(original=claim.mentions.get().article))
    for step in ("filed", "settled"):
        source = claim.mentions.earliest("pk")
        status = curation.add_status(claim, make_editor(), step, source=source, on=date(2025, 3, 1))
    curation.strike(status, make_editor(), "recorded in error")
    put_beside(claim)
    return claim


def make(root: Path) -> Path:
    dump = bulk.make(root, "https://tracker.example", "CC-BY-4.0")
    assert dump
    return root / dump.folder


def rows(folder: Path, question: str) -> list[Any]:
    with closing(sqlite3.connect(folder / "tracker.sqlite")) as database:
        return database.execute(question).fetchall()


def test_every_table_is_in_csv_and_sqlite_alike_and_holds_the_claim(root: Path, allegation: Claim) -> None:
    folder = make(root)
    for table in TABLES:
        sheet = list(csv.reader(StringIO((folder / f"{table.name}.csv").read_text(encoding="utf-8"), newline="")))
        assert sheet[0] == list(table.header)
        stored = rows(folder, f"SELECT * FROM {table.name}")
        assert sheet[1:] == [["" if value is None else str(value) for value in row] for row in stored], table.name
        assert stored, table.name
    ((statement, claimant, status, independent),) = rows(
        folder, f"SELECT statement, claimant, status, independent FROM claims WHERE id = {allegation.pk}"
    )
    assert (statement, claimant, status, independent) == (allegation.statement, "openai", "filed", 1)
    assert dict(rows(folder, "SELECT * FROM about"))["licence"] == "CC-BY-4.0"


def test_json_lines_hold_the_records_of_the_api(root: Path, allegation: Claim, client: Client) -> None:
    lines = (make(root) / "claims.jsonl").read_text(encoding="utf-8").splitlines()
    (record,) = (found for found in map(json.loads, lines) if found["id"] == allegation.pk)
    asked = client.get(f"/api/v1/claims/{allegation.pk}").content.decode()
    assert record == json.loads(asked.replace(site.SITE_URL, "https://tracker.example"))
    assert len(record["mentions"]) == 2


def test_checksums_hold(root: Path, allegation: Claim) -> None:
    folder = make(root)
    sums = dict(line.split("  ")[::-1] for line in (folder / "SHA256SUMS").read_text().splitlines())
    assert sums == {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.iterdir()
        if path.name != "SHA256SUMS"
    }


def test_the_dictionary_names_every_column(root: Path, allegation: Claim) -> None:
    text = (make(root) / "DICTIONARY.md").read_text()
    for table in TABLES:
        section = text.split(f"## {table.name}\n")[1].split("\n## ")[0]
        assert re.findall(r"^\| `(\w+)`", section, re.MULTILINE) == list(table.header)


def test_drafts_and_retracted_claims_are_in_no_file(root: Path, allegation: Claim) -> None:
    make_draft(make_reading(title="A secret"), statement="OpenAI says a secret.")
    retracted = make_published(make_reading(title="A secret"), statement="OpenAI says a secret.")
    curation.retract(retracted, make_editor(), "An inner secret.")
    for path in make(root).iterdir():
        assert b"secret" not in path.read_bytes(), path.name


def test_what_stands_beside_a_claim_is_in_the_files_and_the_api_alike(
    root: Path, allegation: Claim, client: Client
) -> None:
    folder = make(root)
    for sort in ("corrections", "replies", "events"):
        lines = (folder / f"{sort}.jsonl").read_text(encoding="utf-8").splitlines()
        asked = client.get(f"/api/v1/{sort}").content.decode().replace(site.SITE_URL, "https://tracker.example")
        assert list(map(json.loads, lines)) == json.loads(asked)["items"], sort
        assert len(lines) == 1, sort
    assert rows(folder, 'SELECT claim_id, dispute, party, wrong, "right" FROM corrections') == [
        (allegation.pk, None, None, "It was May.", "It was June.")
    ]
    assert rows(folder, "SELECT party, text, claim_id FROM replies JOIN reply_claims ON reply_id = id") == [
        ("deepseek", "It was June.", allegation.pk)
    ]


def test_a_retracted_claim_takes_its_correction_and_reply_along(root: Path) -> None:
    claim = make_published()
    put_beside(claim, "A secret word.")
    other = make_published(make_reading(title="Another"), dispute=make_dispute("Another"))
    put_beside(other)
    curation.retract(claim, make_editor(), "It is another's.")
    folder = make(root)
    for sort in ("corrections", "replies", "events"):
        assert len((folder / f"{sort}.jsonl").read_text().splitlines()) == 1, sort
    for path in folder.iterdir():
        assert b"secret word" not in path.read_bytes(), path.name


def test_a_formula_is_made_plain_in_csv_alone(root: Path) -> None:
    text = "=1+1 OpenAI accused DeepSeek of theft."
    make_published(make_reading(text), text, statement="=1+1 says OpenAI")
    folder = make(root)
    assert "'=1+1 says OpenAI" in (folder / "claims.csv").read_text()
    assert rows(folder, "SELECT statement FROM claims") == [("=1+1 says OpenAI",)]


def test_a_merged_partys_claims_are_its_survivors(root: Path, allegation: Claim) -> None:
    merged = make_party("Open AI Incorporated")
    make_published(claimant=merged)
    merged.merged_into = make_party("OpenAI")
    curation.save(merged, make_editor())
    assert set(rows(make(root), "SELECT claimant FROM claims WHERE kind = 'allegation'")) == {("openai",)}


def questions() -> Iterator[str]:
    text = (Path(site.BASE_DIR) / "docs/data.md").read_text()
    yield from re.findall(r"```sql\n(.*?)```", text, re.DOTALL)


def test_the_three_questions_of_the_documentation_are_answered(root: Path, allegation: Claim) -> None:
    other = make_published(claimant=make_party("Meta"), on=date(2025, 2, 1), statement="Meta alleges theft.")
    folder = make(root)
    unanswered, most, days = (rows(folder, question) for question in questions())
    assert [(row[1], row[2]) for row in unanswered] == [("Meta", other.statement)]
    assert most == [("DeepSeek", 2, 1)]
    assert [(row[0], row[2]) for row in days] == [(allegation.pk, 11)]


def test_a_days_changes_bring_a_copy_up_to_date(root: Path, allegation: Claim) -> None:
    second, third = make_published(), make_published()
    curation.retract(second, make_editor(), "wrong")
    curation.merge(third, allegation, make_editor())
    lines = (make(root) / f"changes-{timezone.now().date()}.jsonl").read_text().splitlines()
    told = {line["id"]: (line["state"], line["into"]) for line in map(json.loads, lines)}
    assert len(lines) == len(told)
    assert told[second.pk] == ("retracted", None)
    assert told[third.pk] == ("merged", allegation.pk)
    assert told[allegation.pk] == ("published", None)


def test_a_dump_is_due_by_night_where_something_changed_and_at_once_after_a_retraction(root: Path) -> None:
    day = timedelta(days=1)
    assert bulk.due(day)
    claim = make_published()
    make(root)
    assert not bulk.due(day)
    assert not bulk.due(day, timezone.now() + day)
    make_published()
    assert not bulk.due(day)
    assert bulk.due(day, timezone.now() + day)
    curation.retract(claim, make_editor(), "wrong")
    assert bulk.due(day)


def test_beat_makes_what_is_due_once(root: Path, allegation: Claim) -> None:
    assert tasks.dump_due() is True
    assert tasks.dump_due() is False
    assert Dump.objects.count() == 1


def test_the_command_makes_one_and_old_ones_go(
    root: Path, allegation: Claim, capsys: pytest.CaptureFixture[str]
) -> None:
    first = make(root)
    (root / ".making-left-behind").mkdir()
    (root / "somebody-elses").mkdir()
    call_command("dump_public")
    assert not first.exists()
    newest = Dump.objects.latest("pk")
    assert {path.name for path in root.iterdir()} == {newest.folder, "somebody-elses"}
    assert newest.folder in capsys.readouterr().out


def test_a_fault_leaves_no_half_of_a_dump(root: Path, allegation: Claim, monkeypatch: pytest.MonkeyPatch) -> None:
    first = make(root)
    monkeypatch.setattr("claims.bulk.dumps.dictionary", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        make(root)
    assert [path.name for path in root.iterdir()] == [first.name]
    assert Dump.objects.count() == 1


def test_files_are_served_with_their_checksum(client: Client, root: Path, allegation: Claim) -> None:
    folder = make(root)
    assert "claims.csv" in client.get("/data/").content.decode()
    for path in folder.iterdir():
        response = client.get(f"/data/{path.name}")
        assert (response.status_code, b"".join(response.streaming_content)) == (200, path.read_bytes())  # type: ignore[attr-defined]
        assert response.headers["ETag"] == f'"{hashlib.sha256(path.read_bytes()).hexdigest()}"'
    known = client.get("/data/claims.csv", HTTP_IF_NONE_MATCH=client.get("/data/claims.csv").headers["ETag"])
    assert known.status_code == 304
    for missing in ("nothing.csv", "..", "%2e%2e%2fsettings.py"):
        assert client.get(f"/data/{missing}").status_code == 404


def test_nothing_is_served_between_a_retraction_and_the_next_dump(
    client: Client, root: Path, allegation: Claim
) -> None:
    assert client.get("/data/").status_code == 200
    make(root)
    curation.retract(make_published(), make_editor(), "wrong")
    refused = client.get("/data/claims.csv")
    assert (refused.status_code, refused.headers["Retry-After"]) == (503, "300")
    assert "being made" in client.get("/data/").content.decode()
    make(root)
    assert client.get("/data/claims.csv").status_code == 200
