"""Sending the mails that are queued, each put into words when it goes: what was retracted meanwhile is not in it.

A mail server has no transaction with our database: a worker that dies between its "accepted" and our commit leaves a
mail that is sent again. It then has the same Message-ID, by which mailboxes know it. Everything else has one effect.
"""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from smtplib import SMTPRecipientsRefused, SMTPResponseException
from typing import Any
from urllib.parse import urlsplit

from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from claims.following import channels
from claims.following.changes import told
from claims.following.items import Item, line
from claims.models import Mail, Pace
from tracker.languages import speaking
from tracker.news import clock
from tracker.news.leasing import Outcome, one_by_one, recorded

log = logging.getLogger(__name__)
RETRIES = (timedelta(minutes=5), timedelta(hours=1), timedelta(hours=6))
# After that many mails in a row that the mailbox's server refused for good, the address is forgotten.
REFUSALS = 3
KEPT = timedelta(days=7)
PACES = {
    Pace.INSTANT: gettext_lazy("News"),
    Pace.DAILY: gettext_lazy("Daily digest"),
    Pace.WEEKLY: gettext_lazy("Weekly digest"),
}


@dataclass(frozen=True, slots=True)
class Sender:
    """In whose name mail goes: the From address, the site's name and address.

    With *keeps* the words of a sent mail are kept for a week: of a demonstration, from which no mail leaves.
    """

    address: str
    name: str
    site: str
    keeps: bool = False

    @property
    def host(self) -> str:
        """The host that identifiers are of."""
        return urlsplit(self.site).hostname or "localhost"


@dataclass(frozen=True, slots=True)
class Words:
    """A mail in words."""

    subject: str
    text: str
    html: str
    leave: str


def send_due(sender: Sender, *, limit: int = 100) -> Iterator[Outcome]:
    """Send mails that are due; yield what became of each."""
    rows = Mail.objects.select_related("follower", "subscription").filter(sent_at=None)
    for mail in one_by_one(rows, limit):
        yield recorded(mail, mail.message_id, partial(_send, mail, sender))


def _send(mail: Mail, sender: Sender) -> Outcome:
    words = compose(mail, sender)
    if words is None:
        mail.delete()
        return Outcome(mail.message_id, True, "nothing left to tell")
    try:
        _message(mail, words, sender).send()
    except (SMTPRecipientsRefused, SMTPResponseException) as error:
        return _refused(mail, error)
    except OSError as error:
        return _later(mail, str(error))
    with transaction.atomic():
        mail.settle()
        mail.sent_at, mail.subject = clock.now(), words.subject
        if sender.keeps:
            mail.text, mail.html = words.text, words.html
        mail.save()
        if mail.follower.refusals:
            mail.follower.refusals = 0
            mail.follower.save(update_fields=["refusals"])
    return Outcome(mail.message_id, True, "sent")


def _refused(mail: Mail, error: SMTPRecipientsRefused | SMTPResponseException) -> Outcome:
    """Try again later what a server put off (4xx); count what it refused for good (5xx, RFC 5321 §4.2.1)."""
    codes = [code for code, _words in error.recipients.values()] if isinstance(error, SMTPRecipientsRefused) else []
    code = max(codes) if codes else getattr(error, "smtp_code", 0)
    if code < 500 or not codes:
        return _later(mail, f"the mail server answered {code}")
    follower = mail.follower
    with transaction.atomic():
        follower.refusals += 1
        if follower.refusals >= REFUSALS:
            follower.delete()
        else:
            follower.save(update_fields=["refusals"])
            mail.settle(None, f"the mailbox was refused: {code}")
            mail.save()
    return Outcome(mail.message_id, False, "refused", error=f"refused: {code}")


def _later(mail: Mail, error: str) -> Outcome:
    pause = RETRIES[min(mail.attempts, len(RETRIES)) - 1]
    mail.settle(clock.now() + pause, error[:500])
    mail.save()
    return Outcome(mail.message_id, False, "put off", error=error[:500])


def _message(mail: Mail, words: Words, sender: Sender) -> EmailMultiAlternatives:
    own = f"{line(sender.name)} <{sender.address}>".replace('"', "")
    headers = {
        "Message-ID": mail.message_id,
        # RFC 3834: nobody's out-of-office should answer.
        "Auto-Submitted": "auto-generated",
        "Precedence": "bulk",
    }
    if words.leave:
        # RFC 2369 and RFC 8058: one click in the mail program, without a page in between.
        headers["List-Unsubscribe"] = f"<{words.leave}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        headers["List-Id"] = f"<changes.{sender.host}>"
    message = EmailMultiAlternatives(
        words.subject, words.text, own, [mail.follower.email], headers=headers, connection=get_connection()
    )
    message.attach_alternative(words.html, "text/html")
    return message


def compose(mail: Mail, sender: Sender) -> Words | None:
    """Return a mail in words of its language, as things are now; None where nothing is left to tell."""
    with speaking(mail.language):
        return _question(mail, sender) if mail.subscription else _digest(mail, sender)


def _question(mail: Mail, sender: Sender) -> Words | None:
    wanted = mail.subscription
    if wanted is None or wanted.confirmed_at is not None:
        return None
    link = sender.site + reverse("mail-confirm", args=[wanted.token])
    try:
        name = line(channels.at(wanted.channel).name)
    except channels.NoSuchChannel:
        return None
    subject = line(_("Please confirm: %(name)s") % {"name": name})[:200]
    context = {"name": name, "link": link, "site_name": sender.name, "site": sender.site, "pace": wanted.pace}
    return Words(subject, *_both("mail/question", context), leave="")


def _digest(mail: Mail, sender: Sender) -> Words | None:
    sections: list[tuple[str, str, list[Item]]] = []
    for key, keys in mail.claims.items():
        try:
            channel = channels.at(key)
        except channels.NoSuchChannel:
            continue
        if items := told(channel, keys, sender.site):
            sections.append((line(channel.name), sender.site + channel.page, items))
    number = sum(len(items) for _name, _page, items in sections)
    if not number:
        return None
    counted = ngettext("%(number)s change", "%(number)s changes", number) % {"number": number}
    names = ", ".join(name for name, _page, _items in sections[:3]) + (" …" if len(sections) > 3 else "")
    own = reverse("mail-following", args=[mail.follower.token])
    leave = f"{sender.site}{reverse('mail-leave', args=[mail.follower.token])}?pace={mail.pace}"
    subject = line(f"{PACES[Pace(mail.pace)]}: {names} ({counted})")[:200]
    context: dict[str, Any] = {
        "sections": sections,
        "counted": counted,
        "leave": leave,
        "manage": sender.site + own,
        "site_name": sender.name,
        "site": sender.site,
    }
    return Words(subject, *_both("mail/digest", context), leave=leave)


def _both(template: str, context: dict[str, Any]) -> tuple[str, str]:
    """Return a template's plain text and its HTML."""
    return render_to_string(f"{template}.txt", context).strip() + "\n", render_to_string(f"{template}.html", context)


def forget_sent() -> int:
    """Forget mails that were sent, or given up, a week ago; return how many."""
    number, _rows = Mail.objects.filter(created_at__lt=clock.now() - KEPT, due_at=None).delete()
    return number
