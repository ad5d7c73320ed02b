"""What an article or a dispute is about, as weighted terms, and how alike two of them are and why.

A fingerprint is small and made of plain values, so that a site can keep one a dispute and compare each new
article with all of them. A group's fingerprint is the mean of its members': its similarity with an article is
then the mean of theirs, just what average linkage joins by.
"""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from claims.extraction.boilerplate import without_boilerplate
from claims.extraction.clustering import Vector, normalised
from claims.extraction.terms import Counts, commonness, counts, name_shares, tokens
from claims.extraction.types import Document, Registry

# Names tell events apart better than words do.
_NAME_WEIGHT = 2.0
# "Barack Obama" is one piece of evidence, not three: a run of names, and each name within one, weighs less.
_RUN_WEIGHT = 0.9
# How much knowledge of news at large counts beside the batch, in documents.
_PRIOR = 50.0
# Shares of news texts that hold a term which is not in the list of common words.
_WORD_SHARE, _NAME_SHARE, _NUMBER_SHARE = 0.002, 0.0008, 0.004
# The part of its rarity in news at large that a term keeps however common it is in the batch.
_AT_LARGE = 0.15
# Terms that hardly tell anything are left out.
_LEAST_RARITY = 0.7
# Similarity kept over years, and the days in which half of the rest is lost.
FLOOR, HALF_LIFE = 0.65, 60.0
# Short texts share fewer terms than long ones: similarity is judged as if both had this many words.
LENGTH, LENGTH_POWER, LENGTH_RANGE = 200.0, 0.2, (0.7, 1.4)

