"""Is an article about a dispute over AI? A score with reasons: AI, dispute, and the two in the same place."""

import re
from dataclasses import dataclass

from claims.extraction.analysis import Analysis
from claims.extraction.features import DocumentSignals
from claims.extraction.model import sigmoid

THRESHOLD = 0.5


@dataclass(frozen=True, slots=True)
class Relevance:
    """*score* between 0 and 1, and short *reasons* for an editor."""

    score: float
    reasons: tuple[str, ...]


def judge(analysis: Analysis, signals: DocumentSignals) -> Relevance:
    """Return how surely *analysis* is about a dispute over AI."""
    count = max(1, len(analysis.sentences))
    ai = [bool(a + s) for a, s in zip(signals.strong, signals.systems, strict=True)]
    dispute = [bool(d) for d in signals.dispute]
    together = sum(1 for i, d in enumerate(dispute) if d and any(ai[max(0, i - 1) : i + 2]))
    ai_share, dispute_share = sum(ai) / count, sum(dispute) / count
    title = signals.features
    score = (
        -4.2
        + 5.0 * min(ai_share, 0.4)
        + 4.0 * min(dispute_share, 0.4)
        + 9.0 * min(together / count, 0.3)
        + 1.0 * title["doc.title.ai"]
        + 1.0 * title["doc.title.dispute"]
        + 0.9 * min(together, 3)
    )
    reasons = []
    if sum(ai):
        reasons.append(f"AI is named in {sum(ai)} of {count} sentences")
    else:
        reasons.append("AI is not named")
    if sum(dispute):
        reasons.append(f"words of dispute stand in {sum(dispute)} of {count} sentences, {together} of them beside AI")
    else:
        reasons.append("no words of dispute")
    if title["doc.title.ai"] and title["doc.title.dispute"]:
        reasons.append("the headline names both")
    return Relevance(sigmoid(score), tuple(reasons))


_SPACE = re.compile(r"\s+")
