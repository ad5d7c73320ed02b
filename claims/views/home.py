"""The front page and the list of what changed."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from claims import timelines
from claims.views.paging import of_demonstration, page_of


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What changed lately, the busiest disputes, and how much there is."""
    entries = timelines.as_entries(timelines.changes()[:12])
    busiest = timelines.busiest_disputes(6)
    context = {
        "entries": entries,
        "busiest": busiest,
        "counts": timelines.counts(),
        "months": timelines.months(timezone.localdate()),
        "demonstration": of_demonstration(entries) or any(dispute.demonstration for dispute, _ in busiest),
    }
    return render(request, "home.html", context)


@require_safe
def changes(request: HttpRequest) -> HttpResponse:
    """Everything that changed, newest first."""
    page = page_of(request, timelines.changes(), 30)
    entries = timelines.as_entries(page.object_list)
    return render(
        request, "changes.html", {"page": page, "entries": entries, "demonstration": of_demonstration(entries)}
    )
