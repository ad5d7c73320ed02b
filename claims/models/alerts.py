"""What editors have to look at again: a page under a claim is not what it was."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from claims.models.claims import Mention
from tracker.news.models import Change


class AlertKind(models.TextChoices):
    """Why a mention is to be looked at again."""

    QUOTE_VANISHED = "quote-vanished", "the quote is not on the page any more"
    HEADLINE_CHANGED = "headline-changed", "the page has another headline"
    PAGE_GONE = "page-gone", "the page is gone"


class AlertQuerySet(models.QuerySet["Alert"]):
    """Querysets of alerts."""

    def open(self) -> "AlertQuerySet":
        """Alerts that no editor has settled."""
        return self.filter(settled_at=None)


class Alert(models.Model):
    """A change of a page that concerns one mention; open until an editor settles it."""

    mention = models.ForeignKey(Mention, on_delete=models.PROTECT, related_name="alerts")
    change = models.ForeignKey(Change, on_delete=models.PROTECT, related_name="alerts")
    kind = models.CharField(max_length=20, choices=AlertKind)
    raised_at = models.DateTimeField(auto_now_add=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    note = models.CharField(max_length=500, blank=True)

    objects = AlertQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["mention", "change", "kind"], name="alert_once_a_change"),
            models.CheckConstraint(
                condition=Q(settled_at=None, settled_by=None) | Q(settled_at__isnull=False, settled_by__isnull=False),
                name="alert_is_settled_by_someone",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.mention}"


class CheckedChange(models.Model):
    """A change that has been held against the claims; each is, once."""

    change = models.OneToOneField(Change, on_delete=models.PROTECT, related_name="checked")
    at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return str(self.change)
