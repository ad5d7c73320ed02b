"""The measurement of a labelled folder prints all its figures, and fails without a folder."""

import json
from pathlib import Path

import pytest

from claims.extraction import bench
from claims.extraction.scoring import Label, Labelling
from claims.extraction.types import DraftClaim

TEXT = (
    "OpenAI has accused DeepSeek of copying its models without permission. DeepSeek denied the accusation on Tuesday. "
    "The regulator in Italy opened an inquiry into the start-up and blocked its app."
)
SAID = "OpenAI has accused DeepSeek of copying its models without permission"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    claim = {"start": 0, "end": len(SAID), "kind": "allegation", "claimant": "OpenAI", "targets": ["DeepSeek"]}
    (tmp_path / "articles.jsonl").write_text(json.dumps({"id": "a", "text": TEXT}) + "\n")
    (tmp_path / "labels.jsonl").write_text(json.dumps({"id": "a", "claims": [claim]}) + "\n")
    return tmp_path


def test_scores_speed_and_memory_are_printed(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert bench.main([str(folder)]) == 0
    printed = capsys.readouterr().out
    for figure in ("span ", "strict ", "allegation ", "confidence of 0.8 or more", "ratio", "MB"):
        assert figure in printed


def test_all_figures_come_as_one_object(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert bench.main([str(folder), "--json"]) == 0
    figures = json.loads(capsys.readouterr().out)
    assert figures["overall"]["labelled"] == 1
    speed = figures["speed"]
    assert speed["characters"] == len(TEXT)
    assert speed["ratio"] == pytest.approx(speed["extraction"] / speed["parser"], rel=0.2)
    assert 50 < speed["memory_mb"] < 4000


def test_a_folder_without_labels_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert bench.main([str(tmp_path)]) == 1
    assert "articles.jsonl: No such file" in capsys.readouterr().err


def test_without_a_folder_it_fails() -> None:
    with pytest.raises(SystemExit) as ended:
        bench.main([])
    assert ended.value.code == 2


def test_confident_drafts_are_held_against_the_labels() -> None:
    def draft(start: int, confidence: float, kind: str = "allegation") -> DraftClaim:
        return DraftClaim(start, start + 10, kind, "OpenAI", ("Meta",), (), (), False, confidence, False, (), ())

    labelling = Labelling(tuple(Label(start, start + 10, "allegation", "OpenAI", ("Meta",)) for start in (0, 20)))
    found = [draft(0, 0.9), draft(20, 0.8, "denial"), draft(40, 0.95), draft(60, 0.79)]
    share, right = bench.calibration([(labelling, found)])
    assert (share, right) == pytest.approx((0.75, 1 / 3))
    assert bench.calibration([(labelling, [])]) == (0.0, None)
