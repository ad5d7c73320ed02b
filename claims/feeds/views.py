"""The feeds' addresses: a channel in a form, or one of its archives; 304 to a reader that has it (RFC 9110 §13)."""

from typing import Protocol

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.utils.cache import patch_vary_headers
from django.views.decorators.cache import cache_control
from django.views.decorators.http import condition, require_safe

from claims.feeds import atom, json_feed, rss
from claims.following import channels, pages

# Raised when items are written differently, so that readers do not keep the old ones.
FORMAT = 3


class Form(Protocol):
    """A form of feeds: its media type, and what writes a document in it."""

    TYPE: str

    def write(self, document: pages.Document, site: str, hubs: list[str]) -> bytes:
        """Return the document."""


FORMS: dict[str, Form] = {"rss": rss, "atom": atom, "json": json_feed}


@require_safe
def feed(
    request: HttpRequest, form: str, sort: str, slug: str = "", other: str = "", part: int | None = None
) -> HttpResponse:
    """A channel's feed, or the archive *part* of it."""
    if form not in FORMS:
        raise Http404("a feed is .rss, .atom or .json")
    slugs = tuple(filter(None, (slug, other)))
    try:
        channel = channels.find(sort, slugs, request.GET.urlencode() if sort == "search" else "")
    except channels.NoSuchChannel:
        raise Http404("nothing public to follow here") from None
    if channel.slugs != slugs:
        return HttpResponsePermanentRedirect(channel.feed(form, part))
    site: str = settings.SITE_URL
    document = pages.current(channel, site) if part is None else pages.archive(channel, part, site)
    if document is None:
        raise Http404("no such archive")
    return _answer(request, form, document, site)


def _answer(request: HttpRequest, form: str, document: pages.Document, site: str) -> HttpResponse:
    # Which searches a change concerns nobody knows, so no hub is told of them.
    hubs: list[str] = settings.WEBSUB_HUBS if document.channel.sort != "search" else []
    # Browsers show a feed by its style sheet only where it calls itself XML.
    opened = request.headers.get("Sec-Fetch-Dest") == "document" and form != "json"
    kind = "application/xml; charset=utf-8" if opened else FORMS[form].TYPE

    @cache_control(public=True, no_cache=True)
    @condition(
        etag_func=lambda request: f'"{FORMAT}-{form}-{document.tag}{"-x" if opened else ""}"',
        last_modified_func=lambda request: document.changed_at,
    )
    def write(request: HttpRequest) -> HttpResponse:
        return HttpResponse(FORMS[form].write(document, site, hubs), content_type=kind)

    response = write(request)
    patch_vary_headers(response, ["Sec-Fetch-Dest"])
    if document.part is None:
        links = [(hub, "hub") for hub in hubs] + [(site + document.channel.feed(form), "self")]
        response["Link"] = ", ".join(f'<{address}>; rel="{relation}"' for address, relation in links)
    # Any page may read what is public.
    response["Access-Control-Allow-Origin"] = "*"
    return response
