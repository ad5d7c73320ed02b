"""What the buttons of the desk do: load what was filled in, call a verb of `claims.curation`, answer."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse

from claims import curation, undoing, vigilance
from claims.admin import approvals
from claims.admin.highlight import locate
from claims.admin.preview import preview
from claims.admin.screen import Screen, address
from claims.curation import ClaimChanges, CurationError
from claims.forms import OPEN_STATES, AskForm, ClaimForm, StatusForm, rejection
from claims.models import Alert, Claim, Kind, Mention, PartyKind, State, Verb

# Fields that hold several rows and take names that are typed.
MANY = ("co_claimants", "targets", "systems", "disputes")
PUBLIC_NAMES = {"claimant": "claimant", "co_claimants": "co-claimant", "targets": "target"}


def _accept(screen: Screen, argument: str) -> HttpResponse:
    if not screen.form.is_valid():
        return screen.show(422)
    screen.check_seen()
    changes = screen.form.changes()
    if curation.accept(screen.claim, screen.user, changes=changes).verb == Verb.PROPOSE:
        _tell(screen, "propose", f"Awaits another person's approval, as you worded it: {changes.statement}")
    else:
        _tell(screen, "accept", f"Published: {changes.statement}")
    return screen.go_on()


def _save(screen: Screen, argument: str) -> HttpResponse:
    if not screen.form.is_valid():
        return screen.show(422)
    screen.check_seen()
    done = curation.edit(screen.claim, screen.user, screen.form.changes(), screen.request.POST.get("note", ""))
    if done.verb == Verb.PROPOSE:
        told = "The new wording awaits another person's approval; until then the published sentence stands."
    elif screen.claim.state == State.PUBLISHED:
        told = "Changed, and public as it stands now."
    else:
        told = "Saved; it still waits."
    _tell(screen, done.verb, told)
    return screen.stay()


def _approve(screen: Screen, argument: str) -> HttpResponse:
    screen.check_seen()
    curation.approve(screen.claim, screen.user)
    _tell(screen, "approve", "Approved, and public as it stands now.")
    return _next_approval(screen)


def _send_back(screen: Screen, argument: str) -> HttpResponse:
    screen.check_seen()
    curation.send_back(screen.claim, screen.user, " ".join(screen.request.POST.get("send_back", "").split()))
    _tell(screen, "send-back", "Sent back with your reason.")
    return _next_approval(screen)


def _next_approval(screen: Screen) -> HttpResponse:
    after = approvals.following(screen.user)
    if after is None:
        messages.info(screen.request, "Nothing else awaits your approval.")
        return HttpResponseRedirect(reverse("admin:desk_approvals"))
    return HttpResponseRedirect(reverse("admin:desk_claim", args=[after]))


def _reject(screen: Screen, argument: str) -> HttpResponse:
    data = screen.request.POST.copy()
    if argument:
        data["why"] = argument
    reason = rejection(data)
    screen.check_seen()
    curation.reject(screen.claim, screen.user, reason)
    _tell(screen, "reject", f"Rejected: {reason}")
    return screen.go_on()


def _undo(screen: Screen, argument: str) -> HttpResponse:
    """Take the newest decision on the claim back, and show it as it stands again."""
    undoing.take_back(screen.claim, screen.user)
    screen.request.session.pop("desk_last", None)
    messages.success(screen.request, "Taken back: the claim is what it was before.")
    return screen.stay()


def _into(screen: Screen, argument: str) -> Claim:
    number = argument or screen.request.POST.get("merge_into", "")
    into = Claim.objects.filter(pk=_number(number) or 0).first()
    if into is None:
        raise CurationError(f"“{number}” is no claim's number: nothing was merged.")
    return into


def _merge(screen: Screen, argument: str) -> HttpResponse:
    into = _into(screen, argument)
    screen.check_seen()
    curation.merge(screen.claim, into, screen.user)
    _tell(screen, "merge", f"Merged into claim {into.pk}: {into}")
    return screen.go_on()


def _preview_merger(screen: Screen, argument: str) -> HttpResponse:
    """Show the survivor's public page as it would be after the merger; nothing stays."""
    into = _into(screen, argument)
    if into.state != State.PUBLISHED:
        raise CurationError(f"Claim {into.pk} is {into.get_state_display()}: it has no public page to preview.")
    return preview(
        screen.request, lambda: curation.merge(screen.claim, into, screen.user), lambda: into.get_absolute_url()
    )


