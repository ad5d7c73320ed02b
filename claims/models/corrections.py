"""Public notices of what was wrong and since when it is right."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.urls import reverse

from claims.models.claims import Claim, State
from claims.models.decisions import Decision
from claims.models.disputes import Dispute
from claims.models.parties import Party


class CorrectionQuerySet(models.QuerySet["Correction"]):
    """Querysets of corrections."""

    def public(self) -> Self:
        """Corrections of what the public may read: one of a claim that was retracted went with it."""
        claim = Q(claim__state=State.PUBLISHED) | Q(claim__merged_into__state=State.PUBLISHED)
        dispute = Q(dispute__claims__state=State.PUBLISHED) | Q(dispute__merged_into__claims__state=State.PUBLISHED)
        return self.filter(claim | dispute | Q(party__isnull=False)).distinct()


class Correction(models.Model):
    """What a claim, a dispute or a party said wrongly, and what is right; never changed, only added to.

    It stands on every page that it concerns: a claim's on the pages of its disputes and parties too.
    """

    claim = models.ForeignKey(Claim, null=True, blank=True, on_delete=models.PROTECT, related_name="corrections")
    dispute = models.ForeignKey(Dispute, null=True, blank=True, on_delete=models.PROTECT, related_name="corrections")
    party = models.ForeignKey(Party, null=True, blank=True, on_delete=models.PROTECT, related_name="corrections")
    wrong = models.TextField("what was wrong")
    right = models.TextField("what is right")
    made_at = models.DateTimeField("right since")
    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="+", editable=False)

    objects = CorrectionQuerySet.as_manager()

    class Meta:
        ordering = ["-made_at", "-pk"]
        indexes = [models.Index(fields=["-made_at", "-id"], name="correction_newest")]
        constraints = [
            models.CheckConstraint(
                condition=Q(claim__isnull=False, dispute=None, party=None)
                | Q(claim=None, dispute__isnull=False, party=None)
                | Q(claim=None, dispute=None, party__isnull=False),
                name="correction_is_of_one_thing",
            ),
            models.CheckConstraint(condition=~Q(wrong="") & ~Q(right=""), name="correction_says_wrong_and_right"),
        ]

    def __str__(self) -> str:
        return self.right

    @property
    def subject(self) -> Claim | Dispute | Party:
        """What was corrected."""
        found = self.claim or self.dispute or self.party
        assert found is not None  # the database holds that one is set
        return found

    def get_absolute_url(self) -> str:
        """Return the notice's place in the register."""
        return f"{reverse('corrections')}#correction-{self.pk}"
