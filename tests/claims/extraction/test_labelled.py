"""Files of labels are read whole or refused by file and line; figures become a table that can be read."""

import json
from pathlib import Path
from typing import Any

import pytest

from claims.extraction.labelled import LabelledError, read_labelled, table
from claims.extraction.scoring import Label, Labelling, score

TEXT = "Getty Images sued Stability AI. Stability AI denied it."
ARTICLE = {"id": "a", "url": None, "title": "A suit", "published": "2023-02-03", "text": TEXT}
CLAIM = {"start": 0, "end": 30, "kind": "action", "claimant": "Getty Images", "targets": ["Stability AI"]}


def files(folder: Path, articles: list[Any], labels: list[Any]) -> tuple[Path, Path]:
    paths = folder / "articles.jsonl", folder / "labels.jsonl"
    for path, rows in zip(paths, (articles, labels), strict=True):
        path.write_text("\n".join(r if isinstance(r, str) else json.dumps(r) for r in rows), encoding="utf-8")
    return paths


def test_labelled_articles_come_in_the_order_of_their_labels(tmp_path: Path) -> None:
    unlabelled = {**ARTICLE, "id": "b", "text": "line\u2028separator"}
    paths = files(tmp_path, [unlabelled, "", ARTICLE], [{"id": "a", "claims": [CLAIM]}, ""])
    [(document, labelling)] = read_labelled(*paths)
    assert (document.id, document.text, document.title) == ("a", TEXT, "A suit")
    assert labelling == Labelling((Label(0, 30, "action", "Getty Images", ("Stability AI",)),))


@pytest.mark.parametrize(
    ("articles", "labels", "message"),
    [
        ([ARTICLE, "{"], [], r"articles.jsonl, line 2: not JSON"),
        ([{"id": "a"}], [], r'articles.jsonl, line 1: "text" is missing'),
        ([ARTICLE, ARTICLE], [], r"articles.jsonl, line 2: a second article 'a'"),
        ([ARTICLE], ["[1]"], r'labels.jsonl, line 1: not an object with "id"'),
        ([ARTICLE], ["", "nope"], r"labels.jsonl, line 2: not JSON"),
        ([ARTICLE], [{"id": "z", "claims": []}], r"labels.jsonl, line 1: no article 'z'"),
        ([ARTICLE], [{"id": "a", "claims": []}] * 2, r"labels.jsonl, line 2: labelled twice 'a'"),
        ([ARTICLE], [{"id": "a", "claims": [{**CLAIM, "kind": "rumour"}]}], r"line 1: unknown kind 'rumour'"),
        ([ARTICLE], [{"id": "a", "claims": [{**CLAIM, "end": 99}]}], r"line 1: the text has no characters 0 to 99"),
        ([ARTICLE], [], r"labels.jsonl: no labels"),
    ],
)
def test_a_file_that_cannot_be_used_is_named_with_its_line(
    tmp_path: Path, articles: list[Any], labels: list[Any], message: str
) -> None:
    with pytest.raises(LabelledError, match=message):
        read_labelled(*files(tmp_path, articles, labels))


def test_a_file_that_is_not_there_or_not_text_is_named(tmp_path: Path) -> None:
    articles, labels = files(tmp_path, [ARTICLE], [])
    labels.unlink()
    with pytest.raises(LabelledError, match=r"labels.jsonl: No such file"):
        read_labelled(articles, labels)
    articles.write_bytes(b"\xff\xfe")
    with pytest.raises(LabelledError, match=r"articles.jsonl: not UTF-8"):
        read_labelled(articles, labels)


def test_the_table_has_a_row_a_kind_and_marks_what_is_not_known() -> None:
    label = Label(0, 30, "action", "Getty Images", ("Stability AI",), ("copyright",))
    lines = table(score([(Labelling((label,)), [label])])).splitlines()
    assert lines[0] == "articles 1, labelled to the end 1, labels 1, drafts judged 1"
    assert lines[3].split() == ["span", "1.000", "1.000", "1.000"]
    assert "right in a match: kind 1.000  claimant 1.000  targets 1.000  hedged 1.000" in lines
    rows = {line.split()[0]: line.split()[1:] for line in lines[-6:]}
    assert rows["action"] == ["1", "1", *["1.000"] * 10]
    assert rows["denial"] == ["0", "0", *["–"] * 10]


def test_without_an_article_read_to_the_end_the_table_says_what_is_missing() -> None:
    label = Label(0, 30, "action", "Getty Images")
    text = table(score([(Labelling((label,), complete=False), [label])]))
    assert "No article was read to the end" in text
    assert text.splitlines()[3].split() == ["span", "1.000", "–", "–"]
