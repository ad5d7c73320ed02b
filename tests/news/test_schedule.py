"""What holds of the poll schedule, for any feed and any answer."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.news.schedule import MAX_RETRY_AFTER, MAXIMUM, MINIMUM, next_poll
from tracker.news.types import PollFacts, PollOutcome

NOW = datetime(2025, 1, 8, 12, 30, tzinfo=UTC)  # a Wednesday
HOUR = timedelta(hours=1)
FINE = [PollOutcome.CHANGED, PollOutcome.UNCHANGED]


def facts(outcome: PollOutcome = PollOutcome.CHANGED, every: timedelta | None = None, **more: object) -> PollFacts:
    recent = tuple(NOW - every * n for n in range(20)) if every else ()
    return PollFacts(NOW, outcome, **{"recent": recent, "has_validators": True, **more})  # type: ignore[arg-type]


headers = st.dictionaries(
    st.sampled_from(["cache-control", "expires", "date", "age", "retry-after"]),
    st.one_of(
        st.sampled_from(
            ["max-age=0", "max-age=600, public", "no-cache", "max-age=99999999999999", "-1", "0", "", "soon"]
        ),
        st.integers(-10, 10**18).map(str),
        st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1)).map(lambda d: d.strftime("%a, %d %b %Y %H:%M:%S GMT")),
        st.text(max_size=20),
    ),
)
any_facts = st.builds(
    PollFacts,
    now=st.just(NOW),
    outcome=st.sampled_from(PollOutcome),
    headers=headers,
    recent=st.lists(st.integers(-(10**6), 10**8).map(lambda s: NOW - timedelta(seconds=s)), max_size=10).map(tuple),
    has_validators=st.booleans(),
    failures=st.integers(0, 10_000),
    unchanged_streak=st.integers(0, 10_000),
    ttl=st.one_of(st.none(), st.integers(0, 10**9)),
    skip_hours=st.frozensets(st.integers(0, 23)),
    skip_days=st.frozensets(st.integers(0, 6)),
)
jitters = st.floats(0, 1)


# ------------------------------------------------------------------ for any facts
@given(any_facts, jitters)
def test_a_feed_is_stopped_by_gone_and_nothing_else(given_facts: PollFacts, jitter: float) -> None:
    plan = next_poll(given_facts, jitter=jitter)
    assert plan.stop is (given_facts.outcome is PollOutcome.GONE)
    assert (plan.next_at is None) is plan.stop
    assert plan.reason


@given(any_facts, jitters)
def test_no_feed_is_polled_before_the_minimum(given_facts: PollFacts, jitter: float) -> None:
    plan = next_poll(given_facts, jitter=jitter)
    if plan.next_at:
        assert plan.next_at >= NOW + MINIMUM
        assert plan.interval == plan.next_at - NOW


@given(any_facts, jitters)
def test_a_feed_without_validators_is_polled_hourly_at_most(given_facts: PollFacts, jitter: float) -> None:
    plan = next_poll(given_facts, jitter=jitter)
    if plan.next_at and not given_facts.has_validators and given_facts.headers.get("retry-after") is None:
        assert plan.next_at >= NOW + HOUR


@given(any_facts, jitters)
def test_the_wait_is_bounded(given_facts: PollFacts, jitter: float) -> None:
    plan = next_poll(given_facts, jitter=jitter)
    week = timedelta(days=7)
    limit = MAXIMUM + week if given_facts.outcome in FINE else MAX_RETRY_AFTER
    assert plan.interval <= limit


@given(any_facts, jitters)
def test_skipped_hours_and_days_are_skipped(given_facts: PollFacts, jitter: float) -> None:
    plan = next_poll(given_facts, jitter=jitter)
    if plan.next_at and given_facts.outcome in FINE:
        assert plan.next_at.hour not in given_facts.skip_hours or len(given_facts.skip_hours) == 24
        assert plan.next_at.weekday() not in given_facts.skip_days or len(given_facts.skip_days) == 7


@given(any_facts, jitters)
def test_jitter_only_delays(given_facts: PollFacts, jitter: float) -> None:
    early, late = next_poll(given_facts), next_poll(given_facts, jitter=jitter)
    assert early.next_at is None or late.next_at is None or late.next_at >= early.next_at


@given(any_facts)
def test_the_decision_follows_from_the_facts_alone(given_facts: PollFacts) -> None:
    assert next_poll(given_facts) == next_poll(given_facts)


# ------------------------------------------------------------------ the rhythm
@pytest.mark.parametrize(
    ("every", "wait"),
    [
        (timedelta(minutes=5), MINIMUM),
        (HOUR, timedelta(minutes=30)),
        (6 * HOUR, 3 * HOUR),
        (timedelta(days=30), MAXIMUM),
    ],
)
def test_a_feed_is_polled_at_twice_its_own_rhythm(every: timedelta, wait: timedelta) -> None:
    assert next_poll(facts(every=every)).interval == wait


def test_a_feed_that_fell_silent_is_polled_less_and_less() -> None:
    waits = []
    for days in (0, 1, 4):
        recent = tuple(NOW - timedelta(days=days, hours=n) for n in range(10))
        waits.append(next_poll(facts(recent=recent)).interval)
    assert waits == [timedelta(minutes=30), 6 * HOUR, 24 * HOUR]


def test_answers_without_news_stretch_the_interval() -> None:
    waits = [next_poll(facts(PollOutcome.UNCHANGED, HOUR, unchanged_streak=n)).interval for n in (0, 1, 2, 100)]
    assert waits == sorted(waits)
    assert waits[0] == timedelta(minutes=30)
    assert waits[-1] == 2 * HOUR


def test_a_feed_without_dates_is_polled_hourly() -> None:
    assert next_poll(facts()).interval == HOUR


@pytest.mark.parametrize(
    ("answer", "wait"),
    [
        ({"cache-control": "public, max-age=7200"}, 2 * HOUR),
        ({"cache-control": 'max-age="7200"'}, 2 * HOUR),
        ({"cache-control": "max-age=7200", "age": "3600"}, HOUR),
        ({"cache-control": "s-maxage=7200"}, MINIMUM),
        ({"cache-control": "max-age=60"}, MINIMUM),
        ({"cache-control": "max-age=31536000"}, MAXIMUM),
        ({"expires": "Wed, 08 Jan 2025 15:30:00 GMT"}, 3 * HOUR),
        ({"expires": "Wed, 08 Jan 2025 15:30:00 GMT", "date": "Wed, 08 Jan 2025 13:30:00 GMT"}, 2 * HOUR),
        ({"expires": "Wed, 08 Jan 2025 15:30:00 GMT", "cache-control": "max-age=0"}, MINIMUM),
        ({"expires": "0"}, MINIMUM),
    ],
)
def test_freshness_lengthens_the_interval(answer: dict[str, str], wait: timedelta) -> None:
    assert next_poll(facts(every=timedelta(minutes=10), headers=answer)).interval == wait


def test_ttl_lengthens_the_interval_and_never_shortens_it() -> None:
    assert next_poll(facts(every=HOUR, ttl=90)).interval == timedelta(minutes=90)
    assert next_poll(facts(every=10 * HOUR, ttl=5)).interval == 5 * HOUR


def test_a_poll_due_on_a_skipped_day_waits_for_the_next() -> None:
    plan = next_poll(facts(every=24 * HOUR, skip_days=frozenset({3}), skip_hours=frozenset(range(6))))
    assert plan.next_at == datetime(2025, 1, 10, 6, tzinfo=UTC)  # not in the night to Thursday, not before 6 on Friday


# ------------------------------------------------------------------ errors
def test_errors_back_off_exponentially_to_a_day() -> None:
    for outcome in (PollOutcome.ERROR, PollOutcome.NOT_FOUND):
        waits = [next_poll(facts(outcome, failures=n)).interval for n in range(1, 10)]
        assert waits[:4] == [MINIMUM, 2 * MINIMUM, 4 * MINIMUM, 8 * MINIMUM]
        assert waits[-1] == MAXIMUM


@pytest.mark.parametrize("outcome", [PollOutcome.THROTTLED, PollOutcome.ERROR])
@pytest.mark.parametrize(
    ("text", "wait"),
    [
        ("7200", 2 * HOUR),
        ("0", MINIMUM),
        ("60", MINIMUM),
        ("99999999999999999999", MAX_RETRY_AFTER),
        ("Wed, 08 Jan 2025 18:30:00 GMT", 6 * HOUR),
        ("Wed, 08 Jan 2020 18:30:00 GMT", MINIMUM),
        ("Wed, 08 Jan 2120 18:30:00 GMT", MAX_RETRY_AFTER),
    ],
)
def test_retry_after_is_obeyed_floored_and_capped(outcome: PollOutcome, text: str, wait: timedelta) -> None:
    plan = next_poll(facts(outcome, failures=1, headers={"retry-after": text}))
    assert plan.interval == wait


@pytest.mark.parametrize("text", ["", "soon", "-5", "1.5"])
def test_a_retry_after_that_says_nothing_is_an_error_like_others(text: str) -> None:
    plan = next_poll(facts(PollOutcome.THROTTLED, failures=2, headers={"retry-after": text}))
    assert plan.interval == 2 * MINIMUM


def test_a_retry_after_on_a_good_answer_is_ignored() -> None:
    assert next_poll(facts(every=HOUR, headers={"retry-after": "86400"})).interval == timedelta(minutes=30)


def test_gone_stops_the_feed_and_says_why() -> None:
    plan = next_poll(facts(PollOutcome.GONE))
    assert plan.stop
    assert "410" in plan.reason
