"""Train the small models of the default extractor and report on them by cross-validation over articles.

    python -m claims.extraction.training ARTICLES.jsonl LABELS.jsonl [--also FOLDER] [--folds 8] [--write]

Files are those of the labelling guidelines. The weights file holds feature names and numbers: lexicon entries and
classes of structure, no text of any article. No article is in the training and the test part of one fold.
Logistic and softmax regression with an L2 penalty (`claims.extraction.fitting`).
"""

import argparse
import json
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from claims.extraction.analysis import Analysis, analyse
from claims.extraction.clauses import Candidate, candidates
from claims.extraction.extractor import RuleExtractor, _outlets
from claims.extraction.features import Features, document_signals
from claims.extraction.fitting import fit, fit_kinds
from claims.extraction.kinds import kind_features
from claims.extraction.naming import tidy
from claims.extraction.parsing import Parsed, parse_many
from claims.extraction.preparation import prepare
from claims.extraction.registry import NameIndex, load_registry, name_index
from claims.extraction.relevance import judge, worth_reading
from claims.extraction.scoring import accepts, overlap, same_targets
from claims.extraction.types import KINDS, Document, Extraction
from claims.extraction.wording import claim_features

CLAIM_L2, KIND_L2, CONFIDENCE_L2 = 12.0, 12.0, 30.0
_LEAST = 3  # a word in fewer examples than this is left out
THRESHOLD = 0.35
_WEIGHTS = Path(__file__).parent / "data" / "weights.json"
Label = dict[str, Any]


@dataclass(slots=True)
class Example:
    """One candidate with its features and, where it is a claim, its label."""

    candidate: Candidate
    span: tuple[int, int]
    features: Features
    label: Label | None = None
    weight: float = 1.0
    ignored: bool = False


@dataclass(slots=True)
class Article:
    """One labelled article, analysed once for all folds."""

    document: Document
    parsed: Parsed
    analysis: Analysis
    labels: list[Label]
    examples: list[Example] = field(default_factory=list)


def read_articles(articles: Path, labels: Path, index: NameIndex) -> list[Article]:
    """Return the labelled articles, parsed and with their candidates matched to the labels."""
    rows = [json.loads(line) for line in articles.read_text(encoding="utf-8").splitlines() if line.strip()]
    gold = {r["id"]: r["claims"] for r in map(json.loads, labels.read_text(encoding="utf-8").splitlines())}
    documents = [Document(r["id"], r.get("url"), r.get("title"), r.get("published"), r["text"]) for r in rows]
    found = []
    for document, parsed in zip(documents, parse_many(prepare(d.text) for d in documents), strict=True):
        article = Article(document, parsed, analyse(document, parsed, index, _outlets()), gold[document.id])
        article.examples = _examples(article)
        found.append(article)
    return found


def _examples(article: Article) -> list[Example]:
    analysis, signals = article.analysis, document_signals(article.analysis)
    parsed = article.parsed
    found: list[Example] = []
    if not article.labels and not worth_reading(judge(analysis), analysis, signals):
        return found  # its claims are never looked for
    for number in range(len(analysis.sentences)):
        for candidate in candidates(analysis, number):
            span = parsed.prepared.span(parsed.starts[candidate.start], parsed.ends[candidate.end - 1])
            found.append(Example(candidate, span, claim_features(analysis, signals, candidate)))
    for label in article.labels:
        shares = [overlap(example.span, (label["start"], label["end"])) for example in found]
        best = max(range(len(found)), key=lambda i: shares[i], default=None)
        for i, example in enumerate(found):
            if shares[i] < 0.5:
                continue
            if i == best:
                example.label, example.weight, example.ignored = label, 1.0, False
            elif example.label is None:
                # Nearly as good counts for less; in between it teaches nothing.
                example.ignored = shares[i] < 0.75
                if not example.ignored:
                    example.label, example.weight = label, 0.7
    return found


def train(articles: Sequence[Article]) -> dict[str, Any]:
    """Return the weights learned from *articles*, confidence left flat."""
    examples = [e for a in articles for e in a.examples if not e.ignored]
    kinds = [pair for a in articles for pair in _kind_examples(a)]
    return {
        "claim": fit(
            [e.features for e in examples],
            [e.label is not None for e in examples],
            CLAIM_L2,
            [e.weight for e in examples],
            _LEAST,
        ),
        "kind": fit_kinds(
            [f for f, *_ in kinds], [k for _, k, _ in kinds], KINDS, KIND_L2, [w for *_, w in kinds], _LEAST
        ),
        "confidence": {"claim": 0.5, "kind": 0.5},
        "threshold": THRESHOLD,
    }


