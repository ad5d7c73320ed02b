"""Run several programs as one: their lines under their names, a crash reported and mended, all stopped together.

One thread, one loop (`tick`), so whoever runs it decides when it runs: between its calls nothing happens. Every
program has a session of its own, so a Ctrl-C of the terminal reaches the supervisor alone, which then stops them
in order; and each gets a signal from the kernel should the supervisor be killed.

honcho was looked at first: it ends everything when one program ends, restarts nothing, and leaves its programs
running when it is killed itself.
"""

import contextlib
import os
import selectors
import signal
import subprocess
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from tracker.devstack.processes import launch

# A program that ends more often than this in that time is not started again.
RESTARTS = 5
RESTART_WINDOW = 60.0
RESTART_PAUSE = 1.0
LONGEST_LINE = 64_000
STOP_STEPS = ((signal.SIGTERM, 3.0), (signal.SIGQUIT, 3.0))

Say = Callable[[str, str], None]


class ProgramFailedError(RuntimeError):
    """A program ended and is not started again; the message names it and shows its last lines."""


@dataclass(frozen=True)
class Program:
    """What is to run, and how it is ended.

    Args:
        name: stands before its lines.
        command: absolute path and arguments.
        env: its whole environment.
        job: ends by itself; only an end with an error is a failure, and it is never started again.
        optional: a job whose failure is reported, and nothing else.
        quiet: its lines are kept for the case of an error and not shown.
        parent_death: what it gets when the supervisor is killed.
        pass_fds: open files handed down, such as a listening socket.
    """

    name: str
    command: list[str]
    env: Mapping[str, str]
    folder: Path
    job: bool = False
    optional: bool = False
    quiet: bool = False
    parent_death: signal.Signals = signal.SIGTERM
    pass_fds: tuple[int, ...] = ()


@dataclass
class Running:
    """A program's process with what is known of it."""

    program: Program
    process: subprocess.Popen[bytes]
    last_lines: deque[str] = field(default_factory=lambda: deque(maxlen=20))
    partial: bytes = b""

    @property
    def pipe(self) -> IO[bytes]:
        """Where its lines come from."""
        assert self.process.stdout is not None
        return self.process.stdout


