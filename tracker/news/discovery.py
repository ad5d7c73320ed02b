"""Which feeds an address offers: itself, what its page announces, or what is at a common path. Nothing is stored."""

from contextlib import suppress
from dataclasses import dataclass

from tracker.news.entries import FeedError, read_feed
from tracker.news.fetching import FetchPolicy, fetch, fetch_many
from tracker.news.headers import FEED_ACCEPT
from tracker.news.links import announced_feeds, common_feeds
from tracker.news.types import FetchError, Request, Response


class DiscoveryError(ValueError):
    """An address offers no feed; the message names it and says what it is."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A feed that may be subscribed to: its address, title, format ("rss20"), entries, and its site's address."""

    url: str
    title: str
    format: str
    entries: int
    site_url: str


def discover(url: str, policy: FetchPolicy) -> list[Offer]:
    """Return the feeds that an address offers: itself, those that its page announces, or those at common paths.

    Each is read, so what is offered is a feed. Raises `DiscoveryError` with what was found instead.
    """
    answer = fetch(Request(url, accept=FEED_ACCEPT), policy)
    if isinstance(answer, FetchError):
        raise DiscoveryError(answer.message)
    if not answer.ok:
        raise DiscoveryError(f"{url} answered {answer.status}")
    try:
        return [_offer(answer)]
    except FeedError as error:
        reason = str(error)
    announced = announced_feeds(answer.body, answer.final_url)
    offers = _read_all([feed.url for feed in announced], policy)
    offers = offers or _read_all([feed.url for feed in common_feeds(answer.final_url)], policy)
    if not offers:
        raise DiscoveryError(
            f"{url}: {reason} It announces no feed that can be read, and there is none at usual paths."
        )
    return offers


def _read_all(urls: list[str], policy: FetchPolicy) -> list[Offer]:
    """Return those of *urls* that are feeds, in their order, each feed once."""
    found: dict[str, Offer] = {}
    for request, answer in fetch_many([Request(url, accept=FEED_ACCEPT) for url in urls], policy=policy):
        if isinstance(answer, Response) and answer.ok:
            with suppress(FeedError):
                found[request.url] = _offer(answer)
    first: dict[str, Offer] = {}
    for url in urls:
        if url in found:
            first.setdefault(found[url].url, found[url])
    return list(first.values())


def _offer(answer: Response) -> Offer:
    parsed = read_feed(answer.body, url=answer.final_url, content_type=answer.content_type)
    # Where an address moved for good, the new one is what to subscribe to.
    return Offer(answer.permanent_url or answer.url, parsed.title, parsed.format, len(parsed.entries), parsed.url or "")
