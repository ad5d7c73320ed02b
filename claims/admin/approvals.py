"""The words that a second person has to approve: a queue of their own, and what the desk shows beside one of them."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib import admin
from django.contrib.auth.models import AnonymousUser, User
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from claims import curation
from claims.models import Claim, State
from claims.wording import compare

PAGE = 50


@dataclass(frozen=True, slots=True)
class Approval:
    """What awaits approval of one claim: who wrote it, what it would change, and whether this user may approve it."""

    claim: Claim
    pieces: Sequence[tuple[str, str]]
    writers: Sequence[User]
    by_hand: bool
    own: bool
    may: bool

    @property
    def new(self) -> bool:
        """Whether the claim is not public yet."""
        return self.claim.state == State.AWAITING


def approval(claim: Claim, user: User | AnonymousUser) -> Approval | None:
    """Return what of the claim awaits approval; None where nothing does."""
    if claim.asked_at is None or claim.asked_by is None:
        return None
    proposed = claim.wording or claim.statement
    shown = claim.statement if claim.wording else str(claim.proposed.get("statement", ""))
    candidate = Claim.objects.get(pk=claim.pk)
    candidate.statement = proposed
    keys = {*curation.authors(candidate, claim.asked_by), claim.asked_by.pk}
    return Approval(
        claim=claim,
        pieces=compare(shown, proposed),
        writers=list(User.objects.filter(pk__in=keys).order_by("username")),
        by_hand=claim.extraction_id is None,
        own=user.pk in keys,
        may=user.has_perm("claims.approve_claim") and user.pk not in keys,
    )


def approvals_view(request: HttpRequest) -> HttpResponse:
    """Show what awaits approval, the longest first."""
    if not request.user.has_perm("claims.view_claim"):
        raise PermissionDenied
    waiting = Claim.objects.awaiting_approval().select_related("claimant", "asked_by").order_by("asked_at", "pk")
    page = Paginator(waiting.prefetch_related("disputes"), PAGE).get_page(request.GET.get("page"))
    rows = [row for claim in page.object_list if (row := approval(claim, request.user))]
    context = {
        **admin.site.each_context(request),
        "title": "Approvals",
        "page": page,
        "rows": rows,
        "start": next((row.claim for row in rows if row.may), None),
        "undo": request.session.get("desk_last"),
        "may": request.user.has_perm("claims.approve_claim"),
    }
    return TemplateResponse(request, "admin/desk/approvals.html", context)


def following(user: User) -> int | None:
    """Return the claim that has waited longest for an approval that *user* may give; None where none does."""
    waiting = Claim.objects.awaiting_approval().select_related("asked_by").order_by("asked_at", "pk")
    rows = (approval(claim, user) for claim in waiting[:PAGE])
    return next((row.claim.pk for row in rows if row and row.may), None)
