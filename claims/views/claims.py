"""The page of one claim."""

from http import HTTPStatus

from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from claims import timelines
from claims.models import Claim
from claims.views.paging import CITE_FORMS, page_of
from claims.views.past import citable_as_of


@require_safe
@citable_as_of("claim")
def claim(request: HttpRequest, pk: int) -> HttpResponse:
    """One claim with every mention and step; a retracted one leaves a tombstone."""
    try:
        found = timelines.find_claim(pk)
    except Claim.DoesNotExist:
        raise Http404("no public claim") from None
    except timelines.Retracted as gone:
        return render(request, "410.html", {"claim": gone.claim, "gone": True}, status=HTTPStatus.GONE)
    if found.pk != pk:
        return HttpResponsePermanentRedirect(found.get_absolute_url())
    (entry,) = timelines.as_entries([found])
    page = page_of(request, timelines.appearances(found), 30)
    related = [other.beside(found) for other in timelines.as_entries(timelines.linked_claims(found))]
    answers = {answered.pk for answered in entry.answers}
    context = {
        "entry": entry,
        "claim": found,
        "page": page,
        "appearances": timelines.in_context(page.object_list),
        "answered_by": [other for other in related if other.claim.pk not in answers],
        "answers": [other for other in related if other.claim.pk in answers],
        "corrections": timelines.corrections_of(found),
        "reply_states": timelines.reply_states(found, timezone.now()),
        "wordings": timelines.earlier_wordings(found),
        "redactions": timelines.redactions(found),
        "history": timelines.history(found),
        "today": timezone.localdate(),
        "cite_forms": CITE_FORMS,
        "demonstration": entry.demonstration,
    }
    return render(request, "claim.html", context)
