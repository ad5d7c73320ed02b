"""Ports on this machine: whether one is taken, and the next that is free."""

import errno
import socket

LOOPBACK = "127.0.0.1"
TRIES = 50


class PortTakenError(RuntimeError):
    """No port could be had; the message says which and what to do."""


def is_taken(port: int) -> bool:
    """Tell whether somebody answers on *port* of this machine, whatever address they listen on."""
    for family, host in ((socket.AF_INET, LOOPBACK), (socket.AF_INET6, "::1")):
        with socket.socket(family) as probe:
            probe.settimeout(0.5)
            if probe.connect_ex((host, port)) == 0:
                return True
    return False


def bind(port: int, host: str = LOOPBACK) -> socket.socket:
    """Return a socket that listens on *port* of *host*, so that nobody else gets it; port 0 is any free one.

    Who connects before a server takes it over waits for that server.

    Raises:
        PortTakenError: it is taken, or this account may not have it.
    """
    if port and is_taken(port):
        raise PortTakenError(f"Port {port} is taken by another program.")
    sock = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        sock.bind((host, port))
        # Bound alone, another that is bound alone as well would not be noticed.
        sock.listen(128)
    except OSError as error:
        sock.close()
        if error.errno == errno.EADDRINUSE:
            raise PortTakenError(f"Port {port} is taken by another program.") from error
        raise PortTakenError(f"Port {port} of {host} cannot be used: {error.strerror}.") from error
    return sock


def bind_first_free(first: int, host: str = LOOPBACK) -> socket.socket:
    """Return a socket that listens on *first*, or to the next port that is free.

    Raises:
        PortTakenError: none of fifty is free.
    """
    for port in range(first, first + TRIES):
        try:
            return bind(port, host)
        except PortTakenError:
            continue
    raise PortTakenError(f"Ports {first} to {first + TRIES - 1} are all taken. Name another: PORT=9000 make run")


def first_free(first: int) -> int:
    """Return the first port from *first* on that is free now, for a program that binds it itself."""
    with bind_first_free(first) as sock:
        return int(sock.getsockname()[1])
