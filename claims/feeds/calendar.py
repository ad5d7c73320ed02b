"""Calendars (RFC 5545, RFC 7986) of dated events, hearings and deadlines among them: of everything, and of a dispute.

What is known to a month or a year takes that whole time, and says so. A calendar program asks like a feed reader, and
gets 304 while nothing changed.
"""

import hashlib
from datetime import UTC, date, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import condition, require_safe
from icalendar import Calendar, vDuration
from icalendar import Event as CalendarEvent

from claims import timelines
from claims.following.items import line
from claims.models import Dispute, Precision
from claims.timelines import DatedEvent
from tracker.news.links import web_link

TYPE = "text/calendar; charset=utf-8"
PRODUCT = "-//AI claims tracker//Events//EN"
# How often a program need ask.
REFRESH = timedelta(hours=4)


@require_safe
def calendar(request: HttpRequest, slug: str = "") -> HttpResponse:
    """The dated events of a dispute, or of all."""
    dispute = None
    if slug:
        try:
            dispute = timelines.find_dispute(slug)
        except Dispute.DoesNotExist:
            raise Http404("no public dispute") from None
        if dispute.slug != slug:
            return HttpResponsePermanentRedirect(reverse("dispute-calendar", args=[dispute.slug]))
    events = timelines.dated_events(dispute)
    site: str = settings.SITE_URL
    body = write(events, line(dispute.title) if dispute else str(settings.SITE_NAME), site, request.path)

    @cache_control(public=True, no_cache=True)
    @condition(etag_func=lambda request: f'"{hashlib.sha256(body).hexdigest()[:32]}"')
    def answer(request: HttpRequest) -> HttpResponse:
        response = HttpResponse(body, content_type=TYPE)
        response["Access-Control-Allow-Origin"] = "*"
        return response

    return answer(request)


def write(events: list[DatedEvent], name: str, site: str, path: str) -> bytes:
    """Return *events* as a calendar with that name, found at *path*; the same events are the same bytes."""
    made = Calendar()
    made.add("prodid", PRODUCT)
    made.add("version", "2.0")
    made.add("calscale", "GREGORIAN")
    for key in ("name", "x-wr-calname"):
        made.add(key, name)
    made.add("url", site + path)
    made.add("source", site + path)
    made.add("refresh-interval", vDuration(REFRESH), parameters={"VALUE": "DURATION"})
    made.add("x-published-ttl", vDuration(REFRESH))
    for event in events:
        made.add_component(_event(event, site))
    written: bytes = made.to_ical()
    return written


def _event(dated: DatedEvent, site: str) -> CalendarEvent:
    event, dispute = dated.event, dated.event.dispute
    on = event.on
    if on is None:
        raise ValueError(f"event {event.pk} has no date")
    first, after = span(on, event.precision)
    made = CalendarEvent()
    made.add("uid", f"event-{event.pk}@{urlsplit(site).hostname}")
    moment = dated.changed_at.astimezone(UTC).replace(microsecond=0)
    made.add("dtstamp", moment)
    made.add("last-modified", moment)
    made.add("dtstart", first)
    made.add("dtend", after)
    mark = f"[{_('Demonstration')}] " if dispute.demonstration else ""
    known = "" if event.precision == Precision.DAY else f" ({line(event.when)})"
    made.add("summary", f"{mark}{line(event.text)}{known}")
    links = [link for source in event.sources.all() if (link := web_link(source.url))]
    page = f"{site}{dispute.get_absolute_url()}"
    made.add("description", "\n".join([line(dispute.title), page, *links]))
    made.add("url", page)
    made.add("categories", [line(dispute.title)])
    made.add("transp", "TRANSPARENT")
    return made


def span(on: date, precision: str) -> tuple[date, date]:
    """Return the first day of what is known, and the day after its last (RFC 5545 §3.6.1: the end is exclusive)."""
    match precision:
        case Precision.MONTH:
            first = on.replace(day=1)
            return first, (first + timedelta(days=31)).replace(day=1)
        case Precision.YEAR:
            last = date(on.year, 12, 31)
            return on.replace(month=1, day=1), last + timedelta(days=1) if last < date.max else last
    return on, on + timedelta(days=1) if on < date.max else on
