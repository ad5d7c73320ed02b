"""What triggers count of everything public is what counting anew finds, whatever road a change took."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from claims import curation
from claims.curation import ClaimChanges, CurationError
from claims.models import Claim, Dispute, Party, System, Topic
from claims.undoing import take_back
from tests.factories import make_dispute, make_draft, make_editor, make_outlet, make_party, make_published, make_reading
from tracker.news.models import Article

pytestmark = pytest.mark.django_db
TABLES = ("dispute", "party", "system", "topic", "article", "outlet")


def tallies() -> dict[str, list[Any]]:
    """Every row of every tally, but when an outlet's last came."""
    with connection.cursor() as cursor:
        rows = {}
        for noun in TABLES:
            cursor.execute(f"SELECT * FROM claims_{noun}tally ORDER BY {noun}_id")
            names = [column.name for column in cursor.description]
            left = {"changed_at"} if noun == "outlet" else set()
            found = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
            rows[noun] = [{k: round(v, 9) if k == "heat" else v for k, v in r.items() if k not in left} for r in found]
        return rows


def check() -> None:
    """Hold what the triggers left to what counting everything anew finds."""
    kept = tallies()
    run("SELECT claims_recount_all()")
    assert tallies() == kept


def run(statement: str, *values: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def attempt(act: Callable[[], Any]) -> None:
    # What is not allowed now has changed nothing.
    with suppress(CurationError, IntegrityError), transaction.atomic():
        act()


def party(name: str) -> Party:
    return Party.objects.get(pk=make_party(name).pk)


ACTS: dict[str, Callable[[Claim, Claim], Any]] = {
    "accept": lambda claim, other: curation.accept(claim, make_editor()),
    "retract": lambda claim, other: curation.retract(claim, make_editor(), "wrong"),
    "undo": lambda claim, other: take_back(claim, make_editor()),
    "merge": lambda claim, other: curation.merge(claim, other, make_editor()),
    "kind": lambda claim, other: curation.edit(claim, make_editor(), ClaimChanges(kind="response", answers=[other])),
    "targets": lambda claim, other: curation.edit(claim, make_editor(), ClaimChanges(targets=[make_party("Meta")])),
    "topics": lambda claim, other: curation.edit(
        claim, make_editor(), ClaimChanges(topics=[Topic.objects.get_or_create(slug="x", defaults={"name": "X"})[0]])
    ),
    "merge parties": lambda claim, other: curation.merge_rows(
        make_party("Meta"), make_party("DeepSeek"), make_editor()
    ),
    "split parties": lambda claim, other: curation.take_back_merger(party("Meta"), make_editor()),
    "merge disputes": lambda claim, other: curation.merge_rows(
        make_dispute("Another"), make_dispute("OpenAI and DeepSeek"), make_editor()
    ),
    # Past every verb.
    "system": lambda claim, other: claim.systems.add(
        System.objects.get_or_create(slug="r1", defaults={"name": "R1"})[0]
    ),
    "no system": lambda claim, other: claim.systems.clear(),
    "joint": lambda claim, other: claim.co_claimants.add(make_party("Microsoft")),
    "date": lambda claim, other: Claim.objects.filter(pk=claim.pk).update(on="2020-02-02"),
    "outlet": lambda claim, other: Article.objects.filter(pk=claim.mentions.values("article")[:1]).update(
        outlet=make_outlet("Other Herald")
    ),
}


@given(st.lists(st.tuples(st.sampled_from(sorted(ACTS)), st.booleans()), max_size=12))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_tallies_hold_after_any_sequence_of_changes(acts: list[tuple[str, bool]]) -> None:
    one, two = make_draft(make_reading()), make_published(make_reading(), dispute=make_dispute("Another"))
    for name, turned in acts:
        claim, other = (two, one) if turned else (one, two)
        for row in (claim, other):
            row.refresh_from_db()
        attempt(lambda name=name, claim=claim, other=other: ACTS[name](claim, other))  # type: ignore[misc]
    check()


def test_a_dispute_counts_what_is_published_of_it_and_has_no_row_once_nothing_is() -> None:
    claim = make_published()
    make_draft()
    dispute = Dispute.objects.get()
    assert (dispute.tally.total, dispute.tally.allegations, dispute.tally.answers) == (1, 1, 0)
    assert dispute.tally.first == claim.on
    curation.retract(claim, make_editor(), "wrong")
    assert {noun: rows for noun, rows in tallies().items() if rows} == {}


def test_of_two_disputes_the_one_that_changed_lately_is_busier_and_of_two_as_late_the_larger() -> None:
    def changed(claim: Claim, when: str) -> None:
        run("SET LOCAL session_replication_role = replica")
        run("UPDATE claims_claim SET changed_at = %s WHERE id = %s", when, claim.pk)
        run("SET LOCAL session_replication_role = origin")

    for title, moments in {
        "old": ["2019-01-01Z"] * 3,
        "late": ["2025-06-01Z"],
        "late and large": ["2025-06-01Z"] * 2,
    }.items():
        for moment in moments:
            changed(make_published(dispute=make_dispute(title)), moment)
    run("SELECT claims_recount_all()")
    assert list(Dispute.objects.order_by("-tally__heat").values_list("title", flat=True)) == [
        *("late and large", "late", "old")
    ]
