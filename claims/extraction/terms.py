"""What a news text is about, as counted terms: stemmed words, names, runs of names, numbers and days.

The terms are what grouping compares. A word counts as a name where it stands in capitals although its place in
the sentence does not call for them; headlines in title case tell nothing about that. Nothing here knows English
grammar beyond plural, "-ed" and "-ing", so a text in another language gives usable terms too.
"""

import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

_ABBREVIATED = r"(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec|Mr|Mrs|Ms|Dr|St|Gen|Sen|Rep|Gov|Lt|Sgt|No|vs?)\."
_TOKEN = re.compile(
    rf"(?:[A-Z]\.){{2,}}|\b{_ABBREVIATED}|\d+(?:[.,]\d+)*[^\W_]*|[^\W_]+(?:['’‑-][^\W_]+)*|[.!?:;,\n“”\"()|]"
)
_BREAK = frozenset('.!?:;\n“”"()|')
_POSSESSIVE = re.compile(r"(?:['’]s?)$|^['’]")
_VOWEL = re.compile(r"[aeiouy]")
_NUMBERS = {
    word: str(value)
    for value, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen".split()
    )
}
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan",
            "february feb",
            "march mar",
            "april apr",
            "may",
            "june jun",
            "july jul",
            "august aug",
            "september sep sept",
            "october oct",
            "november nov",
            "december dec",
        ),
        1,
    )
    for name in names.split()
}
# How much more an occurrence counts in the headline, and in the lead, where news says who, what and where.
TITLE, LEAD, BODY = 3.0, 2.0, 1.0
LEAD_WORDS = 60


@dataclass(frozen=True, slots=True)
class Token:
    """A word or number of a text: as written, folded and stemmed, and whether its capital says it is a name.

    *capital* is None where its place (start of a sentence, headline in title case) tells nothing.
    """

    text: str
    term: str
    capital: bool | None
    place: float


@cache
def commonness() -> dict[str, float]:
    """Return the share of English news texts that hold each common stem, from ``data/news_words.json``."""
    raw = files("claims.extraction").joinpath("data", "news_words.json").read_text(encoding="utf-8")
    shares: dict[str, float] = {}
    for share, listed in json.loads(raw).items():
        for word in listed.split():
            term = stem(fold(word))
            shares[term] = max(shares.get(term, 0.0), float(share))
    return shares


def fold(word: str) -> str:
    """Return *word* without case, accents, possessive and dots: "Peña's" → "pena", "U.S." → "us"."""
    word = unicodedata.normalize("NFKD", _bare(word).casefold())
    if word[:1].isdigit():
        return word.replace(",", "")
    return "".join(char for char in word if char.isalnum() or char == "-")


def _bare(word: str) -> str:
    """Return *word* without possessive: "Altman's" → "Altman"."""
    return _POSSESSIVE.sub("", word)


def stem(word: str) -> str:
    """Return folded *word* without plural "s", "-ed", "-ing" and final "e"; numbers in digits."""
    if word in _NUMBERS:
        return _NUMBERS[word]
    if len(word) <= 3:
        return word
    if word.endswith("ies") and len(word) > 4:
        word = word[:-3] + "y"
    elif word.endswith(("sses", "xes", "ches", "shes")):
        word = word[:-2]
    elif word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = word[:-1]
    for ending in ("ing", "ed"):
        rest = word[: -len(ending)]
        if word.endswith(ending) and len(rest) == 2 and _VOWEL.search(rest):
            return rest + "e"
        if word.endswith(ending) and len(rest) > 2 and _VOWEL.search(rest):
            word = rest[:-1] if len(rest) > 3 and rest[-1] == rest[-2] and rest[-1] not in "lsz" else rest
            break
    return word[:-1] if word.endswith("e") and len(word) > 3 else word


@lru_cache(maxsize=1 << 16)
def term_of(word: str) -> tuple[str, str]:
    """Return *word* itself, one string however often it stands, and its folded stem."""
    return word, stem(fold(word))


