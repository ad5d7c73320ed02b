"""A claim becomes public: the one place where that happens, with what follows from it."""

from typing import Any

from django.contrib.auth.models import User
from django.utils import timezone

from claims.curation.recording import decide
from claims.curation.steps import first_steps
from claims.models import Claim, Decision, State
from tracker.news import subscriptions


def publish(claim: Claim, actor: User, verb: str, reason: str, before: dict[str, Any]) -> Decision:
    """Publish a locked claim that was checked, and record the status steps and sources that follow from it."""
    now = timezone.now()
    claim.state, claim.published_at, claim.changed_at = State.PUBLISHED, now, now
    pages = set(claim.mentions.values_list("article_id", flat=True))
    fresh = [
        (dispute, page)
        for dispute in claim.disputes.all()
        for page in sorted(pages - set(dispute.articles.values_list("pk", flat=True)))
    ]
    added = {"articles": [[dispute.pk, page] for dispute, page in fresh]}
    decision = decide(claim, actor, verb, reason, before, now, after=added)
    for dispute, page in fresh:
        dispute.articles.add(page)
    first_steps(claim, decision)
    subscriptions.watch(pages)
    return decision
