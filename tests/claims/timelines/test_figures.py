"""The figures of the whole site."""

from datetime import date

import pytest

from claims import timelines
from tests.claims.timelines.test_entries import make_answer
from tests.factories import make_draft, make_outlet, make_published, make_reading

pytestmark = pytest.mark.django_db


def test_counts_are_of_what_is_published() -> None:
    make_draft(make_reading(outlet=make_outlet("Quiet Gazette")))
    make_answer(make_published())
    assert timelines.counts() == timelines.Counts(claims=2, disputes=1, parties=2, sources=2, outlets=1)


def test_months_hold_what_was_said_in_them_by_sort() -> None:
    allegation = make_published(on=date(2025, 1, 31))
    make_published(on=date(2025, 1, 1), kind="finding")
    make_published(on=date(2023, 2, 28))
    make_draft(on=date(2025, 1, 1))
    make_answer(allegation)
    months = timelines.months(date(2025, 2, 10))
    assert (len(months), months[0].first, months[-1].first) == (24, date(2023, 3, 1), date(2025, 2, 1))
    assert [(m.allegations, m.answers, m.steps) for m in months[-2:]] == [(1, 0, 1), (0, 1, 0)]
    assert sum(month.total for month in months) == 3


def test_the_demonstration_is_noticed_once_something_of_it_is_published() -> None:
    reading = make_reading(outlet=make_outlet("Demonstration Wire", demonstration=True))
    make_draft(reading)
    make_published()
    assert not timelines.holds_demonstration()
    make_published(reading)
    assert timelines.holds_demonstration()
