"""How the public would see something, before it is done: it is done, the page is rendered, and it is taken back."""

from collections.abc import Callable

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.template.response import SimpleTemplateResponse
from django.urls import resolve

BANNER = b'<p class="notice" role="status"><strong>Preview.</strong> Nothing was changed: close this page to go on.</p>'


def preview(request: HttpRequest, act: Callable[[], object], address: Callable[[], str]) -> HttpResponse:
    """Return the public page at *address* as it would be after *act*; nothing of it stays.

    What *act* raises comes through, with nothing changed.
    """
    with transaction.atomic():
        act()
        shown = HttpRequest()
        shown.META = {key: value for key, value in request.META.items() if not key.startswith("HTTP_IF_")}
        shown.META["QUERY_STRING"] = ""
        shown.method, shown.path = "GET", address()
        shown.path_info, shown.COOKIES, shown.user = shown.path, request.COOKIES, request.user
        match = resolve(shown.path)
        shown.resolver_match = match
        response = match.func(shown, *match.args, **match.kwargs)
        if isinstance(response, SimpleTemplateResponse):
            response.render()
        content = response.content
        transaction.set_rollback(True)
    answer = HttpResponse(content.replace(b"<body>", b"<body>" + BANNER, 1), status=response.status_code)
    answer["Cache-Control"] = "no-store"
    answer["X-Robots-Tag"] = "noindex"
    return answer
