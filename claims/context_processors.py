"""What every template may say about the site."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def site(request: HttpRequest) -> dict[str, Any]:
    """Return the site's name and address for every template."""
    return {"site_name": settings.SITE_NAME, "site_url": settings.SITE_URL, "follow_by_mail": settings.FOLLOW_BY_MAIL}
