"""When the demonstration's last decision is made, its bulk files hold what was published."""

from pathlib import Path

import pytest
from django.core.management import call_command
from pytest_django import Settings

from claims import bulk, demonstration
from tests.factories import make_published

pytestmark = pytest.mark.django_db


def test_the_files_are_made_anew_when_everything_is_published(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.DUMPS_ROOT = tmp_path
    bulk.make(tmp_path, settings.SITE_URL, settings.DATA_LICENCE)
    claim = make_published()
    monkeypatch.setattr(demonstration, "curate", lambda origin: demonstration.Progress(1, ()))
    call_command("curate_demonstration", origin="http://127.0.0.1:1")
    dump = bulk.current()
    assert dump is not None
    path = bulk.open_file(tmp_path, dump, "claims.jsonl")
    assert path is not None
    assert claim.statement in path.read_text(encoding="utf-8")
