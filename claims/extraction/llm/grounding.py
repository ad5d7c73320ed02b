"""Finding a quote in a text: verbatim but for white space and the shape of quotation marks.

A model retypes what it quotes: line breaks become blanks, curly marks straight ones, soft hyphens vanish. Both
sides are folded alike, one code point to one or none, so that every place of the folded text knows the offset
that it came from. Anything else that differs, a letter's case included, is no quote.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

LONGEST = 1000
SHORTEST = 8
# A sentence that is printed twice is a claim at both places; a few words may recur by chance.
SENTENCE = 40
MOST_PLACES = 10
_MARKS = str.maketrans(
    dict.fromkeys("\u2018\u2019\u201a\u201b\u2032\u2039\u203a\u0060\u00b4", "'")
    | dict.fromkeys("\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb", '"')
)
_CLOSING = ".,;: "


@dataclass(frozen=True, slots=True)
class Folded:
    """*text* with blanks and marks folded; ``offsets[i]`` is where ``text[i]`` stands in the original."""

    text: str
    offsets: tuple[int, ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return the original's offsets of ``text[start:end]``, which must not be empty."""
        return self.offsets[start], self.offsets[end - 1] + 1


def is_invisible(char: str) -> bool:
    """Whether a code point shows nothing: soft hyphens, zero-width and direction marks, tag characters."""
    return unicodedata.category(char) == "Cf"


def fold(text: str) -> Folded:
    """Return *text* with runs of white space and control characters as one blank, marks straight, no invisibles."""
    kept: list[str] = []
    offsets: list[int] = []
    for offset, char in enumerate(text):
        category = unicodedata.category(char)
        if category == "Cf":
            continue
        if char.isspace() or category == "Cc":
            if kept and kept[-1] == " ":
                continue
            char = " "
        kept.append("\ufffd" if category == "Cs" else char)
        offsets.append(offset)
    return Folded("".join(kept).translate(_MARKS), tuple(offsets))


def places(text: Folded, quote: str) -> list[tuple[int, int]]:
    """Return the original's spans at which *quote* stands in *text*, without closing punctuation, in order.

    Empty where it does not stand there at whole words, or is shorter than `SHORTEST` or longer than `LONGEST`.
    """
    wanted = fold(quote).text.strip().rstrip(_CLOSING)
    if not SHORTEST <= len(wanted) <= LONGEST or " " not in wanted:
        return []
    return [text.span(at, at + len(wanted)) for at in _occurrences(text.text, wanted)]


def _occurrences(text: str, wanted: str) -> Iterator[int]:
    at = text.find(wanted)
    while at >= 0:
        end = at + len(wanted)
        if not (_joined(text, at) or _joined(text, end)):
            yield at
            at = text.find(wanted, end)
        else:
            at = text.find(wanted, at + 1)


def _joined(text: str, at: int) -> bool:
    """Whether *at* lies inside a word."""
    return 0 < at < len(text) and text[at - 1].isalnum() and text[at].isalnum()


class Names:
    """Tells whether a name occurs in a text, compared without case, accents, punctuation and possessives."""

    def __init__(self, *texts: str) -> None:
        self._words = f" {' '.join(words(' '.join(texts)))} "

    def __contains__(self, name: object) -> bool:
        wanted = words(name) if isinstance(name, str) else []
        return bool(wanted) and f" {' '.join(wanted)} " in self._words


_POSSESSIVE = re.compile(r"['\u2019]s\b")
_STOP = re.compile(r"(?<=\b\w)\.|['\u2019]")


def words(text: str) -> list[str]:
    """Return the words of *text* as names are compared by: "The F.T.C.'s" → the, ftc."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))
    return re.findall(r"\w+", _STOP.sub("", _POSSESSIVE.sub("", plain)))
