"""Signs of AI, of contention and of calm news in a document, sentence by sentence: what relevance is judged by.

The terms are ``data/relevance_terms.json``: classes of words and phrases in lower case, ``*`` for any ending (or, by
itself, for one or two words). A word counts as AI in a strong sense ("chatbot", "facial recognition"), or in a weak one
("software", "trained") that means little alone.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from claims.extraction.analysis import Analysis
from claims.extraction.features import Features

LEAD = 3  # sentences that say what an article is about
_WINDOW = 5
_FEW = 6  # of fewer sentences, one says less than its share
_SHORT = 15  # sentences: in a longer text one word of a class is no sign of it


@cache
def terms() -> dict[str, dict[str, re.Pattern[str]]]:
    """Return {axis: {class: pattern}} over lower-case text with straight apostrophes."""
    raw = files("claims.extraction").joinpath("data", "relevance_terms.json").read_text(encoding="utf-8")
    return {
        axis: {name: _pattern(value) for name, value in classes.items()} for axis, classes in json.loads(raw).items()
    }


def _pattern(listed: str) -> re.Pattern[str]:
    known = sorted((term.strip() for term in listed.split(",")), key=len, reverse=True)
    return re.compile(r"(?<![\w-])(?:" + "|".join(map(_expression, known)) + r")(?![\w])")


def _expression(term: str) -> str:
    escaped = re.escape(term).replace(r"\ ", " ")
    return escaped.replace(r" \* ", r" (?:[\w'-]+ ){1,2}").replace(r"\*", r"[\w'-]*")


@dataclass(frozen=True, slots=True)
class Signs:
    """What one sentence (or the title) shows. *maker*: an AI company or product is named and no more."""

    strong: list[str]
    medium: list[str]
    weak: list[str]
    maker: bool
    contention: dict[str, list[str]]
    calm: frozenset[str]

    @property
    def ai(self) -> bool:
        """Whether AI itself is the talk, not merely a company that makes it."""
        return bool(self.strong)

    @property
    def grade(self) -> float:
        """How surely the talk is of AI, between 0 and 1."""
        if self.strong:
            return 1.0
        return 0.7 if self.maker else 0.5 if self.medium else 0.2 if self.weak else 0.0

    @property
    def heat(self) -> int:
        """How many classes of contention show, soft words left out."""
        return len(self.contention) - ("soft" in self.contention)


def read_signs(analysis: Analysis) -> tuple[Signs, list[Signs]]:
    """Return the signs of the title and of each sentence of *analysis*."""
    parsed = analysis.parsed
    texts = [parsed.text(sentence.start, sentence.end) for sentence in analysis.sentences]
    companies = _companies(texts)
    found = []
    for sentence, text in zip(analysis.sentences, texts, strict=True):
        named = analysis.names.within(sentence.start, sentence.end)
        systems = [m.name for m in named if m.sort == "system" and _is_ai(analysis, m.name)]
        maker = any(_makes_ai(analysis, m.name) for m in named)
        found.append(_signs(text, companies, systems, maker))
    return _signs(analysis.document.title or "", companies), found


def _is_ai(analysis: Analysis, name: str) -> bool:
    system = analysis.index.systems.get(name)
    return (system is None or system.kind != "law") and not terms()["other"]["systems"].fullmatch(name.lower())


def _makes_ai(analysis: Analysis, name: str) -> bool:
    party = analysis.index.parties.get(name)
    return party is not None and (party.kind == "lab" or any(role.startswith("AI ") for role in party.roles))


# "Tallinor AI" within a sentence names a company; "The AI" and a headline in capitals do not.
_COMPANY = re.compile(r"(?<=[a-z,] )[A-Z][\w&-]+ AI\b(?!-)")


# A family name, not the abbreviation.
_AI_WEIWEI = re.compile(r"\bAi (?=[A-Z][a-z])")


def _companies(texts: list[str]) -> re.Pattern[str]:
    names = {name for text in texts for name in _COMPANY.findall(text)}
    known = sorted(
        map(re.escape, names | {"OpenAI", "DeepMind", "Anthropic", "Midjourney", "xAI"}), key=len, reverse=True
    )
    return re.compile(r"\b(?:" + "|".join(known) + r")\b")


def _signs(text: str, companies: re.Pattern[str], systems: Sequence[str] = (), maker: bool = False) -> Signs:
    plain, named = companies.subn("it", _AI_WEIWEI.sub("", text))
    plain = plain.lower().replace("’", "'")
    ai, contention, calm = (terms()[axis] for axis in ("ai", "contention", "calm"))
    return Signs(
        [*ai["strong"].findall(plain), *systems],
        ai["medium"].findall(plain),
        ai["weak"].findall(plain),
        maker or named > 0,
        {name: hits for name, pattern in contention.items() if (hits := pattern.findall(plain))},
        frozenset(name for name, pattern in calm.items() if pattern.search(plain)),
    )


NOTHING = Signs([], [], [], False, {}, frozenset())  # of a title that is not there

# Features


def ai_features(title: Signs, sentences: Sequence[Signs]) -> Features:
    """Return what tells how much a document is about AI."""
    count = max(_FEW, len(sentences))
    ai = [s.ai or s.maker for s in sentences]
    total, talk = sum(ai), title.ai or any(s.ai for s in sentences)
    weak = _share(sum(bool(s.weak) for s in sentences), count, 0.8)
    return {
        "bias": 1.0,
        "share": _share(total, count, 0.6),
        "many": min(total, 4) / 4,
        "lead": float(any(ai[:LEAD])),
        "title": float(title.ai or title.maker),
        "none": float(total == 0 and not title.ai),
        "passing": float(0 < total <= 1 + count / 12 and not any(ai[:LEAD]) and not title.ai),
        "maker": float(total > 0 and not talk),
        "medium": _share(sum(bool(s.medium) for s in sentences), count, 0.6),
        "medium.variety": min(len({hit for s in sentences for hit in s.medium}) / max(1.0, count / _SHORT), 5) / 5,
        "weak": weak if talk or any(s.medium for s in sentences) else 0.0,
    }


def contention_features(title: Signs, sentences: Sequence[Signs]) -> Features:
    """Return what tells how much a document is about a dispute: of whatever kind."""
    count = max(_FEW, len(sentences))
    hot = [s.heat for s in sentences]
    found: Features = {"bias": 1.0}
    for name in terms()["contention"]:
        found[name] = _share(sum(1 for s in sentences if name in s.contention), count, 0.4)
    found["share"] = _share(sum(1 for h in hot if h), count, 0.7)
    found["strong"] = _share(sum(1 for h in hot if h >= 2), count, 0.4)
    found["lead"] = min(sum(hot[:LEAD]), 3) / 3
    found["title"] = float(title.heat > 0)
    seen = Counter(name for s in sentences for name in s.contention if name != "soft")
    found["variety"] = min(sum(1 for hits in seen.values() if hits >= count / _SHORT), 6) / 6
    for name in terms()["calm"]:
        found[f"calm.{name}"] = _share(sum(1 for s in sentences if name in s.calm), count, 0.5)
    found["calm"] = _share(sum(1 for s in sentences if s.calm and not s.heat), count, 0.6)
    return found


def joint_features(title: Signs, sentences: Sequence[Signs]) -> Features:
    """Return what tells whether the dispute is over AI: how near the two stand."""
    count = max(_FEW, len(sentences))
    ai, hot = [s.grade for s in sentences], [s.heat for s in sentences]
    near = [max(ai[max(0, i - 1) : i + 2]) for i in range(len(sentences))]
    return {
        "sentence": _share(sum(a for a, h in zip(ai, hot, strict=True) if h), count, 0.4),
        "near": _share(sum(n for n, h in zip(near, hot, strict=True) if h), count, 0.7),
        "lead": max([*ai[:LEAD], 0.0]) * any(hot[:LEAD]),
        "title": title.grade * (title.heat > 0),
        "window": _window(ai, hot),
    }


def _share(part: float, count: int, full: float) -> float:
    return min(part / count / full, 1.0)


def _window(ai: list[float], hot: list[int]) -> float:
    """Return how much of both stands together where most does: a long article may be about it in part only."""
    best = 0.0
    for i in range(max(1, len(ai) - _WINDOW + 1)):
        best = max(best, min(sum(ai[i : i + _WINDOW]), sum(1 for h in hot[i : i + _WINDOW] if h)))
    return best / _WINDOW


def commonest(hits: Iterator[str], number: int) -> list[str]:
    """Return the *number* commonest of *hits*, the first met first among equals."""
    return [name for name, _ in Counter(hits).most_common(number)]
