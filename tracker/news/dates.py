"""Dates as feeds and pages write them, as aware datetimes in UTC."""

import calendar
import re
import time
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime

from feedparser.datetimes import _parse_date as feedparser_date

EARLIEST = datetime(1970, 1, 2, tzinfo=UTC)
"""Dates before it are a program's zero (year 0, year 1, the Unix epoch), not a day of publication."""

_MONTHS = (
    "jan(?:uary|uar|uari|vier|v)?|jänner|ene(?:ro)?|gen(?:naio)?|janeiro|stycznia|января",
    "feb(?:ruary|ruar|rero|braio|ruari)?|fév(?:rier|r)?|fev(?:ereiro)?|lutego|февраля",
    "mar(?:ch|zo|s|ço)?|märz?|maart|mrz|mrt|marca|марта",
    "apr(?:il|ile)?|avr(?:il)?|abr(?:il)?|kwietnia|апреля",
    "may|mai|mayo|mag(?:gio)?|maio|mei|maj|maja|мая",
    "june?|juni|juin|junio|giu(?:gno)?|junho|czerwca|июня",
    "july?|juli|juil(?:let)?|julio|lug(?:lio)?|julho|lipca|июля",
    "aug(?:ust|ustus|usti)?|août|ago(?:sto)?|sierpnia|августа",
    "sept?(?:ember|iembre|embre)?|set(?:tembre|embro|iembre)?|września|сентября",
    "oct(?:ober|obre|ubre)?|okt(?:ober)?|ott(?:obre)?|out(?:ubro)?|października|октября",
    "nov(?:ember|embre|iembre|embro)?|listopada|ноября",
    "dec(?:ember)?|dez(?:ember|embro)?|déc(?:embre)?|dic(?:iembre|embre)?|grudnia|декабря",
)
_MONTH = "|".join(f"(?P<m{number}>{names})" for number, names in enumerate(_MONTHS, 1))
_YEAR = r"(?P<year>(?:19|20)\d{2})"
_D = r"(?P<day>0?[1-9]|[12]\d|3[01])"
_CLOCK = r"\d{1,2}:\d{2}(?::\d{2})?(?:\s+[A-Z]{2,5})?"
_WRITTEN = (
    # "Thu Apr 16 20:02:00 EDT 2015" is how Unix writes it.
    re.compile(
        rf"\b(?:{_MONTH})\b\.?,?[\s/-]+{_D}(?:st|nd|rd|th)?,?[\s/-]+(?:at\s+|(?-i:{_CLOCK})\s+)?{_YEAR}\b", re.I
    ),
    re.compile(
        rf"\b{_D}(?:st|nd|rd|th|er|\.|º)?[\s/-]+(?:of\s+|de\s+)?(?:{_MONTH})\b\.?,?[\s/-]+(?:de\s+|del\s+)?{_YEAR}\b",
        re.I,
    ),
    re.compile(rf"\b{_YEAR}[-/.](?P<month>0?[1-9]|1[0-2])[-/.]{_D}(?!\d)"),
    re.compile(rf"{_YEAR}\s*[年년]\s*(?P<month>\d{{1,2}})\s*[月월]\s*{_D}\s*[日일]"),
    re.compile(rf"\b{_D}\.\s?(?P<month>0?[1-9]|1[0-2])\.\s?(?P<year>(?:19|20)?\d{{2}})(?![\d.]*\d)"),
    re.compile(
        r"(?<![\d/.-])(?P<one>\d{1,2})(?P<mark>[/-])(?P<other>\d{1,2})(?P=mark)"
        r"(?P<year>(?:19|20)\d{2}|(?<=/)\d{2})(?![\d/-])(?P<us>,?\s+(?:at\s+)?\d{1,2}:\d{2}(?::\d{2})?\s*[ap]\.?m\b)?",
        re.I,
    ),
)
_TIME_OF_DAY = re.compile(
    r"(?<![\d:])(?P<hour>\d{1,2})[:h](?P<minute>\d{2})(?::(?P<second>\d{2}))?(?!\d)(?:\s*(?P<half>[ap])\.?m\b)?"
    r"(?:\s*(?:(?:utc|gmt)\s*)?(?P<sign>[+-])(?P<hours>\d{2}):?(?P<minutes>\d{2})\b)?",
    re.I,
)
_HALF_DAY = re.compile(r"\d\s*[ap]\.?m\b", re.I)
# Zones that the mail format does not know; of those that mean several, none.
_ZONES = {
    "CET": "+0100",
    "MEZ": "+0100",
    "CEST": "+0200",
    "MESZ": "+0200",
    "WET": "+0000",
    "WEST": "+0100",
    "BST": "+0100",
    "EET": "+0200",
    "EEST": "+0300",
    "MSK": "+0300",
    "SAST": "+0200",
    "PKT": "+0500",
    "HKT": "+0800",
    "SGT": "+0800",
    "JST": "+0900",
    "KST": "+0900",
    "AEST": "+1000",
    "AEDT": "+1100",
    "NZST": "+1200",
    "NZDT": "+1300",
}
_ZONE = re.compile(rf"(?<=\d)\s+({'|'.join(_ZONES)})\Z")


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
    text = _ZONE.sub(lambda match: f" {_ZONES[match[1]]}", text.strip())
    if not text or len(text) > 100 or _YEAR_ZERO.search(text):
        return None
    if _HALF_DAY.search(text):  # the mail format's reader takes 10:00 PM for the morning
        return _written(text)
    for reader in (_iso, _rfc5322, _epoch, _cjk, _any, _written):
        found = reader(text)
        if found is not None:
            return found
    return None


