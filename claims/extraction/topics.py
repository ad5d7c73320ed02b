"""Topics of a claim: its own words first, else what the article is mostly about."""

import json
import re
from functools import cache
from importlib.resources import files

from claims.extraction.types import TOPICS


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    raw = files("claims.extraction").joinpath("data", "topics.json").read_text(encoding="utf-8")
    return {topic: re.compile(r"\b(?:" + "|".join(parts) + ")", re.I) for topic, parts in json.loads(raw).items()}


def topic_counts(text: str) -> dict[str, int]:
    """Return {topic: number of its cues in *text*}, topics without one left out."""
    counts = {topic: len(pattern.findall(text)) for topic, pattern in _patterns().items()}
    return {topic: count for topic, count in counts.items() if count}


def leading_topics(title: str | None, text: str) -> list[str]:
    """Return the one or two topics that an article is mostly about, strongest first; the title counts fourfold."""
    counts = topic_counts(text)
    for topic, count in topic_counts(title or "").items():
        counts[topic] = counts.get(topic, 0) + 4 * count
    ranked = sorted(counts, key=lambda topic: (-counts[topic], TOPICS.index(topic)))
    if not ranked:
        return []
    return [t for t in ranked[:2] if counts[t] >= 0.6 * counts[ranked[0]]]


def claim_topics(clause: str, leading: list[str]) -> tuple[str, ...]:
    """Return the topics of a claim whose words are *clause* in an article led by *leading*; never none."""
    own = topic_counts(clause)
    chosen = set(leading[:1]) | {t for t in leading[1:] if t in own}
    strongest = sorted(own, key=lambda t: (-own[t], TOPICS.index(t)))
    chosen |= {t for t in strongest[:2] if own[t] >= 2}
    if not leading:
        chosen |= set(strongest[:1])
    return tuple(t for t in TOPICS if t in (chosen or {"governance"}))
