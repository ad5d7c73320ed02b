"""Labelled texts with their claims marked in place."""

import json
from importlib.resources import files
from pathlib import Path

import pytest

from claims.extraction.marked import MarkedError, read
from claims.extraction.types import KINDS, TOPICS
from tracker.demo.library import articles as demonstration_articles

TRAINING = Path(str(files("claims.extraction").joinpath("data", "training")))
SOURCE = """=== a | 2026-01-02 | Title
O = Orla Labs | Orla
[[Orla Labs sued]], [[saying that [[Teal copied it]]]].
--
ac O > Teal : : copyright
al O > Teal/Teal_AI : R1, R2 : copyright contract
de Teal > O : : copyright ?
"""


def test_marks_become_offsets_in_the_order_in_which_they_open() -> None:
    ((article, labels),) = read(SOURCE)
    assert article["text"] == "Orla Labs sued, saying that Teal copied it."
    quotes = [article["text"][c["start"] : c["end"]] for c in labels["claims"]]
    assert quotes == ["Orla Labs sued", "saying that Teal copied it", "Teal copied it"]
    assert labels["claims"][1] | {"start": 0, "end": 0} == {
        "start": 0,
        "end": 0,
        "kind": "allegation",
        "claimant": "Orla Labs | Orla",
        "targets": ["Teal | Teal AI"],
        "about": ["R1", "R2"],
        "topics": ["copyright", "contract"],
        "hedged": False,
    }
    assert [c["hedged"] for c in labels["claims"]] == [False, False, True]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("sued]],", "sued,", "stays open"),
        ("[[Orla Labs", "Orla Labs", "never opened"),
        ("ac O > Teal : : copyright\n", "", "3 marks but 2 labels"),
        ("contract", "contracts", "a label"),
        ("de Teal", "dx Teal", "a label"),
        ("[[Orla Labs sued]]", "[[Orla Labs sued ]]", "a mark around"),
    ],
)
def test_a_slip_is_named_with_its_article(old: str, new: str, message: str) -> None:
    with pytest.raises(MarkedError, match=r"a \| 2026-01-02 \| Title: .*" + message):
        list(read(SOURCE.replace(old, new, 1)))


@pytest.mark.parametrize(("folder", "number"), [(TRAINING, 26), (TRAINING / "demonstration", 14)])
def test_the_files_with_offsets_are_made_from_the_marked_ones_and_sound(folder: Path, number: int) -> None:
    pairs = [pair for path in sorted(folder.glob("*.txt")) for pair in read(path.read_text(encoding="utf-8"))]
    for name, rows in (("articles.jsonl", [a for a, _ in pairs]), ("labels.jsonl", [b for _, b in pairs])):
        assert [json.loads(line) for line in (folder / name).read_text(encoding="utf-8").splitlines()] == rows
    assert len({a["id"] for a, _ in pairs}) == len(pairs) == number
    for _, labels in pairs:
        for claim in labels["claims"]:
            assert claim["kind"] in KINDS
            assert set(claim["topics"]) <= set(TOPICS)
            assert "_" not in claim["claimant"] + "".join(claim["targets"])


def test_labelled_demonstration_articles_are_those_that_the_demonstration_shows() -> None:
    shown = {article.title: article.text for article in demonstration_articles()}
    for article, _ in read((TRAINING / "demonstration" / "marked.txt").read_text(encoding="utf-8")):
        assert article["text"] == shown[article["title"]]
