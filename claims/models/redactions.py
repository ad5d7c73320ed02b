"""What a redaction blanked, without the words."""

from django.db import models

from claims.models.decisions import Decision


class RedactedCell(models.Model):
    """One value that was blanked in part: where it stands, and the SHA-256 of what it was.

    The hash lets whoever holds the old words prove that they stood there; the words are nowhere here.
    """

    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="cells")
    table_name = models.CharField("table", max_length=63)
    row_id = models.BigIntegerField("row")
    column_name = models.CharField("column", max_length=63)
    sha256 = models.CharField(max_length=64)
    spans = models.JSONField(default=list, help_text="Of a text: where it was blanked, [[start, end]], code points.")

    class Meta:
        ordering = ["pk"]
        permissions = [("redact", "Can redact words by court order or erasure request")]
        indexes = [models.Index(fields=["table_name", "row_id"], name="redacted_row")]

    def __str__(self) -> str:
        return f"{self.table_name} {self.row_id}: {self.column_name}"
