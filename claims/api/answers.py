"""How the API answers: only the fields asked for, an ETag over the bytes, 304 where the client has them (RFC 9110)."""

import hashlib
import json
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response, patch_cache_control


def only(record: dict[str, Any], fields: str) -> dict[str, Any]:
    """Return *record* with only *fields*, names divided by commas; with all of them where it is empty."""
    names = {name.strip() for name in fields.split(",")} - {""}
    return {name: value for name, value in record.items() if name in names} if names else record


def answer(request: HttpRequest, data: dict[str, Any]) -> HttpResponse:
    """Return *data* as JSON, or 304 where the client's copy is the same."""
    body = json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    response = HttpResponse(body, content_type="application/json; charset=utf-8")
    response["ETag"] = etag
    # A retracted claim is gone at once: a cache may keep the answer, but has to ask whether it still holds.
    patch_cache_control(response, public=True, no_cache=True)
    found: HttpResponse = get_conditional_response(request, etag=etag, response=response) or response
    return found