# What reasons speak of, in this order; names as common in news as weekdays are none.
_KINDS, _COMMON_NAME = ("parties", "systems", "names"), 0.05


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What an article, or a group of *size* articles, is about.

    *weights* are of length one for one article, their mean for a group. *names* are the terms that are names,
    *written* how they are written. *first* and *last* are the days that it spans, where they are known;
    *length* is the (geometric mean) number of words.
    """

    weights: Vector
    names: frozenset[str]
    written: dict[str, str]
    first: date | None
    last: date | None
    length: float
    size: int = 1


@dataclass(frozen=True, slots=True)
class Match:
    """A known group that an article may belong to: how alike they are, 0 to 1, and why in words."""

    key: str
    score: float
    reasons: tuple[str, ...]


class Weighing:
    """How telling terms are: their rarity among the texts seen, blended with how common they are in news at large."""

    def __init__(self, seen: Sequence[Counts] = ()) -> None:
        """Count in how many texts of *seen* each term stands."""
        self.total = 0
        self.holders: Counter[str] = Counter()
        for text in seen:
            self.add(text)

    def add(self, text: Counts) -> None:
        """Count one more text."""
        self.total += 1
        self.holders.update(text.weights.keys())

    def rarity(self, term: str, is_name: bool) -> float:
        """Return the inverse document frequency of *term*, blended with its share in news at large."""
        share = commonness().get(term)
        if share is None:
            share = _NUMBER_SHARE if term[0].isdigit() else _NAME_SHARE if is_name else _WORD_SHARE
        here = math.log((self.total + _PRIOR) / (self.holders[term] + _PRIOR * share))
        # In a batch that is all about one event its names are everywhere, but in news at large they are not.
        return max(here, _AT_LARGE * -math.log(share))

    def vector(self, text: Counts) -> Vector:
        """Return the weights of the terms of *text*, at length one."""
        weights: Vector = {}
        runs = {part for name in text.names if " " in name for part in (name, *name.split(" "))}
        for term, count in text.weights.items():
            is_name = term in text.names
            rarity = self.rarity(term, is_name)
            if rarity > _LEAST_RARITY:
                kind = (_NAME_WEIGHT if is_name else 1.0) * (_RUN_WEIGHT if term in runs else 1.0)
                weights[term] = (1 + math.log(count)) * rarity * kind
        return normalised(weights)


def day_of(published: str | None) -> date | None:
    """Return the day of an ISO 8601 date or date-time; None where there is none or it cannot be read."""
    try:
        return date.fromisoformat((published or "").strip()[:10])
    except ValueError:
        return None


def fingerprint(document: Document, text: Counts, weighing: Weighing) -> Fingerprint:
    """Return the fingerprint of *document*, whose terms are *text*."""
    day = day_of(document.published)
    return Fingerprint(weighing.vector(text), text.names, text.written, day, day, max(text.length, 1))


def fingerprints(documents: Sequence[Document]) -> list[Fingerprint]:
    """Return the fingerprint of each document, weighed against all of them."""
    texts = [tokens(document.title, document.text) for document in documents]
    texts = without_boilerplate(texts, [document.url for document in documents])
    shares = name_shares(texts)
    counted = [counts(text, shares) for text in texts]
    weighing = Weighing(counted)
    return [fingerprint(document, text, weighing) for document, text in zip(documents, counted, strict=True)]


def combined(members: Sequence[Fingerprint]) -> Fingerprint:
    """Return the fingerprint of the group of *members* (articles or groups, at least one)."""
    size = sum(member.size for member in members)
    weights: Vector = {}
    written: dict[str, str] = {}
    for member in members:
        for term, weight in member.weights.items():
            weights[term] = weights.get(term, 0.0) + weight * member.size / size
        written |= {term: word for term, word in member.written.items() if term not in written}
    days = [day for member in members for day in (member.first, member.last) if day]
    length = math.exp(sum(math.log(member.length) * member.size for member in members) / size)
    names = frozenset().union(*(member.names for member in members))
    return Fingerprint(weights, names, written, min(days, default=None), max(days, default=None), length, size)


def days_apart(left: Fingerprint, right: Fingerprint) -> int | None:
    """Return the days between two spans, 0 where they overlap, None where one has no date."""
    if not (left.first and left.last and right.first and right.last):
        return None
    return max((left.first - right.last).days, (right.first - left.last).days, 0)


def closeness(days: float) -> float:
    """Return the share of similarity that is kept over *days*: 1 on the same day, never under the floor."""
    return FLOOR + (1 - FLOOR) * math.pow(0.5, days / HALF_LIFE)


def length_factor(left: float, right: float) -> float:
    """Return what similarity is divided by for texts of *left* and *right* words: 1 at the usual length."""
    factor = math.pow(math.sqrt(left * right) / LENGTH, LENGTH_POWER)
    return min(max(factor, LENGTH_RANGE[0]), LENGTH_RANGE[1])


def likeness(left: Fingerprint, right: Fingerprint) -> float:
    """Return how alike two fingerprints are: shared terms, for their length and the time between."""
    small, large = sorted((left.weights, right.weights), key=len)
    shared = math.fsum(weight * large[term] for term, weight in small.items() if term in large)
    days = days_apart(left, right)
    return shared / length_factor(left.length, right.length) * (closeness(days) if days is not None else 1.0)


def matches(
    article: Fingerprint, known: Mapping[str, Fingerprint], least: float, registry: Registry | None = None
) -> list[Match]:
    """Return the *known* groups that *article* may belong to, best first, each with reasons in words.

    *least* is the likeness from which on a group is named. With a *registry*, shared names are told apart as
    parties and systems.
    """
    found = [
        Match(key, score, reasons(article, group, registry))
        for key, group in known.items()
        if (score := likeness(article, group)) >= least
    ]
    return sorted(found, key=lambda match: (-match.score, match.key))


def reasons(left: Fingerprint, right: Fingerprint, registry: Registry | None = None) -> tuple[str, ...]:
    """Return in words what two fingerprints share: parties, systems, other names, else words; and time."""
    shared = {term: weight * right.weights[term] for term, weight in left.weights.items() if term in right.weights}
    ranked = sorted(shared, key=lambda term: (-shared[term], term))
    names = [
        left.written.get(term) or right.written[term]
        for term in ranked
        if (term in left.names or term in right.names) and commonness().get(term, 0.0) < _COMMON_NAME
    ]
    kinds = _kinds(registry)
    listed: dict[str, list[str]] = {}
    for name in _whole(names):
        listed.setdefault(kinds.get(name.casefold(), "names"), []).append(name)
    said = [f"same {kind}: {', '.join(listed[kind][:4])}" for kind in _KINDS if kind in listed]
    if not said and ranked:
        said.append(f"same words: {', '.join(ranked[:4])}")
    days = days_apart(left, right)
    if days is not None:
        said.append("at the same time" if not days else f"{days} day{'' if days == 1 else 's'} apart")
    return tuple(said)


def _whole(names: Sequence[str]) -> list[str]:
    """Return *names* in their order, each part of a longer one among them ("San") left to that ("San Francisco")."""
    longer = {part for name in names if " " in name for part in name.split(" ")}
    return [name for name in dict.fromkeys(names) if name not in longer]


def _kinds(registry: Registry | None) -> dict[str, str]:
    """Return for each registered name, in lower case, whether it is a party's or a system's."""
    if registry is None:
        return {}
    kinds = {name.casefold(): "systems" for system in registry.systems for name in (system.name, *system.aliases)}
    kinds |= {name.casefold(): "parties" for party in registry.parties for name in (party.name, *party.aliases)}
    return kinds
