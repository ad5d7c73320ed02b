"""What holds of dates as feeds and pages write them."""

from datetime import UTC, date, datetime, timedelta, timezone

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
        ("11/04/2012 10:00", None),
        ("16/04/2015", "2015-04-16"),
        ("04/16/2015", "2015-04-16"),
        ("3/09/15 8:00am", "2015-03-09"),
        ("13-10-2015", "2015-10-13"),
        ("8.5.12", "2012-05-08"),
        ("16-Apr-2015", "2015-04-16"),
        ("Fri Mar 13 21:30:09 EST 2015", "2015-03-13"),
        ("12 févr. 2024", "2024-02-12"),
        ("5 maggio 2024", "2024-05-05"),
        ("5 mrt 2024", "2024-03-05"),
        ("5 февраля 2024", "2024-02-05"),
        ("version 1.2.3, 192.168.10.12", None),
        ("31/02/2015", None),
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


@pytest.mark.parametrize(("month_first", "day"), [(True, "2012-11-04"), (False, "2012-04-11"), (None, None)])
def test_what_comes_first_decides_where_day_and_month_may_be_either(month_first: bool | None, day: str | None) -> None:
    found = written_date("Posted on 11/04/2012", month_first)
    assert (found[0] if found else None) == day
    moment = parse_zoned("11/04/2012 17:30", month_first)
    assert (f"{moment:%Y-%m-%d %H:%M}" if moment else None) == (day and f"{day} 17:30")


@given(st.dates(datetime(1971, 1, 1).date(), datetime(2069, 1, 1).date()), st.booleans(), st.sampled_from(["/", "-"]))
def test_a_date_in_numbers_comes_back(day: date, month_first: bool, mark: str) -> None:
    parts = [f"{day.month:02}", f"{day.day:02}"]
    text = mark.join([*(parts if month_first else reversed(parts)), str(day.year)])
    found = written_date(f"On {text}, at noon", month_first)
    assert found == (day.isoformat(), text)


@given(st.datetimes(datetime(1971, 1, 1), datetime(2037, 1, 1)), st.integers(-12 * 60, 14 * 60))
def test_iso_and_mail_dates_come_back(naive: datetime, minutes: int) -> None:
    moment = naive.replace(microsecond=0, tzinfo=timezone(timedelta(minutes=minutes)))
    assert parse_date(moment.isoformat()) == moment
    assert parse_zoned(moment.isoformat()) == moment
    assert parse_date(moment.strftime("%a, %d %b %Y %H:%M:%S %z")) == moment


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("Feb 14, 2024 10:00 PM", "2024-02-14T22:00+00:00"),
        ("February 14, 2024 at 12:05 a.m.", "2024-02-14T00:05+00:00"),
        ("10/22/2014 7:31:18 PM", "2014-10-22T19:31:18+00:00"),
        ("mer., 14 févr. 2024 10:00:00 +0100", "2024-02-14T09:00+00:00"),
        ("Wed, 14 Feb 2024 10:00:00 CET", "2024-02-14T09:00+00:00"),
        ("Wed, 14 Aug 2024 10:00:00 BST", "2024-08-14T09:00+00:00"),
        ("14/02/2024 10:00", "2024-02-14T10:00+00:00"),
        ("14 February 2024, 25:99", "2024-02-14T00:00+00:00"),
        ("14 February 2024", "2024-02-14T00:00+00:00"),
    ],
)
def test_a_time_beside_a_written_day_counts(text: str, moment: str) -> None:
    assert parse_date(text) == parse_zoned(text) == datetime.fromisoformat(moment)


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
