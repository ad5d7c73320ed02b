"""Pages that changed under a claim, and how well extractors did: what an editor has to look at again."""

import json
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ActionForm
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from claims import vigilance
from claims.models import Alert, Evaluation
from tracker.adminsite import ReadOnlyAdmin


class SettleForm(ActionForm):
    """The action to run, with a word on how the alert was dealt with."""

    note = forms.CharField(
        required=False, max_length=500, label="Note", widget=forms.TextInput({"placeholder": "what was done about it"})
    )


@admin.action(description="Settle", permissions=["settle"])
def settle(model_admin: Any, request: HttpRequest, alerts: QuerySet[Alert]) -> None:
    """Note that the chosen alerts were dealt with."""
    note, actor = " ".join(request.POST.get("note", "").split()), request.user
    done = sum(vigilance.settle(alert, actor, note) for alert in alerts)  # type: ignore[arg-type]
    messages.success(request, f"{done} alert{'' if done == 1 else 's'} settled.")
    if done < len(alerts):
        messages.warning(request, f"{len(alerts) - done} had been settled already.")


class OpenFilter(admin.SimpleListFilter):
    """Alerts by whether somebody dealt with them; those that are open first."""

    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Return the choices."""
        return [("open", "open"), ("settled", "settled")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Alert]) -> QuerySet[Alert]:
        """Return the alerts of the chosen state."""
        if self.value() is None:
            return queryset
        return queryset.filter(settled_at__isnull=self.value() == "open")


@admin.register(Alert)
class AlertAdmin(ReadOnlyAdmin):
    """Changes of pages that concern a claim's words. Settled here or at the desk."""

    list_display = ("kind", "claim_link", "source", "change_link", "raised_at", "settled_by", "note")
    list_filter = (OpenFilter, "kind")
    list_select_related = ("mention__claim__claimant", "mention__article__outlet", "settled_by", "change")
    list_display_links = None
    search_fields = ("mention__quote", "mention__claim__statement", "note")
    actions = (settle,)
    action_form = SettleForm
    show_full_result_count = False

    def has_settle_permission(self, request: HttpRequest) -> bool:
        """Allow it to those who decide on claims."""
        return request.user.has_perm("claims.change_claim")

    @admin.display(description="claim")
    def claim_link(self, alert: Alert) -> SafeString:
        """Return a link to the claim's screen at the desk."""
        url = reverse("admin:desk_claim", args=[alert.mention.claim_id])
        return format_html('<a href="{}?mention={}">{}</a>', url, alert.mention_id, alert.mention.claim)

    @admin.display(description="source")
    def source(self, alert: Alert) -> str:
        """Return whose page it is."""
        return str(alert.mention.article.outlet)

    @admin.display(description="change")
    def change_link(self, alert: Alert) -> SafeString:
        """Return a link to what the page said and says."""
        return format_html('<a href="{}">what changed</a>', reverse("admin:news_change_change", args=[alert.change_id]))


@admin.register(Evaluation)
class EvaluationAdmin(ReadOnlyAdmin):
    """Runs of extractor versions over labelled articles, with their figures."""

    list_display = ("made_at", "dataset", "extractor", "version", "articles", "labelled", "drafted", "cost")
    list_filter = ("dataset", "extractor")
    exclude = ("figures",)
    readonly_fields = ("all_figures",)
    show_full_result_count = False

    @admin.display(description="figures")
    def all_figures(self, evaluation: Evaluation) -> SafeString:
        """Return the figures as they were recorded."""
        return format_html('<pre class="desk-diff">{}</pre>', json.dumps(evaluation.figures, indent=1))
