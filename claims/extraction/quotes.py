"""Direct quotations: where they stand in the prepared text.

Double quotation marks, curly or straight, and German-style low marks. A quotation that a paragraph leaves open
goes on where the next paragraph opens with a mark again, as newspapers print long quotations.
"""

import bisect
import re
from dataclasses import dataclass

_MARK = re.compile('["“”„«»]')
_PARAGRAPH = re.compile(r"\n+")


@dataclass(frozen=True, slots=True)
class Quote:
    """One quotation: offsets of the prepared text, marks included; *open* where no closing mark was found."""

    start: int
    end: int
    open: bool = False


def find_quotes(text: str) -> list[Quote]:
    """Return the quotations of *text* in order; they do not overlap."""
    quotes: list[Quote] = []
    position = 0
    for gap in [*_PARAGRAPH.finditer(text), None]:
        end = gap.start() if gap else len(text)
        quotes += _in_paragraph(text, position, end)
        position = gap.end() if gap else end
    return _stretch(text, quotes)


def _stretch(text: str, quotes: list[Quote]) -> list[Quote]:
    """Let a quotation that its paragraph leaves open run to a closing curly mark a few paragraphs on.

    It does so only where no other mark stands between, so that a forgotten mark swallows nothing.
    """
    for i, quote in enumerate(quotes):
        if quote.open and text[quote.start] == "“":
            following = _MARK.search(text, quote.end)
            if following and following.group() == "”" and following.start() - quote.end < 1500:
                quotes[i] = Quote(quote.start, following.end())
    return quotes


def _in_paragraph(text: str, start: int, end: int) -> list[Quote]:
    quotes: list[Quote] = []
    opened: int | None = None
    for match in _MARK.finditer(text, start, end):
        mark, at = match.group(), match.start()
        before = text[at - 1] if at > start else " "
        if mark == '"':
            opening = opened is None and not before.isdigit()
        elif mark == "”":
            # Some outlets print a closing mark where an opening one belongs.
            after = text[at + 1] if at + 1 < end else " "
            opening = opened is None and (before.isspace() or before in "(—–-") and after.isalnum()
        else:
            opening = mark in "“„«"
        if opening:
            if opened is not None:  # a mark was never closed: give up on the earlier one
                if mark == '"':
                    continue
                quotes.append(Quote(opened, at, open=True))
            opened = at
        elif opened is not None:
            quotes.append(Quote(opened, at + 1))
            opened = None
    if opened is not None:
        quotes.append(Quote(opened, end, open=True))
    return quotes


class QuoteIndex:
    """Answers in logarithmic time which quotation an offset lies in."""

    def __init__(self, quotes: list[Quote]) -> None:
        self.quotes = quotes
        self._starts = [quote.start for quote in quotes]

    def at(self, offset: int) -> Quote | None:
        """Return the quotation that *offset* lies in, marks included."""
        i = bisect.bisect_right(self._starts, offset) - 1
        return self.quotes[i] if i >= 0 and offset < self.quotes[i].end else None

    def within(self, start: int, end: int) -> list[Quote]:
        """Return the quotations that overlap ``start:end``."""
        i = max(bisect.bisect_right(self._starts, start) - 1, 0)
        found = []
        while i < len(self.quotes) and self.quotes[i].start < end:
            if self.quotes[i].end > start:
                found.append(self.quotes[i])
            i += 1
        return found
