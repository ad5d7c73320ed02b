"""How well an extractor version did against claims that people judged or labelled."""

from typing import Self

from django.db import models


class EvaluationQuerySet(models.QuerySet["Evaluation"]):
    """Querysets of evaluations."""

    def newest(self) -> Self:
        """The newest evaluation on each set, newest first: what a public page shows."""
        return self.filter(pk__in=self.order_by("dataset", "-pk").distinct("dataset").values("pk"))


class Evaluation(models.Model):
    """One run of an extractor version over a set of articles, and its figures.

    *dataset* is "editors' decisions" or the name of a file of labels. *articles* counts the articles, *complete*
    those whose claims were all labelled: only they count for recall. *labelled* counts the labels that recall is
    over, *drafted* the drafts that precision is over. *figures* is a `claims.extraction.scoring.Report` as JSON.
    """

    EDITORS = "editors' decisions"

    made_at = models.DateTimeField(auto_now_add=True)
    dataset = models.CharField(max_length=200)
    extractor = models.CharField(max_length=50)
    version = models.CharField(max_length=50)
    articles = models.PositiveIntegerField()
    complete = models.PositiveIntegerField("articles labelled to the end")
    labelled = models.PositiveIntegerField()
    drafted = models.PositiveIntegerField()
    figures = models.JSONField()
    cost = models.FloatField(null=True, blank=True, help_text="What asking a language model cost.")

    objects = EvaluationQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.extractor} {self.version} on {self.dataset}"
