"""Leases: who works on which row, and what becomes of rows whose worker died."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from tests.factories import make_outlet
from tracker.news.leasing import leased, one_by_one
from tracker.news.models import Article, Work

LIMIT = 50


def make_due(count: int) -> list[int]:
    """Articles whose page is due, the first one longest."""
    outlet, now = make_outlet(), timezone.now()
    rows = [
        Article(outlet=outlet, url=f"https://test-gazette.example/due/{n}", due_at=now - timedelta(hours=1, seconds=-n))
        for n in range(count)
    ]
    return [row.pk for row in Article.objects.bulk_create(rows)]


def end_leases() -> None:
    """Let the time of every lease run out."""
    Article.objects.exclude(lease_until=None).update(lease_until=timezone.now() - timedelta(seconds=1))


def keys(rows: Iterable[Any]) -> set[int]:
    return {row.pk for row in rows}


def work_until_done(poison: set[int], batches: int = 500) -> set[int]:
    """Lease and finish rows as a worker does that dies whenever a poisonous row is among them; return what it did."""
    done: set[int] = set()
    for _ in range(batches):
        rows = list(leased(Article.objects.all(), LIMIT))
        if not rows and not Article.objects.filter(due_at__isnull=False).exists():
            return done
        if poison & keys(rows):
            end_leases()
            continue
        for row in rows:
            row.settle(None)
            row.save()
            done.add(row.pk)
    raise AssertionError("the work does not end")


class TestPoison(TestCase):
    """Property: only what kills its worker is put aside, whatever stands beside it."""

    @given(st.sets(st.integers(0, 59), max_size=3))
    @settings(max_examples=10)
    def test_only_rows_that_kill_their_worker_are_put_aside(self, places: set[int]) -> None:
        made = make_due(60)
        poison = {made[place] for place in places}
        assert work_until_done(poison) == set(made) - poison
        for row in Article.objects.filter(pk__in=poison):
            assert row.due_at is None
            assert "put aside" in row.last_error
        assert not Article.objects.exclude(pk__in=poison).exclude(last_error="").exists()


@pytest.mark.django_db
def test_rows_that_were_given_back_are_leased_together() -> None:
    made = make_due(60)
    assert len(Article.objects.all().lease(LIMIT, 300)) == LIMIT
    assert keys(Article.objects.all().lease(LIMIT, 300)) == set(made[LIMIT:])


@pytest.mark.django_db
def test_rows_of_a_dead_worker_are_leased_in_ever_smaller_groups() -> None:
    make_due(50)
    sizes = []
    for _ in range(Work.MAX_ATTEMPTS):
        sizes.append(len(Article.objects.all().lease(LIMIT, 300)))
        end_leases()
        # The others wait elsewhere meanwhile.
        Article.objects.filter(lease_until=None).update(due_at=None)
        Article.objects.filter(attempts__lt=len(sizes)).update(due_at=None)
    assert sizes == [50, 7, 1]


@pytest.mark.django_db
def test_one_by_one_counts_an_attempt_only_for_the_row_whose_turn_came() -> None:
    made = make_due(3)
    turns = one_by_one(Article.objects.all(), 10)
    assert next(turns).pk == made[0]
    assert list(Article.objects.order_by("pk").values_list("attempts", flat=True)) == [1, 0, 0]
    assert [row.pk for row in turns] == made[1:]


@pytest.mark.django_db
def test_one_by_one_takes_no_more_than_it_may() -> None:
    make_due(5)
    assert len(list(one_by_one(Article.objects.all(), 2))) == 2
    assert Article.objects.filter(lease_until=None).count() == 3
