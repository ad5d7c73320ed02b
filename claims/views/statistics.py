"""Figures over everything that is public, drawn and as CSV."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from claims import timelines
from claims.csvfiles import csv_text
from claims.timelines.statistics import SHOWN

TITLES: dict[str, Promise] = {
    "kinds": _("Claims by kind"),
    "statuses": _("Claims by where they stand"),
    "answers": _("Are allegations answered?"),
    "topics": _("Claims by topic"),
    "systems": _("Claims by system"),
    "claimants": _("Claims and answers by party"),
    "targets": _("Claims about a party"),
    "outlets": _("Source articles by outlet"),
    "months": _("Claims by month, the last 24"),
}


@require_safe
def statistics(request: HttpRequest) -> HttpResponse:
    """Every table, drawn."""
    charts = [(title, timelines.statistics_table(name, SHOWN)) for name, title in TITLES.items() if name != "months"]
    context = {
        "charts": charts,
        "months": timelines.months(timezone.localdate()),
        "counts": timelines.counts(),
        "demonstration": timelines.holds_demonstration(),
    }
    return render(request, "statistics.html", context)


@require_safe
def table(request: HttpRequest, name: str) -> HttpResponse:
    """One table as CSV (RFC 4180)."""
    if name not in timelines.TABLES:
        raise Http404("no such table")
    rows = timelines.statistics_table(name).rows
    text = csv_text(("key", "name", "number"), ((row.key, row.label, row.number) for row in rows))
    response = HttpResponse(text, content_type="text/csv; charset=utf-8; header=present")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response
