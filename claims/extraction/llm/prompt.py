"""What a model is told and shown, and the hash that names it."""

import hashlib
import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from claims.extraction.llm.grounding import Folded, is_invisible
from claims.extraction.llm.hostile import withheld, without
from claims.extraction.llm.schema import json_schema
from claims.extraction.types import Document

_MESSAGE = "{title}\n{published}\n\n----- {code}\n{text}\n----- {code}"


@dataclass(frozen=True, slots=True)
class Shown:
    """An article as a model gets it: *message*, and the spans of the article's text that it does not get."""

    message: str
    withheld: tuple[tuple[int, int], ...]
    share: float


@cache
def instructions() -> str:
    """Return the instructions that ship, `instructions.md`."""
    return files("claims.extraction.llm").joinpath("instructions.md").read_text(encoding="utf-8")


@cache
def prompt_hash() -> str:
    """Return the SHA-256, in hex, of all that is the same for every article: instructions, form of message, schema."""
    parts = (instructions(), _MESSAGE, json.dumps(json_schema(), sort_keys=True))
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def show(document: Document) -> Shown:
    """Return *document* as a model is shown it.

    Invisible characters and passages that speak to machines stay out; *share* is how much of the text those
    passages are. The lines around the text carry a code that its writer cannot have known: the text's own hash.
    """
    visible = _visible(document.text)
    spans = withheld(visible.text)
    text = without(visible.text, spans)
    code = hashlib.sha256(document.text.encode("utf-8", "replace")).hexdigest()[:16]
    title, published = (_line(value) for value in (document.title, document.published))
    message = _MESSAGE.format(
        code=code,
        title=f"Title: {'(withheld)' if withheld(title) else title}",
        published=f"Published: {published[:40] or 'unknown'}",
        text=text,
    )
    hidden = sum(end - start for start, end in spans)
    return Shown(
        message,
        tuple(visible.span(start, end) for start, end in spans if end > start),
        hidden / len(visible.text) if visible.text else 0.0,
    )


def _line(value: str | None) -> str:
    return " ".join(_visible(value or "").text.split())[:500]


def _visible(text: str) -> Folded:
    """Return *text* without invisible code points, control characters other than line breaks as blanks."""
    kept: list[str] = []
    offsets: list[int] = []
    for offset, char in enumerate(text):
        if is_invisible(char):
            continue
        if "\ud800" <= char <= "\udfff":
            char = "\ufffd"
        elif char < " " and char != "\n":
            char = " "
        kept.append(char)
        offsets.append(offset)
    return Folded("".join(kept), tuple(offsets))
