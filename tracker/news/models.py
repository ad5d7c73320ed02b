"""Evidence, collected by machine and never rewritten: Feed → Entry → Article → Snapshot → Reading.

`tracker.news.collection` and `subscriptions` are the only writers. Snapshots and readings are immutable; triggers
of the database refuse an update or a deletion (migration 0002). Rows that stand for work (a feed to poll, an article
to fetch, a snapshot to read) are the queue of record: a worker leases due rows by a conditional update, and where it
dies the lease runs out and the row is due again.
"""

import hashlib
from bisect import bisect_right
from datetime import datetime, timedelta
from math import isqrt
from typing import Any, Self

import zstandard
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, HashIndex
from django.core.validators import URLValidator
from django.db import models, transaction
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils import timezone

from tracker.news import clock
from tracker.news.differences import changed_paragraphs
from tracker.news.types import Verdict


class OutletKind(models.TextChoices):
    """What sort of publisher an outlet is."""

    NEWSPAPER = "newspaper"
    WIRE = "wire"
    COURT = "court"
    REGULATOR = "regulator"
    COMPANY = "company"
    RESEARCH = "research", "research group"
    WATCHDOG = "watchdog"
    OTHER = "other"


class Outlet(models.Model):
    """Who publishes: a newspaper, wire, court, regulator, company or research group."""

    name = models.CharField(max_length=200, unique=True)
    slug = models.SlugField(max_length=200, unique=True)
    kind = models.CharField(max_length=20, choices=OutletKind, default=OutletKind.OTHER)
    url = models.URLField("home page", max_length=2000, blank=True)
    demonstration = models.BooleanField(
        default=False, help_text="Made for the demonstration; shown as such everywhere."
    )

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class WorkQuerySet(models.QuerySet[Any]):
    """Querysets of rows that stand for work."""

    def due(self) -> Self:
        """Rows whose time has come and that no worker holds, longest overdue first."""
        return self.filter(Q(lease_until=None) | Q(lease_until__lte=Now()), due_at__lte=Now()).order_by("due_at", "pk")

    def lease(self, limit: int, seconds: int) -> list[Any]:
        """Take up to *limit* due rows for *seconds* and return them; other workers pass over them meanwhile.

        `attempts` is raised before the work, so that an input which kills its worker stands out. Rows whose lease ran
        out may have been beside such an input: they are taken in fewer at a time and at last one by one, so that
        nothing is put aside for what another row did.
        """
        until = clock.now() + timedelta(seconds=seconds)
        with transaction.atomic():
            rows = self._next(limit)
            self.model._default_manager.filter(pk__in=[row.pk for row in rows]).update(
                lease_until=until, attempts=F("attempts") + 1
            )
        for row in rows:
            row.lease_until, row.attempts = until, row.attempts + 1
        return rows

    def _next(self, limit: int) -> list[Any]:
        """Return the rows to lease now, locked: those that were given back, or a few that were not."""
        due = self.due().select_for_update(skip_locked=True, of=("self",))
        first = due.first()
        if first is None or limit == 1:
            return [] if first is None else [first]
        if first.lease_until is None:
            return list(due.filter(lease_until=None)[:limit])
        few = isqrt(limit) if first.attempts <= 1 else 1
        return list(due.filter(lease_until__isnull=False, attempts=first.attempts)[:few])


class Work(models.Model):
    """A row that is also a piece of work: due at a time, held by one worker at most, its tries counted."""

    MAX_ATTEMPTS = 3

    due_at = models.DateTimeField("next due", null=True, blank=True, help_text="Empty: not before something changes.")
    lease_until = models.DateTimeField(null=True, blank=True, editable=False)
    attempts = models.PositiveSmallIntegerField(default=0, editable=False)
    last_error = models.TextField(blank=True, editable=False)

    objects = WorkQuerySet.as_manager()

    class Meta:
        abstract = True
        # Most rows have nothing due: the index holds only those that have.
        indexes = [
            models.Index(fields=["due_at"], condition=Q(due_at__isnull=False), name="%(class)s_due"),
            # What was put aside after its tries, for the staff's page.
            models.Index(fields=["id"], condition=Q(due_at=None, attempts__gte=3), name="%(class)s_aside"),
        ]

    def settle(self, next_due: datetime | None = None, error: str = "") -> None:
        """Give the lease back; an *error* keeps the count of attempts, success clears it. The caller saves."""
        self.lease_until, self.due_at, self.last_error = None, next_due, error
        if not error:
            self.attempts = 0


