"""The languages of the public pages: English at an address, the others at the same address after their code.

`/de/disputes/` is the German page of `/disputes/`: one address a page and language, so each can be cited, cached and
found, and no cookie is needed. What is for machines (feeds, files, the API) and the admin has one address alone.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.urls import get_script_prefix, set_script_prefix
from django.utils import translation

# Pages end with a slash; these do too and are none.
NO_PAGES = ("/admin/", "/api/v1/", "/websub/", "/static/")


def split(path: str) -> tuple[str, str]:
    """Return the language of an address and the address of the English page: "/de/about/" → ("de", "/about/")."""
    code, slash, rest = path.removeprefix("/").partition("/")
    if slash and code != settings.LANGUAGE_CODE and code in dict(settings.LANGUAGES):
        return code, f"/{rest}"
    return settings.LANGUAGE_CODE, path


def is_page(path: str) -> bool:
    """Whether an address is of a page that is there in every language."""
    return path.endswith("/") and not path.startswith(NO_PAGES)


@contextmanager
def speaking(code: str) -> Iterator[None]:
    """Let texts be in the language *code*, one of the site's, and `reverse` lead to the pages in it."""
    before = get_script_prefix()
    if code != settings.LANGUAGE_CODE:
        set_script_prefix(f"/{code}/")
    try:
        with translation.override(code):
            yield
    finally:
        set_script_prefix(before)


class LanguageMiddleware:
    """Takes the language off the address, and puts it before every address that the page leads to."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer in the language of the address."""
        code, path = split(request.path_info)
        if code != settings.LANGUAGE_CODE:
            if not is_page(path):
                query = request.META.get("QUERY_STRING", "")
                return HttpResponsePermanentRedirect(f"{path}?{query}" if query else path)
            request.path_info = path
        with speaking(code):
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", code)
        return response
