"""Search: every search is an address."""

from typing import Any

from django.core.paginator import InvalidPage
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from claims import timelines
from claims.models import Kind
from claims.views.paging import of_demonstration, page_number


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Search over claims, quotes, disputes and parties; every search is an address."""
    words = " ".join(request.GET.get("q", "").replace("\x00", " ").split())[: timelines.QUERY_LIMIT]
    kind = request.GET.get("kind", "")
    kind = kind if kind in Kind.values else ""
    order = "newest" if request.GET.get("order") == "newest" else ""
    context: dict[str, Any] = {"words": words, "kind": kind, "order": order}
    if words:
        try:
            found = timelines.find(words, kind=kind, order=order, number=page_number(request))
        except InvalidPage:
            raise Http404("no such page of results") from None
        demonstration = of_demonstration([hit.entry for hit in found.hits])
        demonstration = demonstration or any(dispute.demonstration for dispute in found.disputes)
        context |= {"found": found, "page": found.page, "demonstration": demonstration}
    else:
        busiest = timelines.busiest_disputes(6)
        context |= {"busiest": busiest, "demonstration": any(dispute.demonstration for dispute, _ in busiest)}
    return render(request, "search.html", context)
