"""Right of reply: what we asked a party, and what it answered."""

from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from claims.models.claims import Claim, State
from claims.models.decisions import Decision
from claims.models.parties import Party


class ReplyRequest(models.Model):
    """A party was asked to answer some claims about it, by a private link that runs out and can be revoked.

    `nonce` is signed into the link, so that a revoked one is worth nothing; `answer_by` is what the page says.
    """

    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="reply_requests")
    claims = models.ManyToManyField(Claim, related_name="reply_requests")
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    contact = models.CharField("who was asked, and how", max_length=300, help_text="Stays among editors.")
    answer_by = models.DateField()
    expires_at = models.DateTimeField("the link ends")
    revoked_at = models.DateTimeField(null=True, blank=True)
    nonce = models.CharField(max_length=32, unique=True, editable=False)
    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="+", editable=False)

    class Meta:
        verbose_name = "request for a reply"
        verbose_name_plural = "requests for replies"
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(expires_at__gt=F("asked_at")), name="reply_request_ends_after_asking")
        ]

    def __str__(self) -> str:
        return f"{self.party}, asked on {self.asked_at:%Y-%m-%d}"

    def open(self, now: datetime | None = None) -> bool:
        """Whether its link may still be answered through."""
        return self.revoked_at is None and self.expires_at > (now or timezone.now())


class Moderation(models.TextChoices):
    """Where something that came from outside stands."""

    WAITING = "waiting", "waits for a decision"
    PUBLISHED = "published"
    REJECTED = "rejected"


class ReplyQuerySet(models.QuerySet["Reply"]):
    """Querysets of replies."""

    def waiting(self) -> Self:
        """Replies that nobody decided on."""
        return self.filter(state=Moderation.WAITING)

    def public(self) -> Self:
        """Replies that the public may read, with a claim that it may read."""
        return self.filter(state=Moderation.PUBLISHED, request__claims__state=State.PUBLISHED).distinct()


class Reply(models.Model):
    """What a party sent in answer, verbatim; public once an editor let it through, never reworded.

    `translation` is ours and labelled so. `sender` is a keyed hash of address and day, as a suggestion's.
    """

    request = models.ForeignKey(ReplyRequest, on_delete=models.PROTECT, related_name="replies")
    text = models.TextField()
    signed = models.CharField("for the party", max_length=200, help_text="Who answers, as it is to be shown.")
    language = models.CharField(max_length=20, default="en")
    translation = models.TextField("translation into English", blank=True)
    received_at = models.DateTimeField()
    sender = models.CharField(max_length=64, blank=True, editable=False)
    state = models.CharField(max_length=10, choices=Moderation, default=Moderation.WAITING)
    published_at = models.DateTimeField(null=True, blank=True)
    decision = models.ForeignKey(
        Decision, null=True, blank=True, on_delete=models.PROTECT, related_name="+", editable=False
    )

    objects = ReplyQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "replies"
        ordering = ["received_at", "pk"]
        indexes = [
            models.Index(fields=["received_at"], condition=Q(state="waiting"), name="reply_waiting"),
            models.Index(fields=["sender", "received_at"], name="reply_by_sender"),
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="reply_has_words"),
            models.CheckConstraint(
                condition=Q(state="waiting") | Q(decision__isnull=False), name="reply_is_moderated_by_decision"
            ),
            models.CheckConstraint(
                condition=Q(state="published", published_at__isnull=False)
                | (~Q(state="published") & Q(published_at=None)),
                name="reply_published_at_some_time",
            ),
        ]

    def __str__(self) -> str:
        return f"Reply of {self.request.party}, {self.received_at:%Y-%m-%d}"