class FeedState(models.TextChoices):
    """Whether a feed is polled."""

    ACTIVE = "active"
    PAUSED = "paused", "paused by an editor"
    STOPPED = "stopped", "stopped by its origin"


class Feed(Work):
    """One RSS, Atom, RDF or JSON feed of an outlet, with its validators, schedule and health."""

    outlet = models.ForeignKey(Outlet, on_delete=models.PROTECT, related_name="feeds")
    url = models.URLField(max_length=2000, unique=True)
    title = models.CharField(max_length=500, blank=True)
    topic = models.CharField(max_length=200, blank=True, help_text="The OPML folder that it came from.")
    format = models.CharField(max_length=20, blank=True, editable=False)
    state = models.CharField(max_length=10, choices=FeedState, default=FeedState.ACTIVE)
    state_reason = models.CharField(max_length=500, blank=True)
    # Validators are replayed byte for byte (RFC 9110 §13), so they are kept as the origin sent them.
    etag = models.TextField(blank=True, editable=False)
    last_modified = models.TextField(blank=True, editable=False)
    body_sha256 = models.CharField(max_length=64, blank=True, editable=False)
    last_polled_at = models.DateTimeField(null=True, blank=True, editable=False)
    last_changed_at = models.DateTimeField(null=True, blank=True, editable=False)
    last_status = models.PositiveSmallIntegerField("last HTTP status", null=True, blank=True, editable=False)
    # How often the feed itself asks to be polled (RSS 2.0: ttl, skipHours, skipDays).
    ttl = models.PositiveIntegerField(null=True, blank=True, editable=False, help_text="Minutes.")
    skip_hours = ArrayField(models.PositiveSmallIntegerField(), default=list, editable=False)
    skip_days = ArrayField(models.PositiveSmallIntegerField(), default=list, editable=False)
    failures = models.PositiveIntegerField("failures in a row", default=0, editable=False)
    unchanged = models.PositiveIntegerField("unchanged answers in a row", default=0, editable=False)
    moved_to = models.URLField(max_length=2000, blank=True, editable=False)
    moved_seen = models.PositiveSmallIntegerField("permanent redirects seen", default=0, editable=False)
    hub = models.URLField("WebSub hub", max_length=2000, blank=True, editable=False)
    hub_topic = models.URLField("WebSub topic", max_length=2000, blank=True, editable=False)
    pushed_until = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="While a hub pushes it, it is polled more slowly."
    )
    recent = ArrayField(
        models.DateTimeField(), default=list, editable=False, help_text="Newest publication times: the feed's rhythm."
    )
    added_at = models.DateTimeField(auto_now_add=True)

    class Meta(Work.Meta):
        ordering = ["outlet__name", "url"]

    def __str__(self) -> str:
        return self.title or self.url

    def entries_a_week(self, weeks: int = 8) -> list[int]:
        """Return how many entries came in each of the last weeks, the current one last."""
        now = timezone.now()
        counts = [0] * weeks
        for seen in self.entries.filter(first_seen_at__gt=now - timedelta(weeks=weeks)).values_list(
            "first_seen_at", flat=True
        ):
            counts[weeks - 1 - (now - seen) // timedelta(weeks=1)] += 1
        return counts


class Poll(models.Model):
    """How one poll of a feed ended; the last fifty are kept."""

    feed = models.ForeignKey(Feed, on_delete=models.CASCADE, related_name="polls")
    at = models.DateTimeField()
    status = models.PositiveSmallIntegerField("HTTP status", null=True, blank=True)
    outcome = models.CharField(max_length=12)
    new = models.PositiveIntegerField("new entries", default=0)
    seconds = models.FloatField(default=0)
    size = models.PositiveIntegerField("bytes", default=0)
    error = models.TextField(blank=True)

    class Meta:
        ordering = ["-pk"]
        indexes = [models.Index(fields=["feed", "-id"], name="poll_newest")]

    def __str__(self) -> str:
        return f"{self.outcome} at {self.at:%Y-%m-%d %H:%M}"


class FeedAnswer(models.Model):
    """The last answer of a feed that had a body, its first 100 kB as they were, for inspection."""

    feed = models.OneToOneField(Feed, on_delete=models.CASCADE, primary_key=True, related_name="answer")
    at = models.DateTimeField()
    url = models.TextField(help_text="After redirects.")
    status = models.PositiveSmallIntegerField("HTTP status")
    headers = models.TextField(blank=True)
    body = models.BinaryField()

    def __str__(self) -> str:
        return f"{self.status} of {self.url}"


class HubState(models.TextChoices):
    """Where a subscription at a hub stands (WebSub 5)."""

    ASKED = "asked", "asked for, not verified yet"
    ACTIVE = "active"
    DENIED = "denied", "denied by the hub"


class HubSubscription(Work):
    """A subscription of ours at a feed's WebSub hub; due when it is to be asked for or renewed."""

    feed = models.OneToOneField(Feed, on_delete=models.CASCADE, related_name="subscription")
    hub = models.URLField(max_length=2000)
    topic = models.URLField(max_length=2000)
    # The callback's address is as hard to guess as the secret that signs what comes there.
    token = models.CharField(max_length=64, unique=True, editable=False)
    secret = models.CharField(max_length=64, editable=False)
    state = models.CharField(max_length=10, choices=HubState, default=HubState.ASKED)
    lease_expires_at = models.DateTimeField(null=True, blank=True)
    last_push_at = models.DateTimeField(null=True, blank=True)
    bad_signatures = models.PositiveIntegerField(default=0)

    class Meta(Work.Meta):
        verbose_name = "hub subscription"

    def __str__(self) -> str:
        return f"{self.topic} at {self.hub}"


class Push(Work):
    """What a hub delivered and nobody has read yet; the row goes when its entries are stored."""

    subscription = models.ForeignKey(HubSubscription, on_delete=models.CASCADE, related_name="pushes")
    received_at = models.DateTimeField(auto_now_add=True)
    content_type = models.TextField(blank=True)
    body = models.BinaryField()

    class Meta(Work.Meta):
        verbose_name_plural = "pushes"

    def __str__(self) -> str:
        return f"push for {self.subscription}"


class Article(Work):
    """One page, unique by canonical URL. A duplicate points to its original."""

    url = models.URLField("canonical URL", max_length=2000, unique=True)
    outlet = models.ForeignKey(Outlet, on_delete=models.PROTECT, related_name="articles")
    original = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="copies")
    title = models.CharField(max_length=1000, blank=True)
    authors = ArrayField(models.CharField(max_length=200), default=list, blank=True)
    published_at = models.DateTimeField(null=True, blank=True, db_index=True)
    language = models.CharField(max_length=20, blank=True)
    first_seen_at = models.DateTimeField(auto_now_add=True)
    fetched_at = models.DateTimeField(null=True, blank=True, editable=False)
    last_status = models.PositiveSmallIntegerField("last HTTP status", null=True, blank=True, editable=False)
    etag = models.TextField(blank=True, editable=False)
    last_modified = models.TextField(blank=True, editable=False)
    text_sha256 = models.CharField(
        max_length=64,
        blank=True,
        editable=False,
        db_index=True,
        help_text="Of the newest reading's folded text: exact copies share it.",
    )
    # What the page says as far as we know: its newest reading as an article.
    current = models.ForeignKey(
        "Reading", null=True, blank=True, on_delete=models.PROTECT, related_name="+", editable=False
    )
    reread_stage = models.PositiveSmallIntegerField(
        null=True, blank=True, editable=False, help_text="How far its slowing schedule is; empty: it is not watched."
    )
    sketch = models.BinaryField(blank=True, default=b"", help_text="MinHash of that text; see `likeness`.")
    bands = ArrayField(models.BigIntegerField(), default=list, blank=True, editable=False)

    class Meta(Work.Meta):
        ordering = ["-published_at", "-pk"]
        indexes = [*Work.Meta.indexes, GinIndex(fields=["bands"], name="article_bands")]
        constraints = [models.CheckConstraint(condition=~Q(original=F("pk")), name="article_is_not_its_own_copy")]

    def __str__(self) -> str:
        return self.title or self.url


