"""Mentions of names, and their spread: a name that the model knows in one place is a name wherever it stands."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files

from claims.extraction.lexicon import word_set
from claims.extraction.parsing import Parsed


@cache
def nouns(name: str) -> frozenset[str]:
    """Return the noun list *name* of ``data/nouns.json``."""
    raw = files("claims.extraction").joinpath("data", "nouns.json").read_text(encoding="utf-8")
    return frozenset(json.loads(raw)[name].split())


# Capitals that the small model takes for organisations.
NO_NAMES = word_set(
    """
    AI API APIs GPT LLM LLMs CEO CTO COO VP PBC AG AGI URL PDF IP ID FAQ Q&A TV IPO NDA NDAs ML NLP
    IT PR HR DM App AI. A.I. Internet Web Screenshots Tests Coronavirus SOLELY Covid GDPR COPPA
    BIPA DMCA DSA ToS TOEFL Teens Bot Chatbot Chatbots
    """
)


@dataclass(slots=True)
class Mention:
    """A name at tokens *start* to *end* (exclusive). *sort* is person, org, place, system or law."""

    start: int
    end: int
    name: str
    sort: str
    known: bool = False


@dataclass(slots=True)
class Names:
    """All mentions of a document in order, with a token look-up and how often each name stands."""

    mentions: list[Mention]
    by_token: dict[int, Mention] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)
    sorts: dict[str, str] = field(default_factory=dict)

    def at(self, token: int) -> Mention | None:
        """Return the mention that covers *token*."""
        return self.by_token.get(token)

    def within(self, start: int, end: int) -> list[Mention]:
        """Return the mentions that begin in tokens *start* to *end*."""
        return [m for i in range(start, end) if (m := self.by_token.get(i)) is not None and m.start == i]


# Entities of these labels are no parties, however often they stand.
_NO_PARTIES = {
    "NORP",
    "DATE",
    "TIME",
    "LANGUAGE",
    "CARDINAL",
    "ORDINAL",
    "MONEY",
    "PERCENT",
    "QUANTITY",
    "LOC",
    "EVENT",
}
_SPREADABLE = {"org", "person", "place"}


def spread(parsed: Parsed, found: Sequence[Mention]) -> list[Mention]:
    """Return mentions that *found* lacks of names in it, and of capitalised names that recur outside it.

    The small model knows an unregistered name in some sentences and not in others, and takes it for a firm here and
    for a person or place there: the majority decides, and *found* is corrected in place.
    """
    covered = {i for mention in found for i in range(mention.start, mention.end)}
    sorts = _majority(parsed, found) | _short_forms(found)
    for mention in found:
        if not mention.known and mention.name in sorts:
            mention.sort = sorts[mention.name]
    return _recurring(parsed, sorts, covered)


def _majority(parsed: Parsed, found: Sequence[Mention]) -> dict[str, str]:
    """Return {unregistered name of one word: its sort} by most of its mentions."""
    votes: dict[str, Counter[str]] = {}
    for mention in found:
        if not mention.known and mention.sort in _SPREADABLE and mention.name.isalpha():
            votes.setdefault(mention.name, Counter())[mention.sort] += 1
    order = ("org", "person", "place")
    return {name: max(order, key=lambda sort: (count[sort], -order.index(sort))) for name, count in votes.items()}


def _short_forms(found: Sequence[Mention]) -> dict[str, str]:
    """Return the first words of organisations' longer names, which the model takes for people when they stand alone."""
    surnames = {m.name.split()[-1] for m in found if m.sort == "person" and " " in m.name}
    openings = {m.name.split()[0] for m in found if m.sort == "org" and " " in m.name and not m.known}
    return {word: "org" for word in openings - surnames if len(word) > 3 and word.isalpha()}


def _recurring(parsed: Parsed, sorts: dict[str, str], covered: set[int]) -> list[Mention]:
    """Return single-word names outside *covered*: known ones, and capitals that stand twice, never in lower case."""
    common = set(parsed.words).union(*(nouns(name) for name in ("authority", "company", "media", "group", "study")))
    barred = {i for start, end, label in parsed.names if label in _NO_PARTIES for i in range(start, end)}
    openers = {start for start, _ in parsed.sentences}
    places: dict[str, list[int]] = {}
    for i, word in enumerate(parsed.words):
        if i in covered or i in barred or not word[:1].isupper() or not word.isalpha() or len(word) < 3:
            continue
        if (
            parsed.tags[i].startswith("NNP")
            and word not in NO_NAMES
            and word.lower() not in common
            and _alone(parsed, i)
        ):
            places.setdefault(word, []).append(i)
    found = []
    for word, spots in places.items():
        inside = sum(1 for i in spots if i not in openers)
        if word in sorts or (len(spots) > 1 and inside and not word.isupper()):
            sort = sorts.get(word) or "org"
            found += [Mention(i, i + 1, word, sort) for i in spots]
    return found


def _alone(parsed: Parsed, i: int) -> bool:
    """Whether the capital at *i* is a noun phrase's head by itself, no part of a longer name."""
    after = i + 1 < len(parsed.words) and parsed.tags[i + 1].startswith("NNP") and parsed.words[i + 1][:1].isupper()
    before = i > 0 and parsed.tags[i - 1].startswith("NNP") and parsed.words[i - 1][:1].isupper()
    return not after and not before
