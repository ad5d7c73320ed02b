"""When to poll a feed next: a decision from facts, without a clock, a database or chance of its own.

    gone (410)                  → stop
    throttled (429, 503)        → Retry-After, at least `minimum`, at most two days; else as an error
    error, not found (404)      → `minimum`, twice, four times … at most 24 h (4 × as long without validators)
    changed, unchanged (304)    → half the usual gap between entries, stretched by answers without news,
                                  then lengthened to what the server and the feed ask for,
                                  between `minimum` (an hour without validators) and 24 h,
                                  then moved out of skipHours and skipDays

Jitter only ever delays, so no wish of a server is undercut. A restart reads the stored time and polls no earlier.
"""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median

from tracker.news.dates import parse_date
from tracker.news.types import PollFacts, PollOutcome, PollPlan

MINIMUM = timedelta(minutes=15)
MAXIMUM = timedelta(hours=24)
WITHOUT_VALIDATORS = timedelta(hours=1)
UNKNOWN_RHYTHM = timedelta(hours=1)
MAX_RETRY_AFTER = timedelta(days=2)
JITTER = 0.1
"""Greatest part of an interval that is added to it by chance."""

_STRETCH, _MAX_STRETCH = 1.25, 4.0


def next_poll(
    facts: PollFacts,
    *,
    minimum: timedelta = MINIMUM,
    maximum: timedelta = MAXIMUM,
    jitter: float = 0.0,
) -> PollPlan:
    """Return when to poll the feed again after the poll that *facts* describe, and why then.

    *jitter* is a number from 0 to 1, drawn by the caller. RFC 9110, 10.2.3 (Retry-After) and 15.5.11 (410);
    RFC 9111, 4.2 (freshness); RSS 2.0 (ttl, skipHours, skipDays).
    """
    if facts.outcome is PollOutcome.GONE:
        return PollPlan(None, timedelta(0), "The server says that the feed is gone (410).", stop=True)
    spread = 1 + JITTER * min(max(jitter, 0.0), 1.0)
    wait = _retry_after(facts)
    if wait is not None:
        wait = min(max(wait, minimum) * spread, MAX_RETRY_AFTER)
        return PollPlan(facts.now + wait, wait, f"The server asked to wait (Retry-After): {_words(wait)}.")
    if facts.outcome not in {PollOutcome.CHANGED, PollOutcome.UNCHANGED}:
        wait = min(_back_off(facts, minimum) * spread, max(maximum, minimum))
        words = f"{facts.failures} failed polls in a row" if facts.failures > 1 else "The poll failed"
        return PollPlan(facts.now + wait, wait, f"{words}: backing off for {_words(wait)}.")
    interval, reason = _lengthened(*_rhythm(facts), facts, minimum, maximum)
    interval = min(max(interval, minimum) * spread, max(maximum, minimum))
    moment = _out_of_skipped(facts.now + interval, facts)
    if moment != facts.now + interval:
        reason += ", moved out of skipHours and skipDays"
    return PollPlan(moment, moment - facts.now, f"{reason}: {_words(moment - facts.now)}.")


# ------------------------------------------------------------------ after an error
def _retry_after(facts: PollFacts) -> timedelta | None:
    if facts.outcome in {PollOutcome.CHANGED, PollOutcome.UNCHANGED}:
        return None
    text = facts.headers.get("retry-after", "").strip()
    if re.fullmatch(r"[0-9]+", text):
        return timedelta(seconds=min(int(text[:12]), MAX_RETRY_AFTER.total_seconds()))
    moment = parse_date(text) if text else None
    return max(moment - facts.now, timedelta(0)) if moment else None


def _back_off(facts: PollFacts, minimum: timedelta) -> timedelta:
    # Four times 15 minutes is the hour that a feed without validators is left alone.
    first = minimum if facts.has_validators else minimum * (WITHOUT_VALIDATORS / MINIMUM)
    doublings: int = min(max(facts.failures - 1, 0), 12)
    return timedelta(seconds=first.total_seconds() * 2.0**doublings)


# ------------------------------------------------------------------ after an answer
def _rhythm(facts: PollFacts) -> tuple[timedelta, str]:
    """Return half the usual gap between entries, stretched by silence and by answers without news."""
    times = sorted({moment for moment in facts.recent if moment <= facts.now}, reverse=True)[:30]
    if not times:
        interval, reason = UNKNOWN_RHYTHM, "No dated entries"
    else:
        gaps = [(later - earlier).total_seconds() for later, earlier in pairwise(times)]
        silence = (facts.now - times[0]).total_seconds()
        usual = max(median(gaps), silence / 2) if gaps else silence
        interval, reason = timedelta(seconds=min(usual / 2, MAXIMUM.total_seconds())), "The feed's own rhythm"
    stretch = min(_STRETCH ** min(facts.unchanged_streak, 50), _MAX_STRETCH)
    return interval * stretch, reason


def _lengthened(
    interval: timedelta, reason: str, facts: PollFacts, minimum: timedelta, maximum: timedelta
) -> tuple[timedelta, str]:
    wishes = [(minimum, "The shortest interval allowed"), *_freshness(facts.headers, facts.now)]
    if facts.ttl:
        wishes.append((timedelta(minutes=min(facts.ttl, 10_000)), "The feed's ttl"))
    if not facts.has_validators:
        wishes.append((WITHOUT_VALIDATORS, "A feed without ETag and Last-Modified"))
    for wish, words in wishes:
        if min(wish, maximum) > interval:
            interval, reason = min(wish, maximum), words
    return interval, reason


def _freshness(headers: Mapping[str, str], now: datetime) -> list[tuple[timedelta, str]]:
    """Return how long the answer says that it stays fresh; max-age takes the place of Expires (RFC 9111, 5.3)."""
    cache_control = headers.get("cache-control", "").lower()
    max_age = re.search(r"(?:^|[\s,])max-age\s*=\s*\"?([0-9]{1,10})", cache_control)
    if max_age:
        age = headers.get("age", "").strip()
        seconds = int(max_age[1]) - (int(age[:10]) if re.fullmatch(r"[0-9]+", age) else 0)
        return [(timedelta(seconds=max(seconds, 0)), "Cache-Control max-age")]
    expires = parse_date(headers.get("expires", ""))
    if expires is None:
        return []
    sent = parse_date(headers.get("date", "")) or now
    return [(max(expires - sent, timedelta(0)), "Expires")]


def _out_of_skipped(moment: datetime, facts: PollFacts) -> datetime:
    """Return the first moment from *moment* on that is in no skipped hour or day; all skipped counts as none."""
    hours = facts.skip_hours if len(facts.skip_hours) < 24 else frozenset()
    days = facts.skip_days if len(facts.skip_days) < 7 else frozenset()
    for _ in range(8 * 24):
        if moment.hour not in hours and moment.weekday() not in days:
            break
        moment = moment.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    return moment


def _words(wait: timedelta) -> str:
    minutes = round(wait.total_seconds() / 60)
    if minutes < 1:
        return f"{round(wait.total_seconds())} s"
    if minutes < 120:
        return f"{minutes} min"
    return f"{minutes / 60:.1f} h".replace(".0 h", " h")
