"""All parties, and the page of one."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.views.decorators.http import require_safe

from claims import timelines
from claims.models import Party
from claims.views.paging import of_demonstration, page_of


@require_safe
def parties(request: HttpRequest) -> HttpResponse:
    """All parties by name."""
    page = page_of(request, timelines.with_figures(timelines.public_parties()), 120)
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
    page = page_of(request, timelines.with_parts(timelines.party_claims(found, show)), 30)
    entries = timelines.as_entries(page.object_list)
    context = {
        "party": found,
        "names": [alias.name for alias in found.aliases.all() if alias.name != found.name],
        "corrections": timelines.corrections_of(found),
        "figures": timelines.party_figures(found),
        "show": show,
        "page": page,
        "entries": entries,
        "disputes": timelines.party_disputes(found)[:20],
        "opposite": timelines.opposite(found),
        "systems": timelines.public_systems().filter(maker=found)[:20],
        "demonstration": of_demonstration(entries),
    }
    return render(request, "party.html", context)
