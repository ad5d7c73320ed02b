"""A server on 127.0.0.1 that answers byte by byte what a test scripts, however wrong that is over HTTP."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

Script = Callable[["Seen"], AsyncIterator[bytes]]


@dataclass
class Seen:
    """One request as it came over the wire, with header names in lower case."""

    path: str
    raw: bytes
    headers: dict[str, str]


@dataclass
class Server:
    """The scripts by path (`keeps`: those after which the connection stays open), what was asked, how much at once."""

    port: int = 0
    scripts: dict[str, Script] = field(default_factory=dict)
    keeps: set[str] = field(default_factory=set)
    seen: list[Seen] = field(default_factory=list)
    most_open: int = 0
    times: list[float] = field(default_factory=list)

    @property
    def origin(self) -> str:
        """The server's own origin."""
        return f"http://127.0.0.1:{self.port}"

    def answer(self, path: str, body: bytes = b"", status: str = "200 OK", delay: float = 0.0, **headers: str) -> str:
        """Answer *path* well-behaved; return its URL."""

        # Counted by path: an answer that nobody waits for any more, from an earlier test, may still be under way.
        open_now = 0

        async def script(_: Seen) -> AsyncIterator[bytes]:
            nonlocal open_now
            open_now += 1
            self.most_open = max(self.most_open, open_now)
            await asyncio.sleep(delay)
            open_now -= 1
            lines = {"Content-Length": str(len(body)), **{key.replace("_", "-"): text for key, text in headers.items()}}
            head = "".join(f"{key}: {text}\r\n" for key, text in lines.items() if text)
            yield f"HTTP/1.1 {status}\r\n{head}\r\n".encode("latin-1") + body

        self.keeps.add(path)
        return self.on(path, script)

    def redirect(self, path: str, to: str, status: int = 302) -> str:
        """Redirect *path*; return its URL."""
        return self.answer(path, status=f"{status} Moved", Location=to)

    def on(self, path: str, script: Script) -> str:
        """Answer *path* by *script*; return its URL."""
        self.scripts[path] = script
        return self.origin + path

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            while True:
                raw = await reader.readuntil(b"\r\n\r\n")
                lines = raw.decode("latin-1").split("\r\n")
                headers = {
                    name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])
                }
                request = Seen(lines[0].split(" ")[1], raw, headers)
                self.seen.append(request)
                self.times.append(asyncio.get_running_loop().time())
                path = request.path.partition("?")[0]
                async for piece in self.scripts[path](request):
                    writer.write(piece)
                    await writer.drain()
                if path not in self.keeps:
                    break
        writer.close()


@contextmanager
def misbehaving_server() -> Iterator[Server]:
    """Run a server on a free port for the length of the block."""
    server = Server()
    loop = asyncio.new_event_loop()
    ready = threading.Event()

    async def main() -> None:
        listening = await asyncio.start_server(server._serve, "127.0.0.1", 0)
        server.port = listening.sockets[0].getsockname()[1]
        ready.set()
        async with listening:
            await listening.serve_forever()

    def run() -> None:
        asyncio.set_event_loop(loop)
        with suppress(asyncio.CancelledError):
            loop.run_until_complete(task)
        for other in asyncio.all_tasks(loop):
            other.cancel()
        loop.run_until_complete(asyncio.sleep(0))
        loop.close()

    task = loop.create_task(main())
    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    ready.wait(5)
    try:
        yield server
    finally:
        loop.call_soon_threadsafe(task.cancel)
        thread.join(5)
