"""Labelled articles from files, and figures as a table: for `manage.py evaluate` and `make bench-extract`.

Articles: one {"id", "url", "title", "published", "text"} a line. Labels: one {"id", "claims": [{"start", "end",
"kind", "claimant", "targets", "topics", "hedged"}]} a line, offsets in code points (docs/evaluation.md).
"""

import json
from collections.abc import Iterator
from pathlib import Path

from claims.extraction.documents import BadLineError, document_from
from claims.extraction.scoring import FIELDS, Labelling, Rates, Report, Row, label_from
from claims.extraction.types import Document


class LabelledError(ValueError):
    """A file of articles or labels cannot be used; the message names file, line and reason."""


def read_labelled(articles: Path, labels: Path) -> list[tuple[Document, Labelling]]:
    """Return the labelled articles, in the order of the labels; articles without labels are left out.

    Raises `LabelledError` for a file or line that cannot be read, a label of no known article or outside its text.
    """
    documents: dict[str, Document] = {}
    for where, line in _lines(articles):
        try:
            document = document_from(line)
        except BadLineError as error:
            raise LabelledError(f"{where}: {error}") from None
        if document.id in documents:
            raise LabelledError(f"{where}: a second article {document.id!r}")
        documents[document.id] = document
    found: dict[str, tuple[Document, Labelling]] = {}
    for where, line in _lines(labels):
        try:
            key, labelling = _labelling(line)
        except ValueError as error:
            raise LabelledError(f"{where}: {error}") from None
        if key not in documents or key in found:
            raise LabelledError(f"{where}: {'labelled twice' if key in found else 'no article'} {key!r}")
        if beyond := next((c for c in labelling.claims if c.end > len(documents[key].text)), None):
            raise LabelledError(f"{where}: the text has no characters {beyond.start} to {beyond.end}")
        found[key] = (documents[key], labelling)
    if not found:
        raise LabelledError(f"{labels}: no labels")
    return list(found.values())


def table(report: Report) -> str:
    """Return the figures as lines for a terminal: all claims first, then a row a kind."""
    overall = report.overall
    lines = [
        f"articles {report.articles}, labelled to the end {report.complete}, "
        f"labels {overall.labelled}, drafts judged {overall.drafted}",
        "",
        f"{'':12} {'P':>6} {'R':>6} {'F1':>6}",
    ]
    lines += [f"{name:12} {_rates(getattr(overall, name))}" for name in ("span", "strict", "topics")]
    lines += ["", "right in a match: " + "  ".join(f"{name} {_figure(getattr(overall, name))}" for name in FIELDS)]
    head = f"{'labels':>6} {'drafts':>6}   {'span P':>6} {'R':>6} {'F1':>6}   {'strict P':>8} {'R':>6} {'F1':>6}"
    lines += ["", f"{'kind':12} {head}   {'claimant':>8} {'targets':>8} {'hedged':>8} {'topics':>8}"]
    lines += [_kind_line(kind, row) for kind, row in report.kinds.items()]
    if report.complete == 0:
        lines += ["", "No article was read to the end: nothing tells how many claims were missed (no recall, no F1)."]
    return "\n".join(lines)


def _kind_line(kind: str, row: Row) -> str:
    strict = f"{_figure(row.strict.precision):>8} {_figure(row.strict.recall):>6} {_figure(row.strict.f1):>6}"
    fields = (row.claimant, row.targets, row.hedged, row.topics.f1)
    shares = " ".join(f"{_figure(value):>8}" for value in fields)
    return f"{kind:12} {row.labelled:6} {row.drafted:6}   {_rates(row.span)}   {strict}   {shares}"


def _rates(rates: Rates) -> str:
    return " ".join(f"{_figure(value):>6}" for value in (rates.precision, rates.recall, rates.f1))


def _figure(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def _labelling(line: str) -> tuple[str, Labelling]:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"not JSON ({error})") from None
    if not isinstance(row, dict) or not isinstance(row.get("id"), str) or not isinstance(row.get("claims"), list):
        raise ValueError('not an object with "id" and a list of "claims"')
    return row["id"], Labelling(tuple(label_from(claim) for claim in row["claims"]))


def _lines(path: Path) -> Iterator[tuple[str, str]]:
    """Yield (file and line number, line) of the lines that are not blank."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise LabelledError(f"{path}: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise LabelledError(f"{path}: not UTF-8 ({error})") from None
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            yield f"{path}, line {number}", line
