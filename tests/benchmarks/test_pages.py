"""What holds of the benchmark of page readers: it scores what is stated, and does not pass without pages."""

import gzip
import json
from pathlib import Path

import pytest

from benchmarks import pages

SENTENCE = "The court said on Tuesday that the maker of the model must keep its logs until the case is over. "
BODY = "\n".join(f"{SENTENCE}Paragraph {number} says so." for number in range(6))
PAGE = (
    "<!doctype html><html lang=en><head><title>Court keeps the logs</title>"
    '<meta name="author" content="Ana Example"><meta name="date" content="2025-02-04"></head><body><article>'
    "<h1>Court keeps the logs</h1>"
    + "".join(f"<p>{line}</p>" for line in BODY.split("\n"))
    + "</article></body></html>"
)


def folder(path: Path, **known: object) -> Path:
    (path / "page.html.gz").write_bytes(gzip.compress(PAGE.encode()))
    row = {"file": "page.html.gz", "url": "https://gazette.example/x", **known}
    (path / "pages.jsonl").write_text(json.dumps(row) + "\n\n", encoding="utf-8")
    return path


def test_every_reader_is_scored_on_what_a_line_states(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    known = {"title": "Court  keeps the Logs", "authors": ["Ana Example"], "published": "2025-02-04", "body": BODY}
    assert pages.main([str(folder(tmp_path, **known))]) == 0
    rows = {line.split()[0]: line.split()[1:5] for line in capsys.readouterr().out.splitlines()[2:]}
    assert rows["ours"] == ["1.000", "1.000", "1.000", "1.000"]
    assert rows["htmldate"] == ["-", "-", "1.000", "-"]
    assert rows.keys() == pages.READERS.keys()


def test_a_miss_counts_and_can_be_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pages.main([str(folder(tmp_path, title="Another title")), "--worst", "5"])
    out = capsys.readouterr().out
    assert out.splitlines()[2].split()[1:5] == ["0.000", "-", "-", "-"]
    assert "Another title" in out


@pytest.mark.parametrize(
    ("listing", "words"),
    [
        (None, "does not exist"),
        ("", "lists no page"),
        ("nonsense\n", "line 1"),
        ('{"url": "https://gazette.example/"}\n', "line 1"),
        ('{"file": "missing.html"}\n', "missing.html"),
    ],
)
def test_without_pages_it_fails_and_says_why(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], listing: str | None, words: str
) -> None:
    if listing is not None:
        (tmp_path / "pages.jsonl").write_text(listing, encoding="utf-8")
    assert pages.main([str(tmp_path)]) == 2
    assert words in capsys.readouterr().err


def test_worse_bodies_than_the_best_library_fail(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(pages, "READERS", {"ours": lambda _: pages.Read(), "other": lambda _: pages.Read(body=BODY)})
    assert pages.main([str(folder(tmp_path, body=BODY))]) == 1
    assert "1.000" in capsys.readouterr().out


def test_f1_is_of_runs_of_four_words() -> None:
    assert pages.f1("one two three four five", "one two three four five") == 1
    assert pages.f1("one two three four five", "one two three four six") == 0.5
    assert pages.f1("", "one two three four") == 0
    assert pages.f1("", "") == 1
