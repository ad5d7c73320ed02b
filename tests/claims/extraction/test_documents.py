"""Articles as JSON Lines: what is read, and what is said of the rest."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claims.extraction.documents import BadLineError, document_from, read_documents
from claims.extraction.types import Document

optional = st.none() | st.text()


@given(st.builds(Document, st.text(), optional, optional, optional, st.text()), st.booleans())
def test_every_article_is_read_back(document: Document, ascii_only: bool) -> None:
    row = {name: getattr(document, name) for name in ("id", "url", "title", "published", "text")}
    assert document_from(json.dumps(row, ensure_ascii=ascii_only)) == document


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("nonsense", "not JSON"),
        ("[" * 100_000, "not JSON"),
        ("[]", "not a JSON object"),
        ('{"text": "x"}', '"id" is missing'),
        ('{"id": "a"}', '"text" is missing'),
        ('{"id": 1, "text": "x"}', '"id" is not a string'),
        ('{"id": "a", "text": null}', '"text" is null'),
        ('{"id": "a", "text": "x", "title": ["x"]}', '"title" is not a string'),
    ],
)
def test_what_is_no_article_is_named(line: str, reason: str) -> None:
    with pytest.raises(BadLineError, match=reason):
        document_from(line)


def test_the_rest_goes_on_after_bad_lines() -> None:
    lines = [b'\xef\xbb\xbf{"id": "a", "text": "x"}\n', b"\n", b"nope\n", b"\xff\n", b'{"id": "b", "text": ""}']
    reports: list[tuple[int, str]] = []
    found = list(read_documents(lines, lambda number, reason: reports.append((number, reason))))
    assert [document.id for document in found] == ["a", "b"]
    assert [number for number, _ in reports] == [3, 4]
    assert reports[0][1].startswith("not JSON")
    assert reports[1][1].startswith("not UTF-8")
