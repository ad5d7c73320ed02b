"""Which pages we may ask for, and when: robots.txt as fetched, kept a day, and its Crawl-delay.

`collection.fetch_due` alone calls this. Rules are loaded before the pages are asked for and looked up on every hop,
without a query; a redirect to an origin whose rules are not known yet ends the request, which is made again once
they are.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from typing import NamedTuple

from django.db import transaction
from django.db.models import F

from tracker.news import clock
from tracker.news.fetching import FetchPolicy, fetch_many
from tracker.news.models import Article, RobotsFile
from tracker.news.robots import MAX_BYTES, MAX_REDIRECTS, Robots, origin_of, read_answer
from tracker.news.types import FetchError, FetchReason, Request, Response


class Refusal(NamedTuple):
    """Why a hop is not made: the reason, words for it, and whether that will still be so later."""

    reason: FetchReason
    words: str
    permanent: bool


class Etiquette:
    """The rules of the origins that a batch of pages comes from."""

    def __init__(self, policy: FetchPolicy) -> None:
        self._policy = policy
        self._agent = policy.user_agent.split()[0] if policy.user_agent else "*"
        self._known: dict[str, Robots] = {}

    @property
    def policy(self) -> FetchPolicy:
        """The policy of the batch, with these rules asked on every hop."""
        return replace(self._policy, refusal=self.refusal)

    def refusal(self, url: str) -> Refusal | None:
        """Return why *url* may not be fetched, or None where it may."""
        origin = origin_of(url)
        robots = self._known.get(origin)
        if robots is None:
            return Refusal(FetchReason.ROBOTS_UNKNOWN, f"the robots.txt of {origin} has not been read", False)
        if not robots.reachable:
            return Refusal(FetchReason.ROBOTS_UNREACHABLE, f"{origin}/robots.txt cannot be had for now", False)
        if not robots.allows(url):
            return Refusal(FetchReason.DISALLOWED, f"{origin}/robots.txt disallows it", True)
        return None

    def learn(self, urls: Iterable[str]) -> None:
        """Have the rules for *urls*: those kept that have not expired, the others by asking."""
        wanted = {origin_of(url) for url in urls} - self._known.keys()
        held = {row.origin: row for row in RobotsFile.objects.filter(origin__in=wanted)}
        now = clock.now()
        stale = [origin for origin in wanted if origin not in held or held[origin].expires_at <= now]
        # RFC 9309, 2.3.1.2: at least five redirects are followed; the file is its origin's wherever they lead.
        policy = replace(self._policy, max_redirects=MAX_REDIRECTS)
        asked = [
            Request(f"{origin}/robots.txt", accept="text/plain, */*;q=0.1", max_bytes=MAX_BYTES, cut=True, key=origin)
            for origin in sorted(stale)
        ]
        for request, result in fetch_many(asked, policy=policy):
            origin = str(request.key)
            held[origin] = _stored(origin, held.get(origin), result)
        self._known |= {origin: Robots(row.text, self._agent, row.usable) for origin, row in held.items()}

    def admitted(self, articles: Iterable[Article]) -> list[Article]:
        """Return the pages that may be asked for now; those whose origin wants a longer pause are due after it."""
        now, ready = [], dict[str, list[Article]]()
        for article in articles:
            robots = self._known.get(origin_of(article.url))
            if robots is None or not robots.allows(article.url) or robots.crawl_delay <= self._policy.spacing:
                now.append(article)
            else:
                ready.setdefault(origin_of(article.url), []).append(article)
        for origin, waiting in ready.items():
            now += _spaced(origin, waiting, timedelta(seconds=self._known[origin].crawl_delay))
        return now


def _stored(origin: str, held: RobotsFile | None, result: Response | FetchError) -> RobotsFile:
    """Keep what an answer says; where the origin cannot be reached, rules that we held stand."""
    answer, now = read_answer(result), clock.now()
    stands = answer.text is None and held is not None and held.usable
    row, _ = RobotsFile.objects.update_or_create(
        origin=origin,
        defaults={
            "text": answer.text if answer.text is not None else held.text if held else "",
            "usable": answer.reachable or stands,
            "status": answer.status,
            "error": answer.error,
            "fetched_at": now,
            "expires_at": now + answer.lifetime,
        },
    )
    return row


@transaction.atomic
def _spaced(origin: str, articles: list[Article], delay: timedelta) -> list[Article]:
    """Let one page of an origin go now if its pause is over, and make the others due one pause after another."""
    row = RobotsFile.objects.select_for_update().get(origin=origin)
    now = clock.now()
    going = articles[:1] if row.next_request_at is None or row.next_request_at <= now else []
    if going:
        row.next_request_at = now + delay
        row.save(update_fields=["next_request_at"])
    for turn, article in enumerate(articles[len(going) :]):
        due = (row.next_request_at or now) + turn * delay
        Article.objects.filter(pk=article.pk).update(due_at=due, lease_until=None, attempts=F("attempts") - 1)
    return going
