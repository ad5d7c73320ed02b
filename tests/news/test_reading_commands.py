"""What holds of `read_feed` and `read_page` at the command line, run as a person or a script runs them."""

import fcntl
import json
import os
import pty
import shlex
import struct
import subprocess
import sys
import termios
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from tests.origin import Origin, running_origin

ROOT = Path(__file__).parent.parent.parent
DATA = ROOT / "tests" / "data"
FEED = DATA / "feeds" / "rdf.rdf"
PAGE = DATA / "pages" / "json-ld.html"


@pytest.fixture
def origin() -> Iterator[Origin]:
    with running_origin() as running:
        yield running


def environment(**more: str) -> dict[str, str]:
    """A shell in which nothing of the tracker is set: no database, no broker, no secret."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return {**kept, "PYTHONWARNINGS": "error::DeprecationWarning:tracker", **more}


def run(*arguments: str | Path, stdin: bytes = b"", **env: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, ROOT / "manage.py", *map(str, arguments)],
        input=stdin,
        capture_output=True,
        env=environment(**env),
        cwd=ROOT,
        timeout=60,
        check=False,
    )


def rows(done: subprocess.CompletedProcess[bytes]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in done.stdout.decode("utf-8").splitlines()]


def test_a_feed_is_one_line_in_the_given_shape() -> None:
    done = run("read_feed", FEED)
    [row] = rows(done)
    assert (done.returncode, done.stderr) == (0, b"")
    assert list(row) == ["source", "feed", "entries", "error"]
    assert (row["source"], row["error"], row["feed"]["title"]) == (str(FEED), None, "Court notices")
    assert row["entries"] == [
        {
            "guid": "https://court.example/orders/1",
            "url": "https://court.example/orders/1",
            "title": "Order on discovery",
            "authors": ["Registry"],
            "published": "2024-11-05T09:15:00Z",
            "updated": "2024-11-05T09:15:00Z",
            "summary_html": "The court ordered disclosure.",
        }
    ]


def test_a_page_is_one_line_in_the_given_shape() -> None:
    done = run("read_page", PAGE)
    [row] = rows(done)
    assert (done.returncode, done.stderr) == (0, b"")
    assert list(row) == ["source", "url", "canonical_url", "title", "authors", "published", "language", "text"]
    assert row["source"] == str(PAGE)
    assert row["title"] == "Judge orders model maker to keep training logs"
    assert row["authors"] == ["Ana Example", "Bo Example"]
    assert row["published"] == "2025-02-04T23:30:00-05:00"
    assert row["text"].count("\n") == 4


def test_a_day_without_a_time_is_printed_as_a_day() -> None:
    [row] = rows(run("read_page", DATA / "pages" / "microdata.html"))
    assert (row["published"], row["language"]) == ("2025-02-04", "de")


@pytest.mark.parametrize("command", ["read_feed", "read_page"])
def test_bad_inputs_are_named_and_the_rest_goes_on(command: str, tmp_path: Path) -> None:
    empty, good = tmp_path / "empty", FEED if command == "read_feed" else PAGE
    empty.write_bytes(b"")
    bad = [tmp_path / "missing", tmp_path, empty, good / "child", ROOT / "manage.py"]
    done = run(command, *bad, good, "nonsense://x", "http://10.0.0.1/", "-")
    errors = done.stderr.decode()
    assert done.returncode == 1
    for source in (*bad, "nonsense://x", "http://10.0.0.1/", "-"):
        assert f"{source}: " in errors
    assert "8 of 9 inputs could not be read" in errors
    assert "Traceback" not in errors
    read = [row for row in rows(done) if not row.get("error")]
    assert [row["source"] for row in read] == [str(good)]


def test_a_feed_that_cannot_be_read_still_has_its_line() -> None:
    done = run("read_feed", "no-such-file", FEED)
    assert rows(done)[0] == {"source": "no-such-file", "feed": None, "entries": [], "error": "no such file."}
    assert rows(done)[1]["error"] is None


def test_a_page_that_is_no_article_says_so_and_nothing_else() -> None:
    page = DATA / "pages" / "script-only.html"
    for reader in ("trafilatura", "newspaper4k"):
        done = run("read_page", "--reader", reader, page)
        [row] = rows(done)
        assert (done.returncode, row["text"]) == (1, "")
        first, last = done.stderr.decode().splitlines()
        assert first.startswith(f"{page}: ")
        assert "without running its scripts" in first
        assert last == "CommandError: 1 of 1 inputs could not be read."


def test_standard_input_is_read() -> None:
    [row] = rows(run("read_feed", "-", stdin=FEED.read_bytes()))
    assert (row["source"], len(row["entries"])) == ("-", 1)


def test_lines_come_in_the_order_of_the_inputs(origin: Origin) -> None:
    urls = [origin.serve(f"/{n}", FEED.read_bytes()) for n in range(5)]
    sources = [urls[0], str(FEED), *urls[1:]]
    done = run("read_feed", *sources, FETCH_ALLOWED_ORIGINS=origin.url)
    assert [row["source"] for row in rows(done)] == sources
    assert done.returncode == 0


def test_a_url_is_fetched_and_its_links_resolved(origin: Origin) -> None:
    body = b"<rss version='2.0'><channel><title>T</title><item><title>A</title><link>/a</link></item></channel></rss>"
    origin.serve("/new", body, Content_Type="application/rss+xml")
    old = origin.serve("/old", status=301, Location="/new")
    [row] = rows(run("read_feed", old, FETCH_ALLOWED_ORIGINS=origin.url))
    assert row["entries"][0]["url"] == origin.url + "/a"
    assert "ai-claims-tracker/" in origin.asked("/new")[0]["user-agent"]


def test_a_private_address_is_refused_unless_it_is_allowed(origin: Origin) -> None:
    done = run("read_page", origin.serve("/page", PAGE.read_bytes(), Content_Type="text/html"))
    assert (done.returncode, done.stdout, origin.seen) == (1, b"", [])


def test_an_error_answer_is_an_error(origin: Origin) -> None:
    done = run("read_feed", origin.url + "/none", FETCH_ALLOWED_ORIGINS=origin.url)
    assert (done.returncode, rows(done)[0]["error"]) == (1, "the server answered 404.")


def test_a_reader_that_has_seen_enough_ends_the_command_quietly() -> None:
    command = f'"{sys.executable}" manage.py read_feed {shlex.join([str(FEED)] * 400)} | head -n 1'
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", command],
        capture_output=True,
        env=environment(),
        cwd=ROOT,
        timeout=60,
        check=False,
    )
    assert len(done.stdout.splitlines()) == 1
    assert done.stderr == b""
    assert done.returncode == 0


@pytest.mark.parametrize("lang", ["C", "POSIX", "en_US.ISO-8859-1"])
def test_output_is_utf_8_in_any_locale(lang: str) -> None:
    done = run("read_feed", DATA / "feeds" / "shift_jis.rss", LANG=lang, LC_ALL=lang)
    assert rows(done)[0]["feed"]["title"] == "ニュース"


def test_progress_is_shown_on_a_terminal_and_nowhere_else() -> None:
    assert run("read_feed", FEED).stderr == b""
    leader, follower = pty.openpty()
    fcntl.ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", 25, 80, 0, 0))
    with subprocess.Popen(
        [sys.executable, ROOT / "manage.py", "read_feed", str(FEED)],
        stdout=subprocess.DEVNULL,
        stderr=follower,
        env=environment(TERM="xterm"),
        cwd=ROOT,
    ) as process:
        process.wait(60)
    os.close(follower)
    shown = b""
    with suppress(OSError):  # Linux ends a terminal whose other side is closed by an error
        while piece := os.read(leader, 10_000):
            shown += piece
    os.close(leader)
    assert b"1/1" in shown


@pytest.mark.parametrize("command", ["read_feed", "read_page"])
def test_without_inputs_the_usage_is_shown(command: str) -> None:
    done = run(command)
    assert done.returncode == 2
    assert b"FILE|URL" in done.stderr
