"""A quote stands in a text verbatim, but for white space and the shape of quotation marks, or not at all."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claims.extraction.llm.grounding import Names, fold, places

TEXT = "Intro. “We never\u00a0copied\nanything,” Lumen said – 🎭 “it’s a mis\u00adunderstanding”.\r\n\r\nThe end."


def quoted(text: str, quote: str) -> list[str]:
    """The words of *text* at which *quote* was found."""
    return [text[start:end] for start, end in places(fold(text), quote)]


@pytest.mark.parametrize(
    ("quote", "found"),
    [
        ('"We never copied anything," Lumen said', "“We never\u00a0copied\nanything,” Lumen said"),
        ("“it's a misunderstanding”", "“it’s a mis\u00adunderstanding”"),
        ("Lumen  said –\n🎭", "Lumen said – 🎭"),
        ("We never copied anything,", "We never\u00a0copied\nanything"),
        ("never copied anything, ” Lumen", None),
        ("we never copied anything", None),
        ("We never copied … Lumen said", None),
        ("We ever copied anything", None),
        ("We never copied anythin", None),
        ("Lumen said - 🎭", None),
        ("The end", None),
        ("understanding", None),
        ("", None),
        ("   \u200b ", None),
    ],
)
def test_only_blanks_and_marks_may_differ(quote: str, found: str | None) -> None:
    assert quoted(TEXT, quote) == ([found] if found else [])


def test_a_quote_is_found_at_every_place_and_inside_no_word() -> None:
    text = "the art of war. Then the art of war again; in smart art of warfare, the art of war"
    assert quoted(text, "the art of war") == ["the art of war"] * 3
    assert quoted(text, "art of war.") == ["art of war"] * 3


def test_a_quote_longer_than_an_excerpt_is_none() -> None:
    long = "word " * 400
    assert places(fold(long), long) == []


def test_offsets_count_code_points_outside_the_basic_plane() -> None:
    text = "🎭🎭 𝔏𝔲𝔪𝔢𝔫 denied it 🎭"
    [(start, end)] = places(fold(text), "𝔏𝔲𝔪𝔢𝔫 denied it")
    assert (start, end, text[start:end]) == (3, 18, "𝔏𝔲𝔪𝔢𝔫 denied it")


# All that makes offsets go wrong: astral letters, combining marks, invisibles, marks, control characters, surrogates.
ODD = [
    "é",
    "e\u0301",
    "🎭",
    "𝔏",
    "’",
    "'",
    "“",
    '"',
    "”",
    "«",
    "ß",
    "İ",
    "ﬁ",
    "½",
    ".",
    ",",
    "–",
    "…",
    "中",
    "Lumen",
    "said",
]
ODD += ["\u200b", "\u00ad", "\ufeff", "\ud800"]
BLANK = [" ", "  ", "\u00a0", "\n", "\r\n", "\t", "\x00", "\x1f", "\u2028"]
TEXTS = st.lists(st.sampled_from([*ODD, *BLANK]), max_size=40).map("".join) | st.text(max_size=60)


def retyped(text: str, draw: st.DrawFn) -> str:
    """*text* as a model might retype it: other blanks, other marks, invisible characters lost or kept."""
    out = []
    for char in text:
        if unicodedata.category(char) == "Cf":
            out.append(draw(st.sampled_from(["", char])))
        elif char in "'’‘":
            out.append(draw(st.sampled_from("'’‘`´")))
        elif char in '"“”«»':
            out.append(draw(st.sampled_from('"“”„«')))
        elif char.isspace():
            out.append(draw(st.sampled_from([" ", "\n", "\u00a0", "  \t", "\r\n"])))
        else:
            out.append(char)
    return "".join(out)


@st.composite
def quotations(draw: st.DrawFn) -> tuple[str, int, int, str]:
    """Return a text, the start and end of a stretch of it, and that stretch retyped."""
    before, stretch, after = draw(TEXTS), f"Lumen {draw(TEXTS)} denied", draw(TEXTS)
    return f"{before} {stretch} {after}", len(before) + 1, len(before) + 1 + len(stretch), retyped(stretch, draw)


@given(quotations())
def test_any_stretch_retyped_is_found_where_it_stands(quotation: tuple[str, int, int, str]) -> None:
    text, start, end, quote = quotation
    found = places(fold(text), quote)
    # Where the same words overlap themselves, the occurrence further left is the one that is taken.
    assert (start, end) in found or any(first < end and last > start for first, last in found)
    if fold(text).text.count(fold(quote).text) == 1:
        assert found == [(start, end)]


@given(TEXTS, TEXTS)
def test_what_is_found_reads_like_the_quote_and_lies_in_the_text(text: str, quote: str) -> None:
    for haystack in (text, text + quote + text):
        last = 0
        for start, end in places(fold(haystack), quote):
            assert last <= start < end <= len(haystack)
            assert fold(haystack[start:end]).text == fold(quote).text.strip().rstrip(".,;: ")
            last = end


@given(TEXTS)
def test_every_place_of_the_folded_text_knows_where_it_came_from(text: str) -> None:
    folded = fold(text)
    assert len(folded.text) == len(folded.offsets)
    assert list(folded.offsets) == sorted(set(folded.offsets))
    assert all(0 <= offset < len(text) for offset in folded.offsets)
    assert "  " not in folded.text


@pytest.mark.parametrize(
    ("name", "there"),
    [
        ("Société Générale", True),
        ("societe generale", True),
        ("Open AI", False),
        ("OpenAI", True),
        ("F.T.C.", True),
        ("Generale", True),
        ("Gener", False),
        ("", False),
        ("…", False),
        (None, False),
    ],
)
def test_names_are_looked_up_as_whole_words(name: object, there: bool) -> None:
    assert (name in Names("OpenAI’s suit", "The FTC and Société Générale")) is there
