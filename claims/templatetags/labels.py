"""Names of sorts, and dates, in the language of the page."""

from datetime import date, datetime
from typing import Any

from django import template
from django.utils import timezone
from django.utils.dateformat import format as format_date
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext_lazy, pgettext

from claims.models import PartyKind
from tracker.languages import is_page, split
from tracker.news.models import OutletKind

register = template.Library()

PARTY_KINDS = {
    PartyKind.COMPANY: gettext_lazy("Company"),
    PartyKind.LAB: gettext_lazy("Laboratory"),
    PartyKind.PERSON: gettext_lazy("Person"),
    PartyKind.REGULATOR: gettext_lazy("Regulator"),
    PartyKind.COURT: gettext_lazy("Court"),
    PartyKind.GOVERNMENT: gettext_lazy("Government"),
    PartyKind.LEGISLATURE: gettext_lazy("Legislature"),
    PartyKind.UNION: gettext_lazy("Union"),
    PartyKind.ASSOCIATION: gettext_lazy("Association"),
    PartyKind.NGO: gettext_lazy("Non-governmental organisation"),
    PartyKind.RESEARCH: gettext_lazy("Research group"),
    PartyKind.MEDIA: gettext_lazy("News organisation"),
    PartyKind.POLICE: gettext_lazy("Police"),
    PartyKind.UNIVERSITY: gettext_lazy("University"),
    PartyKind.GROUP: gettext_lazy("Described group"),
}
OUTLET_KINDS = {
    OutletKind.NEWSPAPER: gettext_lazy("Newspaper"),
    OutletKind.WIRE: gettext_lazy("Wire service"),
    OutletKind.COURT: gettext_lazy("Court"),
    OutletKind.REGULATOR: gettext_lazy("Regulator"),
    OutletKind.COMPANY: gettext_lazy("Company"),
    OutletKind.RESEARCH: gettext_lazy("Research group"),
    OutletKind.WATCHDOG: gettext_lazy("Watchdog"),
    OutletKind.OTHER: gettext_lazy("Other"),
}
SYSTEM_KINDS = {
    "product": gettext_lazy("Product"),
    "model": gettext_lazy("Model"),
    "dataset": gettext_lazy("Data set"),
    "law": gettext_lazy("Law"),
}


@register.filter
def party_kind(kind: str) -> str:
    """Return what sort of party it is, in words."""
    return str(PARTY_KINDS[PartyKind(kind)]) if kind in PARTY_KINDS else kind.capitalize()


@register.filter
def outlet_kind(kind: str) -> str:
    """Return what sort of outlet it is, in words."""
    return str(OUTLET_KINDS[OutletKind(kind)]) if kind in OUTLET_KINDS else kind.capitalize()


@register.filter
def system_kind(kind: str) -> str:
    """Return what sort of system it is, in words."""
    return str(SYSTEM_KINDS.get(kind, kind.capitalize()))


@register.filter
def day(on: date | datetime | None) -> str:
    """Return a day as the language writes it: 29 January 2025."""
    return format_date(on, pgettext("date format of Django", "j F Y")) if on else ""


@register.filter
def minute(at: datetime | None) -> str:
    """Return a moment as the language writes it: 29 January 2025, 14:05 UTC."""
    return format_date(at, pgettext("date format of Django", "j F Y, H:i e")) if at else ""


@register.filter
def inline(name: str) -> str:
    """Return a noun as it stands within a sentence: English writes it small, German does not."""
    return name.lower() if (get_language() or "en").startswith("en") else name


@register.filter
def share(value: float | str | None) -> str:
    """Return a share between 0 and 1 in per cent: 0.876 → "88 %"; "–" for none."""
    # A template hands on "" where a figure is missing.
    if value is None or value == "":
        return "–"
    return f"{100 * float(value):.0f}\u00a0%"


@register.simple_tag
def moment_now() -> str:
    """Return the present moment, as `minute` writes it."""
    return minute(timezone.now())


@register.simple_tag
def own_language() -> SafeString:
    """Return the lang attribute of what editors wrote, which is English, where the page is in another language."""
    return mark_safe("" if (get_language() or "en") == "en" else ' lang="en"')  # noqa: S308 — our own words


@register.simple_tag(takes_context=True)
def in_language(context: dict[str, Any], code: str) -> str:
    """Return the address of this page in another language; "" where it has none."""
    request = context.get("request")
    # An address of nothing, or of something that is gone, has no other language.
    if request is None or "exception" in context or context.get("gone"):
        return ""
    path = split(request.path)[1]
    if not is_page(path):
        return ""
    query = request.META.get("QUERY_STRING", "")
    address = path if code == "en" else f"/{code}{path}"
    return f"{address}?{query}" if query else address
