"""Entries, articles, snapshots, readings and changes: to be read, never changed or deleted."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from tracker.adminsite import URLS, LanguageFilter, ModelAdmin, ReadOnlyAdmin
from tracker.news import archives
from tracker.news.admin.base import plain_text, shortened
from tracker.news.models import ArchiveCopy, Article, Change, Entry, Reading, Snapshot


@admin.register(Entry)
class EntryAdmin(ReadOnlyAdmin):
    """Items as their feeds gave them."""

    list_display = ("headline", "feed", "published_at", "first_seen_at", "article_link")
    list_filter = ("first_seen_at", "feed__outlet")
    list_select_related = ("feed",)
    search_fields = ("title", "url", "=guid")
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Entry]:
        """Return the entries without their summaries."""
        rows: QuerySet[Entry] = super().get_queryset(request)
        return rows.defer("summary_html")

    @admin.display(description="entry", ordering="title")
    def headline(self, entry: Entry) -> str:
        """Return the entry's title, shortened."""
        return shortened(str(entry))

    @admin.display(description="article")
    def article_link(self, entry: Entry) -> SafeString | str:
        """Return a link to the article that the entry led to."""
        if entry.article_id is None:
            return "–"
        return format_html('<a href="{}">article</a>', reverse("admin:news_article_change", args=[entry.article_id]))


@admin.register(Article)
class ArticleAdmin(ReadOnlyAdmin):
    """Pages, one row a canonical URL."""

    list_display = ("headline", "outlet", "published_at", "language", "copy_of", "last_status", "error")
    list_filter = ("published_at", LanguageFilter, "outlet")
    list_select_related = ("outlet", "original")
    search_fields = ("title", "url")
    show_full_result_count = False
    readonly_fields = ("its_readings", "its_addresses")

    @admin.display(description="article", ordering="title")
    def headline(self, article: Article) -> str:
        """Return the article's title, shortened."""
        return shortened(str(article))

    @admin.display(description="copy of")
    def copy_of(self, article: Article) -> str:
        """Return the article that this one copies."""
        return shortened(str(article.original)) if article.original else "–"

    @admin.display(description="last error")
    def error(self, article: Article) -> str:
        """Return the last error, shortened."""
        return shortened(article.last_error)

    @admin.display(description="readings")
    def its_readings(self, article: Article) -> SafeString:
        """Return links to what was read of the article."""
        rows = Reading.objects.filter(snapshot__article=article).defer("text").select_related("snapshot")
        rows = rows.defer("text", "snapshot__body_zstd")
        links = [
            format_html('<p><a href="{}">{}</a></p>', reverse("admin:news_reading_change", args=[r.pk]), r)
            for r in rows
        ]
        return SafeString("".join(links) or "–")

    @admin.display(description="addresses")
    def its_addresses(self, article: Article) -> SafeString:
        """Return every address that led to the article."""
        return SafeString("".join(format_html("<p>{}</p>", address.url) for address in article.addresses.all()) or "–")


