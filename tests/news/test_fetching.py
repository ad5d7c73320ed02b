"""What holds of fetching, over real HTTP against a server that misbehaves."""

import asyncio
import gzip
import resource
import ssl
import threading
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from pathlib import Path

import pytest

from tests.news.misbehaving import Seen, Server, misbehaving_server
from tracker.news.fetching import FetchPolicy, fetch, fetch_many
from tracker.news.types import FetchError, FetchReason, Request, Response


@pytest.fixture(scope="module")
def _running() -> Iterator[Server]:
    with misbehaving_server() as running:
        yield running


@pytest.fixture
def server(_running: Server) -> Server:
    _running.scripts.clear()
    _running.seen.clear()
    _running.times.clear()
    _running.most_open = 0
    return _running


@pytest.fixture
def policy(server: Server) -> FetchPolicy:
    return FetchPolicy(
        user_agent="tracker-test/1 (+https://site.example/about; 3 subscribers)",
        allowed_origins=frozenset({server.origin}),
        max_bytes=100_000,
        total_seconds=5,
        spacing=0,
    )


def answered(request: Request, policy: FetchPolicy) -> Response:
    result = fetch(request, policy)
    assert isinstance(result, Response), result
    return result


def failed(request: Request, policy: FetchPolicy) -> FetchError:
    result = fetch(request, policy)
    assert isinstance(result, FetchError), result
    return result


# ------------------------------------------------------------------ asking
def test_a_request_says_who_asks_and_nothing_else(server: Server, policy: FetchPolicy) -> None:
    url = server.answer("/a", b"body", Set_Cookie="id=1")
    first = answered(Request(url + "?x=1&y=%7E"), policy)
    answered(Request(url + "?x=1&y=%7E"), policy)
    assert (first.status, first.body, first.final_url) == (200, b"body", url + "?x=1&y=%7E")
    for seen in server.seen:
        assert seen.path == "/a?x=1&y=%7E"
        assert set(seen.headers) <= {"host", "user-agent", "accept", "accept-encoding", ""}
        assert seen.headers["user-agent"] == policy.user_agent
        assert seen.headers["accept-encoding"] == "gzip, deflate"


@pytest.mark.parametrize("etag", ['"abc"', 'W/"x-y:z"', "no-quotes", '"sp ace"', '"caf\u00c3\u00a9"', '"a, b"', "'0'"])
def test_validators_go_back_byte_for_byte(server: Server, policy: FetchPolicy, etag: str) -> None:
    modified = "Tue, 4 Feb 2025 4:30:00 GMT"
    url = server.answer("/v", b"x", ETag=etag, Last_Modified=modified)
    first = answered(Request(url), policy)
    assert (first.etag, first.last_modified) == (etag, modified)
    answered(Request(url, first.etag, first.last_modified), policy)
    wire = server.seen[-1].raw
    assert b"If-None-Match: " + etag.encode("latin-1") + b"\r\n" in wire
    assert f"If-Modified-Since: {modified}\r\n".encode() in wire


@pytest.mark.parametrize("etag", ['"\xe9"', '"a\r\nX-Injected: 1"', '"a\0b"', '"\udce9"'])
def test_a_validator_that_cannot_be_sent_as_it_was_is_not_sent(server: Server, policy: FetchPolicy, etag: str) -> None:
    url = server.answer("/v", b"x")
    answered(Request(url, etag), policy)
    assert b"If-None-Match" not in server.seen[-1].raw
    assert b"X-Injected" not in server.seen[-1].raw


def test_a_304_is_an_answer_with_its_new_validators(server: Server, policy: FetchPolicy) -> None:
    async def script(seen: Seen) -> AsyncIterator[bytes]:
        yield b'HTTP/1.1 304 Not Modified\r\nETag: "2"\r\nContent-Length: 500\r\nContent-Encoding: gzip\r\n\r\n'

    result = answered(Request(server.on("/n", script), '"1"'), policy)
    assert (result.not_modified, result.etag, result.body) == (True, '"2"', b"")


@pytest.mark.parametrize("status", ["404 Not Found", "410 Gone", "429 Slow Down", "500 Oops", "503 Later"])
def test_an_error_status_is_an_answer_too(server: Server, policy: FetchPolicy, status: str) -> None:
    url = server.answer("/e", b"sorry", status, Retry_After="120")
    result = answered(Request(url), policy)
    assert (result.status, result.body, result.headers["retry-after"]) == (int(status[:3]), b"sorry", "120")
    assert not result.ok


