"""Addresses of the public site."""

from django.contrib.sitemaps import views as sitemap_views
from django.urls import URLPattern, path

from claims import feeds, views
from claims.sitemaps import SITEMAPS

urlpatterns: list[URLPattern] = [
    path("", views.home, name="home"),
    path("changes/", views.changes, name="changes"),
    path("disputes/", views.disputes, name="disputes"),
    path("disputes/<slug:slug>/", views.dispute, name="dispute"),
    path("disputes/<slug:slug>/feed.<str:form>", feeds.dispute_feed, name="dispute-feed"),
    path("claims/<int:pk>/", views.claim, name="claim"),
    path("parties/", views.parties, name="parties"),
    path("parties/<slug:slug>/", views.party, name="party"),
    path("parties/<slug:slug>/feed.<str:form>", feeds.party_feed, name="party-feed"),
    path("sources/<int:pk>/", views.source, name="source"),
    path("outlets/<slug:slug>/", views.outlet, name="outlet"),
    path("search/", views.search, name="search"),
    path("about/", views.about, name="about"),
    path("feeds/", views.feeds, name="feeds"),
    path("feeds/all.<str:form>", feeds.all_feed, name="all-feed"),
    path("robots.txt", views.robots, name="robots"),
    path("healthz", views.healthz, name="healthz"),
    path(
        "sitemap.xml",
        sitemap_views.index,
        {"sitemaps": SITEMAPS, "sitemap_url_name": "sitemap-section"},
        name="sitemap",
    ),
    path("sitemap-<section>.xml", sitemap_views.sitemap, {"sitemaps": SITEMAPS}, name="sitemap-section"),
]
