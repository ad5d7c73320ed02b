"""The pages of an article and of an outlet."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from claims import timelines
from claims.views.paging import of_demonstration, page_of
from tracker.news.models import Article, Outlet


@require_safe
def source(request: HttpRequest, pk: int) -> HttpResponse:
    """One article: its metadata, an excerpt and a link, and the claims that it carries."""
    try:
        article = timelines.find_source(pk)
    except Article.DoesNotExist:
        raise Http404("no public source") from None
    page = page_of(request, timelines.source_claims(article), 50)
    entries = timelines.as_entries(page.object_list)
    context = {
        "article": article,
        "excerpt": timelines.excerpt(article),
        "snapshots": timelines.source_snapshots(article),
        "copies": timelines.other_copies(article),
        "page": page,
        "entries": entries,
        "demonstration": article.outlet.demonstration or of_demonstration(entries),
    }
    return render(request, "source.html", context)


@require_safe
def outlets(request: HttpRequest) -> HttpResponse:
    """All outlets by name."""
    page = page_of(request, timelines.public_outlets(), 120)
    return render(request, "outlets.html", {"page": page, "demonstration": timelines.holds_demonstration()})


@require_safe
def outlet(request: HttpRequest, slug: str) -> HttpResponse:
    """One outlet: its articles that carry published claims, and the disputes that they are about."""
    try:
        found = timelines.find_outlet(slug)
    except Outlet.DoesNotExist:
        raise Http404("no public outlet") from None
    claims = timelines.outlet_claims(found)
    page = page_of(request, timelines.outlet_sources(found), 50)
    timelines.mask_articles(page.object_list)
    context = {
        "outlet": found,
        "page": page,
        "figures": timelines.figures_of(claims),
        "disputes": timelines.disputes_of(claims)[:20],
        "demonstration": found.demonstration,
    }
    return render(request, "outlet.html", context)
