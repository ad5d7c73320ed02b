"""What readers point out to the editors."""

from typing import Self

from django.db import models
from django.db.models import Q

from claims.models.decisions import Decision
from tracker.news.models import Article


class SuggestionState(models.TextChoices):
    """What became of a suggestion."""

    WAITING = "waiting", "waits for a decision"
    TAKEN = "taken", "taken up"
    REJECTED = "rejected"


class SuggestionQuerySet(models.QuerySet["Suggestion"]):
    """Querysets of suggestions."""

    def waiting(self) -> Self:
        """Suggestions that nobody decided on."""
        return self.filter(state=SuggestionState.WAITING)


class Suggestion(models.Model):
    """A page that a reader thinks belongs here, and why. Never public.

    `sender` is a keyed hash of address and day: it tells one sender from another for a day, and nobody from it.
    """

    url = models.URLField(max_length=2000)
    why = models.TextField()
    contact = models.CharField(max_length=254, blank=True, help_text="Where the reader may be answered, if given.")
    received_at = models.DateTimeField()
    sender = models.CharField(max_length=64, editable=False)
    state = models.CharField(max_length=10, choices=SuggestionState, default=SuggestionState.WAITING)
    article = models.ForeignKey(
        Article, null=True, blank=True, on_delete=models.PROTECT, related_name="suggestions", editable=False
    )
    decision = models.ForeignKey(
        Decision, null=True, blank=True, on_delete=models.PROTECT, related_name="+", editable=False
    )

    objects = SuggestionQuerySet.as_manager()

    class Meta:
        ordering = ["received_at", "pk"]
        indexes = [
            models.Index(fields=["received_at"], condition=Q(state="waiting"), name="suggestion_waiting"),
            models.Index(fields=["sender", "received_at"], name="suggestion_by_sender"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="waiting") | Q(decision__isnull=False), name="suggestion_is_settled_by_decision"
            )
        ]

    def __str__(self) -> str:
        return self.url
