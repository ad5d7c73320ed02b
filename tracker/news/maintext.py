"""The main text of a page: trafilatura first, newspaper4k where that finds no article, tidied by what the page states.

Where a page states its articleBody (schema.org), that is the witness: an extractor that disagrees gives way to one
that agrees, and what stands before and after the stated text goes. Elsewhere only a byline above the text and
well-known calls below it are cut. Nothing inside the text is touched, so that quotes stay verbatim.
"""

import importlib.metadata
import logging
import re
import warnings
from collections import Counter
from collections.abc import Callable
from functools import cache
from typing import Any

from lxml.html import HtmlElement

from tracker.news import markup, verdicts
from tracker.news.dates import written_date
from tracker.news.metadata import PageFacts
from tracker.news.pagetree import Node, key

READERS = ("trafilatura", "newspaper4k")

REVISION = 3
"""Raised whenever this module's own part changes a text, so that readings by either are told apart."""

_ENOUGH_STATED = 400
_AGREE = 0.8
_log = logging.getLogger(__name__)
# What the libraries log of a page, its verdict says; what they log of themselves concerns nobody.
for _library in ("trafilatura", "htmldate", "newspaper", "readability", "justext"):
    logging.getLogger(_library).setLevel(logging.CRITICAL)
_CALL = re.compile(
    r"^\W*(?:read (?:more|next|also|the full)|related(?: (?:articles?|stories|posts|content|topics?))?|"
    r"more (?:on|from|stories)|share (?:this|on|via)|follow (?:us|\w+ on)|sign up|subscribe|newsletter|advertisement|"
    r"comments?\b|leave a (?:comment|reply)|post a comment|(?:view|show|load) (?:all |more )?comments|©|copyright\b|"
    r"all rights reserved|tags?:|topics?:|(?:click|tap) here|download (?:our|the) app|print this|email this|"
    r"back to top|recommended|you may also like|filed under|contact (?:us|the author)|"
    r"report (?:a|an) (?:error|mistake|typo))",
    re.I,
)


def main_text(tree: HtmlElement, source: str, url: str, reader: str, facts: PageFacts) -> tuple[str, str]:
    """Return the page's main text, paragraphs separated by one line feed, and the name of its extractor."""
    readers: dict[str, Callable[[], str]] = {
        "trafilatura": lambda: _by_trafilatura(tree, url),
        "newspaper4k": lambda: _by_newspaper(source, url),
    }
    if facts.free_access is False:  # what a reader has to pay for is not taken from the page's data either
        for script in [node for node in tree.iter("script") if "ld+json" in (node.get("type") or "").lower()]:
            script.drop_tree()
    other_reader = READERS[1 - READERS.index(reader)]
    text = tidy(readers[reader]())
    stated = tidy(facts.body) if facts.free_access is not False else ""
    if verdicts.weight(stated) >= _ENOUGH_STATED:
        return _by_witness(text, stated, reader, lambda: (tidy(readers[other_reader]()), other_reader))
    if verdicts.weight(text) < verdicts.MIN_ARTICLE:
        other = tidy(readers[other_reader]())
        if verdicts.weight(other) > max(2 * verdicts.weight(text), verdicts.MIN_ARTICLE):
            text, reader = other, other_reader
    return _without_frame(text, facts), reader


def tidy(text: str) -> str:
    """Return paragraphs separated by one line feed, white space made single, nothing that cannot be stored."""
    lines = (re.sub(r"[^\S\n]+", " ", line).strip() for line in markup.clean(text).splitlines())
    return "\n".join(line for line in lines if line)


@cache
def version(extractor: str) -> str:
    """Return the version of an extractor with our own revision, for instance "2.3.1+1"."""
    return importlib.metadata.version(extractor) + f"+{REVISION}"


# ------------------------------------------------------------------ the extractors
def _by_trafilatura(tree: Node, url: str) -> str:
    import trafilatura

    try:
        found = trafilatura.extract(
            tree, url=url or None, include_comments=False, include_tables=True, with_metadata=False, deduplicate=False
        )
    except Exception as error:  # a fault in the library on one page is no reason to lose the page
        _log.warning("trafilatura failed on %s: %r", url, error)
        return ""
    return found or ""


