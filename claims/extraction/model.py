"""Small linear models: weights by feature name, kept as JSON, applied without a framework."""

import json
import math
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from claims.extraction.features import Features

Weights = Mapping[str, float]


@cache
def load_weights() -> dict[str, Any]:
    """Return the weights that ship (``data/weights.json``); `claims.extraction.training` writes them."""
    raw = files("claims.extraction").joinpath("data", "weights.json").read_text(encoding="utf-8")
    weights: dict[str, Any] = json.loads(raw)
    return weights


def dot(weights: Weights, features: Features) -> float:
    """Return the weighted sum of *features*; a feature that training never saw counts nothing."""
    total, known = 0.0, weights.get
    for name, value in features.items():
        if (weight := known(name)) is not None:
            total += weight * value
    return total


def sigmoid(x: float) -> float:
    """Return the logistic function of *x*, safe for any size."""
    if x >= 0:
        return 1.0 / (1.0 + math.exp(-x))
    z = math.exp(x)
    return z / (1.0 + z)


def probability(weights: Weights, features: Features) -> float:
    """Return the probability that a binary model gives *features*."""
    return sigmoid(dot(weights, features))


def by_feature(models: Mapping[str, Weights]) -> dict[str, list[tuple[str, float]]]:
    """Return {feature: [(class, weight)]} of {class: weights}: the form in which `distribution` reads a model once."""
    found: dict[str, list[tuple[str, float]]] = {"": [(name, 0.0) for name in models]}
    for name, weights in models.items():
        for feature, weight in weights.items():
            found.setdefault(feature, []).append((name, weight))
    return found


def distribution(table: Mapping[str, list[tuple[str, float]]], features: Features) -> dict[str, float]:
    """Return the probability of each class by a softmax model's weights, arranged `by_feature`."""
    scores = dict(table[""])
    for feature, value in features.items():
        for name, weight in table.get(feature, ()):
            scores[name] += weight * value
    highest = max(scores.values())
    raised = {name: math.exp(score - highest) for name, score in scores.items()}
    total = sum(raised.values())
    return {name: value / total for name, value in raised.items()}
