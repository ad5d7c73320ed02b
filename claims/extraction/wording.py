"""What the words of a candidate tell: single words, classes of words by what they do in a dispute, and its edges.

The classes are ``data/wording.json``: wrongs, judgements, risks, first and second person, evidence, contrast, repair,
settling, attitude. A single word counts by its dictionary form where the lexicon knows it; names never count.
"""

import json
import re
from collections import Counter
from functools import cache
from importlib.resources import files

from claims.extraction.analysis import Analysis
from claims.extraction.clauses import Candidate
from claims.extraction.features import DocumentSignals, Features, clause_features, roles
from claims.extraction.lexicon import verb_lemmas, word_set
from claims.extraction.meaning import meaning_features

_COUNTED = ("VB", "NN", "JJ", "RB", "MD")
_NEGATIONS = word_set("not n't never no cannot nothing")
_INSIDE = word_set(', . and but that who which ; : " when after while as to')
# The part that tells most of a claimant who plays several.
_ORDER = "plaintiff accuser accused accused2 court state expert critic office.law outlet media".split()
_TITLES = {
    "suit": r"\b(su(?:es?|ing|it|its|ed)|lawsuits?|court|judge|complaint|class.action)\b",
    "accuse": r"\b(accus|alleg|claim|say|said)\w*",
    "study": r"\b(stud(?:y|ies)|research\w*|evidence|report|finds?|found|investigation|shows?|audit)\b",
    "deny": r"\b(push(?:es|ed)? back|den(?:y|ies|ied)|defend|reject|disput|respond|admits?|vows?)\w*",
    "critic": r"\b(protest|backlash|critic|slam|warn|threat|fear|concern|risk|danger|strike|object|letter)\w*",
    "rule": r"\b(ban|fine[sd]?|rul(?:es|ed|ing)|order|settle[sd]?|law|regulat\w+)\b",
}
_TITLE_PATTERNS = {name: re.compile(pattern, re.I) for name, pattern in _TITLES.items()}


@cache
def classes() -> dict[str, frozenset[str]]:
    """Return {class: its words}."""
    raw = files("claims.extraction").joinpath("data", "wording.json").read_text(encoding="utf-8")
    return {name: word_set(listed) for name, listed in json.loads(raw).items()}


# How much the meaning of a candidate's words weighs among the features of a claim.
MEANING = 0.7


def claim_features(analysis: Analysis, signals: DocumentSignals, candidate: Candidate) -> Features:
    """Return what tells whether *candidate* is a claim: structure, rule, context; words, their meaning, edges."""
    return plain_claim_features(analysis, signals, candidate) | meaning_features(analysis, candidate, MEANING)


def plain_claim_features(analysis: Analysis, signals: DocumentSignals, candidate: Candidate) -> Features:
    """Return the features of a claim without the meaning of its words, which `meaning.mean_score` adds faster."""
    return (
        clause_features(analysis, signals, candidate)
        | word_features(analysis, candidate, 0.5)
        | edge_features(analysis, candidate)
        | class_features(analysis, candidate)
    )


def word_features(analysis: Analysis, candidate: Candidate, strength: float) -> Features:
    """Return the content words of *candidate*, its head and its cue, each worth *strength*."""
    parsed, lemmas, found = analysis.parsed, verb_lemmas(), {}
    for i in range(candidate.start, candidate.end):
        word = parsed.lowers[i]
        if parsed.tags[i][:2] in _COUNTED and word.isalpha() and analysis.names.at(i) is None:
            found[f"w.{lemmas.get(word, word)}"] = strength
    head = parsed.lowers[candidate.head]
    if analysis.names.at(candidate.head) is None:
        found[f"h.{lemmas.get(head, head)}"] = strength
    if candidate.cue is not None:
        found[f"c.{candidate.cue.lemma}"] = strength
    return found


def edge_features(analysis: Analysis, candidate: Candidate, strength: float = 0.5) -> Features:
    """Return what stands at the edges of *candidate*: where a claim may well begin and end."""
    parsed, start, end = analysis.parsed, candidate.start, candidate.end
    after = parsed.lowers[end] if end < len(parsed.lowers) else ""
    opens = start == analysis.sentences[candidate.number].start
    before = "^" if opens else parsed.lowers[start - 1]
    after, before = after if after in _INSIDE else "o", before if before in _INSIDE | {"^"} else "o"
    found = {f"last.{parsed.tags[end - 1]}": strength, f"next.{after}": strength, f"before.{before}": strength}
    found[f"next.{candidate.shape}.{after}"] = strength
    if analysis.names.at(start) is None:
        found[f"first.{parsed.lowers[start]}"] = strength
    return found


