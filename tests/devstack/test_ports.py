"""Ports: taken ones are noticed, whoever holds them."""

import socket
from collections.abc import Iterator

import pytest

from tracker.devstack import ports


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_a_taken_port_is_named(taken: int) -> None:
    with pytest.raises(ports.PortTakenError, match=f"Port {taken} is taken"):
        ports.bind(taken)


def test_the_next_free_port_is_taken_in_its_place(taken: int) -> None:
    with ports.bind_first_free(taken) as sock:
        assert taken < sock.getsockname()[1] < taken + ports.TRIES


def test_a_port_that_was_had_is_nobody_elses() -> None:
    with ports.bind(0) as sock, pytest.raises(ports.PortTakenError):
        ports.bind(sock.getsockname()[1])


def test_a_listener_on_every_address_takes_the_port() -> None:
    with socket.create_server(("0.0.0.0", 0)) as server:
        assert ports.is_taken(server.getsockname()[1])


def test_a_listener_on_version_6_alone_takes_the_port() -> None:
    with socket.socket(socket.AF_INET6) as server:
        server.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        server.bind(("::1", 0))
        server.listen()
        assert ports.is_taken(server.getsockname()[1])


def test_an_address_that_is_not_this_machines_is_refused() -> None:
    with pytest.raises(ports.PortTakenError, match=r"192\.0\.2\.1 cannot be used"):
        ports.bind(0, "192.0.2.1")


def test_no_free_port_says_how_to_name_another(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ports, "is_taken", lambda _: True)
    with pytest.raises(ports.PortTakenError, match="PORT=9000 make run"):
        ports.bind_first_free(8000)
