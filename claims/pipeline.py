"""The route from a feed to a published claim as figures: how much is at each stage, and what is stuck there and why.

    polling ──→ fetching ──→ reading ──→ extracting ──→ deciding ──→ approving

The first four are rows of work (`tracker.news.models.Work`); the last two wait for people.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.db.models import Count, F, Min, Q, QuerySet
from django.db.models.functions import Now
from django.utils.text import Truncator

from claims.curation import CurationError
from claims.models import Claim, Extraction
from tracker.news import leasing
from tracker.news.models import Article, Feed, FeedState, Unread, Work

SHOWN = 25


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage: how many rows are due, held by a worker, put aside; since when the oldest is due."""

    key: str
    name: str
    noun: str
    due: int
    held: int
    aside: int
    since: datetime | None


@dataclass(frozen=True, slots=True)
class Stuck:
    """A row that was put aside: what it is about, how often it was tried, and why it is not tried again."""

    stage: str
    key: int
    about: str
    tries: int
    reason: str


def _work() -> dict[str, tuple[str, str, QuerySet[Any], str]]:
    """Each stage of work: its name, what waits there, its rows, and the field that says what a row is about."""
    return {
        "poll": ("Polling", "feeds due", Feed.objects.filter(state=FeedState.ACTIVE), "url"),
        "fetch": ("Fetching", "pages due", Article.objects.all(), "url"),
        "read": ("Reading", "snapshots due", Unread.objects.all(), "snapshot__url"),
        "extract": ("Extracting", "readings due", Extraction.objects.all(), "reading__snapshot__url"),
    }


def stages() -> list[Stage]:
    """Return the stages in the order of the route."""
    held, due = Q(lease_until__gt=Now()), Q(due_at__lte=Now()) & (Q(lease_until=None) | Q(lease_until__lte=Now()))
    found = []
    for key, (name, noun, rows, _) in _work().items():
        # What is held was due, and stays so until it is given back.
        counted = rows.filter(due_at__lte=Now()).aggregate(
            due=Count("pk", filter=due), held=Count("pk", filter=held), since=Min("due_at", filter=due)
        )
        found.append(Stage(key, name, noun, counted["due"], counted["held"], _aside(rows).count(), counted["since"]))
    drafts = Claim.objects.drafts().aggregate(n=Count("pk"), since=Min("created_at"))
    asked = Claim.objects.awaiting_approval().aggregate(n=Count("pk"), since=Min("asked_at"))
    return [
        *found,
        Stage("decide", "Deciding", "drafts waiting", drafts["n"], 0, 0, drafts["since"]),
        Stage("approve", "Approving", "wordings waiting", asked["n"], 0, 0, asked["since"]),
    ]


def stuck() -> list[Stuck]:
    """Return what was put aside at each stage, the newest first, a page's worth a stage."""
    return [
        Stuck(key, row.pk, row.about, row.attempts, Truncator(row.last_error).chars(400))
        for key, (_, _, rows, field) in _work().items()
        for row in _about(_aside(rows), field)[:SHOWN]
    ]


def try_again(stage: str, keys: Sequence[int], actor: User) -> int:
    """Let rows of a stage that were put aside be tried again; return how many.

    Raises:
        CurationError: *actor* does not keep the feeds, or there is no such stage.
    """
    if not (actor.is_active and actor.is_staff and actor.has_perm("news.change_feed")):
        raise CurationError("You may not have work tried again: it takes an administrator.")
    if stage not in _work():
        raise CurationError(f"There is no stage “{stage}” in which work could be tried again.")
    return leasing.try_again(_work()[stage][2].filter(pk__in=keys))


def _aside(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Rows that nothing will be done about by itself: not due at any time, with the reason why.

    What its origin answers for good (a page that is gone) was tried once and is no fault; here count those whose
    tries ran out.
    """
    return rows.filter(due_at=None, attempts__gte=Work.MAX_ATTEMPTS).exclude(last_error="")


def _about(rows: QuerySet[Any], field: str) -> QuerySet[Any]:
    named: QuerySet[Any] = rows.annotate(about=F(field)).only("pk", "attempts", "last_error").order_by("-pk")
    return named
