"""The judgement: what is claimed, by whom, and what people decided about it."""

from django.apps import AppConfig


class ClaimsConfig(AppConfig):
    """Claim → Dispute."""

    name = "claims"
    verbose_name = "Judgement"

    def ready(self) -> None:
        """Register the checks of `manage.py check`."""
        from claims import checks  # noqa: F401
