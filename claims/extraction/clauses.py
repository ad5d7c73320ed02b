"""Candidate stretches of a sentence that may be one claim: the whole, its clauses, and what is left without them."""

from dataclasses import dataclass

from claims.extraction.analysis import Analysis, Attribution, Sentence
from claims.extraction.attribution import Cue

_SPLITTING = {"advcl", "conj", "relcl", "acl", "ccomp", "parataxis", "pcomp", "dep", "prep"}
_EDGE = {
    ",",
    ";",
    ":",
    "-",
    "–",
    "—",
    "--",
    "and",
    "but",
    "or",
    "(",
    ")",
    "*",
    "while",
    "though",
    "although",
    "...",
    "…",
}
_MINIMUM = 4


@dataclass(slots=True)
class Candidate:
    """Tokens *start* to *end* of sentence *number*. *shape*: whole, sub (a clause), left or right (the rest)."""

    start: int
    end: int
    number: int
    shape: str
    head: int
    cue: Cue | None = None
    attribution: Attribution | None = None
    relation: str = ""
    splits: tuple[str, ...] = ()


def candidates(analysis: Analysis, number: int) -> list[Candidate]:
    """Return the candidates of sentence *number*, the whole sentence first; spans are unique."""
    sentence = analysis.sentences[number]
    parsed = analysis.parsed
    root = next((i for i in range(sentence.start, sentence.end) if parsed.heads[i] == i), sentence.start)
    whole = _trim(analysis, Candidate(sentence.start, sentence.end, number, "whole", root))
    found = [whole]
    if sentence.quoted < 0.75:
        for node in range(sentence.start, sentence.end):
            around = _around(analysis, sentence, number, node, root)
            if around and (sort := _split_sort(analysis, sentence, around[0])):
                for candidate in around:
                    candidate.splits = (*candidate.splits, sort)
                if sort not in whole.splits and len(around) > 1:
                    whole.splits = (*whole.splits, sort)
            found += around
    unique: dict[tuple[int, int], Candidate] = {}
    for candidate in found:
        if _words(analysis, candidate) >= _MINIMUM or candidate is whole:
            unique.setdefault((candidate.start, candidate.end), candidate)
    for candidate in unique.values():
        _attach(analysis, sentence, candidate)
    return list(unique.values())


def _around(analysis: Analysis, sentence: Sentence, number: int, node: int, root: int) -> list[Candidate]:
    parsed = analysis.parsed
    if node == root or parsed.deps[node] not in _SPLITTING:
        return []
    relation = parsed.deps[node]
    if relation in {"ccomp", "pcomp", "dep"} and not any(c.token == node for c in sentence.cues):
        return []
    if relation == "prep" and not _accusing_phrase(analysis, node):
        return []
    if not (parsed.tags[node].startswith("VB") or relation == "prep" or parsed.deps[node] == "conj"):
        return []
    if relation == "conj" and not parsed.tags[node].startswith("VB"):
        return []
    if analysis.quotes.at(parsed.starts[node]) is not None:
        return []
    start, end = parsed.left[node], parsed.right[node] + 1
    if relation == "conj":
        end = max(end, node + 1)
        start = min(start, node)
    sub = _trim(analysis, Candidate(start, end, number, "sub", node, relation=relation))
    found = [sub]
    if sub.end >= sentence.end - 2 and start - sentence.start >= _MINIMUM:
        found.append(_trim(analysis, Candidate(sentence.start, start, number, "left", root, relation=relation)))
    if sub.start <= sentence.start + 2 and sentence.end - end >= _MINIMUM:
        found.append(_trim(analysis, Candidate(end, sentence.end, number, "right", root, relation=relation)))
    return found


def _split_sort(analysis: Analysis, sentence: Sentence, sub: Candidate) -> str:
    """Return what kind of boundary opens *sub*: speech ("alleging that"), clause (own subject), tail (", which …")."""
    parsed, head = analysis.parsed, sub.head
    cue = next((c for c in sentence.cues if c.token == head), None)
    subject = next((c for c in parsed.children[head] if parsed.deps[c] in {"nsubj", "nsubjpass"}), None)
    comma = sub.start > sentence.start and parsed.words[sub.start - 1] in {",", ";", "—", "–", "-", "--"}
    if cue is not None and parsed.tags[head] == "VBG" and cue.classes[0] != "act":
        return "split.speech"
    if subject is not None and parsed.deps[head] == "conj":
        return "split.clause.cue" if cue is not None else "split.clause"
    if subject is not None and parsed.deps[head] == "advcl" and cue is not None:
        return "split.advcl.cue"
    if parsed.deps[head] == "relcl" and comma:
        return "split.tail.cue" if cue is not None else "split.tail"
    if parsed.deps[head] in {"advcl", "acl"} and comma:
        return "split.loose"
    return ""


def _accusing_phrase(analysis: Analysis, node: int) -> bool:
    """Whether a preposition opens "over claims that …", "for collecting …", "on the basis that …"."""
    parsed = analysis.parsed
    return (
        parsed.lowers[node] in {"over", "for", "on", "despite", "with", "after"}
        and parsed.tags[parsed.heads[node]][:2] == "VB"
    )


def _trim(analysis: Analysis, candidate: Candidate) -> Candidate:
    """Drop conjunctions, brackets and closing marks at the edges of *candidate*, and the final full stop."""
    parsed = analysis.parsed
    while candidate.end > candidate.start and (
        parsed.words[candidate.end - 1].isspace()
        or parsed.lowers[candidate.end - 1] in _EDGE
        or parsed.words[candidate.end - 1] in {".", "[", "]"}
    ):
        candidate.end -= 1
    while candidate.start < candidate.end and (
        parsed.words[candidate.start].isspace() or (parsed.lowers[candidate.start] in _EDGE)
    ):
        candidate.start += 1
    if candidate.end <= candidate.start:
        candidate.end = candidate.start + 1
    return candidate


def _words(analysis: Analysis, candidate: Candidate) -> int:
    return sum(1 for w in analysis.parsed.words[candidate.start : candidate.end] if w[0].isalnum())


def _attach(analysis: Analysis, sentence: Sentence, candidate: Candidate) -> None:
    """Give *candidate* its own cue and attribution, else the sentence's."""
    inside = [c for c in sentence.cues if candidate.start <= c.token < candidate.end and not c.quoted]
    inherited = sentence.attribution
    if inherited.source in {"quote", "carried", "context"}:
        candidate.cue, candidate.attribution = inherited.cue, inherited
        return
    if inherited.cue is not None and candidate.start <= inherited.cue.token < candidate.end:
        candidate.cue, candidate.attribution = inherited.cue, inherited
        return
    for cue in sorted(inside, key=lambda c: (c.depth, c.token)):
        if cue.source is None:
            continue
        referent = analysis.resolver.resolve(cue.source)
        if referent is not None and referent.sort != "system":
            candidate.cue, candidate.attribution = cue, Attribution(referent, cue, "own", 0, inherited.via)
            return
    candidate.cue = min(inside, key=lambda c: (c.depth, c.token)) if inside else None
    if inherited.referent is not None:
        candidate.attribution = Attribution(inherited.referent, inherited.cue, "shared", 0, inherited.via)
    else:
        candidate.attribution = inherited
