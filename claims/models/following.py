"""Who follows what and how it reaches them: by mail, by webhook, by way of a WebSub hub.

None of it is judgement, and the addresses are personal: it is kept out of the history, and a row goes when its person
does.
"""

import secrets
from datetime import timedelta

from django.db import models
from django.db.models import Q

from tracker.news.models import Work


def new_token() -> str:
    """Return a token that nobody guesses: 256 bits, to be written in an address."""
    return secrets.token_urlsafe(32)


class Watermark(models.Model):
    """Up to which change somebody was told; by name, for those that have no row of their own."""

    name = models.CharField(max_length=40, unique=True)
    told_until = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name}: {self.told_until}"


class Follower(models.Model):
    """A mail address, and the private token of its page. It goes with its last subscription."""

    email = models.EmailField(unique=True)
    token = models.CharField(max_length=64, unique=True, default=new_token, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    refusals = models.PositiveSmallIntegerField(
        default=0, editable=False, help_text="How often in a row its server refused our mail for good."
    )

    def __str__(self) -> str:
        name, _, host = self.email.partition("@")
        return f"{name[:1]}…@{host}"


class Pace(models.TextChoices):
    """How often a follower gets a mail."""

    INSTANT = "instant", "as it happens"
    DAILY = "daily", "once a day"
    WEEKLY = "weekly", "once a week"


# The least time between two mails of one pace to one address: what comes in between is in the next one.
GAPS = {Pace.INSTANT: timedelta(hours=1), Pace.DAILY: timedelta(days=1), Pace.WEEKLY: timedelta(days=7)}


class Subscription(models.Model):
    """A follower's wish to hear of one channel, good once it was confirmed from the mailbox (double opt-in)."""

    follower = models.ForeignKey(Follower, on_delete=models.CASCADE, related_name="subscriptions")
    channel = models.CharField(max_length=700, help_text="The key of a channel: dispute:12.")
    name = models.CharField(max_length=300, help_text="What the channel was called when they subscribed.")
    pace = models.CharField(max_length=10, choices=Pace, default=Pace.DAILY)
    token = models.CharField(max_length=64, unique=True, default=new_token, editable=False)
    language = models.CharField(max_length=10, default="en", help_text="Of the page on which they subscribed.")
    asked_at = models.DateTimeField(auto_now_add=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    told_until = models.DateTimeField(help_text="Changes up to this moment were told.")
    due_at = models.DateTimeField(null=True, blank=True, help_text="Not before then is there another mail.")

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["follower", "channel"], name="subscription_once_a_channel"),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(confirmed_at__isnull=False), name="subscription_due"),
        ]

    def __str__(self) -> str:
        return f"{self.channel}, {self.get_pace_display()}"


class Mail(Work):
    """A mail to be sent: the queue of record. Its Message-ID is fixed, so a mailbox can tell a repetition.

    A digest is put into words when it is sent, from *claims* as they are then: what was retracted meanwhile is not
    in it. *words* holds what is said otherwise, and afterwards nothing: sent mails keep their subject for a week.
    """

    follower = models.ForeignKey(Follower, on_delete=models.CASCADE, related_name="mails")
    message_id = models.CharField(max_length=200, unique=True)
    subject = models.CharField(max_length=300, blank=True)
    subscription = models.ForeignKey(
        Subscription, null=True, blank=True, on_delete=models.CASCADE, help_text="Which one is to be confirmed."
    )
    pace = models.CharField(max_length=10, choices=Pace, blank=True)
    language = models.CharField(max_length=10, default="en")
    claims = models.JSONField(default=dict, blank=True, help_text="Of a digest: the claims' keys by channel.")
    text = models.TextField(blank=True)
    html = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta(Work.Meta):
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.subject or self.message_id


class WebhookState(models.TextChoices):
    """Whether a webhook is called."""

    ASKED = "asked", "to be verified"
    ACTIVE = "active"
    STOPPED = "stopped", "stopped after failures"


class Webhook(Work):
    """An address that is called about one channel's changes, signed (standardwebhooks.com).

    As *Work* it is due where its address is to be verified. After a rotation the former secret signs beside the new
    one until *previous_until*.
    """

    url = models.URLField(max_length=2000)
    channel = models.CharField(max_length=700)
    name = models.CharField(max_length=300)
    token = models.CharField(max_length=64, unique=True, default=new_token, editable=False)
    secret = models.CharField(max_length=100, editable=False)
    previous_secret = models.CharField(max_length=100, blank=True, editable=False)
    previous_until = models.DateTimeField(null=True, blank=True, editable=False)
    state = models.CharField(max_length=10, choices=WebhookState, default=WebhookState.ASKED)
    challenge = models.CharField(max_length=64, default=new_token, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    told_until = models.DateTimeField()
    failures = models.PositiveIntegerField(default=0, editable=False, help_text="Deliveries given up in a row.")

    class Meta(Work.Meta):
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.url} ({self.channel})"


class Delivery(Work):
    """One change to be told to one webhook; tried again with growing pauses, then given up. The log of it, too."""

    webhook = models.ForeignKey(Webhook, on_delete=models.CASCADE, related_name="deliveries")
    message_id = models.CharField(max_length=64, unique=True)
    claim = models.BigIntegerField(help_text="Its key; of the register of corrections the correction's.")
    changed_at = models.DateTimeField()
    created_at = models.DateTimeField(auto_now_add=True)
    tried_at = models.DateTimeField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    status = models.PositiveSmallIntegerField(null=True, blank=True, help_text="The last answer's HTTP status.")
    tries = models.PositiveSmallIntegerField(default=0)

    class Meta(Work.Meta):
        verbose_name_plural = "deliveries"
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["webhook", "claim", "changed_at"], name="delivery_once_a_change"),
        ]

    def __str__(self) -> str:
        return self.message_id


class Ping(Work):
    """A feed of which a hub is to be told that it changed (WebSub 2018, §7 and the hubs' publish requests)."""

    hub = models.URLField(max_length=2000)
    topic = models.URLField(max_length=2000)
    changed_at = models.DateTimeField()
    pinged_at = models.DateTimeField(null=True, blank=True)

    class Meta(Work.Meta):
        ordering = ["-changed_at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["hub", "topic"], name="ping_once_a_feed")]

    def __str__(self) -> str:
        return f"{self.hub}: {self.topic}"
