"""Topics of a claim: its own words first, else what the article is mostly about."""

import json
import re
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files

from claims.extraction.types import TOPICS


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    raw = files("claims.extraction").joinpath("data", "topics.json").read_text(encoding="utf-8")
    return {topic: re.compile(r"\b(?:" + "|".join(parts).lower() + ")") for topic, parts in json.loads(raw).items()}


def topic_counts(text: str, among: Iterable[str] | None = None) -> dict[str, int]:
    """Return {topic: number of its cues in *text*}, topics without one left out; only those *among*, where given."""
    patterns, text = _patterns(), text.lower()
    counts = {topic: len(patterns[topic].findall(text)) for topic in (patterns if among is None else among)}
    return {topic: count for topic, count in counts.items() if count}


def leading_topics(title: str | None, counts: Mapping[str, int]) -> list[str]:
    """Return the one or two topics that an article is mostly about, strongest first.

    *counts* are those of its text (`topic_counts`); a cue in the title counts fourfold.
    """
    weighed = dict(counts)
    for topic, count in topic_counts(title or "").items():
        weighed[topic] = weighed.get(topic, 0) + 4 * count
    ranked = sorted(weighed, key=lambda topic: (-weighed[topic], TOPICS.index(topic)))
    return [topic for topic in ranked[:2] if weighed[topic] >= 0.6 * weighed[ranked[0]]]


def claim_topics(clause: str, leading: list[str], among: Iterable[str] | None = None) -> tuple[str, ...]:
    """Return the topics of a claim whose words are *clause* in an article led by *leading*; never none.

    *among* are the topics that the article has cues of, where they are known: no clause has others.
    """
    own = topic_counts(clause, among)
    chosen = set(leading[:1]) | {t for t in leading[1:] if t in own}
    strongest = sorted(own, key=lambda t: (-own[t], TOPICS.index(t)))
    chosen |= {t for t in strongest[:2] if own[t] >= 2}
    if not leading:
        chosen |= set(strongest[:1])
    return tuple(t for t in TOPICS if t in (chosen or {"governance"}))
