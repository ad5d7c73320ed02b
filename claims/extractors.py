"""Which extractor reads, as the site is configured, and what a language model has cost this month."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from django.db.models import FloatField, Sum
from django.db.models.fields.json import KT
from django.db.models.functions import Cast
from django.utils import timezone

from claims import providers
from claims.extraction.extractor import default_extractor
from claims.extraction.llm.types import LlmExtraction
from claims.extraction.types import Extraction as Extracted
from claims.extraction.types import Extractor
from claims.models import Evaluation, Extraction


@dataclass(frozen=True, slots=True)
class Pace:
    """How many readings a worker takes at once, and how old they may be."""

    readings: int = 8
    within: timedelta | None = None


# A model may take minutes over one reading, and the lease on all of them is five. Every question costs, so a new
# prompt or model leaves what was read long ago to the extractor that read it.
LLM_PACE = Pace(readings=1, within=timedelta(days=7))


@dataclass(frozen=True, slots=True)
class LlmOptions:
    """How to ask a model. *prices* are those of a million tokens in and out, *budget* what a month may cost."""

    provider: str
    model: str
    key: str = field(repr=False)
    base_url: str = ""
    prices: tuple[float, float] | None = None
    budget: float | None = None


@dataclass(slots=True)
class Meter:
    """Adds up what a run costs that leaves no rows until it ends; *before* is what the month had cost by then."""

    before: float = 0.0
    cost: float | None = None

    def add(self, found: Extracted) -> None:
        """Count what *found* cost, where a language model was asked and its prices are known."""
        if isinstance(found, LlmExtraction) and found.run.cost is not None:
            self.cost = (self.cost or 0.0) + found.run.cost

    def spent(self) -> float:
        """Return what the month has cost so far, this run included."""
        return self.before + (self.cost or 0.0)


def options_of(settings: Any) -> LlmOptions | None:
    """Return the options of *settings* (Django's, handed down by a door), or None for the default extractor."""
    if settings.CLAIMS_EXTRACTOR == "default":
        return None
    return LlmOptions(
        provider=settings.CLAIMS_LLM_PROVIDER,
        model=settings.CLAIMS_LLM_MODEL,
        key=settings.CLAIMS_LLM_KEY,
        base_url=settings.CLAIMS_LLM_BASE_URL,
        prices=settings.CLAIMS_LLM_PRICES,
        budget=settings.CLAIMS_LLM_MONTHLY_BUDGET,
    )


def pace_of(options: LlmOptions | None) -> Pace:
    """Return the pace at which the extractor of *options* reads."""
    return LLM_PACE if options else Pace()


def spent_this_month(now: datetime | None = None) -> float:
    """Return what the questions of this calendar month (UTC) have cost, by the rows that they left."""
    start = (now or timezone.now()).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    read = Extraction.objects.filter(details__asked_at__gte=start.isoformat())
    extracting = read.aggregate(sum=Sum(Cast(KT("details__cost"), FloatField())))["sum"]
    evaluating = Evaluation.objects.filter(made_at__gte=start).aggregate(sum=Sum("cost"))["sum"]
    return float((extracting or 0.0) + (evaluating or 0.0))


@cache
def extractor_for(options: LlmOptions | None, spent: Callable[[], float] = spent_this_month) -> Extractor:
    """Return the extractor that *options* ask for, made once a process; None is the default one.

    Raises `claims.providers.MissingSdkError` where the provider's SDK is not installed.
    """
    if options is None:
        return default_extractor()
    # Here and not above: sites without a language model need not pay for loading its schema.
    from claims.extraction.llm.extractor import LlmExtractor
    from claims.extraction.llm.types import Budget, Prices

    return LlmExtractor(
        providers.model(options.provider, options.model, options.key, options.base_url),
        default_extractor(),
        prices=Prices(*options.prices) if options.prices else None,
        budget=Budget(options.budget, spent) if options.budget is not None else None,
    )
