"""The extractor that asks a language model, and believes none of it.

    article ─show→ message ─ask→ answer ─parse→ claims ─read→ drafts that the article bears out
       └─default extractor→ drafts, relevance: what is taken where any of this fails

The model can add to what the rules find and never hide it: where it finds nothing in an article in which the
default extractor does, the default's drafts stand.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from hashlib import sha256
from time import perf_counter

from claims.extraction.llm.prompt import Shown, instructions, prompt_hash, show
from claims.extraction.llm.reading import Article, read
from claims.extraction.llm.schema import BadAnswerError, json_schema, parse
from claims.extraction.llm.types import Budget, LlmExtraction, Model, ModelError, Prices, Reply, Run
from claims.extraction.types import Document, Extraction, Extractor, Registry

LONGEST_ARTICLE = 60_000
# More of an article than this addressed to machines is no article.
MOST_WITHHELD = 0.5
# English has four to five characters a token; three keeps an estimate on the dear side.
CHARACTERS_A_TOKEN = 3


class LlmExtractor:
    """Extraction by a language model, grounded in the article; the default extractor stands behind it.

    `version` is a hash of prompt and model: another of either is another extractor.
    """

    name = "llm"

    def __init__(
        self, model: Model, fallback: Extractor, *, prices: Prices | None = None, budget: Budget | None = None
    ) -> None:
        if budget is not None and prices is None:
            raise ValueError("a budget needs prices: what a model costs cannot be known otherwise")
        self._model, self._fallback, self._prices, self._budget = model, fallback, prices, budget
        named = "\0".join((prompt_hash(), model.provider, model.name))
        self.version = sha256(named.encode()).hexdigest()[:16]

    def extract(self, document: Document, registry: Registry) -> LlmExtraction:
        """Return the draft claims of *document*: the model's as far as they hold, otherwise the default's."""
        base = self._fallback.extract(document, registry)
        run = Run(self._model.provider, self._model.name, prompt_hash())
        shown = show(document)
        if unfit := self._unfit(document, shown):
            return _default(base, replace(run, fell_back=unfit))
        started = perf_counter()
        try:
            reply = self._model.ask(instructions(), shown.message, json_schema())
        except ModelError as error:
            run = self._charged(run, shown, error, billed=error.billed)
            return _default(base, replace(run, fell_back=error.reason, seconds=_since(started)))
        run = replace(self._charged(run, shown, reply, answer=reply.text), seconds=_since(started))
        return self._read(document, registry, base, shown, reply, run)

    def extract_many(self, documents: Iterable[Document], registry: Registry) -> Iterator[LlmExtraction]:
        """Yield one extraction a document, in order; each is one question, asked when its turn comes."""
        for document in documents:
            yield self.extract(document, registry)

    def _unfit(self, document: Document, shown: Shown) -> str:
        """Return why the model is not asked about a document, or ""."""
        if not document.text.strip():
            return "the text is empty"
        if len(shown.message) > LONGEST_ARTICLE:
            return f"the text has {len(document.text)} characters, more than a model is sent"
        if shown.share > MOST_WITHHELD:
            return "most of the text speaks to a machine"
        if self._budget is not None and not self._budget.allows(self._dearest(shown)):
            return "the month's budget is spent"
        return ""

    def _dearest(self, shown: Shown) -> float:
        """Return the most that one question can cost."""
        assert self._prices is not None
        return self._prices.of(_tokens(instructions(), shown.message), self._model.max_tokens)

    def _charged(
        self, run: Run, shown: Shown, counted: Reply | ModelError, *, answer: str = "", billed: bool = True
    ) -> Run:
        """Return *run* with tokens and cost: as the provider counted, else as estimated where it may be billed."""
        known = counted.tokens_in is not None and counted.tokens_out is not None
        tokens_in, tokens_out = counted.tokens_in or 0, counted.tokens_out or 0
        if not known and billed:
            tokens_in = _tokens(instructions(), shown.message)
            tokens_out = _tokens(answer) if answer else self._model.max_tokens
        cost = self._prices.of(tokens_in, tokens_out) if self._prices else None
        estimated = billed and not known
        return replace(run, asked=True, tokens_in=tokens_in, tokens_out=tokens_out, estimated=estimated, cost=cost)

    def _read(
        self, document: Document, registry: Registry, base: Extraction, shown: Shown, reply: Reply, run: Run
    ) -> LlmExtraction:
        try:
            about_dispute, answers, too_many = parse(reply.text)
        except BadAnswerError as error:
            return _default(base, replace(run, fell_back=str(error)))
        claims, dropped = read(answers, Article(document, registry, shown.withheld), base.claims)
        if too_many:
            dropped["too many"] = too_many
        run = replace(run, dropped=dropped)
        if not claims and base.relevant and base.claims:
            missed = "none of the model's claims stands in the text" if answers else "the model found no claim"
            return _default(base, replace(run, fell_back=missed))
        relevant = base.relevant or (about_dispute and bool(claims))
        return LlmExtraction(
            relevant=relevant,
            relevance=max(base.relevance, 0.5) if relevant else base.relevance,
            reasons=(*base.reasons, *_notes(run, shown)),
            claims=claims,
            run=run,
        )


def _default(base: Extraction, run: Run) -> LlmExtraction:
    """Return the default extractor's result, and say why it stands."""
    return LlmExtraction(
        relevant=base.relevant,
        relevance=base.relevance,
        reasons=(*base.reasons, f"read by the default extractor: {run.fell_back}"),
        claims=base.claims,
        run=run,
    )


def _notes(run: Run, shown: Shown) -> Iterator[str]:
    """Yield what an editor should know of a model's reading."""
    yield f"read by {run.model}"
    if run.dropped:
        counts = ", ".join(f"{cause} {count}" for cause, count in run.dropped.items())
        yield f"not believed: {counts}"
    if shown.withheld:
        yield f"{len(shown.withheld)} passage(s) that speak to a machine were not shown to the model"


def _tokens(*texts: str) -> int:
    return sum(len(text) for text in texts) // CHARACTERS_A_TOKEN + 1


def _since(started: float) -> float:
    return round(perf_counter() - started, 3)
