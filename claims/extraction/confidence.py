"""How sure a draft is: what the probability that kind, claimant and targets are all right rests on.

Sure drafts come from articles in which one party stands clearly accused, from speakers who are named, and where rule
and model agree on the kind.
"""

import math
from collections.abc import Sequence

from claims.extraction.analysis import Analysis
from claims.extraction.camps import in_title
from claims.extraction.clauses import Candidate
from claims.extraction.features import Features
from claims.extraction.kinds import certain_kind, guess_kind
from claims.extraction.targets import Targets
from claims.extraction.wording import main_part


def confidence_features(
    analysis: Analysis, candidate: Candidate, chances: Sequence[float], kind: str, targets: Targets
) -> Features:
    """Return the features of a draft's confidence; `training` fits their weights on drafts of unseen articles.

    *chances* are the probabilities of being a claim and of the kind chosen.
    """
    features: Features = {"bias": 1.0, f"kind.{kind}": 1.0, f"targets.{targets.rule}": 1.0}
    for name, chance in zip(("claim", "kind"), chances, strict=True):
        features[name] = _logit(chance)
    features["both"] = _logit(chances[0] * chances[1])
    _agreement(features, analysis, candidate, kind)
    _claimant(features, analysis, candidate, kind)
    _targets(features, analysis, kind, targets)
    features["whole"] = float(candidate.shape == "whole")
    return features


def _logit(chance: float) -> float:
    chance = min(max(chance, 0.01), 0.99)
    return math.log(chance / (1 - chance))


def _agreement(features: Features, analysis: Analysis, candidate: Candidate, kind: str) -> None:
    features["certain"] = float(certain_kind(analysis, candidate) == kind)
    features["agrees"] = float(guess_kind(analysis, candidate) == kind)


def _claimant(features: Features, analysis: Analysis, candidate: Candidate, kind: str) -> None:
    attribution = candidate.attribution
    if attribution is None or attribution.referent is None:
        return
    referent, part = attribution.referent, main_part(analysis, candidate)
    features[f"how.{referent.how}"] = 1.0
    features[f"source.{attribution.source}"] = 1.0
    features[f"sort.{referent.sort}"] = 1.0
    features[f"part.{part}"] = features[f"part.{part}.{kind}"] = 1.0
    features["registered"] = float(referent.name in analysis.index.parties)
    features["named"] = min(analysis.names.counts[referent.name], 6) / 6


def _targets(features: Features, analysis: Analysis, kind: str, targets: Targets) -> None:
    weight = min(targets.weight, 12.0) / 12
    features["weight"] = features[f"targets.{targets.rule}.weight"] = features[f"weight.{kind}"] = weight
    if len(targets.names) > 1:
        features["targets.many"] = 1.0
    if not targets.names:
        features[f"targets.empty.{kind}"] = 1.0
        return
    accused = analysis.camps.accused
    margin = accused[0][1] / max(accused[1][1], 1.0) if len(accused) > 1 else 6.0
    features["margin"] = features[f"margin.{kind}"] = min(margin, 6.0) / 6
    features["first"] = float(bool(accused) and targets.names[0] == accused[0][0])
    features["titled"] = float(in_title(targets.names[0], (analysis.document.title or "").replace("\u2019", "'")))
    features["titled.first"] = features["titled"] * features["first"]
