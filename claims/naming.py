"""Names of persons, as words: initials, and putting them in a name's place. Pure functions, no Django."""

import re
from collections.abc import Iterable

# Below this a surname is also a common word or a syllable.
_SHORTEST = 3
# Not part of the name that a text would use alone.
_PARTICLES = frozenset("van von de der den del di da dos du la le el al bin ibn jr sr ii iii mr mrs ms dr prof".split())


def initials(name: str) -> str:
    """Return the initials of a person's name: "Jane van Doe" → "J. v. D."; "" for what has no letter.

    A hyphenated given name keeps its hyphen: "Jean-Luc Picard" → "J.-L. P.".
    """
    parts = []
    for word in name.split():
        letters = [piece for piece in re.split(r"[-‐‑]", word) if any(char.isalpha() for char in piece)]
        short = "-".join(f"{next(char for char in piece if char.isalpha())}." for piece in letters)
        if short:
            parts.append(short)
    return " ".join(parts)


def names_to_mask(full: str, aliases: Iterable[str] = ()) -> list[str]:
    """Return the names by which a text could name a person, the longest first: the full one, others, the surname."""
    names = {" ".join(name.split()) for name in (full, *aliases)}
    words = [word for word in full.split() if word.casefold().strip(".") not in _PARTICLES]
    if len(words) > 1 and len(words[-1]) >= _SHORTEST:
        names.add(words[-1])
    own = initials(full)
    return sorted((name for name in names if len(name) >= _SHORTEST and name != own), key=lambda n: (-len(n), n))


def mask(text: str, names: Iterable[str], short: str) -> str:
    """Return *text* with *short* in the place of each of *names*, found as whole words in any case and spacing."""
    pattern = "|".join(r"\s+".join(re.escape(word) for word in name.split()) for name in names)
    if not pattern:
        return text
    # A full stop that ends the sentence is not doubled by that of the initials.
    stop = r"(?:\.(?!\.))?" if short.endswith(".") else ""
    found = re.compile(rf"(?<!\w)(?:{pattern})(?!\w){stop}", re.IGNORECASE)
    return found.sub(lambda match: short, text)
