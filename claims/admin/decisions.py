"""The memory of judgement, and the extractor's runs: to be read, never written here."""

import json
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from claims import history
from claims.models import AuditEvent, Decision, Dispute, Extraction, HistoryHead, Party, System, Topic
from tracker.adminsite import ReadOnlyAdmin


class SubjectFilter(admin.SimpleListFilter):
    """What was decided on. The values are named here: to ask for them would read every decision there is."""

    title, parameter_name = "subject", "subject"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Return the nouns of judgement."""
        return [(noun, noun) for noun in sorted(history.JUDGEMENT)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Return the rows about what was chosen."""
        return queryset.filter(subject=self.value()) if self.value() else queryset


class TableFilter(admin.SimpleListFilter):
    """Which remembered table an event is of."""

    title, parameter_name = "table", "table"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Return the tables."""
        return [(table, table) for table in history.remembered_tables()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Return the events of the table that was chosen."""
        return queryset.filter(table_name=self.value()) if self.value() else queryset


# Fields whose recorded values are keys of rows.
TABLES: dict[str, Any] = {
    "claimant_id": Party,
    "co_claimants": Party,
    "targets": Party,
    "topics": Topic,
    "systems": System,
    "disputes": Dispute,
}


@admin.register(Decision)
class DecisionAdmin(ReadOnlyAdmin):
    """Who decided what, when and why."""

    list_display = ("number", "made_at", "actor", "verb", "about", "short_reason")
    list_filter = ("made_at", "verb", SubjectFilter, "actor")
    list_select_related = ("actor",)
    search_fields = ("reason", "=subject_id", "actor__username")
    show_full_result_count = False
    fields = ("number", "verb", "about", "actor", "made_at", "reason", "changed", "previous", "hash")
    readonly_fields = fields

    @admin.display(description="about")
    def about(self, decision: Decision) -> SafeString | str:
        """Return what was decided on, with a link to it."""
        name = decision.thing
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
        return _as_lines(decision.before, decision.after)


def _as_lines(before: Any, after: Any) -> SafeString:
    lines = [f"{name}: {_named(name, old)} → {_named(name, new)}" for name, old, new in differences(before, after)]
    return format_html('<pre class="desk-diff">{}</pre>', "\n".join(lines)) if lines else format_html("–")


def differences(before: Any, after: Any) -> list[tuple[str, Any, Any]]:
    """Return the fields that differ between two records of a row, each with what it was and what it became."""
    before, after = before or {}, after or {}
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


@admin.register(AuditEvent)
class AuditEventAdmin(ReadOnlyAdmin):
    """Every row of judgement that came, changed or went, as the database recorded it."""

    list_display = ("number", "at", "actor", "operation", "table_name", "row_id", "claim_link", "came_by")
    list_filter = ("at", "operation", TableFilter, "actor")
    list_select_related = ("actor",)
    search_fields = ("=claim", "=row_id")
    show_full_result_count = False
    fields = (
        *("number", "at", "actor", "operation", "table_name", "row_id", "claim_link", "came_by"),
        *("transaction", "what", "redaction", "previous", "hash"),
    )
    readonly_fields = fields

    @admin.display(description="claim")
    def claim_link(self, event: AuditEvent) -> SafeString | str:
        """Return a link to the claim that the row belongs to."""
        if event.claim is None:
            return "–"
        return format_html('<a href="{}">{}</a>', reverse("admin:desk_claim", args=[event.claim]), event.claim)

    @admin.display(description="came by")
    def came_by(self, event: AuditEvent) -> str:
        """Return the road: the request, else the program and the database's user."""
        road = event.road
        return str(road.get("path") or " as ".join(filter(None, (road.get("program"), road.get("database_user")))))

    @admin.display(description="changed")
    def what(self, event: AuditEvent) -> SafeString:
        """Return the columns that differ between before and after, a line each."""
        return _as_lines(event.before, event.after)


@admin.register(HistoryHead)
class HistoryHeadAdmin(ReadOnlyAdmin):
    """The heads that were published, a day each."""

    list_display = ("day", "published_at", "decision_number", "decision_hash", "event_number", "event_hash")
    show_full_result_count = False


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
