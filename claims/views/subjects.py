"""Pages of what claims are about and between whom: systems, topics, pairs of parties."""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from claims import timelines
from claims.models import Claim, Kind, Party, System, Topic
from claims.views.paging import of_demonstration, page_of


@require_safe
def systems(request: HttpRequest) -> HttpResponse:
    """All systems by name."""
    page = page_of(request, timelines.public_systems(), 120)
    return render(request, "systems.html", {"page": page, "demonstration": timelines.holds_demonstration()})


@require_safe
def system(request: HttpRequest, slug: str) -> HttpResponse:
    """One system: the disputes and the claims about it."""
    try:
        found = timelines.find_system(slug)
    except System.DoesNotExist:
        raise Http404("no public system") from None
    claims = timelines.system_claims(found)
    context = {"system": found, "title": found.name, "parent": ("systems", _("Systems"))}
    return _render(request, "system.html", claims, context)


@require_safe
def topics(request: HttpRequest) -> HttpResponse:
    """All topics, with how many claims each has."""
    context = {"topics": timelines.public_topics(), "demonstration": timelines.holds_demonstration()}
    return render(request, "topics.html", context)


@require_safe
def topic(request: HttpRequest, slug: str) -> HttpResponse:
    """One topic: its disputes and its claims."""
    try:
        found = timelines.find_topic(slug)
    except Topic.DoesNotExist:
        raise Http404("no public topic") from None
    context = {"topic": found, "title": found.name, "parent": ("topics", _("Topics"))}
    return _render(request, "topic.html", timelines.topic_claims(found), context)


@require_safe
def pair(request: HttpRequest, one: str, other: str) -> HttpResponse:
    """What two parties say of each other, under one address whichever is named first."""
    try:
        first, second = sorted((timelines.find_party(one), timelines.find_party(other)), key=lambda p: p.slug)
    except Party.DoesNotExist:
        raise Http404("no such public parties") from None
    claims = timelines.pair_claims(first, second)
    if first.pk == second.pk or not claims.exists():
        raise Http404("no public claims between them")
    if (first.slug, second.slug) != (one, other):
        return HttpResponsePermanentRedirect(reverse("pair", args=[first.slug, second.slug]))
    title = _("%(one)s and %(other)s") % {"one": first.name, "other": second.name}
    context = {"one": first, "other": second, "title": title, "parent": ("parties", _("Parties"))}
    return _render(request, "pair.html", claims, context)


def _render(request: HttpRequest, template: str, claims: QuerySet[Claim], context: dict[str, Any]) -> HttpResponse:
    """Render a page of *claims*, narrowed to a kind where the address says so."""
    kind = request.GET.get("kind", "")
    kind = kind if kind in Kind.values else ""
    page = page_of(request, timelines.with_parts(claims.filter(kind=kind) if kind else claims), 30)
    entries = timelines.as_entries(page.object_list)
    context |= {
        "page": page,
        "entries": entries,
        "kind": kind,
        "kinds": timelines.kinds_of(claims),
        "figures": timelines.figures_of(claims),
        "disputes": timelines.disputes_of(claims)[:20],
        "demonstration": of_demonstration(entries),
    }
    return render(request, template, context)
