"""Claims as a list and as a record; they are decided on at the desk."""

from typing import Any

from django.contrib import admin
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from claims.admin import approvals, desk, letters, merging, notices, pipeline, redacting, timeline, writing
from claims.models import Claim, Decision, Mention
from tracker.adminsite import ReadOnlyAdmin

# The desk's other pages, each with its addresses.
PARTS = (letters, merging, notices, pipeline, redacting, timeline, writing)


@admin.register(Claim)
class ClaimAdmin(ReadOnlyAdmin):
    """Every claim, whatever its state: read here, changed at the desk."""

    list_display = ("said", "standing", "kind", "who", "source", "sureness", "at_desk")
    list_filter = ("state", "kind", "disputes", "extraction__version")
    list_select_related = ("claimant",)
    search_fields = ("=id", "statement", "claimant__name", "mentions__quote")
    show_full_result_count = False
    list_per_page = 50
    readonly_fields = ("at_desk", "its_mentions", "its_statuses", "its_history")
    fieldsets = (
        (
            None,
            {
                "fields": (
                    "at_desk",
                    "state",
                    "statement",
                    "kind",
                    "claimant",
                    "co_claimants",
                    "targets",
                    "on",
                    "precision",
                    "hedged",
                )
            },
        ),
        ("Where it belongs", {"fields": ("disputes", "topics", "systems", "answers", "merged_into")}),
        ("What it rests on", {"fields": ("its_mentions", "its_statuses", "extraction", "confidence", "proposed")}),
        ("What was decided", {"fields": ("published_at", "changed_at", "created_at", "its_history")}),
    )

    def site_urls(self) -> list[URLPattern]:
        """Return the desk's addresses, at the top of the admin."""
        view = self.admin_site.admin_view
        return [
            path("desk/", view(desk.queue_view), name="desk"),
            path("desk/approvals/", view(approvals.approvals_view), name="desk_approvals"),
            path("desk/<int:pk>/", view(desk.claim_view), name="desk_claim"),
            *(address for part in PARTS for address in part.urls()),
        ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Claim]:
        """Return the claims with their first sources."""
        mentions = Mention.objects.select_related("article__outlet").order_by("pk")
        rows: QuerySet[Claim] = super().get_queryset(request)
        return rows.prefetch_related(Prefetch("mentions", mentions))

    @admin.display(description="claim", ordering="statement")
    def said(self, claim: Claim) -> str:
        """Return the public sentence, or what stands in for it, shortened."""
        text = str(claim)
        return text if len(text) <= 140 else f"{text[:139].rsplit(' ', 1)[0]} …"

    @admin.display(description="state", ordering="state")
    def standing(self, claim: Claim) -> SafeString:
        """Return the claim's state in one word."""
        return format_html('<span class="state state-{}">{}</span>', claim.state, claim.state)

    @admin.display(description="claimant", ordering="claimant__name")
    def who(self, claim: Claim) -> str:
        """Return the claimant, or the name that the extractor gave."""
        proposed = claim.proposed if isinstance(claim.proposed, dict) else {}
        return str(claim.claimant or f"{proposed.get('claimant') or 'nobody'} (no party yet)")

    @admin.display(description="confidence", ordering="confidence")
    def sureness(self, claim: Claim) -> str:
        """Return the extractor's confidence."""
        return "by hand" if claim.confidence is None else f"{claim.confidence:.2f}"

    @admin.display(description="source")
    def source(self, claim: Claim) -> str:
        """Return the outlet of the first mention."""
        return next((str(mention.article.outlet) for mention in claim.mentions.all()), "–")

    @admin.display(description="desk")
    def at_desk(self, claim: Claim) -> SafeString | str:
        """Return a link to the claim's screen at the desk."""
        if claim.pk is None:
            return "–"
        words = {"draft": "Decide", "published": "Edit, retract, add a status or note one as recorded in error"}.get(
            claim.state, "Look"
        )
        return format_html('<a href="{}">{}</a>', reverse("admin:desk_claim", args=[claim.pk]), words)

    @admin.display(description="mentions")
    def its_mentions(self, claim: Claim) -> SafeString:
        """Return the words that state the claim, each with its source."""
        rows = (
            (m.quote, m.article.url, m.article.outlet, m.article, m.start, m.end, " ← ".join(m.via))
            for m in claim.mentions.all()
        )
        line = '<p>“{}” – <a href="{}" rel="noreferrer noopener">{}: {}</a>, {}–{} {}</p>'
        return format_html_join("", line, rows)

    @admin.display(description="status steps")
    def its_statuses(self, claim: Claim) -> SafeString | str:
        """Return the claim's dated steps."""
        rows = (
            (s.when, s.get_step_display(), s.target or "", s.note, "– recorded in error" if s.struck_id else "")
            for s in claim.statuses.select_related("target")
        )
        return format_html_join("", "<p>{} {} {} {} {}</p>", rows) or "–"

    @admin.display(description="decisions")
    def its_history(self, claim: Claim) -> SafeString | str:
        """Return who decided what about the claim, newest first, each with a link to the record."""
        decisions: Any = Decision.objects.filter(subject="claim", subject_id=claim.pk).select_related("actor")
        rows = (
            (
                reverse("admin:claims_decision_change", args=[d.pk]),
                d.number,
                f"{d.made_at:%Y-%m-%d %H:%M}",
                d.actor,
                d.upon("it"),
                d.reason,
            )
            for d in decisions
        )
        return format_html_join("", '<p><a href="{}">{}</a> {} {} {} {}</p>', rows) or "none yet"
