"""The extractor that the site is configured to read with, and what a language model costs it."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from django.conf import settings
from django.core.management import call_command
from django.utils import timezone

from claims import extractors, intake, tasks
from claims.extraction.extractor import default_extractor
from claims.extraction.llm.types import LlmExtraction
from claims.extraction.registry import load_registry
from claims.extraction.types import Document
from claims.models import Claim, Evaluation, Extraction
from tests.factories import make_party, make_reading
from tests.model_server import Answer, ModelServer, running_model_server
from tracker.news import clock

QUOTE = "OpenAI accused DeepSeek of distilling its models"
CLAIM = {
    "quote": QUOTE,
    "kind": "allegation",
    "claimant": "OpenAI",
    "targets": ["DeepSeek"],
    "about": [],
    "topics": ["distillation"],
    "hedged": False,
    "via": [],
    "answers": [],
}


@pytest.fixture
def server() -> Iterator[ModelServer]:
    with running_model_server() as server:
        server.says([CLAIM])
        yield server
    extractors.extractor_for.cache_clear()


@pytest.fixture
def asks(server: ModelServer, monkeypatch: pytest.MonkeyPatch) -> ModelServer:
    """The site's settings, so that workers ask the server."""
    values = {
        "CLAIMS_EXTRACTOR": "llm",
        "CLAIMS_LLM_PROVIDER": "openai",
        "CLAIMS_LLM_MODEL": "test-1",
        "CLAIMS_LLM_KEY": "secret",
        "CLAIMS_LLM_BASE_URL": server.base_url("openai"),
        "CLAIMS_LLM_PRICES": (2.0, 10.0),
        "CLAIMS_LLM_MONTHLY_BUDGET": 1.0,
    }
    for name, value in values.items():
        monkeypatch.setattr(settings, name, value)
    return server


def work_off() -> list[Extraction]:
    """Do what a worker does until nothing is left; return the rows in the order of their readings."""
    extractor = extractors.extractor_for(extractors.options_of(settings))
    pace = extractors.pace_of(extractors.options_of(settings))
    while list(intake.extract_due(extractor, limit=pace.readings, within=pace.within)):
        pass
    return list(Extraction.objects.order_by("reading"))


def test_without_a_word_the_default_extractor_reads() -> None:
    assert extractors.options_of(settings) is None
    assert extractors.extractor_for(None) is default_extractor()


@pytest.mark.django_db
def test_a_model_reads_and_the_record_of_it_is_stored_with_the_result(asks: ModelServer) -> None:
    make_party("OpenAI")
    make_reading()
    [work] = work_off()
    assert Claim.objects.get().mentions.get().quote == QUOTE
    assert work.finished_at is not None
    details = work.details
    assert (details["provider"], details["model"], details["fell_back"]) == ("openai", "test-1", "")
    assert (details["tokens_in"], details["tokens_out"], details["dropped"]) == (1000, 200, {})
    assert details["cost"] == pytest.approx(0.004)
    assert len(details["prompt"]) == 64
    assert details["seconds"] > 0
    assert "secret" not in json.dumps(details)


@pytest.mark.django_db
def test_the_task_reads_with_what_the_settings_say(asks: ModelServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks.extract_unextracted, "delay", lambda: None)
    for _ in range(2):
        make_reading()
    assert tasks.extract_unextracted() == 1
    assert [path for path, _, _ in asks.asked] == ["/v1/chat/completions"]


@pytest.mark.django_db
def test_a_reading_is_asked_about_once(asks: ModelServer) -> None:
    make_reading()
    work_off()
    work_off()
    assert len(asks.asked) == 1


@pytest.mark.django_db
def test_what_was_read_long_ago_is_not_asked_about(asks: ModelServer) -> None:
    make_reading()
    later = timezone.now() + extractors.LLM_PACE.within + timedelta(hours=1) if extractors.LLM_PACE.within else None
    with mock.patch.object(clock, "now", return_value=later):
        assert work_off() == []
    assert asks.asked == []


@pytest.mark.django_db
def test_the_months_budget_is_counted_from_the_rows_and_stops_the_questions(asks: ModelServer) -> None:
    spent = make_reading("Nothing of interest.", url="https://test-gazette.example/spent")
    now = datetime.now(UTC)
    Extraction.objects.create(
        reading=spent,
        extractor="llm",
        version="another",
        finished_at=now,
        details={"cost": 0.99, "asked_at": now.isoformat()},
    )
    assert extractors.spent_this_month() == pytest.approx(0.99)
    make_reading()
    rows = [row for row in work_off() if row.version != "another"]
    assert asks.asked == []
    assert {row.details["fell_back"] for row in rows} == {"the month's budget is spent"}
    assert all(any("budget" in reason for reason in row.reasons) for row in rows)


@pytest.mark.django_db
def test_another_month_and_another_extractor_cost_this_month_nothing() -> None:
    now = datetime(2026, 3, 1, 0, 30, tzinfo=UTC)
    for version, details in (
        ("last month", {"cost": 5.0, "asked_at": (now - timedelta(hours=1)).isoformat()}),
        ("this month", {"cost": 0.25, "asked_at": now.isoformat()}),
        ("free", {"cost": None, "asked_at": now.isoformat()}),
        ("default", {}),
    ):
        Extraction.objects.create(reading=make_reading(), extractor="llm", version=version, details=details)
    assert extractors.spent_this_month(now) == 0.25


