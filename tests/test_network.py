"""The guard on sockets: what it lets through and what it refuses."""

import asyncio
import contextlib
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from tests import network

# RFC 5737 and RFC 3849: addresses for documentation, which nobody has.
AWAY = "192.0.2.1"
AWAY_6 = "2001:db8::1"


def tcp(host: str) -> None:
    with socket.socket() as sock:
        sock.settimeout(0.2)
        sock.connect((host, 9))


def tcp_ex(host: str) -> None:
    with socket.socket() as sock:
        sock.settimeout(0.2)
        sock.connect_ex((host, 9))


def udp(host: str) -> None:
    with socket.socket(type=socket.SOCK_DGRAM) as sock:
        sock.sendto(b"x", (host, 9))


def udp_message(host: str) -> None:
    with socket.socket(type=socket.SOCK_DGRAM) as sock:
        sock.sendmsg([b"x"], [], 0, (host, 9))


def through_asyncio(host: str) -> None:
    async def ask() -> None:
        await asyncio.wait_for(asyncio.open_connection(host, 9), 0.5)

    asyncio.run(ask())


@pytest.fixture
def _attempts_expected() -> object:
    """Forget the attempts that the test makes on purpose, before the guard's own check."""
    yield
    network.attempts.clear()


@pytest.mark.usefixtures("_attempts_expected")
@pytest.mark.parametrize("way", [tcp, tcp_ex, udp, udp_message, through_asyncio])
@pytest.mark.parametrize("host", [AWAY, "10.0.0.1", "169.254.169.254"])
def test_no_way_leads_beyond_this_machine(way: Callable[[str], None], host: str) -> None:
    with pytest.raises(network.LeavingHomeError):
        way(host)
    assert network.attempts


@pytest.mark.usefixtures("_attempts_expected")
def test_version_6_is_guarded_too() -> None:
    with socket.socket(socket.AF_INET6) as sock, pytest.raises(network.LeavingHomeError):
        sock.connect((AWAY_6, 9))


@pytest.mark.usefixtures("_attempts_expected")
@pytest.mark.parametrize("ask", [lambda host: socket.getaddrinfo(host, 80), lambda host: socket.gethostbyname(host)])
def test_no_name_is_asked_of_a_resolver(ask: Callable[[str], object]) -> None:
    with pytest.raises(network.LeavingHomeError):
        ask("example.org")


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.9.10", "::1", "localhost"])
def test_this_machine_is_home(host: str) -> None:
    assert network.is_home(host)


def test_a_loopback_connection_works() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()) as client:
        accepted, _ = server.accept()
        client.sendall(b"hello")
        assert accepted.recv(5) == b"hello"
        accepted.close()


def test_a_unix_socket_works(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as server, socket.socket(socket.AF_UNIX) as client:
        server.bind("\0tracker-test-" + tmp_path.name)
        server.listen()
        client.connect(server.getsockname())


@pytest.mark.usefixtures("_attempts_expected")
def test_a_swallowed_attempt_is_kept() -> None:
    with contextlib.suppress(AssertionError):
        tcp(AWAY)
    assert network.attempts == [f"socket to {AWAY} port 9"]
