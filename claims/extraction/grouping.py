"""Which articles are about the same event or dispute, from their words alone.

    documents → terms (names, words, numbers, days) → weights → similarities → average linkage → labels

Two articles are alike as far as they share weighty terms: rare ones, names before words, headline and lead
before body, and more so the closer their dates. Look-alikes (two earthquakes, two suits against one company)
share their topic's words but differ in names, places and numbers, which weigh most.

Pure functions: the same documents give the same groups, whatever their order.
"""

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from claims.extraction.clustering import Matrix, Vector, average_linkage, dot_products, normalised
from claims.extraction.terms import Counts, commonness, counts, fold, name_shares, tokens
from claims.extraction.types import Document


@dataclass(frozen=True, slots=True)
class Tuning:
    """What the grouping is tuned by; see docs/grouping.md for how the values were found."""

    threshold: float = 0.16
    name: float = 1.6
    number: float = 1.0
    prior: float = 100.0
    floor: float = 0.75
    half_life: float = 60.0


TUNING = Tuning()
_WORD, _NAME, _NUMBER = 0.002, 0.0008, 0.004


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What an article, or a group of them, is about: weighted terms of length one, and the days it spans."""

    weights: Vector
    names: frozenset[str]
    written: dict[str, str]
    first: date | None
    last: date | None


class Weighing:
    """How telling terms are: their rarity in a batch, blended with how common they are in news at large."""

    def __init__(self, batch: Sequence[Counts], tuning: Tuning = TUNING) -> None:
        """Count in how many texts of *batch* each term stands."""
        self.tuning = tuning
        self.total = len(batch)
        self.holders = Counter(term for text in batch for term in text.weights)

    def rarity(self, term: str, is_name: bool) -> float:
        """Return the inverse document frequency of *term*, blended with its share in news at large."""
        share = commonness().get(term)
        if share is None:
            share = _NUMBER if term[0].isdigit() else _NAME if is_name else _WORD
        prior = self.tuning.prior
        return math.log((self.total + prior) / (self.holders[term] + prior * share))

    def vector(self, text: Counts) -> Vector:
        """Return the weights of the terms of *text*, at length one."""
        weights: Vector = {}
        for term, count in text.weights.items():
            is_name = term in text.names
            rarity = self.rarity(term, is_name)
            if rarity <= 0.7:
                continue
            boost = self.tuning.name if is_name else self.tuning.number if term[0].isdigit() else 1.0
            weights[term] = (1 + math.log(count)) * rarity * boost
        return normalised(weights)


def day_of(published: str | None) -> date | None:
    """Return the day of an ISO 8601 date or date-time; None where there is none or it cannot be read."""
    try:
        return date.fromisoformat((published or "").strip()[:10])
    except ValueError:
        return None


def closeness(days: float, tuning: Tuning = TUNING) -> float:
    """Return the factor that similarity keeps over a distance of *days*: 1 on the same day, never under the floor."""
    return tuning.floor + (1 - tuning.floor) * math.pow(0.5, days / tuning.half_life)


def fingerprints(documents: Sequence[Document], tuning: Tuning = TUNING) -> list[Fingerprint]:
    """Return the fingerprint of each document, weighed against all of them."""
    texts = [tokens(document.title, document.text) for document in documents]
    shares = name_shares(texts)
    counted = [counts(text, shares) for text in texts]
    weighing = Weighing(counted, tuning)
    found = []
    for document, text in zip(documents, counted, strict=True):
        day = day_of(document.published)
        found.append(Fingerprint(weighing.vector(text), text.names, text.written, day, day))
    return found


def group(documents: Sequence[Document], tuning: Tuning = TUNING) -> list[str]:
    """Return a label for each document: the same for documents about the same event or dispute, readable, unique.

    Documents without any telling word stay alone. The groups do not depend on the order of *documents*.
    """
    order = sorted(range(len(documents)), key=lambda i: _sort_key(documents[i]))
    ordered = fingerprints([documents[i] for i in order], tuning)
    vectors = [item.weights for item in ordered]
    days = np.array([item.first.toordinal() if item.first else np.nan for item in ordered])

    def between(rows: Sequence[int], columns: Sequence[int]) -> Matrix:
        alike = dot_products([vectors[i] for i in rows], [vectors[i] for i in columns])
        apart = np.abs(days[list(rows)][:, None] - days[list(columns)][None, :])
        factor = tuning.floor + (1 - tuning.floor) * 0.5 ** (apart / tuning.half_life)
        return (alike * np.where(np.isnan(factor), 1.0, factor)).astype(np.float32)

    clusters = average_linkage(len(ordered), between, tuning.threshold)
    labels = label_groups([[ordered[i] for i in members] for members in clusters])
    found = [""] * len(documents)
    for label, members in zip(labels, clusters, strict=True):
        for member in members:
            found[order[member]] = label
    return found


def _sort_key(document: Document) -> tuple[str, str, str, str]:
    return (document.published or "", document.title or "", document.text, document.id)


def label_groups(groups: Sequence[Sequence[Fingerprint]]) -> list[str]:
    """Return a slug for each group from its most telling names, unique by more of them or a number."""
    taken: set[str] = set()
    labels: list[str] = []
    for members in groups:
        words = _telling(members)
        label = next((slug for size in (3, 4, 5) if (slug := "-".join(words[:size])) and slug not in taken), "")
        stem = label or "-".join(words[:3]) or "untitled"
        number = 2
        label = stem
        while label in taken:
            label, number = f"{stem}-{number}", number + 1
        taken.add(label)
        labels.append(label)
    return labels


def _telling(members: Sequence[Fingerprint], limit: int = 5) -> list[str]:
    """Return the words of the terms that weigh most in a group, names before others, none twice."""
    weights: dict[str, float] = {}
    written: dict[str, str] = {}
    for item in members:
        for term, weight in item.weights.items():
            if " " not in term and not term[0].isdigit():
                weights[term] = weights.get(term, 0.0) + weight * (2 if term in item.names else 1)
                written.setdefault(term, item.written.get(term, term))
    best = sorted(weights, key=lambda term: (-weights[term], term))[:limit]
    return [word for term in best if (word := re.sub(r"[^a-z0-9]+", "", fold(written[term])))]
