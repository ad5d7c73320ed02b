"""B-cubed (Bagga and Baldwin 1998) and the plain TF-IDF grouping that ours is compared with."""

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np
from spacy.lang.en.stop_words import STOP_WORDS

from claims.extraction.clustering import components, dot_products, joins, normalised
from claims.extraction.types import Document


def bcubed(found: Sequence[str], expected: Sequence[str]) -> tuple[float, float, float]:
    """Return precision, recall and F1, each the mean over items."""
    both, own, true = Counter(zip(found, expected, strict=True)), Counter(found), Counter(expected)
    precision = sum(count * count / own[label] for (label, _), count in both.items()) / len(found)
    recall = sum(count * count / true[label] for (_, label), count in both.items()) / len(found)
    return precision, recall, 2 * precision * recall / (precision + recall)


def tfidf_groups(documents: Sequence[Document], thresholds: Iterable[float]) -> list[list[str]]:
    """Return the labels that average linkage over plain TF-IDF gives at each threshold.

    Lower-cased words of two letters or more, English stop words dropped, smoothed inverse document frequency.
    """
    words = [
        Counter(
            word
            for word in re.findall(r"\b\w\w+\b", f"{document.title or ''} {document.text}".lower())
            if word not in STOP_WORDS
        )
        for document in documents
    ]
    holders = Counter(word for counted in words for word in counted)
    vectors = [
        normalised({word: n * (math.log((1 + len(words)) / (1 + holders[word])) + 1) for word, n in counted.items()})
        for counted in words
    ]
    tree = joins(np.array(dot_products(vectors, vectors)))
    found = []
    for threshold in thresholds:
        clusters = components(len(words), ((a, b) for value, a, b in tree if value >= threshold))
        label = {member: str(number) for number, members in enumerate(clusters) for member in members}
        found.append([label[number] for number in range(len(words))])
    return found
