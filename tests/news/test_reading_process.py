"""A document that hangs, swallows memory or kills its reader takes nothing else along."""

import os
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from tests.pdf import make_pdf
from tracker.news.errors import PageError
from tracker.news.pages import read_page
from tracker.news.reading_process import ReadingProcess, read_document
from tracker.news.types import ParsedPage

URL = "https://news.example/story"
PAGE = (
    "<html lang='en'><head><title>Inquiry</title><meta property='article:published_time' content='2025-03-01'></head>"
    "<body><article><h1>Inquiry</h1>" + "<p>A regulator opened an inquiry into a language model.</p>" * 20
).encode()


def misbehave(body: bytes, url: str, content_type: str, reader: str) -> ParsedPage:
    """What stands for a reader in these tests: it does what the document says."""
    match body.split()[0]:
        case b"hang":
            time.sleep(3600)
        case b"spin":
            # One call into C that holds the interpreter: no signal handler of Python's would run.
            sum(range(10**12))
        case b"swallow":
            bytearray(4 * 1024**3)
        case b"crash":
            os.abort()
        case b"print":
            print("noise that is no answer", flush=True)
            os.write(1, b"more noise\n")
        case b"call":
            import socket

            socket.create_connection(("127.0.0.1", 9))
    return replace(read_page(PAGE, url, content_type, reader), title=f"read {body.decode()}")


@pytest.fixture
def process() -> Iterator[ReadingProcess]:
    function = "tests.news.test_reading_process:misbehave"
    made = ReadingProcess(seconds=2, wall_seconds=6, megabytes=1000, function=function)
    yield made
    made.close()


def test_a_page_comes_back_as_it_would_from_here() -> None:
    process = ReadingProcess()
    try:
        assert process.read(PAGE, URL, "text/html", "trafilatura") == read_page(PAGE, URL, "text/html", "trafilatura")
        pdf = make_pdf(["A ruling of some length about a model. " * 3] * 4, created="D:20250301120000Z")
        assert process.read(pdf, URL, "application/pdf", "trafilatura") == read_document(pdf, URL, "", "trafilatura")
        with pytest.raises(PageError, match="JSON"):
            process.read(b'{"a": 1}', URL, "application/json", "trafilatura")
        assert process.read(PAGE, URL, "", "trafilatura").published == datetime(2025, 3, 1, tzinfo=UTC)
    finally:
        process.close()


@pytest.mark.parametrize(
    ("document", "words"),
    [(b"hang", "too long to read"), (b"spin", "too long to read"), (b"swallow", "memory"), (b"crash", "status")],
)
def test_a_hostile_document_is_refused_in_time_and_the_next_one_is_read(
    process: ReadingProcess, document: bytes, words: str
) -> None:
    process.read(b"fine", URL, "", "trafilatura")
    began = time.monotonic()
    with pytest.raises(PageError, match=words):
        process.read(document, URL, "", "trafilatura")
    assert time.monotonic() - began < 30
    assert process.read(b"next", URL, "", "trafilatura").title == "read next"


def test_what_a_library_prints_is_no_answer(process: ReadingProcess) -> None:
    assert process.read(b"print", URL, "", "trafilatura").title == "read print"


def test_reading_opens_no_connection(process: ReadingProcess) -> None:
    with pytest.raises(RuntimeError, match="reading opens no connection"):
        process.read(b"call", URL, "", "trafilatura")


def test_a_body_larger_than_a_pipe_passes(process: ReadingProcess) -> None:
    assert len(process.read(b"large " + b"x" * 3_000_000, URL, "", "trafilatura").title) > 3_000_000
