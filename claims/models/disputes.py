"""Conflicts between parties over AI systems, and the events that editors add to their timelines."""

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from claims.models.dates import DatedModel
from claims.models.decisions import Decision
from claims.models.parties import System, Topic
from tracker.news.models import Article


class Dispute(models.Model):
    """A conflict between parties over an AI system: title, summary, topics and a timeline."""

    title = models.CharField(max_length=200)
    slug = models.SlugField(max_length=200, unique=True)
    summary = models.TextField(blank=True)
    topics = models.ManyToManyField(Topic, blank=True, related_name="disputes")
    systems = models.ManyToManyField(System, blank=True, related_name="disputes")
    articles = models.ManyToManyField(Article, blank=True, related_name="disputes")
    merged_into = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="merged")
    demonstration = models.BooleanField(default=False, help_text="Curated for the demonstration; shown as such.")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["title"]
        constraints = [
            models.CheckConstraint(condition=~Q(merged_into=F("pk")), name="dispute_is_not_merged_into_itself")
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """Return the address of the dispute's public page."""
        return reverse("dispute", args=[self.slug])


class Event(DatedModel):
    """A dated entry that an editor adds to a timeline, with its sources.

    `decision` says it as it stands; it is empty where the event is older than such decisions.
    """

    dispute = models.ForeignKey(Dispute, on_delete=models.CASCADE, related_name="events")
    text = models.CharField(max_length=500)
    sources = models.ManyToManyField(Article, blank=True, related_name="events")
    decision = models.ForeignKey(
        Decision, null=True, blank=True, on_delete=models.PROTECT, related_name="+", editable=False
    )

    position = models.PositiveSmallIntegerField(
        default=0, editable=False, help_text="Among what stands on its day; 0 where nobody put it anywhere."
    )

    class Meta:
        ordering = ["on", "position", "pk"]
        constraints = [*DatedModel.Meta.constraints]

    def __str__(self) -> str:
        return f"{self.when}: {self.text}" if self.on else self.text


class TimelinePlace(models.Model):
    """Where an editor put a claim among what stands on its day in one dispute's timeline."""

    dispute = models.ForeignKey(Dispute, on_delete=models.CASCADE, related_name="places")
    claim = models.ForeignKey("claims.Claim", on_delete=models.CASCADE, related_name="places")
    position = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["dispute", "claim"], name="timeline_place_once")]

    def __str__(self) -> str:
        return f"claim {self.claim_id} at {self.position}"
