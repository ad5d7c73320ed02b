"""One document, analysed: names, cues, who says each sentence, and who stands accused."""

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from claims.extraction.attribution import Cue, find_cues
from claims.extraction.camps import Camps, find_camps
from claims.extraction.coreference import _MEDIA, Referent, Resolver
from claims.extraction.lexicon import words
from claims.extraction.mentions import Names, nouns
from claims.extraction.naming import find_names
from claims.extraction.parsing import Parsed
from claims.extraction.people import find_offices
from claims.extraction.quotes import Quote, QuoteIndex, find_quotes
from claims.extraction.registry import NameIndex
from claims.extraction.types import Document

SPEECH = {"say", "allege", "deny", "respond", "warn", "find"}
_ACCUSING = {
    "sue",
    "accuse",
    "blame",
    "fine",
    "criticize",
    "criticise",
    "slam",
    "condemn",
    "investigate",
    "ban",
    "subpoena",
    "penalize",
}


@dataclass(slots=True)
class Attribution:
    """Who says one sentence; *distance* in sentences where it is carried over.

    *source*: own, quote, carried, context, shared (with the sentence), subject (of a sentence without a cue), none.
    """

    referent: Referent | None = None
    cue: Cue | None = None
    source: str = "none"
    distance: int = 0
    via: tuple[str, ...] = ()


@dataclass(slots=True)
class Sentence:
    """Tokens *start* to *end* (exclusive, blanks trimmed) with the share of characters inside quotation marks."""

    start: int
    end: int
    quoted: float
    paragraph: bool
    cues: list[Cue] = field(default_factory=list)
    attribution: Attribution = field(default_factory=Attribution)


@dataclass(slots=True)
class Analysis:
    """Everything that later steps ask about a document."""

    document: Document
    parsed: Parsed
    names: Names
    quotes: QuoteIndex
    cues: list[Cue]
    resolver: Resolver
    sentences: list[Sentence]
    index: NameIndex
    camps: Camps = field(default_factory=Camps)


def analyse(document: Document, parsed: Parsed, index: NameIndex, outlets: dict[str, str]) -> Analysis:
    """Return the analysis of *document* from its parse."""
    quotes = QuoteIndex(find_quotes(parsed.prepared.text))
    names = find_names(parsed, index)
    cues = find_cues(parsed, quotes)
    outlet = _outlet(document.url, outlets)
    resolver = Resolver(parsed, names, outlet=index.canonical(outlet) if outlet else None)
    sentences = _sentences(parsed, quotes, cues)
    analysis = Analysis(document, parsed, names, quotes, cues, resolver, sentences, index)
    resolver.plaintiffs = find_plaintiffs(analysis)
    resolver.researchers = _researchers(parsed)
    if resolver.outlet and _speaks_of_itself(analysis):
        resolver.investigator = resolver.outlet
    resolver.offices = find_offices(parsed, names)
    resolver.roles = {
        name: frozenset(word for role in party.roles for word in (role, role.split()[-1]))
        for name in names.counts
        if (party := index.parties.get(name)) is not None and party.roles and party.kind != "person"
    }
    resolver.spellings = {
        name: " ".join((name, *party.aliases))
        for name in names.counts
        if (party := index.parties.get(name)) is not None
    }
    # Twice: who stands accused helps to say whom "the company" and "a spokesperson" mean.
    for _ in range(2):
        resolver.spoken.clear()
        for sentence in sentences:
            sentence.attribution = attribute(analysis, sentence)
            referent, cue = sentence.attribution.referent, sentence.attribution.cue
            if referent is not None and cue is not None:
                resolver.spoken.append((cue.token, referent))
        _attribute_quotes(analysis)
        _attribute_context(analysis)
        analysis.camps = find_camps(analysis)
        resolver.accused = _accused_company(analysis)
    _attribute_deeds(analysis)
    return analysis


def _accused_company(analysis: Analysis) -> str | None:
    """Return the organisation that stands accused beyond doubt, if one does."""
    for name, weight in analysis.camps.accused[:2]:
        if weight >= 4.0 and analysis.names.sorts.get(name) == "org":
            return name
    standing = [(n, weight) for n, weight in analysis.camps.accused if analysis.names.sorts.get(n) == "org"]
    if standing and standing[0][1] >= 1.8 and (len(standing) == 1 or standing[0][1] >= 1.3 * standing[1][1]):
        return standing[0][0]  # a short article, or one whose names nobody knows beforehand
    return None


def _outlet(url: str | None, outlets: dict[str, str]) -> str | None:
    host = (urlsplit(url).hostname or "") if url else ""
    parts = host.split(".")
    for i in range(len(parts) - 1):
        if (name := outlets.get(".".join(parts[i:]))) is not None:
            return name
    return None