class Supervisor:
    """The loop over all programs. Use it as a context: leaving it ends whatever still runs.

    Args:
        say: called with a program's name and a line of its output, or of ours about it.
        hurry: asked while programs are being ended; true kills at once (a second Ctrl-C).
    """

    def __init__(self, say: Say, hurry: Callable[[], bool] = lambda: False) -> None:
        self._say = say
        self._hurry = hurry
        self._running: dict[str, Running] = {}
        self._starts: dict[str, deque[float]] = {}
        self._waiting: dict[str, tuple[float, Program]] = {}
        self._selector = selectors.DefaultSelector()

    def __enter__(self) -> "Supervisor":
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        self._selector.close()

    @property
    def pids(self) -> dict[str, int]:
        """The process ids of what runs, by name."""
        return {name: running.process.pid for name, running in self._running.items()}

    def start(self, program: Program) -> None:
        """Start *program*; from now on `tick` looks after it."""
        process = launch(
            program.command,
            env=program.env,
            folder=program.folder,
            parent_death=program.parent_death,
            stdout=subprocess.PIPE,
            pass_fds=program.pass_fds,
        )
        running = Running(program, process)
        os.set_blocking(running.pipe.fileno(), False)
        self._running[program.name] = running
        self._starts.setdefault(program.name, deque(maxlen=RESTARTS + 1)).append(time.monotonic())
        self._selector.register(running.pipe, selectors.EVENT_READ, running)

    def wait_for(self, job: str, stopped: Callable[[], bool] = lambda: False) -> None:
        """Return when the job of that name has ended, or when *stopped* says so.

        Raises:
            ProgramFailedError: it, or another program meanwhile, ended with an error.
        """
        while job in self._running and not stopped():
            self.tick()

    def tick(self, seconds: float = 0.2) -> None:
        """Pass on what was written within *seconds*, notice who ended, start again what may be.

        Raises:
            ProgramFailedError: a job failed, or a program ended too often.
        """
        for key, _ in self._selector.select(seconds):
            self._read(key.data)
        for running in list(self._running.values()):
            if running.process.poll() is not None:
                self._ended(running)
        now = time.monotonic()
        for name, (due, program) in list(self._waiting.items()):
            if now >= due:
                del self._waiting[name]
                self.start(program)

    def stop(self, names: Iterable[str] | None = None) -> None:
        """End the programs of *names*, or all: asked first, then told, then killed with all that they started."""
        chosen = list(self._running if names is None else names)
        for name in chosen:
            self._waiting.pop(name, None)
        if names is None:
            self._waiting.clear()
        left = [self._running[name] for name in chosen if name in self._running]
        for signum, seconds in STOP_STEPS:
            for running in left:
                with contextlib.suppress(ProcessLookupError):
                    running.process.send_signal(signum)
            left = self._wait_for(left, seconds)
        for running in left:
            self._sweep(running)
            running.process.wait()
            self._forget(running)

    # ---- inside

    def _wait_for(self, left: list[Running], seconds: float) -> list[Running]:
        """Wait for *left* to end, *seconds* at most, passing on their last lines; return who has not."""
        end = time.monotonic() + seconds
        while left and time.monotonic() < end and not self._hurry():
            for key, _ in self._selector.select(0.05):
                self._read(key.data)
            for running in [one for one in left if one.process.poll() is not None]:
                self._sweep(running)
                self._forget(running)
                left.remove(running)
        return left

    def _ended(self, running: Running) -> None:
        self._read(running)
        self._sweep(running)
        self._forget(running)
        program, code = running.program, running.process.returncode
        if program.job:
            if code != 0 and program.optional:
                self._say(program.name, f"failed ({_how(code)})")
            elif code != 0:
                shown = "\n".join(running.last_lines) if program.quiet else ""
                raise ProgramFailedError(f"{program.name} failed ({_how(code)}).\n{shown}".rstrip())
            return
        starts = self._starts[program.name]
        if len(starts) > RESTARTS and time.monotonic() - starts[0] < RESTART_WINDOW:
            raise ProgramFailedError(f"{program.name} ended {len(starts)} times within a minute ({_how(code)}).")
        self._say(program.name, f"ended ({_how(code)}); starting it again")
        self._waiting[program.name] = (time.monotonic() + RESTART_PAUSE, program)

    @staticmethod
    def _sweep(running: Running) -> None:
        """Kill what is left of the program's process group: what it started and did not end."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(running.process.pid, signal.SIGKILL)

    def _forget(self, running: Running) -> None:
        self._read(running)
        if running.partial:
            self._pass_on(running, running.partial)
        with contextlib.suppress(KeyError):
            self._selector.unregister(running.pipe)
        running.pipe.close()
        self._running.pop(running.program.name, None)

    def _read(self, running: Running) -> None:
        while True:
            try:
                chunk = os.read(running.pipe.fileno(), 65_536)
            except (BlockingIOError, ValueError, OSError):
                return
            if not chunk:
                # Closed by the program and all it started; that it ended is noticed apart from that.
                with contextlib.suppress(KeyError):
                    self._selector.unregister(running.pipe)
                return
            *lines, running.partial = (running.partial + chunk).split(b"\n")
            for line in lines:
                self._pass_on(running, line)
            if len(running.partial) > LONGEST_LINE:
                self._pass_on(running, running.partial)
                running.partial = b""

    def _pass_on(self, running: Running, line: bytes) -> None:
        text = line.decode("utf-8", "replace").rstrip()
        running.last_lines.append(text)
        if not running.program.quiet:
            self._say(running.program.name, text)


def _how(code: int) -> str:
    if code >= 0:
        return f"exit status {code}"
    try:
        return signal.Signals(-code).name
    except ValueError:
        return f"signal {-code}"
