"""Short addresses that never change: by key, whatever becomes of a title or a name."""

from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_safe

from claims import timelines
from claims.models import Dispute, Party


@require_safe
def claim(request: HttpRequest, pk: int) -> HttpResponse:
    """Lead to a claim's page, which itself knows what was merged or retracted."""
    return HttpResponsePermanentRedirect(reverse("claim", args=[pk]))


@require_safe
def dispute(request: HttpRequest, pk: int) -> HttpResponse:
    """Lead to a dispute's page under the slug that it has now."""
    return _lead(Dispute, timelines.find_dispute, pk)


@require_safe
def party(request: HttpRequest, pk: int) -> HttpResponse:
    """Lead to a party's page under the slug that it has now."""
    return _lead(Party, timelines.find_party, pk)


def _lead(
    model: type[Dispute] | type[Party], find: Callable[[str], Dispute] | Callable[[str], Party], pk: int
) -> HttpResponse:
    # Not a permanent redirect: the slug behind a key may change, and browsers keep permanent ones for good.
    slug = model._default_manager.filter(pk=pk).values_list("slug", flat=True).first()
    try:
        found = find(slug or "")
    except (Dispute.DoesNotExist, Party.DoesNotExist):
        raise Http404("nothing public has this number") from None
    return HttpResponseRedirect(found.get_absolute_url())
