"""Word vectors: what ships, how it is written, and what it makes of words."""

from pathlib import Path

import numpy as np
import pytest

from claims.extraction.vectors import DIMENSIONS, WORDS, _load, mean_vector, write


def _alike(one: str, other: str) -> float:
    a, b = np.array(mean_vector([one])), np.array(mean_vector([other]))
    return float(a @ b / np.linalg.norm(a) / np.linalg.norm(b))


def test_words_of_like_use_have_like_vectors() -> None:
    assert _alike("stole", "stolen") > 0.7 > 0.4 > _alike("stole", "banana")
    assert _alike("lawsuit", "complaint") > _alike("lawsuit", "weather")


def test_the_mean_leaves_out_words_that_nobody_knows() -> None:
    assert mean_vector(["court", "zxqwv"]) == mean_vector(["court"])
    assert mean_vector(["zxqwv"]) == mean_vector([]) == ()
    both = np.array(mean_vector(["court", "fine"]))
    assert np.allclose(both, (np.array(mean_vector(["court"])) + np.array(mean_vector(["fine"]))) / 2)


def test_what_ships_has_a_row_a_word() -> None:
    places, vectors = _load()
    assert len(places) == WORDS
    assert vectors.shape == (WORDS, DIMENSIONS)


def test_writing_keeps_the_words_alone_in_their_order(tmp_path: Path) -> None:
    numbers = " ".join(["0.5"] * (DIMENSIONS - 1) + ["-9"])
    (tmp_path / "in.txt").write_text(f"the {numbers}\n, {numbers}\n2024 {numbers}\nnaïve {numbers}\n", encoding="utf-8")
    write(tmp_path / "in.txt", tmp_path / "out.npz")
    with np.load(tmp_path / "out.npz") as stored:
        assert bytes(stored["words"]).decode("utf-8") == "the\nnaïve"
        assert stored["vectors"].shape == (2, DIMENSIONS)
        assert stored["vectors"][0, 0] == 14
        assert stored["vectors"][0, -1] == -127


def test_a_file_of_other_vectors_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "in.txt").write_text("the 0.5 0.5\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"in\.txt.*'the' has 2 numbers, not 50"):
        write(tmp_path / "in.txt", tmp_path / "out.npz")
