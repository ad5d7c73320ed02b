"""The prepared text leads back to the article, character by character."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claims.extraction.parsing import sentence_starts
from claims.extraction.preparation import prepare
from claims.extraction.quotes import QuoteIndex, find_quotes

MARKED = st.text(alphabet=st.sampled_from(list('ab Z.[](){}_*\\"“”’\n😀é\u0301\u00adא\u200f/:h')), max_size=120)


@given(st.one_of(st.text(max_size=200), MARKED))
def test_every_kept_character_comes_from_where_it_says(text: str) -> None:
    prepared = prepare(text)
    assert len(prepared.offsets) == len(prepared.text) + 1
    assert list(prepared.offsets) == sorted(set(prepared.offsets))
    for char, offset in zip(prepared.text, prepared.offsets, strict=False):
        assert char in {text[offset], " ", "\n"}


@given(MARKED)
def test_quotations_lie_in_order_within_the_text(text: str) -> None:
    quotes = find_quotes(text)
    ends = [0]
    for quote in quotes:
        assert ends[-1] <= quote.start < quote.end <= len(text)
        ends.append(quote.end)
    index = QuoteIndex(quotes)
    assert all(index.at(q.start) is not None for q in quotes)


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("[OpenAI](https://example.org/a_(b)) sued", "OpenAI sued"),
        ("the _Post_ said", "the Post said"),
        ("con\u00adcerned", "concerned"),
    ],
)
def test_marks_are_dropped_and_words_kept(text: str, plain: str) -> None:
    assert prepare(text).text == plain


@pytest.mark.parametrize(
    "text",
    [
        "It sued. Your email address will not be published. Required fields are marked * It lost.",
        "It sued.\nYour e-mail address will not be shared with anyone\nIt lost.",
        "It sued. Your email address will not be made public. It lost.",
    ],
)
def test_the_notice_under_a_comment_form_is_no_text_and_parts_sentences(text: str) -> None:
    assert [part.strip() for part in prepare(text).text.split("\n") if part.strip()] == ["It sued.", "It lost."]


def test_an_e_mail_address_that_an_article_speaks_of_stays() -> None:
    text = "The bot told users that their email address will not be published, the suit says."
    assert prepare(text).text == text


@pytest.mark.parametrize("line", ["Leave a Reply", "Read more", "after newsletter promotion"])
def test_page_furniture_is_blanked(line: str) -> None:
    assert "kept" in prepare(f"{line}\nkept").text
    assert line not in prepare(f"{line}\nkept").text


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("OpenAI, Inc. said so. Meta did not.", 2),
        ("The U.S. The court agreed.", 2),
        ("In Sept. 2024 J.D. Vance spoke.", 1),
        ("“Why?” she asked. “Because.”", 2),
        ("One\nTwo", 2),
    ],
)
def test_sentences_start_where_a_reader_would_say(text: str, count: int) -> None:
    assert len({start for start in sentence_starts(text) if start < len(text)}) == count


def test_a_quotation_over_paragraphs_is_one() -> None:
    text = "“We asked them.\n\nThey said no.”"
    [quote] = find_quotes(text)
    assert (quote.start, quote.end) == (0, len(text))


@pytest.mark.parametrize("run", ['"', "“", "$", "…", ".", "_", "'s", "a.", "—", "😀", " ", "\n", " \n", "\u0301"])
def test_a_run_without_words_is_cut_short(run: str) -> None:
    prepared = prepare(f"OpenAI said so {run * 50_000}. DeepSeek denied it.")
    assert len(prepared.text) < 150
    assert prepared.text.startswith("OpenAI said so")
    assert prepared.text.endswith("DeepSeek denied it.")


def test_a_long_gap_still_parts_paragraphs() -> None:
    assert prepare("One" + " " * 30 + "\n" + " " * 30 + "Two").text == "One\nTwo"


@pytest.mark.parametrize("text", ["U.S.A. and A.T.&T.", "Wait......", "a/b/c, e.g. x-y-z", "– – – –", "1.2.3.4, 5, 6"])
def test_ordinary_marks_stay(text: str) -> None:
    assert prepare(text).text == text
