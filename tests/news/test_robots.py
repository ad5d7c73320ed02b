"""What an answer to the request for a robots.txt means (RFC 9309)."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracker.news import robots
from tracker.news.robots import Robots, origin_of, read_answer
from tracker.news.types import FetchError, FetchReason, Response

AGENT = "ai-claims-tracker/0.1.0"
PAGE = "https://news.example/story"


def response(status: int, body: bytes = b"", **headers: str) -> Response:
    url = "https://news.example/robots.txt"
    return Response(url, url, status, {name.replace("_", "-"): value for name, value in headers.items()}, body)


@pytest.mark.parametrize(
    ("text", "allowed"),
    [
        ("", True),
        ("User-agent: *\nDisallow: /", False),
        ("User-agent: *\nDisallow: /\n\nUser-agent: ai-claims-tracker\nDisallow:", True),
        ("User-agent: AI-Claims-Tracker\nDisallow: /story", False),
        ("User-agent: ai-claims-tracker/0.1\nDisallow: /", False),
        ("User-agent: ai\nDisallow: /", True),
        ("User-agent: tracker\nDisallow: /", True),
        ("User-agent: GPTBot\nDisallow: /", True),
        ("User-agent: *\nDisallow: /\nAllow: /story", True),
        ("User-agent: *\nDisallow: /*ory$", False),
        ("\ufeffUser-agent: *\nDisallow: /".removeprefix("\ufeff"), False),
        ("<html>not found</html>", True),
    ],
)
def test_the_group_that_names_us_counts_and_else_the_star(text: str, allowed: bool) -> None:
    assert Robots(text, AGENT).allows(PAGE) is allowed


def test_an_origin_that_cannot_be_reached_disallows_everything() -> None:
    assert not Robots("", AGENT, reachable=False).allows(PAGE)


@pytest.mark.parametrize(
    ("status", "text", "reachable"),
    [(200, "x", True), (401, "", True), (404, "", True), (410, "", True), (429, None, False), (503, None, False)],
)
def test_the_status_decides_what_is_kept(status: int, text: str | None, reachable: bool) -> None:
    answer = read_answer(response(status, b"x"))
    assert (answer.text, answer.reachable) == (text, reachable)


def test_no_answer_disallows_for_now_and_too_many_redirects_allow() -> None:
    def failed(reason: FetchReason) -> FetchError:
        return FetchError("https://news.example/robots.txt", reason, "it failed")

    assert read_answer(failed(FetchReason.CONNECT)).reachable is False
    assert read_answer(failed(FetchReason.TOO_MANY_REDIRECTS)).reachable is True


def test_only_the_first_500_kib_are_read_and_a_byte_order_mark_is_none_of_the_rules() -> None:
    rules = b"\xef\xbb\xbfUser-agent: *\nDisallow: /story\n"
    late = b"#" * robots.MAX_BYTES + b"\nUser-agent: *\nDisallow: /other\n"
    read = Robots(read_answer(response(200, rules + late)).text or "", AGENT)
    assert not read.allows(PAGE)
    assert read.allows("https://news.example/other")


@pytest.mark.parametrize(
    ("value", "delay"), [("10", 10.0), ("0.5", 0.5), ("86400", robots.MAX_CRAWL_DELAY), ("soon", 0.0), ("-3", 0.0)]
)
def test_crawl_delay_is_honoured_up_to_a_cap(value: str, delay: float) -> None:
    assert Robots(f"User-agent: *\nCrawl-delay: {value}", AGENT).crawl_delay == delay


@settings(deadline=None)
@given(st.integers(min_value=0, max_value=10**9))
def test_rules_are_kept_a_day_at_most_and_an_hour_at_least(seconds: int) -> None:
    lifetime = read_answer(response(200, b"", cache_control=f"public, max-age={seconds}")).lifetime
    assert timedelta(hours=1) <= lifetime <= timedelta(hours=24)


@settings(deadline=None)
@given(st.binary(max_size=400))
def test_no_bytes_break_it(body: bytes) -> None:
    read = Robots(read_answer(response(200, body)).text or "", AGENT)
    assert read.allows(PAGE) in {True, False}
    assert 0 <= read.crawl_delay <= robots.MAX_CRAWL_DELAY


def test_an_origin_is_scheme_host_and_port() -> None:
    assert origin_of("HTTPS://a@News.Example:8443/x?y") == "https://news.example:8443"
