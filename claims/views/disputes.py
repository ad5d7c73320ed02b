"""All disputes, and the page of one."""

from typing import Any

from django.core.paginator import InvalidPage
from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from claims import timelines
from claims.models import Dispute, Kind
from claims.views.paging import CITE_FORMS, page_number, page_of
from claims.views.past import citable_as_of


@require_safe
def disputes(request: HttpRequest) -> HttpResponse:
    """All disputes, busiest first."""
    page = page_of(request, timelines.public_disputes().prefetch_related("topics"), 30)
    figures = timelines.dispute_figures(list(page.object_list))
    rows = [(dispute, figures[dispute.pk]) for dispute in page.object_list]
    context = {"page": page, "rows": rows, "demonstration": any(dispute.demonstration for dispute, _ in rows)}
    return render(request, "disputes.html", context)


@require_safe
@citable_as_of("dispute")
def dispute(request: HttpRequest, slug: str) -> HttpResponse:
    """One dispute: who is in it, its timeline, its sources, and what is still open."""
    try:
        found = timelines.find_dispute(slug)
    except Dispute.DoesNotExist:
        raise Http404("no public dispute") from None
    if found.slug != slug:
        return HttpResponsePermanentRedirect(found.get_absolute_url())
    overview = timelines.overview(found)
    context = {
        "dispute": found,
        "figures": timelines.dispute_figures([found])[found.pk],
        "overview": overview,
        "sources": timelines.mask_articles(timelines.dispute_sources(found)[:40]),
        "corrections": timelines.corrections_of(found),
        "today": timezone.localdate(),
        "cite_forms": CITE_FORMS,
        "demonstration": overview.demonstration,
        **_dispute_entries(request, found),
    }
    return render(request, "dispute.html", context)


def _dispute_entries(request: HttpRequest, dispute: Dispute) -> dict[str, Any]:
    """Return what the page lists: the timeline by date, or each allegation with its answers beside it."""
    kinds = [kind for kind in request.GET.getlist("kind") if kind in Kind.values]
    order = request.GET.get("order", "")
    try:
        if request.GET.get("view") == "accusations":
            page, accusations = timelines.accusations(dispute, page_number(request))
            return {"page": page, "accusations": accusations, "view": "accusations"}
        timeline = timelines.timeline(dispute, page_number(request), order, kinds)
    except InvalidPage:
        raise Http404("no such page of the dispute") from None
    return {"page": timeline.page, "timeline": timeline, "kinds": kinds, "order": order}
