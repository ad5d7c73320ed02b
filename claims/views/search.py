"""Search: every search is an address."""

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from claims import timelines
from claims.templatetags.tracker import kind_plural, status_label
from claims.timelines import Filters, Option
from claims.views.paging import of_demonstration


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Search over claims, quotes, disputes, parties and articles; every search is an address."""
    filters = Filters.read(request.GET.dict())
    order = request.GET.get("order", "")
    order = order if order in timelines.ORDERS else ""
    cursor = request.GET.get("after", "")
    context: dict[str, Any] = {"words": filters.words, "filters": filters, "order": order, "cursor": cursor}
    if not filters:
        busiest = timelines.busiest_disputes(6)
        demonstration = any(dispute.demonstration for dispute, _ in busiest)
        return render(request, "search.html", context | {"busiest": busiest, "demonstration": demonstration})
    try:
        found = timelines.find(filters, order=order, cursor=cursor, timeout_ms=settings.SEARCH_TIMEOUT_MS)
    except timelines.BadCursor:
        raise Http404("no such page of results") from None
    entries = [hit.entry for hit in found.hits]
    context |= {
        "found": found,
        "orders": _orders(filters),
        "facets": _facets(filters, found.facets),
        "chosen": _chosen(filters, found.facets),
        "demonstration": of_demonstration(entries) or any(dispute.demonstration for dispute in found.disputes),
    }
    return render(request, "search.html", context)


@require_safe
@cache_control(public=True, max_age=300)
def suggest(request: HttpRequest) -> HttpResponse:
    """Names for a search box, by what is typed so far."""
    return JsonResponse({"names": timelines.suggestions(request.GET.get("q", ""))})


def _orders(filters: Filters) -> list[tuple[str, str]]:
    """Return the orders to choose from, with their names; without words there is no best."""
    best = [("", _("Best first"))] if filters.words else []
    return [*best, ("newest", _("Newest change")), ("latest", _("Latest date")), ("earliest", _("Earliest date"))]


TITLES = {
    "kind": lambda: _("Kind"),
    "status": lambda: _("Status"),
    "topic": lambda: _("Topic"),
    "party": lambda: _("Party"),
    "outlet": lambda: _("Outlet"),
    "year": lambda: _("Year"),
    "system": lambda: _("System"),
    "dispute": lambda: _("Dispute"),
}


def _label(name: str, value: str, label: str) -> str:
    match name:
        case "kind":
            return kind_plural(value)
        case "status":
            return status_label(value)
    return label


def _facets(
    filters: Filters, facets: dict[str, tuple[Option, ...]]
) -> list[tuple[str, str, list[tuple[str, str, int, bool]]]]:
    """Return what the page shows of each facet: name, title, and (value, label, number, whether chosen)."""
    shown = []
    for name, options in facets.items():
        chosen = filters.set.get(name, "")
        rows = [(o.value, _label(name, o.value, o.label), o.number, o.value == chosen) for o in options]
        if len(rows) > 1 or chosen:
            shown.append((name, TITLES[name](), rows))
    return shown


def _chosen(filters: Filters, facets: dict[str, tuple[Option, ...]]) -> list[tuple[str, str, str]]:
    """Return the filters that narrow: (name, title, label)."""
    chosen = []
    for name, value in filters.set.items():
        label = next((option.label for option in facets.get(name, ()) if option.value == value), value)
        chosen.append((name, TITLES[name](), _label(name, value, label)))
    return chosen
