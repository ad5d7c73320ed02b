"""Hedging: does the article, in its own words, mark a claim as unproven?"""

import re

_HEDGE = re.compile(
    r"\b(?:may(?: have| also| not| be)?|might|possibly|perhaps|could have|could be|allegedly|reportedly|supposedly|"
    r"purportedly|apparently|potentially|seemingly|likely|according to reports|reports suggest|is said to|are said to|"
    r"appear(?:s|ed)? to|seem(?:s|ed)? to|suspected of|suggests? that|potential)\b",
    re.I,
)
_MONTH = re.compile(r"\b(?:in|on|until|since|by|late|early|of|last|this) May\b|\bMay (?:\d|of\b)")
_QUOTED = re.compile(r"[\"“][^\"”“]*[\"”]?")


def is_hedged(clause: str, before: str = "") -> bool:
    """Return whether *clause* is hedged outside its direct quotations; *before* is the rest of its sentence's lead-in.

    A modal inside a direct quotation is the speaker's and does not hedge the claim.
    """
    own = _QUOTED.sub(" ", clause)
    lead = " ".join(re.findall(r"(?:according to reports|reportedly|allegedly)[^.]*$", before, re.I))
    text = _MONTH.sub(" ", f"{lead} {own}")
    return bool(_HEDGE.search(text))