def parse_zoned(text: str, month_first: bool | None = None) -> datetime | None:
    """Return the moment that *text* names in the zone that it names, so that its day is the page's day.

    *month_first* tells 4/5/2024 from 5/4/2024; where it is None, dates that may be either are none.
    """
    text = _ZONE.sub(lambda match: f" {_ZONES[match[1]]}", text.strip())
    if _YEAR_ZERO.search(text):
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        if _HALF_DAY.search(text):
            return _with_time(text, month_first)
        try:
            moment = parsedate_to_datetime(text)
        except (ValueError, TypeError, IndexError, OverflowError):
            numbers = _WRITTEN[-1].match(text) if len(text) < 50 else None
            return (numbers and _with_time(text, month_first)) or parse_date(text)
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return moment if _utc(moment) else None


def _with_time(text: str, month_first: bool | None = None) -> datetime | None:
    """Return the moment of the first day that *text* writes out and the time of day after it, midnight without one;
    in the zone given as an offset, else in UTC."""
    found = written_date(text, month_first)
    if not found:
        return None
    day = datetime.fromisoformat(found[0]).replace(tzinfo=UTC)
    clock = _TIME_OF_DAY.search(text, text.find(found[1]) + len(found[1].rstrip(" apmAPM.:0123456789")))
    if not clock:
        return day
    hour = int(clock["hour"])
    hour = hour % 12 + 12 * (clock["half"].lower() == "p") if clock["half"] else hour
    offset = timedelta(hours=int(clock["hours"] or 0), minutes=int(clock["minutes"] or 0))
    zone = timezone(-offset if clock["sign"] == "-" else offset) if offset < timedelta(hours=15) else UTC
    try:
        return day.replace(hour=hour, minute=int(clock["minute"]), second=int(clock["second"] or 0), tzinfo=zone)
    except ValueError:
        return day


def written_date(text: str, month_first: bool | None = None) -> tuple[str, str] | None:
    """Return the first day that *text* writes out ("5 January 2024", "Jan. 5, 2024", "2024年1月5日"), as an ISO day,
    and the words that say it. Days and months that cannot be told apart (05/01/2024) are passed over, unless
    *month_first* says which comes first or a time with a.m. or p.m. follows, as Americans write."""
    found = [match for pattern in _WRITTEN for match in pattern.finditer(text) if _day(match, month_first)]
    if not found:
        return None
    match = min(found, key=lambda one: (one.start(), -one.end()))
    day = _day(match, month_first)
    return (day.date().isoformat(), match[0]) if day else None


def _day(match: re.Match[str], month_first: bool | None) -> datetime | None:
    """Return the day that a match of `_WRITTEN` names, None where there is no such day or it may be two."""
    parts = match.groupdict()
    year = int(parts["year"])
    if parts.get("one"):
        one, other = int(parts["one"]), int(parts["other"])
        if one != other and one <= 12 and other <= 12 and month_first is None and not parts["us"]:
            return None
        first = other > 12 or (one <= 12 and bool(month_first or (month_first is None and parts["us"])))
        month, day = (one, other) if first else (other, one)
    else:
        month = int(parts.get("month") or next(name[1:] for name, value in parts.items() if value and name[0] == "m"))
        day = int(parts["day"])
    try:
        return datetime(year if year > 99 else year + (1900 if year > 69 else 2000), month, day, tzinfo=UTC)
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
    moment = _with_time(text)
    return _utc(moment) if moment else None


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
