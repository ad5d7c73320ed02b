"""Words that asking a language model is spoken in. No SDK, no socket: whoever asks hands the model in."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any, Protocol

from claims.extraction.types import Extraction


class ModelError(Exception):
    """The model gave no answer that can be used.

    *reason* is a short phrase for an editor ("no answer within 90 s"). Tokens are what the provider says that it
    counted; None where it said nothing. *billed* tells whether the question may have to be paid for all the same.
    """

    def __init__(
        self, reason: str, *, tokens_in: int | None = None, tokens_out: int | None = None, billed: bool = False
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.tokens_in, self.tokens_out, self.billed = tokens_in, tokens_out, billed


@dataclass(frozen=True, slots=True)
class Reply:
    """What a model answered, as text, with the tokens that the provider counted, where it says so."""

    text: str
    tokens_in: int | None = None
    tokens_out: int | None = None


class Model(Protocol):
    """A language model of some provider. *max_tokens* bounds an answer."""

    provider: str
    name: str
    max_tokens: int

    def ask(self, instructions: str, message: str, schema: dict[str, Any]) -> Reply:
        """Return the answer to *message* under *instructions*, shaped by the JSON *schema*; raises `ModelError`."""
        ...


@dataclass(frozen=True, slots=True)
class Prices:
    """What a million tokens cost, in the currency of the budget."""

    tokens_in: float
    tokens_out: float

    def of(self, tokens_in: int, tokens_out: int) -> float:
        """Return the price of one question and its answer."""
        return (tokens_in * self.tokens_in + tokens_out * self.tokens_out) / 1_000_000


@dataclass(frozen=True, slots=True)
class Budget:
    """What may be spent in a month; *spent* tells what the month has cost so far."""

    limit: float
    spent: Callable[[], float]

    def allows(self, cost: float) -> bool:
        """Whether *cost* more stays within the limit."""
        return self.spent() + cost <= self.limit


@dataclass(frozen=True, slots=True)
class Run:
    """How one document was read: stored beside the result.

    *prompt* is the SHA-256 of instructions, form and schema. *cost* is in the budget's currency, None without
    prices; tokens that the provider did not report are *estimated*. *dropped* counts what the model said and was
    not believed, by cause. *fell_back* says why the default extractor's drafts were taken; "" where they were not.
    """

    provider: str
    model: str
    prompt: str
    asked: bool = False
    tokens_in: int = 0
    tokens_out: int = 0
    estimated: bool = False
    cost: float | None = None
    seconds: float = 0.0
    dropped: dict[str, int] = field(default_factory=dict)
    fell_back: str = ""

    def as_json(self) -> dict[str, Any]:
        """Return the record as JSON can hold it."""
        return asdict(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class LlmExtraction(Extraction):
    """An extraction with the record of how it was made."""

    run: Run
