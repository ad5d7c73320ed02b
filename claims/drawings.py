"""Where things stand in the drawings of the site: pure geometry, which templates turn into SVG.

A drawing is told apart by more than colour, and stands beside a table with the same figures.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Literal

# The diagram of who claims what about whom, in units of its view box.
WIDTH, NODE_WIDTH, NODE_HEIGHT, GAP = 440.0, 148.0, 34.0, 9.0
LINE = 19  # characters that fit on a line of a node
NODES = 9  # a side; more would be a thicket


@dataclass(frozen=True, slots=True)
class Node:
    """A party on one side of the diagram, its name on one or two lines."""

    name: str
    x: float
    y: float
    lines: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class Arrow:
    """From a claimant to the party that its claims are about: a curve, with the number of claims on it."""

    path: str
    label_x: float
    label_y: float
    number: int
    tone: str
    width: float


@dataclass(frozen=True, slots=True)
class Diagram:
    """Claimants on the left, whom they speak of on the right."""

    width: float
    height: float
    node_height: int
    left: tuple[Node, ...]
    right: tuple[Node, ...]
    arrows: tuple[Arrow, ...]
    complete: bool


@dataclass(frozen=True, slots=True)
class Link:
    """What a diagram is drawn from: *number* claims of *source* about *target*; *tone* names the line's looks."""

    source: str
    target: str
    number: int
    tone: str


def diagram(links: Sequence[Link]) -> Diagram:
    """Return the drawing of *links*, the heaviest first; sides longer than `NODES` are cut."""
    sources = list(dict.fromkeys(link.source for link in links))[:NODES]
    shown = [link for link in links if link.source in sources]
    targets = list(dict.fromkeys(link.target for link in shown))
    # Each target near those that speak of it, so that few arrows cross.
    targets.sort(key=lambda name: _mean([sources.index(link.source) for link in shown if link.target == name]))
    targets = targets[:NODES]
    shown = [link for link in shown if link.target in targets]
    height = max(len(sources), len(targets)) * (NODE_HEIGHT + GAP) + GAP
    left = _column(sources, 1.0, height)
    right = _column(targets, WIDTH - NODE_WIDTH - 1, height)
    return Diagram(
        width=WIDTH,
        height=height,
        node_height=int(NODE_HEIGHT),
        left=tuple(left.values()),
        right=tuple(right.values()),
        arrows=tuple(_arrow(link, left[link.source], right[link.target]) for link in reversed(shown)),
        complete=len(shown) == len(links),
    )


def _mean(values: Sequence[int]) -> float:
    return sum(values) / len(values)


def _column(names: Sequence[str], x: float, height: float) -> dict[str, Node]:
    block = len(names) * (NODE_HEIGHT + GAP) - GAP
    top = (height - block) / 2
    nodes = {}
    for number, name in enumerate(names):
        y = top + number * (NODE_HEIGHT + GAP)
        lines = wrap(name)
        first = y + NODE_HEIGHT / 2 + 4.5 - (len(lines) - 1) * 6.5
        nodes[name] = Node(
            name, x, round(y, 1), tuple((line, round(first + i * 13, 1)) for i, line in enumerate(lines))
        )
    return nodes


def wrap(name: str, width: int = LINE) -> tuple[str, ...]:
    """Return *name* on at most two lines of *width* characters, cut with "…" where it is longer."""
    lines = [""]
    for word in name.split():
        if lines[-1] and len(lines[-1]) + 1 + len(word) > width:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    if len(lines) > 2:
        lines = [lines[0], f"{lines[1]}…"]
    return tuple(line if len(line) <= width else f"{line[: width - 1].rstrip('…')}…" for line in lines)


def _arrow(link: Link, source: Node, target: Node) -> Arrow:
    x1, y1 = source.x + NODE_WIDTH, source.y + NODE_HEIGHT / 2
    x2, y2 = target.x - 7, target.y + NODE_HEIGHT / 2
    bend = (x2 - x1) / 2
    path = f"M{x1:.0f} {y1:.1f}C{x1 + bend:.0f} {y1:.1f} {x2 - bend:.0f} {y2:.1f} {x2:.0f} {y2:.1f}"
    # A point near the claimant, where arrows lie apart: the Bézier curve at t = 0.22.
    t = 0.22
    y = y1 + (y2 - y1) * (3 * (1 - t) * t**2 + t**3)
    x = (1 - t) ** 3 * x1 + 3 * (1 - t) ** 2 * t * (x1 + bend) + 3 * (1 - t) * t**2 * (x2 - bend) + t**3 * x2
    width = min(1.2 + 0.5 * link.number, 4.0)
    return Arrow(path, round(x, 1), round(y, 1), link.number, link.tone, width)


@dataclass(frozen=True, slots=True)
class Bar:
    """A stacked bar: its parts from the ground up, as (name, y, height)."""

    x: float
    parts: tuple[tuple[str, float, float], ...]


