"""A text cut at the borders of overlapping spans, so that each piece can be marked with what covers it.

Pure: no Django. Offsets count Unicode code points, end exclusive.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a text; *key* says whose it is."""

    start: int
    end: int
    key: int


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of a text that the same spans cover throughout: their keys, the outermost first.

    *opens* are the keys of the spans that begin with this piece.
    """

    start: int
    text: str
    keys: tuple[int, ...] = ()
    opens: tuple[int, ...] = ()


def cut(text: str, spans: Iterable[Span], also: Iterable[int] = ()) -> list[Segment]:
    """Cut *text* at every border of *spans* and at the offsets *also*; the segments together are the text again.

    A span is clipped to the text; one that is empty then is left out. Earlier spans come first among a segment's
    keys, of those that start together the longest.
    """
    size = len(text)
    clipped = [Span(max(span.start, 0), min(span.end, size), span.key) for span in spans]
    waiting = sorted(
        (span for span in clipped if span.start < span.end), key=lambda s: (s.start, -s.end, s.key), reverse=True
    )
    edges = {0, size, *(span.start for span in waiting), *(span.end for span in waiting)}
    borders = sorted(edges.union(place for place in also if 0 < place < size))
    segments: list[Segment] = []
    active: list[Span] = []
    for start, end in pairwise(borders):
        active = [span for span in active if span.end > start]
        opening = []
        while waiting and waiting[-1].start == start:
            opening.append(waiting.pop())
        active += opening
        segments.append(
            Segment(start, text[start:end], tuple(span.key for span in active), tuple(span.key for span in opening))
        )
    return segments


def locate(text: str, words: str, near: int) -> int | None:
    """Return where *words* stand in *text*, of several places the one nearest to *near*; None where nowhere."""
    best: int | None = None
    place = text.find(words) if words else -1
    while place >= 0:
        if best is None or abs(place - near) < abs(best - near):
            best = place
        place = text.find(words, place + 1)
    return best