def _find(screen: Screen, argument: str) -> HttpResponse:
    """Look for claims to merge into, among those of the same claimant."""
    words = " ".join(screen.request.POST.get("merge_q", "").split())
    claims = Claim.objects.filter(state__in=OPEN_STATES).exclude(pk=screen.claim.pk)
    if screen.form.is_valid() and (claimant := screen.form.cleaned_data["claimant"]):
        claims = claims.filter(claimant=claimant)
    for word in words.split():
        claims = claims.filter(statement__icontains=word)
    screen.found = list(claims.select_related("claimant").order_by("-state", "-pk")[:9])
    return screen.show()


def _update(screen: Screen, argument: str) -> HttpResponse:
    """Take over the names that were typed, and propose the sentence anew; nothing is saved."""
    valid = screen.form.is_valid()
    if valid:
        data = screen.form.cleaned_data
        rows = {name: [str(row.pk) for row in data[name]] for name in MANY}
        claimant = [str(data["claimant"].pk)] if data["claimant"] else []
        names: dict[str, Any] = {f"{name}_name": "" for name in ("claimant", *rows)}
        screen.fill_again(claimant=claimant, **rows, **names)
        screen.refresh_sentence()
    return screen.show(200 if valid else 422)


def _span(screen: Screen, argument: str) -> HttpResponse:
    """Let the quote be the words that were selected, or, without scripts, those that were copied."""
    mention = screen.mention
    if mention is None:
        raise CurationError("This claim has no mention whose words could be corrected.")
    first, last = _selected(mention, screen.request.POST)
    screen.check_seen()
    curation.correct_span(screen.claim, mention, first, last, screen.user)
    kept = screen.form.data
    fresh = Screen(screen.request, screen.claim.pk)
    fresh.form = ClaimForm(kept)
    fresh.fill_again(start="", end="", words="")
    fresh.refresh_sentence()
    messages.success(screen.request, "The quote is these words now.")
    return fresh.show()


def _selected(mention: Mention, post: QueryDict) -> tuple[int, int]:
    """Return from where to where the words lie that were selected, or, without scripts, copied into the form.

    Offsets count code points of the mention's reading; words that are not there are refused.
    """
    text, words = mention.reading.text, post.get("words", "").replace("\r\n", "\n").strip()
    first, last = _number(post.get("start", "")), _number(post.get("end", ""))
    if first is not None and last is not None:
        if words and text[first:last].split() != words.split():
            raise CurationError("The words selected are not the text's at that place: select them again.")
        return first, last
    place = locate(text, words, mention.start)
    if place is None:
        raise CurationError(f"The text does not hold these words: “{words[:200]}”.")
    return place, place + len(words)


def _number(text: str) -> int | None:
    """Return a whole number that a database column can hold, or None."""
    text = text.strip().lstrip("#")
    return int(text) if text.isdecimal() and len(text) <= 18 else None


def _write(screen: Screen, argument: str) -> HttpResponse:
    """Write a new draft by hand over the words that were selected, and go to it."""
    if screen.mention is None:
        raise CurationError("There is no text to write a draft over.")
    start, end = _selected(screen.mention, screen.request.POST)
    draft = curation.write(screen.mention.reading, start, end, Kind.ALLEGATION, screen.user, ClaimChanges())
    messages.success(screen.request, "A new draft over these words: say who claims what.")
    return HttpResponseRedirect(address("admin:desk_claim", screen.filters, draft.pk))


