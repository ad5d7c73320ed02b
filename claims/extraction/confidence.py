"""How sure a draft is: the probability that kind, claimant and targets are all right, calibrated by training."""

import math
from collections.abc import Mapping, Sequence

from claims.extraction.analysis import Attribution
from claims.extraction.features import Features
from claims.extraction.model import probability


def confidence_features(chances: Sequence[float], attribution: Attribution | None) -> Features:
    """Return what confidence rests on: the chances of claim, kind and targets, and how the claimant was found."""
    features: Features = {"bias": 1.0}
    for name, chance in zip(("claim", "kind", "target"), chances, strict=True):
        chance = min(max(chance, 0.01), 0.99)
        features[name] = math.log(chance / (1 - chance))
    if attribution is not None and attribution.referent is not None:
        features[f"how.{attribution.referent.how}"] = 1.0
        features[f"source.{attribution.source}"] = 1.0
    return features


def confidence(weights: Mapping[str, float], chances: Sequence[float], attribution: Attribution | None) -> float:
    """Return the calibrated probability that a draft's kind, claimant and targets are all right."""
    return probability(weights, confidence_features(chances, attribution))
