"""The staff's access as an application: its admin, commands and system checks."""

from django.apps import AppConfig


class AccessConfig(AppConfig):
    """Second factor, sessions, lockout."""

    name = "tracker.access"
    verbose_name = "Access"
