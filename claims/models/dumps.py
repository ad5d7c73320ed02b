"""The bulk files that were made of everything public."""

from django.db import models


class Dump(models.Model):
    """One dump: a folder of files under the place for dumps, and the last decision that they know of.

    *files* is a list of {"name", "size" in bytes, "sha256"}.
    """

    made_at = models.DateTimeField()
    decision = models.PositiveBigIntegerField()
    folder = models.CharField(max_length=100, unique=True)
    files = models.JSONField(default=list)

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.folder
