"""Is an article about a dispute over AI? A score with reasons: how much AI, how much contention, how near together.

    signs ─two small models→ AI? a dispute? ─a third, with how near they stand→ score

The first two models are learned apart, since AI news without a dispute and disputes without AI teach each of them what
it must not take for enough. A long article is judged as a whole and by stretches of eight sentences, and the best
counts: it may be about the dispute in part only.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import chain

from claims.extraction.analysis import Analysis
from claims.extraction.features import DocumentSignals, Features
from claims.extraction.model import Weights, dot, sigmoid
from claims.extraction.signs import Signs, ai_features, commonest, contention_features, joint_features, read_signs

THRESHOLD = 0.35  # by cross-validation: precision and recall are about even there
# Below this nobody looks for claims. It lies under the threshold: missing all claims of an article costs more than
# looking in vain, and what is found there is kept apart as irrelevant.
FLOOR = 0.25
_STRETCH = 8
# A long article with little contention is a portrait or a survey: what it quotes is hardly ever part of a dispute.
_LONG = 40
_LUKEWARM = 0.3


@dataclass(frozen=True, slots=True)
class Relevance:
    """*score* between 0 and 1, short *reasons* for an editor."""

    score: float
    reasons: tuple[str, ...]

    @property
    def relevant(self) -> bool:
        """Whether the score clears the threshold."""
        return self.score >= THRESHOLD


@cache
def load_relevance_weights() -> dict[str, Weights]:
    """Return the weights that ship; `claims.extraction.relevance_training` writes them."""
    raw = files("claims.extraction").joinpath("data", "relevance_weights.json").read_text(encoding="utf-8")
    weights: dict[str, Weights] = json.loads(raw)
    return weights


def judge(analysis: Analysis, weights: dict[str, Weights] | None = None) -> Relevance:
    """Return how surely the document behind *analysis* is about a dispute over AI."""
    title, sentences = read_signs(analysis)
    return Relevance(score(weights or load_relevance_weights(), title, sentences), _reasons(title, sentences))


def worth_reading(relevance: Relevance, analysis: Analysis, signals: DocumentSignals) -> bool:
    """Whether claims are worth looking for."""
    lukewarm = len(analysis.sentences) > _LONG and signals.features["doc.heat"] < _LUKEWARM
    return relevance.score >= FLOOR and not lukewarm


def score(weights: dict[str, Weights], title: Signs, sentences: Sequence[Signs]) -> float:
    """Return the probability of relevance: of the whole, or half-way to the best stretch's where that is higher."""
    logits = [dot(weights["joint"], combined(weights, title, part)) for part in _stretches(sentences)]
    return sigmoid((logits[0] + max(logits)) / 2)


def _stretches(sentences: Sequence[Signs]) -> Iterator[Sequence[Signs]]:
    """Yield the whole and, of a long text, each stretch; neighbours share half of their sentences."""
    yield sentences
    if len(sentences) > _STRETCH * 1.5:
        for start in range(0, len(sentences) - _STRETCH // 2, _STRETCH // 2):
            yield sentences[start : start + _STRETCH]


def combined(weights: dict[str, Weights], title: Signs, sentences: Sequence[Signs]) -> Features:
    """Return the features of the third model: the weaker of the first two's answers, their mean, and nearness."""
    ai = _bounded(dot(weights["ai"], ai_features(title, sentences)))
    contention = _bounded(dot(weights["contention"], contention_features(title, sentences)))
    weaker = {"bias": 1.0, "weaker": min(ai, contention), "mean": (ai + contention) / 2}
    return weaker | joint_features(title, sentences)


def _bounded(logit: float) -> float:
    return max(-4.0, min(4.0, logit)) / 4.0


# Reasons

_NAMES = {
    "lawsuit": "legal action",
    "authority": "an authority steps in",
    "accusation": "accusation",
    "denial": "denial",
    "criticism": "criticism",
    "protest": "protest",
    "dispute": "a quarrel or a retreat",
    "harm": "harm",
}


def _reasons(title: Signs, sentences: Sequence[Signs]) -> tuple[str, ...]:
    everywhere = [title, *sentences]
    reasons = [_about_ai(everywhere, sentences), _about_contention(everywhere)]
    both = sum(1 for s in sentences if s.ai and s.heat)
    if title.ai and title.heat:
        reasons.append("the headline names both")
    if both:
        reasons.append(f"both in one sentence, {both} of {len(sentences)}")
    elif any(s.ai for s in everywhere) and any(s.heat for s in everywhere):
        reasons.append("never both in one sentence")
    return tuple(reasons)


def _about_ai(everywhere: Sequence[Signs], sentences: Sequence[Signs]) -> str:
    terms = commonest(chain.from_iterable(s.strong for s in everywhere), 3)
    if terms:
        where = sum(1 for s in sentences if s.ai)
        place = f"in {where} of {len(sentences)} sentences" if where else "in the headline alone"
        return f"AI ({_quoted(terms)}) {place}"
    if any(s.maker for s in everywhere):
        return "a company that makes AI is named, AI itself is not"
    vague = commonest(chain.from_iterable(s.medium for s in everywhere), 3)
    return f"AI is not named, though {_quoted(vague)} may mean it" if vague else "AI is not named"


def _about_contention(everywhere: Sequence[Signs]) -> str:
    counts = {name: [hit for s in everywhere for hit in s.contention.get(name, ())] for name in _NAMES}
    found = sorted((name for name in counts if counts[name]), key=lambda name: -len(counts[name]))[:3]
    if not found:
        return "little or no contention"
    return "; ".join(f"{_NAMES[name]} ({_quoted(commonest(iter(counts[name]), 2))})" for name in found)


def _quoted(terms: Sequence[str]) -> str:
    return ", ".join(f"“{term}”" for term in terms)
