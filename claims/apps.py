"""The judgement: what is claimed, by whom, and what people decided about it."""

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class ClaimsConfig(AppConfig):
    """Claim → Dispute."""

    name = "claims"
    verbose_name = "Judgement"

    def ready(self) -> None:
        """Register the checks of `manage.py check`, and what each migration is followed by."""
        from claims import checks  # noqa: F401

        post_migrate.connect(make_roles, sender=self)
        post_migrate.connect(remember, sender=self)


def make_roles(**kwargs: Any) -> None:
    """Make the groups of the staff; permissions are there by then, for this app is migrated last."""
    from claims.roles import ensure_roles

    ensure_roles()


def remember(**kwargs: Any) -> None:
    """Let the triggers of the history be on every table of judgement."""
    from claims.history import ensure_history

    ensure_history()
