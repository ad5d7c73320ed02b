"""A claim by hand: from the address of a page, or from text that an editor pastes. Then the desk's own screen."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse

from claims import curation
from claims.admin.highlight import locate
from claims.admin.pages import attempt, need, number, show
from claims.admin.text import exactly
from claims.curation import ClaimChanges, CurationError
from claims.models import Kind
from tracker.news import subscriptions
from tracker.news.models import Article, Outlet, Reading

LONGEST_TEXT = 200_000


class SourceForm(forms.Form):
    """Where the claim stands: an address alone is fetched; with a text, the text is kept as it was pasted."""

    url = forms.URLField(
        label="Address of the page", required=False, max_length=2000, assume_scheme="https",
        widget=forms.URLInput({"placeholder": "https://", "autocomplete": "off"}),
    )  # fmt: skip
    text = forms.CharField(
        label="or its text, pasted", required=False, max_length=LONGEST_TEXT, strip=False,
        widget=forms.Textarea({"rows": 10, "dir": "auto"}),
    )  # fmt: skip
    title = forms.CharField(label="Title of the pasted text", required=False, max_length=500)
    outlet = forms.ModelChoiceField(Outlet.objects.all(), label="Who published it", required=False)
    language = forms.CharField(label="Its language", required=False, max_length=20, initial="en")

    def clean(self) -> dict[str, Any]:
        """Ask for an address, or for a text with who published it under which title."""
        data: dict[str, Any] = super().clean() or {}
        if not data.get("text", "").strip():
            if not data.get("url") and "url" not in self.errors:
                self.add_error("url", "An address or a text: a claim needs a source.")
            return data
        for field, words in (("title", "Which title does it have?"), ("outlet", "Who published it?")):
            if not data.get(field):
                self.add_error(field, words)
        return data


def urls() -> list[URLPattern]:
    """Return the addresses of the screens."""
    view = admin.site.admin_view
    return [
        path("desk/write/", view(write_view), name="desk_write"),
        path("desk/articles/<int:pk>/", view(article_view), name="desk_article"),
    ]


def write_view(request: HttpRequest) -> HttpResponse:
    """Take a source, and go on to its text."""
    need(request, "add_claim")
    form = SourceForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        if data["text"].strip():
            article = subscriptions.paste(
                data["text"], data["title"], data["outlet"], url=data["url"], language=data["language"] or "en"
            )
        else:
            article = subscriptions.add_page(data["url"])
        return HttpResponseRedirect(reverse("admin:desk_article", args=[article.pk]))
    return show(request, "write.html", "Write a claim by hand", status=422 if form.errors else 200, form=form)


def article_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the newest text of an article; the words that state a claim become a draft."""
    user = need(request, "add_claim")
    article = get_object_or_404(Article.objects.select_related("outlet"), pk=pk)
    reading = Reading.objects.filter(snapshot__article=article).select_related("snapshot").order_by("-pk").first()
    words = request.POST.get("words", "").replace("\r\n", "\n").strip()
    if request.method == "POST" and reading is not None:

        def act() -> HttpResponse:
            start, end = number(request.POST.get("start")), number(request.POST.get("end"))
            if start is None or end is None or reading.text[start:end].split() != words.split():
                place = locate(reading.text, words, 0)
                if place is None:
                    raise CurationError(f"The text does not hold these words: “{words[:200]}”.")
                start, end = place, place + len(words)
            draft = curation.write(reading, start, end, Kind.ALLEGATION, user, ClaimChanges())
            messages.success(request, "A draft over these words: say who claims what.")
            return HttpResponseRedirect(reverse("admin:desk_claim", args=[draft.pk]))

        if answer := attempt(request, act):
            return answer
    return show(
        request,
        "article.html",
        str(article),
        status=409 if request.method == "POST" else 200,
        article=article,
        reading=reading,
        text=exactly(reading.text) if reading else "",
        words=words,
        failed=article.last_error if reading is None and article.due_at is None else "",
    )
