"""Fitting and cross-validation: what the models learn, and what they may not see."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claims.extraction.features import Features
from claims.extraction.fitting import fit, fit_kinds
from claims.extraction.model import by_feature, distribution, probability
from claims.extraction.training import folds


def _rows(seed: int = 1) -> list[Features]:
    chance = random.Random(seed)
    return [{"bias": 1.0, "telling": float(chance.random() < 0.5), "noise": chance.random()} for _ in range(200)]


def test_a_logistic_model_learns_the_feature_that_tells() -> None:
    rows = _rows()
    weights = fit(rows, [row["telling"] > 0 for row in rows], 1.0)
    assert probability(weights, {"bias": 1.0, "telling": 1.0, "noise": 0.5}) > 0.9
    assert probability(weights, {"bias": 1.0, "noise": 0.5}) < 0.1
    assert abs(weights.get("noise", 0.0)) < weights["telling"] / 4


def test_its_probabilities_are_as_often_right_as_they_say() -> None:
    chance = random.Random(2)
    rows = _rows()
    right = [chance.random() < (0.8 if row["telling"] else 0.3) for row in rows]
    weights = fit(rows, right, 0.5)
    mean = sum(probability(weights, row) for row in rows) / len(rows)
    assert mean == pytest.approx(sum(right) / len(right), abs=0.02)
    assert probability(weights, {"bias": 1.0, "telling": 1.0, "noise": 0.5}) == pytest.approx(0.8, abs=0.1)


def test_a_softmax_model_tells_kinds_apart_and_leaves_out_what_is_rare() -> None:
    rows: list[Features] = [{"a": 1.0}] * 10 + [{"b": 1.0}] * 10 + [{"c": 1.0}] * 10 + [{"a": 1.0, "once": 1.0}]
    weights = fit_kinds(rows, ["x"] * 10 + ["y"] * 10 + ["z"] * 10 + ["z"], ("x", "y", "z"), 1.0)
    for name, kind in (("a", "x"), ("b", "y"), ("c", "z")):
        chances = distribution(by_feature(weights), {name: 1.0})
        assert max(chances, key=lambda k: chances[k]) == kind
        assert sum(chances.values()) == pytest.approx(1.0)
    assert all("once" not in learned for learned in weights.values())


@given(st.integers(2, 60), st.integers(2, 9), st.integers(0, 99))
def test_every_article_is_held_out_once_and_each_split_repeats(count: int, number: int, seed: int) -> None:
    parts = folds(count, number, seed)
    assert sorted(i for part in parts for i in part) == list(range(count))
    assert parts == folds(count, number, seed)
