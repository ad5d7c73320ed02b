"""Who decided what, when and why: append-only and hash-chained by the database."""

from django.conf import settings
from django.db import models
from django.db.models import Q


class Verb(models.TextChoices):
    """What a person can decide."""

    WRITE = "write", "wrote"
    PROPOSE = "propose", "asked for approval of"
    ACCEPT = "accept", "accepted"
    APPROVE = "approve", "approved"
    SEND_BACK = "send-back", "sent back"
    EDIT = "edit", "edited"
    REJECT = "reject", "rejected"
    MERGE = "merge", "merged"
    RETRACT = "retract", "retracted"
    STATUS = "status", "recorded a status"
    STRIKE = "strike", "struck a status step of"
    LINK = "link", "linked"
    CURATE = "curate", "curated"
    REDACT = "redact", "redacted"
    SPLIT = "split", "split"
    RESTORE = "restore", "took back the merger of"
    ARRANGE = "arrange", "arranged the timeline of"
    CORRECT = "correct", "published a correction of"
    ASK = "ask", "asked for a reply"
    REVOKE = "revoke", "revoked the link of"
    REPLY = "reply", "published a reply"
    CONCEAL = "conceal", "took the name out of"
    DISCLOSE = "disclose", "published the name of"


# Decisions that change what stands beside claims, or take one away without a newer one in its place.
AROUND = (Verb.RETRACT, Verb.MERGE, Verb.CURATE)


# Verbs that need a word more before what was decided on, and nouns whose models are called by one word.
UPON: dict[str, str] = {
    Verb.STATUS: "recorded a status of",
    Verb.ASK: "asked for a reply of",
    Verb.REPLY: "published",
}
NOUNS = {"replyrequest": "request for a reply"}


class Decision(models.Model):
    """One decision of a person. `number`, `previous` and `hash` are set by a trigger, whatever road the row takes.

    `hash` is the SHA-256 over the previous decision's hash and every field of this one (migration 0002), so an
    edited, removed or reordered row shows. What, who and when are never null: they stand together or not at all.
    Only a redaction blanks words of a row, once, keeps its hash and is named by it (migration 0013).
    """

    number = models.PositiveBigIntegerField(unique=True, editable=False, default=0)
    verb = models.CharField(max_length=20, choices=Verb)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="decisions")
    made_at = models.DateTimeField()
    subject = models.CharField(max_length=20, help_text="The kind of thing decided on: claim, dispute, party …")
    subject_id = models.BigIntegerField()
    reason = models.TextField(blank=True)
    before = models.JSONField(default=dict, blank=True)
    after = models.JSONField(default=dict, blank=True)
    previous = models.CharField(max_length=64, blank=True, editable=False)
    hash = models.CharField(max_length=64, blank=True, editable=False)
    redaction = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="+", editable=False
    )

    class Meta:
        ordering = ["-number"]
        indexes = [
            models.Index(fields=["subject", "subject_id", "number"], name="decision_subject"),
            models.Index(fields=["-number"], condition=Q(verb__in=AROUND), name="decision_around"),
        ]

    def __str__(self) -> str:
        return self.upon(self.thing)

    @property
    def thing(self) -> str:
        """What was decided on, by its noun and number: "claim 12"."""
        return f"{NOUNS.get(self.subject, self.subject)} {self.subject_id}"

    def upon(self, what: str) -> str:
        """Return the decision in words upon *what*: "accepted claim 12", "recorded a status of it"."""
        return f"{UPON.get(self.verb) or self.get_verb_display()} {what}"
