"""What the admins of evidence have in common."""

from typing import Any

from django.http import HttpRequest, HttpResponse

from tracker.adminsite import URLS, ModelAdmin

LONG = 120


def shortened(text: str) -> str:
    """Return *text*, cut where it is too long for a list."""
    return text if len(text) <= LONG else f"{text[: LONG - 1]}…"


def plain_text(body: bytes, name: str) -> HttpResponse:
    """Return *body* as a download that a browser neither shows nor runs, whatever it holds."""
    return HttpResponse(
        body,
        content_type="text/plain",
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": "sandbox; default-src 'none'",
        },
    )


class NeverDeleted(ModelAdmin):
    """Rows that people name and order, and that evidence hangs on."""

    show_full_result_count = False
    formfield_overrides = URLS

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse: evidence hangs on such rows."""
        return False
