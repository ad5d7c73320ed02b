"""How much is published of each thing that has a public page: kept by triggers in the transaction that changes it.

A list of such things would otherwise count every claim there is for each page that it shows. A thing of which nothing
is published has no row, so that whatever has one has a public page. Triggers (migration 0022) are the only writers,
whatever road a change takes; `claims_recount_all()` counts everything anew.
"""

from django.db import models

from claims.models.disputes import Dispute
from claims.models.parties import Party, System, Topic
from tracker.news.models import Article, Outlet


class Tally(models.Model):
    """Of one thing: `total` published claims, the time of the last significant change of one of them."""

    total = models.PositiveIntegerField()
    changed_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True


class DisputeTally(Tally):
    """Of a dispute; also its allegations, its answers, the span of its dates, and how busy it is.

    `heat` is ln Σ exp(t / 90 days) over the times of its claims' last changes, in seconds since 2020: of two disputes
    the one with more changes, each counting less the older it is, has more. The order never depends on today.
    """

    dispute = models.OneToOneField(Dispute, on_delete=models.CASCADE, primary_key=True, related_name="tally")
    allegations = models.PositiveIntegerField()
    answers = models.PositiveIntegerField()
    first = models.DateField(null=True)
    last = models.DateField(null=True)
    heat = models.FloatField()

    class Meta:
        indexes = [models.Index(fields=["-heat", "dispute"], name="dispute_tally_heat")]

    def __str__(self) -> str:
        return f"{self.total} claims in dispute {self.dispute_id}"


class PartyTally(Tally):
    """Of a party with those merged into it: claims by it or against it; `made` and `against` are without answers."""

    party = models.OneToOneField(Party, on_delete=models.CASCADE, primary_key=True, related_name="tally")
    made = models.PositiveIntegerField()
    answers = models.PositiveIntegerField()
    against = models.PositiveIntegerField()

    class Meta:
        indexes = [models.Index(fields=["-total", "party"], name="party_tally_total")]

    def __str__(self) -> str:
        return f"{self.total} claims by or against party {self.party_id}"


class SystemTally(Tally):
    """Of a system."""

    system = models.OneToOneField(System, on_delete=models.CASCADE, primary_key=True, related_name="tally")

    def __str__(self) -> str:
        return f"{self.total} claims about system {self.system_id}"


class TopicTally(Tally):
    """Of a topic."""

    topic = models.OneToOneField(Topic, on_delete=models.CASCADE, primary_key=True, related_name="tally")

    def __str__(self) -> str:
        return f"{self.total} claims with topic {self.topic_id}"


class ArticleTally(Tally):
    """Of an article: the claims that it carries."""

    article = models.OneToOneField(Article, on_delete=models.CASCADE, primary_key=True, related_name="tally")

    def __str__(self) -> str:
        return f"{self.total} claims in article {self.article_id}"


class OutletTally(Tally):
    """Of an outlet: `total` counts its articles that carry a published claim."""

    outlet = models.OneToOneField(Outlet, on_delete=models.CASCADE, primary_key=True, related_name="tally")

    def __str__(self) -> str:
        return f"{self.total} articles of outlet {self.outlet_id}"
