"""What holds for every answer of the API, errors too: open to every origin, limited in rate, and honest about it."""

import json
from collections.abc import Callable
from http import HTTPStatus

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from claims.api import limits

PREFIX = "/api/v1/"
# Fetch, WHATWG: nothing here is secret and no cookie is read, so any page may ask.
CORS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "ETag, RateLimit, RateLimit-Policy, Retry-After",
}
PREFLIGHT = {
    "Access-Control-Allow-Methods": "GET, HEAD, OPTIONS",
    "Access-Control-Allow-Headers": "Accept, If-None-Match",
    "Access-Control-Max-Age": "86400",
    "Allow": "GET, HEAD, OPTIONS",
}


class ApiMiddleware:
    """Limits requests to the API, answers preflights and HEAD, and opens the answers to every origin."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer *request*; one that is not for the API passes through untouched."""
        if not request.path.startswith(PREFIX):
            return self.get_response(request)
        response = self._answer(request)
        for name, value in CORS.items():
            response[name] = value
        return response

    def _answer(self, request: HttpRequest) -> HttpResponse:
        if request.method == "OPTIONS":
            return HttpResponse(status=HTTPStatus.NO_CONTENT, headers=PREFLIGHT)
        client = limits.client_of(request, settings.BEHIND_PROXY, settings.SECRET_KEY, timezone.now())
        allowance = limits.use(client, settings.API_REQUESTS_A_MINUTE)
        if allowance.exceeded:
            detail = f"More than {allowance.limit} requests in a minute: wait {allowance.seconds} seconds."
            body = json.dumps({"detail": detail})
            response = HttpResponse(body, content_type="application/json", status=HTTPStatus.TOO_MANY_REQUESTS)
        else:
            # The server sends no body after HEAD; everything else is as for GET (RFC 9110 §9.3.2).
            head = request.method == "HEAD"
            if head:
                request.method = "GET"
            response = self.get_response(request)
            if head:
                request.method = "HEAD"
        allowance.tell(response)
        return response
