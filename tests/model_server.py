"""A server on 127.0.0.1 that speaks the protocols of both providers, and misbehaves as a test tells it to."""

import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

FINISHES = {
    "openai": {"stop": "stop", "cut": "length", "refused": "stop", "filtered": "content_filter"},
    "anthropic": {"stop": "end_turn", "cut": "max_tokens", "refused": "refusal", "filtered": "refusal"},
}


@dataclass
class Answer:
    """One answer: *content* in the protocol's envelope, or *body* as it is.

    *finish* is one of "stop", "cut", "refused" and "filtered"; *delay* passes before the answer, and with *drip* as
    many seconds between each ten bytes of it.
    """

    content: str = ""
    finish: str = "stop"
    status: int = 200
    body: bytes | None = None
    headers: dict[str, str] = field(default_factory=dict)
    delay: float = 0.0
    drip: float = 0.0
    usage: dict[str, Any] | None = None


@dataclass
class ModelServer:
    """The server's script, and the questions that it was asked, newest last: (path, headers, JSON)."""

    url: str
    answer: Answer = field(default_factory=Answer)
    asked: list[tuple[str, dict[str, str], dict[str, Any]]] = field(default_factory=list)
    hung_up: threading.Event = field(default_factory=threading.Event)

    def says(self, claims: Any, *, about_dispute: Any = True, **values: Any) -> None:
        """Answer with this list of claims from now on."""
        self.answer = Answer(json.dumps({"about_dispute": about_dispute, "claims": claims}), **values)

    def base_url(self, provider: str) -> str:
        """The address that the provider's SDK is given."""
        return f"{self.url}/v1" if provider == "openai" else self.url

    @property
    def message(self) -> str:
        """The article as it was last sent."""
        text: str = self.asked[-1][2]["messages"][-1]["content"]
        return text

    @property
    def instructions(self) -> str:
        """The instructions as they were last sent."""
        question = self.asked[-1][2]
        text: str = question["system"] if "system" in question else question["messages"][0]["content"]
        return text


def envelope(provider: str, answer: Answer) -> bytes:
    """Return the body of an answer in a provider's protocol."""
    if answer.body is not None:
        return answer.body
    finish = FINISHES[provider][answer.finish]
    if provider == "openai":
        refusal = "I cannot help with that." if answer.finish == "refused" else None
        message = {"role": "assistant", "content": None if refusal else answer.content, "refusal": refusal}
        usage = {"prompt_tokens": 1000, "completion_tokens": 200, "total_tokens": 1200}
        choice = {"index": 0, "message": message, "finish_reason": finish}
        shape = {"id": "c1", "object": "chat.completion", "created": 0, "model": "test", "choices": [choice]}
    else:
        usage = {"input_tokens": 1000, "output_tokens": 200}
        content = [{"type": "text", "text": answer.content}] if answer.content else []
        shape = {"id": "m1", "type": "message", "role": "assistant", "model": "test", "content": content}
        shape |= {"stop_reason": finish, "stop_sequence": None}
    return json.dumps({**shape, "usage": usage if answer.usage is None else answer.usage}).encode()


@contextmanager
def running_model_server() -> Iterator[ModelServer]:
    """Run a server on a free port for the length of the block."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            question = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            server.asked.append((self.path, {k.lower(): v for k, v in self.headers.items()}, question))
            answer = server.answer
            provider = "openai" if self.path.endswith("/chat/completions") else "anthropic"
            server.hung_up.wait(answer.delay)
            body = envelope(provider, answer)
            self.send_response(answer.status)
            for name, value in {"Content-Type": "application/json", **answer.headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self._send(body, answer.drip)

        def _send(self, body: bytes, drip: float) -> None:
            try:
                for start in range(0, len(body), 10) if drip else ():
                    self.wfile.write(body[start : start + 10])
                    time.sleep(drip)
                if not drip:
                    self.wfile.write(body)
            except (BrokenPipeError, ConnectionResetError):
                self.close_connection = True

        def log_message(self, format: str, *args: object) -> None:
            pass

    httpd = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    httpd.daemon_threads = True
    httpd.handle_error = lambda request, client_address: None  # type: ignore[method-assign]
    server = ModelServer(f"http://127.0.0.1:{httpd.server_port}")
    thread = threading.Thread(target=httpd.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server
    finally:
        server.hung_up.set()
        httpd.shutdown()
        thread.join()
        httpd.server_close()


def free_port() -> int:
    """Return a port of 127.0.0.1 on which nothing listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
