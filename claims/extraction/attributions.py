"""Who is said to say what, in any text, dispute or not: every attribution as source, cue and content spans.

The same reading of cues and quotations as for claims, without relevance, kinds or selection. The *source* is the noun
phrase as it stands ("a spokesman for the ministry", "she"); the *content* what is said, in one span from its first to
its last word; the *cue* the verb or "according to". A sentence of a quotation that goes on without a cue of its own is
attributed to whoever spoke before.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from claims.extraction.analysis import SPEECH, Analysis, Sentence, analyse
from claims.extraction.attribution import Cue
from claims.extraction.lexicon import word_set
from claims.extraction.parsing import Parsed, parse_many
from claims.extraction.preparation import prepare
from claims.extraction.registry import NameIndex, load_registry, name_index
from claims.extraction.types import Document, Registry

_CLAUSAL = {"ccomp", "xcomp", "pcomp", "parataxis", "dep", "advcl"}
# Where these verbs have no clause to report, what they take as an object is what is said.
_NOMINAL = {"allege", "deny", "warn", "find", "respond"}
_CHARGING = {"of", "that", "over", "for", "about", "against"}
_OF_THINGS = word_set(
    "accuse blame deny reject dispute dismiss refute rebut contest expect predict fear doubt allege claim condemn "
    "criticise criticize oppose announce admit concede acknowledge confirm explain defend regret propose recommend "
    "reveal report"
)
_MARKS = {",", ";", ":", "-", "–", "—", "--", '"', "“", "”", "'", "‘", "’", "(", ")", ".", "!"}
_CONNECTING = {"and", "but", "or"}
_QUOTED = 0.6
# Nouns that report with a clause: "the allegation that …", "her claim that …".
_NOUNS = word_set(
    """
    allegation allegations accusation accusations claim claims assertion assertions argument suggestion complaint
    complaints statement statements warning warnings belief fear fears concern concerns insistence denial finding
    findings conclusion admission promise pledge prediction
    """
)


@dataclass(frozen=True, slots=True)
class Span:
    """Code points *start* to *end* (exclusive) of a document's text."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class AttributionSpans:
    """One attribution. *source* and *cue* are None where a quotation goes on; *name* is whom the source means."""

    source: Span | None
    cue: Span | None
    content: Span
    name: str | None


def attributions(document: Document, registry: Registry | None = None) -> tuple[AttributionSpans, ...]:
    """Return the attributions of *document* in text order; names are looked up in *registry*, else in what ships."""
    return next(attributions_of([document], registry))


def attributions_of(
    documents: Iterable[Document], registry: Registry | None = None
) -> Iterator[tuple[AttributionSpans, ...]]:
    """Yield the attributions of each of *documents*, in order."""
    index = name_index(registry or load_registry())
    kept = list(documents)
    parses = parse_many(prepare(document.text) for document in kept)
    for document, parsed in zip(kept, parses, strict=True):
        yield tuple(_read(document, parsed, index)) if parsed.words else ()


def _read(document: Document, parsed: Parsed, index: NameIndex) -> list[AttributionSpans]:
    analysis = analyse(document, parsed, index, {})
    found: list[tuple[int, AttributionSpans]] = []
    last: AttributionSpans | None = None
    for sentence in analysis.sentences:
        said = _of_cues(analysis, sentence) + _of_nouns(analysis, sentence)
        if not said and sentence.quoted >= _QUOTED:
            going_on = _going_on(analysis, sentence, last)
            said = [going_on] if going_on is not None else []
        last = next((spans for spans in reversed(said) if spans.source is not None), None)
        found += [(spans.content.start, spans) for spans in said]
    return [spans for _, spans in sorted(found, key=lambda pair: (pair[0], pair[1].content.end))]


def _of_cues(analysis: Analysis, sentence: Sentence) -> list[AttributionSpans]:
    """Return the attributions that cues of *sentence* outside quotations make."""
    parsed = analysis.parsed
    found = []
    for cue in sentence.cues:
        if cue.quoted or cue.source is None or not set(cue.classes) & SPEECH:
            continue
        source = _phrase(parsed, cue.source, cue.token)
        content = _content(analysis, sentence, cue, source)
        if content is None:
            continue
        referent = analysis.resolver.resolve(cue.source)
        end = cue.token + (2 if cue.lemma == "according" else 1)
        found.append(
            AttributionSpans(
                _span(parsed, *source),
                _span(parsed, cue.token, end),
                _span(parsed, *content),
                referent.name if referent else None,
            )
        )
    return found


