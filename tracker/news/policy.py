"""How this site fetches, by its settings: what every door hands down to the verbs."""

from django.conf import settings

from tracker.news.fetching import FetchPolicy


def fetch_policy() -> FetchPolicy:
    """Return the policy of this site's settings."""
    return FetchPolicy(
        user_agent=settings.USER_AGENT,
        allowed_origins=settings.FETCH_ALLOWED_ORIGINS,
        spacing=settings.FETCH_SPACING_MS / 1000,
    )
