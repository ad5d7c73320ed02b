"""What a page says of how it can be followed: its feeds for programs, for people, and by mail."""

from typing import Any

from django import template
from django.conf import settings
from django.urls import reverse

from claims.models import Claim, Dispute, Party, System, Topic
from tracker.news.models import Outlet

register = template.Library()
FORMS = (
    ("rss", "RSS", "application/rss+xml"),
    ("atom", "Atom", "application/atom+xml"),
    ("json", "JSON Feed", "application/feed+json"),
)
Followed = Dispute | Party | System | Topic | Outlet


def _feeds(sort: str, slugs: tuple[str, ...], query: str = "") -> list[dict[str, str]]:
    """Return the forms of a channel's feed: name, media type, path."""
    paths = [(name, kind, reverse(f"{sort}-feed", args=[*slugs, form])) for form, name, kind in FORMS]
    return [{"name": n, "type": kind, "path": f"{path}?{query}" if query else path} for n, kind, path in paths]


def _channel(what: Followed | str, other: Party | None, query: str) -> dict[str, Any]:
    """Return what the templates need of a channel: its feeds, key and name."""
    if isinstance(what, str):
        value = query if what == "search" else ""
        return {"feeds": _feeds(what, (), query), "key": f"{what}:{value}", "name": ""}
    sort = str(what._meta.model_name)
    if other is not None and isinstance(what, Party):
        one, two = sorted((what, other), key=lambda party: party.slug)
        return {
            "feeds": _feeds("pair", (one.slug, two.slug)),
            "key": f"pair:{one.pk},{two.pk}",
            "name": f"{one} – {two}",
        }
    return {"feeds": _feeds(sort, (what.slug,)), "key": f"{sort}:{what.pk}", "name": str(what)}


@register.inclusion_tag("partials/alternates.html")
def alternates(what: Followed | str, other: Party | None = None, query: str = "") -> dict[str, Any]:
    """Return the links by which programs find the feeds of a page ("all", or a thing that has feeds)."""
    return _channel(what, other, query) | {"site_name": settings.SITE_NAME}


@register.inclusion_tag("partials/alternates.html")
def claim_alternates(claim: Claim) -> dict[str, Any]:
    """Return those of a claim's first dispute."""
    dispute = next(iter(claim.disputes.all()), None)
    return alternates(dispute) if dispute else {}


@register.inclusion_tag("partials/follow.html")
def follow(what: Followed | str, other: Party | None = None, query: str = "") -> dict[str, Any]:
    """Return a line with the feeds of something, and the way to follow it otherwise."""
    return _channel(what, other, query)


@register.inclusion_tag("partials/follow_box.html")
def follow_box(what: Followed | str) -> dict[str, Any]:
    """Return a box with the feeds of something and a form for mail."""
    calendar = reverse("dispute-calendar", args=[what.slug]) if isinstance(what, Dispute) else ""
    return _channel(what, None, "") | {"by_mail": settings.FOLLOW_BY_MAIL, "calendar": calendar}
