"""What workers do with readings and changed pages. Tasks take no argument: a message is a hint to look for due rows."""

from datetime import timedelta

from celery import shared_task
from django.conf import settings

from claims import bulk, extractors, history, intake, vigilance
from claims.following import changes, hubs, mail, outbox, webhooks
from tracker.news.policy import fetch_policy

# A text that hangs the parser: its process is ended before the lease of its row is over, and the row tried again.
EXTRACT_SECONDS = intake.LEASE_SECONDS * 4 // 5


# Everything public is written in one go, in minutes where that is ten years of it: more than other tasks may take.
DUMP_SECONDS = 4 * 3600


@shared_task(name="claims.extract_unextracted", time_limit=EXTRACT_SECONDS)
def extract_unextracted() -> int:
    """Extract a batch of readings that have had no extraction; return how many, and go on while there are more."""
    options = extractors.options_of(settings)
    extractor, pace = extractors.extractor_for(options), extractors.pace_of(options)
    done = sum(1 for _ in intake.extract_due(extractor, limit=pace.readings, within=pace.within))
    if done:
        extract_unextracted.delay()
    return done


@shared_task(name="claims.check_changes")
def check_changes() -> int:
    """Hold a batch of changed pages against the claims; return how many, and go on while there are more."""
    done = vigilance.check_changes()
    if done:
        check_changes.delay()
    return done


@shared_task(name="claims.publish_head")
def publish_head() -> bool:
    """Publish the head of the history where it is a new day; return whether it was."""
    return history.publish_head() is not None


@shared_task(name="claims.dump_due", time_limit=DUMP_SECONDS)
def dump_due() -> bool:
    """Make the bulk files of everything public if they are due; return whether they were."""
    if not bulk.due(timedelta(minutes=settings.DUMP_MINUTES)):
        return False
    return bulk.make(settings.DUMPS_ROOT, settings.SITE_URL, settings.DATA_LICENCE) is not None


@shared_task(name="claims.tell_followers")
def tell_followers() -> int:
    """Queue the digests that are due and send a batch of mails; return how many, and go on while there are more."""
    changes.take_note()
    if not settings.FOLLOW_BY_MAIL:
        return 0
    sender = outbox.Sender(settings.MAIL_FROM, settings.SITE_NAME, settings.SITE_URL, settings.MAIL_STAYS)
    mail.queue_digests(sender.host)
    mail.forget_unanswered()
    outbox.forget_sent()
    sent = sum(1 for _ in outbox.send_due(sender))
    if sent:
        tell_followers.delay()
    return sent


@shared_task(name="claims.call_webhooks")
def call_webhooks() -> int:
    """Verify new webhooks, queue what they are to be told and tell a batch; return how many calls."""
    policy, site = fetch_policy(), settings.SITE_URL
    done = sum(1 for _ in webhooks.verify_due(policy, site))
    webhooks.queue()
    webhooks.forget_old()
    done += sum(1 for _ in webhooks.deliver_due(policy, site))
    if done:
        call_webhooks.delay()
    return done


@shared_task(name="claims.ping_hubs")
def ping_hubs() -> int:
    """Queue and send the pings that WebSub hubs are due; return how many. Without hubs in the settings, none."""
    if not settings.WEBSUB_HUBS:
        return 0
    hubs.queue(settings.WEBSUB_HUBS, settings.SITE_URL)
    return sum(1 for _ in hubs.ping_due(fetch_policy(), settings.WEBSUB_HUBS))
