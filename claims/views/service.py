"""What machines ask: robots.txt and the health check."""

from datetime import timedelta
from http import HTTPStatus

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from claims import timelines

# What a news sitemap may hold: two days, and this many pages.
NEWS, NEWS_LIMIT = timedelta(days=2), 1000


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """What crawlers may visit (RFC 9309)."""
    return render(request, "robots.txt", content_type="text/plain; charset=utf-8")


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """Answer "ok" where the site and its database are up, 503 otherwise."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Exception:  # whatever the driver raises, the answer to a health check is the status
        return HttpResponse("database unreachable\n", content_type="text/plain", status=HTTPStatus.SERVICE_UNAVAILABLE)
    return HttpResponse("ok\n", content_type="text/plain")


@require_safe
def news(request: HttpRequest) -> HttpResponse:
    """The claims that were published in the last two days, as a news sitemap (at most 1,000 of them)."""
    since = timezone.now() - NEWS
    claims = timelines.published().filter(published_at__gte=since).order_by("-published_at", "-pk")
    context = {"claims": claims.only("statement", "published_at")[:NEWS_LIMIT]}
    return render(request, "sitemap_news.xml", context, content_type="application/xml")