def _kind_examples(article: Article) -> list[tuple[Features, str, float]]:
    found = []
    previous: tuple[str, str] | None = None
    for example in sorted((e for e in article.examples if e.label is not None), key=lambda e: e.span):
        label = example.label
        assert label is not None
        features = kind_features(article.analysis, example.candidate, example.features, previous)
        found.append((features, label["kind"], example.weight))
        attribution = example.candidate.attribution
        previous = (label["kind"], attribution.referent.name if attribution and attribution.referent else "")
    return found


# Cross-validation


def folds(count: int, number: int, seed: int = 7) -> list[set[int]]:
    """Return *number* sets of article indices that part *count* articles at random, always the same way."""
    order = list(range(count))
    random.Random(seed).shuffle(order)  # noqa: S311 - not a secret
    return [set(order[i::number]) for i in range(number)]


def cross_validate(
    articles: Sequence[Article], index: NameIndex, number: int, seed: int = 7, also: Sequence[Article] = ()
) -> dict[str, Extraction]:
    """Return {article id: extraction}, each of *articles* read by models that never saw it; *also* is trained on."""
    found = {}
    for held in folds(len(articles), number, seed):
        rest = [a for i, a in enumerate(articles) if i not in held]
        weights = train([*rest, *also])
        weights["confidence"] = train_confidence(rest, index, also)
        extractor = RuleExtractor(weights)
        for i in held:
            found[articles[i].document.id] = extractor.read(articles[i].document, articles[i].parsed, index)
    return found


def train_confidence(
    articles: Sequence[Article], index: NameIndex, also: Sequence[Article] = (), number: int = 4
) -> dict[str, float]:
    """Return weights for confidence, learned on drafts of *articles* that their models did not see.

    The models learn from *also* besides; its drafts teach no confidence, since invented articles are harder.
    """
    rows, right = [], []
    for held in folds(len(articles), number, seed=3):
        inner = train([*(a for i, a in enumerate(articles) if i not in held), *also])
        extractor = RuleExtractor(inner)
        for i in held:
            article = articles[i]
            for draft, features in extractor.trace(article.document, article.parsed, index):
                rows.append(features)
                right.append(_right(draft, article.labels))
    return fit(rows, right, CONFIDENCE_L2)


def _right(draft: Any, labels: Sequence[Label]) -> bool:
    """Whether a draft matches a label in span, kind, claimant and targets."""
    for label in labels:
        if overlap((draft.start, draft.end), (label["start"], label["end"])) >= 0.5:
            return bool(
                draft.kind == label["kind"]
                and accepts(label["claimant"], tidy(draft.claimant))
                and same_targets(label["targets"], draft.targets)
            )
    return False


def main() -> None:
    """Report by cross-validation; with ``--write`` train on everything and write the weights file."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("articles", type=Path)
    parser.add_argument("labels", type=Path)
    parser.add_argument("--also", type=Path, help="a folder of articles.jsonl and labels.jsonl to train on besides")
    parser.add_argument("--folds", type=int, default=8)
    parser.add_argument("--seed", type=int, default=7, help="of the folds")
    parser.add_argument("--write", action="store_true", help="train on all articles and write data/weights.json")
    parser.add_argument("--out", type=Path, help="write the cross-validated predictions here, as JSON Lines")
    args = parser.parse_args()
    index = name_index(load_registry())
    articles = read_articles(args.articles, args.labels, index)
    also = read_articles(args.also / "articles.jsonl", args.also / "labels.jsonl", index) if args.also else []
    if args.folds:
        found = cross_validate(articles, index, args.folds, args.seed, also)
        lines = [
            json.dumps({"id": key, "relevant": e.relevant, "claims": [_row(c) for c in e.claims]})
            for key, e in found.items()
        ]
        (args.out or Path("/dev/stdout")).write_text("\n".join(lines) + "\n", encoding="utf-8")
    if args.write:
        weights = train([*articles, *also])
        weights["confidence"] = train_confidence(articles, index, also)
        _WEIGHTS.write_text(json.dumps(weights, indent=0, sort_keys=True) + "\n", encoding="utf-8")


def _row(draft: Any) -> dict[str, Any]:
    names = ("start", "end", "kind", "claimant", "targets", "about", "topics", "hedged", "confidence")
    return {name: getattr(draft, name) for name in names}


if __name__ == "__main__":
    main()
