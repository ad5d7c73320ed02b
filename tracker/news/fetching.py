"""The only way out: every URL that came from outside is asked for here, guarded, capped and conditional.

    fetch_many ─ a thread with an event loop ─ per request:
        hop: URL allowed? → slot of its host (2 at once, spaced) → global slot → guarded connection → GET
             → redirect: the next hop, by the same rules
             → answer: body streamed, decoded and capped → Response
        anything wrong → FetchError, a value; the other requests go on

Two sessions share a loop. One is guarded: its resolver refuses a name with any forbidden address, and its socket
factory, which sees the address in use whether it came from DNS or from the URL, refuses again. The other serves
`FetchPolicy.allowed_origins`, exactly those, and nothing reaches it by a redirect but their own URLs.
"""

import asyncio
import contextlib
import queue
import socket
import threading
import time
from collections.abc import Awaitable, Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from types import TracebackType
from typing import Any, Self, TypeVar
from urllib.parse import urljoin, urlsplit

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from tracker.news import addresses, decoding
from tracker.news.errors import ForbiddenAddress
from tracker.news.failures import explain
from tracker.news.headers import as_sent, headers_of
from tracker.news.links import request_url
from tracker.news.types import FetchError, FetchReason, Redirect, Request, Response

Result = Response | FetchError

MAX_ERROR_BODY = 64 * 1024
REDIRECTS = frozenset({301, 302, 303, 307, 308})
_MAX_HEADER = 64 * 1024
# Seconds: every batch costs its caller some statements, so answers wait for each other, though not long.
_TOGETHER = 0.03
T = TypeVar("T")
_DEFAULT_ACCEPT = "*/*"


@dataclass(frozen=True, slots=True)
class FetchPolicy:
    """How to behave. Bytes are of the decoded body; seconds are wall-clock, redirects and body included.

    `allowed_origins` ("http://127.0.0.1:8010") are exempt from the address and port rules: that scheme, host and
    port, nothing else. `spacing` is the least time between two requests to one host. `refusal` is asked before
    every hop for (reason, words, permanent) where the URL may not be fetched, as robots.txt says.
    """

    user_agent: str
    allowed_origins: frozenset[str] = frozenset()
    max_bytes: int = 5 * 1024 * 1024
    total_seconds: float = 30.0
    connect_seconds: float = 10.0
    per_host: int = 2
    spacing: float = 0.5
    global_limit: int = 100
    max_redirects: int = 8
    headers: tuple[tuple[str, str], ...] = ()
    refusal: Callable[[str], tuple[FetchReason, str, bool] | None] | None = None


def fetch(request: Request, policy: FetchPolicy) -> Result:
    """Return the answer to one request."""
    [(_, result)] = fetch_many([request], policy=policy)
    return result


def fetch_many(requests: Iterable[Request], *, policy: FetchPolicy) -> Iterator[tuple[Request, Result]]:
    """Yield every request with its result, as they complete; each exactly once, none raises.

    The network lives in a thread of its own, so the caller may use the ORM between two results. A slow caller
    holds the network back: at most `2 * global_limit` results wait. Closing the iterator cancels the rest.
    """
    for batch in fetch_batches(requests, policy=policy, read=lambda request, result: (request, result)):
        yield from batch


def fetch_batches(
    requests: Iterable[Request], *, policy: FetchPolicy, read: Callable[[Request, Result], T]
) -> Iterator[list[T]]:
    """Yield what *read* makes of the results, together what comes within `_TOGETHER`; it is called as each comes.

    What takes long to come delays nothing else.
    """
    pending = _interleaved(requests)
    if not pending:
        return
    results: queue.SimpleQueue[tuple[Request, Result] | BaseException | None] = queue.SimpleQueue()
    thread = _NetworkThread(pending, policy, results)
    thread.start()
    try:
        while True:
            batch: list[T] = []
            item, closes = results.get(), time.monotonic() + _TOGETHER
            while isinstance(item, tuple):
                thread.taken()
                batch.append(read(*item))
                if len(batch) >= policy.global_limit:
                    break
                try:
                    item = results.get(timeout=max(closes - time.monotonic(), 0))
                except queue.Empty:
                    break
            if batch:
                yield batch
            if isinstance(item, BaseException):
                raise item
            if item is None:
                return
    finally:
        thread.stop()


