"""The admin site, and what the admins of evidence and judgement have in common."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.urls import URLPattern, URLResolver, path

# ModelAdmin takes its model as a parameter in the stubs alone.
if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin[Any]
else:
    ModelAdmin = admin.ModelAdmin


# What a person types without a scheme is meant to be https.
URLS: dict[Any, Any] = {models.URLField: {"assume_scheme": "https"}}


# The lists of the front page, by what editors come for; by the names of the models.
GROUPS: dict[str, tuple[str, ...]] = {
    "Desk": ("Claim", "Suggestion", "Reply", "ReplyRequest", "Alert"),
    "Timelines": ("Dispute", "Event", "Party", "System", "Topic", "Correction"),
    "Evidence": ("Outlet", "Feed", "Entry", "Article", "Snapshot", "Reading", "Change"),
    "Memory": ("Decision", "AuditEvent", "HistoryHead", "Evaluation", "Extraction"),
    "Readers": ("Mail", "Webhook", "Delivery", "Ping"),
    "People": ("User", "Group"),
}


class TrackerAdminSite(admin.AdminSite):
    """Django's admin under the tracker's name; an admin may add addresses at its top by `site_urls`."""

    site_header = settings.SITE_NAME
    site_title = settings.SITE_NAME
    index_title = "Editors' desk"
    # The width is for lists and texts; the menu in the header leads everywhere.
    enable_nav_sidebar = False

    def has_permission(self, request: HttpRequest) -> bool:
        """Allow active staff who have shown their second factor in this session."""
        from tracker.access import factors

        return super().has_permission(request) and factors.passed(request)

    def get_urls(self) -> list[URLResolver | URLPattern]:
        """Return the admin's addresses, those that its model admins add at the top first."""
        # Imported late: the admin site is made before the applications' models are.
        from tracker.access import views

        own: list[URLResolver | URLPattern] = [
            path("second-factor/", views.second_factor, name="second_factor"),
            path("second-factor/enrol/", views.enrol, name="second_factor_enrol"),
            path("second-factor/codes/", views.recovery_codes, name="second_factor_codes"),
        ]
        for model_admin in self._registry.values():
            own += getattr(model_admin, "site_urls", list)()
        return [*own, *super().get_urls()]

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """Return the lists under what an editor's day is made of (`GROUPS`), what is in none of these last."""
        apps: list[Any] = super().get_app_list(request, app_label)
        if app_label is not None:
            return apps
        models = {model["object_name"]: model for app in apps for model in app["models"]}
        found = []
        for title, names in GROUPS.items():
            own = [models.pop(name) for name in names if name in models]
            found.append({"name": title, "app_label": title.lower(), "app_url": "", "models": own})
        rest = sorted(models.values(), key=lambda model: model["name"])
        found.append({"name": "More", "app_label": "more", "app_url": "", "models": rest})
        return [group for group in found if group["models"]]


class NamedValuesFilter(admin.AllValuesFieldListFilter):
    """All values of a column, the empty one by a word that can be read and clicked."""

    def choices(self, changelist: Any) -> Iterator[Any]:
        """Yield the choices."""
        for choice in super().choices(changelist):
            yield {**choice, "display": "none given"} if choice["display"] in ("", None) else choice


class LanguageFilter(admin.SimpleListFilter):
    """English, another language, or none known. Which others there are would have to be asked of millions of rows."""

    title, parameter_name = "language", "language"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Return the choices."""
        return [("en", "English"), ("other", "another"), ("none", "none known")]

    def queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> models.QuerySet[Any]:
        """Return the rows of the language that was chosen."""
        match self.value():
            case "en":
                return queryset.filter(language__startswith="en")
            case "other":
                return queryset.exclude(language__startswith="en").exclude(language="")
            case "none":
                return queryset.filter(language="")
        return queryset


class ReadOnlyAdmin(ModelAdmin):
    """Rows that nobody edits by hand: they can be looked at, not added, changed or deleted."""

    formfield_overrides = URLS

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Refuse: such rows come from their one writer."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        """Refuse: such rows stay as they are."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        """Refuse: judgement rests on such rows."""
        return False
