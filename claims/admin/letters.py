"""What comes from outside and waits beside the drafts: parties' replies and readers' suggestions."""

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse

from claims import curation
from claims.admin.pages import attempt, need, show
from claims.models import Reply, Suggestion
from tracker.news import subscriptions


def urls() -> list[URLPattern]:
    """Return the addresses of the screens."""
    view = admin.site.admin_view
    return [
        path("desk/replies/<int:pk>/", view(reply_view), name="desk_reply"),
        path("desk/suggestions/<int:pk>/", view(suggestion_view), name="desk_suggestion"),
    ]


def reply_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a party's reply beside what it answers; let it be public verbatim, or reject it."""
    user = need(request, "view_reply")
    reply = get_object_or_404(Reply.objects.select_related("request__party", "decision__actor"), pk=pk)
    if request.method == "POST":

        def act() -> HttpResponse:
            if request.POST.get("action") == "publish":
                curation.publish_reply(reply, user, translation=request.POST.get("translation", ""))
                messages.success(request, f"Published verbatim: the reply of {reply.request.party}.")
            else:
                curation.reject_reply(reply, user, request.POST.get("reason", ""))
                messages.success(request, "Rejected, with your reason.")
            return HttpResponseRedirect(reverse("admin:desk"))

        if answer := attempt(request, act):
            return answer
    return show(
        request,
        "reply.html",
        f"Reply of {reply.request.party}",
        status=409 if request.method == "POST" else 200,
        reply=reply,
        claims=reply.request.claims.select_related("claimant"),
        translation=request.POST.get("translation", reply.translation),
        reason=request.POST.get("reason", ""),
        may=request.user.has_perm("claims.change_reply"),
    )


def suggestion_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a reader's suggestion; fetch its page for a claim, or put it aside."""
    user = need(request, "view_suggestion")
    suggestion = get_object_or_404(Suggestion.objects.select_related("article", "decision__actor"), pk=pk)
    if request.method == "POST":

        def act() -> HttpResponse:
            if request.POST.get("action") == "take":
                article = subscriptions.add_page(suggestion.url)
                curation.take_up(suggestion, article, user)
                messages.success(
                    request, "Its page is fetched now: write the claim over its words, or wait for a draft."
                )
                return HttpResponseRedirect(reverse("admin:desk_article", args=[article.pk]))
            curation.put_aside(suggestion, user, request.POST.get("reason", ""))
            messages.success(request, "Put aside, with your reason.")
            return HttpResponseRedirect(reverse("admin:desk"))

        if answer := attempt(request, act):
            return answer
    return show(
        request,
        "suggestion.html",
        "A reader's suggestion",
        status=409 if request.method == "POST" else 200,
        suggestion=suggestion,
        reason=request.POST.get("reason", ""),
        may=request.user.has_perm("claims.change_suggestion"),
    )