def _interleaved(requests: Iterable[Request]) -> list[Request]:
    """Order the requests so that hosts take turns: one host with many URLs delays no other."""
    ranks: dict[str, int] = {}
    ranked = []
    for position, request in enumerate(requests):
        host = _origin_of(request.url)
        ranks[host] = ranks.get(host, 0) + 1
        ranked.append((ranks[host], position, request))
    return [request for _, _, request in sorted(ranked, key=lambda item: item[:2])]


def _origin_of(url: str) -> str:
    try:
        return urlsplit(url).netloc.lower()
    except ValueError:
        return ""


class _NetworkThread(threading.Thread):
    """Runs one batch of requests on an event loop and hands the results over."""

    def __init__(
        self,
        requests: list[Request],
        policy: FetchPolicy,
        results: "queue.SimpleQueue[tuple[Request, Result] | BaseException | None]",
    ) -> None:
        super().__init__(name="fetching", daemon=True)
        self._requests, self._policy, self._results = requests, policy, results
        self._loop: asyncio.AbstractEventLoop | None = None
        self._main: asyncio.Task[None] | None = None
        self._room: asyncio.Semaphore | None = None
        self._ready = threading.Event()

    def run(self) -> None:
        """Fetch everything, then mark the end; a fault of ours is handed over to be raised."""
        try:
            asyncio.run(self._run())
        except asyncio.CancelledError:
            pass
        except BaseException as error:
            self._results.put(error)
        finally:
            self._ready.set()
            self._results.put(None)

    async def _run(self) -> None:
        loop = self._loop = asyncio.get_running_loop()
        self._main = asyncio.current_task()
        self._room = asyncio.Semaphore(2 * self._policy.global_limit)
        # getaddrinfo blocks a thread; a few dead names must not hold up the rest.
        loop.set_default_executor(ThreadPoolExecutor(max_workers=min(64, self._policy.global_limit)))
        self._ready.set()
        async with _Client(self._policy) as client:
            try:
                async with asyncio.TaskGroup() as tasks:
                    for request in self._requests:
                        await self._room.acquire()
                        tasks.create_task(self._one(client, request))
            finally:
                self._main = None  # only the sessions' closing is left, which must not be cancelled

    async def _one(self, client: "_Client", request: Request) -> None:
        self._results.put((request, await client.get(request)))

    def taken(self) -> None:
        """Tell the network that the caller took a result."""
        if self._loop is not None and self._room is not None:
            with contextlib.suppress(RuntimeError):  # the loop has ended
                self._loop.call_soon_threadsafe(self._room.release)

    def stop(self) -> None:
        """Cancel what is still under way and wait for the thread."""
        self._ready.wait()
        if self._loop is not None:
            with contextlib.suppress(RuntimeError):
                self._loop.call_soon_threadsafe(self._cancel)
        self.join()

    def _cancel(self) -> None:
        if self._main is not None:
            self._main.cancel()


# ------------------------------------------------------------------ the guard
Resolve = Callable[[str, int], Awaitable[list[ResolveResult]]]


class GuardedResolver(AbstractResolver):
    """Resolves names and refuses one of whose addresses any is forbidden: mixed answers are an attack."""

    def __init__(self) -> None:
        self._resolver = aiohttp.ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """Return the addresses of *host*. Raises `ForbiddenAddress`, or OSError where the name is unknown."""
        answers = await self._resolver.resolve(host, port, family)
        for answer in answers:
            reason = addresses.forbidden(answer["host"])
            if reason:
                raise ForbiddenAddress(f"{host} resolves to {answer['host']} ({reason})")
        return answers

    async def close(self) -> None:
        """Close the underlying resolver."""
        await self._resolver.close()


def guarded_socket(address_info: tuple[Any, ...]) -> socket.socket:
    """Return a socket for the address about to be connected to. Raises `ForbiddenAddress`."""
    family, kind, protocol, _, address = address_info
    reason = addresses.forbidden(str(address[0]))
    if reason:
        raise ForbiddenAddress(f"{address[0]} is not a public address ({reason})")
    if address[1] not in (80, 443):
        raise ForbiddenAddress(f"port {address[1]} is neither 80 nor 443")
    return socket.socket(family=family, type=kind, proto=protocol)


