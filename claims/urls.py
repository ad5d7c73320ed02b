"""Addresses of the public site."""

from django.contrib.sitemaps import views as sitemap_views
from django.urls import URLPattern, path

from claims import feeds
from claims.sitemaps import SITEMAPS
from claims.views import claims, disputes, home, information, parties, search, service, sources

urlpatterns: list[URLPattern] = [
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
    path("outlets/<slug:slug>/", sources.outlet, name="outlet"),
    path("search/", search.search, name="search"),
    path("about/", information.about, name="about"),
    path("feeds/", information.feeds, name="feeds"),
    path("feeds/all.<str:form>", feeds.all_feed, name="all-feed"),
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
