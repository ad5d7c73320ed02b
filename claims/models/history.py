"""The memory under the decisions: every row of judgement that came, changed or went, and the published heads."""

from django.conf import settings
from django.db import models

from claims.models.decisions import Decision


class Operation(models.TextChoices):
    """What happened to a row."""

    BASELINE = "baseline", "was there when the history began"
    INSERT = "insert", "added"
    UPDATE = "update", "changed"
    DELETE = "delete", "removed"


class AuditEvent(models.Model):
    """One row of a judgement's table before and after, as a trigger recorded it, whatever road the change took.

    All tables share one chain: `hash` is the SHA-256 over the event before and every other field (migration 0013),
    so an edited, removed or reordered event shows. `before` and `after` are the row as JSON, column by column, None
    where there was none. `claim` is the claim that the row belongs to, if any. `actor` is who decided or asked;
    None where a program or plain SQL did. `road` says how it came: the request's path, the program, the
    database's user.
    """

    number = models.PositiveBigIntegerField(unique=True, editable=False, default=0)
    at = models.DateTimeField()
    transaction = models.BigIntegerField()
    table_name = models.CharField("table", max_length=63)
    row_id = models.BigIntegerField("row")
    claim = models.BigIntegerField(null=True)
    operation = models.CharField(max_length=10, choices=Operation)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+"
    )
    road = models.JSONField(default=dict)
    redaction = models.ForeignKey(Decision, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    previous = models.CharField(max_length=64, editable=False)
    hash = models.CharField(max_length=64, editable=False)

    class Meta:
        ordering = ["-number"]
        indexes = [
            models.Index(fields=["table_name", "row_id", "-number"], name="audit_row"),
            models.Index(fields=["claim", "table_name", "row_id", "-number"], name="audit_claim"),
            models.Index(fields=["at"], name="audit_at"),
        ]

    def __str__(self) -> str:
        return f"{self.number}: {self.table_name} {self.row_id} {self.get_operation_display()}"


class HistoryHead(models.Model):
    """The newest number and hash of both chains on one day, as they were published: what a copy of history is held to.

    Whoever kept a published head can tell later whether anything up to it was rewritten. A number of 0 with an empty
    hash says that a chain had no row yet.
    """

    day = models.DateField(unique=True)
    published_at = models.DateTimeField()
    decision_number = models.PositiveBigIntegerField()
    decision_hash = models.CharField(max_length=64, blank=True)
    event_number = models.PositiveBigIntegerField()
    event_hash = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering = ["-day"]

    def __str__(self) -> str:
        return f"{self.day}: decision {self.decision_number}, event {self.event_number}"
