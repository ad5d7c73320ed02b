"""What anybody may send: a suggestion, and a party its answer through a private link."""

from http import HTTPStatus

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from claims import curation, timelines
from claims.curation import CurationError
from claims.outside import OutsideForm, ReplyForm, SuggestionForm, sender_of


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def suggest(request: HttpRequest) -> HttpResponse:
    """Take a reader's suggestion."""
    if request.method != "POST":
        sent = "sent" in request.GET
        return render(request, "suggest.html", {"form": SuggestionForm(), "sent": sent})
    form = SuggestionForm(request.POST)
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    if form.is_valid():
        now = timezone.now()
        data = form.cleaned_data
        try:
            sender = sender_of(request, settings.BEHIND_PROXY, now)
            curation.suggest(data["url"], data["why"], sender, data["contact"], now)
            return HttpResponseRedirect(f"{reverse('suggest-page')}?sent")
        except curation.TooManyError as error:
            form.add_error(None, str(error))
            status = HTTPStatus.TOO_MANY_REQUESTS
        except CurationError as error:
            form.add_error(None, str(error))
    return _again(request, "suggest.html", form, status)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def reply(request: HttpRequest, token: str) -> HttpResponse:
    """Take a party's answer; the link is all that it needs."""
    asked = curation.find_request(token)
    if asked is None:
        raise Http404("no such link")
    claims = list(timelines.with_parts(timelines.published().filter(reply_requests=asked).order_by("on", "pk")))
    context = {"asked": asked, "entries": timelines.as_entries(claims), "sent": "sent" in request.GET}
    if not asked.open() or not claims:
        return render(request, "reply.html", {**context, "over": True}, status=HTTPStatus.GONE)
    if request.method != "POST":
        return render(request, "reply.html", {**context, "form": ReplyForm()})
    form, status = ReplyForm(request.POST), HTTPStatus.UNPROCESSABLE_ENTITY
    if form.is_valid():
        data = form.cleaned_data
        try:
            now = timezone.now()
            sender = sender_of(request, settings.BEHIND_PROXY, now)
            curation.receive(asked, data["text"], data["signed"], data["language"], now, sender=sender)
            return HttpResponseRedirect(f"{reverse('reply', args=[token])}?sent")
        except curation.TooManyError as error:
            form.add_error(None, str(error))
            status = HTTPStatus.TOO_MANY_REQUESTS
        except CurationError as error:
            form.add_error(None, str(error))
    return _again(request, "reply.html", form, status, **context)


def _again(
    request: HttpRequest, template: str, form: OutsideForm, status: HTTPStatus, **context: object
) -> HttpResponse:
    """Show the form with what was written in it, and why it was not taken."""
    form.fresh()
    return render(request, template, {**context, "form": form}, status=status)
