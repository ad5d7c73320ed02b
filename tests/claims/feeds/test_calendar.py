"""The calendars hold by RFC 5545, and hold the events of what is public."""

from datetime import date
from typing import Any

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar
from pytest_django import Settings

from claims.feeds.calendar import span
from claims.models import Dispute, Event, Precision
from tests.factories import make_dispute, make_event, make_published, make_reading

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _at_an_address(settings: Settings) -> None:
    settings.SITE_URL = "https://tracker.example"


def make_hearing(
    dispute: Dispute, text: str = "Hearing in San Francisco", on: date | None = date(2026, 3, 2), **values: Any
) -> Event:
    return make_event(dispute, text, on, **values)


def test_a_calendar_holds_by_its_rules_and_says_what_where_and_when(client: Client) -> None:
    claim = make_published()
    dispute = claim.disputes.get()
    event = make_hearing(dispute)
    event.sources.add(make_reading().snapshot.article)
    answer = client.get(f"/disputes/{dispute.slug}/events.ics")
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    lines = answer.content.split(b"\r\n")
    # RFC 5545 §3.1: lines end with CRLF and have 75 octets at most.
    assert b"\n" not in b"".join(lines)
    assert max(map(len, lines)) <= 75
    calendar: Any = Calendar.from_ical(answer.content)
    assert (str(calendar["version"]), str(calendar["x-wr-calname"])) == ("2.0", "OpenAI and DeepSeek")
    (made,) = calendar.walk("VEVENT")
    assert not made.errors
    assert str(made["uid"]) == f"event-{event.pk}@tracker.example"
    assert made["dtstart"].dt == date(2026, 3, 2)
    assert made["dtend"].dt == date(2026, 3, 3)
    assert made["dtstamp"].dt.tzinfo is not None
    assert str(made["summary"]) == "Hearing in San Francisco"
    assert str(made["url"]) == f"https://tracker.example/disputes/{dispute.slug}/"
    assert "https://test-gazette.example/" in str(made["description"])


def test_all_events_of_public_disputes_are_in_one_and_no_others(client: Client) -> None:
    make_hearing(make_published().disputes.get())
    make_hearing(make_dispute("Not public yet"), "A secret hearing")
    make_event(dispute=Dispute.objects.get(slug="openai-and-deepseek"), text="Without a date", on=None)
    body = client.get("/feeds/events.ics").content.decode()
    assert body.count("BEGIN:VEVENT") == 1
    assert "secret" not in body
    assert client.get("/disputes/not-public-yet/events.ics").status_code == 404


def test_a_program_that_has_it_gets_304(client: Client) -> None:
    dispute = make_published().disputes.get()
    make_hearing(dispute)
    first = client.get("/feeds/events.ics")
    tag = {"If-None-Match": first.headers["ETag"]}
    assert client.get("/feeds/events.ics", headers=tag).status_code == 304
    make_hearing(dispute, "Another")
    assert client.get("/feeds/events.ics", headers=tag).status_code == 200


def test_hostile_words_stay_words(client: Client) -> None:
    text = "A hearing\r\nEND:VEVENT\r\nBEGIN:VALARM\x0b, with; signs\\ and <script>"
    make_hearing(make_published().disputes.get(), text)
    calendar: Any = Calendar.from_ical(client.get("/feeds/events.ics").content)
    (made,) = calendar.walk("VEVENT")
    assert calendar.walk("VALARM") == []
    assert str(made["summary"]) == "A hearing END:VEVENT BEGIN:VALARM\ufffd, with; signs\\ and <script>"


def test_an_empty_calendar_is_a_calendar(client: Client) -> None:
    calendar: Any = Calendar.from_ical(client.get("/feeds/events.ics").content)
    assert calendar.walk("VEVENT") == []


@given(st.dates(), st.sampled_from(Precision.values))
def test_what_is_known_lies_within_its_span(on: date, precision: str) -> None:
    first, after = span(on, precision)
    assert first <= on
    assert on < after or on == date.max or (precision == Precision.YEAR and on.year == date.max.year)


def test_a_month_is_that_month_and_a_year_that_year() -> None:
    assert span(date(2025, 2, 14), Precision.MONTH) == (date(2025, 2, 1), date(2025, 3, 1))
    assert span(date(2025, 2, 14), Precision.YEAR) == (date(2025, 1, 1), date(2026, 1, 1))
    assert span(date(2025, 2, 14), Precision.CIRCA) == (date(2025, 2, 14), date(2025, 2, 15))
