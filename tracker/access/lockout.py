"""After wrong passwords: whose address it was, and what is answered."""

from typing import Any

from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse


def client_address(request: HttpRequest) -> str:
    """Return the address that asks: the connection's, or the one that our own proxy saw.

    Only the last entry of X-Forwarded-For was written by the proxy; those before are whatever the client claims.
    """
    if settings.BEHIND_PROXY and (forwarded := request.META.get("HTTP_X_FORWARDED_FOR", "")):
        return str(forwarded).rsplit(",", 1)[-1].strip()
    return str(request.META.get("REMOTE_ADDR", ""))


def locked_out(request: HttpRequest, response: Any = None, credentials: Any = None, **kwargs: Any) -> HttpResponse:
    """Tell who tried too often, whether or not the name exists."""
    context = {**admin.site.each_context(request), "title": "Locked for a while", "minutes": settings.LOCKOUT_MINUTES}
    answer = TemplateResponse(request, "admin/locked.html", context, status=429)
    answer["Retry-After"] = str(60 * settings.LOCKOUT_MINUTES)
    return answer.render()
