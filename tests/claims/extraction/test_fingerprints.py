"""Fingerprints: weights, time, length, and what two of them share."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claims.extraction.fingerprints import (
    Fingerprint,
    closeness,
    combined,
    day_of,
    days_apart,
    fingerprints,
    length_factor,
    likeness,
)
from claims.extraction.types import Document


def own(weights: dict[str, float], day: date | None = None, length: float = 200) -> Fingerprint:
    return Fingerprint(weights, frozenset(), {}, day, day, length)


def test_a_group_is_as_alike_as_its_members_are_on_average() -> None:
    article = own({"a": 0.6, "b": 0.8})
    members = [own({"a": 1.0}), own({"b": 1.0}), own({"c": 1.0})]
    mean = sum(likeness(article, member) for member in members) / 3
    assert likeness(article, combined(members)) == pytest.approx(mean)
    assert likeness(article, combined([combined(members[:2]), members[2]])) == pytest.approx(mean)


def test_a_group_spans_the_days_of_its_members() -> None:
    group = combined([own({}, date(2024, 3, 1)), own({}, None), own({}, date(2024, 3, 9))])
    assert (group.first, group.last, group.size) == (date(2024, 3, 1), date(2024, 3, 9), 3)
    assert days_apart(group, own({}, date(2024, 3, 5))) == 0
    assert days_apart(group, own({}, date(2024, 3, 12))) == 3
    assert days_apart(group, own({}, None)) is None


@pytest.mark.parametrize(
    ("published", "day"),
    [
        ("2024-05-01", date(2024, 5, 1)),
        ("2024-05-01T23:00:00Z", date(2024, 5, 1)),
        (" 2024-05-01 10:00", date(2024, 5, 1)),
        ("May 1", None),
        (None, None),
    ],
)
def test_days_are_read_from_iso_dates(published: str | None, day: date | None) -> None:
    assert day_of(published) == day


@given(st.floats(0, 10_000), st.floats(0, 10_000))
def test_time_apart_only_takes_away(near: float, far: float) -> None:
    near, far = sorted((near, far))
    assert 1.0 >= closeness(near) >= closeness(far) >= 0.65


def test_short_texts_are_judged_by_what_short_texts_can_share() -> None:
    assert length_factor(50, 50) < length_factor(200, 200) == 1.0 < length_factor(900, 900)
    assert length_factor(1, 1) == length_factor(2, 2) > 0


def test_names_weigh_more_than_words() -> None:
    (found,) = fingerprints([Document("a", None, None, None, "Yesterday in Tolm a bakery burned.")])
    assert found.weights["tolm"] > found.weights["bakery"]