def test_headers_sent_twice_are_joined(server: Server, policy: FetchPolicy) -> None:
    async def script(seen: Seen) -> AsyncIterator[bytes]:
        yield b"HTTP/1.1 200 OK\r\nCache-Control: public\r\nCACHE-control: max-age=5\r\nContent-Length: 0\r\n\r\n"

    assert answered(Request(server.on("/h", script)), policy).headers["cache-control"] == "public, max-age=5"


# ------------------------------------------------------------------ bodies
@pytest.mark.parametrize("coding", ["gzip", "identity", ""])
def test_a_body_is_decoded(server: Server, policy: FetchPolicy, coding: str) -> None:
    body = b"words " * 1_000
    url = server.answer("/b", gzip.compress(body) if coding == "gzip" else body, Content_Encoding=coding)
    assert answered(Request(url), policy).body == body


def test_a_chunked_body_is_put_together(server: Server, policy: FetchPolicy) -> None:
    async def script(seen: Seen) -> AsyncIterator[bytes]:
        yield b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\none\r\n"
        await asyncio.sleep(0.02)
        yield b"3\r\ntwo\r\n0\r\n\r\n"

    assert answered(Request(server.on("/c", script)), policy).body == b"onetwo"


def test_a_gzip_bomb_is_refused_and_memory_stays(server: Server, policy: FetchPolicy) -> None:
    url = server.answer("/bomb", gzip.compress(b"\0" * 200_000_000), Content_Encoding="gzip")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    result = failed(Request(url, max_bytes=5_000_000), policy)
    assert result.reason is FetchReason.TOO_LARGE
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000


def test_an_endless_body_is_cut_at_the_cap(server: Server, policy: FetchPolicy) -> None:
    async def script(seen: Seen) -> AsyncIterator[bytes]:
        yield b"HTTP/1.1 200 OK\r\n\r\n"
        while True:
            yield b"x" * 10_000

    result = failed(Request(server.on("/endless", script)), policy)
    assert result.reason is FetchReason.TOO_LARGE
    assert "100,000" in result.message


def test_a_body_that_announces_too_much_is_not_read(server: Server, policy: FetchPolicy) -> None:
    async def script(seen: Seen) -> AsyncIterator[bytes]:
        yield b"HTTP/1.1 200 OK\r\nContent-Length: 999999999\r\n\r\n"
        await asyncio.sleep(30)

    began = time.monotonic()
    result = failed(Request(server.on("/announced", script)), policy)
    assert result.reason is FetchReason.TOO_LARGE
    assert time.monotonic() - began < 2


def test_an_endless_error_page_is_cut_and_kept(server: Server, policy: FetchPolicy) -> None:
    async def script(seen: Seen) -> AsyncIterator[bytes]:
        yield b"HTTP/1.1 503 Later\r\nRetry-After: 60\r\n\r\n"
        while True:
            yield b"x" * 10_000

    result = answered(Request(server.on("/long-error", script)), policy)
    assert (result.status, len(result.body)) == (503, 65_536)


def test_a_slow_drip_meets_the_deadline(server: Server, policy: FetchPolicy) -> None:
    async def script(seen: Seen) -> AsyncIterator[bytes]:
        yield b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"
        for _ in range(1000):
            await asyncio.sleep(0.05)
            yield b"x"

    began = time.monotonic()
    result = failed(Request(server.on("/drip", script)), replace(policy, total_seconds=0.5))
    assert result.reason is FetchReason.TIMEOUT
    assert time.monotonic() - began < 2


def test_the_deadline_holds_over_redirects(server: Server, policy: FetchPolicy) -> None:
    for n in range(8):
        server.answer(f"/slow{n}", status="302 Found", delay=0.2, Location=f"/slow{n + 1}")
    began = time.monotonic()
    result = failed(Request(server.origin + "/slow0"), replace(policy, total_seconds=0.5))
    assert result.reason is FetchReason.TIMEOUT
    assert time.monotonic() - began < 2


