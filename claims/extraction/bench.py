"""Measure the default extractor on a labelled folder: what it gets right, how fast it is, what memory it takes.

    python -m claims.extraction.bench FOLDER        (make bench-extract DATA=FOLDER)

FOLDER holds articles.jsonl and labels.jsonl (docs/evaluation.md). The parser alone and the whole extraction read
the same texts in turn, in one process; times are processor seconds, so that other work on the machine counts little.
Figures on the articles that the shipped models were trained on flatter: `python -m claims.extraction.training`
cross-validates those.
"""

import argparse
import json
import resource
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from claims.extraction.extractor import default_extractor
from claims.extraction.labelled import LabelledError, read_labelled, table
from claims.extraction.parsing import load_model
from claims.extraction.registry import load_registry
from claims.extraction.scoring import Labelling, pair, right_fields, score
from claims.extraction.types import Document, DraftClaim

CONFIDENT = 0.8
ROUNDS = 3


@dataclass(frozen=True, slots=True)
class Speed:
    """Processor seconds of the parser alone and of the whole extraction over the same texts, and their ratio."""

    parser: float
    extraction: float
    ratio: float
    articles_per_second: float
    characters: int
    memory_mb: float


def measure(documents: Sequence[Document], rounds: int = ROUNDS) -> tuple[Speed, list[tuple[DraftClaim, ...]]]:
    """Return how fast *documents* are read, as the mean of *rounds*, and the drafts of each."""
    extractor, registry, nlp = default_extractor(), load_registry(), load_model()
    drafts: list[tuple[DraftClaim, ...]] = []

    def parse() -> None:
        for _ in nlp.pipe((document.text for document in documents), batch_size=16):
            pass

    def extract() -> None:
        drafts[:] = [found.claims for found in extractor.extract_many(documents, registry)]

    # The first texts of a process also pay for loading.
    next(iter(extractor.extract_many(documents[:1], registry)))
    times = [(_seconds(parse), _seconds(extract)) for _ in range(rounds)]
    parser, extraction = (sum(turn[side] for turn in times) / rounds for side in (0, 1))
    speed = Speed(
        parser=round(parser, 3),
        extraction=round(extraction, 3),
        ratio=round(extraction / parser, 3),
        articles_per_second=round(len(documents) / extraction, 2),
        characters=sum(len(document.text) for document in documents),
        memory_mb=round(_memory_mb(), 1),
    )
    return speed, drafts


def calibration(articles: Sequence[tuple[Labelling, Sequence[DraftClaim]]]) -> tuple[float, float | None]:
    """Return the share of drafts that are at least `CONFIDENT`, and of those the share right in all that counts."""
    drafts = sum(len(found) for _, found in articles)
    sure = right = 0
    for labelling, found in articles:
        matched = {j: labelling.claims[i] for i, j in pair(labelling.claims, found)}
        for j, draft in enumerate(found):
            if draft.confidence >= CONFIDENT:
                sure += 1
                fields = right_fields(matched[j], draft) if j in matched else {}
                right += bool(fields) and fields["kind"] and fields["claimant"] and fields["targets"]
    return (sure / drafts if drafts else 0.0), (right / sure if sure else None)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the measurements; return 1 where the folder cannot be read."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.parse_args(arguments)
    try:
        labelled = read_labelled(options.folder / "articles.jsonl", options.folder / "labels.jsonl")
    except LabelledError as error:
        print(error, file=sys.stderr)
        return 1
    speed, drafts = measure([document for document, _ in labelled])
    judged = [(labelling, found) for (_, labelling), found in zip(labelled, drafts, strict=True)]
    report, (share, right) = score(judged), calibration(judged)
    if options.json:
        sure = {"at": CONFIDENT, "share": share, "right": right}
        print(json.dumps({**asdict(report), "confident": sure, "speed": asdict(speed)}))
        return 0
    print(table(report))
    print(f"\nconfidence of {CONFIDENT} or more: {share:.1%} of the drafts", end="")
    print("" if right is None else f", {right:.1%} of them right in kind, claimant and targets")
    print(
        f"processor seconds: parser alone {speed.parser}, whole extraction {speed.extraction}, ratio {speed.ratio}\n"
        f"{speed.articles_per_second} articles a second a core; memory at most {speed.memory_mb} MB"
    )
    return 0


def _seconds(work: Callable[[], None]) -> float:
    started = time.process_time()
    work()
    return time.process_time() - started


def _memory_mb() -> float:
    """Return the most memory that this process has held; Linux counts it in kilobytes, macOS in bytes."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / (1_000_000 if sys.platform == "darwin" else 1_000)


if __name__ == "__main__":
    sys.exit(main())
