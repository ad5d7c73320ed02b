"""Which texts are one story: MinHash sketches, and bands of them that near copies share.

    text ─fold→ words ─every 3 in a row→ hashes ─120 permutations→ minima ─40 bands of 3→ keys for an index

Two texts whose shingles have the Jaccard index J share a band with probability 1 - (1 - J³)⁴⁰: 0.999 at J = 0.55,
0.04 at J = 0.1. So a look-up by band finds the few texts that are worth a comparison, and nothing is compared in
pairs. A. Broder, "On the resemblance and containment of documents", 1997; J. Leskovec, A. Rajaraman, J. Ullman,
"Mining of Massive Datasets", chapter 3 (banding).
"""

import hashlib
import random
import re
import struct
import zlib
from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np
import numpy.typing as npt

SHINGLE = 3
PERMUTATIONS = 120
ROWS = 3
LEAST_SHINGLES = 30
"""Shorter texts are compared word for word only: they share too much by chance."""

ALIKE = 0.55
"""Least Jaccard index of two copies. Copies with 6 % of their words changed have 0.7, two reports of one event 0.1."""

CONTAINED = 0.85
"""Least part of a shortened copy that its original holds."""

# A script without spaces between words is shingled by character.
_WORD = re.compile(r"[぀-ヿ㐀-鿿豈-﫿가-힯]|[^\W぀-ヿ㐀-鿿豈-﫿가-힯]+")
_UINT64 = np.uint64
# Multiply-shift hashing (Dietzfelbinger et al., 1997) with odd multipliers. Sketches are kept, so these never change;
# Python's generator gives the same bits for a seed in every version, NumPy's does not promise to.
_RANDOM = random.Random(1997)  # noqa: S311 - keeps no secret
_A = np.array([_RANDOM.getrandbits(64) | 1 for _ in range(PERMUTATIONS)], dtype=_UINT64)
_B = np.array([_RANDOM.getrandbits(64) for _ in range(PERMUTATIONS)], dtype=_UINT64)
_MIX = _UINT64(0x9E3779B97F4A7C15)


@dataclass(frozen=True)
class Sketch:
    """What is kept of a text for comparison: the number of its shingles and their minima, 32 bits each."""

    size: int
    minima: tuple[int, ...]

    @cached_property
    def bands(self) -> list[int]:
        """Keys for an index, signed 64 bits each; texts that are alike share one. A key tells its band."""
        return [self._key(band) for band in range(PERMUTATIONS // ROWS)]

    def _key(self, band: int) -> int:
        rows = struct.pack(f"<H{ROWS}I", band, *self.minima[band * ROWS : (band + 1) * ROWS])
        return int.from_bytes(hashlib.blake2b(rows, digest_size=8).digest(), "big", signed=True)

    def __bytes__(self) -> bytes:
        return struct.pack(f"<I{PERMUTATIONS}I", self.size, *self.minima)

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Return the sketch that was packed by `bytes()`; raises struct.error where *data* is none."""
        size, *minima = struct.unpack(f"<I{PERMUTATIONS}I", data)
        return cls(size, tuple(minima))


def sketch(text: str) -> Sketch | None:
    """Return the sketch of *text*, or None where it is too short to be compared but word for word."""
    shingles = np.fromiter(_shingles(text), dtype=_UINT64)
    if len(shingles) < LEAST_SHINGLES:
        return None
    hashed = shingles * _MIX
    # All permutations of a very long text at once would take gigabytes; blocks of it do not.
    minima = np.full(PERMUTATIONS, np.iinfo(_UINT64).max, dtype=_UINT64)
    for start in range(0, len(hashed), 4096):
        minima = np.minimum(minima, _minima(hashed[start : start + 4096]))
    return Sketch(len(shingles), tuple(int(value) for value in minima))


def jaccard(a: Sketch, b: Sketch) -> float:
    """Return the estimated Jaccard index of two texts' shingles, give or take 0.05 (one standard error)."""
    return sum(x == y for x, y in zip(a.minima, b.minima, strict=True)) / PERMUTATIONS


def containment(part: Sketch, whole: Sketch) -> float:
    """Return what part of the shingles of *part* is in *whole*, estimated."""
    alike = jaccard(part, whole)
    return min(1.0, alike / (1 + alike) * (part.size + whole.size) / part.size)


def is_copy(later: Sketch, earlier: Sketch) -> bool:
    """Whether *later* is a copy of *earlier*: nearly the same words, or a shortened form of them.

    A later text that holds an earlier one and much besides is a story of its own.
    """
    if jaccard(later, earlier) >= ALIKE:
        return True
    return later.size < earlier.size and containment(later, earlier) >= CONTAINED


def _shingles(text: str) -> set[int]:
    words = _WORD.findall(text.casefold())
    grams = zip(*(words[offset:] for offset in range(SHINGLE)), strict=False)
    return {_hash("\0".join(gram).encode("utf-8", "replace")) for gram in grams}


def _hash(gram: bytes) -> int:
    return zlib.crc32(gram) << 32 | zlib.adler32(gram)


def _minima(hashed: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    permuted = (_A[:, None] * hashed[None, :] + _B[:, None]) >> _UINT64(32)
    return np.asarray(permuted.min(axis=1), dtype=_UINT64)
