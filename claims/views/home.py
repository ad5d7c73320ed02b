"""The front page and the list of what changed."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from claims import timelines
from claims.views.paging import of_demonstration, page_of

# How many claims stand on the front page and on a page of changes, and how much else on the front page.
LATELY, ON_A_PAGE, BESIDE = 12, 30, 4


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What changed lately, the busiest disputes, and how much there is."""
    entries = timelines.as_entries(timelines.changes()[: LATELY + 1])
    after = entries[LATELY].claim.changed_at if len(entries) > LATELY else None
    entries = entries[:LATELY]
    busiest = timelines.busiest_disputes(6)
    context = {
        "happenings": timelines.happenings(entries, None, after)[: LATELY + BESIDE],
        "busiest": busiest,
        "counts": timelines.counts(),
        "months": timelines.months(timezone.localdate()),
        "demonstration": of_demonstration(entries) or any(dispute.demonstration for dispute, _ in busiest),
    }
    return render(request, "home.html", context)


@require_safe
def changes(request: HttpRequest) -> HttpResponse:
    """Everything that changed, newest first: of claims a page at a time, with what else happened in that time."""
    page = page_of(request, timelines.changes(), ON_A_PAGE)
    entries = timelines.as_entries(page.object_list)
    until = entries[0].claim.changed_at if entries and page.has_previous() else None
    beyond = timelines.published().order_by("-changed_at", "-pk")[page.number * ON_A_PAGE :]
    after = beyond.values_list("changed_at", flat=True).first() if page.has_next() else None
    context = {"page": page, "happenings": timelines.happenings(entries, until, after)}
    return render(request, "changes.html", context | {"demonstration": of_demonstration(entries)})
