"""Disputes and the events that editors add to their timelines."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.db.models import F, OuterRef, QuerySet
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from claims import curation
from claims.admin.base import RecordedAdmin, counted
from claims.models import Claim, Dispute, Event

if TYPE_CHECKING:
    EventStacked = admin.StackedInline[Event, Dispute]
    EventModelForm = forms.ModelForm[Event]
else:
    EventStacked = admin.StackedInline
    EventModelForm = forms.ModelForm


class EventForm(EventModelForm):
    """An event: somebody can look it up, and it says who says what."""

    class Meta:
        model = Event
        fields = ("dispute", "on", "precision", "until", "text", "sources")

    def clean(self) -> dict[str, Any]:
        """Tell beside each field what keeps the event from standing on a timeline."""
        data: dict[str, Any] = super().clean() or {}
        when = data.get("on"), data.get("precision", ""), data.get("until")
        for field, problem in curation.event_problems(data.get("text", ""), data.get("sources") or (), *when).items():
            if field not in self.errors:
                self.add_error(field, problem)
        return data


class EventInline(EventStacked):
    """Dated entries of the editors' own, with their sources."""

    model = Event
    form = EventForm
    extra = 0
    autocomplete_fields = ("sources",)
    fields = (("on", "precision", "until"), "text", "sources")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Allow it to those who may change the dispute: the decision keeps the old events."""
        return self.has_change_permission(request, obj)


@admin.register(Event)
class EventAdmin(RecordedAdmin):
    """All events of all disputes, to be searched; each stands in its dispute's form too."""

    list_display = ("when", "text", "dispute", "its_sources")
    list_filter = ("dispute", "precision")
    list_select_related = ("dispute",)
    search_fields = ("text", "dispute__title")
    date_hierarchy = "on"
    ordering = ("-on", "position")
    form = EventForm
    autocomplete_fields = ("dispute", "sources")
    fields = ("dispute", ("on", "precision", "until"), "text", "sources")

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Save the event with its sources through `curation.save_event`."""
        actor: Any = request.user
        curation.save_event(form.instance, form.cleaned_data["sources"], actor)

    @admin.display(description="sources")
    def its_sources(self, event: Event) -> int:
        """Return how many sources it has."""
        return event.sources.count()


@admin.register(Dispute)
class DisputeAdmin(RecordedAdmin):
    """Disputes with their events; claims are put into them at the desk."""

    inlines = (EventInline,)
    change_form_template = "admin/desk/dispute_form.html"
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
        # Counted for the disputes of the page alone, by index; what is published is counted already.
        waiting = Claim.disputes.through.objects.filter(dispute=OuterRef("pk"), claim__state="draft")
        return rows.annotate(published=Coalesce(F("tally__total"), 0), waiting=counted(waiting, "dispute"))

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        """Save the events that were written, changed or removed, each through its verb."""
        actor: Any = request.user
        formset.save(commit=False)
        for event in formset.deleted_objects:
            curation.remove_event(event, actor)
        for row in formset.forms:
            if row.has_changed() and row not in formset.deleted_forms:
                curation.save_event(row.instance, row.cleaned_data["sources"], actor)

    @admin.display(description="published claims", ordering="published")
    def published_claims(self, dispute: Any) -> int:
        """Return how many claims of the dispute are public."""
        return int(dispute.published)

    @admin.display(description="waiting drafts")
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
