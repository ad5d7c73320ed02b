"""Dates as feeds and pages write them, as aware datetimes in UTC."""

import calendar
import re
import time
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from feedparser.datetimes import _parse_date as feedparser_date

EARLIEST = datetime(1970, 1, 2, tzinfo=UTC)
"""Dates before it are a program's zero (year 0, year 1, the Unix epoch), not a day of publication."""

_DAY = re.compile(r"\d{4}-?\d{2}-?\d{2}")


def from_struct(value: time.struct_time | tuple[int, ...]) -> datetime | None:
    """Return feedparser's UTC time tuple as a datetime, None where it is no date."""
    try:
        return datetime.fromtimestamp(calendar.timegm(tuple(value)), UTC)
    except (ValueError, OverflowError, TypeError, OSError):
        return None


def parse_date(text: str) -> datetime | None:
    """Return the moment that *text* names, or None. ISO 8601 and RFC 3339, RFC 9110 and RFC 5322, and the odd
    forms that feedparser knows. A date without a zone is taken as UTC."""
    text = text.strip()
    if not text or len(text) > 100:
        return None
    for reader in (_iso, _rfc5322, _any):
        found = reader(text)
        if found is not None:
            return found
    return None


def parse_zoned(text: str) -> datetime | None:
    """Return the moment that *text* names in the zone that it names, so that its day is the page's day."""
    text = text.strip()
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        try:
            moment = parsedate_to_datetime(text)
        except (ValueError, TypeError, IndexError, OverflowError):
            return parse_date(text)
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return moment if _utc(moment) else None


def is_day_only(text: str) -> bool:
    """Return whether *text* is an ISO day without a time."""
    return bool(_DAY.fullmatch(text.strip()))


def clamp(moment: datetime | None, now: datetime) -> datetime | None:
    """Return *moment*, None where it is impossible (before `EARLIEST`), *now* where it lies in the future."""
    if moment is None or moment < EARLIEST:
        return None
    return min(moment, now)


def _utc(moment: datetime) -> datetime | None:
    try:
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (OverflowError, ValueError):
        return None


def _iso(text: str) -> datetime | None:
    try:
        return _utc(datetime.fromisoformat(text))
    except ValueError:
        return None


def _rfc5322(text: str) -> datetime | None:
    try:
        return _utc(parsedate_to_datetime(text))
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _any(text: str) -> datetime | None:
    try:
        parsed = feedparser_date(text)
    except Exception:  # its handlers raise what they like
        return None
    return from_struct(parsed) if parsed else None
