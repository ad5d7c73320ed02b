"""The other end of `make bench-collect`: many hosts on this machine's loopback, each with one feed, all a little slow.

    python -m benchmarks.origin HOSTS ENTRIES LATENCY_MS HANGING

Host n listens at 127.1.x.y on one port, the same for all. It prints that port, then serves until its input ends.
Hosts numbered below HANGING accept connections and never answer once `/hang` was asked of any host. Every host has
hostile feeds too: `/bomb` is 250 MB of one letter in 250 kB of gzip, `/endless` never ends, `/many` has 100,000 items
in 5 MB, `/many.json` the same as JSON Feed.
"""

import asyncio
import contextlib
import socket
import sys
import zlib
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

TEXT = "A regulator said on Monday that it had opened an inquiry into the training data of a language model. " * 3


HOSTILE = ("/bomb", "/endless", "/many", "/many.json")


def bomb() -> bytes:
    """Return 250 MB of one letter, compressed to a thousandth."""
    packer = zlib.compressobj(wbits=31)
    return b"".join([*(packer.compress(b"x" * 1_000_000) for _ in range(250)), packer.flush()])


def many() -> bytes:
    """Return a feed of 100,000 items."""
    items = "".join(f"<item><title>{n}</title><guid>{n}</guid></item>" for n in range(100_000))
    return f'<rss version="2.0"><channel><title>Many</title>{items}</channel></rss>'.encode()


def many_as_json() -> bytes:
    """Return a JSON feed of 100,000 items."""
    items = ",".join(f'{{"id":"{n}","title":"{n}"}}' for n in range(100_000))
    return f'{{"version":"https://jsonfeed.org/version/1.1","title":"Many","items":[{items}]}}'.encode()


def host(number: int) -> str:
    """Return the address of host *number*."""
    return f"127.1.{number // 250}.{number % 250 + 1}"


def feed(number: int, entries: int, base: str) -> bytes:
    """Return host *number*'s feed."""
    first = datetime(2025, 1, 1, tzinfo=UTC)
    items = "".join(
        f"<item><guid isPermaLink='false'>{number}-{entry}</guid><title>Story {entry} of outlet {number}</title>"
        f"<link>{base}/story/{entry}</link><pubDate>{format_datetime(first + timedelta(hours=entry))}</pubDate>"
        f"<description>&lt;p&gt;{TEXT}&lt;/p&gt;</description><author>desk@example.org (Desk)</author></item>"
        for entry in range(entries)
    )
    head = f"<title>Outlet {number}</title><link>{base}/</link><description>Stories</description>"
    return f'<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel>{head}{items}</channel></rss>'.encode()


HOSTILE_ANSWERS = {
    b"/bomb": (b"Content-Type: application/rss+xml\r\nContent-Encoding: gzip", bomb),
    b"/many": (b"Content-Type: application/rss+xml", many),
    b"/many.json": (b"Content-Type: application/feed+json", many_as_json),
}


class Origin:
    """All hosts, answering as little HTTP as it takes."""

    def __init__(self, entries: int, latency: float, hanging: int) -> None:
        self._entries, self._latency, self._hanging = entries, latency, hanging
        self._hangs = False
        self._bodies: dict[int, bytes] = {}

    async def serve(self, number: int, base: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer the requests of one connection."""
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                path = head.split(b" ", 2)[1]
                if path in (b"/hang", b"/heal"):
                    self._hangs = path == b"/hang"
                elif self._hangs and number < self._hanging:
                    await asyncio.sleep(3600)
                await asyncio.sleep(self._latency)
                if path == b"/endless":
                    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\n\r\n<rss><channel>")
                    while True:
                        writer.write(b"<item><title>one more</title></item>" * 1_000)
                        await writer.drain()
                writer.write(self._answer(number, base, head, path))
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    def _answer(self, number: int, base: str, head: bytes, path: bytes) -> bytes:
        if path in HOSTILE_ANSWERS:
            kind, make = HOSTILE_ANSWERS[path]
            body = make()
            return b"HTTP/1.1 200 OK\r\n%s\r\nContent-Length: %d\r\n\r\n%s" % (kind, len(body), body)
        if path != b"/feed.xml":
            return b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
        etag = b'"%d"' % number
        if etag in head:
            return b"HTTP/1.1 304 Not Modified\r\nETag: %s\r\n\r\n" % etag
        body = self._bodies.get(number) or self._bodies.setdefault(number, feed(number, self._entries, base))
        kind = b"Content-Type: application/rss+xml; charset=utf-8"
        return b"HTTP/1.1 200 OK\r\nETag: %s\r\n%s\r\nContent-Length: %d\r\n\r\n%s" % (etag, kind, len(body), body)


async def main(hosts: int, entries: int, latency: float, hanging: int) -> None:
    """Listen everywhere, say on which port, and serve until standard input ends."""
    origin, port, servers = Origin(entries, latency, hanging), 0, []
    for number in range(hosts):
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host(number), port))
        port = port or listener.getsockname()[1]
        base = f"http://{host(number)}:{port}"

        async def serve(
            reader: asyncio.StreamReader, writer: asyncio.StreamWriter, number: int = number, base: str = base
        ) -> None:
            await origin.serve(number, base, reader, writer)

        servers.append(await asyncio.start_server(serve, sock=listener, backlog=200))
    print(port, flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


if __name__ == "__main__":
    counts = [int(argument) for argument in sys.argv[1:]]
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(main(counts[0], counts[1], counts[2] / 1000, counts[3]))
