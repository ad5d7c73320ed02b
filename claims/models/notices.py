"""What the world has to be told after a decision: an outbox, written in the decision's own transaction."""

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils import timezone

from claims.models.decisions import Decision


class Task(models.TextChoices):
    """Who has to act on a notice."""

    TELL = "tell", "tell those who follow"
    DUMPS = "dumps", "build the bulk files anew"


class NoticeKind(models.TextChoices):
    """What happened."""

    RETRACTED = "retracted"
    CORRECTED = "corrected"
    REPLIED = "replied"
    REDACTED = "redacted"
    STRUCK = "struck", "relieved of a status step that was recorded in error"
    CONCEALED = "concealed", "a person's name was taken out"


class NoticeQuerySet(models.QuerySet["Notice"]):
    """Querysets of notices."""

    def due(self, task: str) -> Self:
        """Notices of a task that nobody acted on, the oldest first; consumers add `select_for_update`."""
        return self.filter(task=task, done_at=None).order_by("pk")


class Notice(models.Model):
    """One thing that one consumer has to do once; `done_at` says that it did.

    A row, not a message: losing every message loses none of these.
    """

    task = models.CharField(max_length=10, choices=Task)
    kind = models.CharField(max_length=10, choices=NoticeKind)
    subject = models.CharField(max_length=20, help_text="The kind of thing: claim, dispute, party.")
    subject_id = models.BigIntegerField()
    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="notices")
    made_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["task", "id"], condition=Q(done_at=None), name="notice_due")]
        constraints = [
            models.UniqueConstraint(fields=["task", "decision", "subject", "subject_id"], name="notice_once_a_decision")
        ]

    def __str__(self) -> str:
        return f"{self.get_task_display()}: {self.subject} {self.subject_id} was {self.get_kind_display()}"

    def done(self, now: datetime | None = None) -> bool:
        """Note that the task is done; return whether it was this call that noted it."""
        rows = Notice.objects.filter(pk=self.pk, done_at=None)
        return bool(rows.update(done_at=now or timezone.now()))
