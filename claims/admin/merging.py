"""Merging and splitting parties and disputes: shown before it is done, and taken back."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse

from claims import curation
from claims.admin.pages import attempt, need, numbers, show
from claims.admin.preview import preview
from claims.curation import CurationError
from claims.models import Claim, Decision, Dispute, Party, PartyKind, State, Verb

MODELS: dict[str, type[Party] | type[Dispute]] = {"party": Party, "dispute": Dispute}
LISTED = 200


class MergeForm(forms.Form):
    """Into which row, and why."""

    into = forms.ModelChoiceField(queryset=Party.objects.none(), label="Merge into")
    reason = forms.CharField(label="Why they are one", max_length=500, required=False)

    def __init__(self, *args: Any, row: Party | Dispute, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        into: Any = self.fields["into"]
        into.queryset = type(row)._default_manager.filter(merged_into=None).exclude(pk=row.pk)
        into.widget = forms.TextInput({"list": "others", "autocomplete": "off"})
        into.to_field_name = "slug"


class SplitForm(forms.Form):
    """What the second row is called."""

    name = forms.CharField(label="Name or title of the new one", max_length=200)
    kind = forms.ChoiceField(label="Kind of party", choices=PartyKind, required=False)
    reason = forms.CharField(label="Why they are two", max_length=500, required=False)


def urls() -> list[URLPattern]:
    """Return the addresses of the screens."""
    view = admin.site.admin_view
    return [
        path("desk/<str:noun>/<int:pk>/merge/", view(merge_view), name="desk_merge"),
        path("desk/<str:noun>/<int:pk>/split/", view(split_view), name="desk_split"),
    ]


def _row(noun: str, pk: int) -> Any:
    model: Any = MODELS.get(noun, Party)
    return get_object_or_404(model, pk=pk if noun in MODELS else 0)


def _record(noun: str, row: Party | Dispute) -> HttpResponse:
    return HttpResponseRedirect(reverse(f"admin:claims_{noun}_change", args=[row.pk]))


def merge_view(request: HttpRequest, noun: str, pk: int) -> HttpResponse:
    """Show what a merger would move, do it, show its page before, or take it back."""
    user, row = need(request, f"change_{noun}"), _row(noun, pk)
    form = MergeForm(request.POST or None, row=row)
    plan, action = None, request.POST.get("action", "")
    if action == "restore":

        def restore() -> HttpResponse:
            curation.take_back_merger(row, user, request.POST.get("reason", ""))
            messages.success(request, f"{row} stands by itself again.")
            return _record(noun, row)

        if answer := attempt(request, restore):
            return answer
    elif action and form.is_valid():
        into, reason = form.cleaned_data["into"], form.cleaned_data["reason"]

        def merge() -> HttpResponse:
            if action == "preview":
                return preview(
                    request, lambda: curation.merge_rows(row, into, user, reason), lambda: into.get_absolute_url()
                )
            curation.merge_rows(row, into, user, reason)
            messages.success(request, f"{row} is part of {into} now; its address leads there.")
            return _record(noun, into)

        if action in ("merge", "preview") and (answer := attempt(request, merge)):
            return answer
        try:
            plan = curation.plan(row, into)
        except CurationError as error:
            if action == "plan":
                messages.error(request, str(error))
    others = type(row)._default_manager.filter(merged_into=None).exclude(pk=row.pk)
    merged = Decision.objects.filter(subject=noun, subject_id=row.pk, verb=Verb.MERGE).first()
    return show(
        request,
        "merge_rows.html",
        f"Merge {row}",
        status=200 if form.is_valid() or not action else 422,
        noun=noun,
        row=row,
        form=form,
        plan=plan,
        others=others.order_by("pk")[:2000],
        merged=merged if row.merged_into_id else None,
    )


def _claims(noun: str, row: Party | Dispute) -> QuerySet[Claim]:
    about = Q(disputes=row) if noun == "dispute" else Q(claimant=row) | Q(co_claimants=row) | Q(targets=row)
    shown = Claim.objects.filter(about, state__in=(State.PUBLISHED, State.DRAFT)).distinct()
    return shown.select_related("claimant").order_by("-state", "-on", "pk")


def split_view(request: HttpRequest, noun: str, pk: int) -> HttpResponse:
    """Let some claims be another party's, or another dispute's."""
    user, row = need(request, f"change_{noun}"), _row(noun, pk)
    form = SplitForm(request.POST or None)
    chosen = numbers(request.POST.getlist("claim"))
    if request.POST and form.is_valid():
        data = form.cleaned_data
        claims = list(Claim.objects.filter(pk__in=chosen))

        def split() -> Party | Dispute:
            if isinstance(row, Dispute):
                events = list(row.events.filter(pk__in=numbers(request.POST.getlist("event"))))
                return curation.split_dispute(row, data["name"], claims, user, events=events, reason=data["reason"])
            kind, names = data["kind"] or row.kind, request.POST.getlist("alias")
            return curation.split_party(row, data["name"], kind, claims, user, names=names, reason=data["reason"])

        def act() -> HttpResponse:
            if request.POST.get("action") == "preview":
                made: list[Party | Dispute] = []
                return preview(request, lambda: made.append(split()), lambda: made[0].get_absolute_url())
            new = split()
            messages.success(request, f"{new} is a {noun} of its own now. Merging the two again takes it back.")
            return _record(noun, new)

        if answer := attempt(request, act):
            return answer
    return show(
        request,
        "split_rows.html",
        f"Split {row}",
        status=200 if form.is_valid() or not request.POST else 422,
        noun=noun,
        row=row,
        form=form,
        chosen=chosen,
        claims=_claims(noun, row)[:LISTED],
        events=row.events.all() if isinstance(row, Dispute) else [],
        aliases=row.aliases.exclude(name=row.name) if isinstance(row, Party) else [],
    )
