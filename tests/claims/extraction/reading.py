"""Reading single sentences through the stages of the extractor, so that a test can say what one stage made of them."""

from dataclasses import dataclass

from claims.extraction.analysis import Analysis, analyse
from claims.extraction.clauses import candidates
from claims.extraction.features import clause_features, document_signals
from claims.extraction.kinds import certain_kind, guess_kind
from claims.extraction.parsing import parse_many
from claims.extraction.preparation import prepare
from claims.extraction.registry import load_registry, name_index
from claims.extraction.targets import find_targets
from claims.extraction.types import Document


@dataclass(frozen=True)
class Line:
    """What the rules make of one sentence as a whole."""

    text: str
    claimant: str | None
    kind: str
    targets: tuple[str, ...]
    source: str
    via: tuple[str, ...]


def analysed(text: str, title: str | None = None, url: str | None = None) -> Analysis:
    """Return the analysis of *text* with the registry that ships."""
    document = Document("test", url, title, None, text)
    (parsed,) = parse_many([prepare(text)])
    return analyse(document, parsed, name_index(load_registry()), {"example-news.org": "Example News"})


def lines(text: str, title: str | None = None, url: str | None = None) -> list[Line]:
    """Return what the rules make of each sentence of *text*."""
    analysis = analysed(text, title, url)
    found = []
    for number, sentence in enumerate(analysis.sentences):
        whole = candidates(analysis, number)[0]
        kind = certain_kind(analysis, whole) or guess_kind(analysis, whole)
        attribution = whole.attribution or sentence.attribution
        referent = attribution.referent
        targets = find_targets(analysis, whole, kind, referent, []).names
        found.append(
            Line(
                analysis.parsed.text(sentence.start, sentence.end),
                referent.name if referent else None,
                kind,
                targets,
                attribution.source,
                attribution.via,
            )
        )
    return found


def parts(text: str) -> list[str]:
    """Return the words of every candidate clause of *text*."""
    analysis = analysed(text)
    return [
        analysis.parsed.text(c.start, c.end)
        for number in range(len(analysis.sentences))
        for c in candidates(analysis, number)
    ]


def features_of(text: str) -> list[dict[str, float]]:
    """Return the features of every whole sentence of *text*."""
    analysis = analysed(text)
    signals = document_signals(analysis)
    return [
        clause_features(analysis, signals, candidates(analysis, number)[0]) for number in range(len(analysis.sentences))
    ]
