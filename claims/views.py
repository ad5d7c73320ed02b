"""The public pages. Each view loads by `claims.timelines` and renders; it decides nothing."""

from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.core.paginator import InvalidPage, Page, Paginator
from django.db import connection
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from claims import timelines
from claims.models import Claim, Dispute, Kind, Party
from tracker.news.models import Article, Outlet

KIND_MEANINGS = (
    (
        Kind.ALLEGATION,
        _("The claimant says that someone did wrong, caused harm, or broke a law, a licence or a promise."),
    ),
    (Kind.DENIAL, _("The claimant rejects an allegation.")),
    (
        Kind.RESPONSE,
        _("The claimant answers an allegation without denying it: explains, defends, apologises, concedes."),
    ),
    (Kind.ACTION, _("The claimant does something in the dispute: sues, fines, bans, investigates, releases, settles.")),
    (
        Kind.FINDING,
        _("The claimant concludes with authority or from evidence: a court, a regulator, a study, an inquiry."),
    ),
    (Kind.CONCERN, _("The claimant criticises, warns or asks for rules, and accuses nobody of a named wrong.")),
)
# Beyond this nobody reads on, and an offset costs what it passes over.
LAST_PAGE = 2_000


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What changed lately, the busiest disputes, and how much there is."""
    entries = timelines.as_entries(timelines.changes()[:12])
    busiest = timelines.busiest_disputes(6)
    context = {
        "entries": entries,
        "busiest": busiest,
        "counts": timelines.counts(),
        "months": timelines.months(timezone.localdate()),
        "demonstration": _demonstration(entries) or any(dispute.demonstration for dispute, _ in busiest),
    }
    return render(request, "home.html", context)


@require_safe
def changes(request: HttpRequest) -> HttpResponse:
    """Everything that changed, newest first."""
    page = _page(request, timelines.changes(), 30)
    entries = timelines.as_entries(page.object_list)
    return render(request, "changes.html", {"page": page, "entries": entries, "demonstration": _demonstration(entries)})


@require_safe
def disputes(request: HttpRequest) -> HttpResponse:
    """All disputes, busiest first."""
    page = _page(request, timelines.public_disputes().prefetch_related("topics"), 30)
    figures = timelines.dispute_figures(list(page.object_list))
    rows = [(dispute, figures[dispute.pk]) for dispute in page.object_list]
    context = {"page": page, "rows": rows, "demonstration": any(dispute.demonstration for dispute, _ in rows)}
    return render(request, "disputes.html", context)


@require_safe
def dispute(request: HttpRequest, slug: str) -> HttpResponse:
    """One dispute: who is in it, its timeline, its sources, and what is still open."""
    try:
        found = timelines.find_dispute(slug)
    except Dispute.DoesNotExist:
        raise Http404("no public dispute") from None
    if found.slug != slug:
        return HttpResponsePermanentRedirect(found.get_absolute_url())
    overview = timelines.overview(found)
    context = {
        "dispute": found,
        "figures": timelines.dispute_figures([found])[found.pk],
        "overview": overview,
        "sources": timelines.dispute_sources(found)[:40],
        "today": timezone.localdate(),
        "demonstration": overview.demonstration,
        **_dispute_entries(request, found),
    }
    return render(request, "dispute.html", context)


def _dispute_entries(request: HttpRequest, dispute: Dispute) -> dict[str, Any]:
    """Return what the page lists: the timeline by date, or each allegation with its answers beside it."""
    kinds = [kind for kind in request.GET.getlist("kind") if kind in Kind.values]
    order = request.GET.get("order", "")
    try:
        if request.GET.get("view") == "accusations":
            page, accusations = timelines.accusations(dispute, _number(request))
            return {"page": page, "accusations": accusations, "view": "accusations"}
        timeline = timelines.timeline(dispute, _number(request), order, kinds)
    except InvalidPage:
        raise Http404("no such page of the dispute") from None
    return {"page": timeline.page, "timeline": timeline, "kinds": kinds, "order": order}


@require_safe
def claim(request: HttpRequest, pk: int) -> HttpResponse:
    """One claim with every mention and step; a retracted one leaves a tombstone."""
    try:
        found = timelines.find_claim(pk)
    except Claim.DoesNotExist:
        raise Http404("no public claim") from None
    except timelines.Retracted as gone:
        return render(request, "410.html", {"claim": gone.claim}, status=HTTPStatus.GONE)
    if found.pk != pk:
        return HttpResponsePermanentRedirect(found.get_absolute_url())
    (entry,) = timelines.as_entries([found])
    page = _page(request, timelines.appearances(found), 30)
    related = [other.beside(found) for other in timelines.as_entries(timelines.linked_claims(found))]
    answers = {answered.pk for answered in entry.answers}
    context = {
        "entry": entry,
        "claim": found,
        "page": page,
        "appearances": timelines.in_context(page.object_list),
        "answered_by": [other for other in related if other.claim.pk not in answers],
        "answers": [other for other in related if other.claim.pk in answers],
        "history": timelines.history(found),
        "today": timezone.localdate(),
        "demonstration": entry.demonstration,
    }
    return render(request, "claim.html", context)


@require_safe
def parties(request: HttpRequest) -> HttpResponse:
    """All parties by name."""
    page = _page(request, timelines.with_figures(timelines.public_parties()), 120)
    return render(request, "parties.html", {"page": page, "demonstration": timelines.holds_demonstration()})


@require_safe
def party(request: HttpRequest, slug: str) -> HttpResponse:
    """One party: what it claims, how it answers, what is claimed against it."""
    try:
        found = timelines.find_party(slug)
    except Party.DoesNotExist:
        raise Http404("no public party") from None
    if found.slug != slug:
        return HttpResponsePermanentRedirect(found.get_absolute_url())
    show = request.GET.get("show", "")
    if show not in timelines.PARTY_SHOWS:
        show = ""
    page = _page(request, timelines.with_parts(timelines.party_claims(found, show)), 30)
    entries = timelines.as_entries(page.object_list)
    context = {
        "party": found,
        "names": [alias.name for alias in found.aliases.all() if alias.name != found.name],
        "figures": timelines.party_figures(found),
        "show": show,
        "page": page,
        "entries": entries,
        "disputes": timelines.party_disputes(found)[:20],
        "demonstration": _demonstration(entries),
    }
    return render(request, "party.html", context)


@require_safe
def source(request: HttpRequest, pk: int) -> HttpResponse:
    """One article: its metadata, an excerpt and a link, and the claims that it carries."""
    try:
        article = timelines.find_source(pk)
    except Article.DoesNotExist:
        raise Http404("no public source") from None
    page = _page(request, timelines.source_claims(article), 50)
    entries = timelines.as_entries(page.object_list)
    context = {
        "article": article,
        "excerpt": timelines.excerpt(article),
        "snapshots": timelines.source_snapshots(article),
        "copies": timelines.other_copies(article),
        "page": page,
        "entries": entries,
        "demonstration": article.outlet.demonstration or _demonstration(entries),
    }
    return render(request, "source.html", context)


@require_safe
def outlet(request: HttpRequest, slug: str) -> HttpResponse:
    """One outlet: its articles that carry published claims."""
    try:
        found = timelines.find_outlet(slug)
    except Outlet.DoesNotExist:
        raise Http404("no public outlet") from None
    page = _page(request, timelines.outlet_sources(found), 50)
    return render(request, "outlet.html", {"outlet": found, "page": page, "demonstration": found.demonstration})


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Search over claims, quotes, disputes and parties; every search is an address."""
    words = " ".join(request.GET.get("q", "").replace("\x00", " ").split())[: timelines.QUERY_LIMIT]
    kind = request.GET.get("kind", "")
    kind = kind if kind in Kind.values else ""
    order = "newest" if request.GET.get("order") == "newest" else ""
    context: dict[str, Any] = {"words": words, "kind": kind, "order": order}
    if words:
        try:
            found = timelines.find(words, kind=kind, order=order, number=_number(request))
        except InvalidPage:
            raise Http404("no such page of results") from None
        demonstration = _demonstration([hit.entry for hit in found.hits])
        demonstration = demonstration or any(dispute.demonstration for dispute in found.disputes)
        context |= {"found": found, "page": found.page, "demonstration": demonstration}
    else:
        busiest = timelines.busiest_disputes(6)
        context |= {"busiest": busiest, "demonstration": any(dispute.demonstration for dispute, _ in busiest)}
    return render(request, "search.html", context)


