"""Is an article about a dispute over AI? A score with reasons: how much AI, how much contention, both in one place."""

from dataclasses import dataclass

from claims.extraction.features import DocumentSignals
from claims.extraction.model import sigmoid

THRESHOLD = 0.5


@dataclass(frozen=True, slots=True)
class Relevance:
    """*score* between 0 and 1, and short *reasons* for an editor."""

    score: float
    reasons: tuple[str, ...]

    @property
    def relevant(self) -> bool:
        """Whether the score clears the threshold."""
        return self.score >= THRESHOLD


def judge(signals: DocumentSignals) -> Relevance:
    """Return how surely the document behind *signals* is about a dispute over AI.

    Neither alone will do: AI news without contention and contention without AI both stay below one half.
    """
    count = len(signals.strong)
    ai = sum(1 for a, s in zip(signals.strong, signals.systems, strict=True) if a + s)
    heat = signals.features["doc.heat"]
    in_title = signals.features["doc.title.ai"]
    score = -3.7 + 2.5 * min((ai + 2 * in_title) / 4, 1.0) + 4.0 * heat
    if not ai and not in_title:
        score -= 4.0
    return Relevance(sigmoid(score), _reasons(signals, ai, count, heat))


def _reasons(signals: DocumentSignals, ai: int, count: int, heat: float) -> tuple[str, ...]:
    reasons = [f"AI is named in {ai} of {count} sentences" if ai else "AI is not named"]
    contention = "much" if heat >= 0.6 else "some" if heat >= 0.3 else "little or no"
    reasons.append(f"{contention} contention: accusations, denials, warnings, harm")
    if signals.features["doc.title.ai"] and signals.features["doc.title.dispute"]:
        reasons.append("the headline names both")
    return tuple(reasons)
