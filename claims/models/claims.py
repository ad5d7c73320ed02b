"""The claim and everything that stands under it: mentions and status steps."""

from datetime import date, datetime
from typing import Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from claims.models.dates import DatedModel
from claims.models.decisions import Decision
from claims.models.disputes import Dispute
from claims.models.extractions import Extraction
from claims.models.parties import Party, System, Topic
from claims.wording import joined
from tracker.news.models import Article, Reading


class Kind(models.TextChoices):
    """What the claimant does; `docs/claims.md` defines each."""

    ALLEGATION = "allegation"
    DENIAL = "denial"
    RESPONSE = "response"
    ACTION = "action"
    FINDING = "finding"
    CONCERN = "concern"


class State(models.TextChoices):
    """Where a claim stands between the machine and the public."""

    DRAFT = "draft", "waiting for a decision"
    AWAITING = "awaiting", "awaiting a second person's approval"
    PUBLISHED = "published"
    REJECTED = "rejected"
    MERGED = "merged", "merged into another claim"
    RETRACTED = "retracted"


class ClaimQuerySet(models.QuerySet["Claim"]):
    """Querysets of claims."""

    def drafts(self) -> Self:
        """Claims that wait for a person's decision."""
        return self.filter(state=State.DRAFT)

    def published(self) -> Self:
        """Claims that the public may read."""
        return self.filter(state=State.PUBLISHED)

    def awaiting_approval(self) -> Self:
        """Claims with words that somebody other than their author has to approve."""
        return self.filter(asked_at__isnull=False)


# What a feed's archive is over: also what was merged or retracted since.
EVER_PUBLIC = Q(published_at__isnull=False, state__in=("published", "merged", "retracted"))


class Claim(DatedModel):
    """One assertion that can be laid at the door of its claimant.

    The date is when the claim was made. `statement` is the public sentence; it names the claimant. What the
    machine proposed is kept beside what people decided: `proposed` never changes after intake.
    """

    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    kind = models.CharField(max_length=10, choices=Kind)
    claimant = models.ForeignKey(Party, null=True, blank=True, on_delete=models.PROTECT, related_name="claims")
    co_claimants = models.ManyToManyField(
        Party, blank=True, related_name="joint_claims", help_text="Who claims it together with the claimant."
    )
    targets = models.ManyToManyField(Party, blank=True, related_name="claims_against")
    statement = models.CharField("public sentence", max_length=500, blank=True)
    hedged = models.BooleanField(default=False, help_text="The source itself marks it as unproven.")
    topics = models.ManyToManyField(Topic, blank=True, related_name="claims")
    systems = models.ManyToManyField(System, blank=True, related_name="claims")
    disputes = models.ManyToManyField(Dispute, blank=True, related_name="claims")
    answers = models.ManyToManyField("self", blank=True, symmetrical=False, related_name="answered_by")
    merged_into = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="merged")

    extraction = models.ForeignKey(Extraction, null=True, blank=True, on_delete=models.PROTECT, related_name="claims")
    proposed = models.JSONField(default=dict, blank=True, editable=False, help_text="What the extractor said.")
    confidence = models.FloatField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    decision = models.ForeignKey(
        Decision, null=True, blank=True, on_delete=models.PROTECT, related_name="+", editable=False
    )
    published_at = models.DateTimeField(null=True, blank=True, editable=False)
    changed_at = models.DateTimeField("last significant change", null=True, blank=True, editable=False)

    # Words of a person's that wait for another's approval: of a published claim the new sentence is kept beside the
    # one that stands; of a claim that is not public yet, `statement` itself waits. `claims.curation` writes them.
    wording = models.CharField("wording awaiting approval", max_length=500, blank=True, editable=False)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+", editable=False
    )
    asked_at = models.DateTimeField(null=True, blank=True, editable=False)

    # Who works on a draft, and who is to: `claims.leases` writes them.
    lease_holder = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+", editable=False
    )
    lease_until = models.DateTimeField(null=True, blank=True, editable=False)
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+", editable=False
    )

    objects = ClaimQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        permissions = [("approve_claim", "Can approve words that another person wrote")]
        indexes = [
            models.Index(fields=["asked_at"], condition=Q(asked_at__isnull=False), name="claim_awaiting_approval"),
            models.Index(fields=["-confidence", "id"], condition=Q(state="draft"), name="claim_waiting"),
            models.Index(fields=["-extraction", "id"], condition=Q(state="draft"), name="claim_waiting_by_article"),
            models.Index(fields=["-changed_at", "-id"], condition=Q(state="published"), name="claim_changed"),
            # Those that were public and are no more.
            models.Index(
                fields=["-changed_at", "-id"],
                condition=~Q(state="published") & Q(changed_at__isnull=False),
                name="claim_gone",
            ),
            models.Index(fields=["on", "kind"], condition=Q(state="published"), name="claim_dated"),
            models.Index(fields=["-changed_at", "-id"], condition=Q(state="retracted"), name="claim_retracted"),
            models.Index(fields=["published_at", "id"], condition=EVER_PUBLIC, name="claim_ever_public"),
            models.Index(fields=["kind", "published_at", "id"], condition=EVER_PUBLIC, name="claim_ever_by_kind"),
        ]
        constraints = [
            *DatedModel.Meta.constraints,
            models.CheckConstraint(
                condition=~Q(state="published") | Q(claimant__isnull=False, published_at__isnull=False),
                name="published_claim_has_claimant",
                violation_error_message="A published claim needs a claimant.",
            ),
            models.CheckConstraint(
                condition=~Q(state="published") | ~Q(statement=""),
                name="published_claim_has_statement",
                violation_error_message="A published claim needs its public sentence.",
            ),
            models.CheckConstraint(
                condition=Q(state="draft") | Q(decision__isnull=False),
                name="claim_leaves_draft_by_decision",
                violation_error_message="A claim leaves the drafts only by a person's decision.",
            ),
            models.CheckConstraint(
                condition=Q(state="merged", merged_into__isnull=False) | (~Q(state="merged") & Q(merged_into=None)),
                name="merged_claim_names_its_survivor",
            ),
            models.CheckConstraint(condition=~Q(merged_into=F("pk")), name="claim_is_not_merged_into_itself"),
            models.CheckConstraint(
                condition=Q(asked_by=None, asked_at=None, wording="") & ~Q(state="awaiting")
                | Q(asked_by__isnull=False, asked_at__isnull=False)
                & (Q(state="awaiting", wording="") | Q(state="published") & ~Q(wording="")),
                name="approval_is_asked_by_someone_at_some_time",
                violation_error_message="A claim awaits approval of words that somebody asked for.",
            ),
            models.CheckConstraint(
                condition=Q(lease_holder=None, lease_until=None)
                | Q(state="draft", lease_holder__isnull=False, lease_until__isnull=False),
                name="lease_is_a_drafts_and_has_holder_and_end",
            ),
        ]

    def __str__(self) -> str:
        return self.statement or f"{self.kind} by {self.claimant_name or 'nobody yet'}"

    @property
    def claimants(self) -> list[Party]:
        """Everybody who makes the claim: the claimant, then those who claim it together with it, by name."""
        lead = [self.claimant] if self.claimant else []
        return lead + sorted(self.co_claimants.all(), key=lambda party: (party.name, party.pk))

    @property
    def claimant_name(self) -> str:
        """The claimants' names: the parties', else the one that the extractor proposed, else empty."""
        return joined(party.name for party in self.claimants) or str(self.proposed.get("claimant", ""))

    def leased_to_other(self, user_id: int | None, now: datetime) -> bool:
        """Whether somebody other than this user works on the draft at *now*, which is the database's clock's."""
        running = self.lease_until is not None and self.lease_until > now
        return running and self.lease_holder_id != user_id

    def get_absolute_url(self) -> str:
        """Return the claim's stable public address."""
        return reverse("claim", args=[self.pk])


