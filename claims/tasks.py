"""What workers do with readings and changed pages. Tasks take no argument: a message is a hint to look for due rows."""

from celery import shared_task

from claims import intake, vigilance
from claims.extraction.extractor import default_extractor


@shared_task(name="claims.extract_unextracted")
def extract_unextracted() -> int:
    """Extract a batch of readings that have had no extraction; return how many, and go on while there are more."""
    done = sum(1 for _ in intake.extract_due(default_extractor()))
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
