"""Telling WebSub hubs that feeds changed (W3C Recommendation, 2018).

    a change ──queue──→ Ping, one row a hub and feed ──ping_due──→ the hub fetches the feed and tells its readers

How a publisher tells its hub is left open by the Recommendation (§6); hubs agree on a form with hub.mode=publish. Feeds
of a search name no hub: which searches a change concerns nobody knows.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from functools import partial

from django.db import transaction
from django.urls import reverse

from claims.following import changes
from claims.models import Claim, Ping, Watermark
from tracker.news import clock
from tracker.news.fetching import FetchPolicy, fetch_many
from tracker.news.leasing import Outcome, leased, recorded
from tracker.news.models import Outlet
from tracker.news.types import FetchError, Request, Response

FORMS = ("rss", "atom", "json")
PAUSES = (timedelta(minutes=1), timedelta(minutes=10), timedelta(hours=1))
NAME = "hubs"
# After a change to more claims than that, the feeds of the newest are named.
MOST = 200


@transaction.atomic
def queue(hubs: Iterable[str], site: str) -> int:
    """Queue a ping for each feed that changed since the last time, for each of *hubs*; return how many.

    The first time there is nothing to tell: nobody has asked a hub for our feeds yet.
    """
    wanted, until = list(hubs), changes.newest()
    if not wanted or until is None:
        return 0
    mark, made = Watermark.objects.select_for_update().get_or_create(name=NAME, defaults={"told_until": until})
    if made or mark.told_until >= until:
        return 0
    # Only what is or was public has such a moment.
    changed = Claim.objects.filter(changed_at__gt=mark.told_until, changed_at__lte=until).order_by("-changed_at")[:MOST]
    now = clock.now()
    topics = sorted(topics_of(list(changed.select_related("claimant")), site))
    rows = [Ping(hub=hub, topic=topic, changed_at=until, due_at=now) for hub in wanted for topic in topics]
    Ping.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["hub", "topic"],
        update_fields=["changed_at", "due_at"],
    )
    mark.told_until = until
    mark.save(update_fields=["told_until"])
    return len(rows)


def topics_of(claims: list[Claim], site: str) -> set[str]:
    """Return the addresses of the feeds in which *claims* are."""
    feeds: set[tuple[str, tuple[str, ...]]] = {("all-feed", ())} if claims else set()
    for claim in claims:
        parties = {
            party.merged_into or party for party in (*claim.claimants, *claim.targets.select_related("merged_into"))
        }
        feeds |= {("party-feed", (party.slug,)) for party in parties}
        feeds |= {
            ("pair-feed", tuple(sorted((one.merged_into or one).slug for one in (by, on))))
            for by in claim.claimants
            for on in claim.targets.all()
            if by != on
        }
        feeds |= {("dispute-feed", ((d.merged_into or d).slug,)) for d in claim.disputes.select_related("merged_into")}
        feeds |= {("system-feed", (system.slug,)) for system in claim.systems.all()}
        feeds |= {("topic-feed", (topic.slug,)) for topic in claim.topics.all()}
        feeds |= {("kind-feed", (claim.kind,))}
        outlets = Outlet.objects.filter(articles__mentions__claim=claim).distinct()
        feeds |= {("outlet-feed", (outlet.slug,)) for outlet in outlets}
    return {site + reverse(name, args=[*slugs, form]) for name, slugs in feeds for form in FORMS}


def ping_due(policy: FetchPolicy, hubs: Iterable[str], *, limit: int = 200) -> Iterator[Outcome]:
    """Tell the hubs; yield what became of each ping. A hub that is no longer in the settings is told nothing."""
    held = {row.pk: row for row in leased(Ping.objects.filter(hub__in=list(hubs)), limit)}
    requests = [
        Request(row.hub, form={"hub.mode": "publish", "hub.url": row.topic, "hub.topic": row.topic}, key=row.pk)
        for row in held.values()
    ]
    for request, result in fetch_many(requests, policy=policy):
        row = held[int(str(request.key))]
        yield recorded(row, row.hub, partial(_store, row, result))


@transaction.atomic
def _store(held: Ping, result: Response | FetchError) -> Outcome:
    row = Ping.objects.select_for_update().get(pk=held.pk)
    now = clock.now()
    # It changed again while the hub was told: told once more.
    again: datetime | None = now if row.changed_at > held.changed_at else None
    if isinstance(result, Response) and result.ok:
        row.pinged_at = now
        row.settle(again)
        row.save()
        return Outcome(row.hub, True, "pinged")
    error = result.message if isinstance(result, FetchError) else f"{row.hub} answered {result.status}"
    row.settle(now + PAUSES[min(row.attempts, len(PAUSES)) - 1], error[:500])
    if row.attempts >= len(PAUSES):
        row.due_at, row.attempts = again, 0  # the next change tells it anyway
    row.save()
    return Outcome(row.hub, False, "refused", error=error)