class Mention(models.Model):
    """Where a reading states a claim: `reading.text[start:end] == quote`, refused by the database otherwise.

    Offsets count Unicode code points, end exclusive.
    """

    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="mentions")
    reading = models.ForeignKey(Reading, on_delete=models.PROTECT, related_name="mentions")
    article = models.ForeignKey(Article, on_delete=models.PROTECT, related_name="mentions")
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    quote = models.TextField()
    direct = models.BooleanField(default=False, help_text="The claimant's own words in quotation marks.")
    via = ArrayField(
        models.CharField(max_length=200), default=list, blank=True, help_text="From the outlet towards the origin."
    )

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=Q(end__gt=F("start")), name="mention_has_words"),
            models.UniqueConstraint(fields=["claim", "reading", "start", "end"], name="mention_once_a_claim"),
        ]

    def __str__(self) -> str:
        return self.quote


class Step(models.TextChoices):
    """A step that a claim can take against one target."""

    ALLEGED = "alleged"
    DENIED = "denied"
    CORROBORATED = "corroborated"
    FILED = "filed"
    SETTLED = "settled"
    FOUND = "found", "found to be so"
    DISMISSED = "dismissed"
    WITHDRAWN = "withdrawn", "withdrawn by the claimant"


# Newest first wins within a rank; a later denial does not displace what a court found, so ranks come first.
STEP_RANKS = {
    Step.ALLEGED: 0,
    Step.DENIED: 0,
    Step.CORROBORATED: 1,
    Step.FILED: 1,
    Step.SETTLED: 2,
    Step.FOUND: 2,
    Step.DISMISSED: 2,
    Step.WITHDRAWN: 2,
}

# By the plain word as well: thousands of steps are ranked for one page.
_RANKS: dict[str, int] = {step.value: rank for step, rank in STEP_RANKS.items()}


class Status(DatedModel):
    """A dated, sourced step of a claim against one target. The current status is derived, never set.

    A step is never changed or removed. `struck` is the decision that it was recorded in error: from then on it counts
    for nothing, and stays in the claim's history.
    """

    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="statuses")
    target = models.ForeignKey(Party, null=True, blank=True, on_delete=models.PROTECT, related_name="statuses")
    step = models.CharField(max_length=20, choices=Step)
    source = models.ForeignKey(Mention, on_delete=models.PROTECT, related_name="statuses")
    note = models.CharField(max_length=500, blank=True)
    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="+", editable=False)
    struck = models.ForeignKey(
        Decision, null=True, blank=True, on_delete=models.PROTECT, related_name="+", editable=False
    )

    class Meta:
        verbose_name_plural = "statuses"
        ordering = ["on", "pk"]
        constraints = [
            *DatedModel.Meta.constraints,
            models.UniqueConstraint(
                fields=["claim", "target", "step", "on"],
                condition=Q(struck=None),
                nulls_distinct=False,
                name="status_step_once_a_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_step_display()} {self.when}".strip()


def current_status(statuses: list[Status]) -> Status | None:
    """Return the step that stands: the newest of the highest rank, or None without steps that count.

    A finding, dismissal, settlement or withdrawal outranks a filing, and that an allegation or a denial: a
    later denial does not displace a finding. What was recorded in error counts for nothing.
    """
    counting = (status for status in statuses if status.struck_id is None)
    return max(counting, key=lambda s: (_RANKS[s.step], s.on or date.min, s.pk or 0), default=None)
