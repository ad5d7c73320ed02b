"""Reading a document in a process that may die of it: bounded time and memory, no network.

    read ──(a line of JSON, then the bytes)──→ child: timers set, read_page or read_pdf ──(a line of JSON)──→ ParsedPage

The child reads one document after another, so its start is paid once. It sets timers that kill it, whatever code it
is caught in, and a limit on its memory; the parent sees its end, says so, and starts another for the next
document. A document that cannot be read is a `PageError` either way.
"""

import atexit
import contextlib
import json
import os
import resource
import signal
import socket
import subprocess
import sys
import threading
from dataclasses import asdict
from datetime import datetime
from importlib import import_module
from pathlib import Path
from typing import Any, NoReturn

from tracker.news.errors import PageError
from tracker.news.types import DateSource, ParsedPage, Verdict

SECONDS = 12
"""Of processor time; a page of an article takes 0.02."""

WALL_SECONDS = 60
MEGABYTES = 1_500
DOCUMENTS_A_CHILD = 500
"""A child is replaced after so many, before small leaks add up."""

# Read once before any timer runs: the libraries load their tables with their first page.
_WARM_UP = b"<html><body><article>" + b"<p>A regulator opened an inquiry into a model.</p>" * 20
_ROOT = Path(__file__).resolve().parents[2]


def read_document(body: bytes, url: str, content_type: str, reader: str) -> ParsedPage:
    """Return what a document says, web page or PDF; raises `PageError`."""
    from tracker.news.pages import read_page
    from tracker.news.pdfs import is_pdf, read_pdf

    return read_pdf(body, url) if is_pdf(body) else read_page(body, url, content_type, reader)


class ReadingProcess:
    """A child process that reads documents with *function* ("module:name"), started when it is first needed."""

    def __init__(
        self,
        *,
        seconds: int = SECONDS,
        wall_seconds: int = WALL_SECONDS,
        megabytes: int = MEGABYTES,
        function: str = "tracker.news.reading_process:read_document",
    ) -> None:
        self._arguments = (str(seconds), str(wall_seconds), str(megabytes), function)
        self._child: subprocess.Popen[bytes] | None = None
        self._owner, self._done = 0, 0
        self._turn = threading.Lock()

    def read(self, body: bytes, url: str, content_type: str, reader: str) -> ParsedPage:
        """Return what a document says; raises `PageError` where it cannot be read in time and memory."""
        with self._turn:
            child = self._running()
            question = {"size": len(body), "url": url, "content_type": content_type, "reader": reader}
            answer = b""
            assert child.stdin is not None
            assert child.stdout is not None
            with contextlib.suppress(BrokenPipeError):  # it died; its status says of what
                child.stdin.write(json.dumps(question).encode() + b"\n" + body)
                child.stdin.flush()
                answer = child.stdout.readline()
            if not answer.endswith(b"\n"):
                raise PageError(self._post_mortem())
            self._done += 1
        found = json.loads(answer)
        if "error" in found:
            raise PageError(found["error"])
        if "fault" in found:
            raise RuntimeError(found["fault"])
        return _decoded(found)

    def close(self) -> None:
        """End the child, if there is one of ours."""
        if self._child is None or self._owner != os.getpid():
            return
        self._child.kill()
        self._child.wait()
        for pipe in (self._child.stdin, self._child.stdout):
            if pipe is not None:
                with contextlib.suppress(BrokenPipeError):  # what it had not taken is lost with it
                    pipe.close()
        self._child = None

    def _running(self) -> "subprocess.Popen[bytes]":
        # A pool's worker is forked: its parent's child is not its own.
        if self._child is not None and self._owner == os.getpid():
            if self._child.poll() is None and self._done < DOCUMENTS_A_CHILD:
                return self._child
            self.close()
        code = "import sys; from tracker.news.reading_process import serve; serve(*sys.argv[1:])"
        self._child = subprocess.Popen(  # noqa: S603 - our own interpreter and code
            [sys.executable, "-c", code, *self._arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=_ROOT
        )
        self._owner, self._done = os.getpid(), 0
        return self._child

    def _post_mortem(self) -> str:
        """Return what the child died of, and bury it."""
        assert self._child is not None
        status = self._child.wait()
        self.close()
        if status in {-signal.SIGPROF, -signal.SIGALRM}:
            return f"The document took too long to read: more than {self._arguments[0]} seconds."
        return f"Reading the document ended the process (status {status}); it may need too much memory."


default = ReadingProcess()
atexit.register(default.close)


# ------------------------------------------------------------------ the child
def serve(seconds: str, wall_seconds: str, megabytes: str, function: str) -> None:
    """Read documents from standard input until it ends."""
    module, _, name = function.partition(":")
    read = getattr(import_module(module), name)
    read_document(_WARM_UP, "", "", "trafilatura")
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints must not stand among the answers
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides
    for expired in (signal.SIGALRM, signal.SIGPROF):
        signal.signal(expired, signal.SIG_DFL)
    limit = int(megabytes) * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))
    _stay_offline()
    while line := sys.stdin.buffer.readline():
        question = json.loads(line)
        body = sys.stdin.buffer.read(question.pop("size"))
        signal.setitimer(signal.ITIMER_PROF, int(seconds))
        signal.alarm(int(wall_seconds))
        answer = _answer(read, body, question)
        signal.alarm(0)
        signal.setitimer(signal.ITIMER_PROF, 0)
        answers.write(json.dumps(answer).encode() + b"\n")
        answers.flush()


def _answer(read: Any, body: bytes, question: dict[str, str]) -> dict[str, Any]:
    try:
        return _encoded(read(body, **question))
    except PageError as error:
        return {"error": str(error)}
    except MemoryError:
        return {"error": "The document needs too much memory."}
    except Exception as error:  # a fault of ours, to be seen at the snapshot
        return {"fault": f"{type(error).__name__}: {error}"}


def _stay_offline() -> None:
    def refuse(*_: object) -> NoReturn:
        raise OSError("reading opens no connection")

    entrances = [(socket.socket, name) for name in ("connect", "connect_ex", "sendto")]
    for owner, name in (*entrances, (socket, "getaddrinfo")):
        setattr(owner, name, refuse)


def _encoded(page: ParsedPage) -> dict[str, Any]:
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in asdict(page).items()}


def _decoded(found: dict[str, Any]) -> ParsedPage:
    for name in ("published", "modified"):
        found[name] = datetime.fromisoformat(found[name]) if found[name] else None
    for name in ("authors", "warnings", "pages"):
        found[name] = tuple(found[name])
    found["verdict"], found["published_source"] = Verdict(found["verdict"]), DateSource(found["published_source"])
    return ParsedPage(**found)