def check_url(url: str, policy: FetchPolicy) -> tuple[bool, FetchReason | None, str]:
    """Return whether *url* belongs to an allowed origin, and the reason and words of a refusal, if any."""
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"}:
        return False, FetchReason.FORBIDDEN_SCHEME, f"the scheme {parts.scheme!r} is not http or https"
    if parts.username is not None or parts.password is not None or "@" in parts.netloc:
        return False, FetchReason.CREDENTIALS, "it holds a user name or password"
    host = parts.hostname or ""
    if not host:
        return False, FetchReason.BAD_URL, "it has no host"
    port = (443 if parts.scheme == "https" else 80) if parts.port is None else parts.port
    if (parts.scheme, host.lower(), port) in _origins(policy.allowed_origins):
        return True, None, ""
    if port not in (80, 443):
        return False, FetchReason.FORBIDDEN_PORT, f"port {port} is neither 80 nor 443"
    address = addresses.literal(host)
    reason = addresses.forbidden(str(address)) if address else None
    if reason:
        return False, FetchReason.FORBIDDEN_ADDRESS, f"{address} is not a public address ({reason})"
    return False, None, ""


@lru_cache(maxsize=64)
def _origins(allowed: frozenset[str]) -> frozenset[tuple[str, str, int]]:
    """Return the allowed origins as (scheme, host, port)."""
    found = set()
    for origin in allowed:
        parts = urlsplit(origin.strip())
        port = (443 if parts.scheme == "https" else 80) if parts.port is None else parts.port
        found.add((parts.scheme, (parts.hostname or "").lower(), port))
    return frozenset(found)


# ------------------------------------------------------------------ the client
class _Refused(Exception):  # noqa: N818
    """A hop that ends the request."""

    def __init__(self, reason: FetchReason, message: str, permanent: bool = False) -> None:
        super().__init__(message)
        self.reason, self.permanent = reason, permanent


@dataclass(slots=True)
class _Host:
    """One host's share: how many requests at once, and when the next may start (loop time)."""

    slots: asyncio.Semaphore
    next_start: float = 0.0


@dataclass(slots=True)
class _Trip:
    """What happened so far on the way of one request."""

    request: Request
    url: str
    started: float
    left: float
    redirects: list[Redirect] = field(default_factory=list)


