"""Words that extraction is spoken in: a document goes in, draft claims with offsets come out.

All offsets count Unicode code points into ``Document.text``, end exclusive, so that
``document.text[draft.start:draft.end]`` is the quote. Nothing here knows of Django, settings or sockets.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Literal, Protocol, get_args

Kind = Literal["allegation", "denial", "response", "action", "finding", "concern"]
KINDS: tuple[str, ...] = get_args(Kind)

Topic = Literal[
    "copyright",
    "distillation",
    "training-data",
    "privacy",
    "biometrics",
    "bias",
    "safety",
    "deepfake",
    "misinformation",
    "defamation",
    "labour",
    "competition",
    "security",
    "transparency",
    "governance",
    "contract",
    "consumer-protection",
    "military",
    "environment",
]
TOPICS: tuple[str, ...] = get_args(Topic)


@dataclass(frozen=True, slots=True)
class Document:
    """One article as extraction reads it. *published* is an ISO 8601 date or date-time, where it is known."""

    id: str
    url: str | None
    title: str | None
    published: str | None
    text: str


@dataclass(frozen=True, slots=True)
class DraftClaim:
    """One claim that an extractor proposes; the fields are those of the labelling guidelines.

    *confidence* estimates, between 0 and 1, that kind, claimant and targets are all right. *direct* tells a
    direct quotation from reported speech. *via* is the attribution chain from the outlet towards the origin
    without the claimant itself ("the FT reports that OpenAI says …" has via ``("Financial Times",)``).
    *answers* holds the indices of the drafts of the same `Extraction` that this one denies or responds to.
    *joint* holds the name of each claimant where several claim together, whom *claimant* names as one ("OpenAI
    and Microsoft").
    """

    start: int
    end: int
    kind: str
    claimant: str
    targets: tuple[str, ...]
    about: tuple[str, ...]
    topics: tuple[str, ...]
    hedged: bool
    confidence: float
    direct: bool
    via: tuple[str, ...]
    answers: tuple[int, ...]
    joint: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Extraction:
    """What an extractor found in one document: is it about a dispute over AI, why, and the claims in text order.

    *relevance* lies between 0 and 1; *reasons* are short phrases for an editor.
    """

    relevant: bool
    relevance: float
    reasons: tuple[str, ...]
    claims: tuple[DraftClaim, ...]


@dataclass(frozen=True, slots=True)
class RegisteredParty:
    """A party that is known by name. *kind* is company, person, court, regulator, media, ngo, … .

    *roles* are the common nouns that an article may call it by ("company", "start-up", "regulator");
    *nationality* is the adjective ("Chinese") that it may go by, where it is known.
    """

    name: str
    kind: str
    aliases: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    nationality: str | None = None


@dataclass(frozen=True, slots=True)
class RegisteredSystem:
    """A model, product, data set or law that claims are about, with the party that makes it, where it is known."""

    name: str
    maker: str | None = None
    aliases: tuple[str, ...] = ()
    kind: str = "product"


@dataclass(frozen=True)
class Registry:
    """The parties and systems whose names extraction knows beforehand. People need not be in it."""

    parties: tuple[RegisteredParty, ...] = ()
    systems: tuple[RegisteredSystem, ...] = field(default=())


class Extractor(Protocol):
    """Turns documents into draft claims. Same input, same output; stateless between documents."""

    name: str
    version: str

    def extract(self, document: Document, registry: Registry) -> Extraction:
        """Return the draft claims of *document*."""
        ...

    def extract_many(self, documents: Iterable[Document], registry: Registry) -> Iterator[Extraction]:
        """Yield one extraction a document, in the order given; documents are parsed in batches."""
        ...