@pytest.mark.django_db
def test_an_evaluation_is_paid_from_the_same_purse() -> None:
    counts = {"articles": 1, "complete": 1, "labelled": 1, "drafted": 1}
    Evaluation.objects.create(dataset="a", extractor="llm", version="1", figures={}, cost=0.5, **counts)
    Evaluation.objects.create(dataset="a", extractor="rules", version="1", figures={}, **counts)
    assert extractors.spent_this_month() == 0.5


@pytest.mark.django_db
def test_what_a_failed_attempt_cost_is_not_forgotten(asks: ModelServer, monkeypatch: pytest.MonkeyPatch) -> None:
    make_reading()
    store = intake.store

    def fails(work: Extraction, found: Any) -> int:
        raise RuntimeError("the database went away")

    monkeypatch.setattr(intake, "store", fails)
    work_off()
    monkeypatch.setattr(intake, "store", store)
    Extraction.objects.update(lease_until=None)
    [work] = work_off()
    assert work.finished_at is not None
    assert work.details["cost"] == pytest.approx(0.008)


@pytest.mark.django_db
def test_a_provider_that_fails_costs_no_reading_its_drafts(asks: ModelServer) -> None:
    asks.answer = Answer(body=b"{}", status=400)
    make_reading()
    [work] = work_off()
    assert work.finished_at is not None
    assert work.reasons[-1] == "read by the default extractor: the provider answered HTTP 400"
    assert work.details["cost"] == 0.0


def test_the_real_default_stands_behind_a_model(asks: ModelServer) -> None:
    options = extractors.options_of(settings)
    extractor = extractors.extractor_for(options, lambda: 0.0)
    asks.says([])
    text = f"{QUOTE}. DeepSeek denied the accusation on Tuesday, saying that it trained R1 on its own data."
    document = Document("1", None, "OpenAI accuses DeepSeek", None, text)
    found = extractor.extract(document, load_registry())
    assert isinstance(found, LlmExtraction)
    assert found.run.asked
    assert found.claims == default_extractor().extract(document, load_registry()).claims


def test_the_command_that_keeps_nothing_reads_with_the_model_too_within_its_budget(
    asks: ModelServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The dearest answer costs 0.085: after a first one the second question would not fit any more."""
    monkeypatch.setattr(settings, "CLAIMS_LLM_MONTHLY_BUDGET", 0.0885)
    path, out = tmp_path / "articles.jsonl", StringIO()
    path.write_text("".join(json.dumps({"id": n, "text": f"{QUOTE}."}) + "\n" for n in "ab"))
    call_command("extract_claims", str(path), stdout=out)
    rows = [json.loads(line) for line in out.getvalue().splitlines()]
    assert [row["id"] for row in rows] == ["a", "b"]
    assert rows[0]["claims"][0]["claimant"] == "OpenAI"
    assert len(asks.asked) == 1


def loaded(**variables: str) -> subprocess.CompletedProcess[str]:
    """Load the settings in a process of their own, with these variables alone."""
    code = (
        "from tracker import settings as s; print(s.CLAIMS_EXTRACTOR, s.CLAIMS_LLM_PRICES, s.CLAIMS_LLM_MONTHLY_BUDGET)"
    )
    return subprocess.run(
        [sys.executable, "-c", code],
        env={"DEBUG": "1", "PATH": os.environ["PATH"], **variables},
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=False,
    )


def test_settings_take_prices_and_a_budget() -> None:
    given = loaded(
        CLAIMS_EXTRACTOR="llm",
        CLAIMS_LLM_MODEL="m",
        CLAIMS_LLM_KEY="k",
        CLAIMS_LLM_PRICES="2.50/10",
        CLAIMS_LLM_MONTHLY_BUDGET="20",
    )
    assert given.stdout.strip() == "llm (2.5, 10.0) 20.0"


@pytest.mark.parametrize(
    ("variables", "message"),
    [
        ({"CLAIMS_EXTRACTOR": "gpt"}, "CLAIMS_EXTRACTOR='gpt' is unknown. Set it to default or llm."),
        ({"CLAIMS_EXTRACTOR": "llm", "CLAIMS_LLM_KEY": "k"}, "CLAIMS_LLM_MODEL is not set."),
        ({"CLAIMS_EXTRACTOR": "llm", "CLAIMS_LLM_MODEL": "m"}, "CLAIMS_LLM_KEY is not set."),
        ({"CLAIMS_LLM_PRICES": "cheap"}, "CLAIMS_LLM_PRICES='cheap': set it to 2.50/10 or the like."),
        ({"CLAIMS_LLM_PRICES": "2"}, "CLAIMS_LLM_PRICES='2': set it to 2.50/10"),
        ({"CLAIMS_LLM_MONTHLY_BUDGET": "-1", "CLAIMS_LLM_PRICES": "1/1"}, "CLAIMS_LLM_MONTHLY_BUDGET='-1'"),
        ({"CLAIMS_LLM_MONTHLY_BUDGET": "20"}, "CLAIMS_LLM_PRICES is not set."),
    ],
)
def test_a_setting_that_is_wrong_is_named(variables: dict[str, str], message: str) -> None:
    assert message in loaded(**variables).stderr
