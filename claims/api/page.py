"""The page that describes the API to people, made from the description for machines: no script of anyone's."""

import re
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_safe

from claims import timelines
from claims.api.routes import api


def _kind(schema: dict[str, Any]) -> str:
    """Return what a parameter takes, in short."""
    if "enum" in schema:
        return " | ".join(value for value in schema["enum"] if value)
    if schema.get("type") == "integer":
        low, high = schema.get("minimum"), schema.get("maximum")
        return f"{low} … {high}" if high and high < 10**6 else "number"
    return "text"


def _shown(text: str) -> SafeString:
    """Return a description as HTML: what stands between backticks, as it does for programs, is code."""
    return mark_safe(re.sub(r"`([^`]+)`", r"<code>\1</code>", str(escape(text))))  # noqa: S308 — escaped


def operations() -> list[dict[str, Any]]:
    """Return each address of the API with its parameters, as the page lists them."""
    found = []
    for path, methods in api.get_openapi_schema()["paths"].items():
        operation = methods["get"]
        parameters = [
            {
                "name": parameter["name"],
                "kind": _kind(parameter["schema"]),
                "description": _shown(parameter["schema"].get("description", parameter.get("description", ""))),
                "default": parameter["schema"].get("default", ""),
            }
            for parameter in operation.get("parameters", [])
        ]
        found.append(
            {
                "path": path,
                "id": operation["operationId"],
                "summary": operation["summary"],
                "description": _shown(operation["description"]),
                "parameters": parameters,
            }
        )
    return found


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """Show how to use the API."""
    context = {
        "operations": operations(),
        "limit": settings.API_REQUESTS_A_MINUTE,
        "demonstration": timelines.holds_demonstration(),
    }
    return render(request, "api.html", context)
