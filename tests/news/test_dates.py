"""What holds of dates as feeds and pages write them."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.news.dates import EARLIEST, clamp, is_day_only, parse_date, parse_zoned, written_date

NOW = datetime(2025, 3, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("January 5, 2024", "2024-01-05"),
        ("Jan. 5th, 2024", "2024-01-05"),
        ("5 January 2024", "2024-01-05"),
        ("5th of January 2024", "2024-01-05"),
        ("Published Friday, 5 January 2024 at 10:15", "2024-01-05"),
        ("5. Januar 2024", "2024-01-05"),
        ("3. März 2024", "2024-03-03"),
        ("le 12 août 2023", "2023-08-12"),
        ("1er février 2023", "2023-02-01"),
        ("5 de enero de 2024", "2024-01-05"),
        ("5 de março de 2024", "2024-03-05"),
        ("5 gennaio 2024", "2024-01-05"),
        ("2024年1月5日", "2024-01-05"),
        ("2024년 1월 5일", "2024-01-05"),
        ("2024/1/5", "2024-01-05"),
        ("2024-01-05", "2024-01-05"),
        ("05.01.2024", "2024-01-05"),
        ("31 February 2024", None),
        ("05/01/2024", None),
        ("May 2024", None),
        ("version 2.10.2024 of 12", "2024-10-02"),
        ("", None),
    ],
)
def test_a_day_is_read_where_it_is_written_out(text: str, day: str | None) -> None:
    found = written_date(text)
    assert (found[0] if found else None) == day


@given(st.datetimes(datetime(1971, 1, 1), datetime(2037, 1, 1)), st.integers(-12 * 60, 14 * 60))
def test_iso_and_mail_dates_come_back(naive: datetime, minutes: int) -> None:
    moment = naive.replace(microsecond=0, tzinfo=timezone(timedelta(minutes=minutes)))
    assert parse_date(moment.isoformat()) == moment
    assert parse_zoned(moment.isoformat()) == moment
    assert parse_date(moment.strftime("%a, %d %b %Y %H:%M:%S %z")) == moment


def test_the_zone_of_a_page_is_kept_so_that_its_day_is() -> None:
    moment = parse_zoned("2025-02-04T23:30:00-05:00")
    assert moment is not None
    assert moment.date().isoformat() == "2025-02-04"


@given(st.text(max_size=120))
def test_no_text_breaks_the_reader(text: str) -> None:
    for read in (parse_date, parse_zoned):
        moment = read(text)
        assert moment is None or moment.tzinfo is not None


@given(st.datetimes(timezones=st.just(UTC)))
def test_a_clamped_date_is_possible(moment: datetime) -> None:
    clamped = clamp(moment, NOW)
    assert clamped is None or EARLIEST <= clamped <= NOW
    assert clamped == moment or moment < EARLIEST or moment > NOW


@pytest.mark.parametrize(
    ("text", "is_day"),
    [
        ("2025-02-04", True),
        ("4 February 2025", True),
        ("20250204", True),
        ("2025-02-04T08:00Z", False),
        ("1738834200", False),
    ],
)
def test_a_day_is_told_from_a_moment(text: str, is_day: bool) -> None:
    assert is_day_only(text) is is_day
