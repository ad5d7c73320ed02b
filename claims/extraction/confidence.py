"""How sure a draft is: what the probability that kind, claimant and targets are all right rests on."""

import math
from collections.abc import Sequence

from claims.extraction.analysis import Attribution
from claims.extraction.features import Features
from claims.extraction.targets import Targets


def confidence_features(
    chances: Sequence[float], kind: str, attribution: Attribution | None, targets: Targets
) -> Features:
    """Return the features of a draft's confidence; `training` fits their weights on drafts of unseen articles.

    *chances* are the probabilities of being a claim and of the kind chosen.
    """
    features: Features = {"bias": 1.0, f"kind.{kind}": 1.0, f"targets.{targets.rule}": 1.0}
    for name, chance in zip(("claim", "kind"), chances, strict=True):
        chance = min(max(chance, 0.01), 0.99)
        features[name] = math.log(chance / (1 - chance))
    features["weight"] = min(targets.weight, 12.0) / 12
    features[f"targets.{targets.rule}.weight"] = min(targets.weight, 12.0) / 12
    if len(targets.names) > 1:
        features["targets.many"] = 1.0
    if attribution is not None and attribution.referent is not None:
        features[f"how.{attribution.referent.how}"] = 1.0
        features[f"source.{attribution.source}"] = 1.0
        features[f"sort.{attribution.referent.sort}"] = 1.0
    return features
