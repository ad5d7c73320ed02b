"""Following by mail and by webhook: the forms, the questions, the private pages of those who follow.

Who has the token of an address may do all that there is to do; the pages are in no cache and lead nowhere else.
"""

from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from claims.following import channels, mail, outbox, webhooks
from claims.models import Follower, Pace, Subscription, Webhook
from claims.views.information import FEED_FORMS
from tracker.news.policy import fetch_policy

LOG_SHOWN = 50


def _channel(request: HttpRequest) -> channels.Channel:
    """Return the channel that the request names; 404 where there is none."""
    try:
        return channels.at(request.POST.get("channel") or request.GET.get("channel") or "all:")
    except channels.NoSuchChannel:
        raise Http404("nothing public to follow there") from None


# Forms stand on pages that are the same for everybody, so none has a token against forgery. There is nothing to forge:
# no cookie gives a right here, and what is asked for has to be confirmed from the mailbox, or by the address.
@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def follow(request: HttpRequest) -> HttpResponse:
    """How to follow one channel: its feeds, by mail, by webhook. A POST asks for mail."""
    channel = _channel(request)
    context: dict[str, Any] = {"channel": channel, "paces": Pace, "pace": request.POST.get("pace", Pace.DAILY)}
    context |= {"by_mail": settings.FOLLOW_BY_MAIL, "email": request.POST.get("email", "")}
    context["forms"] = [(name, channel.feed(form)) for form, name in FEED_FORMS]
    if request.method != "POST":
        return render(request, "following/follow.html", context)
    if not context["by_mail"]:
        raise Http404("no mail is sent of that")
    pace = context["pace"] if context["pace"] in Pace.values else Pace.DAILY
    try:
        # A field that nobody sees and programs fill in.
        if not request.POST.get("website"):
            mail.subscribe(context["email"], channel, pace, _sender().host, get_language() or settings.LANGUAGE_CODE)
    except mail.MailRefused as refusal:
        context["refusal"] = str(refusal)
        return render(request, "following/follow.html", context, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    return HttpResponseRedirect(reverse("mail-asked"))


def _sender() -> outbox.Sender:
    return outbox.Sender(settings.MAIL_FROM, settings.SITE_NAME, settings.SITE_URL, settings.MAIL_STAYS)


@never_cache
@require_safe
def asked(request: HttpRequest) -> HttpResponse:
    """What happens next; the same whoever asked for whichever address."""
    return render(request, "following/asked.html")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """Ask whether to begin; only the button begins: programs that look at links in mails press none."""
    wanted = get_object_or_404(Subscription.objects.select_related("follower"), token=token)
    if request.method == "POST":
        mail.confirm(token)
        return HttpResponseRedirect(reverse("mail-following", args=[wanted.follower.token]))
    _page, name = _place(wanted.channel, wanted.name)
    return render(request, "following/confirm.html", {"wanted": wanted, "name": name})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def following(request: HttpRequest, token: str) -> HttpResponse:
    """What an address follows, for whoever has its private link. A POST ends one subscription, or all."""
    follower = get_object_or_404(Follower, token=token)
    if request.method == "POST":
        number = request.POST.get("subscription", "")
        mail.leave(follower, subscription=int(number) if number.isascii() and number.isdigit() else None)
        still = Follower.objects.filter(token=token).exists()
        return HttpResponseRedirect(reverse("mail-following", args=[token]) if still else reverse("mail-left"))
    rows = [(row, *_place(row.channel, row.name)) for row in follower.subscriptions.exclude(confirmed_at=None)]
    return render(request, "following/mine.html", {"follower": follower, "rows": rows})


def _place(key: str, was: str) -> tuple[str, str]:
    """Return a channel's page and what it is called today; "" and what it was called where it is not public now."""
    try:
        channel = channels.at(key)
    except channels.NoSuchChannel:
        return "", was
    return channel.page, channel.name


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def leave(request: HttpRequest, token: str) -> HttpResponse:
    """Stop the mails of one pace: by one click of a mail program (RFC 8058), or by a button.

    No cookie says who asks, the token does: nothing is won by sending somebody else's browser here.
    """
    pace = request.GET.get("pace", "")
    pace = pace if pace in Pace.values else ""
    follower = Follower.objects.filter(token=token).first()
    if request.method == "POST":
        if follower is not None:
            mail.leave(follower, pace=pace)
        return HttpResponseRedirect(reverse("mail-left")) if "page" in request.POST else HttpResponse(_("Stopped."))
    if follower is None:
        return HttpResponseRedirect(reverse("mail-left"))
    label = Pace(pace).label if pace else ""
    return render(request, "following/leave.html", {"follower": follower, "pace": pace, "label": label})


@never_cache
@require_safe
def left(request: HttpRequest) -> HttpResponse:
    """Say that it is done."""
    return render(request, "following/left.html")


# ------------------------------------------------------------------ webhooks
@csrf_exempt
@never_cache
@require_POST
def register(request: HttpRequest) -> HttpResponse:
    """Register a webhook; its page, which only its link opens, shows the secret."""
    channel = _channel(request)
    try:
        hook = webhooks.register(request.POST.get("url", ""), channel, fetch_policy())
    except webhooks.WebhookRefused as refusal:
        context = {"channel": channel, "paces": Pace, "pace": Pace.DAILY, "by_mail": settings.FOLLOW_BY_MAIL}
        context["forms"] = [(name, channel.feed(form)) for form, name in FEED_FORMS]
        context |= {"url": request.POST.get("url", ""), "webhook_refusal": str(refusal)}
        return render(request, "following/follow.html", context, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    return HttpResponseRedirect(reverse("webhook", args=[hook.token]))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def webhook(request: HttpRequest, token: str) -> HttpResponse:
    """A webhook's state, secret and log. A POST rotates the secret, asks the address again, or ends it."""
    hook = get_object_or_404(Webhook, token=token)
    if request.method == "POST":
        match request.POST.get("do"):
            case "rotate":
                webhooks.rotate(hook)
            case "resume":
                webhooks.resume(hook)
            case "remove":
                hook.delete()
                return HttpResponseRedirect(reverse("feeds"))
        return HttpResponseRedirect(reverse("webhook", args=[token]))
    log = hook.deliveries.all()[:LOG_SHOWN]
    page_path, name = _place(hook.channel, hook.name)
    context = {"hook": hook, "log": log, "page_path": page_path, "name": name}
    return render(request, "following/webhook.html", context)