@require_safe
def about(request: HttpRequest) -> HttpResponse:
    """How it works: method, rules, contact."""
    context = {"contact_url": settings.CONTACT_URL, "version": settings.VERSION, "kinds": KIND_MEANINGS}
    return render(request, "about.html", context)


@require_safe
def feeds(request: HttpRequest) -> HttpResponse:
    """All feeds that can be followed."""
    disputes = timelines.public_disputes()[:200]
    parties = timelines.public_parties()[:300]
    demonstration = timelines.holds_demonstration()
    context = {"disputes": disputes, "parties": parties, "demonstration": demonstration}
    return render(request, "feeds.html", context)


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


def _number(request: HttpRequest) -> int:
    """Return the page number that is asked for; 404 where it is none."""
    value = request.GET.get("page", "1")
    if not (value.isascii() and value.isdigit() and len(value) < 6 and 1 <= int(value) <= LAST_PAGE):
        raise Http404("no such page")
    return int(value)


def _page(request: HttpRequest, rows: QuerySet[Any], size: int) -> Page[Any]:
    try:
        return Paginator(rows, size).page(_number(request))
    except InvalidPage:
        raise Http404("no such page") from None


def _demonstration(entries: list[timelines.Entry]) -> bool:
    return any(entry.demonstration for entry in entries)
