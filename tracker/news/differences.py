"""What changed between two texts, paragraph by paragraph, as an editor wants to see it."""

import difflib
import re
from collections.abc import Iterator

MOST_PARAGRAPHS = 1_000
"""More of either text are not compared: the time grows with their product."""

_MARKS = str.maketrans({"“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "‘": "'", "’": "'", "–": "-", "—": "-"})


def folded(text: str) -> str:
    """Return *text* without what an outlet changes and no reader sees: white space, case, form of quotes and dashes."""
    return re.sub(r"\s+", " ", text.translate(_MARKS)).strip().casefold()


def holds(text: str, quote: str) -> bool:
    """Whether *text* still has the words of *quote*, in one piece."""
    return folded(quote) in folded(text)


def changed_paragraphs(before: str, after: str) -> Iterator[tuple[str, str]]:
    """Yield (what was, what is) for each stretch of paragraphs that differs; one of them may be empty."""
    old, new = before.split("\n")[:MOST_PARAGRAPHS], after.split("\n")[:MOST_PARAGRAPHS]
    ours, theirs = [folded(line) for line in old], [folded(line) for line in new]
    for tag, start, end, from_, to in difflib.SequenceMatcher(None, ours, theirs, autojunk=False).get_opcodes():
        if tag != "equal":
            yield "\n".join(old[start:end]), "\n".join(new[from_:to])
