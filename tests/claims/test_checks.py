"""What `manage.py check` says of a language model that cannot be asked, or may cost whatever it costs."""

import pytest
from django.conf import settings

from claims import checks


def found() -> list[str | None]:
    return [message.id for message in checks.a_language_model_can_be_asked(None)]


def test_without_a_language_model_there_is_nothing_to_say() -> None:
    assert found() == []


def test_a_model_without_a_budget_is_warned_about(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "CLAIMS_EXTRACTOR", "llm")
    assert found() == ["claims.W001"]
    monkeypatch.setattr(settings, "CLAIMS_LLM_MONTHLY_BUDGET", 20.0)
    assert found() == []


def test_a_missing_sdk_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "CLAIMS_EXTRACTOR", "llm")
    monkeypatch.setattr(settings, "CLAIMS_LLM_MONTHLY_BUDGET", 20.0)
    monkeypatch.setattr(checks, "find_spec", lambda name: None)
    assert found() == ["claims.E002"]
