"""Comparing drafts with labels: the rules by which a name, a set of targets and a span count as right.

The same as the labelling guidelines': names fold case, accents, punctuation, possessives, a leading "the" and
legal suffixes; a labelled name may hold alternatives ("A | B"); spans match from half of their union.
"""

import re
import unicodedata
from collections.abc import Sequence

_LEGAL = frozenset("inc llc ltd corp corporation co plc gmbh ag sa incorporated limited".split())


def fold(name: str) -> str:
    """Return *name* in the form that names are compared in."""
    straight = name.replace("\u2019", "'").replace("\u2018", "'")
    plain = unicodedata.normalize("NFKD", straight).encode("ascii", "ignore").decode().lower()
    words = re.sub(r"[^a-z0-9 ]+", " ", re.sub(r"'s\b|\.(?=[a-z]\b)|(?<=\b[a-z])\.", "", plain)).split()
    if words[:1] == ["the"]:
        words = words[1:]
    while len(words) > 1 and words[-1] in _LEGAL:
        words.pop()
    return " ".join(words)


def accepts(label: str, name: str) -> bool:
    """Whether *name* is one of the alternatives that the labelled name allows."""
    return fold(name) in {fold(part) for part in label.split("|")}


def same_targets(labels: Sequence[str], names: Sequence[str]) -> bool:
    """Whether labelled and drafted targets agree as sets."""
    left = list(dict.fromkeys(names))
    for label in labels:
        hit = next((name for name in left if accepts(label, name)), None)
        if hit is None:
            return False
        left.remove(hit)
    return not left


def overlap(a: tuple[int, int], b: tuple[int, int]) -> float:
    """Return intersection over union of two spans (end exclusive)."""
    shared = min(a[1], b[1]) - max(a[0], b[0])
    return shared / (max(a[1], b[1]) - min(a[0], b[0])) if shared > 0 else 0.0
