"""PDFs in, text with page offsets out."""

import contextlib
from datetime import UTC, datetime
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.pdf import make_pdf
from tracker.news.errors import PageError
from tracker.news.pdfs import MAX_PAGES, read_pdf
from tracker.news.types import DateSource, Verdict

URL = "https://court.example/ruling.pdf"
FIRST = [
    "Case 1:25-cv-00001 Document 7 Page 1 of 3",
    "OPINION AND ORDER",
    "The plaintiffs allege that the defendant copied their books to train a lan-",
    "guage model without their permission. The defendant answers that training is",
    "a fair use of what it bought.",
    "The motion to dismiss the complaint is denied in part, for the reasons that",
    "1",
]
SECOND = [
    "Case 1:25-cv-00001 Document 7 Page 2 of 3",
    "follow below and that the parties have briefed at length over two months.",
    "It is granted as to the state-law claims, which federal law preempts in full.",
    "2",
]
THIRD = ["Case 1:25-cv-00001 Document 7 Page 3 of 3", "So ordered by the court.", "3"]


def test_the_text_has_whole_paragraphs_and_the_offset_of_each_page() -> None:
    page = read_pdf(make_pdf(FIRST, SECOND, THIRD, title="Opinion and order", created="D:20250301120000Z"), URL)
    assert page.verdict is Verdict.ARTICLE
    assert "to train a language model without their permission" in page.text
    assert "for the reasons that follow below" in page.text
    starts = [page.text[start:].split()[0] for start in page.pages]
    assert starts == ["OPINION", "follow", "So"]
    assert page.title == "Opinion and order"
    assert (page.published, page.published_source) == (datetime(2025, 3, 1, 12, tzinfo=UTC), DateSource.GUESS)


def test_running_heads_and_page_numbers_are_no_text() -> None:
    text = read_pdf(make_pdf(FIRST, SECOND, THIRD), URL).text
    assert "Case 1:25" not in text
    assert "\n1\n" not in f"\n{text}\n"


@pytest.mark.parametrize("title", ["", "Microsoft Word - draft.docx", "ruling.pdf", "Untitled"])
def test_a_title_that_a_program_made_gives_way_to_the_first_line(title: str) -> None:
    assert read_pdf(make_pdf(FIRST[1:], SECOND, title=title), URL).title == "OPINION AND ORDER"


def test_a_scanned_pdf_says_that_it_has_no_text() -> None:
    page = read_pdf(make_pdf([], []), URL)
    assert (page.verdict, page.text, page.pages) == (Verdict.EMPTY, "", ())
    assert "scanned" in page.reason


def test_more_pages_than_the_cap_are_left_out_and_said_so() -> None:
    words = [f"{'abcdefghij'[n % 10] * (n // 10 + 1)} is on this page." for n in range(MAX_PAGES + 5)]
    page = read_pdf(make_pdf(*([line] for line in words)), URL)
    assert len(page.pages) == MAX_PAGES
    assert any("Only the first 1,000 pages" in warning for warning in page.warnings)


@pytest.mark.parametrize(
    "body", [b"%PDF-", b"%PDF-1.7\n%%EOF", make_pdf(FIRST)[:300], b"%PDF-1.4\n" + b"1 0 obj << /A " * 500]
)
def test_a_damaged_file_is_a_page_error(body: bytes) -> None:
    with pytest.raises(PageError, match="PDF"):
        read_pdf(body, URL)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(st.text("abc. -", min_size=1, max_size=60), max_size=12), min_size=1, max_size=5))
def test_pages_begin_in_order_within_the_text(pages: list[list[str]]) -> None:
    page = read_pdf(make_pdf(*pages), URL)
    assert all(a <= b for a, b in pairwise(page.pages))
    assert all(0 <= start <= len(page.text) for start in page.pages)
    assert len(page.pages) == (len(pages) if page.text else 0)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_damage_anywhere_raises_a_page_error_or_nothing(data: st.DataObject) -> None:
    body = bytearray(make_pdf(FIRST, SECOND))
    for at in data.draw(st.lists(st.integers(5, len(body) - 1), max_size=8)):
        body[at] = data.draw(st.integers(0, 255))
    with contextlib.suppress(PageError):
        read_pdf(bytes(body), URL)
