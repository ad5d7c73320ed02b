"""Addresses of the public site."""

from django.contrib.sitemaps import views as sitemap_views
from django.urls import URLPattern, URLResolver, path

from claims import feeds
from claims.api import api, page
from claims.sitemaps import SITEMAPS
from claims.views import (
    claims,
    data,
    disputes,
    home,
    information,
    memory,
    parties,
    search,
    service,
    short,
    sources,
    statistics,
    subjects,
)

urlpatterns: list[URLPattern | URLResolver] = [
    path("", home.home, name="home"),
    path("changes/", home.changes, name="changes"),
    path("disputes/", disputes.disputes, name="disputes"),
    path("disputes/<slug:slug>/", disputes.dispute, name="dispute"),
    path("disputes/<slug:slug>/feed.<str:form>", feeds.dispute_feed, name="dispute-feed"),
    path("claims/<int:pk>/", claims.claim, name="claim"),
    path("parties/", parties.parties, name="parties"),
    path("parties/<slug:slug>/", parties.party, name="party"),
    path("parties/<slug:slug>/feed.<str:form>", feeds.party_feed, name="party-feed"),
    path("sources/<int:pk>/", sources.source, name="source"),
    path("pairs/<slug:one>/<slug:other>/", subjects.pair, name="pair"),
    path("systems/", subjects.systems, name="systems"),
    path("systems/<slug:slug>/", subjects.system, name="system"),
    path("topics/", subjects.topics, name="topics"),
    path("topics/<slug:slug>/", subjects.topic, name="topic"),
    path("outlets/", sources.outlets, name="outlets"),
    path("outlets/<slug:slug>/", sources.outlet, name="outlet"),
    path("search/", search.search, name="search"),
    path("search/suggest.json", search.suggest, name="suggest"),
    path("statistics/", statistics.statistics, name="statistics"),
    path("statistics/<slug:name>.csv", statistics.table, name="statistics-table"),
    path("history/", memory.history, name="history"),
    path("history/head.json", memory.head, name="history-head"),
    path("history/<str:day>.json", memory.head, name="history-head-of"),
    path("about/", information.about, name="about"),
    path("feeds/", information.feeds, name="feeds"),
    path("feeds/all.<str:form>", feeds.all_feed, name="all-feed"),
    path("data/", data.page, name="data"),
    path("data/<str:name>", data.file, name="data-file"),
    path("api/", page.page, name="api-page"),
    path("api/v1/", api.urls),
    path("c/<int:pk>", short.claim, name="short-claim"),
    path("d/<int:pk>", short.dispute, name="short-dispute"),
    path("p/<int:pk>", short.party, name="short-party"),
    path("robots.txt", service.robots, name="robots"),
    path("healthz", service.healthz, name="healthz"),
    path(
        "sitemap.xml",
        sitemap_views.index,
        {"sitemaps": SITEMAPS, "sitemap_url_name": "sitemap-section"},
        name="sitemap",
    ),
    path("sitemap-<section>.xml", sitemap_views.sitemap, {"sitemaps": SITEMAPS}, name="sitemap-section"),
]
