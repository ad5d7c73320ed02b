"""One run of one extractor version over one reading."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from tracker.news.models import Reading, Work


class Extraction(Work):
    """What an extractor version made of a reading: once a version, tried a bounded number of times."""

    reading = models.ForeignKey(Reading, on_delete=models.PROTECT, related_name="extractions")
    extractor = models.CharField(max_length=50)
    version = models.CharField(max_length=50)
    finished_at = models.DateTimeField(null=True, blank=True)
    relevant = models.BooleanField(null=True)
    relevance = models.FloatField(null=True)
    reasons = ArrayField(models.TextField(), default=list, blank=True)
    details = models.JSONField(
        default=dict,
        blank=True,
        editable=False,
        help_text="Of a language model's run: prompt, tokens, cost, what fell.",
    )

    class Meta(Work.Meta):
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["reading", "extractor", "version"], name="extraction_once_a_version")
        ]

    def __str__(self) -> str:
        return f"{self.extractor} {self.version} on reading {self.reading_id}"