def _of_nouns(analysis: Analysis, sentence: Sentence) -> list[AttributionSpans]:
    """Return what nouns of *sentence* report in a clause: "the union's claim that the talks had failed"."""
    parsed, found = analysis.parsed, []
    for i in range(sentence.start, sentence.end):
        if parsed.lowers[i] not in _NOUNS or analysis.quotes.at(parsed.starts[i]) is not None:
            continue
        clause = next((c for c in parsed.children[i] if parsed.deps[c] in {"acl", "ccomp", "relcl"} and c > i), None)
        if clause is None or parsed.lowers[parsed.left[clause]] != "that" or parsed.deps[parsed.left[clause]] != "mark":
            continue
        content = _trimmed(parsed, parsed.left[clause], parsed.right[clause] + 1)
        if content is None:
            continue
        owner = _owner(parsed, i)
        referent = analysis.resolver.resolve(owner) if owner is not None else None
        source = _span(parsed, *_phrase(parsed, owner, i)) if owner is not None else None
        name = referent.name if referent else None
        found.append(AttributionSpans(source, _span(parsed, i, i + 1), _span(parsed, *content), name))
    return found


def _owner(parsed: Parsed, noun: int) -> int | None:
    """Return whose the report is: "the union's claim", "a claim by the union", else who makes it as a subject."""
    for child in parsed.children[noun]:
        if parsed.deps[child] == "poss":
            return child
        if parsed.lowers[child] in {"by", "from", "of"}:
            return next((c for c in parsed.children[child] if parsed.deps[c] == "pobj"), None)
    verb = parsed.heads[noun]
    if parsed.deps[noun] == "dobj" and parsed.tags[verb].startswith("VB"):
        return next((c for c in parsed.children[verb] if parsed.deps[c] == "nsubj"), None)
    return None


def _going_on(analysis: Analysis, sentence: Sentence, last: AttributionSpans | None) -> AttributionSpans | None:
    """Return a sentence of a quotation whose speaker another sentence names; *last* is of the sentence before."""
    parsed, attribution = analysis.parsed, sentence.attribution
    content = _trimmed(parsed, sentence.start, sentence.end)
    if content is None:
        return None
    cue = attribution.cue
    if attribution.source not in {"quote", "carried"} or attribution.referent is None or cue is None:
        # A speaker who is no party ("the nurse") speaks on all the same.
        return AttributionSpans(last.source, last.cue, _span(parsed, *content), last.name) if last else None
    source = _span(parsed, *_phrase(parsed, cue.source, cue.token)) if cue.source is not None else None
    name = attribution.referent.name
    return AttributionSpans(source, _span(parsed, cue.token, cue.token + 1), _span(parsed, *content), name)


# What is said


def _content(analysis: Analysis, sentence: Sentence, cue: Cue, source: tuple[int, int]) -> tuple[int, int] | None:
    """Return the tokens of what *cue* reports: its clause, the quotation beside it, the sentence around it."""
    parsed = analysis.parsed
    if cue.lemma == "according":
        return _around(parsed, sentence, (cue.token, max(source[1], cue.token + 2)))
    if _inserted(parsed, sentence, cue, source):  # "The strike, union leaders warned, could last for weeks"
        return _trimmed(parsed, sentence.start, sentence.end)
    clause = _clause(parsed, sentence, cue, source)
    quote = _quotation(analysis, sentence, cue)
    if clause is not None and quote is not None and (clause[1] <= quote[0] or quote[1] <= clause[0]):
        return min(clause[0], quote[0]), max(clause[1], quote[1])  # "…," she said, adding that …
    if clause is not None:
        return clause
    if quote is not None:
        return quote
    if parsed.deps[cue.token] in {"parataxis", "ROOT", "ccomp", "dep"} and _parenthetic(parsed, cue, source):
        return _around(parsed, sentence, (min(source[0], cue.token), max(source[1], cue.token + 1)))
    return _object(parsed, cue, source) if cue.lemma in _OF_THINGS else None


def _clause(parsed: Parsed, sentence: Sentence, cue: Cue, source: tuple[int, int]) -> tuple[int, int] | None:
    inside = [c for c in parsed.children[cue.token] if parsed.deps[c] in _CLAUSAL and not _holds(parsed, c, source)]
    inside = [c for c in inside if parsed.deps[c] != "advcl" or parsed.lowers[parsed.left[c]] in {"that"}]
    if not inside:
        # "accused X of copying": what stands after the preposition.
        for child in parsed.children[cue.token]:
            if parsed.deps[child] == "prep" and parsed.lowers[child] in _CHARGING and cue.classes[0] in _NOMINAL:
                end = min(parsed.right[child] + 1, sentence.end)
                return _trimmed(parsed, child, min(end, source[0] - 1) if child < source[0] < end else end)
        return None
    first, last = min(parsed.left[c] for c in inside), max(parsed.right[c] for c in inside) + 1
    first, last = max(first, sentence.start), min(last, sentence.end)
    if first <= cue.token < last:  # the parse wraps the cue in what is said: "X, she said, is Y"
        before = _trimmed(parsed, first, min(source[0], cue.token))
        after = _trimmed(parsed, max(source[1], cue.token + 1), last)
        if before and after:
            return before[0], after[1]
        return before or after
    return _trimmed(parsed, first, last)


