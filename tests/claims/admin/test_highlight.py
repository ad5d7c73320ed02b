"""Cutting a text at the borders of overlapping spans."""

from hypothesis import given
from hypothesis import strategies as st

from claims.admin.highlight import Segment, Span, cut, locate

spans_anywhere = st.lists(st.builds(Span, st.integers(-3, 40), st.integers(-3, 40), st.integers(1, 6)), max_size=12)


@given(st.text(max_size=30), spans_anywhere)
def test_the_segments_put_together_are_the_text(text: str, spans: list[Span]) -> None:
    segments = cut(text, spans)
    assert "".join(segment.text for segment in segments) == text
    for segment in segments:
        assert segment.text
        assert text[segment.start : segment.start + len(segment.text)] == segment.text


@given(st.text(max_size=30), spans_anywhere)
def test_each_character_has_exactly_the_keys_of_the_spans_over_it(text: str, spans: list[Span]) -> None:
    for segment in cut(text, spans):
        for place in range(segment.start, segment.start + len(segment.text)):
            covering = sorted(span.key for span in spans if span.start <= place < span.end)
            assert sorted(segment.keys) == covering


@given(st.text(min_size=1, max_size=30), spans_anywhere)
def test_each_span_opens_once(text: str, spans: list[Span]) -> None:
    opened = sorted(key for segment in cut(text, spans) for key in segment.opens)
    assert opened == sorted(s.key for s in spans if max(s.start, 0) < min(s.end, len(text)))


def test_a_text_is_cut_at_further_places_too() -> None:
    cuts = cut("ab\ncd", [Span(1, 4, 1)], also=[3, 0, 99])
    assert [(s.text, s.keys, s.opens) for s in cuts] == [
        ("a", (), ()),
        ("b\n", (1,), (1,)),
        ("c", (1,), ()),
        ("d", (), ()),
    ]


def test_overlapping_spans_are_cut_where_they_begin_and_end() -> None:
    assert cut("abcdefg", [Span(1, 5, 1), Span(3, 6, 2)]) == [
        Segment(0, "a"),
        Segment(1, "bc", (1,), (1,)),
        Segment(3, "de", (1, 2), (2,)),
        Segment(5, "f", (2,)),
        Segment(6, "g"),
    ]


def test_the_outermost_of_spans_that_start_together_comes_first() -> None:
    assert cut("abc", [Span(0, 1, 1), Span(0, 3, 2)])[0].keys == (2, 1)


def test_an_emoji_counts_as_one_character() -> None:
    assert cut("😀ab", [Span(1, 2, 7)])[1] == Segment(1, "a", (7,), (7,))


def test_no_text_has_no_segments() -> None:
    assert cut("", [Span(0, 3, 1)]) == []


@given(st.text(max_size=30), st.integers(0, 30), st.integers(0, 8), st.integers(0, 40))
def test_words_of_the_text_are_found_again(text: str, start: int, size: int, near: int) -> None:
    words = text[start : start + size]
    place = locate(text, words, near)
    if not words:
        assert place is None
        return
    assert place is not None
    assert text[place : place + len(words)] == words
    assert abs(place - near) <= abs(start - near)


def test_words_that_are_not_there_are_nowhere() -> None:
    assert locate("abc", "x", 0) is None
