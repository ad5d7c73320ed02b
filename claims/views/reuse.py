"""What others put on their own pages: citations, cards, and timelines in frames (https://oembed.com)."""

import hashlib
import re
from datetime import date
from http import HTTPStatus
from urllib.parse import urlsplit

from csp.decorators import csp_replace
from django.conf import settings
from django.core.cache import cache
from django.core.paginator import InvalidPage
from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect, JsonResponse
from django.shortcuts import render
from django.urls import Resolver404, resolve, reverse
from django.utils import timezone
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_safe
from lxml import etree

from claims import cards, citations, timelines
from claims.models import Claim, Dispute
from claims.views.paging import page_number
from tracker.news.links import UNWRITABLE

FRAME_WIDTH, FRAME_HEIGHT = 640, 560


def _dispute(slug: str) -> Dispute:
    try:
        return timelines.find_dispute(slug)
    except Dispute.DoesNotExist:
        raise Http404("no public dispute") from None


def _claim(pk: int) -> Claim:
    try:
        return timelines.find_claim(pk)
    except Claim.DoesNotExist:
        raise Http404("no public claim") from None


def _note(demonstration: bool) -> str:
    return "demonstration data" if demonstration else ""


@require_safe
def cite_dispute(request: HttpRequest, slug: str, form: str) -> HttpResponse:
    """A citation of a dispute."""
    dispute = _dispute(slug)
    changed = timelines.dispute_figures([dispute])[dispute.pk].changed_at
    url, today = settings.SITE_URL + dispute.get_absolute_url(), timezone.localdate()
    changed_on = changed.date() if changed else today
    demonstration = timelines.overview(dispute).demonstration
    cited = citations.Citation(
        f"dispute-{dispute.slug}", dispute.title, url, settings.SITE_NAME, changed_on, today, _note(demonstration)
    )
    return _cite(cited, form)


@require_safe
def cite_claim(request: HttpRequest, pk: int, form: str) -> HttpResponse:
    """A citation of a claim; 410 for one that was retracted."""
    try:
        claim = _claim(pk)
    except timelines.Retracted:
        gone = _("This claim was retracted.") + "\n"
        return HttpResponse(gone, content_type="text/plain; charset=utf-8", status=HTTPStatus.GONE)
    (entry,) = timelines.as_entries([claim])
    url, today = settings.SITE_URL + claim.get_absolute_url(), timezone.localdate()
    changed: date = claim.changed_at.date() if claim.changed_at else today
    cited = citations.Citation(
        f"claim-{claim.pk}", claim.statement, url, settings.SITE_NAME, changed, today, _note(entry.demonstration)
    )
    return _cite(cited, form)


def _cite(cited: citations.Citation, form: str) -> HttpResponse:
    if form not in citations.FORMS:
        raise Http404("a citation is .bib, .ris, .json or .txt")
    response = HttpResponse(citations.WRITERS[form](cited), content_type=citations.TYPES[form])
    if form in ("bib", "ris"):
        response["Content-Disposition"] = f'attachment; filename="{cited.key}.{form}"'
    return response


@require_safe
def card(request: HttpRequest, slug: str) -> HttpResponse:
    """The picture of a dispute, drawn once for what it says and known by an ETag."""
    dispute = _dispute(slug)
    figures = timelines.dispute_figures([dispute])[dispute.pk]
    parts = [
        ngettext("%(n)d allegation", "%(n)d allegations", figures.allegations) % {"n": figures.allegations},
        ngettext("%(n)d answer", "%(n)d answers", figures.answers) % {"n": figures.answers},
        ngettext("%(n)d source", "%(n)d sources", figures.sources) % {"n": figures.sources},
    ]
    warning = _("Demonstration") if dispute.demonstration else ""
    said = cards.Card(dispute.title, " · ".join(parts), settings.SITE_NAME, warning)
    key = hashlib.sha256(repr((cards.FORMAT, said)).encode()).hexdigest()[:32]
    response = get_conditional_response(request, etag=f'"{key}"')
    if response is None:
        body = cache.get_or_set(f"card:{key}", lambda: cards.draw(said), 86_400)
        response = HttpResponse(body, content_type="image/png")
    response["ETag"] = f'"{key}"'
    patch_cache_control(response, public=True, max_age=3600)
    return response


