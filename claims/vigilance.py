"""A page that changed is held against the claims that rest on it; editors are shown what no longer stands there.

Change ──check_changes──→ Alert ──settle (a person)──→ settled
"""

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from claims.models import Alert, AlertKind, CheckedChange, Mention, State
from tracker.news.differences import holds
from tracker.news.models import Change, ChangeKind


def check_changes(*, limit: int = 100) -> int:
    """Hold up to *limit* changes against the claims, drafts included; return how many were looked at."""
    waiting = Change.objects.filter(checked=None).order_by("pk").select_related("after")[:limit]
    for change in waiting:
        try:
            with transaction.atomic():
                CheckedChange.objects.create(change=change)
                Alert.objects.bulk_create(_alerts(change), ignore_conflicts=True)
        except IntegrityError:
            continue  # another worker looked at it meanwhile
    return len(waiting)


@transaction.atomic
def settle(alert: Alert, actor: User, note: str = "") -> bool:
    """Note that *actor* has dealt with an alert; return False where somebody had already."""
    still_open = Alert.objects.open().filter(pk=alert.pk)
    return bool(still_open.update(settled_at=timezone.now(), settled_by=actor, note=note[:500]))


def _alerts(change: Change) -> list[Alert]:
    concerned = Mention.objects.filter(article=change.article_id, claim__state__in=(State.DRAFT, State.PUBLISHED))
    # A mention of a reading that is newer than the change has seen it already.
    seen = Q(reading=change.after_id) if change.after_id else Q(pk=None)
    kinds = {ChangeKind.HEADLINE: AlertKind.HEADLINE_CHANGED, ChangeKind.GONE: AlertKind.PAGE_GONE}
    alerts = []
    for mention in concerned.exclude(seen):
        kind = kinds.get(ChangeKind(change.kind))
        if change.kind in {ChangeKind.TEXT, ChangeKind.UNREADABLE} and change.after is not None:
            kind = None if holds(change.after.text, mention.quote) else AlertKind.QUOTE_VANISHED
        if kind is not None:
            alerts.append(Alert(mention=mention, change=change, kind=kind))
    return alerts
