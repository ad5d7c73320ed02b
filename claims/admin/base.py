"""What the admins of judgement have in common."""

from typing import Any

from django.contrib import messages
from django.db import models, transaction
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from claims import curation
from claims.curation import CurationError
from tracker.adminsite import ModelAdmin


def counted(rows: models.QuerySet[Any], by: str) -> Coalesce:
    """Return how many of *rows* there are for the row outside, which they name in column *by*, as an expression."""
    return Coalesce(models.Subquery(rows.values(by).annotate(number=models.Count("*")).values("number")), 0)


class RecordedAdmin(ModelAdmin):
    """Rows that editors write: each save is a decision, with all its relations; nothing is ever deleted."""

    save_on_top = False
    show_full_result_count = False

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        """Refuse: claims, links and history lead here. Rows are merged, not deleted."""
        return False

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        """Return what a search finds; where a row is looked up to be chosen, those merged into others are left out."""
        rows, may_repeat = super().get_search_results(request, queryset, search_term)
        if request.path == reverse("admin:autocomplete") and hasattr(self.model, "merged_into"):
            rows = rows.filter(merged_into=None)
        return rows, may_repeat

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Leave the saving to `save_related`, so that a row and its relations are one decision."""

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Save the row and what hangs on it through `curation.save`."""

        def related() -> None:
            super(RecordedAdmin, self).save_related(request, form, formsets, change)
            self.after_related(form.instance)

        actor: Any = request.user
        curation.save(form.instance, actor, related=related)

    def after_related(self, obj: Any) -> None:
        """Do what else belongs to the same decision."""

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Show the form; a refusal of `claims.curation` is told in its own words."""
        try:
            with transaction.atomic():
                response: HttpResponse = super().changeform_view(request, object_id, form_url, extra_context)
                return response
        except CurationError as error:
            messages.error(request, str(error))
            return HttpResponseRedirect(request.get_full_path())
