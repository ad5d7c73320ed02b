"""Labelled training texts with their claims marked in place, read into articles and labels with offsets.

    === id | date | title
    X = Canonical name | accepted alternative      names for the label lines; a name may also be written out
    the text, with every claim in [[double brackets]], which may be nested
    --
    kind CLAIMANT > TARGETS : about, about : topics [?]     a line a claim, in the order in which they open

Kinds are the first two letters of their names. Targets are parted by blanks, alternatives among them by a slash. A
question mark at the end marks a hedged claim.
"""

import argparse
import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from claims.extraction.types import KINDS, TOPICS

_KINDS = {kind[:2]: kind for kind in KINDS}
_MARK = re.compile(r"\[\[|\]\]")
_ADDRESS = "https://training.example/{}"


class MarkedError(ValueError):
    """A marked article breaks the format; the message names the article and what is wrong."""


def read(source: str) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Yield (article, labels) of each article in *source*, in the form of `claims.extraction.labelled`."""
    for block in re.split(r"^=== ", source, flags=re.M)[1:]:
        head, _, rest = block.partition("\n")
        try:
            key, published, title = (part.strip() for part in head.split("|"))
            body, _, labels = rest.rpartition("\n--\n")
            names, text, spans = _parts(body)
            claims = _claims(labels, names, text, spans)
        except ValueError as error:
            raise MarkedError(f"{head}: {error}") from None
        article = {"id": key, "url": _ADDRESS.format(key), "title": title, "published": published, "text": text}
        yield article, {"id": key, "claims": claims}


def _parts(body: str) -> tuple[dict[str, str], str, list[tuple[int, int]]]:
    """Return the names, the text without marks, and the spans in the order in which they open."""
    names: dict[str, str] = {}
    lines = body.split("\n")
    while lines and (found := re.fullmatch(r"(\w+) = (.+)", lines[0])):
        names[found[1]] = found[2]
        del lines[0]
    marked = "\n".join(lines).strip()
    spans: list[tuple[int, int]] = []
    open_: list[int] = []
    text, place = "", 0
    for mark in _MARK.finditer(marked):
        text += marked[place : mark.start()]
        place = mark.end()
        if mark[0] == "[[":
            open_.append(len(spans))
            spans.append((len(text), -1))
        elif open_:
            number = open_.pop()
            spans[number] = (spans[number][0], len(text))
        else:
            raise ValueError(f"a mark closes that was never opened after {text[-40:]!r}")
    if open_:
        raise ValueError(f"a mark stays open at {marked[-40:]!r}")
    return names, text + marked[place:], spans


def _claims(labels: str, names: dict[str, str], text: str, spans: Sequence[tuple[int, int]]) -> list[dict[str, Any]]:
    lines = [line for line in labels.split("\n") if line.strip()]
    if len(lines) != len(spans):
        raise ValueError(f"{len(spans)} marks but {len(lines)} labels")
    claims = [_claim(line, names, *span) for line, span in zip(lines, spans, strict=True)]
    for claim in claims:
        quote = text[claim["start"] : claim["end"]]
        if not quote or quote != quote.strip():
            raise ValueError(f"a mark around {quote!r}")
    return claims


def _claim(line: str, names: dict[str, str], start: int, end: int) -> dict[str, Any]:
    who, about, topics = (part.strip() for part in line.split(":"))
    short, _, who = who.partition(" ")
    claimant, _, targets = (part.strip() for part in who.partition(">"))
    chosen = topics.replace("?", "").split()
    if short not in _KINDS or not claimant or not chosen or set(chosen) - set(TOPICS):
        raise ValueError(f"a label {line!r}")
    return {
        "start": start,
        "end": end,
        "kind": _KINDS[short],
        "claimant": _alternatives(claimant, names),
        "targets": [_alternatives(target.replace("_", " "), names) for target in targets.split()],
        "about": [name.strip() for name in about.split(",") if name.strip()],
        "topics": chosen,
        "hedged": "?" in topics,
    }


def _alternatives(value: str, names: dict[str, str]) -> str:
    """Return *value* with short names written out, alternatives parted by `` | `` and none twice."""
    parts = [part.strip() for piece in re.split(r"[|/]", value) for part in names.get(piece.strip(), piece).split("|")]
    return " | ".join(dict.fromkeys(part for part in parts if part))


def main() -> None:
    """Write the articles and labels of marked files as JSON Lines."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("marked", type=Path, nargs="+")
    parser.add_argument("--out", type=Path, required=True, help="folder for articles.jsonl and labels.jsonl")
    args = parser.parse_args()
    pairs = [pair for path in args.marked for pair in read(path.read_text(encoding="utf-8"))]
    for name, rows in (("articles.jsonl", [a for a, _ in pairs]), ("labels.jsonl", [b for _, b in pairs])):
        lines = [json.dumps(row, ensure_ascii=False) for row in rows]
        (args.out / name).write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
