"""The order of the queue: every draft once, neighbours that agree with the list, whatever is empty."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from claims.admin import queue
from claims.models import Claim, Decision, Extraction
from tests.factories import make_editor, make_party, make_reading

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("sort", queue.SORTS)
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    rows=st.lists(
        st.tuples(st.sampled_from([None, 1, 2]), st.sampled_from([None, 0.2, 0.5, 0.9]), st.booleans()),
        min_size=1,
        max_size=8,
    )
)
def test_walking_from_neighbour_to_neighbour_is_the_list(
    sort: str, rows: list[tuple[int | None, float | None, bool]]
) -> None:
    Claim.objects.filter(state="draft").delete()
    reading = make_reading()
    runs = {n: Extraction.objects.create(reading=reading, extractor="rules", version=str(n)) for n in (1, 2)}
    for run, confidence, denial in rows:
        kind = "denial" if denial else "concern"
        Claim.objects.create(kind=kind, extraction=runs[run] if run else None, confidence=confidence)
    for query in (f"sort={sort}", f"sort={sort}&kind=denial"):
        filters, problems = queue.read(QueryDict(query))
        assert not problems
        listed = list(queue.waiting(filters))
        keys = [claim.pk for claim in listed]
        for index, claim in enumerate(listed):
            place = queue.place(claim, filters)
            assert (place.number, place.total) == (index + 1, len(keys))
            assert place.before == (keys[index - 1] if index else None)
            assert place.after == (keys[index + 1] if index + 1 < len(keys) else None)
    Claim.objects.filter(state="draft").delete()


def test_after_the_last_comes_the_first_and_after_the_only_one_nothing() -> None:
    filters = queue.Filters(sort="oldest")
    first, last = (Claim.objects.create(kind="concern", claimant=make_party()) for _ in range(2))
    assert queue.following(first, filters) == last.pk
    assert queue.following(last, filters) == first.pk
    last.delete()
    assert queue.following(first, filters) is None


def test_filters_survive_the_way_into_a_query_string_and_back() -> None:
    filters = queue.Filters(dispute=3, kind="denial", q="a & b=c", sort="newest")
    assert queue.read(QueryDict(filters.query)) == (filters, [])
    assert filters.narrowed
    assert not queue.Filters(sort="newest").narrowed
    assert queue.Filters().query == ""


@pytest.mark.parametrize("sort", queue.SORTS)
def test_a_place_takes_few_queries_however_long_the_queue(sort: str, django_assert_max_num_queries: Any) -> None:
    filters = queue.Filters(sort=sort)
    Claim.objects.bulk_create([Claim(kind="concern", confidence=n / 300) for n in range(300)])
    middle = list(queue.waiting(filters))[150]
    with django_assert_max_num_queries(6):
        queue.place(middle, filters)


def test_the_next_draft_article_by_article_is_read_from_an_index_not_sorted() -> None:
    reading = make_reading()
    runs = [Extraction.objects.create(reading=reading, extractor="rules", version=str(n)) for n in range(500)]
    Claim.objects.bulk_create([Claim(kind="concern", extraction=run) for run in runs for _ in range(4)])
    middle = Claim.objects.filter(extraction=runs[250]).latest("pk")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE claims_claim")
        with CaptureQueriesContext(connection) as captured:
            assert (
                queue.following(middle, queue.Filters()) == Claim.objects.filter(extraction=runs[249]).earliest("pk").pk
            )
        step = next(query["sql"] for query in captured if "DESC" in query["sql"])
        cursor.execute("EXPLAIN " + step)
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "claim_waiting_by_article" in plan
    assert "Sort" not in plan


def decided(actor: User, at: datetime, verb: str = "reject", subject: str = "claim") -> None:
    Decision.objects.create(verb=verb, actor=actor, made_at=at, subject=subject, subject_id=1)


def test_the_time_of_a_decision_is_the_median_within_each_editors_sittings() -> None:
    now, anna, ben = timezone.now(), make_editor(), User.objects.create_user("ben")
    start = now - timedelta(hours=2)
    assert queue.pace(now) is None
    for second in (0, 20, 50, 60):
        decided(anna, start + timedelta(seconds=second))
        decided(ben, start + timedelta(seconds=second + 3), subject="party")
    assert queue.pace(now) == timedelta(seconds=20)


def test_a_pause_and_a_bulk_rejection_are_no_time_of_a_decision() -> None:
    now, anna = timezone.now(), make_editor()
    start = now - timedelta(hours=2)
    for at in (timedelta(0), timedelta(seconds=9), timedelta(seconds=9), timedelta(hours=1)):
        decided(anna, start + at)
    assert queue.pace(now) == timedelta(seconds=9)
