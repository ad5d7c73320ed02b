"""Corrections, replies, suggestions and notices as lists, and the forms for what concerns a party or a dispute."""

from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from claims import curation
from claims.admin.merging import MODELS
from claims.admin.pages import attempt, need, show
from claims.models import Correction, Notice, Party, Reply, ReplyRequest, Suggestion
from tracker.adminsite import ReadOnlyAdmin


def urls() -> list[URLPattern]:
    """Return the addresses of the forms."""
    view = admin.site.admin_view
    return [
        path("desk/<str:noun>/<int:pk>/correct/", view(correct_view), name="desk_correct"),
        path("desk/party/<int:pk>/name/", view(name_view), name="desk_name"),
        path("desk/requests/<int:pk>/revoke/", view(revoke_view), name="desk_revoke"),
    ]


def correct_view(request: HttpRequest, noun: str, pk: int) -> HttpResponse:
    """Publish a correction of a party or a dispute."""
    user = need(request, "add_correction")
    model: Any = MODELS.get(noun, Party)
    row = get_object_or_404(model, pk=pk if noun in MODELS else 0)
    wrong, right = request.POST.get("wrong", ""), request.POST.get("right", "")
    if request.method == "POST":

        def act() -> HttpResponse:
            correction = curation.correct(row, user, wrong=wrong, right=right)
            messages.success(request, f"The correction is public: {correction.right}")
            return HttpResponseRedirect(reverse(f"admin:claims_{noun}_change", args=[pk]))

        if answer := attempt(request, act):
            return answer
    status = 422 if request.method == "POST" else 200
    return show(
        request, "correct.html", f"Correct {row}", status, row=row, noun=noun, wrong=wrong, right=right,
        before=row.corrections.all(),
    )  # fmt: skip


def name_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a person go by initials, or publish the full name by a decision."""
    user, party = need(request, "change_party"), get_object_or_404(Party, pk=pk)
    if request.method == "POST":
        reason = request.POST.get("reason", "")

        def act() -> HttpResponse:
            if request.POST.get("action") == "disclose":
                curation.disclose(party, user, reason)
                messages.success(request, f"{party} goes by the full name from now on.")
            else:
                curation.conceal(party, user, reason)
                messages.success(request, f"{party} goes by initials everywhere from now on.")
            return HttpResponseRedirect(reverse("admin:claims_party_change", args=[pk]))

        if answer := attempt(request, act):
            return answer
    status = 409 if request.method == "POST" else 200
    may = request.user.has_perm("claims.disclose_party")
    return show(request, "name.html", f"The name of {party}", status, party=party, may_disclose=may)


def revoke_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Make a party's private link worth nothing."""
    user, asked = need(request, "add_replyrequest"), get_object_or_404(ReplyRequest, pk=pk)

    def act() -> HttpResponse:
        curation.revoke(asked, user, request.POST.get("reason", ""))
        messages.success(request, "The link is worth nothing from now on.")
        return HttpResponse()

    if request.method == "POST":
        attempt(request, act)
    return HttpResponseRedirect(reverse("admin:claims_replyrequest_change", args=[pk]))


@admin.register(Correction)
class CorrectionAdmin(ReadOnlyAdmin):
    """The register of corrections; they are published at the desk, and never changed."""

    list_display = ("made_at", "right", "wrong", "about")
    list_select_related = ("claim", "dispute", "party")
    search_fields = ("right", "wrong", "claim__statement", "dispute__title", "party__name")
    list_filter = ("made_at",)
    show_full_result_count = False

    @admin.display(description="about")
    def about(self, correction: Correction) -> str:
        """Return what was corrected."""
        return str(correction.subject)


@admin.register(ReplyRequest)
class ReplyRequestAdmin(ReadOnlyAdmin):
    """Whom we asked for a reply, by which link, until when."""

    list_display = ("party", "asked_at", "answer_by", "asked_by", "state")
    list_filter = ("asked_by",)
    list_select_related = ("party", "asked_by")
    search_fields = ("party__name", "party__aliases__name", "contact")
    date_hierarchy = "asked_at"
    show_full_result_count = False
    fields = ("party", "claims", "asked_at", "asked_by", "contact", "answer_by", "link", "state", "its_replies")
    readonly_fields = fields

    @admin.display(description="state")
    def state(self, asked: ReplyRequest) -> str:
        """Return whether its link may still be used."""
        if asked.revoked_at:
            return f"revoked on {asked.revoked_at:%d %B %Y}"
        return f"open until {asked.expires_at:%d %B %Y}" if asked.open() else "ran out"

    @admin.display(description="private link")
    def link(self, asked: ReplyRequest) -> SafeString | str:
        """Return the private link, to be sent to the party alone, with a way to revoke it."""
        if not asked.open():
            return "–"
        address = reverse("reply", args=[curation.link_token(asked)])
        revoke = reverse("admin:desk_revoke", args=[asked.pk])
        return format_html(
            '<a href="{}" rel="noreferrer">{}</a> <button class="desk-button danger" formaction="{}" '
            'form="replyrequest_form" type="submit">Revoke</button>',
            address,
            address,
            revoke,
        )

    @admin.display(description="replies")
    def its_replies(self, asked: ReplyRequest) -> SafeString | str:
        """Return the replies that came, with links to them."""
        rows = [
            format_html('<p><a href="{}">{}: {}</a></p>', reverse("admin:desk_reply", args=[r.pk]), r, r.state)
            for r in asked.replies.all()
        ]
        return SafeString("".join(rows)) or "none yet"


@admin.register(Reply)
class ReplyAdmin(ReadOnlyAdmin):
    """What parties sent; moderated at the desk."""

    list_display = ("received_at", "party", "signed", "state", "at_desk")
    list_filter = ("state", "language")
    list_select_related = ("request__party",)
    search_fields = ("text", "signed", "request__party__name")
    date_hierarchy = "received_at"
    show_full_result_count = False

    @admin.display(description="party", ordering="request__party__name")
    def party(self, reply: Reply) -> str:
        """Return whose reply it is."""
        return str(reply.request.party)

    @admin.display(description="desk")
    def at_desk(self, reply: Reply) -> SafeString:
        """Return a link to its screen."""
        return format_html('<a href="{}">Look</a>', reverse("admin:desk_reply", args=[reply.pk]))


@admin.register(Suggestion)
class SuggestionAdmin(ReadOnlyAdmin):
    """What readers pointed out; taken up or put aside at the desk."""

    list_display = ("received_at", "url", "why", "state", "at_desk")
    list_filter = ("state",)
    search_fields = ("url", "why")
    date_hierarchy = "received_at"
    show_full_result_count = False
    exclude = ("sender",)

    @admin.display(description="desk")
    def at_desk(self, suggestion: Suggestion) -> SafeString:
        """Return a link to its screen."""
        return format_html('<a href="{}">Look</a>', reverse("admin:desk_suggestion", args=[suggestion.pk]))


@admin.register(Notice)
class NoticeAdmin(ReadOnlyAdmin):
    """What followers have to be told and files built anew for, and whether it is done."""

    list_display = ("made_at", "task", "kind", "subject", "subject_id", "done_at")
    list_filter = ("task", "kind", "subject", ("done_at", admin.EmptyFieldListFilter))
    show_full_result_count = False
