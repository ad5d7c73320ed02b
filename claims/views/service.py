"""What machines ask: robots.txt and the health check."""

import logging
from collections.abc import Callable
from datetime import timedelta
from http import HTTPStatus

from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from kombu import Connection

from claims import timelines
from tracker.broker import celery_url

logger = logging.getLogger(__name__)
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
@never_cache
def readyz(request: HttpRequest) -> HttpResponse:
    """Answer 200 where this process may be sent readers, else 503: database, migrations and broker, each in a line.

    A broker that is away costs no work and no page, so it is told and does not count.
    """
    states = {"database": _state(_database), "migrations": _state(_migrations), "broker": _state(_broker)}
    ready = states["database"] == states["migrations"] == "ok"
    lines = "".join(f"{name}: {state}\n" for name, state in states.items())
    status = HTTPStatus.OK if ready else HTTPStatus.SERVICE_UNAVAILABLE
    return HttpResponse(lines, content_type="text/plain", status=status)


def _state(look: Callable[[], str]) -> str:
    try:
        return look()
    except Exception as error:  # whatever the part's client raises, the answer is that it is away
        logger.warning("not ready: %s", error)
        return "away"


def _database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return "ok"


def _migrations() -> str:
    executor = MigrationExecutor(connection)
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return f"{len(waiting)} to be applied" if waiting else "ok"


def _broker() -> str:
    options = settings.BROKER_OPTIONS
    with Connection(celery_url(settings.BROKER_URL), connect_timeout=2, transport_options=options) as reached:
        reached.ensure_connection(max_retries=1, timeout=2)
    return "ok"


@require_safe
def news(request: HttpRequest) -> HttpResponse:
    """The claims that were published in the last two days, as a news sitemap (at most 1,000 of them)."""
    since = timezone.now() - NEWS
    claims = timelines.published().filter(published_at__gte=since).order_by("-published_at", "-pk")
    context = {"claims": claims.only("statement", "published_at")[:NEWS_LIMIT]}
    return render(request, "sitemap_news.xml", context, content_type="application/xml")
