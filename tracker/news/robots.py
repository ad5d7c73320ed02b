"""robots.txt (RFC 9309): what an origin lets us fetch, from the answer to one request for it.

    2xx                           the rules of the group that names us, else of the group "*"
    4xx, too many redirects       no rules (2.3.1.3, 2.3.1.2)
    5xx, 429, no answer           everything is disallowed for now; rules that we held stand meanwhile (2.3.1.4, 2.4)

Feeds are not asked about: a person subscribed to each by its address.
"""

import re
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from urllib.parse import urlsplit

from protego import Protego

from tracker.news.types import FetchError, FetchReason, Response

MAX_BYTES = 500 * 1024
"""What is read of a robots.txt (RFC 9309, 2.5); the rest is cut off."""

MAX_REDIRECTS = 5
LIFETIME = timedelta(hours=24)
SHORTEST_LIFETIME = timedelta(hours=1)
UNREACHABLE_LIFETIME = timedelta(minutes=4)
"""Shorter than the first wait of a page that is tried again, so that the second try asks anew."""

MAX_CRAWL_DELAY = 60.0
"""Longest Crawl-delay that is honoured, in seconds. The line is no part of the standard."""

_AGENT_LINE = re.compile(r"^\s*user-?agent\s*:\s*([A-Za-z_-]+)", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True)
class Robots:
    """The rules of one origin for one *agent* ("name/1.0"). `reachable` is false where there was no answer at all."""

    text: str
    agent: str
    reachable: bool = True

    @cached_property
    def _rules(self) -> Protego:
        return Protego.parse(self.text)

    @cached_property
    def _name(self) -> str:
        # Only the whole product token is ours (2.2.1): a group for "ai" is not for "ai-claims-tracker".
        ours = self.agent.split("/")[0].lower()
        return self.agent if ours in {name.lower() for name in _AGENT_LINE.findall(self.text)} else "*"

    def allows(self, url: str) -> bool:
        """Whether *url*, one of this origin's, may be fetched."""
        return self.reachable and (not self.text or self._rules.can_fetch(url, self._name))

    @property
    def crawl_delay(self) -> float:
        """Least seconds between two requests, 0 where none are asked for."""
        delay = (self._rules.crawl_delay(self._name) or 0.0) if self.text else 0.0
        return min(max(delay, 0.0), MAX_CRAWL_DELAY) if delay == delay else 0.0


@dataclass(frozen=True, slots=True)
class Answer:
    """What to keep of one request for a robots.txt. `text` is None where the rules that we held stand."""

    text: str | None
    reachable: bool
    status: int | None
    lifetime: timedelta
    error: str = ""


def read_answer(result: Response | FetchError) -> Answer:
    """Return what an answer to the request for a robots.txt means."""
    if isinstance(result, FetchError):
        if result.reason is FetchReason.TOO_MANY_REDIRECTS:
            return Answer("", True, None, LIFETIME, result.message)
        return Answer(None, False, None, UNREACHABLE_LIFETIME, result.message)
    if result.ok:
        text = result.body[:MAX_BYTES].decode("utf-8-sig", "replace").replace("\0", "")
        return Answer(text, True, result.status, _lifetime(result))
    if result.status >= 500 or result.status == 429:
        return Answer(None, False, result.status, UNREACHABLE_LIFETIME, f"{result.url} answered {result.status}")
    return Answer("", True, result.status, LIFETIME)


def origin_of(url: str) -> str:
    """Return scheme, host and port of an http(s) *url*: what one robots.txt speaks for (2.3)."""
    parts = urlsplit(url)
    return f"{parts.scheme.lower()}://{parts.netloc.rpartition('@')[2].lower()}"


def _lifetime(response: Response) -> timedelta:
    max_age = re.search(r"max-age\s*=\s*\"?([0-9]{1,9})", response.headers.get("cache-control", "").lower())
    if max_age is None:
        return LIFETIME
    return min(max(timedelta(seconds=int(max_age[1])), SHORTEST_LIFETIME), LIFETIME)
