"""Disputes and the events that editors add to their timelines."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from claims.admin.base import RecordedAdmin
from claims.models import Dispute, Event

if TYPE_CHECKING:
    EventStacked = admin.StackedInline[Event, Dispute]
else:
    EventStacked = admin.StackedInline


class EventInline(EventStacked):
    """Dated entries of the editors' own, with their sources."""

    model = Event
    extra = 0
    autocomplete_fields = ("sources",)
    fields = (("on", "precision"), "text", "sources")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Allow it to those who may change the dispute: the decision keeps the old events."""
        return self.has_change_permission(request, obj)


@admin.register(Dispute)
class DisputeAdmin(RecordedAdmin):
    """Disputes with their events; claims are put into them at the desk."""

    inlines = (EventInline,)
    list_display = ("title", "published_claims", "waiting_drafts", "demonstration", "merged_into")
    list_filter = ("topics", "demonstration")
    list_select_related = ("merged_into",)
    search_fields = ("title", "summary")
    ordering = ("title",)
    autocomplete_fields = ("topics", "systems", "articles")
    fields = ("title", "slug", "summary", "topics", "systems", "articles", "demonstration", "merged_into", "its_drafts")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Dispute]:
        """Return the disputes with the counts that the list shows."""
        rows: QuerySet[Dispute] = super().get_queryset(request)
        return rows.annotate(
            published=Count("claims", filter=Q(claims__state="published"), distinct=True),
            waiting=Count("claims", filter=Q(claims__state="draft"), distinct=True),
        )

    @admin.display(description="published claims", ordering="published")
    def published_claims(self, dispute: Any) -> int:
        """Return how many claims of the dispute are public."""
        return int(dispute.published)

    @admin.display(description="waiting drafts", ordering="waiting")
    def waiting_drafts(self, dispute: Any) -> SafeString | str:
        """Return how many drafts may belong to the dispute, with a link to them."""
        if not dispute.waiting:
            return "0"
        return format_html('<a href="{}?dispute={}">{}</a>', reverse("admin:desk"), dispute.pk, dispute.waiting)

    @admin.display(description="Drafts that may belong to it")
    def its_drafts(self, dispute: Any) -> SafeString | str:
        """Return a link to the desk, filtered."""
        if dispute.pk is None:
            return "–"
        url = reverse("admin:desk")
        return format_html('<a href="{}?dispute={}">{} on the review desk</a>', url, dispute.pk, dispute.waiting)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Return the fields that stay: an address that was public once is kept."""
        return ("slug", "merged_into", "its_drafts") if obj else ("merged_into", "its_drafts")

    def get_prepopulated_fields(self, request: HttpRequest, obj: Any = None) -> dict[str, Sequence[str]]:
        """Make the address from the title, once."""
        return {} if obj else {"slug": ("title",)}
