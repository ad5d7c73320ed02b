"""The editors' own entries of a timeline: what an event has to have, and writing and removing one.

The database refuses an event without a source, and one that no decision says as it stands (migration 0026).
"""

from collections.abc import Iterable
from datetime import date

from django.contrib.auth.models import User
from django.db import transaction

from claims.assertions import bare_accusations
from claims.curation.recording import plain, record
from claims.curation.rules import CurationError, check_private, check_range, check_staff, take_turn
from claims.models import Decision, Dispute, Event, Verb
from tracker.news.models import Article


def event_problems(
    text: str, sources: Iterable[Article], on: date | None, precision: str, until: date | None
) -> dict[str, str]:
    """Return what keeps an event from standing on a timeline, by the field that it is wrong with; {} where nothing."""
    found: dict[str, str] = {}
    if not text.strip():
        found["text"] = "What happened? An event needs its words."
    elif words := bare_accusations(text):
        found["text"] = f"It states as a fact what somebody says: “{words[0]}”. Name who says so."
    else:
        try:
            check_private(text, "The text")
        except CurationError as error:
            found["text"] = str(error)
    if not list(sources):
        found["sources"] = "An event needs a source that readers can look up."
    try:
        check_range(on, precision, until)
    except CurationError as error:
        found["until"] = str(error)
    return found


@transaction.atomic
def save_event(event: Event, sources: Iterable[Article], actor: User, reason: str = "") -> Decision:
    """Add an event to a timeline, or change one, with the articles that it stands on; a decision of its own."""
    check_staff(actor, f"{'change' if event.pk else 'add'}_event")
    take_turn()
    articles = list(sources)
    for problem in event_problems(event.text, articles, event.on, event.precision, event.until).values():
        raise CurationError(problem)
    dispute = Dispute.objects.select_related("merged_into").get(pk=event.dispute_id)
    if dispute.merged_into:
        raise CurationError(f"{dispute} was merged into {dispute.merged_into}: write the event there.")
    old = Event.objects.filter(pk=event.pk).first() if event.pk else None
    before = plain(old) if old else {}
    event.save()
    event.sources.set(articles)
    event.decision = record(Verb.CURATE, actor, event, reason=reason, before=before, after=plain(event))
    event.save(update_fields=["decision"])
    return event.decision


@transaction.atomic
def remove_event(event: Event, actor: User, reason: str = "") -> Decision:
    """Take an event off its timeline; the decision keeps what it said."""
    check_staff(actor, "delete_event")
    take_turn()
    decision = record(Verb.CURATE, actor, event, reason=reason, before=plain(event), after={"removed": True})
    event.delete()
    return decision
