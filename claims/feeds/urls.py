"""Addresses of the feeds: one of each channel, and its archives."""

from django.urls import URLPattern, path

from claims.feeds.calendar import calendar
from claims.feeds.views import feed

# A channel's feed stands beside its page; {} is where the form, or an archive's number, comes in.
PLACES = {
    "all": "feeds/all{}",
    "corrections": "corrections/feed{}",
    "dispute": "disputes/<slug:slug>/feed{}",
    "party": "parties/<slug:slug>/feed{}",
    "pair": "pairs/<slug:slug>/<slug:other>/feed{}",
    "system": "systems/<slug:slug>/feed{}",
    "topic": "topics/<slug:slug>/feed{}",
    "outlet": "outlets/<slug:slug>/feed{}",
    "kind": "feeds/kind/<slug:slug>{}",
    "search": "search/feed{}",
}

urlpatterns: list[URLPattern] = [
    made
    for sort, place in PLACES.items()
    for made in (
        path(place.format(".<str:form>"), feed, {"sort": sort}, name=f"{sort}-feed"),
        path(place.format("/archive-<int:part>.<str:form>"), feed, {"sort": sort}, name=f"{sort}-archive"),
    )
]
urlpatterns += [
    path("feeds/events.ics", calendar, name="all-calendar"),
    path("disputes/<slug:slug>/events.ics", calendar, name="dispute-calendar"),
]