@admin.register(Snapshot)
class SnapshotAdmin(ReadOnlyAdmin):
    """The bytes of pages as they were: facts here, the bytes as a download in plain text."""

    list_display = ("where", "fetched_at", "status", "content_type", "size")
    list_filter = ("fetched_at",)
    search_fields = ("url", "=sha256")
    show_full_result_count = False
    fields = (
        "article",
        "url",
        "fetched_at",
        "status",
        "content_type",
        "size",
        "sha256",
        "bytes_as_text",
        "archive_link",
    )
    readonly_fields = ("bytes_as_text", "archive_link")

    def get_urls(self) -> list[URLPattern]:
        """Add the download."""
        view = self.admin_site.admin_view(self.download)
        return [path("<int:pk>/download/", view, name="news_snapshot_download"), *super().get_urls()]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Snapshot]:
        """Return the snapshots without their bytes."""
        rows: QuerySet[Snapshot] = super().get_queryset(request)
        return rows.defer("body_zstd").select_related("article")

    @admin.display(description="address", ordering="url")
    def where(self, snapshot: Snapshot) -> str:
        """Return where the bytes came from, shortened."""
        return shortened(snapshot.url)

    @admin.display(description="bytes")
    def bytes_as_text(self, snapshot: Snapshot) -> SafeString:
        """Return a link to the download."""
        url = reverse("admin:news_snapshot_download", args=[snapshot.pk])
        return format_html('<a href="{}" download>Download as plain text</a>', url)

    @admin.display(description="outside archive")
    def archive_link(self, snapshot: Snapshot) -> SafeString:
        """Return a link to where an archive's copy is noted, or to the form that notes one."""
        copy = ArchiveCopy.objects.filter(snapshot=snapshot).first()
        if copy is None:
            url = reverse("admin:news_archivecopy_add") + f"?snapshot={snapshot.pk}"
            return format_html('<a href="{}">Note an archive’s copy</a>', url)
        url = reverse("admin:news_archivecopy_change", args=[copy.pk])
        return format_html('<a href="{}">{}</a>', url, copy.url)

    def download(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Answer with a snapshot's bytes, as an attachment in plain text: a browser never runs what a page holds."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        snapshot = Snapshot.objects.filter(pk=pk).first()
        if snapshot is None:
            raise Http404(f"There is no snapshot {pk}.")
        return plain_text(snapshot.body, f"snapshot-{pk}.txt")


@admin.register(ArchiveCopy)
class ArchiveCopyAdmin(ModelAdmin):
    """Where outside archives keep pages that we hold; editors note it, and readers see it beside the quote."""

    list_display = ("url", "page", "noted_at", "noted_by")
    list_select_related = ("snapshot__article",)
    search_fields = ("url", "snapshot__url")
    formfield_overrides = URLS
    show_full_result_count = False
    raw_id_fields = ("snapshot",)
    fields = ("snapshot", "url", "noted_at", "noted_by")

    def get_queryset(self, request: HttpRequest) -> QuerySet[ArchiveCopy]:
        """Return the copies without the snapshots' bytes."""
        rows: QuerySet[ArchiveCopy] = super().get_queryset(request)
        return rows.defer("snapshot__body_zstd")

    def get_readonly_fields(self, request: HttpRequest, obj: ArchiveCopy | None = None) -> tuple[str, ...]:
        """Keep the snapshot of a copy as it is: a copy of another page is another copy."""
        return ("noted_at", "noted_by") if obj is None else ("snapshot", "noted_at", "noted_by")

    @admin.display(description="page")
    def page(self, copy: ArchiveCopy) -> str:
        """Return the article whose page it is, shortened."""
        return shortened(str(copy.snapshot.article))

    def save_model(self, request: HttpRequest, obj: ArchiveCopy, form: Any, change: bool) -> None:
        """Note it under the editor's name."""
        obj.pk = archives.note(obj.snapshot, obj.url, request.user.get_username()).pk


@admin.register(Reading)
class ReadingAdmin(ReadOnlyAdmin):
    """The texts of snapshots as extractor versions read them."""

    list_display = ("headline", "extractor", "version", "verdict", "language", "read_at")
    list_filter = ("read_at", "verdict", LanguageFilter)
    search_fields = ("title", "=id", "=extractor")
    show_full_result_count = False
    fields = (
        "title",
        "snapshot_link",
        "extractor",
        "version",
        "read_at",
        "verdict",
        "reason",
        "authors",
        "published_at",
        "language",
        "whole_text",
    )
    readonly_fields = ("snapshot_link", "whole_text")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Reading]:
        """Return the readings without their texts; one that is opened loads its own."""
        rows: QuerySet[Reading] = super().get_queryset(request)
        return rows.select_related("snapshot").defer("text", "snapshot__body_zstd")

    @admin.display(description="reading", ordering="title")
    def headline(self, reading: Reading) -> str:
        """Return the reading's title, shortened."""
        return shortened(reading.title or reading.snapshot.url)

    @admin.display(description="snapshot")
    def snapshot_link(self, reading: Reading) -> SafeString:
        """Return a link to the snapshot that was read."""
        url = reverse("admin:news_snapshot_change", args=[reading.snapshot_id])
        return format_html('<a href="{}">{}</a>', url, reading.snapshot)

    @admin.display(description="text")
    def whole_text(self, reading: Reading) -> SafeString:
        """Return the text as it was read."""
        return format_html('<div class="reading-text" tabindex="0">{}</div>', reading.text or "(no text)")


@admin.register(Change)
class ChangeAdmin(ReadOnlyAdmin):
    """What pages say otherwise than before."""

    list_display = ("page", "kind", "at")
    list_filter = ("kind", "article__outlet")
    list_select_related = ("article",)
    search_fields = ("article__title", "article__url")
    date_hierarchy = "at"
    show_full_result_count = False
    fields = ("page", "kind", "at", "differences")
    readonly_fields = fields

    @admin.display(description="page", ordering="article__title")
    def page(self, change: Change) -> SafeString:
        """Return a link to the article."""
        url = reverse("admin:news_article_change", args=[change.article_id])
        return format_html('<a href="{}">{}</a>', url, shortened(str(change.article)))

    @admin.display(description="what was, and what is")
    def differences(self, change: Change) -> SafeString:
        """Return each stretch of the text that differs, as it was and as it is."""
        rows = [
            format_html('<del class="page-was">{}</del><ins class="page-is">{}</ins>', was or "–", now or "–")
            for was, now in change.paragraphs()
        ]
        return format_html('<div class="reading-text" tabindex="0">{}</div>', SafeString("".join(rows) or "–"))
