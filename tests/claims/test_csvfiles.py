"""CSV that a spreadsheet does not run."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claims.csvfiles import cell, csv_text


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1", " =1", "＝1+1", "\n=cmd|' /C calc'!A0"]
)
def test_what_a_spreadsheet_would_run_is_made_plain(text: str) -> None:
    assert cell(text) == f"'{text}"


@pytest.mark.parametrize("value", [-3, 0.5, True])
def test_numbers_stay_numbers(value: object) -> None:
    assert cell(value) is value


def test_nothing_is_an_empty_cell() -> None:
    assert csv_text(("a", "b"), [(None, "x")]) == "a,b\r\n,x\r\n"


@given(
    st.lists(st.tuples(st.text(st.characters(exclude_characters="\x00\r", exclude_categories=["Cs"])), st.integers()))
)
def test_what_is_written_reads_back(rows: list[tuple[str, int]]) -> None:
    read = list(csv.reader(io.StringIO(csv_text(("text", "number"), rows), newline="")))[1:]
    assert [(text, int(number)) for text, number in read] == [(cell(text), number) for text, number in rows]
