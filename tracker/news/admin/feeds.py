"""Outlets and feeds: what they are called is edited, how feeds do is shown, their state changes by the collector."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ActionForm
from django.core.exceptions import PermissionDenied
from django.core.validators import URLValidator
from django.db.models import Count, Max, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timesince import timesince, timeuntil

from tracker.adminsite import ModelAdmin, NamedValuesFilter
from tracker.news import subscriptions
from tracker.news.admin.base import NeverDeleted, plain_text, shortened
from tracker.news.models import Feed, FeedAnswer, FeedState, Outlet, Poll

if TYPE_CHECKING:
    FeedModelForm = forms.ModelForm[Feed]
    PollTabular = admin.TabularInline[Poll, Feed]
else:
    FeedModelForm = forms.ModelForm
    PollTabular = admin.TabularInline


@admin.register(Outlet)
class OutletAdmin(NeverDeleted):
    """Who publishes."""

    list_display = ("name", "kind", "feeds_count", "url", "demonstration")
    list_filter = ("kind", "demonstration")
    search_fields = ("name", "url")
    ordering = ("name",)
    prepopulated_fields = {"slug": ("name",)}

    def get_queryset(self, request: HttpRequest) -> QuerySet[Outlet]:
        """Return the outlets with the count that the list shows."""
        rows: QuerySet[Outlet] = super().get_queryset(request)
        return rows.annotate(feed_count=Count("feeds"))

    @admin.display(description="feeds", ordering="feed_count")
    def feeds_count(self, outlet: Any) -> SafeString:
        """Return how many feeds the outlet has, with a link to them."""
        url = reverse("admin:news_feed_changelist")
        return format_html('<a href="{}?outlet__id__exact={}">{}</a>', url, outlet.pk, outlet.feed_count)

    def get_prepopulated_fields(self, request: HttpRequest, obj: Any = None) -> dict[str, Sequence[str]]:
        """Make the address from the name, once."""
        return {} if obj else {"slug": ("name",)}


class FeedActionForm(ActionForm):
    """The action to run, with the reason that a pause is given."""

    reason = forms.CharField(
        required=False, max_length=500, label="Reason", widget=forms.TextInput({"placeholder": "why, for a pause"})
    )


class FeedForm(FeedModelForm):
    """A new feed: its address, its outlet, and what to call it."""

    url = forms.URLField(
        label="Address", max_length=2000, assume_scheme="https", validators=[URLValidator(["http", "https"])]
    )

    class Meta:
        model = Feed
        fields = ("url", "outlet", "title", "topic")


@admin.action(description="Poll now", permissions=["change"])
def poll_now(model_admin: ModelAdmin, request: HttpRequest, feeds: QuerySet[Feed]) -> None:
    """Make the chosen feeds due; those that are not polled are named."""
    resting = [str(feed) for feed in feeds if not subscriptions.poll_now(feed)]
    if due := len(feeds) - len(resting):
        messages.success(request, f"{due} feed{'s' if due > 1 else ''} will be polled at the next sweep.")
    if resting:
        messages.warning(request, f"Not polled while paused or stopped: {', '.join(resting)}. Start them first.")


@admin.action(description="Start (resume polling)", permissions=["change"])
def resume(model_admin: ModelAdmin, request: HttpRequest, feeds: QuerySet[Feed]) -> None:
    """Poll the chosen feeds again."""
    for feed in feeds:
        subscriptions.resume(feed)
    messages.success(request, f"{len(feeds)} feed{'s' if len(feeds) > 1 else ''} started, and due now.")


@admin.action(description="Pause (say why)", permissions=["change"])
def pause(model_admin: ModelAdmin, request: HttpRequest, feeds: QuerySet[Feed]) -> None:
    """Stop polling the chosen feeds; a reason has to be given."""
    reason = " ".join(request.POST.get("reason", "").split())
    if not reason:
        messages.error(request, "Say why they are paused, in the field beside the action: nothing was changed.")
        return
    for feed in feeds:
        subscriptions.pause(feed, f"{reason} ({request.user})")
    messages.success(request, f"{len(feeds)} feed{'s' if len(feeds) > 1 else ''} paused: {reason}")


class HealthFilter(admin.SimpleListFilter):
    """Feeds by how they do."""

    title = "health"
    parameter_name = "health"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Return the choices."""
        return [("well", "well"), ("failing", "failing"), ("never", "never polled")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Feed]) -> QuerySet[Feed]:
        """Return the feeds of the chosen health."""
        if self.value() == "well":
            return queryset.filter(failures=0, last_polled_at__isnull=False)
        if self.value() == "failing":
            return queryset.filter(failures__gt=0)
        return queryset.filter(last_polled_at=None) if self.value() == "never" else queryset


