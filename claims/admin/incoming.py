"""What came from outside and waits in the queue beside the drafts, narrowed by the queue's own filters."""

from datetime import datetime
from itertools import chain

from django.db.models import Q, QuerySet

from claims.admin.queue import Filters, came
from claims.models import Reply, Suggestion
from tracker.news import clock
from tracker.news.models import Outlet

Letter = tuple[str, Reply | Suggestion]
# More than these are not listed at once; the rest comes up as the first are dealt with.
MOST = 50


def letters(filters: Filters, now: datetime | None = None) -> list[Letter]:
    """Return the replies and suggestions that wait and pass the filters, the longest waiting first.

    A reply is known by its party and by the claims that it answers, a suggestion by its page. Nobody assigns either
    and no extractor is sure of one, so filters for those let none through; nor has a suggestion kind, party or dispute.
    """
    if filters.editor or filters.confidence or filters.item == "draft":
        return []
    when = came(filters.age, "received_at", now or clock.now())
    replies = _replies(filters).filter(when) if filters.item in ("", "reply") else Reply.objects.none()
    pages = _suggestions(filters).filter(when) if filters.item in ("", "suggestion") else Suggestion.objects.none()
    rows: chain[Letter] = chain((("reply", r) for r in replies[:MOST]), (("suggestion", s) for s in pages[:MOST]))
    return sorted(rows, key=lambda row: row[1].received_at)


def _replies(filters: Filters) -> QuerySet[Reply]:
    waiting = Reply.objects.waiting().select_related("request__party")
    if filters.dispute:
        waiting = waiting.filter(request__claims__disputes=filters.dispute)
    if filters.party:
        waiting = waiting.filter(Q(request__party=filters.party) | Q(request__claims__claimant=filters.party))
    if filters.outlet:
        waiting = waiting.filter(request__claims__mentions__article__outlet=filters.outlet)
    if filters.kind:
        waiting = waiting.filter(request__claims__kind=filters.kind)
    if filters.q:
        words = filters.q
        named = Q(signed__icontains=words) | Q(request__party__name__icontains=words)
        waiting = waiting.filter(Q(text__icontains=words) | named | Q(request__claims__statement__icontains=words))
    return waiting.distinct()


def _suggestions(filters: Filters) -> QuerySet[Suggestion]:
    waiting = Suggestion.objects.waiting()
    if filters.dispute or filters.party or filters.kind:
        return waiting.none()
    if filters.outlet:
        site = Outlet.objects.filter(pk=filters.outlet).values_list("url", flat=True).first()
        waiting = waiting.filter(url__startswith=site) if site else waiting.none()
    if filters.q:
        waiting = waiting.filter(Q(url__icontains=filters.q) | Q(why__icontains=filters.q))
    return waiting