class Address(models.Model):
    """A URL that led to an article: as a feed gave it, as it redirected, as a copy names its original."""

    url = models.URLField(max_length=2000, unique=True)
    article = models.ForeignKey(Article, on_delete=models.PROTECT, related_name="addresses")

    class Meta:
        verbose_name_plural = "addresses"

    def __str__(self) -> str:
        return self.url


class RobotsFile(models.Model):
    """The robots.txt of an origin (RFC 9309), as long as it may be kept."""

    origin = models.CharField(max_length=300, unique=True, help_text="Scheme, host and port.")
    text = models.TextField(blank=True, help_text="Empty: everything is allowed.")
    usable = models.BooleanField(default=True, help_text="No: it could not be had, and nothing is fetched for now.")
    status = models.PositiveSmallIntegerField("last HTTP status", null=True, blank=True)
    error = models.TextField(blank=True)
    fetched_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    next_request_at = models.DateTimeField(null=True, blank=True, help_text="When its Crawl-delay is over.")

    class Meta:
        verbose_name = "robots.txt"
        verbose_name_plural = "robots.txt files"

    def __str__(self) -> str:
        return f"{self.origin}/robots.txt"


class Entry(models.Model):
    """One item as a feed gave it."""

    feed = models.ForeignKey(Feed, on_delete=models.PROTECT, related_name="entries")
    guid = models.TextField()
    url = models.TextField(blank=True, help_text="As the feed gave it.")
    title = models.TextField(blank=True)
    authors = ArrayField(models.TextField(), default=list, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    published_raw = models.TextField(blank=True, help_text="The date as the feed gave it.")
    updated_at = models.DateTimeField(null=True, blank=True)
    summary_html = models.TextField(blank=True, help_text="Sanitised.")
    article = models.ForeignKey(Article, null=True, blank=True, on_delete=models.PROTECT, related_name="entries")
    first_seen_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "entries"
        ordering = ["-first_seen_at", "-pk"]
        # URLs may be longer than a B-tree takes.
        indexes = [
            HashIndex(fields=["url"], name="entry_url"),
            models.Index(fields=["-first_seen_at", "-id"], name="entry_newest"),
        ]
        constraints = [models.UniqueConstraint(fields=["feed", "guid"], name="entry_unique_in_feed")]

    def __str__(self) -> str:
        return self.title or self.guid


class SnapshotKind(models.TextChoices):
    """How the bytes came here."""

    PAGE = "page", "fetched from its address"
    PASTED = "pasted", "pasted by an editor"


class Snapshot(models.Model):
    """The bytes of a page, PDF, reply or pasted document as they were. Immutable; a changed page gets another."""

    article = models.ForeignKey(Article, on_delete=models.PROTECT, related_name="snapshots")
    url = models.TextField(help_text="The address that the bytes came from, after redirects.")
    fetched_at = models.DateTimeField()
    status = models.PositiveSmallIntegerField()
    content_type = models.TextField(blank=True)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField(help_text="Bytes before compression.")
    body_zstd = models.BinaryField()
    kind = models.CharField(max_length=10, choices=SnapshotKind, default=SnapshotKind.PAGE)
    redaction = models.BigIntegerField(
        null=True, blank=True, editable=False, help_text="Number of the decision that blanked it last."
    )

    class Meta:
        ordering = ["-fetched_at", "-pk"]
        indexes = [models.Index(fields=["-fetched_at", "-id"], name="snapshot_newest")]
        constraints = [models.UniqueConstraint(fields=["article", "sha256"], name="snapshot_unique_bytes")]

    def __str__(self) -> str:
        return f"{self.url} at {self.fetched_at:%Y-%m-%d %H:%M}"

    @property
    def body(self) -> bytes:
        """The bytes as they were fetched, their hash verified; raises ValueError where it disagrees.

        Those of a redacted snapshot are gone: its hash stays, so nothing can be held against it.
        """
        if self.redaction is not None:
            raise ValueError(f"snapshot {self.pk} was redacted: its bytes are gone")
        body = zstandard.ZstdDecompressor().decompress(bytes(self.body_zstd), max_output_size=self.size)
        if hashlib.sha256(body).hexdigest() != self.sha256:
            raise ValueError(f"snapshot {self.pk} does not have the hash that it was stored with")
        return body


class ArchiveCopy(models.Model):
    """Where an outside archive keeps the page that a snapshot holds; shown in place of the snapshot's hash."""

    snapshot = models.OneToOneField(Snapshot, on_delete=models.PROTECT, related_name="archive_copy")
    url = models.URLField("archive's URL", max_length=2000, validators=[URLValidator(["http", "https"])])
    noted_at = models.DateTimeField()
    noted_by = models.CharField(max_length=150, blank=True, help_text="Empty: the page itself came from an archive.")

    class Meta:
        verbose_name = "archive copy"
        verbose_name_plural = "archive copies"

    def __str__(self) -> str:
        return self.url


class Unread(Work):
    """A snapshot that waits to be read; the row goes when its reading is stored, so the queue stays small."""

    snapshot = models.OneToOneField(Snapshot, on_delete=models.PROTECT, related_name="unread")

    class Meta(Work.Meta):
        verbose_name = "unread snapshot"

    def __str__(self) -> str:
        return str(self.snapshot)


VERDICTS = [(verdict.value, verdict.value.replace("-", " ")) for verdict in Verdict]


class Reading(models.Model):
    """The text of a snapshot as one extractor version read it. Immutable: a better extractor makes another."""

    snapshot = models.ForeignKey(Snapshot, on_delete=models.PROTECT, related_name="readings")
    extractor = models.CharField(max_length=50)
    version = models.CharField(max_length=50)
    read_at = models.DateTimeField(auto_now_add=True)
    verdict = models.CharField(max_length=20, choices=VERDICTS)
    reason = models.CharField(max_length=500, blank=True)
    title = models.CharField(max_length=1000, blank=True)
    authors = ArrayField(models.CharField(max_length=200), default=list, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    language = models.CharField(max_length=20, blank=True)
    text = models.TextField(blank=True)
    pages = ArrayField(
        models.PositiveIntegerField(),
        default=list,
        blank=True,
        help_text="Where each page of a PDF begins in the text.",
    )
    redaction = models.BigIntegerField(
        null=True, blank=True, editable=False, help_text="Number of the decision that blanked words of it last."
    )

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["snapshot", "extractor", "version"], name="reading_once_a_version")
        ]

    def __str__(self) -> str:
        return f"{self.title or self.snapshot.url} ({self.extractor} {self.version})"

    def page_at(self, offset: int) -> int | None:
        """Return the number of the PDF's page, from 1, that holds the text at *offset*; None for a web page."""
        return max(bisect_right(self.pages, offset), 1) if self.pages else None


class ChangeKind(models.TextChoices):
    """What was otherwise when a page was read again."""

    TEXT = "text", "its text changed"
    HEADLINE = "headline", "its headline changed"
    UNREADABLE = "unreadable", "no article any more"
    GONE = "gone", "the page is gone"
    BACK = "back", "the page is back"


class Change(models.Model):
    """What a page says otherwise than when it was read before, for editors to see."""

    article = models.ForeignKey(Article, on_delete=models.PROTECT, related_name="changes")
    kind = models.CharField(max_length=10, choices=ChangeKind)
    at = models.DateTimeField()
    before = models.ForeignKey(Reading, on_delete=models.PROTECT, related_name="+")
    after = models.ForeignKey(Reading, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.article}: {self.get_kind_display()}"

    def paragraphs(self) -> list[tuple[str, str]]:
        """Return (what was, what is) for each stretch of the text that differs."""
        return list(changed_paragraphs(self.before.text, self.after.text)) if self.after else []
