"""Drawings keep to their frame and lose nothing that they do not own up to."""

import re
from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claims.drawings import LINE, NODE_HEIGHT, NODE_WIDTH, NODES, Link, ceiling, diagram, stacked, strip, wrap

names = st.text(min_size=1, max_size=60).filter(lambda text: bool(text.split()))
links = st.lists(
    st.builds(Link, source=names, target=names, number=st.integers(1, 500), tone=st.just("open")),
    min_size=1,
    max_size=40,
    unique_by=lambda link: (link.source, link.target),
)


@given(links)
def test_nodes_and_arrows_stay_in_the_frame_and_apart(found: list[Link]) -> None:
    drawn = diagram(found)
    for side in (drawn.left, drawn.right):
        assert 0 < len(side) <= NODES
        assert len({node.name for node in side}) == len(side)
        tops = sorted(node.y for node in side)
        assert all(lower - upper >= NODE_HEIGHT for upper, lower in pairwise(tops))
        for node in side:
            assert 0 <= node.x <= drawn.width - NODE_WIDTH
            assert 0 <= node.y <= drawn.height - NODE_HEIGHT
            assert all(node.y < y < node.y + NODE_HEIGHT for _, y in node.lines)
    for arrow in drawn.arrows:
        numbers = [float(number) for number in re.findall(r"-?[\d.]+", arrow.path)]
        assert all(0 <= x <= drawn.width for x in numbers[::2])
        assert all(0 <= y <= drawn.height for y in numbers[1::2])


@given(links)
def test_a_drawing_says_whether_it_is_complete(found: list[Link]) -> None:
    drawn = diagram(found)
    assert drawn.complete == (len(drawn.arrows) == len(found))
    if len({link.source for link in found}) <= NODES and len({link.target for link in found}) <= NODES:
        assert drawn.complete


@given(names)
def test_a_name_takes_two_lines_at_most(name: str) -> None:
    lines = wrap(name)
    assert 1 <= len(lines) <= 2
    assert all(0 < len(line) <= LINE for line in lines)


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("OpenAI", ("OpenAI",)),
        ("The New York Times Company", ("The New York Times", "Company")),
        ("House Select Committee on the Chinese Communist Party", ("House Select", "Committee on the…")),
        ("Bundesbeauftragter-fuer-alles", ("Bundesbeauftragter…",)),
    ],
)
def test_names_are_wrapped_at_words_and_cut_with_an_ellipsis(name: str, lines: tuple[str, ...]) -> None:
    assert wrap(name) == lines


def test_bars_stack_from_the_ground_up_and_leave_out_what_is_nothing() -> None:
    (bar,) = stacked([[("a", 2), ("b", 0), ("c", 6)]], top=8)
    assert bar.parts == (("a", 75.0, 25.0), ("c", 0.0, 75.0))


@given(st.integers(0, 100_000))
def test_the_top_of_an_axis_is_even_and_not_below_the_figure(figure: int) -> None:
    top = ceiling(figure)
    assert top >= figure
    assert top % 2 == 0
    assert top <= max(2, 3 * figure)


def test_a_strip_places_marks_by_date_and_counts_what_it_does_not_draw() -> None:
    day = date(2025, 1, 29)
    moments = [(day, 0, "allegation")] * 5 + [(date(2026, 1, 29), 1, "denial")]
    drawn = strip(moments, ["Accusations", "Answers", "Steps"])
    first, last = drawn.marks[0], drawn.marks[-1]
    assert [mark.kind for mark in drawn.marks] == ["allegation", "allegation", "denial"]
    assert [mark.more for mark in drawn.marks] == [0, 3, 0]
    assert first.x < last.x < drawn.width
    assert first.y < last.y < drawn.floor
    assert [tick.label for tick in drawn.ticks] == ["2025", "2026"]


def test_a_strip_of_one_year_is_ticked_by_months() -> None:
    drawn = strip([(date(2025, 2, 3), 0, "allegation"), (date(2025, 4, 3), 0, "concern")], ["One"])
    assert [tick.label for tick in drawn.ticks] == ["2025-02", "2025-03", "2025-04"]


@given(st.lists(st.tuples(st.dates(), st.integers(0, 2), st.just("allegation")), min_size=1, max_size=60))
def test_a_strip_draws_or_counts_every_moment_within_its_box(moments: list[tuple[date, int, str]]) -> None:
    drawn = strip(moments, ["a", "b", "c"])
    assert sum(1 + mark.more for mark in drawn.marks) == len(moments)
    assert all(0 <= mark.x <= drawn.width and 0 <= mark.y <= drawn.height for mark in drawn.marks)
    assert len(drawn.ticks) <= 8
    assert all(0 <= tick.x <= drawn.width for tick in drawn.ticks)
    ends = [(tick.x - (8 * len(tick.label) if tick.anchor == "end" else 0), len(tick.label)) for tick in drawn.ticks]
    assert all(one + 8 * length <= two for (one, length), (two, _) in pairwise(ends)), "labels run into each other"


def test_a_year_of_a_few_days_gives_its_place_on_the_axis_to_the_next() -> None:
    drawn = strip([(date(2022, 12, 20), 0, "allegation"), (date(2025, 6, 3), 0, "concern")], ["One"])
    assert [tick.label for tick in drawn.ticks] == ["2023", "2024", "2025"]
