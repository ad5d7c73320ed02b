"""Train the relevance score: ``python -m claims.extraction.relevance_training TEXTS.jsonl [--write]``.

TEXTS are one {"id", "title", "text", "sort"} a line, *sort* one of `SORTS`. Each text teaches twice, with its title
and without; each dispute without AI once more with a sentence that mentions AI in passing. ``--labelled`` adds articles
with labelled claims, which are about disputes over AI. The third model learns from answers of the first two on texts
that they did not see. Weights that come out with the wrong sign are left out and the rest is fitted again.
"""

import argparse
import json
import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from claims.extraction.analysis import analyse
from claims.extraction.extractor import _outlets
from claims.extraction.features import Features
from claims.extraction.fitting import fit
from claims.extraction.model import Weights
from claims.extraction.parsing import parse_many
from claims.extraction.preparation import prepare
from claims.extraction.registry import NameIndex, load_registry, name_index
from claims.extraction.relevance import THRESHOLD, combined, score
from claims.extraction.signs import NOTHING, Signs, ai_features, contention_features, read_signs
from claims.extraction.types import Document

# {sort: (is it about AI, is it about a dispute)}
SORTS = {
    "dispute over AI": (True, True),
    "AI without a dispute": (True, False),
    "dispute without AI": (False, True),
}
_PENALTY = 1.0
_LOWERS = {"none", "passing", "maker"}
_WEIGHTS = Path(__file__).parent / "data" / "relevance_weights.json"
_PASSING = (
    "The company, which also sells AI tools to hospitals, employs 4,000 people",
    "She had earlier worked on artificial intelligence at a bank",
    "Its shares have risen this year along with those of other firms that invest in AI",
    "Last spring the same court dealt with a case about facial recognition",
    "A summary of the files by a chatbot was not admitted",
    "He is best known as an early investor in OpenAI",
    "The ministry is also working on a law on artificial intelligence",
    "Other items on the agenda are AI and the budget",
    "The building will later house a centre for machine learning",
    "In an interview last year he had called algorithms overrated",
    "The firm has announced a chatbot for customers and a new canteen",
    "Rivals are spending more on generative AI",
    "Self-driving buses, once promised for this route, never came",
)


@dataclass(frozen=True, slots=True)
class Text:
    """One text with its signs, read once."""

    id: str
    sort: str
    title: Signs
    sentences: list[Signs]
    made: bool = False  # with a passing mention added: taught, never tested

    @property
    def relevant(self) -> bool:
        """Whether both hold."""
        return all(SORTS[self.sort])

    @property
    def titles(self) -> tuple[Signs, Signs]:
        """The title, and none."""
        return self.title, NOTHING


def read_texts(rows: Sequence[Mapping[str, Any]], index: NameIndex) -> list[Text]:
    """Return *rows* parsed, in order. Raises `KeyError` for a sort that is none of `SORTS`."""
    documents = [Document(row["id"], None, row.get("title"), None, row["text"]) for row in rows]
    found = []
    for row, document, parsed in zip(rows, documents, parse_many(prepare(d.text) for d in documents), strict=True):
        SORTS[row["sort"]]
        title, sentences = read_signs(analyse(document, parsed, index, _outlets()))
        found.append(Text(row["id"], row["sort"], title, sentences, bool(row.get("made"))))
    return found


