"""Dates as feeds and pages write them, as aware datetimes in UTC."""

import calendar
import re
import time
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from feedparser.datetimes import _parse_date as feedparser_date

EARLIEST = datetime(1970, 1, 2, tzinfo=UTC)
"""Dates before it are a program's zero (year 0, year 1, the Unix epoch), not a day of publication."""

_MONTHS = (
    "jan(?:uary|uar|vier|\\.)?|ene(?:ro)?|gen(?:naio)?|janeiro|januari",
    "feb(?:ruary|ruar|rero|braio|ruari)?|fév(?:rier)?|fevereiro",
    "mar(?:ch|zo|s|ço)?|märz|maart|mrz",
    "apr(?:il|ile)?|avr(?:il)?|abr(?:il)?",
    "may|mai|mayo|maggio|maio|mei",
    "june?|juni|juin|junio|giugno|junho",
    "july?|juli|juil(?:let)?|julio|luglio|julho",
    "aug(?:ust|ustus)?|août|ago(?:sto)?",
    "sept?(?:ember|iembre|embre)?|set(?:tembre|embro|iembre)?",
    "oct(?:ober|obre|ubre)?|okt(?:ober)?|ott(?:obre)?|out(?:ubro)?",
    "nov(?:ember|embre|iembre|embro)?",
    "dec(?:ember)?|dez(?:ember|embro)?|déc(?:embre)?|dic(?:iembre|embre)?",
)
_MONTH = "|".join(f"(?P<m{number}>{names})" for number, names in enumerate(_MONTHS, 1))
_YEAR = r"(?P<year>(?:19|20)\d{2})"
_D = r"(?P<day>0?[1-9]|[12]\d|3[01])"
_WRITTEN = (
    re.compile(rf"\b(?:{_MONTH})\b\.?,?\s+{_D}(?:st|nd|rd|th)?,?\s+(?:at\s+)?{_YEAR}\b", re.I),
    re.compile(
        rf"\b{_D}(?:st|nd|rd|th|er|\.|º)?\s+(?:of\s+|de\s+)?(?:{_MONTH})\b\.?,?\s+(?:de\s+|del\s+)?{_YEAR}\b", re.I
    ),
    re.compile(rf"\b{_YEAR}[-/.](?P<month>0?[1-9]|1[0-2])[-/.]{_D}(?!\d)"),
    re.compile(rf"{_YEAR}\s*[年년]\s*(?P<month>\d{{1,2}})\s*[月월]\s*{_D}\s*[日일]"),
    re.compile(rf"\b{_D}\.(?P<month>0?[1-9]|1[0-2])\.{_YEAR}\b"),
)


# A program's zero ("Mon, 01 Jan 0001"): the mail format's reader takes it for 2001.
_YEAR_ZERO = re.compile(r"\d[\s-]+[A-Za-z]{3,9}\.?,?[\s-]+0\d{3}(?!\d)|^0\d{3}-")


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
    if not text or len(text) > 100 or _YEAR_ZERO.search(text):
        return None
    for reader in (_iso, _rfc5322, _epoch, _cjk, _any, _written):
        found = reader(text)
        if found is not None:
            return found
    return None


def parse_zoned(text: str) -> datetime | None:
    """Return the moment that *text* names in the zone that it names, so that its day is the page's day."""
    text = text.strip()
    if _YEAR_ZERO.search(text):
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        try:
            moment = parsedate_to_datetime(text)
        except (ValueError, TypeError, IndexError, OverflowError):
            return parse_date(text)
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return moment if _utc(moment) else None


def written_date(text: str) -> tuple[str, str] | None:
    """Return the first day that *text* writes out ("5 January 2024", "Jan. 5, 2024", "2024年1月5日"), as an ISO day,
    and the words that say it. Days and months that cannot be told apart (05/01/2024) are passed over."""
    found = [match for pattern in _WRITTEN for match in [pattern.search(text)] if match]
    if not found:
        return None
    match = min(found, key=lambda one: one.start())
    parts = match.groupdict()
    month = parts.get("month") or next(name[1:] for name, value in parts.items() if value and name[0] == "m")
    try:
        return datetime(int(parts["year"]), int(month), int(parts["day"]), tzinfo=UTC).date().isoformat(), match[0]
    except ValueError:
        return None


def is_day_only(text: str) -> bool:
    """Return whether *text* names a day without a time of day."""
    return not re.search(r"\d\s*[:h]\s*\d{2}|\d\s*[ap]\.?m\b|T\d{4}|^\d{10,13}$", text.strip(), re.I)


def clamp(moment: datetime | None, now: datetime) -> datetime | None:
    """Return *moment*, None where it is impossible (before `EARLIEST`), *now* where it lies in the future."""
    if moment is None or moment < EARLIEST:
        return None
    return min(moment, now)


def _epoch(text: str) -> datetime | None:
    """Seconds or milliseconds since 1970, as some pages write them."""
    if not re.fullmatch(r"1\d{9}(?:\d{3})?", text):
        return None
    return datetime.fromtimestamp(int(text[:10]), UTC)


def _cjk(text: str) -> datetime | None:
    return _written(text) if re.search("[年년]", text) and ":" not in text else None


def _written(text: str) -> datetime | None:
    found = written_date(text)
    return datetime.fromisoformat(found[0]).replace(tzinfo=UTC) if found else None


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
