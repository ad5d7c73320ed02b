"""The drafts that wait for a decision: filters, order, neighbours and figures."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from statistics import median_low
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.models import User
from django.db.models import Count, Exists, F, FloatField, Min, OuterRef, Q, QuerySet
from django.db.models.functions import Cast
from django.http import QueryDict
from django.utils import timezone

from claims.models import Claim, Decision, Dispute, Kind, Mention, Party, State, Verb
from tracker.news import clock
from tracker.news.models import Outlet

SKIPPED, MOST_SKIPPED = "desk_skipped", 500
SURENESS = {"high": (0.8, 1.01), "middle": (0.5, 0.8), "low": (-0.01, 0.5), "none": (None, None)}
SURENESS_WORDS = {"high": "0.8 or more", "middle": "0.5 to 0.8", "low": "below 0.5", "none": "none given"}
AGES = {"day": timedelta(days=1), "week": timedelta(days=7), "month": timedelta(days=30)}
# What the figure of a decision's time is made of: the newest decisions, in one sitting each.
PACE_OF, SITTING = 1000, timedelta(minutes=10)
ITEM_WORDS = {"draft": "drafts", "reply": "parties' replies", "suggestion": "readers' suggestions"}
AGE_WORDS = {"day": "came today", "week": "came this week", "older": "waiting over a week", "old": "over a month"}


@dataclass(frozen=True, slots=True)
class Order:
    """An order of the queue: by a column, highest first and empty ones last, then by key; or by key alone."""

    words: str
    column: str = ""
    newest_first: bool = False


SORTS = {
    "article": Order("article by article", "extraction_id"),
    "confidence": Order("surest first", "confidence"),
    "oldest": Order("oldest first"),
    "newest": Order("newest first", newest_first=True),
}


@dataclass(frozen=True, slots=True)
class Filters:
    """What an editor wants to see of the queue, and in which order."""

    dispute: int | None = None
    party: int | None = None
    outlet: int | None = None
    editor: int | None = None
    item: str = ""
    kind: str = ""
    confidence: str = ""
    age: str = ""
    q: str = ""
    sort: str = "article"
    # What this editor put off for now; of the session, so in no address.
    skipped: tuple[int, ...] = ()

    @property
    def query(self) -> str:
        """The filters as a query string that `read` understands; "" without any."""
        named = [f for f in fields(self) if f.name != "skipped"]
        set_ones = {f.name: getattr(self, f.name) for f in named if getattr(self, f.name) != f.default}
        return urlencode(set_ones)

    @property
    def narrowed(self) -> bool:
        """Whether some drafts are left out."""
        return replace(self, sort="article", skipped=()) != Filters()


def read(params: QueryDict) -> tuple[Filters, list[str]]:
    """Return the filters of a query string, and a sentence for each value that is none and was left out."""
    values: dict[str, Any] = {}
    problems = []
    choices = {"item": ITEM_WORDS, "kind": Kind.values, "confidence": SURENESS, "age": AGE_WORDS, "sort": SORTS}
    for name in ("dispute", "party", "outlet", "editor"):
        if (text := params.get(name, "")) and text.isdecimal() and len(text) <= 18:
            values[name] = int(text)
        elif text:
            problems.append(f"“{text}” is no {name}: that filter was left out.")
    for name, allowed in choices.items():
        if (text := params.get(name, "")) in allowed:
            values[name] = text
        elif text:
            problems.append(f"“{text}” is no choice of {name}: that filter was left out.")
    values["q"] = " ".join(params.get("q", "").replace("\x00", "").split())[:200]
    return Filters(**values), problems


def of_session(filters: Filters, session: Any) -> Filters:
    """Return the filters with what the editor of this session put off."""
    return replace(filters, skipped=tuple(session.get(SKIPPED, ())))


def skip(session: Any, keys: Sequence[int]) -> None:
    """Put drafts off until the editor asks for them again, or logs in anew; the newest `MOST_SKIPPED` are kept."""
    session[SKIPPED] = list(dict.fromkeys([*session.get(SKIPPED, ()), *keys]))[-MOST_SKIPPED:] if keys else []


def came(age: str, column: str, now: datetime) -> Q:
    """Return the condition that *column* is as old as an age of `AGE_WORDS` says; "" lets everything through."""
    if age in ("day", "week"):
        return Q(**{f"{column}__gte": now - AGES[age]})
    return Q(**{f"{column}__lt": now - AGES["week" if age == "older" else "month"]}) if age else Q()


def waiting(filters: Filters, now: datetime | None = None) -> QuerySet[Claim]:
    """Return the drafts that the filters let through, in their order."""
    now = now or timezone.now()
    drafts = Claim.objects.drafts()
    if filters.item not in ("", "draft"):
        return drafts.none()
    if filters.skipped:
        drafts = drafts.exclude(pk__in=filters.skipped)
    mentions = Mention.objects.filter(claim=OuterRef("pk"))
    if filters.dispute:
        drafts = drafts.filter(
            Exists(Claim.disputes.through.objects.filter(claim=OuterRef("pk"), dispute=filters.dispute))
        )
    if filters.party:
        against = Claim.targets.through.objects.filter(claim=OuterRef("pk"), party=filters.party)
        drafts = drafts.filter(Q(claimant=filters.party) | Exists(against))
    if filters.outlet:
        drafts = drafts.filter(Exists(mentions.filter(article__outlet=filters.outlet)))
    if filters.editor:
        drafts = drafts.filter(assignee=filters.editor)
    if filters.kind:
        drafts = drafts.filter(kind=filters.kind)
    if filters.confidence:
        low, high = SURENESS[filters.confidence]
        drafts = (
            drafts.filter(confidence=None) if low is None else drafts.filter(confidence__gte=low, confidence__lt=high)
        )
    drafts = drafts.filter(came(filters.age, "created_at", now))
    if filters.q:
        words = Q(quote__icontains=filters.q) | Q(article__title__icontains=filters.q)
        drafts = drafts.filter(
            Q(statement__icontains=filters.q) | Q(claimant__name__icontains=filters.q) | Exists(mentions.filter(words))
        )
    order = SORTS[filters.sort]
    if order.column:
        return drafts.order_by(F(order.column).desc(nulls_last=True), "pk")
    return drafts.order_by("-pk" if order.newest_first else "pk")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a claim stands among the drafts that the filters let through."""

    number: int
    total: int
    before: int | None
    after: int | None