class _Client:
    """Two aiohttp sessions, the hosts' slots and the redirect loop; lives on one event loop."""

    def __init__(self, policy: FetchPolicy) -> None:
        self._policy = policy
        self._hosts: dict[str, _Host] = {}
        self._slots = asyncio.Semaphore(policy.global_limit)
        self._guarded = self._session(resolver=GuardedResolver(), socket_factory=guarded_socket)
        self._open = self._session()

    def _session(self, **connector: Any) -> aiohttp.ClientSession:
        return aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0, **connector),
            cookie_jar=aiohttp.DummyCookieJar(),
            headers={"User-Agent": self._policy.user_agent, "Accept-Encoding": decoding.ACCEPT_ENCODING},
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=self._policy.connect_seconds),
            auto_decompress=False,
            trust_env=False,
            max_line_size=_MAX_HEADER,
            max_field_size=_MAX_HEADER,
            raise_for_status=False,
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._guarded.close()
        await self._open.close()

    async def get(self, request: Request) -> Result:
        """Return the answer to *request*, redirects followed."""
        trip = _Trip(request, request_url(request.url), time.monotonic(), self._policy.total_seconds)
        try:
            while True:
                result = await self._hop(trip)
                if result is not None:
                    return result
        except _Refused as refusal:
            return self._error(trip, refusal.reason, str(refusal), refusal.permanent)
        except aiohttp.ConnectionTimeoutError:
            return self._error(trip, FetchReason.CONNECT, f"no connection in {self._policy.connect_seconds:g} s")
        except TimeoutError:
            return self._error(trip, FetchReason.TIMEOUT, f"no complete answer in {self._policy.total_seconds:g} s")
        except Exception as error:  # one request's fault must not end the others
            return self._error(trip, *explain(error))

    def _error(self, trip: _Trip, reason: FetchReason, words: str, permanent: bool = False) -> FetchError:
        via = f" (redirected to {trip.url})" if trip.redirects else ""
        return FetchError(
            url=trip.request.url,
            reason=reason,
            message=f"{trip.request.url}{via}: {words}.",
            permanent=permanent,
            redirects=tuple(trip.redirects),
            elapsed=time.monotonic() - trip.started,
            received_at=datetime.now(UTC),
        )

    async def _hop(self, trip: _Trip) -> Response | None:
        """Ask for `trip.url`. Return the answer, or None after a redirect was noted in *trip*."""
        if not trip.url:
            raise _Refused(FetchReason.BAD_URL, "it is not an http or https URL", permanent=True)
        allowed, reason, words = check_url(trip.url, self._policy)
        if reason is not None:
            raise _Refused(reason, words, permanent=True)
        if self._policy.refusal and (refusal := self._policy.refusal(trip.url)):
            raise _Refused(*refusal)
        session = self._open if allowed else self._guarded
        async with self._slot(_origin_of(trip.url)):
            began = time.monotonic()
            try:
                async with asyncio.timeout(trip.left):
                    return await self._ask(session, trip)
            finally:
                trip.left -= time.monotonic() - began

    @contextlib.asynccontextmanager
    async def _slot(self, name: str) -> Any:
        host = self._hosts.setdefault(name, _Host(asyncio.Semaphore(self._policy.per_host)))
        async with host.slots:
            now = time.monotonic()
            start = max(now, host.next_start)
            host.next_start = start + self._policy.spacing
            if start > now:
                await asyncio.sleep(start - now)
            async with self._slots:
                yield

    async def _ask(self, session: aiohttp.ClientSession, trip: _Trip) -> Response | None:
        url = URL(trip.url, encoded=True)
        data = trip.request.body if trip.request.form is None else dict(trip.request.form)
        method = "GET" if data is None else "POST"
        headers = self._headers(trip.request)
        async with session.request(method, url, headers=headers, data=data, allow_redirects=False) as answer:
            headers = headers_of(answer)
            if answer.status in REDIRECTS and headers.get("location") and trip.request.body is None:
                self._redirect(trip, answer.status, headers["location"])
                return None
            body = await self._body(answer, headers, trip.request)
        return Response(
            url=trip.request.url,
            final_url=trip.url,
            status=answer.status,
            headers=headers,
            body=body,
            redirects=tuple(trip.redirects),
            elapsed=time.monotonic() - trip.started,
            received_at=datetime.now(UTC),
        )

    def _headers(self, request: Request) -> dict[str, str]:
        headers = {"Accept": request.accept or _DEFAULT_ACCEPT, **dict(self._policy.headers), **dict(request.headers)}
        for name, value in (("If-None-Match", request.etag), ("If-Modified-Since", request.last_modified)):
            wire = as_sent(value)
            if wire:
                headers[name] = wire
        return headers

    def _redirect(self, trip: _Trip, status: int, location: str) -> None:
        if len(trip.redirects) >= self._policy.max_redirects:
            raise _Refused(FetchReason.TOO_MANY_REDIRECTS, f"more than {self._policy.max_redirects} redirects")
        try:
            location = location.encode("latin-1").decode("utf-8", "replace")
            target = request_url(urljoin(trip.url, location))
        except ValueError:
            target = ""
        if not target:
            raise _Refused(FetchReason.BAD_REDIRECT, f"it redirects to {location[:200]!r}, no http or https URL")
        if target in {trip.url, *(hop.url for hop in trip.redirects)}:
            raise _Refused(FetchReason.TOO_MANY_REDIRECTS, f"it redirects in a circle, to {target}")
        trip.redirects.append(Redirect(trip.url, status, target))
        trip.url = target

    async def _body(self, answer: aiohttp.ClientResponse, headers: dict[str, str], request: Request) -> bytes:
        limit = self._policy.max_bytes if request.max_bytes is None else request.max_bytes
        failed, cut = answer.status >= 400, answer.status >= 400 or request.cut
        declared = headers.get("content-length", "")
        if not cut and declared.isdecimal() and int(declared) > limit:
            raise _Refused(
                FetchReason.TOO_LARGE, f"the body is {int(declared):,} bytes long, at most {limit:,} are read"
            )
        try:
            coding = "" if answer.status in {204, 304} else headers.get("content-encoding", "")
            body = decoding.Body(coding, min(limit, MAX_ERROR_BODY) if failed else limit, cut=cut)
            async for data in answer.content.iter_any():
                body.feed(data)
                if body.full:
                    answer.close()
                    break
            return body.finish()
        except decoding.TooLarge as error:
            answer.close()
            raise _Refused(FetchReason.TOO_LARGE, str(error)) from None
        except decoding.BadEncoding as error:
            answer.close()
            raise _Refused(FetchReason.BAD_ENCODING, str(error)) from None
