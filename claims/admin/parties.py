"""Parties with their names, systems and topics."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.db.models import OuterRef, QuerySet
from django.forms.models import BaseInlineFormSet
from django.http import HttpRequest

from claims import curation
from claims.admin.base import RecordedAdmin, counted
from claims.models import Alias, Claim, Party, PartyKind, System, Topic
from claims.wording import fold
from tracker.adminsite import NamedValuesFilter

if TYPE_CHECKING:
    AliasModelForm = forms.ModelForm[Alias]
    AliasBaseFormSet = BaseInlineFormSet[Alias, Party, Any]
    AliasTabular = admin.TabularInline[Alias, Party]
    PartyModelForm = forms.ModelForm[Party]
else:
    AliasModelForm = forms.ModelForm
    AliasBaseFormSet = BaseInlineFormSet
    AliasTabular = admin.TabularInline
    PartyModelForm = forms.ModelForm


class AliasForm(AliasModelForm):
    """A name of a party; the form that it is looked up by is made from it."""

    class Meta:
        model = Alias
        fields = ("name", "ambiguous")
        # A table's cells have no labels of their own.
        widgets = {
            "name": forms.TextInput({"class": "vTextField", "aria-label": "Name"}),
            "ambiguous": forms.CheckboxInput({"aria-label": "Ambiguous"}),
        }

    def clean_name(self) -> str:
        """Refuse a name that has no word in it."""
        name = " ".join(self.cleaned_data["name"].split())
        if not fold(name):
            raise forms.ValidationError(f"“{name}” has no word in it.")
        self.instance.folded = fold(name)
        return name


class AliasFormSet(AliasBaseFormSet):
    """The names of one party."""

    def add_fields(self, form: Any, index: int | None) -> None:
        """Name the tick that takes a name away."""
        super().add_fields(form, index)
        if "DELETE" in form.fields:
            form.fields["DELETE"].widget.attrs["aria-label"] = "Delete this name"

    def clean(self) -> None:
        """Refuse two names that are looked up by the same words."""
        super().clean()
        seen: dict[str, str] = {}
        for form in self.forms:
            data = getattr(form, "cleaned_data", None) or {}
            name = data.get("name", "")
            if not name or data.get("DELETE"):
                continue
            if (other := seen.setdefault(fold(name), name)) != name:
                form.add_error("name", f"Looked up by the same words as “{other}”.")
            elif list(seen.values()).count(name) and form is not self._first(name):
                form.add_error("name", f"“{name}” is there already.")

    def _first(self, name: str) -> Any:
        return next(f for f in self.forms if (getattr(f, "cleaned_data", None) or {}).get("name") == name)


class AliasInline(AliasTabular):
    """A party's names, in the party's form."""

    model = Alias
    form = AliasForm
    formset = AliasFormSet
    extra = 1

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Allow it to those who may change the party: the decision keeps the old names."""
        return self.has_change_permission(request, obj)


class PartyForm(PartyModelForm):
    """A party."""

    class Meta:
        model = Party
        fields = ("name", "slug", "kind", "description", "country", "nationality", "roles", "wikidata")

    def clean_name(self) -> str:
        """Refuse a name that is another standing party's."""
        name = " ".join(self.cleaned_data["name"].split())
        others = Alias.objects.filter(folded=fold(name), party__merged_into=None).exclude(party=self.instance.pk)
        if (known := others.select_related("party").first()) and (
            self.instance.pk is None or "name" in self.changed_data
        ):
            raise forms.ValidationError(f"“{name}” is a name of {known.party} already.")
        return name


@admin.register(Party)
class PartyAdmin(RecordedAdmin):
    """Parties. The name itself is always one that the party is found by."""

    form = PartyForm
    inlines = (AliasInline,)
    list_display = ("name", "kind", "private", "country", "claims_made", "claims_met", "merged_into")
    list_filter = ("kind", "private", ("country", NamedValuesFilter))
    list_select_related = ("merged_into",)
    search_fields = ("name", "aliases__name")
    ordering = ("name",)
    readonly_fields = ("merged_into",)
    prepopulated_fields = {"slug": ("name",)}
    change_form_template = "admin/desk/party_form.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Party]:
        """Return the parties with the counts that the list shows."""
        rows: QuerySet[Party] = super().get_queryset(request)
        # Counted for the parties of the page alone, each by index.
        made = Claim.objects.filter(claimant=OuterRef("pk")).order_by()
        met = Claim.targets.through.objects.filter(party=OuterRef("pk"))
        return rows.annotate(made=counted(made, "claimant"), met=counted(met, "party"))

    @admin.display(description="claims by it")
    def claims_made(self, party: Any) -> int:
        """Return how many claims the party makes, drafts included."""
        return int(party.made)

    @admin.display(description="claims against it")
    def claims_met(self, party: Any) -> int:
        """Return how many claims are against the party, drafts included."""
        return int(party.met)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Return the fields that stay: an address that was public once is kept."""
        if obj and obj.private:
            return ("slug", "name", "kind", "wikidata", "private", "full_name", "merged_into")
        return ("slug", "merged_into") if obj else ("merged_into",)

    def get_prepopulated_fields(self, request: HttpRequest, obj: Any = None) -> dict[str, Sequence[str]]:
        """Make the address from the name, once."""
        return {} if obj else {"slug": ("name",)}

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Save the party; a new person goes by initials until a decision says otherwise."""
        super().save_related(request, form, formsets, change)
        if not change and form.instance.kind == PartyKind.PERSON:
            actor: Any = request.user
            curation.conceal(form.instance, actor, "a person, by initials unless decided otherwise")

    def after_related(self, obj: Party) -> None:
        """Let the party be found by its own name."""
        curation.add_names(obj, [obj.full_name or obj.name])


@admin.register(System)
class SystemAdmin(RecordedAdmin):
    """Models, products, data sets and laws."""

    list_display = ("name", "kind", "maker")
    list_filter = ("kind",)
    list_select_related = ("maker",)
    search_fields = ("name", "aliases")
    autocomplete_fields = ("maker",)
    prepopulated_fields = {"slug": ("name",)}


@admin.register(Topic)
class TopicAdmin(RecordedAdmin):
    """What claims are about in general."""

    list_display = ("name", "slug")
    search_fields = ("name",)
    prepopulated_fields = {"slug": ("name",)}