def _sentences(parsed: Parsed, quotes: QuoteIndex, cues: list[Cue]) -> list[Sentence]:
    found: list[Sentence] = []
    text = parsed.prepared.text
    position = 0
    for start, end in parsed.sentences:
        while start < end and (parsed.words[start].isspace() or parsed.words[start] in {"*", "-", "•", "–"}):
            start += 1
        while end > start and parsed.words[end - 1].isspace():
            end -= 1
        if end - start < 2:
            continue
        a, b = parsed.starts[start], parsed.ends[end - 1]
        inside = sum(min(b, q.end) - max(a, q.start) for q in quotes.within(a, b))
        paragraph = "\n" in text[max(0, a - 4) : a] or a == 0
        sentence = Sentence(start, end, inside / max(1, b - a), paragraph)
        while position < len(cues) and cues[position].token < start:
            position += 1
        while position < len(cues) and cues[position].token < end:
            sentence.cues.append(cues[position])
            position += 1
        found.append(sentence)
    return found


def attribute(analysis: Analysis, sentence: Sentence) -> Attribution:
    """Return who says *sentence* by its own words outside quotation marks."""
    options = sorted((c for c in sentence.cues if not c.quoted), key=lambda c: (c.depth, c.token))
    for cue in options:
        if cue.source is None:
            continue
        referent = analysis.resolver.resolve(cue.source)
        if referent is None or referent.sort == "system":
            continue
        inner = _inner(analysis, sentence, cue, referent, options)
        if inner is not None:
            return inner
        return Attribution(referent, cue, "own")
    return Attribution()


def _inner(
    analysis: Analysis, sentence: Sentence, cue: Cue, referent: Referent, options: list[Cue]
) -> Attribution | None:
    """Return the origin inside "the FT reports that OpenAI says …", with the outlet in the chain."""
    if not _MEDIA.search(referent.name) or referent.sort == "person":
        return None
    for other in options:
        if other is cue or other.source is None or other.source == cue.source or other.depth <= cue.depth - 1:
            continue
        if other.classes[0] not in SPEECH and cue.lemma != "according":
            continue
        origin = analysis.resolver.resolve(other.source)
        if origin is not None and origin.sort in {"org", "person", "group"} and origin.name != referent.name:
            return Attribution(origin, other, "own", via=(referent.name,))
    return None


def _attribute_quotes(analysis: Analysis) -> None:
    """Give sentences inside quotations their speaker: from the same quotation, a colon before, or the quote before."""
    sentences, parsed = analysis.sentences, analysis.parsed
    speakers: dict[int, Attribution] = {}
    for sentence in sentences:
        if sentence.attribution.referent is None or sentence.attribution.cue is None:
            continue
        if not set(sentence.attribution.cue.classes) & SPEECH and sentence.quoted < 0.4:
            continue
        for quote in _quotes_of(analysis, sentence):
            speakers.setdefault(quote.start, sentence.attribution)
    previous: Attribution | None = None
    last_quoted, text = -10, parsed.prepared.text
    for number, sentence in enumerate(sentences):
        if sentence.quoted < 0.5:
            if sentence.attribution.referent is not None:
                ends_open = text[: parsed.ends[sentence.end - 1]].endswith(":")
                if sentence.quoted > 0 or ends_open or _speaks(sentence):
                    previous, last_quoted = sentence.attribution, number
            continue
        if sentence.attribution.referent is not None:
            previous, last_quoted = sentence.attribution, number
            continue
        own = next((speakers[q.start] for q in _quotes_of(analysis, sentence) if q.start in speakers), None)
        if own is not None:
            sentence.attribution = Attribution(own.referent, own.cue, "quote", 0, own.via)
            previous, last_quoted = sentence.attribution, number
        elif previous is not None and number - last_quoted <= 2:
            gap = number - last_quoted
            sentence.attribution = Attribution(previous.referent, previous.cue, "carried", gap, previous.via)
            last_quoted = number


_REACH = 3


def _attribute_context(analysis: Analysis) -> None:
    """Attribute what stands without a speaker but in somebody's voice.

    "We" outside quotations is the outlet; items of a list are said by whoever introduced it; after a suit, a
    regulator's complaint or a study has been quoted, a sentence that charges the accused goes on in its voice.
    """
    parsed, sentences, resolver = analysis.parsed, analysis.sentences, analysis.resolver
    bad = words("bad")
    voice: Attribution | None = None
    since, listing = 99, False
    for sentence in sentences:
        current = sentence.attribution
        starts_item = parsed.tags[sentence.start] == "VBG" and parsed.text(
            max(0, sentence.start - 1), sentence.start
        ).strip() in {"*", "-", "•", "–", ""}
        if listing and starts_item and voice is not None:
            sentence.attribution = Attribution(voice.referent, voice.cue, "context", 1, voice.via)
            continue
        mine = current.referent is not None and current.source in {"own", "quote"}
        if mine and current.referent is not None and current.referent.how in {"plaintiff", "document", "outlet"}:
            voice, since = current, 0
        else:
            since += 1
        tokens = parsed.lowers[sentence.start : sentence.end]
        if sentence.quoted < 0.3 and _first_person(analysis, sentence) and resolver.outlet:
            sentence.attribution = Attribution(Referent(resolver.outlet, "org", "outlet"), current.cue, "own")
        elif voice is not None and since <= _REACH and sentence.quoted < 0.3 and _charges(analysis, sentence, bad):
            sentence.attribution = Attribution(voice.referent, voice.cue, "context", since, voice.via)
        listing = tokens[-1:] == [":"] or (listing and starts_item)
        if tokens[-1:] == [":"] and resolver.plaintiffs is not None:
            voice = Attribution(resolver.plaintiffs, None, "context")


