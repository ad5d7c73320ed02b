"""What holds of the guard: where a connection may go. Resolver and sockets are fakes; nothing is sent anywhere."""

import socket
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import aiohttp
import pytest

from tracker.news import addresses, fetching
from tracker.news.fetching import FetchPolicy, fetch
from tracker.news.types import FetchError, FetchReason, Request

POLICY = FetchPolicy(user_agent="test/1", total_seconds=3, spacing=0)
Names = dict[str, list[str]]


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
    """Collect the sockets that would have been opened; none is."""
    calls: list[tuple[Any, ...]] = []

    def refuse(**kind: Any) -> socket.socket:
        calls.append(tuple(kind.values()))
        raise OSError("no socket in this test")

    monkeypatch.setattr(fetching, "socket", SimpleNamespace(socket=refuse, AF_UNSPEC=socket.AF_UNSPEC))
    return calls


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> Names:
    """Answer DNS from a table whose lists are used up from the front, so that names can be rebound."""
    table: Names = {}

    async def resolve(self: object, host: str, port: int = 0, family: Any = 0) -> list[dict[str, Any]]:
        if host not in table:
            raise OSError(None, "unknown name")
        return [
            {
                "hostname": host,
                "host": address,
                "port": port,
                "family": socket.AF_INET6 if ":" in address else socket.AF_INET,
                "proto": 0,
                "flags": 0,
            }
            for address in table[host]
        ]

    monkeypatch.setattr(aiohttp.ThreadedResolver, "resolve", resolve)
    return table


def reason_of(url: str, policy: FetchPolicy = POLICY) -> FetchReason:
    result = fetch(Request(url), policy)
    assert isinstance(result, FetchError)
    assert url in result.message
    return result.reason


def test_a_public_name_is_connected_to(opened: list[Any], names: Names) -> None:
    names["public.example"] = ["93.184.215.14"]
    assert reason_of("http://public.example/") is FetchReason.CONNECT
    assert len(opened) == 1


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.0.0.1",
        "172.16.0.1",
        "192.168.0.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "255.255.255.255",
        "::1",
        "fe80::1",
        "fd00::1",
        "::ffff:10.0.0.1",
        "64:ff9b::a00:1",
        "2002:a00:1::",
        "2001:0:a00:1::",
    ],
)
def test_a_name_that_leads_inside_is_refused(opened: list[Any], names: Names, address: str) -> None:
    names["evil.example"] = [address]
    assert reason_of("https://evil.example/") is FetchReason.FORBIDDEN_ADDRESS
    assert opened == []


@pytest.mark.parametrize("answers", [["93.184.215.14", "10.0.0.1"], ["::1", "93.184.215.14"]])
def test_a_name_with_mixed_answers_is_refused_whole(opened: list[Any], names: Names, answers: list[str]) -> None:
    names["mixed.example"] = answers
    assert reason_of("http://mixed.example/") is FetchReason.FORBIDDEN_ADDRESS
    assert opened == []


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "127.1",
        "2130706433",
        "0x7f000001",
        "0177.0.0.1",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:8.8.8.8]",
        "[64:ff9b::808:808]",
        "[fe80::1%25eth0]",
        "10.0.0.1.",
        "\uff11\uff12\uff17.0.0.1",
        "127\u30020\u30020\u30021",
    ],
)
def test_an_address_in_the_url_is_refused_in_any_notation(opened: list[Any], names: Names, host: str) -> None:
    assert reason_of(f"http://{host}/") in {FetchReason.FORBIDDEN_ADDRESS, FetchReason.BAD_URL}
    assert opened == []


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://public.example:8080/", FetchReason.FORBIDDEN_PORT),
        ("http://public.example:22/", FetchReason.FORBIDDEN_PORT),
        ("http://public.example:0/", FetchReason.FORBIDDEN_PORT),
        ("http://user@public.example/", FetchReason.CREDENTIALS),
        ("http://user:secret@public.example/", FetchReason.CREDENTIALS),
        ("http://@public.example/", FetchReason.CREDENTIALS),
        ("ftp://public.example/", FetchReason.BAD_URL),
        ("file:///etc/passwd", FetchReason.BAD_URL),
        ("gopher://public.example/", FetchReason.BAD_URL),
        ("//public.example/", FetchReason.BAD_URL),
        ("http://public.example:99999/", FetchReason.BAD_URL),
        ("http://unknown.example/", FetchReason.DNS),
    ],
)
def test_only_plain_web_addresses_are_asked(opened: list[Any], names: Names, url: str, reason: FetchReason) -> None:
    names["public.example"] = ["93.184.215.14"]
    assert reason_of(url) is reason
    assert opened == []


def test_the_socket_is_guarded_even_when_the_resolver_is_deceived(
    opened: list[Any], names: Names, monkeypatch: pytest.MonkeyPatch
) -> None:
    names["rebound.example"] = ["10.0.0.1"]
    monkeypatch.setattr(addresses, "forbidden", _deceived_once(addresses.forbidden))
    assert reason_of("http://rebound.example/") is FetchReason.FORBIDDEN_ADDRESS
    assert opened == []


def _deceived_once(check: Callable[[str], str | None]) -> Callable[[str], str | None]:
    seen: list[str] = []

    def checked(address: str) -> str | None:
        seen.append(address)
        return None if len(seen) == 1 else check(address)

    return checked


@pytest.mark.parametrize(
    ("url", "allowed"),
    [
        ("http://127.0.0.1:9/a", True),
        ("http://127.0.0.1:9", True),
        ("http://127.0.0.1:10/", False),
        ("https://127.0.0.1:9/", False),
        ("http://localhost:9/", False),
        ("http://127.1:9/", False),
        ("http://127.0.0.2:9/", False),
        ("http://user@127.0.0.1:9/", False),
        ("http://127.0.0.1/", False),
    ],
)
def test_an_allowed_origin_is_let_through_and_nothing_else(names: Names, url: str, allowed: bool) -> None:
    # Port 9 of this machine is closed: what is let through fails to connect.
    policy = FetchPolicy("test/1", frozenset({"http://127.0.0.1:9"}), total_seconds=3, spacing=0)
    assert (reason_of(url, policy) is FetchReason.CONNECT) is allowed


def test_proxies_of_the_environment_are_not_used(
    opened: list[Any], names: Names, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    names["public.example"] = ["93.184.215.14"]
    result = fetch(Request("http://public.example/"), POLICY)
    assert isinstance(result, FetchError)
    assert "public.example" in result.message
    assert "127.0.0.1" not in result.message
    assert len(opened) == 1
