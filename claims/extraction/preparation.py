"""The text as the parser should see it, with a way back to the offsets of the article.

Article text carries Markdown links, emphasis marks, soft hyphens and page furniture (newsletter prompts,
"Read more" lines, player ids). They are blanked or dropped before parsing, and every character that is left
remembers where it came from, so that a span in the prepared text names a span in the article.
"""

import re
from dataclasses import dataclass

# A Markdown link: its label is kept, its target dropped. Targets may hold one level of round brackets.
_LINK = re.compile(r"!?\[((?:[^\[\]\\]|\\.){0,300})\]\(((?:[^()\s]|\([^()\s]*\)){1,600})\)")
_BARE_URL = re.compile(r"https?://[^\s)\]]+|/cdn-cgi/\S+")
_EMPHASIS = re.compile(r"(?<![\w*])\*{1,3}(?=[\w\"“‘])|(?<=[\w\"”’.,:!?])\*{1,3}(?![\w*])")
_UNDERSCORE = re.compile(r"(?<!\w)_{1,2}(?=\w)|(?<=[\w’'.,?!])_{1,2}(?!\w)")
_UNDERSCORE_POSSESSIVE = re.compile(r"_(?=[’']s\b)|(?<=[’']s)_|(?<=[’'])_(?=s\b)")
_ESCAPE = re.compile(r"\\(?=[\[\]\-_*#()])")
_INVISIBLE = re.compile("[\u00ad\u200b\u200c\u200d\u2060\ufeff]")
_HEADING = re.compile(r"(?m)^#{1,6}\s+")
# Longer runs say nothing more, and what reads them takes time that grows with the square of their length.
_LONG_GAP = re.compile(r"\s{12,}")
_LONG_ORNAMENT = re.compile(r"(?:[^\W_]{0,2}(?:_|[^\w\s])){24}((?:[^\W_]{0,2}(?:_|[^\w\s]))+)")

# Page furniture. Each pattern ends where the article goes on; a match becomes a sentence break.
_FURNITURE = (
    re.compile(r"\[time-brightcove[^\]]{0,80}\]"),
    re.compile(r"Podcast ID – \w+ Length: [0-9a-f-]{36}"),
    re.compile(r"The Brief [A-Z][a-z]+ \d{1,2}, \d{4} .{0,220}?(?=Podcast ID|\n|$)"),
    re.compile(r"(?m)^(?:skip past newsletter promotion|after newsletter promotion|sign up to \w+).{0,80}$", re.I),
    re.compile(
        r"(?m)^(?:privacy notice|leave a reply|leave a comment|related articles?|advertisement|read more)\b.{0,200}$",
        re.I,
    ),
    re.compile(
        r"(?m)^(?:share this|follow us on|subscribe to|photo(?:graph)?:|image:|credit:).{0,120}$|^getty images$", re.I
    ),
    re.compile(r"(?:If you have a minute, please take|If you’re reading this in your browser)[^.?!]{0,160}[.?!]"),
    re.compile(
        r"Your e-?mail address will not be (?:published|shared|made public)[^.\n]{0,80}(?:\.|(?=\n)|$)"
        r"(?:[ \t]*Required fields are marked[ \t]*\*?\.?)?",
        re.I,
    ),
    re.compile(r"Welcome back to In the Loop.{0,60}?newsletter about AI\."),
)
# "Read more: Headline In Title Case": ends where a word in lower case shows that prose has begun again.
_READ_MORE = re.compile(r"\bRead [Mm]ore ?: ")
_TITLE_WORD = re.compile(
    r"(?:[A-Z0-9‘’“”'\"][\w’'‘.,:&/-]*[?!]?|a|an|the|of|on|in|for|to|and|or|at|by|with|from|is|it|as|vs\.?|–|—|-)[”’]?\s+"
)


@dataclass(frozen=True, slots=True)
class Prepared:
    """*text* for the parser; ``offsets[i]`` is the article's offset of ``text[i]``, with one entry past the end."""

    text: str
    offsets: tuple[int, ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return the article's offsets of ``text[start:end]``, which must not be empty."""
        return self.offsets[start], self.offsets[end - 1] + 1


def prepare(text: str) -> Prepared:
    """Return *text* without links' targets, marks and furniture, and where each character came from."""
    keep = list(text)
    for pattern in _FURNITURE:
        for match in pattern.finditer(text):
            _blank(keep, match.start(), match.end(), breaking=True)
    for start, end in _read_more(text):
        _blank(keep, start, end, breaking=True)
    for match in _LINK.finditer(text):
        _drop(keep, match.start(), match.start(1))
        _drop(keep, match.end(1), match.end())
    for match in _LONG_GAP.finditer(text):
        keep[match.start()] = "\n" if "\n" in match.group() else " "
        _drop(keep, match.start() + 1, match.end())
    for match in _LONG_ORNAMENT.finditer(text):
        _drop(keep, *match.span(1))
    for pattern in (_BARE_URL, _EMPHASIS, _UNDERSCORE, _UNDERSCORE_POSSESSIVE, _ESCAPE, _INVISIBLE, _HEADING):
        for match in pattern.finditer(text):
            _drop(keep, match.start(), match.end())
    offsets = [i for i, char in enumerate(keep) if char]
    return Prepared("".join(keep[i] for i in offsets), (*offsets, len(text)))


def _drop(keep: list[str], start: int, end: int) -> None:
    keep[start:end] = [""] * (end - start)


def _blank(keep: list[str], start: int, end: int, *, breaking: bool) -> None:
    keep[start:end] = [" "] * (end - start)
    if breaking and end > start:
        keep[start] = "\n"


def _read_more(text: str) -> list[tuple[int, int]]:
    """Return the spans of "Read more: A Headline" inside running text; the headline ends before prose begins.

    The last title-cased word before a word in lower case opens the next sentence, so it stays.
    """
    spans = []
    for match in _READ_MORE.finditer(text):
        position, last = match.end(), match.end()
        while (word := _TITLE_WORD.match(text, position)) and position - match.end() < 160:
            if word.group().rstrip().endswith(("?", "!", ".")):
                last = position = word.end()
                break
            last, position = position, word.end()
        if last > match.end():
            spans.append((match.start(), last))
    return spans
