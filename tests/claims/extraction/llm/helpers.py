"""What tests of the extractor that asks a model start from: an article, a scripted model and a scripted default."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from claims.extraction.llm.types import ModelError, Reply
from claims.extraction.types import Document, DraftClaim, Extraction, RegisteredParty, RegisteredSystem, Registry

TEXT = (
    "Northgate Pictures sued the start-up Lumen AI on Monday, saying that it copied millions of photographs to train "
    "its image model.\n"
    "Lumen AI “strongly denies” the accusation, a spokesperson said. “We trained on licensed images,” Ada Ferrier, "
    "the chief executive of Lumen, wrote.\n"
    "The data protection authority of Freedonia opened an inquiry into Vista in March.\n"
)
DOCUMENT = Document("1", "https://www.daily-courier.example/a", "Picture agency sues Lumen AI", "2025-03-03", TEXT)
REGISTRY = Registry(
    parties=(
        RegisteredParty("Lumen AI", "company", aliases=("Lumen",)),
        RegisteredParty("Freedonian Data Protection Authority", "regulator", aliases=("FDPA",)),
        RegisteredParty("Vista Works", "company"),
        RegisteredParty("Elsewhere Corporation", "company", aliases=("Elsewhere",)),
    ),
    systems=(RegisteredSystem("Vista", maker="Vista Works"),),
)
SUED = "Northgate Pictures sued the start-up Lumen AI on Monday"
COPIED = "it copied millions of photographs to train its image model"
DENIED = "Lumen AI “strongly denies” the accusation"


def claim(quote: str = COPIED, **values: Any) -> dict[str, Any]:
    """A claim as a well-behaved model reports it."""
    return {
        "quote": quote,
        "kind": "allegation",
        "claimant": "Northgate Pictures",
        "targets": ["Lumen AI"],
        "about": [],
        "topics": ["copyright"],
        "hedged": False,
        "via": [],
        "answers": [],
        **values,
    }


def draft(quote: str = COPIED, **values: Any) -> DraftClaim:
    """A draft as the default extractor gives it."""
    start = TEXT.index(quote)
    fields: dict[str, Any] = {
        "kind": "allegation",
        "claimant": "Northgate Pictures",
        "targets": ("Lumen AI",),
        "about": (),
        "topics": ("copyright",),
        "hedged": False,
        "confidence": 0.87,
        "direct": False,
        "via": (),
        "answers": (),
    }
    return DraftClaim(start=start, end=start + len(quote), **{**fields, **values})


class Default:
    """A default extractor that finds what the test says in every document."""

    name, version = "scripted", "1"

    def __init__(self, *claims: DraftClaim, relevant: bool = True) -> None:
        self.found = Extraction(relevant, 0.9 if relevant else 0.1, ("names a known party",), claims)

    def extract(self, document: Document, registry: Registry) -> Extraction:
        return self.found

    def extract_many(self, documents: Iterable[Document], registry: Registry) -> Iterator[Extraction]:
        return (self.found for _ in documents)


class Scripted:
    """A model that answers what the test says, or fails with the error that it gives."""

    provider, name, max_tokens = "test", "scripted-1", 1000

    def __init__(self, answer: object, *, tokens: tuple[int | None, int | None] = (900, 100)) -> None:
        self.answer, self.tokens = answer, tokens
        self.asked: list[tuple[str, str, dict[str, Any]]] = []

    def ask(self, instructions: str, message: str, schema: dict[str, Any]) -> Reply:
        self.asked.append((instructions, message, schema))
        if isinstance(self.answer, ModelError):
            raise self.answer
        text = self.answer if isinstance(self.answer, str) else json.dumps(self.answer)
        return Reply(text, *self.tokens)


def says(*claims: Any, about_dispute: bool = True) -> dict[str, Any]:
    """A model's answer with these claims."""
    return {"about_dispute": about_dispute, "claims": list(claims)}
