"""The memory of judgement, and the extractor's runs: to be read, never written here."""

import json
from typing import Any

from django.contrib import admin
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from claims.models import Decision, Dispute, Extraction, Party, System, Topic
from tracker.adminsite import ReadOnlyAdmin

# Fields whose recorded values are keys of rows.
TABLES: dict[str, Any] = {
    "claimant_id": Party,
    "targets": Party,
    "topics": Topic,
    "systems": System,
    "disputes": Dispute,
}


@admin.register(Decision)
class DecisionAdmin(ReadOnlyAdmin):
    """Who decided what, when and why."""

    list_display = ("number", "made_at", "actor", "verb", "about", "short_reason")
    list_filter = ("verb", "subject", "actor")
    list_select_related = ("actor",)
    search_fields = ("reason", "=subject_id", "actor__username")
    date_hierarchy = "made_at"
    show_full_result_count = False
    fields = ("number", "verb", "about", "actor", "made_at", "reason", "changed", "previous", "hash")
    readonly_fields = fields

    @admin.display(description="about")
    def about(self, decision: Decision) -> SafeString | str:
        """Return what was decided on, with a link to it."""
        name = f"{decision.subject} {decision.subject_id}"
        try:
            if decision.subject == "claim":
                url = reverse("admin:desk_claim", args=[decision.subject_id])
            else:
                url = reverse(f"admin:claims_{decision.subject}_change", args=[decision.subject_id])
        except NoReverseMatch:
            return name
        return format_html('<a href="{}">{}</a>', url, name)

    @admin.display(description="reason")
    def short_reason(self, decision: Decision) -> str:
        """Return the reason's beginning."""
        return decision.reason if len(decision.reason) <= 90 else f"{decision.reason[:89]}…"

    @admin.display(description="changed")
    def changed(self, decision: Decision) -> SafeString | str:
        """Return what differs between before and after, a line a field."""
        lines = [f"{name}: {_named(name, old)} → {_named(name, new)}" for name, old, new in differences(decision)]
        return format_html('<pre class="desk-diff">{}</pre>', "\n".join(lines)) if lines else "–"


def differences(decision: Decision) -> list[tuple[str, Any, Any]]:
    """Return the fields that a decision changed, each with what it was and what it became."""
    before, after = decision.before or {}, decision.after or {}
    names = dict.fromkeys([*before, *after])
    return [(name, before.get(name), after.get(name)) for name in names if before.get(name) != after.get(name)]


def _named(field: str, value: Any) -> str:
    """Return a recorded value in words: rows by what they are called now, the rest as it was recorded."""
    keys = value if isinstance(value, list) else [value]
    if field in TABLES and keys and all(isinstance(key, int) for key in keys):
        rows = TABLES[field]._default_manager.in_bulk(keys)
        return ", ".join(str(rows.get(key, f"number {key}")) for key in keys)
    if value in (None, "", []):
        return "nothing"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


@admin.register(Extraction)
class ExtractionAdmin(ReadOnlyAdmin):
    """What an extractor version made of each reading, and what it failed at."""

    list_display = ("pk", "reading_title", "extractor", "version", "relevant", "finished_at", "attempts", "last_error")
    list_filter = ("extractor", "version", "relevant")
    search_fields = ("=reading__id", "reading__title", "last_error")
    show_full_result_count = False

    def get_queryset(self, request: Any) -> Any:
        """Return the runs without the readings' texts."""
        rows = super().get_queryset(request).select_related("reading__snapshot")
        return rows.defer("reading__text", "reading__snapshot__body_zstd")

    @admin.display(description="reading")
    def reading_title(self, extraction: Extraction) -> str:
        """Return the title of what was read."""
        return extraction.reading.title or extraction.reading.snapshot.url