@pytest.mark.parametrize(
    ("wire", "reason"),
    [
        (b"", FetchReason.PROTOCOL),
        (b"nonsense\r\n\r\n", FetchReason.PROTOCOL),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort", FetchReason.PROTOCOL),
        (b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\nnot gzip", FetchReason.BAD_ENCODING),
        (b"HTTP/1.1 200 OK\r\nContent-Encoding: br\r\n\r\nbrotli", FetchReason.BAD_ENCODING),
        (b"HTTP/1.1 200 OK\r\nX: " + b"a" * 200_000 + b"\r\n\r\n", FetchReason.PROTOCOL),
    ],
)
def test_a_broken_answer_is_an_error_that_names_the_url(
    server: Server, policy: FetchPolicy, wire: bytes, reason: FetchReason
) -> None:
    async def script(seen: Seen) -> AsyncIterator[bytes]:
        yield wire

    url = server.on("/broken", script)
    result = failed(Request(url), policy)
    assert result.reason is reason
    assert url in result.message


def test_a_port_where_nobody_listens_is_an_error(policy: FetchPolicy) -> None:
    closed = replace(policy, allowed_origins=frozenset({"http://127.0.0.1:9"}))
    assert failed(Request("http://127.0.0.1:9/"), closed).reason is FetchReason.CONNECT


def test_a_certificate_that_nobody_vouches_for_is_refused(policy: FetchPolicy, self_signed: str) -> None:
    result = failed(Request(self_signed + "/"), replace(policy, allowed_origins=frozenset({self_signed})))
    assert result.reason is FetchReason.TLS
    assert "certificate" in result.message


@pytest.fixture(scope="module")
def self_signed() -> Iterator[str]:
    """The origin of a TLS server whose certificate is of its own making."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(Path(__file__).parent.parent / "data" / "tls" / "self-signed.pem")
    plain = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    plain.socket = context.wrap_socket(plain.socket, server_side=True, do_handshake_on_connect=False)
    thread = threading.Thread(target=plain.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield f"https://127.0.0.1:{plain.server_port}"
    plain.shutdown()
    thread.join()
    plain.server_close()


# ------------------------------------------------------------------ redirects
def test_redirects_are_followed_and_told_apart(server: Server, policy: FetchPolicy) -> None:
    end = server.answer("/end", b"here")
    server.redirect("/temporary", "/end", 307)
    server.redirect("/moved", server.origin + "/temporary", 308)
    start = server.redirect("/start", "moved", 301)
    result = answered(Request(start), policy)
    assert (result.url, result.final_url, result.body) == (start, end, b"here")
    assert [hop.status for hop in result.redirects] == [301, 308, 307]
    assert [hop.permanent for hop in result.redirects] == [True, True, False]
    assert result.permanent_url == server.origin + "/temporary"


def test_a_temporary_redirect_names_no_new_address(server: Server, policy: FetchPolicy) -> None:
    server.answer("/end", b"here")
    server.redirect("/b", "/end", 301)
    start = server.redirect("/a", "/b", 302)
    assert answered(Request(start), policy).permanent_url is None


def test_validators_are_sent_after_a_redirect_too(server: Server, policy: FetchPolicy) -> None:
    server.answer("/end", b"here")
    answered(Request(server.redirect("/a", "/end", 301), '"1"'), policy)
    assert server.seen[-1].headers["if-none-match"] == '"1"'


def test_a_redirect_that_is_not_ascii_is_followed(server: Server, policy: FetchPolicy) -> None:
    server.answer("/%C3%A4", b"here")

    async def script(seen: Seen) -> AsyncIterator[bytes]:
        yield "HTTP/1.1 302 Found\r\nLocation: /ä#part\r\nContent-Length: 0\r\n\r\n".encode()

    assert answered(Request(server.on("/utf", script)), policy).body == b"here"


def test_a_circle_of_redirects_ends(server: Server, policy: FetchPolicy) -> None:
    server.redirect("/b", "/a")
    result = failed(Request(server.redirect("/a", "/b")), policy)
    assert (result.reason, len(server.seen)) == (FetchReason.TOO_MANY_REDIRECTS, 2)


def test_an_endless_chain_of_redirects_ends(server: Server, policy: FetchPolicy) -> None:
    for n in range(40):
        server.redirect(f"/{n}", f"/{n + 1}")
    result = failed(Request(server.origin + "/0"), replace(policy, max_redirects=5))
    assert (result.reason, len(server.seen), len(result.redirects)) == (FetchReason.TOO_MANY_REDIRECTS, 6, 5)


@pytest.mark.parametrize(
    ("target", "reason"),
    [
        ("http://10.0.0.1/", FetchReason.FORBIDDEN_ADDRESS),
        ("http://169.254.169.254/latest/meta-data/", FetchReason.FORBIDDEN_ADDRESS),
        ("http://[::1]/", FetchReason.FORBIDDEN_ADDRESS),
        ("http://2130706433/", FetchReason.FORBIDDEN_ADDRESS),
        ("http://127.0.0.1:1/", FetchReason.FORBIDDEN_PORT),
        ("http://localhost/", FetchReason.FORBIDDEN_ADDRESS),
        ("http://user:secret@example.com/", FetchReason.CREDENTIALS),
        ("file:///etc/passwd", FetchReason.BAD_REDIRECT),
        ("ftp://example.com/", FetchReason.BAD_REDIRECT),
        ("javascript:alert(1)", FetchReason.BAD_REDIRECT),
    ],
)
def test_a_redirect_leads_only_where_a_request_may_go(
    server: Server, policy: FetchPolicy, target: str, reason: FetchReason
) -> None:
    result = failed(Request(server.redirect("/away", target)), policy)
    assert result.reason is reason
    assert len(server.seen) == 1


# ------------------------------------------------------------------ many
def test_every_request_has_one_result_and_its_key(server: Server, policy: FetchPolicy) -> None:
    url = server.answer("/many", b"x")
    requests = [Request(f"{url}?{n}", key=n) for n in range(50)] + [Request("nonsense", key=50), Request("", key=51)]
    results = {request.key: result for request, result in fetch_many(requests, policy=policy)}
    assert sorted(results) == list(range(52))  # type: ignore[type-var]
    assert sum(isinstance(result, Response) for result in results.values()) == 50


def test_no_request_no_thread(policy: FetchPolicy) -> None:
    before = threading.active_count()
    assert list(fetch_many([], policy=policy)) == []
    assert threading.active_count() == before


def test_a_host_is_asked_twice_at_once_and_no_more(server: Server, policy: FetchPolicy) -> None:
    url = server.answer("/slow", b"x", delay=0.05)
    assert len(list(fetch_many([Request(f"{url}?{n}") for n in range(12)], policy=policy))) == 12
    assert server.most_open == 2


def test_requests_to_a_host_are_spaced(server: Server, policy: FetchPolicy) -> None:
    url = server.answer("/spaced", b"x")
    list(fetch_many([Request(f"{url}?{n}") for n in range(5)], policy=replace(policy, spacing=0.1)))
    gaps = [later - earlier for earlier, later in pairwise(server.times)]
    assert min(gaps) > 0.07


def test_a_hanging_request_holds_up_no_other(server: Server, policy: FetchPolicy) -> None:
    quick = server.answer("/quick", b"x")
    hanging = server.answer("/hang", b"x", delay=3)
    requests = [Request(hanging), *(Request(f"{quick}?{n}") for n in range(20))]
    began = time.monotonic()
    results = fetch_many(requests, policy=policy)
    assert all(next(results)[0].url != hanging for _ in range(20))
    assert time.monotonic() - began < 1.5
    results.close()  # type: ignore[attr-defined]
    assert time.monotonic() - began < 2.5


def test_a_caller_who_stops_early_leaves_no_thread(server: Server, policy: FetchPolicy) -> None:
    url = server.answer("/early", b"x")
    before = threading.active_count()
    for _ in fetch_many([Request(f"{url}?{n}") for n in range(200)], policy=policy):
        break
    assert threading.active_count() == before
    assert len(server.seen) < 200


def test_a_slow_caller_holds_the_network_back(server: Server, policy: FetchPolicy) -> None:
    url = server.answer("/back", b"x")
    results = fetch_many([Request(f"{url}?{n}") for n in range(100)], policy=replace(policy, global_limit=2))
    next(results)
    time.sleep(0.5)
    assert len(server.seen) < 20
    assert len(list(results)) == 99


def test_the_caller_stays_in_its_own_thread(server: Server, policy: FetchPolicy) -> None:
    url = server.answer("/own", b"x")
    threads = {threading.get_ident() for _ in fetch_many([Request(url)], policy=policy)}
    assert threads == {threading.get_ident()}
    with pytest.raises(RuntimeError):
        asyncio.get_running_loop()
