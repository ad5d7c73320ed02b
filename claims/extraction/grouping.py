"""Which articles are about the same event or dispute, from their words alone.

    documents → terms (names, words, numbers, days) → fingerprints → likeness → average linkage → labels

Two articles are alike as far as they share weighty terms: rare ones, names before words, headline and lead
before body, and more so the closer their dates. Look-alikes (two earthquakes, two suits against one company)
share their topic's words but differ in names, places and numbers, which weigh most.

`group` takes a batch; `Grouper` compares one new article after another with disputes that are known. The same
documents give the same groups, whatever their order.
"""

import re
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from claims.extraction import fingerprints as prints
from claims.extraction.clustering import Matrix, cluster, dot_products
from claims.extraction.fingerprints import Fingerprint, Match, Weighing, fingerprints
from claims.extraction.terms import counts, fold, name_shares, tokens
from claims.extraction.types import Document, Registry

# Mean likeness from which on two groups are one: the usual value, and how far a batch's own shape may move it.
USUAL, LOWEST, HIGHEST = 0.13, 0.085, 0.225


def group(documents: Sequence[Document]) -> list[str]:
    """Return a label for each document: the same for documents about the same event or dispute, readable, unique.

    Documents without any telling word stay alone. The groups do not depend on the order of *documents*.
    """
    order = sorted(range(len(documents)), key=lambda number: _sort_key(documents[number]))
    ordered = fingerprints([documents[number] for number in order])
    clusters = cluster(len(ordered), _Likeness(ordered), USUAL, LOWEST, HIGHEST)
    labels = label_groups([[ordered[number] for number in members] for members in clusters])
    found = [""] * len(documents)
    for label, members in zip(labels, clusters, strict=True):
        for member in members:
            found[order[member]] = label
    return found


def _sort_key(document: Document) -> tuple[str, str, str, str]:
    return (document.published or "", document.title or "", document.text, document.id)


class _Likeness:
    """`fingerprints.likeness` of many articles at once."""

    def __init__(self, items: Sequence[Fingerprint]) -> None:
        self._vectors = [item.weights for item in items]
        self._days = np.array([item.first.toordinal() if item.first else np.nan for item in items])
        self._roots = np.sqrt(np.array([item.length for item in items]))

    def __call__(self, rows: Sequence[int], columns: Sequence[int]) -> Matrix:
        """Return the likeness of the items at *rows* with those at *columns*."""
        alike = dot_products([self._vectors[i] for i in rows], [self._vectors[i] for i in columns])
        left, right = np.asarray(rows), np.asarray(columns)
        alike *= _closeness(np.abs(self._days[left][:, None] - self._days[right][None, :]))
        alike /= _length_factor(np.outer(self._roots[left], self._roots[right]))
        return alike


def _closeness(days: NDArray[np.float64]) -> Matrix:
    """`fingerprints.closeness` of whole matrices; 1 where a date is missing."""
    kept = prints.FLOOR + (1 - prints.FLOOR) * np.exp2(-days / prints.HALF_LIFE)
    return np.where(np.isnan(kept), 1.0, kept).astype(np.float32)


def _length_factor(words: NDArray[np.float64]) -> Matrix:
    """`fingerprints.length_factor` of whole matrices of geometric means."""
    return np.clip((words / prints.LENGTH) ** prints.LENGTH_POWER, *prints.LENGTH_RANGE).astype(np.float32)


class Grouper:
    """Known disputes with their articles, which new articles are compared with one at a time.

    How rare a term is was counted over the articles given at the start, so make another now and then.
    """

    def __init__(self, known: Iterable[tuple[str, Document]] = (), registry: Registry | None = None) -> None:
        """Take *known* as (key of the dispute, article of it); *registry* tells parties and systems in reasons."""
        pairs = list(known)
        texts = [tokens(document.title, document.text) for _, document in pairs]
        self._registry = registry
        self._shares = name_shares(texts)
        self._weighing = Weighing([counts(text, self._shares) for text in texts])
        self._known: dict[str, Fingerprint] = {}
        for key, document in pairs:
            self.add(key, document)

    def add(self, key: str, document: Document) -> None:
        """Let *document* be part of the dispute *key* from now on."""
        own = self.fingerprint(document)
        self._known[key] = prints.combined([self._known[key], own]) if key in self._known else own

    def fingerprint(self, document: Document) -> Fingerprint:
        """Return the fingerprint of *document*, weighed against the articles known at the start."""
        text = tokens(document.title, document.text)
        return prints.fingerprint(document, counts(text, name_shares([text]) | self._shares), self._weighing)

    def matches(self, document: Document, least: float = USUAL) -> list[Match]:
        """Return the disputes that *document* may belong to, best first, with reasons in words; none is an answer."""
        return prints.matches(self.fingerprint(document), self._known, least, self._registry)


def label_groups(groups: Sequence[Sequence[Fingerprint]]) -> list[str]:
    """Return a slug for each group from its most telling names, unique by one more of them or a number."""
    numbers: dict[str, int] = {}
    for members in groups:
        words = _telling(members)
        stem = "-".join(words[:3]) or "untitled"
        choices = [stem, *("-".join(words[:size]) for size in range(4, len(words) + 1))]
        label = next((choice for choice in choices if choice not in numbers), "")
        while not label or label in numbers:
            # Words are without hyphens, so that "a-b-2" is nobody's own name unless 2 is a word.
            numbers[stem] += 1
            label = f"{stem}-{numbers[stem]}"
        numbers[label] = 1
    return list(numbers)


def _telling(members: Sequence[Fingerprint], limit: int = 5) -> list[str]:
    """Return the words of the terms that weigh most in a group, names before others, none twice."""
    weights: dict[str, float] = {}
    written: dict[str, str] = {}
    for item in members:
        for term, weight in item.weights.items():
            if " " not in term and not term[0].isdigit():
                weights[term] = weights.get(term, 0.0) + weight
                written.setdefault(term, item.written.get(term, term))
    best = sorted(weights, key=lambda term: (-weights[term], term))
    words: dict[str, None] = {}
    for term in best:
        if word := re.sub(r"[^a-z0-9]+", "", fold(written[term])):
            words[word] = None
        if len(words) == limit:
            break
    return list(words)