@require_safe
@xframe_options_exempt
@csp_replace({"frame-ancestors": ["*"]})  # type: ignore[arg-type] # typed for views without arguments
def frame_dispute(request: HttpRequest, slug: str) -> HttpResponse:
    """A dispute's timeline as it stands in other people's pages: no cookie, no script, nothing of anybody else's."""
    dispute = _dispute(slug)
    if dispute.slug != slug:
        return HttpResponsePermanentRedirect(reverse("frame-dispute", args=[dispute.slug]))
    try:
        timeline = timelines.timeline(dispute, page_number(request), timelines.NEWEST_FIRST)
    except InvalidPage:
        raise Http404("no such page of the dispute") from None
    overview = timelines.overview(dispute)
    context = {
        "title": dispute.title,
        "address": settings.SITE_URL + dispute.get_absolute_url(),
        "items": timeline.items,
        "page": timeline.page,
        "demonstration": overview.demonstration,
    }
    return render(request, "frame.html", context)


@require_safe
def oembed(request: HttpRequest) -> HttpResponse:
    """Tell how an address of this site is put into another page (oEmbed 1.0)."""
    form = request.GET.get("format", "json")
    if form not in ("json", "xml"):
        return JsonResponse({"error": "format is json or xml."}, status=HTTPStatus.NOT_IMPLEMENTED)
    path = urlsplit(request.GET.get("url", "")).path
    try:
        match = resolve(re.sub(r"[^\x21-\x7e]", "", path))
    except Resolver404:
        raise Http404("no such page here") from None
    if not request.GET.get("url", "").startswith(f"{settings.SITE_URL}/") or match.url_name != "dispute":
        raise Http404("only the page of a dispute can be put into another page")
    dispute = _dispute(match.kwargs["slug"])
    width = min(_size(request, "maxwidth", FRAME_WIDTH), FRAME_WIDTH)
    height = min(_size(request, "maxheight", FRAME_HEIGHT), FRAME_HEIGHT)
    address = settings.SITE_URL + reverse("frame-dispute", args=[dispute.slug])
    told: dict[str, str | int] = {
        "version": "1.0",
        "type": "rich",
        "title": dispute.title,
        "provider_name": settings.SITE_NAME,
        "provider_url": f"{settings.SITE_URL}/",
        "cache_age": 3600,
        "html": format_html(
            '<iframe src="{}" width="{}" height="{}" title="{}" loading="lazy"></iframe>',
            *(address, width, height, dispute.title),
        ),
        "width": width,
        "height": height,
        "thumbnail_url": settings.SITE_URL + reverse("dispute-card", args=[dispute.slug]),
        "thumbnail_width": cards.WIDTH,
        "thumbnail_height": cards.HEIGHT,
    }
    answer = _as_xml(told) if form == "xml" else JsonResponse(told)
    answer["Access-Control-Allow-Origin"] = "*"
    return answer


def _as_xml(told: dict[str, str | int]) -> HttpResponse:
    """Return what is told as oEmbed writes it in XML (§2.3.4): an element a value, HTML as its text."""
    root = etree.Element("oembed")
    for name, value in told.items():
        # A title may hold what XML cannot.
        etree.SubElement(root, name).text = UNWRITABLE.sub("\ufffd", str(value))
    body = etree.tostring(root, encoding="utf-8", xml_declaration=True, standalone=True)
    return HttpResponse(body, content_type="text/xml; charset=utf-8")


def _size(request: HttpRequest, name: str, otherwise: int) -> int:
    value = request.GET.get(name, "")
    return int(value) if value.isascii() and value.isdigit() and 0 < len(value) < 6 and int(value) else otherwise
