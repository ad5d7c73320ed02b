"""The supervisor: lines, crashes, restarts, jobs, and the end of everything."""

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tracker.devstack import supervise
from tracker.devstack.processes import is_running, wait_until
from tracker.devstack.supervise import Program, ProgramFailedError, Supervisor

Lines = list[tuple[str, str]]


@pytest.fixture
def lines() -> Lines:
    return []


@pytest.fixture
def supervisor(lines: Lines, monkeypatch: pytest.MonkeyPatch) -> Iterator[Supervisor]:
    monkeypatch.setattr(supervise, "RESTART_PAUSE", 0.05)
    monkeypatch.setattr(supervise, "STOP_STEPS", ((signal.SIGTERM, 1.0), (signal.SIGQUIT, 0.2)))
    with Supervisor(lambda name, line: lines.append((name, line))) as running:
        yield running


def program(name: str, code: str, folder: Path, **more: object) -> Program:
    return Program(name, [sys.executable, "-u", "-c", code], dict(os.environ), folder, **more)  # type: ignore[arg-type]


def tick_until(supervisor: Supervisor, holds: Callable[[], bool], seconds: float = 15.0) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it never came to that"
        supervisor.tick(0.05)


def test_lines_come_under_the_programs_name(supervisor: Supervisor, lines: Lines, tmp_path: Path) -> None:
    code = "import sys; print('one'); print('two', file=sys.stderr); sys.stdout.write('no newline \\u2713')"
    supervisor.start(program("talker", code, tmp_path, job=True))
    supervisor.wait_for("talker")
    assert sorted(lines) == [("talker", "no newline ✓"), ("talker", "one"), ("talker", "two")]


def test_a_crash_is_reported_and_the_program_started_again(
    supervisor: Supervisor, lines: Lines, tmp_path: Path
) -> None:
    code = """
import os, time
from pathlib import Path
if not Path("crashed").exists():
    Path("crashed").touch()
    os.kill(os.getpid(), 9)
print("well")
time.sleep(60)
"""
    supervisor.start(program("shaky", code, tmp_path))
    tick_until(supervisor, lambda: ("shaky", "well") in lines)
    assert lines[0] == ("shaky", "ended (SIGKILL); starting it again")


def test_a_program_that_keeps_ending_is_given_up(supervisor: Supervisor, lines: Lines, tmp_path: Path) -> None:
    supervisor.start(program("broken", "raise SystemExit(3)", tmp_path))
    with pytest.raises(ProgramFailedError, match=r"broken ended 6 times within a minute \(exit status 3\)"):
        tick_until(supervisor, lambda: False, 60)
    assert len(lines) == supervise.RESTARTS


def test_a_quiet_job_that_fails_shows_what_it_said(supervisor: Supervisor, lines: Lines, tmp_path: Path) -> None:
    supervisor.start(program("job", "print('the reason'); raise SystemExit(1)", tmp_path, job=True, quiet=True))
    with pytest.raises(ProgramFailedError, match=r"job failed \(exit status 1\)\.\nthe reason"):
        supervisor.wait_for("job")
    assert lines == []


def test_an_optional_job_that_fails_stops_nothing(supervisor: Supervisor, lines: Lines, tmp_path: Path) -> None:
    supervisor.start(program("extra", "raise SystemExit(1)", tmp_path, job=True, optional=True))
    supervisor.wait_for("extra")
    assert lines == [("extra", "failed (exit status 1)")]


def test_stopping_asks_first(supervisor: Supervisor, lines: Lines, tmp_path: Path) -> None:
    code = """
import signal, sys, time
signal.signal(signal.SIGTERM, lambda *_: (print("bye"), sys.exit(0)))
print("up")
time.sleep(60)
"""
    supervisor.start(program("polite", code, tmp_path))
    tick_until(supervisor, lambda: ("polite", "up") in lines)
    supervisor.stop()
    assert lines[-1] == ("polite", "bye")


def test_stopping_ends_the_deaf_and_all_that_they_started(supervisor: Supervisor, lines: Lines, tmp_path: Path) -> None:
    code = """
import signal, subprocess, sys, time
for name in (signal.SIGTERM, signal.SIGQUIT): signal.signal(name, signal.SIG_IGN)
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
print(child.pid)
time.sleep(60)
"""
    supervisor.start(program("deaf", code, tmp_path))
    tick_until(supervisor, lambda: bool(lines))
    grandchild, pid = int(lines[0][1]), supervisor.pids["deaf"]
    supervisor.stop()
    assert wait_until(lambda: not is_running(grandchild), 5.0)
    assert not is_running(pid)
    assert supervisor.pids == {}


def test_what_a_crashed_program_started_is_ended_too(supervisor: Supervisor, lines: Lines, tmp_path: Path) -> None:
    code = """
import os, subprocess, sys
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"], stdout=subprocess.DEVNULL)
print(child.pid)
os.kill(os.getpid(), 9)
"""
    supervisor.start(program("parent", code, tmp_path, job=True, optional=True))
    supervisor.wait_for("parent")
    assert wait_until(lambda: not is_running(int(lines[0][1])), 5.0)


def test_a_second_signal_kills_at_once(lines: Lines, tmp_path: Path) -> None:
    code = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up'); time.sleep(60)"
    with Supervisor(lambda name, line: lines.append((name, line)), hurry=lambda: True) as supervisor:
        supervisor.start(program("slow", code, tmp_path))
        tick_until(supervisor, lambda: bool(lines))
        began = time.monotonic()
        supervisor.stop()
        assert time.monotonic() - began < 1.0


def test_a_line_without_end_does_not_fill_the_memory(supervisor: Supervisor, lines: Lines, tmp_path: Path) -> None:
    supervisor.start(program("long", "import sys; sys.stdout.write('x' * 1_000_000)", tmp_path, job=True))
    supervisor.wait_for("long")
    assert sum(len(line) for _, line in lines) == 1_000_000
    assert max(len(line) for _, line in lines) < 200_000
