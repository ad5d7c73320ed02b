"""Addresses of the site: the public pages, the feeds and the editors' desk."""

from django.contrib import admin
from django.urls import include, path

from tracker.news.views import hub_callback

urlpatterns = [
    path("admin/", admin.site.urls),
    path("websub/<str:token>/", hub_callback, name="hub-callback"),
    path("", include("claims.urls")),
]
