"""Which admin site `django.contrib.admin` serves."""

from django.contrib.admin.apps import AdminConfig


class TrackerAdminConfig(AdminConfig):
    """Django's admin, with the tracker's own site in its place."""

    default_site = "tracker.adminsite.TrackerAdminSite"
