"""A dispute's timeline as editors arrange it: what stands on one day is put in order by hand, and previewed."""

from collections import defaultdict
from datetime import date

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse

from claims import curation
from claims.admin.pages import attempt, need, show
from claims.admin.preview import preview
from claims.curation import CurationError
from claims.models import Claim, Dispute, Event

NOUNS = ("claim", "event")


def urls() -> list[URLPattern]:
    """Return the address of the screen."""
    return [path("desk/dispute/<int:pk>/timeline/", admin.site.admin_view(timeline_view), name="desk_timeline")]


def timeline_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the days of a dispute; put one in order, or show how the public would see it."""
    user, dispute = need(request, "change_dispute"), get_object_or_404(Dispute, pk=pk)
    if request.method == "POST":

        def act() -> HttpResponse:
            day, rows = _order(request)
            if request.POST.get("action") == "preview":
                arranged = lambda: curation.arrange(dispute, day, rows, user)  # noqa: E731
                return preview(request, arranged, dispute.get_absolute_url)
            curation.arrange(dispute, day, rows, user)
            messages.success(request, f"{day:%d %B %Y} is in the order that you gave.")
            return HttpResponseRedirect(f"{reverse('admin:desk_timeline', args=[pk])}#day-{day.isoformat()}")

        if answer := attempt(request, act):
            return answer
    return show(
        request,
        "timeline.html",
        f"Timeline of {dispute}",
        status=409 if request.method == "POST" else 200,
        dispute=dispute,
        days=_days(dispute),
    )


def _order(request: HttpRequest) -> tuple[date, list[curation.Row]]:
    """Return the day and its rows by the places that were filled in; rows of one place keep their order."""
    try:
        day = date.fromisoformat(request.POST.get("day", ""))
    except ValueError:
        raise CurationError("Which day is to be put in order? Nothing was changed.") from None
    found: list[tuple[int, int, curation.Row]] = []
    for order, key in enumerate(request.POST.getlist("row")):
        noun, _, number = key.partition("-")
        place = request.POST.get(f"place-{key}", "")
        if noun not in NOUNS or not number.isdecimal() or not place.isdecimal() or len(number) > 18 or len(place) > 4:
            raise CurationError(f"“{place}” is no place: write 1, 2, 3 … Nothing was changed.")
        found.append((int(place), order, (noun, int(number))))
    return day, [row for _, _, row in sorted(found)]


def _days(dispute: Dispute) -> list[tuple[date, list[tuple[int, str, Claim | Event]]]]:
    """Return each day of the timeline with what stands on it, in its order."""
    claims = Claim.objects.published().filter(disputes=dispute, on__isnull=False).select_related("claimant").in_bulk()
    events = dispute.events.filter(on__isnull=False).in_bulk()
    days: dict[date, int] = defaultdict(int)
    for row in (*claims.values(), *events.values()):
        if row.on:
            days[row.on] += 1
    return [
        (
            day,
            [
                (place, noun, claims[key] if noun == "claim" else events[key])
                for place, (noun, key) in enumerate(curation.order_of(dispute, day), start=1)
            ],
        )
        for day in sorted(days)
    ]
