"""What goes out to those who follow: mails, webhooks and pings, as rows that nobody edits.

Addresses are shown in part alone. The words of a mail are kept, and shown, only where no mail leaves the machine.
"""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from claims.models import Delivery, Mail, Ping, Webhook
from tracker.adminsite import ReadOnlyAdmin


@admin.register(Mail)
class MailAdmin(ReadOnlyAdmin):
    """Outgoing mails of the last week."""

    list_display = ("subject", "follower", "pace", "created_at", "sent_at", "due_at", "last_error")
    list_filter = ("pace", "sent_at")
    fields = ("subject", "follower", "pace", "message_id", "created_at", "sent_at", "due_at", "attempts", "last_error")
    ordering = ("-pk",)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        """Return the fields; the words where they were kept."""
        return [*self.fields, *(["text"] if obj is not None and obj.text else [])]


@admin.register(Webhook)
class WebhookAdmin(ReadOnlyAdmin):
    """Addresses that are called; their secrets are nobody's but their owners'."""

    list_display = ("url", "name", "state", "created_at", "failures", "last_error")
    list_filter = ("state",)
    fields = ("url", "name", "channel", "state", "created_at", "told_until", "failures", "due_at", "last_error")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Allow it to administrators: an address may have to be stopped for good."""
        return bool(request.user.is_superuser)


@admin.register(Delivery)
class DeliveryAdmin(ReadOnlyAdmin):
    """The log of what webhooks were told."""

    list_display = ("message_id", "webhook", "claim", "created_at", "tries", "status", "done_at", "due_at")
    list_filter = ("status",)
    fields = (*list_display, "last_error")
    list_select_related = ("webhook",)


@admin.register(Ping)
class PingAdmin(ReadOnlyAdmin):
    """What WebSub hubs were told."""

    list_display = ("topic", "hub", "changed_at", "pinged_at", "due_at", "last_error")
    list_filter = ("hub",)
    fields = list_display
