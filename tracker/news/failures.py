"""Why a fetch failed: a reason code and words for what aiohttp raised."""

import asyncio
from collections.abc import Iterator

import aiohttp

from tracker.news.errors import ForbiddenAddress
from tracker.news.types import FetchReason


def explain(error: BaseException) -> tuple[FetchReason, str]:
    """Return the reason code and words for what aiohttp raised."""
    for cause in _causes(error):
        if isinstance(cause, ForbiddenAddress):
            return FetchReason.FORBIDDEN_ADDRESS, str(cause)
    match error:
        case aiohttp.ClientConnectorDNSError():
            return FetchReason.DNS, f"the name {error.host} could not be resolved"
        case aiohttp.ClientSSLError():
            return FetchReason.TLS, f"the TLS connection failed ({_first_line(error)})"
        case aiohttp.ClientConnectorError():
            return FetchReason.CONNECT, f"the connection to {error.host} failed ({_first_line(error.os_error)})"
        case aiohttp.InvalidURL():
            return FetchReason.BAD_URL, "it is not a URL that can be asked for"
        case aiohttp.ServerDisconnectedError():
            return FetchReason.PROTOCOL, "the server closed the connection without an answer"
        case aiohttp.ClientPayloadError():
            return FetchReason.PROTOCOL, "the body ended before it was complete"
        case aiohttp.ClientError() | ConnectionError() | asyncio.IncompleteReadError():
            return FetchReason.PROTOCOL, f"the answer is not valid HTTP ({_first_line(error)})"
    return FetchReason.INTERNAL, f"{type(error).__name__}: {_first_line(error)}"


def _causes(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    stack: list[BaseException | None] = [error]
    while stack:
        current = stack.pop()
        if current is None or id(current) in seen:
            continue
        seen.add(id(current))
        yield current
        stack += [current.__cause__, current.__context__, getattr(current, "os_error", None)]
        if isinstance(current, BaseExceptionGroup):
            stack += current.exceptions


def _first_line(error: BaseException | None) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:200]
