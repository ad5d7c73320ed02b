"""The staff's access as an application: its admin, commands and system checks."""

from django.apps import AppConfig


class AccessConfig(AppConfig):
    """Second factor, sessions, lockout."""

    name = "tracker.access"
    verbose_name = "Access"

    def ready(self) -> None:
        """Note when sessions begin, whichever way one logs in."""
        from tracker.access import middleware  # noqa: F401
