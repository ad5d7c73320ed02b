"""Figures of the whole site: how much there is, and how much a month."""

from collections import Counter
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q, Sum
from django.db.models.functions import Coalesce, TruncMonth

from claims.models import Claim, Evaluation, Kind, OutletTally
from claims.timelines.disputes import public_disputes
from claims.timelines.entries import published
from claims.timelines.parties import public_parties
from tracker.news.models import Outlet

GROUPS = {
    Kind.ALLEGATION: "allegations",
    Kind.CONCERN: "allegations",
    Kind.DENIAL: "answers",
    Kind.RESPONSE: "answers",
    Kind.ACTION: "steps",
    Kind.FINDING: "steps",
}


@dataclass(frozen=True, slots=True)
class Counts:
    """How much there is to read."""

    claims: int
    disputes: int
    parties: int
    sources: int
    outlets: int


def counts() -> Counts:
    """Return how many published claims there are, and of what they stand on."""
    carrying = OutletTally.objects.aggregate(outlets=Count("pk"), sources=Coalesce(Sum("total"), 0))
    return Counts(
        claims=published().count(),
        disputes=public_disputes().count(),
        parties=public_parties().count(),
        sources=carrying["sources"],
        outlets=carrying["outlets"],
    )


def holds_demonstration() -> bool:
    """Whether anything that is published belongs to the demonstration."""
    return Outlet.objects.filter(tally__isnull=False, demonstration=True).exists()


@dataclass(frozen=True, slots=True)
class Month:
    """One month's claims: accusations (with concerns), answers, and steps taken (actions and findings)."""

    first: date
    allegations: int
    answers: int
    steps: int

    @property
    def total(self) -> int:
        """All claims of the month."""
        return self.allegations + self.answers + self.steps


def months(until: date, number: int = 24) -> list[Month]:
    """Return the claims made in each of the *number* months up to and with that of *until*, the oldest first."""
    index = until.year * 12 + until.month - 1
    firsts = [date(month // 12, month % 12 + 1, 1) for month in range(index - number + 1, index + 1)]
    rows = (
        Claim.objects.published()
        .filter(Q(on__gte=firsts[0]))
        .order_by()
        .annotate(month=TruncMonth("on"))
        .values_list("month", "kind")
        .annotate(number=Count("*"))
    )
    found: Counter[tuple[date, str]] = Counter()
    for month, kind, claims in rows:
        found[month, GROUPS[Kind(kind)]] += claims
    return [
        Month(first, found[first, "allegations"], found[first, "answers"], found[first, "steps"]) for first in firsts
    ]


def evaluations() -> list[Evaluation]:
    """Return how well the extractor did on each set of articles, by the newest measurement on it."""
    return list(Evaluation.objects.newest())
