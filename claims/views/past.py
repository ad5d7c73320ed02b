"""Pages as they stood on a day: the same view, over the tables of that moment."""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from claims import timelines

View = Callable[..., HttpResponse]


def citable_as_of(subject: str) -> Callable[[View], View]:
    """Let a view answer `?as_of=2026-05-01` as it would have on that day; *subject* is "dispute" or "claim".

    The view takes the subject's slug or key as its only argument, and finds the moment at `request.as_of`.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def answer(request: HttpRequest, **address: Any) -> HttpResponse:
            wanted = request.GET.get("as_of", "").strip()
            if not wanted:
                return view(request, **address)
            (value,) = address.values()
            try:
                moment = timelines.moment_of(wanted)
                with timelines.as_of(moment, **{subject: value}) as past:
                    request.as_of, request.past = moment, past  # type: ignore[attr-defined]
                    return _lead_on(_seen(view, request, address, past.public), wanted)
            except timelines.Retracted as gone:
                return render(request, "410.html", {"claim": gone.claim}, status=HTTPStatus.GONE)
            except timelines.NoPast as nothing:
                return render(request, "no_past.html", {"why": str(nothing)}, status=HTTPStatus.NOT_FOUND)

        return answer

    return decorate


def _seen(view: View, request: HttpRequest, address: dict[str, Any], public_today: bool) -> HttpResponse:
    try:
        return view(request, **address)
    except Http404:
        if public_today:
            raise timelines.NoPast("Nothing of it was public by then.") from None
        raise


def _lead_on(response: HttpResponse, wanted: str) -> HttpResponse:
    """Let a redirect to a survivor keep the day that was asked for."""
    if "Location" in response:
        response["Location"] += "?" + urlencode({"as_of": wanted})
        response.status_code = HTTPStatus.FOUND
    return response
