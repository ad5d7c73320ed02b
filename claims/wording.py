"""Names and public sentences, as words: pure functions, no Django.

Names are folded for comparison (case, accents, punctuation, possessives, a leading article, legal suffixes, invisible
characters and look-alikes of other alphabets do not count), and a public sentence is proposed from a draft and checked
for the claimant's name.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher

LEGAL_SUFFIXES = frozenset(
    "inc incorporated llc llp ltd limited corp corporation co plc gmbh ag sa sas srl spa bv nv ab oy kk pty pbc".split()
)
# What a claimant of each kind of claim does, where the quote itself does not say so.
VERBS = {
    "allegation": "alleges",
    "denial": "denies",
    "response": "responds",
    "action": "is reported to have acted",
    "finding": "finds",
    "concern": "raises a concern",
}


# The same of several claimants.
PLURALS = {
    "allegation": "allege",
    "denial": "deny",
    "response": "respond",
    "action": "are reported to have acted",
    "finding": "find",
    "concern": "raise a concern",
}


# Letters of other alphabets that are taken for Latin ones (UTS 39, "confusables"): the commonest.
LOOK_ALIKES = str.maketrans(
    dict(zip("АВЕЅІЈКМНОРСТУХԌԚԜаеѕіјкмнорстухһԁԛԝ", "ABESIJKMHOPCTYXGQWaesijkmhopctyxhdqw", strict=True))
    | dict(zip("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧαικνορτυχ", "ABEZHIKMNOPTYXaikvoptux", strict=True))
)
_MIXED = re.compile(r"(?=\w*[A-Za-z])\w*[\u0370-\u03ff\u0400-\u052f]\w*")


def verb(kind: str, claimants: int = 1) -> str:
    """Return what that many claimants of a claim of *kind* do: "alleges", "allege"."""
    return (VERBS if claimants < 2 else PLURALS)[kind]


def joined(names: Iterable[str]) -> str:
    """Return *names* as one: "A", "A and B", "A, B and C"; "" of none."""
    listed = [name for name in names if name]
    return " and ".join([part for part in (", ".join(listed[:-1]), *listed[-1:]) if part])


def fold(name: str) -> str:
    """Return *name* in the form that names are looked up by: "The OpenAI, Inc.'s" → "openai"."""
    # Decomposed before and after: what casefold leaves alone may be a letter in disguise, and the other way round.
    shown = "".join(char for char in name.replace("\u2019", "'") if unicodedata.category(char) != "Cf")
    # "Open" in Latin letters with "АІ" in Cyrillic ones is no other name; one all in Cyrillic is.
    shown = _MIXED.sub(lambda word: word[0].translate(LOOK_ALIKES), unicodedata.normalize("NFKC", shown))
    plain = unicodedata.normalize("NFKD", shown).casefold()
    text = unicodedata.normalize("NFKD", plain)
    text = "".join(char for char in text if not unicodedata.combining(char))
    text = re.sub(r"'s\b", "", text)
    text = re.sub(r"(?<=\b\w)\.(?=\w\b|\s|$)", "", text)
    words = re.findall(r"\w+", text)
    if words[:1] == ["the"] and len(words) > 1:
        words = words[1:]
    # A single letter is no name without its suffix: "X Corp" is not "X".
    while len(words) > 1 and words[-1] in LEGAL_SUFFIXES and len(words[0]) + len(words) > 3:
        words.pop()
    return " ".join(words)


def names_claimant(sentence: str, names: Iterable[str]) -> bool:
    """Whether *sentence* holds one of *names*, compared as folded whole words."""
    folded = f" {fold(sentence)} "
    return any(f" {key} " in folded for key in map(fold, names) if key)


def propose_statement(
    kind: str, claimant: str, quote: str, aliases: Iterable[str] = (), together: Sequence[Sequence[str]] = ()
) -> str:
    """Return a public sentence that lays *quote* at the door of *claimant*, who has other names too.

    *together* holds the names of each party that claims it with the claimant, first the one to call it by. A quote
    that already opens with one of the claimant's names, and names the others, states itself; any other is introduced
    by who says it.
    """
    words = " ".join(quote.split()).rstrip(".,;: ")
    if len(words) > 250:
        words = words[:250].rsplit(" ", 1)[0] + " …"
    if not claimant:
        return ""
    opening = f"{fold(words)} "
    opens = any(opening.startswith(f"{name} ") for name in map(fold, [claimant, *aliases]) if name)
    if opens and all(names_claimant(words, names) for names in together):
        return f"{words[0].upper()}{words[1:]}."
    bare = words.strip('“”"')
    who = joined([claimant, *(names[0] for names in together)])
    return f"{who} {verb(kind, 1 + len(together))}: “{bare}”."


def compare(before: str, after: str) -> list[tuple[str, str]]:
    """Return the two sentences as one run of pieces: ("same" | "removed" | "added", words), in reading order.

    Words are compared whole; white space goes with the word before it.
    """
    old, new = re.findall(r"\S+\s*", before), re.findall(r"\S+\s*", after)
    pieces: list[tuple[str, str]] = []
    for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            pieces.append(("same", "".join(new[c:d])))
            continue
        pieces += [("removed", "".join(old[a:b]))] if b > a else []
        pieces += [("added", "".join(new[c:d]))] if d > c else []
    return pieces
