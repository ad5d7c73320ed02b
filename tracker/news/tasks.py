"""What workers do with feeds and pages. Tasks take no argument: a message is a hint to look for due rows."""

from datetime import timedelta

from celery import shared_task
from django.conf import settings

from tracker.news import collection, websub
from tracker.news.links import is_public_http
from tracker.news.policy import fetch_policy


@shared_task(name="news.poll_due")
def poll_due() -> int:
    """Poll a batch of due feeds; return how many."""
    outcomes = list(collection.poll_due(fetch_policy(), minimum=timedelta(seconds=settings.POLL_MIN_SECONDS)))
    if any(outcome.new for outcome in outcomes):
        fetch_due.delay()
    return len(outcomes)


@shared_task(name="news.fetch_due")
def fetch_due() -> int:
    """Fetch a batch of due pages; return how many, and go on while there are more."""
    outcomes = list(collection.fetch_due(fetch_policy()))
    if outcomes:
        fetch_due.delay()
        read_unread.delay()
    return len(outcomes)


@shared_task(name="news.read_unread")
def read_unread() -> int:
    """Read a batch of snapshots; return how many, and go on while there are more."""
    outcomes = list(collection.read_unread(settings.PAGE_READER))
    if outcomes:
        read_unread.delay()
    return len(outcomes)


@shared_task(name="news.tend_hubs")
def tend_hubs() -> int:
    """Ask hubs to subscribe us where they can reach us, and store what they delivered; return how many."""
    done = len(list(websub.read_pushes()))
    if is_public_http(settings.SITE_URL):
        done += len(list(websub.subscribe_due(fetch_policy(), f"{settings.SITE_URL}/websub/")))
    if done:
        fetch_due.delay()
    return done
