"""A corpus of ten years' size, made up and written straight into PostgreSQL: for benchmarks alone.

    sizes ──→ plan: who quarrels with whom, when ──→ rows: lines of COPY, article by article ──→ loading

Nothing of it was said by anybody: names and words are made of syllables, drawn with the skew of real ones (few words,
outlets, parties and disputes are met all the time, most hardly ever). The same seed gives the same corpus. What the
database keeps in order holds here too: every quote is its reading's text at its offsets, every published claim was
accepted, and both chains of history verify.
"""

from claims.synthesis.loading import NotEmptyError, synthesize
from claims.synthesis.sizes import SCALES, Size

__all__ = ["SCALES", "NotEmptyError", "Size", "synthesize"]
