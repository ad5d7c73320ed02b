"""A guard that keeps the tests at home: a socket may go to this machine, and nowhere else.

It stands on Python's own sockets, asyncio's included, before the first packet. An attempt raises, and is kept
as well, so that code under test cannot swallow it: the test in which it happened fails.
"""

import ipaddress
import socket
from collections.abc import Callable
from typing import Any

import pytest

HOME_NAMES = {"localhost", "", None}
attempts: list[str] = []


class LeavingHomeError(AssertionError):
    """A test tried to reach something beyond this machine."""


def is_home(host: object) -> bool:
    """Tell whether *host*, a name or an address as sockets take it, is this machine's loopback."""
    if isinstance(host, bytes):
        host = host.decode("ascii", "replace")
    if host in HOME_NAMES:
        return True
    try:
        # A scope (fe80::1%eth0) is part of what a socket takes.
        return ipaddress.ip_address(str(host).partition("%")[0]).is_loopback
    except ValueError:
        return False


def refuse(what: str) -> None:
    """Keep the attempt and raise."""
    attempts.append(what)
    raise LeavingHomeError(f"{what}: tests reach this machine only")


def _guarded(method: Callable[..., Any], at: int) -> Callable[..., Any]:
    """Return socket *method* with a check of the address that is its argument number *at* (from the end: -1)."""

    def checked(self: socket.socket, *arguments: Any) -> Any:
        address = arguments[at] if arguments else None
        if self.family in {socket.AF_INET, socket.AF_INET6} and isinstance(address, tuple) and not is_home(address[0]):
            refuse(f"socket to {address[0]} port {address[1]}")
        return method(self, *arguments)

    return checked


def _is_address(host: object) -> bool:
    try:
        ipaddress.ip_address(str(host).partition("%")[0])
    except ValueError:
        return False
    return True


def guard(patch: pytest.MonkeyPatch) -> None:
    """Put the guard on sockets and on the resolver, whose questions leave the machine too."""
    for name, at in (("connect", 0), ("connect_ex", 0), ("sendto", -1)):
        patch.setattr(socket.socket, name, _guarded(getattr(socket.socket, name), at))
    sendmsg = socket.socket.sendmsg

    def checked_sendmsg(self: socket.socket, *arguments: Any) -> Any:
        if len(arguments) > 3 and isinstance(arguments[3], tuple) and not is_home(arguments[3][0]):
            refuse(f"socket to {arguments[3][0]}")
        return sendmsg(self, *arguments)

    patch.setattr(socket.socket, "sendmsg", checked_sendmsg)
    for name in ("getaddrinfo", "gethostbyname", "gethostbyname_ex"):
        ask = getattr(socket, name)

        def checked_ask(host: object, *arguments: Any, _ask: Callable[..., Any] = ask, **named: Any) -> Any:
            if not is_home(host) and not _is_address(host):
                refuse(f"name {host!r}")
            return _ask(host, *arguments, **named)

        patch.setattr(socket, name, checked_ask)
