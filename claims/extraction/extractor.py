"""The default extractor: spaCy's parse, attribution by rule, small linear models for what is a claim and which kind.

    text → prepared text → one parse → names, cues, quotations → who says each sentence
         → candidate clauses → claims → kind, targets, topics, hedging → answers

Pure: no network, no settings, the same input gives the same output.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import islice
from typing import Any

from claims.extraction.analysis import Analysis, analyse
from claims.extraction.answers import link_answers
from claims.extraction.clauses import Candidate, candidates
from claims.extraction.confidence import confidence_features
from claims.extraction.features import DocumentSignals, Features, document_signals
from claims.extraction.hedging import is_hedged
from claims.extraction.kinds import certain_kind, kind_features
from claims.extraction.meaning import mean_score, meaning_scores, telling_words
from claims.extraction.model import by_feature, distribution, dot, load_weights, probability, sigmoid
from claims.extraction.naming import tidy
from claims.extraction.parsing import Parsed, parse_many
from claims.extraction.preparation import prepare
from claims.extraction.registry import NameIndex, name_index
from claims.extraction.relevance import judge, worth_reading
from claims.extraction.selection import select
from claims.extraction.targets import Spoken, Targets, find_targets
from claims.extraction.topics import claim_topics, leading_topics, topic_counts
from claims.extraction.types import Document, DraftClaim, Extraction, Extractor, Registry
from claims.extraction.wording import MEANING, plain_claim_features

_BATCH = 16


@cache
def _outlets() -> dict[str, str]:
    raw = files("claims.extraction").joinpath("data", "outlets.json").read_text(encoding="utf-8")
    outlets: dict[str, str] = json.loads(raw)
    return outlets


@dataclass(slots=True)
class _Draft:
    """A claim in the making."""

    candidate: Candidate
    start: int
    end: int
    kind: str
    claimant: str
    targets: tuple[str, ...]
    chances: tuple[float, float]
    found: Targets


class RuleExtractor:
    """Extraction without a language model: offline, deterministic, about the cost of the parse."""

    name = "rules"
    version = "1"

    def __init__(self, weights: dict[str, Any] | None = None) -> None:
        self._weights = weights or load_weights()
        self._kinds = by_feature(self._weights["kind"])
        self._meanings = meaning_scores(self._weights["claim"], MEANING)

    def extract(self, document: Document, registry: Registry) -> Extraction:
        """Return the draft claims of *document*; names are looked up in *registry*."""
        return next(self.extract_many([document], registry))

    def extract_many(self, documents: Iterable[Document], registry: Registry) -> Iterator[Extraction]:
        """Yield one extraction a document, in order; documents are parsed in batches of sixteen."""
        index = name_index(registry)
        remaining = iter(documents)
        while batch := list(islice(remaining, _BATCH)):
            parses = parse_many(prepare(document.text) for document in batch)
            for document, parsed in zip(batch, parses, strict=True):
                yield self.read(document, parsed, index)

    def read(self, document: Document, parsed: Parsed, index: NameIndex) -> Extraction:
        """Return the extraction of an already parsed *document*."""
        if not parsed.words:
            return Extraction(False, 0.0, ("the text is empty",), ())
        analysis = analyse(document, parsed, index, _outlets())
        signals = document_signals(analysis)
        relevance = judge(analysis)
        drafts = self._drafts(analysis, signals) if worth_reading(relevance, analysis, signals) else []
        answers = link_answers(drafts)
        present = topic_counts(parsed.prepared.text) if drafts else {}
        leading = leading_topics(document.title, present)
        claims = tuple(self._finish(analysis, draft, answers[i], leading, present) for i, draft in enumerate(drafts))
        return Extraction(relevance.relevant, round(relevance.score, 3), relevance.reasons, claims)

    def trace(self, document: Document, parsed: Parsed, index: NameIndex) -> list[tuple[Any, Features]]:
        """Return the drafts of a parsed document with the features that their confidence rests on, for training."""
        analysis = analyse(document, parsed, index, _outlets())
        signals = document_signals(analysis)
        drafts = self._drafts(analysis, signals) if worth_reading(judge(analysis), analysis, signals) else []
        return [(d, confidence_features(analysis, d.candidate, d.chances, d.kind, d.found)) for d in drafts]

    def _drafts(self, analysis: Analysis, signals: DocumentSignals) -> list[_Draft]:
        drafts: list[_Draft] = []
        earlier: list[Spoken] = []
        for number in range(len(analysis.sentences)):
            for candidate, chance, features in self._claims_of(analysis, number, signals):
                draft = self._draft(analysis, candidate, chance, features, earlier)
                if draft is not None:
                    drafts.append(draft)
                    earlier.append(Spoken(draft.kind, draft.claimant, number, draft.targets))
        return drafts

    def _claims_of(
        self, analysis: Analysis, number: int, signals: DocumentSignals
    ) -> Iterator[tuple[Candidate, float, Features]]:
        """Yield the stretches of one sentence that are claims, with their probability."""
        scored, features = [], {}
        for candidate in candidates(analysis, number):
            found = plain_claim_features(analysis, signals, candidate)
            features[id(candidate)] = found
            meant = mean_score(self._meanings, telling_words(analysis, candidate))
            scored.append((candidate, sigmoid(dot(self._weights["claim"], found) + meant)))
        for candidate, chance in select(scored, self._weights["threshold"]):
            yield candidate, chance, features[id(candidate)]

    def _draft(
        self, analysis: Analysis, candidate: Candidate, chance: float, features: Features, earlier: list[Spoken]
    ) -> _Draft | None:
        referent = candidate.attribution.referent if candidate.attribution else None
        if referent is None or not tidy(referent.name):
            return None
        previous = (earlier[-1].kind, earlier[-1].claimant) if earlier else None
        kinds = distribution(self._kinds, kind_features(analysis, candidate, features, previous))
        kind = certain_kind(analysis, candidate) or max(kinds, key=lambda name: kinds[name])
        targets = find_targets(analysis, candidate, kind, referent, earlier)
        parsed = analysis.parsed
        start, end = parsed.prepared.span(parsed.starts[candidate.start], parsed.ends[candidate.end - 1])
        return _Draft(candidate, start, end, kind, referent.name, targets.names, (chance, kinds[kind]), targets)

    def _finish(
        self, analysis: Analysis, draft: _Draft, answers: tuple[int, ...], leading: list[str], present: dict[str, int]
    ) -> DraftClaim:
        parsed, candidate = analysis.parsed, draft.candidate
        sentence = analysis.sentences[candidate.number]
        attribution = candidate.attribution
        words = parsed.text(candidate.start, candidate.end)
        sure = confidence_features(analysis, candidate, draft.chances, draft.kind, draft.found)
        assert 0 <= draft.start < draft.end <= len(analysis.document.text)
        return DraftClaim(
            start=draft.start,
            end=draft.end,
            kind=draft.kind,
            claimant=draft.claimant,
            targets=draft.targets,
            about=about(analysis, candidate),
            topics=claim_topics(words, leading, present),
            hedged=is_hedged(words, parsed.text(sentence.start, candidate.start)) and sentence.quoted < 0.9,
            confidence=round(probability(self._weights["confidence"], sure), 3),
            direct=sentence.quoted >= 0.5,
            via=attribution.via if attribution else (),
            answers=answers,
            joint=attribution.referent.parts if attribution and attribution.referent else (),
        )


def about(analysis: Analysis, candidate: Candidate) -> tuple[str, ...]:
    """Return the systems and laws that the clause names, else the system that most of the article is about."""
    here = [m.name for m in analysis.names.within(candidate.start, candidate.end) if m.sort in {"system", "law"}]
    if here:
        return tuple(dict.fromkeys(here))
    counts: dict[str, int] = {}
    for mention in analysis.names.mentions:
        if mention.sort == "system":
            counts[mention.name] = counts.get(mention.name, 0) + 1
    leading = max(counts, key=lambda name: (counts[name], name), default=None)
    if leading is not None and counts[leading] >= 3 and counts[leading] >= 0.6 * sum(counts.values()):
        return (leading,)
    return ()


@cache
def default_extractor() -> Extractor:
    """Return the default extractor; the spaCy model is loaded once a process, at the first document."""
    return RuleExtractor()
