"""Redaction, for administrators: what would go is shown first, then the words go."""

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse

from claims import curation
from claims.admin.pages import attempt, need, show


class RedactForm(forms.Form):
    """Which words, on what ground, and the reason that is kept."""

    words = forms.CharField(
        label="The words, exactly", max_length=500, widget=forms.TextInput({"autocomplete": "off"}),
        help_text="Found in any case and spacing. They are written down nowhere.",
    )  # fmt: skip
    ground = forms.ChoiceField(label="Ground, public", choices=curation.GROUNDS)
    reason = forms.CharField(
        label="Reason, kept for good", max_length=500, help_text="A file number, a date; never the words themselves."
    )


def urls() -> list[URLPattern]:
    """Return the address of the screen."""
    return [path("desk/redact/", admin.site.admin_view(redact_view), name="desk_redact")]


def redact_view(request: HttpRequest) -> HttpResponse:
    """Show where the words stand; blank them when that is confirmed."""
    user = need(request, "redact")
    form = RedactForm(request.POST if request.method == "POST" else None)
    found = None
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data

        def act() -> HttpResponse:
            nonlocal found
            found = curation.find_words(data["words"])
            if request.POST.get("action") != "redact":
                return show(request, "redact.html", "Redact", form=form, found=found)
            curation.redact(data["words"], user, data["reason"], data["ground"])
            messages.success(request, f"Blanked in {found.total} rows. Their hashes stay, and the history verifies.")
            return HttpResponseRedirect(reverse("admin:desk_redact"))

        if answer := attempt(request, act):
            return answer
    return show(request, "redact.html", "Redact", 422 if request.method == "POST" else 200, form=form, found=found)
