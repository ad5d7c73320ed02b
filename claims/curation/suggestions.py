"""What readers point out: kept, taken up or put aside."""

from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from claims.curation.recording import record
from claims.curation.rules import CurationError, check_rate, waiting_letter
from claims.models import Decision, Suggestion, SuggestionState, Verb
from tracker.news.links import canonical_url
from tracker.news.models import Article

LONGEST_WHY, PER_SENDER = 2000, 5


@transaction.atomic
def suggest(url: str, why: str, sender: str, contact: str = "", now: datetime | None = None) -> Suggestion:
    """Keep a reader's suggestion for the editors; the same page by the same sender is kept once."""
    now = now or timezone.now()
    url, why = canonical_url(url.strip()), " ".join(why.replace("\x00", "").split())
    if not url.startswith(("http://", "https://")) or len(url) > 2000:
        raise CurationError("That is no address of a web page: it begins with https://.")
    if not why:
        raise CurationError("Say what the page claims, and about whom.")
    check_rate(Suggestion, sender, PER_SENDER, now)
    known = Suggestion.objects.waiting().filter(url=url, sender=sender).first()
    return known or Suggestion.objects.create(
        url=url, why=why[:LONGEST_WHY], contact=contact.strip()[:254], sender=sender, received_at=now
    )


@transaction.atomic
def take_up(suggestion: Suggestion, article: Article, actor: User) -> Decision:
    """Note that a suggestion led to an article here."""
    held = waiting_letter(suggestion, actor)
    decision = record(Verb.ACCEPT, actor, held, after={"article": article.pk})
    held.state, held.article, held.decision = SuggestionState.TAKEN, article, decision
    held.save(update_fields=["state", "article", "decision"])
    return decision


@transaction.atomic
def put_aside(suggestion: Suggestion, actor: User, reason: str) -> Decision:
    """Reject a suggestion, with the reason."""
    if not reason.strip():
        raise CurationError("Say why: a rejection needs a reason.")
    held = waiting_letter(suggestion, actor)
    decision = record(Verb.REJECT, actor, held, reason=reason)
    held.state, held.decision = SuggestionState.REJECTED, decision
    held.save(update_fields=["state", "decision"])
    return decision
