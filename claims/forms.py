"""What editors fill in: the fields of a claim, and why a draft is put aside.

Names are typed as people write them and resolved by the parties' aliases; a name that is not known, or that
several parties have, is refused with a sentence that names it. Whether a claim may be published is not decided
here but by `claims.curation`.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.db import models
from django.db.models import Q

from claims.curation import ClaimChanges
from claims.models import (
    Alias,
    Claim,
    Dispute,
    Kind,
    Mention,
    Party,
    Precision,
    State,
    Step,
    System,
    Topic,
)
from claims.wording import fold

REJECTIONS = {
    "background": "Background, description or speculation: nobody in particular claims it",
    "off-topic": "Not part of a dispute over AI",
    "misread": "Misread: the text does not say this",
    "fragment": "A fragment: the words make no claim without their neighbours",
    "claimant": "Nobody can be named as claimant",
    "private": "It would expose a private person",
}
BETWEEN_NAMES = ";"
# What a claimant may be looked for among when it answers or is merged: claims that people or the machine stand by.
OPEN_STATES = (State.DRAFT, State.PUBLISHED)


class ClaimForm(forms.Form):
    """The judged fields of a claim. Beside a choice of rows, names can be typed: `claimant_name` and the like."""

    kind = forms.ChoiceField(choices=Kind)
    claimant = forms.ModelChoiceField(Party.objects.standing(), required=False)
    claimant_name = forms.CharField(required=False, max_length=200)
    co_claimants = forms.ModelMultipleChoiceField(Party.objects.standing(), required=False)
    co_claimants_name = forms.CharField(required=False, max_length=1000)
    targets = forms.ModelMultipleChoiceField(Party.objects.standing(), required=False)
    targets_name = forms.CharField(required=False, max_length=1000)
    statement = forms.CharField(
        label="Public sentence",
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 4, "aria-describedby": "statement-help"}),
    )
    on = forms.DateField(label="Date", required=False, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"))
    precision = forms.ChoiceField(choices=Precision, required=False)
    until = forms.DateField(
        label="Last day", required=False, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )
    hedged = forms.BooleanField(label="The source itself marks it as unproven", required=False)
    topics = forms.ModelMultipleChoiceField(Topic.objects.all(), required=False)
    systems = forms.ModelMultipleChoiceField(System.objects.all(), required=False)
    systems_name = forms.CharField(required=False, max_length=1000)
    disputes = forms.ModelMultipleChoiceField(Dispute.objects.filter(merged_into=None), required=False)
    disputes_name = forms.CharField(required=False, max_length=1000)
    answers = forms.ModelMultipleChoiceField(Claim.objects.filter(state__in=OPEN_STATES), required=False)

    def clean(self) -> dict[str, Any]:
        """Resolve the names that were typed; a claimant that was typed takes the place of the one chosen."""
        data: dict[str, Any] = super().clean() or {}
        if name := data.get("claimant_name"):
            data["claimant"] = self._one("claimant_name", name, _parties(name))
        fields = {"co_claimants": _parties, "targets": _parties, "systems": _systems, "disputes": _disputes}
        for field, find in fields.items():
            typed = _names(data.get(f"{field}_name", ""))
            found = [self._one(f"{field}_name", name, find(name)) for name in typed]
            chosen = list(data.get(field) or ())
            data[field] = chosen + [row for row in found if row is not None and row not in chosen]
        # Who leads is not named twice.
        data["co_claimants"] = [party for party in data["co_claimants"] if party != data.get("claimant")]
        data["precision"] = data.get("precision") or Precision.DAY
        problem = range_problem(data.get("on"), data["precision"], data.get("until"))
        if problem:
            self.add_error("until", problem)
        return data

    def _one(self, field: str, name: str, found: Iterable[models.Model]) -> models.Model | None:
        rows = list(found)
        if len(rows) == 1:
            return rows[0]
        noun = {"systems_name": "system", "disputes_name": "dispute"}.get(field, "party")
        if rows:
            several = ", ".join(str(row) for row in rows)
            self.add_error(field, f"“{name}” could be {several}: write the full name.")
        else:
            self.add_error(field, f"No {noun} is called “{name}”.")
        return None

    def changes(self) -> ClaimChanges:
        """Return what was filled in, as `claims.curation` takes it."""
        data = self.cleaned_data
        return ClaimChanges(
            kind=data["kind"],
            claimant=data["claimant"],
            statement=" ".join(data["statement"].split()),
            on=data["on"],
            precision=data["precision"],
            until=data["until"] if data["precision"] == Precision.RANGE else None,
            hedged=data["hedged"],
            co_claimants=list(data["co_claimants"]),
            targets=list(data["targets"]),
            topics=list(data["topics"]),
            systems=list(data["systems"]),
            disputes=list(data["disputes"]),
            answers=list(data["answers"]),
            emptied=frozenset(name for name in ("claimant", "on") if data[name] is None),
        )


class StatusForm(forms.Form):
    """A dated, sourced step of a published claim against one of its targets."""

    step = forms.ChoiceField(choices=Step)
    target = forms.ModelChoiceField(Party.objects.none(), required=False, empty_label="the claim as a whole")
    source = forms.ModelChoiceField(Mention.objects.none(), empty_label=None)
    on = forms.DateField(label="Date", widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"))
    precision = forms.ChoiceField(choices=Precision)
    until = forms.DateField(
        label="Last day of a range", required=False, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )
    note = forms.CharField(label="Public note", required=False, max_length=500)
    reason = forms.CharField(label="Reason, for editors only", required=False, max_length=500)

    def __init__(self, *args: Any, claim: Claim, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        targets, sources = self.fields["target"], self.fields["source"]
        if isinstance(targets, forms.ModelChoiceField) and isinstance(sources, forms.ModelChoiceField):
            targets.queryset, sources.queryset = claim.targets.all(), claim.mentions.all()


class AskForm(forms.Form):
    """Whom to ask for a reply about a published claim, and until when."""

    party = forms.ModelChoiceField(Party.objects.none(), label="Which party", empty_label=None)
    contact = forms.CharField(label="Who is asked, and how (for editors only)", max_length=300)
    answer_by = forms.DateField(
        label="Answer hoped for by",
        required=False,
        help_text="Two weeks from now where it is left empty.",
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(self, *args: Any, claim: Claim, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        party: Any = self.fields["party"]
        party.queryset = claim.targets.all()


def range_problem(on: date | None, precision: str, until: date | None) -> str:
    """Return what is wrong with a range of dates, "" where nothing is."""
    if precision == Precision.RANGE and (on is None or until is None):
        return "A range needs its first and its last day."
    if precision == Precision.RANGE and on and until and until <= on:
        return "The last day of a range comes after its first."
    return ""


def rejection(data: Any) -> str:
    """Return the reason of a rejection in words: a common one by its key, or what was typed; both put together."""
    common = REJECTIONS.get(str(data.get("why", "")), "")
    typed = " ".join(str(data.get("reason", "")).split())
    return ". ".join(part for part in (common, typed) if part)


def _names(typed: str) -> list[str]:
    return [name for part in typed.split(BETWEEN_NAMES) if (name := " ".join(part.split()))]


def _parties(name: str) -> Iterable[Party]:
    standing = Party.objects.standing()
    exact = standing.filter(name__iexact=name)
    known = Alias.objects.filter(folded=fold(name), party__merged_into=None).values("party")
    return exact if exact.count() == 1 else standing.filter(pk__in=known)


def _systems(name: str) -> Iterable[System]:
    return System.objects.filter(Q(name__iexact=name) | Q(aliases__contains=[name])).distinct()


def _disputes(name: str) -> Iterable[Dispute]:
    standing = Dispute.objects.filter(merged_into=None)
    return standing.filter(Q(title__iexact=name) | Q(slug=name))