def class_features(analysis: Analysis, candidate: Candidate, strength: float = 0.5) -> Features:
    """Return the classes of words that *candidate* holds."""
    tokens = set(analysis.parsed.lowers[candidate.start : candidate.end])
    return {f"x.{name}": strength for name, words in classes().items() if not tokens.isdisjoint(words)}


def kind_wording(analysis: Analysis, candidate: Candidate) -> Features:
    """Return what tells the kind: words and their classes, by the part that the claimant plays; tense; the title."""
    part = main_part(analysis, candidate)
    found = word_features(analysis, candidate, 0.6)
    for child in analysis.parsed.children[candidate.head]:
        if analysis.parsed.deps[child] in {"nsubj", "nsubjpass"} and analysis.names.at(child) is None:
            found[f"s.{analysis.parsed.lowers[child]}"] = 0.6
    _by_class(found, analysis, candidate, part)
    _by_article(found, analysis, part)
    _by_claimant(found, analysis, candidate, part)
    _by_tense(found, analysis, candidate)
    return found


def main_part(analysis: Analysis, candidate: Candidate) -> str:
    """Return the part of the claimant that tells most: plaintiff before accuser before accused, and so on."""
    referent = candidate.attribution.referent if candidate.attribution else None
    if referent is None:
        return "other"
    played = roles(analysis, referent.name, referent.affiliation, referent.how, referent.sort)
    return next((part for part in _ORDER if part in played), "other")


def _by_class(found: Features, analysis: Analysis, candidate: Candidate, part: str) -> None:
    tokens = set(analysis.parsed.lowers[candidate.start : candidate.end])
    for name, words in classes().items():
        hits = len(tokens & words)
        if hits:
            found[f"x.{name}"] = found[f"x.{name}.{part}"] = 1.0
        if hits > 1:
            found[f"xx.{name}"] = 1.0
    if not tokens.isdisjoint(_NEGATIONS):
        voice = "q" if analysis.sentences[candidate.number].quoted > 0.5 else "o"
        found[f"neg.{part}"] = found[f"neg.{part}.{voice}"] = 1.0


def _by_article(found: Features, analysis: Analysis, part: str) -> None:
    for name, pattern in _TITLE_PATTERNS.items():
        if pattern.search(analysis.document.title or ""):
            found[f"t.{name}"] = found[f"t.{name}.{part}"] = 0.7
    suit = analysis.resolver.plaintiffs is not None
    found[f"d.suit.{suit}"] = 0.7
    if suit:
        found[f"d.suit.{part}"] = 0.7
    if analysis.resolver.investigator:
        found["d.investigator"] = 0.7
    if analysis.resolver.researchers:
        found["d.researchers"] = found[f"d.researchers.{part}"] = 0.5


def _by_claimant(found: Features, analysis: Analysis, candidate: Candidate, part: str) -> None:
    referent = candidate.attribution.referent if candidate.attribution else None
    voice = "q" if analysis.sentences[candidate.number].quoted > 0.5 else "o"
    found[f"m.{part}"] = found[f"m.{part}.{voice}"] = 1.0
    if candidate.cue is not None:
        found[f"m.{part}.{candidate.cue.classes[0]}"] = 1.0
    if referent is not None:
        found[f"how.{referent.how}"] = 1.0
        found[f"sort.{referent.sort}"] = 0.5
    accused = {name for name, _ in analysis.camps.accused[:2]}
    named = {m.name for m in analysis.names.within(candidate.start, candidate.end)}
    if (named & accused) - ({referent.name, referent.affiliation} if referent else set()):
        found["accused.named"] = found[f"accused.named.{part}"] = 1.0


def _by_tense(found: Features, analysis: Analysis, candidate: Candidate) -> None:
    tags = Counter(analysis.parsed.tags[candidate.start : candidate.end])
    for tag in tags:
        if tag.startswith("VB") or tag == "MD":
            found[f"tg.{tag}"] = 0.4
    past, present = tags["VBD"], tags["VBZ"] + tags["VBP"]
    if past != present:
        found["tense.past" if past > present else "tense.present"] = 0.5
