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
    return sum(weights.get(name, 0.0) * value for name, value in features.items())


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
    """Return the normalised one-against-rest probabilities of a model a class."""
    scores = {name: probability(weights, features) for name, weights in models.items()}
    total = sum(scores.values()) or 1.0
    return {name: score / total for name, score in scores.items()}