def _create_party(screen: Screen, argument: str) -> HttpResponse:
    """Make a party of a name that nobody has, and choose it."""
    post = screen.request.POST
    name, field = post.get(f"new_party_{argument}", ""), post.get(f"new_party_{argument}_field", "")
    kind = post.get(f"new_party_{argument}_kind", "")
    if field not in PUBLIC_NAMES or kind not in PartyKind.values:
        raise CurationError("Say which party to create: nothing was changed.")
    party = curation.create_party(name, kind, screen.user)
    typed = [part for part in post.get(f"{field}_name", "").split(";") if " ".join(part.split()) != name]
    chosen = [str(party.pk)] if field == "claimant" else [*post.getlist(field), str(party.pk)]
    screen.fill_again(**{field: chosen, f"{field}_name": ";".join(typed)})
    screen.refresh_sentence()
    messages.success(screen.request, f"{party} is a party now, and chosen as {PUBLIC_NAMES[field]}.")
    return screen.show()


def _new_dispute(screen: Screen, argument: str) -> HttpResponse:
    """Open a dispute under the title that was typed, and choose it."""
    title = " ".join(screen.request.POST.get("new_dispute", "").split())
    if not title:
        raise CurationError("A dispute needs a title.")
    dispute = curation.new_dispute(title[:200], screen.user)
    screen.fill_again(disputes=[*screen.request.POST.getlist("disputes"), str(dispute.pk)], new_dispute="")
    messages.success(screen.request, f"“{dispute}” is a dispute now, and chosen.")
    return screen.show()


def _retract(screen: Screen, argument: str) -> HttpResponse:
    screen.check_seen()
    curation.retract(screen.claim, screen.user, screen.request.POST.get("retraction", ""))
    _tell(screen, "retract", "Retracted: it is in no page, feed or search any more.")
    return screen.stay()


def _status(screen: Screen, argument: str) -> HttpResponse:
    """Record a status step, with a mention of the claim as its source."""
    form = StatusForm(screen.request.POST, claim=screen.claim, prefix="step")
    if not form.is_valid():
        screen.status_form = form
        return screen.show(422)
    screen.check_seen()
    curation.add_status(screen.claim, screen.user, **form.cleaned_data)
    _tell(screen, "status", "The status step is recorded.")
    return screen.stay()


def _strike(screen: Screen, argument: str) -> HttpResponse:
    """Note that a step was recorded in error; a public correction goes out with it where one is filled in."""
    post = screen.request.POST
    step = screen.claim.statuses.filter(pk=_number(argument) or 0).first()
    if step is None:
        raise CurationError("That step is not this claim's: nothing was changed.")
    screen.check_seen()
    told = {"wrong": post.get("strike_wrong", ""), "right": post.get("strike_right", "")}
    curation.strike(step, screen.user, post.get("strike_reason", ""), **told)
    corrected = any(told.values())
    words = "It counts for nothing any more, and the page says that it was recorded in error."
    _tell(screen, "correct" if corrected else "strike", f"{words} The correction is public." if corrected else words)
    return screen.stay()


def _settle(screen: Screen, argument: str) -> HttpResponse:
    """Note that a change of the page under this claim was dealt with."""
    if not screen.user.has_perm("claims.change_claim"):
        raise CurationError("You may not decide this: it takes an editor.")
    alert = Alert.objects.filter(pk=_number(argument) or 0, mention__claim=screen.claim).first()
    if alert is None:
        raise CurationError("That alert is not this claim's: nothing was changed.")
    done = vigilance.settle(
        alert, screen.user, " ".join(screen.request.POST.get(f"settle_note_{alert.pk}", "").split())
    )
    messages.success(screen.request, "Settled." if done else "Somebody had settled it already.")
    return screen.show()


