"""The review desk: the queue of drafts, and one screen a claim beside the text that states it.

Each button is a plain form POST and works without scripts; `desk.js` adds keys, look-up of names and selection.
What an editor filled in is kept whenever a decision is refused. Verbs are `claims.curation`'s alone.
"""

from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import IntegrityError, transaction
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse

from claims import curation, leases
from claims.admin import queue
from claims.admin.actions import ACTIONS
from claims.admin.incoming import letters
from claims.admin.pages import numbers
from claims.admin.screen import Screen, StaleError, address
from claims.curation import CurationError
from claims.forms import REJECTIONS, rejection
from claims.models import Claim, Mention
from tracker.news import clock

PAGE = 50


def queue_view(request: HttpRequest) -> HttpResponse:
    """Show the drafts that wait, filtered; a POST rejects those that are ticked."""
    may_look(request)
    filters, problems = queue.read(request.GET)
    filters = queue.of_session(filters, request.session)
    if request.method == "POST":
        many = {"assign": _assign_many, "skip": _skip_many, "unskip": _skip_none}
        return many.get(request.POST.get("action", ""), _reject_many)(request, filters)
    for problem in problems:
        messages.warning(request, problem)
    first_mentions = Prefetch("mentions", Mention.objects.select_related("article__outlet").order_by("pk"))
    drafts = queue.waiting(filters).select_related("claimant", "extraction", "lease_holder", "assignee")
    page = Paginator(drafts.prefetch_related(first_mentions, "disputes", "targets"), PAGE).get_page(
        request.GET.get("page")
    )
    now = clock.now()
    context = {
        **admin.site.each_context(request),
        "title": "Review desk",
        "page": page,
        "start": next((c for c in page.object_list if not c.leased_to_other(request.user.pk, now)), None),
        "filters": filters,
        "facets": queue.facets(filters),
        "sorts": [queue.Choice(key, order.words, None, key == filters.sort) for key, order in queue.SORTS.items()],
        "figures": queue.figures(request.user.pk),
        "rejections": REJECTIONS,
        "editors": leases.editors(),
        "now": now,
        "letters": letters(filters, now),
        "undo": request.session.get("desk_last"),
        "can_decide": request.user.has_perm("claims.change_claim"),
    }
    return TemplateResponse(request, "admin/desk/queue.html", context)


def _reject_many(request: HttpRequest, filters: queue.Filters) -> HttpResponse:
    """Reject the ticked drafts one by one; those that cannot be are named, the rest goes on."""
    reason, done = rejection(request.POST), 0
    keys = [int(key) for key in request.POST.getlist("draft") if key.isdecimal()]
    if not keys:
        messages.warning(request, "Tick the drafts to reject first: nothing was changed.")
    for claim in Claim.objects.filter(pk__in=keys):
        try:
            curation.reject(claim, request.user, reason)  # type: ignore[arg-type]
            done += 1
        except CurationError as error:
            messages.error(request, str(error))
            if not reason:
                break
    if done:
        messages.success(request, f"{done} draft{'s' if done > 1 else ''} rejected: {reason}")
    return HttpResponseRedirect(address("admin:desk", filters))


def _skip_many(request: HttpRequest, filters: queue.Filters) -> HttpResponse:
    """Put the ticked drafts off for this editor; they wait for everybody else as before."""
    keys = numbers(request.POST.getlist("draft"))
    if keys:
        queue.skip(request.session, keys)
        messages.success(request, f"{len(keys)} draft{'' if len(keys) == 1 else 's'} skipped, for you and for now.")
    else:
        messages.warning(request, "Tick the drafts to skip first: nothing was changed.")
    return HttpResponseRedirect(address("admin:desk", filters))


def _skip_none(request: HttpRequest, filters: queue.Filters) -> HttpResponse:
    """Bring back what was put off."""
    queue.skip(request.session, ())
    return HttpResponseRedirect(address("admin:desk", filters))


def _assign_many(request: HttpRequest, filters: queue.Filters) -> HttpResponse:
    """Give the ticked drafts to an editor, or to nobody."""
    keys = [int(key) for key in request.POST.getlist("draft") if key.isdecimal() and len(key) <= 18]
    chosen = request.POST.get("assignee", "")
    to = User.objects.filter(pk=int(chosen)).first() if chosen.isdecimal() and len(chosen) <= 9 else None
    if not keys or (to is None and chosen != "nobody"):
        messages.warning(request, "Tick drafts and choose an editor first: nothing was changed.")
        return HttpResponseRedirect(address("admin:desk", filters))
    try:
        done = leases.assign(keys, to, request.user)  # type: ignore[arg-type]
        messages.success(request, f"{done} draft{'' if done == 1 else 's'} assigned to {to or 'nobody'}.")
    except CurationError as error:
        messages.error(request, str(error))
    return HttpResponseRedirect(address("admin:desk", filters))


def claim_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one claim beside its text, or do what a button says."""
    may_look(request)
    screen = Screen(request, pk)
    screen.take()
    if request.method != "POST":
        return screen.show()
    verb, _, argument = request.POST.get("action", "").partition(":")
    action = ACTIONS.get(verb)
    screen.fill()
    screen.keep_seen()
    if action is None:
        messages.error(request, f"“{verb}” is no button of the desk: nothing was changed.")
        return screen.show(400)
    told = False
    try:
        with transaction.atomic():
            return action(screen, argument)
    except CurationError as error:
        messages.error(request, str(error))
        told = isinstance(error, StaleError)
    except IntegrityError as error:
        messages.error(request, f"The database refused this: {str(error).splitlines()[0]}. Nothing was changed.")
    # A fresh look at the claim as it stands now, with what the editor filled in.
    screen = Screen(request, pk)
    screen.fill()
    if not told:
        screen.keep_seen()
    return screen.show(409)


def may_look(request: HttpRequest) -> None:
    """Refuse those who may not see drafts."""
    if not request.user.has_perm("claims.view_claim"):
        raise PermissionDenied