def place(claim: Claim, filters: Filters) -> Place:
    """Return a claim's number, the count of drafts and the neighbours' keys, whether it still waits or not."""
    queue, order = waiting(filters).order_by(), SORTS[filters.sort]
    counts = queue.aggregate(total=Count("pk"), earlier=Count("pk", filter=_earlier(order, claim)))
    return Place(
        number=counts["earlier"] + 1,
        total=counts["total"],
        before=_nearest(queue, _steps_back(order, claim)),
        after=_nearest(queue, _steps_on(order, claim)),
    )


# A neighbour is looked for in steps, each of which an index answers however long the queue is.
Steps = list[tuple[Q, tuple[str, ...]]]


def _nearest(queue: QuerySet[Claim], steps: Steps) -> int | None:
    for condition, ordering in steps:
        found = queue.filter(condition).order_by(*ordering).values_list("pk", flat=True).first()
        if found is not None:
            return found
    return None


def _steps_on(order: Order, claim: Claim) -> Steps:
    if not order.column:
        return [(Q(pk__lt=claim.pk), ("-pk",)) if order.newest_first else (Q(pk__gt=claim.pk), ("pk",))]
    column, value = order.column, getattr(claim, order.column)
    beside: Steps = [(Q(**{column: value}, pk__gt=claim.pk), ("pk",))]
    if value is None:
        return beside
    return [*beside, (Q(**{f"{column}__lt": value}), (f"-{column}", "pk")), (Q(**{column: None}), ("pk",))]


def _steps_back(order: Order, claim: Claim) -> Steps:
    if not order.column:
        return [(Q(pk__gt=claim.pk), ("pk",)) if order.newest_first else (Q(pk__lt=claim.pk), ("-pk",))]
    column, value = order.column, getattr(claim, order.column)
    above = Q(**{f"{column}__isnull": False}) if value is None else Q(**{f"{column}__gt": value})
    return [(Q(**{column: value}, pk__lt=claim.pk), ("-pk",)), (above, (column, "-pk"))]


def _earlier(order: Order, claim: Claim) -> Q:
    condition = Q()
    for step, _ in _steps_back(order, claim):
        condition |= step
    return condition


def following(claim: Claim, filters: Filters, user_id: int | None = None) -> int | None:
    """Return the draft that comes after a claim, from the end on the first one; None where none waits.

    Drafts that somebody else than this user works on are passed over.
    """
    unheld = Q(lease_until=None) | Q(lease_until__lte=clock.now()) | Q(lease_holder=user_id)
    free = waiting(filters).filter(unheld)
    after = _nearest(free, _steps_on(SORTS[filters.sort], claim))
    return after or free.exclude(pk=claim.pk).values_list("pk", flat=True).first()


@dataclass(frozen=True, slots=True)
class Choice:
    """One value of a filter, with how many drafts it lets through."""

    value: str
    label: str
    count: int | None
    chosen: bool


def facets(filters: Filters) -> list[tuple[str, str, list[Choice]]]:
    """Return each filter's name, label and choices; counts are of the drafts that the other filters let through."""
    rows: list[tuple[str, str, Callable[[], Sequence[tuple[Any, str, int]]]]] = [
        ("dispute", "Dispute", lambda: _rows(filters, "dispute", "disputes", "disputes__title")),
        ("party", "Claimant or target", lambda: _parties(filters)),
        ("outlet", "Outlet", lambda: _outlets(filters)),
        ("editor", "Assigned to", lambda: _rows(filters, "editor", "assignee", "assignee__username")),
        ("kind", "Kind", lambda: _rows(filters, "kind", "kind", "kind")),
    ]
    result = []
    for name, label, count in rows:
        current = getattr(filters, name)
        choices = [Choice(str(key), text, n, key == current) for key, text, n in count() if key]
        if current and not any(choice.chosen for choice in choices):
            choices.append(Choice(str(current), _name(name, current), 0, True))
        result.append((name, label, choices))
    named = (("item", "What", ITEM_WORDS), ("confidence", "Confidence", SURENESS_WORDS), ("age", "Age", AGE_WORDS))
    for name, label, words in named:
        chosen = getattr(filters, name)
        result.append((name, label, [Choice(key, text, None, key == chosen) for key, text in words.items()]))
    return result


