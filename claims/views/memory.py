"""The published heads of the history: what anybody can keep, to tell later that nothing was rewritten."""

from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from claims.models import HistoryHead
from claims.views.paging import page_of

PER_PAGE = 100


@require_safe
def history(request: HttpRequest) -> HttpResponse:
    """All heads that were published, the newest first, and how to check one."""
    page = page_of(request, HistoryHead.objects.all(), PER_PAGE)
    return render(request, "history.html", {"page": page, "heads": page.object_list})


@require_safe
def head(request: HttpRequest, day: str = "") -> JsonResponse:
    """The newest published head, or that of one day, as JSON."""
    try:
        heads = HistoryHead.objects.filter(day=date.fromisoformat(day)) if day else HistoryHead.objects.all()
    except ValueError:
        raise Http404(f"{day} is no day") from None
    found = heads.first()
    if found is None:
        raise Http404("no head was published")
    return JsonResponse(_as_json(found))


def _as_json(found: HistoryHead) -> dict[str, Any]:
    return {
        "day": found.day.isoformat(),
        "published_at": found.published_at.isoformat(),
        "decision": {"number": found.decision_number, "hash": found.decision_hash},
        "event": {"number": found.event_number, "hash": found.event_hash},
    }
