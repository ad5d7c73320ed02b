"""Passages of an article that speak to a machine instead of a reader.

A model may take them for instructions, so it is never shown them: the paragraph that holds such a phrase is left
out before the article is sent, and nothing is quoted from it. An article about such tricks loses that paragraph,
and its drafts say so; the rest is read as ever. What slips through still meets the checks of `reading`: a quote
must stand in the article, its claimant too, and silence hides nothing that the rules find.

The phrases are orders, not words: news about AI speaks of instructions, prompts and assistants all the time.
"""

import re
from itertools import pairwise
from unicodedata import normalize

from claims.wording import LOOK_ALIKES

# A paragraph longer than this is an article without line breaks: only the neighbourhood is withheld.
_PARAGRAPH = 1200
_AFTER = 400
_GAP = r"[\W_]{1,6}"
_KIND_OF = r"(?:helpful|large|unrestricted|new|automated|a\.?i\.?)"
_MACHINE = (
    r"(?:a\.?i\.? (?:models?|systems?|agents?|readers?|tools?)|llms?|language models?|chatbots?|assistants?|"
    r"extractors?|summari[sz]ers?|crawlers?)"
)
# An order opens its sentence; "the filings do not mention the allegations" does not.
_ORDER = r"(?:^|(?<=[.!?:;,\n\]})>*] )|(?<=[\n\]})>*]))(?:please |now |instead,? |then |and )?"
_PHRASES = re.compile(
    "|".join(
        (
            rf"\b(?:ignore|disregard|forget|override){_GAP}(?:all{_GAP}|any{_GAP}|of{_GAP}|the{_GAP}|my{_GAP}){{0,3}}"
            rf"(?:your|previous|prior|preceding|above|earlier|foregoing){_GAP}(?:\w{{1,20}}{_GAP}){{0,2}}"
            r"(?:instructions?|prompts?|rules|directions|directives|guidelines|text|messages?)\b",
            rf"\b(?:ignore|disregard|forget|override){_GAP}(?:all|any|every){_GAP}(?:instructions?|prompts?|directives)\b",
            r"\b(?:new|updated|real|actual) (?:instructions?|prompt|directives?) ?:",
            rf"\b(?:note|notice|message|attention|instructions?|reminder|memo)(?: to| for|:|,)? ?"
            rf"(?:any |all |the |every )?(?:{_KIND_OF} )?{_MACHINE}\b(?: \w{{1,20}}){{0,4}} ?[:,!–—-]",
            rf"\b(?:if|since|because|as) you are (?:an?|the) (?:{_KIND_OF} )?{_MACHINE}\b",
            rf"\byou are (?:now )?(?:an?|the) (?:{_KIND_OF} ){{0,2}}{_MACHINE}\b",
            r"\b(?:reveal|print|repeat|output|show)(?: me)? your (?:system |hidden )?(?:prompt|instructions)\b",
            rf"(?m:{_ORDER})(?:output|return|respond|reply|answer) (?:only |just )?(?:with |in )?(?:only )?(?:an? )?"
            r"(?:empty |json\b|nothing\b|valid json\b|the following (?:json|claims?))",
            rf"(?m:{_ORDER})(?:do not|don['’]t|never) (?:report|extract|list|output|include|return|mention) "
            r"(?:any |the |this |these |other |further ){0,3}(?:claims?|quotes?|allegations?|denials?)\b",
            rf"(?m:{_ORDER})(?:add|insert|append|include|output|report|extract|record) (?:a|the|one|this|these|only) "
            r"(?:following |new |additional ){0,2}(?:claims?|allegations?|denials?)\b",
            r"<\|\w{1,30}\|>|\[/?INST\]|<</?SYS>>|</?(?:article|system|instructions?|assistant|user)\b[^>\n]{0,200}>",
            r"(?m:^\W{0,4}(?:system|assistant|developer|user)(?: prompt| message)? ?:)",
        )
    ),
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"[.!?][\"”’')]{0,3}\s")


def withheld(text: str) -> list[tuple[int, int]]:
    """Return the spans of *text* that are not shown to a model, in order and apart from each other."""
    spans = [_around(text, match.start(), match.end()) for match in _PHRASES.finditer(_undisguised(text))]
    joined: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def without(text: str, spans: list[tuple[int, int]]) -> str:
    """Return *text* with the *spans* left out, a line break in the place of each."""
    edges = [0, *(edge for span in spans for edge in span), len(text)]
    return "\n".join(text[start:end] for start, end in list(pairwise(edges))[::2])


def _undisguised(text: str) -> str:
    """Return *text* with full-width, mathematical and look-alike letters as the Latin ones that they show.

    One code point for one, so that every offset stays. A model reads them as a person does.
    """
    if text.isascii():
        return text
    strange = {ord(char): normalize("NFKC", char) for char in {*text} if not char.isascii()}
    plain = {code: shown for code, shown in strange.items() if len(shown) == 1}
    return text.translate(plain).translate(LOOK_ALIKES)


def _around(text: str, start: int, end: int) -> tuple[int, int]:
    """Return the paragraph of ``text[start:end]``, or its neighbourhood where the paragraph is the whole article."""
    first, last = text.rfind("\n", 0, start) + 1, text.find("\n", end)
    last = len(text) if last < 0 else last
    if last - first <= _PARAGRAPH:
        return first, last
    before = [match.end() for match in _SENTENCE_END.finditer(text, first, start)]
    after = _SENTENCE_END.search(text, min(end + _AFTER, last), last)
    return (before[-1] if before else first), (after.end() if after else last)
