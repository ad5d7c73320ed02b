"""A web server on 127.0.0.1 that answers what a test tells it to, and remembers what it was asked."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl


@dataclass
class Answer:
    """One scripted answer."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class Origin:
    """The server's script, and the requests that it saw: (path, headers with lower-case names), forms
    and bodies apart."""

    url: str
    answers: dict[str, Answer] = field(default_factory=dict)
    seen: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    posted: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    bodies: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)

    def serve(self, path: str, body: str | bytes = b"", status: int = 200, **headers: str) -> str:
        """Answer *path* so from now on, a 304 where its own ETag is asked for; return the address."""
        data = body.encode() if isinstance(body, str) else body
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        self.answers[path] = Answer(data, status, names)
        return self.url + path

    def asked(self, path: str) -> list[dict[str, str]]:
        """The headers of every request for *path*, in order."""
        return [headers for seen, headers in self.seen if seen == path]


@contextmanager
def running_origin() -> Iterator[Origin]:
    """Run an origin on a free port for the length of the block."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            headers = {name.lower(): value for name, value in self.headers.items()}
            origin.seen.append((self.path, headers))
            answer = origin.answers.get(self.path, Answer(b"nothing here", 404))
            etag = answer.headers.get("ETag")
            if etag and answer.status == 200 and headers.get("if-none-match") == etag:
                answer = Answer(b"", 304, {"ETag": etag})
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            self.wfile.write(answer.body)

        def do_POST(self) -> None:
            length = int(self.headers.get("Content-Length", "0"))
            body = self.rfile.read(length)
            origin.posted.append((self.path, dict(parse_qsl(body.decode()))))
            origin.bodies.append((self.path, {name.lower(): value for name, value in self.headers.items()}, body))
            self.do_GET()

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    origin = Origin(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield origin
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