def _sentences(text: str) -> Iterator[list[str]]:
    """Yield the pieces of *text* between sentence ends, quotation marks, brackets and line breaks."""
    piece: list[str] = []
    for match in _TOKEN.finditer(text):
        word = match.group()
        if word in _BREAK:
            if piece:
                yield piece
            piece = []
        else:
            piece.append(word)
    if piece:
        yield piece


def tokens(title: str | None, text: str) -> list[list[Token]]:
    """Return the tokens of headline and text, a list a sentence."""
    found: list[list[Token]] = []
    for piece in _sentences(title or ""):
        found.append([Token(*term_of(word), None, TITLE) for word in piece])
    seen = 0
    for piece in _sentences(text):
        long = [word for word in piece if len(word) > 3 and word[0].isalpha()]
        shouting = len(long) > 2 and sum(word[0].isupper() for word in long) > 0.8 * len(long)
        sentence = []
        for position, word in enumerate(piece):
            telling = position > 0 and not shouting and word[0].isalpha()
            capital = word[0].isupper() if telling else None
            place = LEAD if seen < LEAD_WORDS else BODY
            sentence.append(Token(*term_of(word), capital, place))
            seen += 1
        found.append(sentence)
    return found


def name_shares(texts: Iterable[list[list[Token]]]) -> dict[str, float]:
    """Return for each term how often its telling occurrences are in capitals, from 0 to 1, over all *texts*."""
    upper: Counter[str] = Counter()
    total: Counter[str] = Counter()
    for text in texts:
        for sentence in text:
            for token in sentence:
                if token.capital is not None:
                    total[token.term] += 1
                    upper[token.term] += token.capital
    return {term: upper[term] / count for term, count in total.items()}


@dataclass(frozen=True, slots=True)
class Counts:
    """A text as weighted term counts, and how each term is written. Names begin with a capital in *written*."""

    weights: dict[str, float]
    names: frozenset[str]
    written: dict[str, str]
    length: int


def counts(text: list[list[Token]], names: dict[str, float]) -> Counts:
    """Return the terms of one text; *names* are the shares that `name_shares` returns."""
    weights: dict[str, float] = {}
    written: dict[str, str] = {}
    found: set[str] = set()
    length = 0
    for sentence in text:
        length += len(sentence)
        previous: Token | None = None
        for token in sentence:
            if not token.term:
                previous = None
                continue
            weights[token.term] = weights.get(token.term, 0.0) + token.place
            is_name = _is_name(token, names)
            if is_name:
                found.add(token.term)
                written.setdefault(token.term, _bare(token.text))
            pair = _pair(previous, token, is_name, found)
            if pair:
                weights[pair] = weights.get(pair, 0.0) + token.place
                if " " in pair:
                    found.add(pair)
                    written.setdefault(pair, f"{previous.text if previous else ''} {_bare(token.text)}")
            previous = token
    return Counts(weights, frozenset(found), written, length)


def _is_name(token: Token, names: dict[str, float]) -> bool:
    """Whether *token* reads as a name: capitals here, and mostly so wherever its place tells."""
    if not token.text[0].isupper() or token.term in _MONTHS or len(token.term) < 2:
        return False
    return names.get(token.term, 0.5 if commonness().get(token.term, 0.0) < 0.02 else 0.0) > 0.6


def _pair(previous: Token | None, token: Token, is_name: bool, found: set[str]) -> str:
    """Return the term for two neighbours that belong together: a run of names, or a day of a month."""
    if previous is None:
        return ""
    for month, day in ((previous, token), (token, previous)):
        if day.term.isdecimal() and len(day.term) <= 2 and month.text[0].isupper():
            number = _MONTHS.get(fold(month.text))
            if number:
                return f"{number}-{int(day.term)}"
    if is_name and previous.term in found and previous.text[0].isupper():
        return f"{previous.term} {token.term}"
    return ""
