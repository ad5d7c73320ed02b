"""What the desk's pages beside the queue have in common: who may, what is told, how a refusal is answered."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from claims.curation import CurationError


def need(request: HttpRequest, permission: str) -> Any:
    """Return the user, who has to have a permission of this app."""
    if not request.user.has_perm(f"claims.{permission}"):
        raise PermissionDenied
    return request.user


def show(request: HttpRequest, template: str, title: str, status: int = 200, **context: Any) -> HttpResponse:
    """Answer with a page of the desk."""
    return TemplateResponse(
        request,
        f"admin/desk/{template}",
        {**admin.site.each_context(request), "title": title, **context},
        status=status,
    )


def attempt(request: HttpRequest, act: Callable[[], HttpResponse]) -> HttpResponse | None:
    """Do something in a transaction; where it is refused, tell why and return None: nothing was changed."""
    try:
        with transaction.atomic():
            return act()
    except CurationError as error:
        messages.error(request, str(error))
        return None


def number(text: str | None) -> int | None:
    """Return a whole number that a database column can hold, or None."""
    text = (text or "").strip()
    return int(text) if text.isdecimal() and len(text) <= 18 else None


def numbers(texts: list[str]) -> list[int]:
    """Return those of *texts* that are whole numbers."""
    return [found for text in texts if (found := number(text)) is not None]