def _without(filters: Filters, name: str) -> QuerySet[Claim]:
    nothing: dict[str, Any] = {name: "" if name == "kind" else None}
    others = replace(filters, **nothing)
    return waiting(others).order_by()


def _rows(filters: Filters, name: str, key: str, label: str) -> list[tuple[Any, str, int]]:
    counted = _without(filters, name).values_list(key, label).annotate(n=Count("pk", distinct=True))
    return [(k, text, n) for k, text, n in counted.order_by("-n", label)[:60]]


def _parties(filters: Filters) -> list[tuple[Any, str, int]]:
    drafts = _without(filters, "party")
    counts: dict[tuple[int, str], int] = {}
    for key, name, n in [
        *drafts.values_list("claimant", "claimant__name").annotate(n=Count("pk")),
        *drafts.values_list("targets", "targets__name").annotate(n=Count("pk")),
    ]:
        counts[key, name] = counts.get((key, name), 0) + n
    ordered = sorted(((n, key, name) for (key, name), n in counts.items() if key), key=lambda row: (-row[0], row[2]))
    return [(key, name, n) for n, key, name in ordered[:60]]


def _outlets(filters: Filters) -> list[tuple[Any, str, int]]:
    return _rows(filters, "outlet", "mentions__article__outlet", "mentions__article__outlet__name")


def _name(filter_name: str, key: Any) -> str:
    tables: dict[str, Any] = {"dispute": Dispute, "party": Party, "outlet": Outlet, "editor": User}
    if filter_name not in tables:
        return str(key)
    return str(tables[filter_name].objects.filter(pk=key).first() or f"number {key}, which is not there")


@dataclass(frozen=True, slots=True)
class Figures:
    """How the queue stands: what waits, since when, what was decided, how often each extractor was right."""

    waiting: int
    oldest: datetime | None
    ages: list[tuple[str, int]]
    decided_today: int
    decided_by_you: int
    extractors: list[tuple[str, int, int, float]]
    pace: timedelta | None


def figures(user_id: int | None, now: datetime | None = None) -> Figures:
    """Return the figures of the whole queue. Accepted shares count drafts that the machine proposed."""
    now = now or timezone.now()
    drafts = Claim.objects.drafts()
    today, week = now - AGES["day"], now - AGES["week"]
    counts = drafts.aggregate(
        n=Count("pk"),
        oldest=Min("created_at"),
        day=Count("pk", filter=Q(created_at__gte=today)),
        week=Count("pk", filter=Q(created_at__lt=today, created_at__gte=week)),
        older=Count("pk", filter=Q(created_at__lt=week)),
    )
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    decided = Claim.objects.exclude(state=State.DRAFT).filter(decision__made_at__gte=midnight)
    by_version = (
        Claim.objects.exclude(state=State.DRAFT)
        .filter(extraction__isnull=False)
        .values_list("extraction__extractor", "extraction__version")
        .annotate(n=Count("pk"), kept=Count("pk", filter=~Q(state=State.REJECTED)))
        .annotate(share=Cast(F("kept"), FloatField()) / F("n"))
        .order_by("-extraction__version")
    )
    return Figures(
        waiting=counts["n"],
        oldest=counts["oldest"],
        ages=[("today", counts["day"]), ("this week", counts["week"]), ("earlier", counts["older"])],
        decided_today=decided.count(),
        decided_by_you=decided.filter(decision__actor=user_id).count(),
        extractors=[(f"{name} {version}", n, kept, 100 * share) for name, version, n, kept, share in by_version[:5]],
        pace=pace(now),
    )


def pace(now: datetime) -> timedelta | None:
    """Return the median time of the newest decisions on drafts, of 30 days at most; None before there are any.

    It is the time since the same person's decision before, where that is no longer ago than `SITTING`: after
    that they were elsewhere. Decisions of the same instant, which bulk rejection makes, are left out.
    """
    made = Decision.objects.filter(
        subject="claim", verb__in=(Verb.ACCEPT, Verb.REJECT, Verb.MERGE), made_at__gte=now - AGES["month"]
    )
    gaps: list[timedelta] = []
    last: dict[int, datetime] = {}
    newest = made.order_by("-number").values_list("actor", "made_at")[:PACE_OF]
    for actor, at in reversed(newest):
        if actor in last and timedelta(seconds=1) <= at - last[actor] <= SITTING:
            gaps.append(at - last[actor])
        last[actor] = at
    return median_low(gaps) if gaps else None