def _attribute_deeds(analysis: Analysis) -> None:
    """Give a sentence without a cue the party that acts in it: "It has since switched the feature off"."""
    parsed = analysis.parsed
    for sentence in analysis.sentences:
        asks = "?" in parsed.words[max(sentence.start, sentence.end - 3) : sentence.end + 1]
        if sentence.attribution.referent is not None or sentence.quoted > 0.3 or asks:
            continue
        root = next((i for i in range(sentence.start, sentence.end) if parsed.heads[i] == i), None)
        if root is None or not parsed.tags[root].startswith("VB"):
            continue
        subject = next((c for c in parsed.children[root] if parsed.deps[c] == "nsubj"), None)
        referent = analysis.resolver.resolve(subject) if subject is not None else None
        if referent is not None and referent.sort in {"org", "person", "group"}:
            sentence.attribution = Attribution(referent, None, "subject")


def _first_person(analysis: Analysis, sentence: Sentence) -> bool:
    """Whether "we" is the subject of the sentence's root, outside quotations."""
    parsed = analysis.parsed
    return any(
        parsed.lowers[i] == "we"
        and parsed.deps[i] in {"nsubj", "nsubjpass"}
        and parsed.heads[parsed.heads[i]] == parsed.heads[i]
        and analysis.quotes.at(parsed.starts[i]) is None
        for i in range(sentence.start, sentence.end)
    )


def _charges(analysis: Analysis, sentence: Sentence, bad: frozenset[str]) -> bool:
    """Whether an unattributed sentence says something bad, or has the accused as its subject only by a deed."""
    referent = sentence.attribution.referent
    cue = sentence.attribution.cue
    if referent is not None and not (
        cue is not None and cue.classes[0] == "act" and referent.name == analysis.resolver.accused
    ):
        return False
    return any(token in bad for token in analysis.parsed.lowers[sentence.start : sentence.end])


def _speaks(sentence: Sentence) -> bool:
    cue = sentence.attribution.cue
    return cue is not None and bool(set(cue.classes) & SPEECH)


def _quotes_of(analysis: Analysis, sentence: Sentence) -> list[Quote]:
    parsed = analysis.parsed
    return analysis.quotes.within(parsed.starts[sentence.start], parsed.ends[sentence.end - 1])


# Who is in the dispute


def find_plaintiffs(analysis: Analysis) -> Referent | None:
    """Return who sues in the article, where it says so anywhere: the suit's words are theirs."""
    parsed, outlet = analysis.parsed, analysis.resolver.outlet
    home = analysis.index.parties.get(outlet or "")
    if home is not None and home.kind in {"regulator", "government", "court", "police"}:
        return Referent(home.name, "org", "plaintiff")  # an authority's own press release
    for cue in analysis.cues:
        filed = cue.lemma == "file" and any(
            parsed.lowers[c] in nouns("document") | {"action"}
            for c in parsed.children[cue.token]
            if parsed.deps[c] in {"dobj", "nsubjpass"}
        )
        if (cue.lemma == "sue" or filed) and cue.source is not None and not cue.quoted:
            if parsed.lowers[cue.source] in nouns("document"):
                continue
            referent = analysis.resolver.resolve(cue.source)
            if referent is not None and referent.how != "pronoun":
                return Referent(referent.name, referent.sort, "plaintiff", referent.affiliation, referent.parts)
    text = parsed.lowers
    for i, word in enumerate(text):
        if word in {"plaintiffs", "plaintiff"}:
            return Referent("plaintiffs" if word == "plaintiffs" else "plaintiff", "group", "plaintiff")
        if word in {"lawsuit", "suit", "complaint"}:
            for child in parsed.children[i]:
                if parsed.deps[child] == "poss" and (who := analysis.resolver._single(child)) is not None:
                    return Referent(who.name, who.sort, "plaintiff")
    return None


def _speaks_of_itself(analysis: Analysis) -> bool:
    """Whether an article says "we" outside quotations often enough to be its outlet's own investigation."""
    parsed = analysis.parsed
    own = [
        i
        for i, word in enumerate(parsed.lowers)
        if word in {"we", "our", "us"} and analysis.quotes.at(parsed.starts[i]) is None
    ]
    return len(own) >= 4


def _researchers(parsed: Parsed) -> str | None:
    for word in ("researchers", "scientists"):
        if word in parsed.lowers:
            return word
    return None