def stacked(columns: Iterable[Sequence[tuple[str, int]]], top: int, height: float = 100.0) -> list[Bar]:
    """Return bars of one unit's width each, *height* high at the figure *top*."""
    bars = []
    for number, parts in enumerate(columns):
        borders = [0]
        for _, figure in parts:
            borders.append(borders[-1] + figure)
        heights = [
            (name, round(height - height * upper / top, 2), round(height * (upper - lower) / top, 2))
            for (name, _), (lower, upper) in zip(parts, pairwise(borders), strict=True)
            if upper > lower
        ]
        bars.append(Bar(number + 0.14, tuple(heights)))
    return bars


def ceiling(figure: int) -> int:
    """Return a round, even number that is not below *figure*: the top of an axis."""
    step = 2
    while figure > step:
        step = step * 5 // 2 if str(step)[0] == "2" else step * 2
        step += step % 2
    return step


# The picture of a timeline: a lane a sort of claim, a mark a claim, in units of its view box.
# How wide a character of a label is, with the air after it shared out.
TICK_CHARACTER = 9.0
STRIP_WIDTH, LANE_HEIGHT, MARK_SIZE, STRIP_LEFT, STRIP_TOP = 520.0, 44.0, 13.0, 8.0, 2.0
STACK = 2  # marks above each other; further ones of the same days are counted beside them


@dataclass(frozen=True, slots=True)
class Mark:
    """A claim on the picture: a symbol of its kind at its date; *more* claims of those days are not drawn."""

    kind: str
    x: float
    y: float
    more: int = 0


@dataclass(frozen=True, slots=True)
class Tick:
    """The beginning of a year or a month on the axis; whether its label starts or ends at the line."""

    label: str
    x: float
    anchor: Literal["start", "end"] = "start"


@dataclass(frozen=True, slots=True)
class Strip:
    """Claims over time: lanes with their names, marks, and the axis."""

    width: float
    height: float
    lanes: tuple[tuple[str, float], ...]
    marks: tuple[Mark, ...]
    ticks: tuple[Tick, ...]

    @property
    def floor(self) -> float:
        """Where the lowest lane ends."""
        return self.lanes[-1][1]


def strip(moments: Sequence[tuple[date, int, str]], lanes: Sequence[str]) -> Strip:
    """Return the picture of *moments* (date, lane, kind) in *lanes*, which are named from the top."""
    first, last = min(on for on, _, _ in moments), max(on for on, _, _ in moments)
    span = max((last - first).days, 1)
    right = STRIP_WIDTH - STRIP_LEFT - 1.5 * MARK_SIZE
    columns: dict[tuple[int, int], list[str]] = {}
    for on, lane, kind in sorted(moments):
        place = (right - STRIP_LEFT) * (on - first).days / span
        columns.setdefault((lane, round(place / (MARK_SIZE + 2))), []).append(kind)
    marks = [
        Mark(kind, round(STRIP_LEFT + column * (MARK_SIZE + 2), 1), _mark_y(lane, level), more)
        for (lane, column), kinds in columns.items()
        for level, kind in enumerate(kinds[:STACK])
        for more in [len(kinds) - STACK if level == STACK - 1 and len(kinds) > STACK else 0]
    ]
    height = STRIP_TOP + len(lanes) * LANE_HEIGHT + 20
    named = tuple((name, STRIP_TOP + (number + 1) * LANE_HEIGHT) for number, name in enumerate(lanes))
    return Strip(STRIP_WIDTH, height, named, tuple(marks), _ticks(first, last, span, right))


def _mark_y(lane: int, level: int) -> float:
    return round(STRIP_TOP + (lane + 1) * LANE_HEIGHT - (level + 1) * (MARK_SIZE + 1) - 1, 1)


def _ticks(first: date, last: date, span: int, right: float) -> tuple[Tick, ...]:
    """Return the years on the axis, or the months where there is only one year; few and far enough apart to be read.

    The first one began before the picture does: where the second is near, it gives way.
    """
    if first.year == last.year:
        starts = [
            (f"{first.year}-{month:02}", date(first.year, month, 1)) for month in range(first.month, last.month + 1)
        ]
    else:
        starts = [(str(year), date(year, 1, 1)) for year in range(first.year, last.year + 1)]
    every = -(-len(starts) // 8)
    ticks: list[Tick] = []
    free = STRIP_WIDTH
    for label, on in reversed(starts[::every]):
        x = round(STRIP_LEFT + max((right - STRIP_LEFT) * (on - first).days / span, 0), 1)
        width = len(label) * TICK_CHARACTER
        # Beside the right edge a label stands before its line.
        anchor: Literal["start", "end"] = "start" if x + width <= STRIP_WIDTH else "end"
        begins = x if anchor == "start" else x - width
        if begins + width <= free and begins >= 0:
            ticks.insert(0, Tick(label, x, anchor))
            free = begins
    return tuple(ticks)