def with_passing_mentions(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return each dispute without AI among *rows* again, with a sentence late in it that mentions AI."""
    found = []
    for number, row in enumerate(rows):
        if row["sort"] == "dispute without AI":
            parts = row["text"].split(". ")
            place = max(2, len(parts) - 1 - number % 3)
            text = ". ".join([*parts[:place], _PASSING[number % len(_PASSING)], *parts[place:]])
            found.append({**row, "text": text, "made": True})
    return found


def train(texts: Sequence[Text], penalty: float = _PENALTY, inner: int = 6) -> dict[str, Weights]:
    """Return the weights of the three models."""
    first = _axes(texts, penalty)
    rows: list[Features] = []
    right: list[bool] = []
    for held in _folds(texts, inner, 11):
        axes = _axes([text for text in texts if text.id not in held], penalty)
        for text in texts:
            if text.id in held:
                rows += [combined(axes, title, text.sentences) for title in text.titles]
                right += [text.relevant] * 2
    return {**first, "joint": _fit(rows, right, penalty)}


def _axes(texts: Sequence[Text], penalty: float) -> dict[str, Weights]:
    pairs = [(text, title) for text in texts for title in text.titles]
    ai = [ai_features(title, text.sentences) for text, title in pairs]
    contention = [contention_features(title, text.sentences) for text, title in pairs]
    return {
        "ai": _fit(ai, [SORTS[text.sort][0] for text, _ in pairs], penalty),
        "contention": _fit(contention, [SORTS[text.sort][1] for text, _ in pairs], penalty),
    }


def _fit(rows: Sequence[Features], right: Sequence[bool], penalty: float) -> Weights:
    left_out: set[str] = set()
    while True:
        weights = fit([{k: v for k, v in row.items() if k not in left_out} for row in rows], right, penalty)
        wrong = {name for name, value in weights.items() if name != "bias" and (value > 0) == _lowers(name)}
        if not wrong:
            return weights
        left_out |= wrong


def _lowers(name: str) -> bool:
    return name in _LOWERS or name.startswith("calm")


def _folds(texts: Iterable[Text], number: int, seed: int) -> list[set[str]]:
    """Return sets of ids: what was made of a text lies in its fold."""
    ids = list(dict.fromkeys(text.id for text in texts))
    random.Random(seed).shuffle(ids)  # noqa: S311 - not a secret
    return [set(ids[i::number]) for i in range(number)]


# Reports


@dataclass(slots=True)
class Tally:
    """How many were called relevant, rightly and wrongly, and how many were missed."""

    right: int = 0
    wrong: int = 0
    missed: int = 0

    def add(self, called: bool, relevant: bool) -> None:
        """Count one text."""
        self.right += called and relevant
        self.wrong += called and not relevant
        self.missed += relevant and not called

    @property
    def precision(self) -> float:
        """Share of the texts called relevant that are."""
        return self.right / max(1, self.right + self.wrong)

    @property
    def recall(self) -> float:
        """Share of the relevant texts that are called so."""
        return self.right / max(1, self.right + self.missed)


def cross_validate(texts: Sequence[Text], number: int = 10) -> tuple[Tally, Tally]:
    """Return the tallies with titles and without, each text judged by models that never saw it."""
    tallies = Tally(), Tally()
    for held in _folds(texts, number, 5):
        weights = train([text for text in texts if text.id not in held])
        for text in texts:
            if text.id in held and not text.made:
                for tally, title in zip(tallies, text.titles, strict=True):
                    tally.add(score(weights, title, text.sentences) >= THRESHOLD, text.relevant)
    return tallies


def read_rows(path: Path) -> list[dict[str, Any]]:
    """Return the JSON Lines of *path*."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def main() -> None:
    """Report by cross-validation; with ``--write`` train on everything and write the weights file."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("texts", type=Path)
    parser.add_argument("--labelled", type=Path, nargs=2, metavar=("ARTICLES", "LABELS"))
    parser.add_argument("--write", action="store_true", help="train on all texts and write data/relevance_weights.json")
    args = parser.parse_args()
    rows = read_rows(args.texts)
    if args.labelled:
        claimed = {row["id"] for row in read_rows(args.labelled[1]) if row["claims"]}
        articles = [row for row in read_rows(args.labelled[0]) if row["id"] in claimed]
        rows += [{**row, "sort": "dispute over AI"} for row in articles]
    texts = read_texts([*rows, *with_passing_mentions(rows)], name_index(load_registry()))
    for name, tally in zip(("with titles", "without"), cross_validate(texts), strict=True):
        print(f"{name}: precision {tally.precision:.3f}, recall {tally.recall:.3f}")
    if args.write:
        _WEIGHTS.write_text(json.dumps(train(texts), indent=0, sort_keys=True) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
