"""One claim on the desk, as one request sees it: its form, its text, and what is offered beside it."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin, messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import NoReverseMatch, reverse

from claims import curation, leases
from claims.admin import queue
from claims.admin.approvals import approval
from claims.admin.proposals import likely_disputes, offer
from claims.admin.text import marked, neighbours
from claims.curation import CurationError
from claims.forms import OPEN_STATES, REJECTIONS, AskForm, ClaimForm, StatusForm
from claims.models import Alert, Claim, Decision, Mention, Party, PartyKind, State, Topic
from claims.wording import propose_statement
from tracker.news import clock


class StaleError(CurationError):
    """Somebody decided on the claim since the screen was made; the message says who, what and when."""


class Screen:
    """One claim on the desk, as one request sees it."""

    def __init__(self, request: HttpRequest, pk: int) -> None:
        claims = Claim.objects.select_related(
            "claimant", "extraction", "decision__actor", "merged_into", "lease_holder", "asked_by"
        )
        self.request = request
        self.user: Any = request.user
        self.claim = get_object_or_404(claims, pk=pk)
        self.filters = queue.of_session(queue.read(request.GET)[0], request.session)
        wanted = request.POST.get("mention") or request.GET.get("mention") or ""
        self.mentions = list(
            self.claim.mentions.select_related("article__outlet", "article__original__outlet", "reading__snapshot")
            .defer("reading__snapshot__body_zstd")
            .order_by("pk")
        )
        self.mention = next(
            (m for m in self.mentions if str(m.pk) == wanted), self.mentions[0] if self.mentions else None
        )
        # What the claim was when the editor last looked: a decision made since is told before another is made.
        self.seen, self.seen_state = str(self.claim.decision_id or ""), str(self.claim.state)
        self.form = ClaimForm(initial=self.initial())
        self.status_form: StatusForm | None = None
        self.ask_form: AskForm | None = None
        self.found: list[Claim] | None = None
        self.proposed_statement = self.sentence(self.claim.kind, self.claim.claimants)

    def take(self) -> None:
        """Lease the draft to whoever may decide on it, where nobody else works on it."""
        if self.claim.state == State.DRAFT and self.user.has_perm("claims.change_claim"):
            leases.take(self.claim, self.user)
            self.claim.refresh_from_db(fields=["lease_holder", "lease_until"])

    def initial(self) -> dict[str, Any]:
        """Return what the form holds before the editor's first change."""
        claim, article = self.claim, self.mention.article if self.mention else None
        on = claim.on or (article.published_at.date() if article and article.published_at else None)
        related = {name: list(getattr(claim, name).values_list("pk", flat=True)) for name in curation.RELATIONS}
        if claim.state == State.DRAFT and not related["disputes"]:
            related["disputes"] = likely_disputes(claim, article)
        return {
            "kind": claim.kind,
            "claimant": claim.claimant_id,
            "statement": claim.statement or self.sentence(claim.kind, claim.claimants),
            "on": on,
            "precision": claim.precision,
            "until": claim.until,
            "hedged": claim.hedged,
            **related,
        }

    def sentence(self, kind: str, claimants: Sequence[Party]) -> str:
        """Return the public sentence that the desk proposes for the quote."""
        proposed = self.claim.proposed if isinstance(self.claim.proposed, dict) else {}
        name, *others = [party.name for party in claimants] or [str(proposed.get("claimant") or "")]
        together = [[other] for other in others]
        return propose_statement(kind, name, self.mention.quote, (), together) if self.mention else ""

    def fill(self, **changed: Any) -> None:
        """Bind the form to what was sent, with some of it changed; lists replace lists."""
        self.form = ClaimForm(self.request.POST.copy())
        self.fill_again(**changed)

    def keep_seen(self) -> None:
        """Go on as of when the editor last looked, so that a decision made since is still told."""
        self.seen = self.request.POST.get("seen", "")
        self.seen_state = self.request.POST.get("state", State.DRAFT)

    def refresh_sentence(self) -> None:
        """Propose the sentence anew, where the editor left the old proposal as it was."""
        old = self.form.data.get("proposed_statement", "")
        if not self.form.is_valid():
            return
        data = self.form.cleaned_data
        self.proposed_statement = self.sentence(
            data["kind"], [*filter(None, [data["claimant"]]), *sorted(data["co_claimants"], key=_by_name)]
        )
        if " ".join(data["statement"].split()) in ("", old):
            self.fill_again(statement=self.proposed_statement)

    def fill_again(self, **changed: Any) -> None:
        """Change some of what the bound form holds."""
        data: QueryDict = self.form.data  # type: ignore[assignment]
        data = data.copy()
        for key, value in changed.items():
            data.setlist(key, value if isinstance(value, list) else [value])
        self.form = ClaimForm(data)

    def check_seen(self) -> None:
        """Refuse where somebody decided on the claim since this screen was made. To be called in a transaction."""
        curation.take_turn()
        now = Claim.objects.select_for_update(of=("self",)).select_related("decision__actor").get(pk=self.claim.pk)
        if now.decision is None or str(now.decision_id) == self.seen:
            return
        who = f"{now.decision.actor} {now.decision.upon('this claim')} at {now.decision.made_at:%H:%M} UTC"
        if now.state != self.seen_state:
            raise StaleError(
                f"Already decided: {who}, after you opened it, and it is {now.get_state_display()}. "
                "Nothing was changed; your entries are kept here."
            )
        raise StaleError(f"{who}, after you opened it. Your entries are kept here: compare, then press again.")

    def show(self, status: int = 200) -> HttpResponse:
        """Answer with the screen."""
        return TemplateResponse(self.request, "admin/desk/claim.html", context(self), status=status)

    def go_on(self) -> HttpResponse:
        """Answer with the next draft, or the queue where none waits."""
        after = queue.following(self.claim, self.filters, self.user.pk)
        if after is None:
            messages.info(self.request, "That was the last draft of this queue.")
            return HttpResponseRedirect(address("admin:desk", self.filters))
        return HttpResponseRedirect(address("admin:desk_claim", self.filters, after))

    def stay(self) -> HttpResponse:
        """Answer with this claim again, freshly loaded."""
        return HttpResponseRedirect(address("admin:desk_claim", self.filters, self.claim.pk))