def _holds(parsed: Parsed, node: int, source: tuple[int, int]) -> bool:
    return source[0] <= node < source[1]


def _quotation(analysis: Analysis, sentence: Sentence, cue: Cue) -> tuple[int, int] | None:
    """Return the tokens of *sentence* inside quotation marks, where no other cue stands nearer to them."""
    parsed = analysis.parsed
    if sentence.quoted < 0.1:
        return None
    rivals = [c for c in sentence.cues if not c.quoted and c is not cue and c.source is not None]
    spans = []
    for quote in analysis.quotes.within(parsed.starts[sentence.start], parsed.ends[sentence.end - 1]):
        tokens = [i for i in range(sentence.start, sentence.end) if quote.start <= parsed.starts[i] < quote.end]
        if len(tokens) < 3:
            continue
        distance = min(abs(tokens[0] - cue.token), abs(tokens[-1] - cue.token))
        nearer = any(min(abs(tokens[0] - c.token), abs(tokens[-1] - c.token)) < distance for c in rivals)
        if not nearer:
            spans.append((tokens[0], tokens[-1] + 1))
    if not spans:
        return None
    return _trimmed(parsed, min(a for a, _ in spans), max(b for _, b in spans))


def _parenthetic(parsed: Parsed, cue: Cue, source: tuple[int, int]) -> bool:
    """Whether cue and source stand between marks or at the sentence's end: "…, the ministry said."."""
    first, last = min(source[0], cue.token), max(source[1], cue.token + 1)
    opens = first > 0 and parsed.words[first - 1] in {",", "—", "–", '"', "”"}
    # "…, the office reported on Thursday.": a day or place may follow.
    closes = last + 4 >= len(parsed.words) or any(w in {",", ".", "—", "–"} for w in parsed.words[last : last + 4])
    return opens and closes and last - first <= 14


def _inserted(parsed: Parsed, sentence: Sentence, cue: Cue, source: tuple[int, int]) -> bool:
    """Whether cue and source interrupt a sentence between two commas or dashes, quotation marks apart."""
    first, last = min(source[0], cue.token), max(source[1], cue.token + 1)
    if first - sentence.start < 2 or sentence.end - last < 3 or last - first > 14:
        return False
    return parsed.words[first - 1] in {",", "—", "–"} and parsed.words[last] in {",", "—", "–"}


def _object(parsed: Parsed, cue: Cue, source: tuple[int, int]) -> tuple[int, int] | None:
    found = [c for c in parsed.children[cue.token] if parsed.deps[c] in {"dobj", "attr", "oprd"}]
    if not found or _holds(parsed, found[0], source):
        return None
    return _trimmed(parsed, parsed.left[found[0]], parsed.right[found[0]] + 1)


def _around(parsed: Parsed, sentence: Sentence, hole: tuple[int, int]) -> tuple[int, int] | None:
    """Return *sentence* without *hole*: what is left before or after it, or all where it stands in the middle."""
    before = _trimmed(parsed, sentence.start, max(hole[0], sentence.start))
    after = _trimmed(parsed, min(hole[1], sentence.end), sentence.end)
    if before and after:
        if before[1] - before[0] < 3:
            return after
        return before if after[1] - after[0] < 3 else (before[0], after[1])
    return before or after


# Phrases and spans


def _phrase(parsed: Parsed, head: int, cue: int) -> tuple[int, int]:
    """Return the noun phrase of *head* with what hangs on it, but for the clause that holds the cue."""
    start, end = parsed.left[head], parsed.right[head] + 1
    for child in parsed.children[head]:
        if child > head and parsed.left[child] <= cue <= parsed.right[child]:
            end = min(end, max(parsed.left[child], head + 1))
    if start <= cue < end:  # a relative clause or a wrong parse: the cue is no part of its own source
        start, end = (max(start, cue + 1), end) if cue < head else (start, cue)
    return _trimmed(parsed, start, end) or (head, head + 1)


def _trimmed(parsed: Parsed, start: int, end: int) -> tuple[int, int] | None:
    while start < end and (parsed.words[start] in _MARKS or parsed.words[start].isspace()):
        start += 1
    while end > start and (
        parsed.words[end - 1] in _MARKS or parsed.words[end - 1].isspace() or parsed.lowers[end - 1] in _CONNECTING
    ):
        end -= 1
    return (start, end) if end > start else None


def _span(parsed: Parsed, start: int, end: int) -> Span:
    first, last = parsed.prepared.span(parsed.starts[start], parsed.ends[end - 1])
    return Span(first, last)