def _tell(screen: Screen, verb: str, words: str) -> None:
    """Say what was done, and remember it, so that the next screen can offer to take it back."""
    undoable = verb in undoing.UNDOABLE
    messages.success(screen.request, words, extra_tags="undo" if undoable else "")
    screen.request.session["desk_last"] = screen.claim.pk if undoable else None


def _split(screen: Screen, argument: str) -> HttpResponse:
    """Take the ticked mentions out into a draft of their own, and go to it."""
    keys = [key for text in screen.request.POST.getlist("split") if (key := _number(text))]
    screen.check_seen()
    chosen = Mention.objects.filter(pk__in=keys)
    draft = curation.split(screen.claim, chosen, screen.user, screen.request.POST.get("split_reason", ""))
    messages.success(screen.request, f"A draft of its own now. Merging it into claim {screen.claim.pk} takes it back.")
    return HttpResponseRedirect(address("admin:desk_claim", screen.filters, draft.pk))


def _preview_split(screen: Screen, argument: str) -> HttpResponse:
    """Show the claim's public page without the ticked mentions; nothing stays."""
    if screen.claim.state != State.PUBLISHED:
        raise CurationError("A draft has no public page to preview.")
    keys = [key for text in screen.request.POST.getlist("split") if (key := _number(text))]
    reason = screen.request.POST.get("split_reason", "")
    return preview(
        screen.request,
        lambda: curation.split(screen.claim, Mention.objects.filter(pk__in=keys), screen.user, reason),
        screen.claim.get_absolute_url,
    )


def _correct(screen: Screen, argument: str) -> HttpResponse:
    """Publish what was wrong and what is right, on every page that the claim stands on."""
    post = screen.request.POST
    screen.check_seen()
    curation.correct(screen.claim, screen.user, wrong=post.get("wrong", ""), right=post.get("right", ""))
    _tell(screen, "correct", "The correction is public, on every page that it concerns and in the register.")
    return screen.stay()


def _ask(screen: Screen, argument: str) -> HttpResponse:
    """Note that a target is asked for its reply, and show the private link."""
    form = AskForm(screen.request.POST, claim=screen.claim, prefix="ask")
    if not form.is_valid():
        screen.ask_form = form
        return screen.show(422)
    screen.check_seen()
    data = form.cleaned_data
    asked = curation.ask(
        data["party"], [screen.claim], screen.user, contact=data["contact"], answer_by=data["answer_by"]
    )
    _tell(screen, "ask", "Asked: send the private link to the party, and to nobody else.")
    return HttpResponseRedirect(reverse("admin:claims_replyrequest_change", args=[asked.pk]))


def _preview(screen: Screen, argument: str) -> HttpResponse:
    """Show the public page as it would be after accepting or saving what is filled in; nothing stays."""
    if not screen.form.is_valid():
        return screen.show(422)
    changes = screen.form.changes()

    def act() -> None:
        if screen.claim.state == State.PUBLISHED:
            curation.edit(screen.claim, screen.user, changes)
        elif curation.accept(screen.claim, screen.user, changes=changes).verb == Verb.PROPOSE:
            raise CurationError(
                "Your own wording is public only when another person approves it: there is no page yet."
            )

    return preview(screen.request, act, screen.claim.get_absolute_url)


ACTIONS: dict[str, Callable[[Screen, str], HttpResponse]] = {
    "accept": _accept,
    "save": _save,
    "reject": _reject,
    "approve": _approve,
    "send_back": _send_back,
    "undo": _undo,
    "merge": _merge,
    "preview_merger": _preview_merger,
    "find": _find,
    "update": _update,
    "span": _span,
    "write": _write,
    "create_party": _create_party,
    "new_dispute": _new_dispute,
    "retract": _retract,
    "status": _status,
    "strike": _strike,
    "split": _split,
    "preview_split": _preview_split,
    "correct": _correct,
    "ask": _ask,
    "preview": _preview,
    "settle": _settle,
}
