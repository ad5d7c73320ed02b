"""Decisions of `make run`: ports, external services, what it says."""

import io
import os
import signal
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.devstack.helpers import ROOT
from tracker.devstack import run as run_module
from tracker.devstack.console import Console
from tracker.devstack.run import CannotRunError, Options, Run, Signals


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def make_run(folder: Path, said: io.StringIO, *, port: int | None = None, **caller: str) -> Run:
    return Run(Options(ROOT, folder, port, "127.0.0.1", caller), Console(said))


def test_the_next_port_is_taken_and_said(tmp_path: Path, taken: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_module, "WEB_PORT", taken)
    said = io.StringIO()
    with make_run(tmp_path, said)._site_socket() as sock:
        port = sock.getsockname()[1]
    assert port > taken
    assert said.getvalue() == f"Port {taken} is taken by another program; the site takes {port}.\n"


def test_the_origins_port_is_the_same_ever_after(tmp_path: Path) -> None:
    first = make_run(tmp_path, io.StringIO())._origin_place()
    assert first[0] >= run_module.ORIGIN_PORT
    assert make_run(tmp_path, io.StringIO())._origin_place() == first


def test_the_site_runs_without_the_newsroom_while_its_port_is_taken(
    tmp_path: Path, taken: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_module, "wait_until", lambda holds, _: holds())
    said = io.StringIO()
    run = make_run(tmp_path, said)
    run.state.keep_origin(taken, 1.0)
    assert run._origin_place() == (0, 0.0)
    assert f"Port {taken}, the demonstration newsroom's, is taken" in said.getvalue()
    assert run.state.origin()["port"] == taken


def test_a_database_url_takes_the_place_of_our_own(tmp_path: Path) -> None:
    said = io.StringIO()
    url = os.environ["DATABASE_URL"]
    with ExitStack() as stack:
        run = make_run(tmp_path, said, DATABASE_URL=url)
        assert run._database(stack) == url
        assert run.postgres is None
    assert not (tmp_path / "postgres").exists()


def test_a_database_url_that_leads_nowhere_is_named(tmp_path: Path) -> None:
    run = make_run(tmp_path, io.StringIO(), DATABASE_URL="postgresql://u@/d?host=/nowhere")
    with ExitStack() as stack, pytest.raises(CannotRunError, match=r"DATABASE_URL: .*nowhere"):
        run._database(stack)


@pytest.mark.parametrize("word", ["1", "true", "YES"])
def test_live_is_asked_for_by_a_word(tmp_path: Path, word: str) -> None:
    assert make_run(tmp_path, io.StringIO(), LIVE=word).options.live
    assert not make_run(tmp_path, io.StringIO(), LIVE="0").options.live


@pytest.mark.parametrize("signum", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_one_signal_stops_and_two_hurry(signum: signal.Signals) -> None:
    signals = Signals()
    before = signal.getsignal(signum)
    with signals.caught():
        os.kill(os.getpid(), signum)
        assert signals.stopped()
        assert not signals.hurry()
        os.kill(os.getpid(), signum)
        assert signals.hurry()
    assert signal.getsignal(signum) is before


def test_a_hang_up_that_nohup_silenced_stays_silent() -> None:
    signals = Signals()
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with signals.caught():
            os.kill(os.getpid(), signal.SIGHUP)
            assert not signals.stopped()
    finally:
        signal.signal(signal.SIGHUP, before)


class ClosedPipe(io.StringIO):
    """What `make run | head` leaves to write to."""

    def write(self, _text: str) -> int:
        raise BrokenPipeError


def test_a_closed_pipe_does_not_end_it() -> None:
    console = Console(ClosedPipe())
    console.note("nobody reads this")
    with console.step("nor this"):
        pass


def test_colours_are_for_terminals() -> None:
    said = io.StringIO()
    Console(said).line("web", "hello")
    assert said.getvalue() == "web      | hello\n"