class PollInline(PollTabular):
    """How the last polls of a feed ended."""

    model = Poll
    extra = 0
    max_num = 0
    can_delete = False
    fields = ("at", "status", "outcome", "new", "seconds", "size", "error")
    readonly_fields = fields
    verbose_name_plural = "last polls"

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Allow it to those who may see the feed."""
        return request.user.has_perm("news.view_feed")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse: polls are recorded, not written."""
        return False


def sparkline(counts: Sequence[int], width: int = 120, height: int = 24) -> SafeString:
    """Return *counts* as a small line in SVG; whoever cannot see it has the numbers beside it."""
    top, step = max(*counts, 1), (width - 4) / max(len(counts) - 1, 1)
    dots = (f"{2 + turn * step:.1f},{height - 2 - count / top * (height - 4):.1f}" for turn, count in enumerate(counts))
    return format_html(
        '<svg width="{0}" height="{1}" viewBox="0 0 {0} {1}" aria-hidden="true">'
        '<polyline points="{2}" fill="none" stroke="currentColor" stroke-width="2"/></svg>',
        *(width, height, " ".join(dots)),
    )


@admin.register(Feed)
class FeedAdmin(NeverDeleted):
    """Feeds and their health. Adding one makes it due; its address and state are not edited by hand."""

    list_display = ("name", "outlet", "health", "polled", "next_poll", "entry_count", "error")
    list_filter = (
        "state",
        HealthFilter,
        "outlet__kind",
        ("format", NamedValuesFilter),
        ("topic", NamedValuesFilter),
        "outlet",
    )
    list_select_related = ("outlet",)
    search_fields = ("title", "url", "outlet__name")
    ordering = ("outlet__name", "url")
    autocomplete_fields = ("outlet",)
    actions = (poll_now, resume, pause)
    action_form = FeedActionForm
    inlines = (PollInline,)
    list_per_page = 100
    facts = (
        "url",
        "state",
        "state_reason",
        "health",
        "last_error",
        "weekly",
        "failures",
        "last_status",
        "last_polled_at",
        "last_changed_at",
        "due_at",
        "attempts",
        "unchanged",
        "format",
        "etag",
        "last_modified",
        "moved_to",
        "added_at",
        "entry_count",
        "newest_entry",
        "last_answer",
    )

    def get_urls(self) -> list[URLPattern]:
        """Add the download of a feed's last answer."""
        view = self.admin_site.admin_view(self.download_answer)
        return [path("<int:pk>/answer/", view, name="news_feed_answer"), *super().get_urls()]

    def get_inlines(self, request: HttpRequest, obj: Any) -> tuple[Any, ...]:
        """Return the last polls, of a feed that is there."""
        return self.inlines if obj else ()

    def get_queryset(self, request: HttpRequest) -> QuerySet[Feed]:
        """Return the feeds with what the list counts."""
        rows: QuerySet[Feed] = super().get_queryset(request)
        return rows.annotate(entries_held=Count("entries"), newest=Max("entries__first_seen_at"))

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Return the form of a new feed, or all that is known of one."""
        return ("outlet", "title", "topic", *self.facts) if obj else ("url", "outlet", "title", "topic")

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """Return the form of a new feed, or the plain one of what a feed is called."""
        return super().get_form(request, obj, change, **kwargs, **({} if obj else {"form": FeedForm}))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Return what only the collector writes."""
        return self.facts if obj else ()

    def save_model(self, request: HttpRequest, obj: Feed, form: Any, change: bool) -> None:
        """Add a feed through the collector; of one that is there, save only what it is called."""
        if change:
            obj.save(update_fields=["outlet", "title", "topic"])
            return
        feed, _ = subscriptions.add_feed(obj.url, obj.outlet, title=obj.title, topic=obj.topic)
        obj.pk, obj._state.adding = feed.pk, False

    @admin.display(description="feed", ordering="title")
    def name(self, feed: Feed) -> str:
        """Return the feed's title, or its address without one."""
        return shortened(str(feed))

    @admin.display(description="state and health", ordering="state")
    def health(self, feed: Feed) -> SafeString:
        """Return in a word or two whether the feed is polled and how it does."""
        tone, word = _health(feed)
        return format_html('<span class="pill pill-{}">{}</span>', tone, word)

    @admin.display(description="polled", ordering="last_polled_at")
    def polled(self, feed: Feed) -> str:
        """Return how long ago the feed was polled."""
        return f"{timesince(feed.last_polled_at, depth=1)} ago" if feed.last_polled_at else "never"

    @admin.display(description="next", ordering="due_at")
    def next_poll(self, feed: Feed) -> str:
        """Return when the feed is due."""
        if feed.due_at is None:
            return "–"
        return f"in {timeuntil(feed.due_at, depth=1)}" if feed.due_at > timezone.now() else "due now"

    @admin.display(description="entries", ordering="entries_held")
    def entry_count(self, feed: Any) -> SafeString | str:
        """Return how many entries the feed gave, with a link to them."""
        if feed.pk is None:
            return "–"
        url = reverse("admin:news_entry_changelist")
        return format_html('<a href="{}?feed__id__exact={}">{}</a>', url, feed.pk, feed.entries_held)

    @admin.display(description="entries a week")
    def weekly(self, feed: Feed) -> SafeString | str:
        """Return how many entries came in each of the last eight weeks, as a line and in numbers."""
        if feed.pk is None:
            return "–"
        counts = feed.entries_a_week()
        return format_html("{} {}", sparkline(counts), ", ".join(map(str, counts)))

    @admin.display(description="newest entry")
    def newest_entry(self, feed: Any) -> Any:
        """Return when the newest entry was first seen."""
        return feed.newest

    @admin.display(description="last answer")
    def last_answer(self, feed: Feed) -> SafeString | str:
        """Return a link to the last answer that had a body."""
        answer = FeedAnswer.objects.filter(feed=feed).defer("body").first() if feed.pk else None
        if answer is None:
            return "–"
        url = reverse("admin:news_feed_answer", args=[feed.pk])
        words = '<a href="{}" download>Download its beginning as plain text</a> ({}, {} UTC)'
        return format_html(words, url, answer.status, f"{answer.at:%Y-%m-%d %H:%M}")

    def download_answer(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Answer with the beginning of a feed's last answer, as an attachment in plain text."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        answer = FeedAnswer.objects.filter(feed=pk).first()
        if answer is None:
            raise Http404(f"No answer of feed {pk} is kept.")
        return plain_text(bytes(answer.body), f"feed-{pk}.txt")

    @admin.display(description="last error")
    def error(self, feed: Feed) -> str:
        """Return the last error, or why the feed rests."""
        return shortened(feed.state_reason or feed.last_error)


def _health(feed: Feed) -> tuple[str, str]:
    """Return a tone (good, quiet, warn, bad) and words for a feed's state."""
    if feed.state == FeedState.STOPPED:
        return "bad", "stopped by its origin"
    if feed.state == FeedState.PAUSED:
        return "quiet", "paused"
    if feed.failures:
        return ("bad" if feed.failures >= 5 else "warn"), f"failing, {feed.failures} in a row"
    return ("good", "well") if feed.last_polled_at else ("quiet", "not polled yet")
