"""What workers do with readings. The task takes no argument: a message is a hint to look for due rows."""

from celery import shared_task

from claims import intake
from claims.extraction.extractor import default_extractor


@shared_task(name="claims.extract_unextracted")
def extract_unextracted() -> int:
    """Extract a batch of readings that have had no extraction; return how many, and go on while there are more."""
    done = sum(1 for _ in intake.extract_due(default_extractor()))
    if done:
        extract_unextracted.delay()
    return done