def address(name: str, filters: queue.Filters, *arguments: object) -> str:
    """Return the address of a desk page that keeps the queue's filters."""
    query = filters.query
    return reverse(name, args=arguments) + (f"?{query}" if query else "")


def context(screen: Screen) -> dict[str, Any]:
    """Return what the screen's template shows."""
    claim, mention, filters = screen.claim, screen.mention, screen.filters
    around = neighbours(mention.reading, mention) if mention else []
    place = queue.place(claim, filters)
    decided = screen.user.has_perm("claims.change_claim")
    return {
        **admin.site.each_context(screen.request),
        "title": f"Claim {claim.pk}",
        "screen": screen,
        "claim": claim,
        "mention": mention,
        "form": screen.form,
        "offer": offer(claim, mention, screen.form),
        "text": marked(mention.reading.text, around) if mention else "",
        "around": around,
        "copies": _copies(mention),
        "page_number": mention.reading.page_at(mention.start) if mention else None,
        "alerts": Alert.objects.open().filter(mention__in=screen.mentions).select_related("change", "mention"),
        "place": place,
        "held_by": claim.lease_holder if claim.leased_to_other(screen.user.pk, clock.now()) else None,
        "filters": filters,
        "queue_url": address("admin:desk", filters),
        "before_url": address("admin:desk_claim", filters, place.before) if place.before else "",
        "after_url": address("admin:desk_claim", filters, place.after) if place.after else "",
        "skip_url": address("admin:desk_claim", filters, after)
        if (after := queue.following(claim, filters, screen.user.pk))
        else address("admin:desk", filters),
        "topics": _topics(screen.form),
        "party_kinds": PartyKind.choices,
        "rejections": REJECTIONS,
        "approval": approval(claim, screen.user),
        "is_draft": claim.state == State.DRAFT,
        "is_published": claim.state == State.PUBLISHED,
        "can_decide": decided and claim.state in OPEN_STATES,
        "can_reopen": decided and claim.state in (State.REJECTED, State.MERGED),
        "status_form": screen.status_form or StatusForm(claim=claim, prefix="step"),
        "ask_form": screen.ask_form or AskForm(claim=claim, prefix="ask"),
        "asked": claim.reply_requests.select_related("party"),
        "corrections": claim.corrections.all(),
        "steps": claim.statuses.select_related("target", "struck"),
        "mentions": screen.mentions,
        "public_url": public_address(claim),
        "history": Decision.objects.filter(subject="claim", subject_id=claim.pk).select_related("actor")[:20],
        "undo": screen.request.session.get("desk_last"),
    }


def _copies(mention: Mention | None) -> list[Any]:
    """Return the other articles that carry the same story: the original and its copies."""
    if mention is None:
        return []
    article = mention.article
    first = article.original or article
    family = Q(original=first) | Q(pk=first.pk)
    return list(type(article).objects.filter(family).exclude(pk=article.pk).select_related("outlet")[:10])


def _topics(form: ClaimForm) -> list[tuple[Topic, bool]]:
    value = form["topics"].value() or ()
    chosen = {str(getattr(key, "pk", key)) for key in value}
    return [(topic, str(topic.pk) in chosen) for topic in Topic.objects.all()]


def public_address(claim: Claim) -> str:
    """Return a claim's public address; "" where it is not public."""
    if claim.state != State.PUBLISHED:
        return ""
    try:
        return claim.get_absolute_url()
    except NoReverseMatch:  # the admin can be served without the public site
        return ""


def _by_name(party: Party) -> tuple[str, int]:
    return party.name, party.pk
