"""Words, names and sentences made of syllables, met as unevenly as real ones."""

import random
from bisect import bisect
from collections.abc import Sequence
from itertools import accumulate
from typing import TypeVar

Thing = TypeVar("Thing")
SYLLABLES = [
    first + vowel + last for first in "bdfgklmnprstvz" for vowel in "aeiou" for last in ("", "n", "r", "l", "s")
]
# What any text about such disputes holds: without them, no word of a search would be common.
COMMON = (
    *("the", "of", "and", "to", "in", "that", "its", "for", "with", "on", "by", "was", "model", "training", "data"),
    *("company", "court", "lawsuit", "copyright", "system", "users", "claims", "said", "without", "consent"),
)
VOCABULARY = 20_000
DEEDS = (
    "trained its model on {0} data without consent",
    "copied {0} and {1} works for training",
    "misled users about its {0} system",
    "used {0} output to build a {1} model",
    "put {0} users at risk with its {1} system",
    "kept {0} records that it had promised to erase",
)
SAYS = {
    "allegation": "{who} alleges that {whom} {deed}",
    "denial": "{who} denies that it {deed}",
    "response": "{who} responds that it never meant what {whom} says and that nobody {deed}",
    "action": "{who} files a lawsuit against {whom}, which by its account {deed}",
    "finding": "{who} finds that {whom} {deed}",
    "concern": "{who} fears that {whom} {deed}",
}


class Skewed:
    """Draws positions from 0 to *size* - 1 by Zipf's law with exponent *slope*: the first are met most."""

    def __init__(self, size: int, slope: float = 1.0) -> None:
        self._sums = list(accumulate((rank + 1) ** -slope for rank in range(size)))

    def draw(self, chance: random.Random) -> int:
        """Return one position."""
        return bisect(self._sums, chance.random() * self._sums[-1])


class Writer:
    """Writes names, sentences and paragraphs; all from one generator of chance, so the same again for a seed."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._words = [*COMMON, *self._distinct(VOCABULARY, 2, 4)]
        self._skew = Skewed(len(self._words), 0.9)

    def _distinct(self, number: int, least: int, most: int) -> list[str]:
        found: dict[str, None] = {}
        while len(found) < number:
            found["".join(self._chance.choices(SYLLABLES, k=self._chance.randint(least, most)))] = None
        return list(found)

    def names(self, number: int, endings: Sequence[str]) -> list[str]:
        """Return *number* different names of one made-up word and one of *endings*, like "Vorlan Labs"."""
        return [f"{word.capitalize()} {self._chance.choice(endings)}" for word in self._distinct(number, 2, 3)]

    def word(self) -> str:
        """Return a word, a common one more often."""
        return self._words[self._skew.draw(self._chance)]

    def paragraph(self, words: int) -> str:
        """Return a paragraph of about *words* words."""
        text = " ".join(self.word() for _ in range(words))
        return f"{text[0].upper()}{text[1:]}."

    def saying(self, kind: str, who: str, whom: str) -> str:
        """Return a sentence in which *who* makes a claim of *kind* about *whom*, without its full stop."""
        deed = self._chance.choice(DEEDS).format(self.word(), self.word())
        return SAYS[kind].format(who=who, whom=whom, deed=deed)
