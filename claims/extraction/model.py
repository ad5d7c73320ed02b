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


def distribution(models: Mapping[str, Weights], features: Features) -> dict[str, float]:
    """Return the probability of each class by a softmax model's weights."""
    scores = {name: dot(weights, features) for name, weights in models.items()}
    highest = max(scores.values())
    raised = {name: math.exp(score - highest) for name, score in scores.items()}
    total = sum(raised.values())
    return {name: value / total for name, value in raised.items()}
