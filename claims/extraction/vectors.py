"""Word vectors: how alike two words are in use, so that "looted" tells something to a model that has seen "stole".

``data/vectors.npz`` holds the 30,000 most frequent words of GloVe 6B in 50 dimensions (Pennington, Socher, Manning:
GloVe, EMNLP 2014; Wikipedia and Gigaword news; public domain, PDDL 1.0), rounded to 8 bits. It is written by

    python -m claims.extraction.vectors glove.6B.50d.txt
"""

import argparse
from collections.abc import Iterable, Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

WORDS, DIMENSIONS = 30_000, 50
# Components are small; a step of 1/28 covers ±4.5, and hardly any lies beyond.
_STEP = 28.0
_FILE = Path(__file__).parent / "data" / "vectors.npz"


@cache
def _load() -> tuple[dict[str, int], NDArray[np.float32]]:
    with files("claims.extraction").joinpath("data", "vectors.npz").open("rb") as stream, np.load(stream) as stored:
        words = bytes(stored["words"]).decode("utf-8").split("\n")
        return {word: i for i, word in enumerate(words)}, stored["vectors"].astype(np.float32) / _STEP


def mean_vector(words: Iterable[str], strength: float = 1.0) -> Sequence[float]:
    """Return *strength* times the mean of the vectors of lower-case *words*; empty where none of them is known."""
    places, vectors = _load()
    rows = [places[word] for word in words if word in places]
    if not rows:
        return ()
    mean: list[float] = (np.add.reduce(vectors[rows]) * (strength / len(rows))).tolist()
    return mean


def word_scores(weights: Sequence[float]) -> dict[str, float]:
    """Return what each known word's vector is worth by *weights*, one a dimension: their mean scores a mean vector."""
    places, vectors = _load()
    return dict(zip(places, (vectors @ np.array(weights, np.float32)).tolist(), strict=True))


def write(source: Path, target: Path = _FILE) -> None:
    """Write the most frequent words of *source* (GloVe's text format, most frequent first) to *target*."""
    words, rows = [], []
    with source.open(encoding="utf-8") as lines:
        for line in lines:
            word, *numbers = line.rstrip().split(" ")
            if not word.isalpha():
                continue
            if len(numbers) != DIMENSIONS:
                raise ValueError(f"{source}: {word!r} has {len(numbers)} numbers, not {DIMENSIONS}")
            words.append(word)
            rows.append([float(number) for number in numbers])
            if len(words) == WORDS:
                break
    rounded = np.clip(np.rint(np.array(rows) * _STEP), -127, 127).astype(np.int8)
    listed = np.frombuffer("\n".join(words).encode("utf-8"), np.uint8)
    np.savez_compressed(target, words=listed, vectors=rounded)


def main() -> None:
    """Write the vectors that ship."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source", type=Path, help="glove.6B.50d.txt")
    write(parser.parse_args().source)


if __name__ == "__main__":
    main()
