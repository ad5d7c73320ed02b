"""What the words of a candidate mean, as numbers: the mean of their vectors, and the vector of what it asserts."""

from collections.abc import Mapping

from claims.extraction.analysis import SPEECH, Analysis
from claims.extraction.clauses import Candidate
from claims.extraction.features import Features
from claims.extraction.lexicon import verb_classes, verb_lemmas
from claims.extraction.vectors import DIMENSIONS, mean_vector, word_scores

_MEAN = tuple(f"v.{i}" for i in range(DIMENSIONS))
_VERB = tuple(f"pv.{i}" for i in range(DIMENSIONS))
_TELLING = ("VB", "NN", "JJ", "RB", "MD")
_SAID = {"ccomp", "xcomp", "parataxis"}
_DEPTH = 4


def telling_words(analysis: Analysis, candidate: Candidate) -> list[str]:
    """Return the content words of *candidate* in lower case; names do not count."""
    parsed = analysis.parsed
    return [
        parsed.lowers[i]
        for i in range(candidate.start, candidate.end)
        if parsed.tags[i][:2] in _TELLING and analysis.names.at(i) is None
    ]


def meaning_features(analysis: Analysis, candidate: Candidate, strength: float = 1.0) -> Features:
    """Return *strength* times the mean vector of the content words of *candidate*."""
    return dict(zip(_MEAN, mean_vector(telling_words(analysis, candidate), strength), strict=False))


def meaning_scores(weights: Mapping[str, float], strength: float) -> dict[str, float]:
    """Return what each word adds to a model of *weights* that sees `meaning_features` of *strength*."""
    return word_scores([weights.get(name, 0.0) * strength for name in _MEAN])


def mean_score(scores: Mapping[str, float], words: list[str]) -> float:
    """Return what `meaning_features` of *words* add up to, without their vectors: linear models allow it."""
    known = [scores[word] for word in words if word in scores]
    return sum(known) / len(known) if known else 0.0


def predicate_features(analysis: Analysis, candidate: Candidate, strength: float = 0.3) -> Features:
    """Return the vector of the verb that *candidate* asserts."""
    word = analysis.parsed.lowers[predicate(analysis, candidate)]
    return dict(zip(_VERB, mean_vector([word], strength), strict=False))


def predicate(analysis: Analysis, candidate: Candidate) -> int:
    """Return the token of the verb that *candidate* asserts: below verbs of saying, where their content stands in it.

    In "the union said that the company had copied …" that is "copied".
    """
    parsed, lemmas, kinds = analysis.parsed, verb_lemmas(), verb_classes()
    node = candidate.head
    for _ in range(_DEPTH):
        lemma = lemmas.get(parsed.lowers[node])
        if lemma is None or SPEECH.isdisjoint(kinds.get(lemma, ())):
            return node
        below = [
            c
            for c in parsed.children[node]
            if parsed.deps[c] in _SAID and candidate.start <= c < candidate.end and parsed.tags[c][:2] in {"VB", "MD"}
        ]
        if not below:
            return node
        node = max(below, key=lambda c: parsed.right[c] - parsed.left[c])
    return node