def _by_newspaper(source: str, url: str) -> str:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            article = _newspaper()(url or "http://localhost/", fetch_images=False)
            article.download(input_html=source)
            article.parse()
    except ImportError as error:  # the tokenisers of some languages are packages that are not installed
        _log.debug("newspaper4k cannot read %s: %s", url, error)
        return ""
    except Exception as error:
        _log.warning("newspaper4k failed on %s: %r", url, error)
        return ""
    return str(article.text or "")


@cache
def _newspaper() -> Any:
    """Import newspaper4k when it is first needed: it takes a second."""
    from newspaper import Article

    return Article


# ------------------------------------------------------------------ what the page states
def _by_witness(text: str, stated: str, reader: str, second: Callable[[], tuple[str, str]]) -> tuple[str, str]:
    """Return the extractor's text that agrees best with the stated one, trimmed to it, or the stated text itself."""
    if text.split() == stated.split():
        return stated, reader  # trafilatura takes the stated body too, but loses its paragraphs
    text = _trimmed(text, stated)
    agreement = _agreement(text, stated)
    if agreement < _AGREE:
        other, other_reader = second()
        other = _trimmed(other, stated)
        if _agreement(other, stated) > agreement:
            text, reader, agreement = other, other_reader, _agreement(other, stated)
    # The stated body is often cut short, so it only stands in where nothing else agrees and it is longer.
    return (stated if agreement < _AGREE and len(stated) > 1.2 * len(text) else text), reader


def _grams(text: str) -> Counter[tuple[str, ...]]:
    words = re.findall(r"\w+", text.lower())
    return Counter(zip(words, words[1:], words[2:], words[3:], strict=False)) or Counter([tuple(words)])


def _agreement(text: str, stated: str) -> float:
    """Return the F1 of two texts by their runs of four words."""
    one, other = _grams(text), _grams(stated)
    shared = sum((one & other).values())
    return 2 * shared / max(sum(one.values()) + sum(other.values()), 1)


def _trimmed(text: str, stated: str) -> str:
    """Return *text* without the short first lines and the last lines that the stated body does not have.

    A lead of whole sentences stays, since stated bodies often leave it out; the last lines stay where the stated
    body breaks off before them.
    """
    known = _grams(stated)
    lines = text.split("\n")
    inside = [index for index, line in enumerate(lines) if _is_in(line, known, stated)]
    if not inside:
        return text
    first = next((index for index in range(inside[0]) if _is_sentence(lines[index])), inside[0])
    is_complete = key(stated)[-60:] in key(lines[inside[-1]]) or key(lines[inside[-1]])[-60:] in key(stated)[-200:]
    return "\n".join(lines[first : inside[-1] + 1 if is_complete else len(lines)])


def _is_sentence(line: str) -> bool:
    return len(line) > 80 and line.endswith((".", "!", "?", "。", "”", "’", '"', "»"))


def _is_in(line: str, known: Counter[tuple[str, ...]], stated: str) -> bool:
    grams = _grams(line)
    if len(line.split()) < 5:
        return key(line) in key(stated)
    return sum(1 for gram in grams if gram in known) >= 0.5 * len(grams)


# ------------------------------------------------------------------ what stands around a text
def _without_frame(text: str, facts: PageFacts) -> str:
    """Return *text* without a byline or date above it and short calls ("Read more") below it."""
    lines = text.split("\n")
    # A lead may stand between the headline and the byline or date.
    for index in reversed(range(min(4, len(lines)))):
        if len(lines) > 2 and _is_above(lines[index], facts):
            lines.pop(index)
    for _ in range(8):
        if len(lines) > 2 and len(lines[-1]) < 80 and _CALL.match(lines[-1]):
            lines.pop()
    return "\n".join(lines)


def _is_above(line: str, facts: PageFacts) -> bool:
    if len(line) < 200 and key(line) == key(facts.title):
        return True
    if len(line) > 120 or (line.endswith((".", "。", "”", '"')) and not line.lower().endswith((" a.m.", " p.m."))):
        return False
    words = key(line)
    named = sum(len(key(name)) for name in facts.authors if key(name) in words)
    dated = written_date(line)
    return (named + (len(dated[1]) if dated else 0)) > 0.35 * len(words) > 0
