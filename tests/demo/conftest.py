"""A running origin on 127.0.0.1, and a plain HTTP client that follows nothing and decodes nothing."""

import asyncio
import http.client
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
from aiohttp import web

from tracker.demo.origin import Origin


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True)
class Client:
    port: int

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def get(self, path: str, method: str = "GET", **headers: str) -> Answer:
        """One request; keyword names become header names with hyphens."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request(method, path, headers={k.replace("_", "-"): v for k, v in headers.items()})
            response = connection.getresponse()
            got = {name.lower(): value for name, value in response.getheaders()}
            return Answer(response.status, got, response.read())
        finally:
            connection.close()


@contextmanager
def serve(origin: Origin) -> Iterator[Client]:
    """The origin in a thread of its own, on a free port."""
    loop = asyncio.new_event_loop()
    runner = web.AppRunner(origin.app(), access_log=None)
    port = loop.run_until_complete(_listen(runner))
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield Client(port)
    finally:
        asyncio.run_coroutine_threadsafe(runner.cleanup(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()


async def _listen(runner: web.AppRunner) -> int:
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    return int(runner.addresses[0][1])


class Clock:
    """Unix time, after every date in the content, that stands still until a test moves it."""

    def __init__(self) -> None:
        self.now = 1_900_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture(scope="session")
def demo_origin() -> Iterator[Client]:
    """An origin whose articles have not changed yet."""
    with serve(Origin(clock=Clock())) as client:
        yield client
