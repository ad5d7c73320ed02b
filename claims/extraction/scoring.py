"""Comparing drafts with labels, by the rules of `docs/claims.md`; pure counting, no extraction.

A draft matches a label of the same article where their spans share at least half of their union; pairs are taken
largest share first, each side once. A match is *strict* where kind, claimant and targets are right as well.
Names fold case, accents, punctuation, possessives, a leading "the" and legal suffixes; a labelled name may hold
alternatives ("A | B"); targets are right where both sets agree.

An article need not be labelled to the end. Where it is not, a draft counts against precision only where a label
or a rejected stretch judges it, and nothing there counts for recall.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from claims.extraction.types import KINDS

HALF = 0.5
FIELDS = ("kind", "claimant", "targets", "hedged")
_LEGAL = frozenset({"inc", "incorporated", "corp", "corporation", "co", "llc", "ltd", "limited", "plc"})
_LEGAL_ABROAD = frozenset({"gmbh", "ag", "sa"})
# A possessive, and the full stop beside a single letter: "U.S." and "US" are one name, "C.AI" and "CAI" too.
_NOT_SPOKEN = re.compile(r"(?<=\b[a-z])\.|\.(?=[a-z]\b)|'s\b")


class ClaimLike(Protocol):
    """What counting needs of a label or a draft; offsets are code points, end exclusive."""

    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...
    @property
    def kind(self) -> str: ...
    @property
    def claimant(self) -> str: ...
    @property
    def targets(self) -> Sequence[str]: ...
    @property
    def topics(self) -> Sequence[str]: ...
    @property
    def hedged(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class Label:
    """One claim as a person labelled it; *claimant* and *targets* may hold alternatives, "A | B"."""

    start: int
    end: int
    kind: str
    claimant: str
    targets: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    hedged: bool = False


@dataclass(frozen=True, slots=True)
class Labelling:
    """What people said of one article: its claims, stretches that are none, and whether they read it to the end."""

    claims: tuple[Label, ...]
    rejected: tuple[tuple[int, int], ...] = ()
    complete: bool = True


@dataclass(frozen=True, slots=True)
class Rates:
    """Precision, recall and F1, each between 0 and 1; None where nothing was there to count."""

    precision: float | None
    recall: float | None
    f1: float | None


@dataclass(frozen=True, slots=True)
class Row:
    """The figures of all claims, or of one kind.

    *labelled* counts the labels of articles that were read to the end, *drafted* the drafts that labels judge. In
    the row of a kind a match needs the right kind too. Shares of right fields are over the matches; in the row of
    a kind over the matches whose label is of that kind.
    """

    labelled: int
    drafted: int
    span: Rates
    strict: Rates
    topics: Rates
    kind: float | None
    claimant: float | None
    targets: float | None
    hedged: float | None


@dataclass(frozen=True, slots=True)
class Report:
    """Every figure over a set of articles, *complete* of which were read to the end; *kinds* has a row a kind."""

    articles: int
    complete: int
    overall: Row
    kinds: dict[str, Row]


def fold(name: str) -> str:
    """Return *name* in the form that names are compared in: "The Meta Platforms, Inc.'s" → "meta platforms"."""
    straight = re.sub("[\u2018\u2019]", "'", name)
    plain = unicodedata.normalize("NFKD", straight).encode("ascii", "ignore").decode("ascii").lower()
    words = re.findall("[a-z0-9]+", _NOT_SPOKEN.sub("", plain))
    first = 1 if words and words[0] == "the" else 0
    last = len(words)
    while last - first > 1 and (words[last - 1] in _LEGAL or words[last - 1] in _LEGAL_ABROAD):
        last -= 1
    return " ".join(words[first:last])


def accepts(label: str, name: str) -> bool:
    """Whether *name* is one of the alternatives that the labelled name allows."""
    folded = fold(name)
    return any(fold(alternative) == folded for alternative in label.split("|"))


def same_targets(labels: Sequence[str], names: Sequence[str]) -> bool:
    """Whether labelled and drafted targets agree as sets: each label takes one name, and none is left over."""
    unclaimed = dict.fromkeys(names)
    for label in labels:
        for name in unclaimed:
            if accepts(label, name):
                del unclaimed[name]
                break
        else:
            return False
    return not unclaimed


def overlap(a: tuple[int, int], b: tuple[int, int]) -> float:
    """Return intersection over union of two spans (end exclusive)."""
    shared = min(a[1], b[1]) - max(a[0], b[0])
    return shared / (max(a[1], b[1]) - min(a[0], b[0])) if shared > 0 else 0.0


def pair(labels: Sequence[ClaimLike], drafts: Sequence[ClaimLike]) -> list[tuple[int, int]]:
    """Return (index of label, index of draft) of every match, largest overlap first, each side once."""
    shares = [
        (-share, i, j)
        for i, label in enumerate(labels)
        for j, draft in enumerate(drafts)
        if (share := overlap((label.start, label.end), (draft.start, draft.end))) >= HALF
    ]
    found: dict[int, int] = {}
    taken: set[int] = set()
    for _, i, j in sorted(shares):
        if i not in found and j not in taken:
            found[i] = j
            taken.add(j)
    return list(found.items())


def right_fields(label: ClaimLike, draft: ClaimLike) -> dict[str, bool]:
    """Return which of `FIELDS` a draft has right."""
    return {
        "kind": label.kind == draft.kind,
        "claimant": accepts(label.claimant, draft.claimant),
        "targets": same_targets(label.targets, draft.targets),
        "hedged": label.hedged == draft.hedged,
    }


@dataclass(slots=True)
class _Match:
    """One pair, its fields judged; *counts* where its article was read to the end."""

    label: ClaimLike
    draft: ClaimLike
    right: dict[str, bool]
    counts: bool

    @property
    def strict(self) -> bool:
        return self.right["kind"] and self.right["claimant"] and self.right["targets"]


@dataclass(slots=True)
class _Tally:
    labels: list[ClaimLike] = field(default_factory=list)
    drafts: list[ClaimLike] = field(default_factory=list)
    matches: list[_Match] = field(default_factory=list)


def score(articles: Iterable[tuple[Labelling, Sequence[ClaimLike]]]) -> Report:
    """Return the figures for articles given as (what people said, what an extractor drafted)."""
    tally, count, complete = _Tally(), 0, 0
    for labelling, drafts in articles:
        count += 1
        complete += labelling.complete
        _add(tally, labelling, drafts)
    kinds = {kind: _row(tally, kind) for kind in KINDS}
    return Report(count, complete, _row(tally), kinds)


def _add(tally: _Tally, labelling: Labelling, drafts: Sequence[ClaimLike]) -> None:
    if labelling.complete:
        tally.labels += labelling.claims
        tally.drafts += drafts
    else:
        judged = [*((label.start, label.end) for label in labelling.claims), *labelling.rejected]
        tally.drafts += [d for d in drafts if any(overlap(span, (d.start, d.end)) >= HALF for span in judged)]
    for i, j in pair(labelling.claims, drafts):
        label, draft = labelling.claims[i], drafts[j]
        tally.matches.append(_Match(label, draft, right_fields(label, draft), labelling.complete))


def _row(tally: _Tally, kind: str | None = None) -> Row:
    labels = [label for label in tally.labels if kind in {None, label.kind}]
    drafts = [draft for draft in tally.drafts if kind in {None, draft.kind}]
    matches = [match for match in tally.matches if kind in {None, match.label.kind}]
    hits = [match for match in matches if kind is None or match.right["kind"]]
    shares = {name: _share(sum(m.right[name] for m in matches), len(matches)) for name in FIELDS}

    def rates(chosen: Callable[[_Match], bool]) -> Rates:
        right = [match for match in hits if chosen(match)]
        return _rates(len(right), len(drafts), sum(m.counts for m in right), len(labels))

    return Row(
        labelled=len(labels),
        drafted=len(drafts),
        span=rates(lambda match: True),
        strict=rates(lambda match: match.strict),
        topics=_topics(matches),
        **shares,
    )


def _topics(matches: Sequence[_Match]) -> Rates:
    """Return micro-averaged rates over the topics of the matches."""
    shared = sum(len(set(m.label.topics) & set(m.draft.topics)) for m in matches)
    drafted = sum(len(set(m.draft.topics)) for m in matches)
    return _rates(shared, drafted, shared, sum(len(set(m.label.topics)) for m in matches))


def _rates(right: int, drafted: int, found: int, labelled: int) -> Rates:
    precision, recall = _share(right, drafted), _share(found, labelled)
    if precision is None or recall is None:
        return Rates(precision, recall, None)
    total = precision + recall
    return Rates(precision, recall, 2 * precision * recall / total if total else 0.0)


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def label_from(row: dict[str, Any]) -> Label:
    """Return the label that one object of a labels file describes; raise ValueError where it does not.

    "start", "end", "kind" and "claimant" are needed; "targets", "topics" and "hedged" may be missing.
    """
    try:
        start, end, kind, claimant = (row[name] for name in ("start", "end", "kind", "claimant"))
        targets, topics = tuple(row.get("targets") or ()), tuple(row.get("topics") or ())
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"not a labelled claim: {row!r:.200} ({error})") from None
    if not (type(start) is int and type(end) is int and 0 <= start < end):
        raise ValueError(f"not a span: start {start!r}, end {end!r}")
    if kind not in KINDS:
        raise ValueError(f"unknown kind {kind!r}")
    if not all(isinstance(name, str) for name in (claimant, *targets, *topics)):
        raise ValueError(f"a name that is not a string: {row!r:.200}")
    return Label(start, end, kind, claimant, targets, topics, bool(row.get("hedged")))
