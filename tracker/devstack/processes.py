"""Start, recognise and end processes: what PostgreSQL's keeper and the supervisor share."""

import os
import pwd
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO

LAUNCHER = Path(__file__).with_name("launch.py")


@dataclass(frozen=True)
class Account:
    """A system account by its numbers."""

    name: str
    uid: int
    gid: int


def service_account() -> Account | None:
    """Return the account that PostgreSQL runs under: ``None`` (our own) unless we are root.

    Raises:
        RuntimeError: we are root, which PostgreSQL refuses, and there is neither ``postgres`` nor ``nobody``.
    """
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(name, entry.pw_uid, entry.pw_gid)
    raise RuntimeError("PostgreSQL does not run as root, and there is neither a postgres nor a nobody account.")


def launch(
    program: list[str],
    *,
    env: Mapping[str, str],
    folder: Path | None = None,
    account: Account | None = None,
    parent_death: signal.Signals = signal.SIGTERM,
    stdout: int | IO[bytes] | None = None,
    pass_fds: Iterable[int] = (),
) -> subprocess.Popen[bytes]:
    """Start *program* (an absolute path and its arguments) in a session of its own.

    It gets *parent_death* when the calling thread ends, so call from one that lasts. Standard error joins
    *stdout*; standard input is empty.
    """
    options = ["--parent", str(os.getpid()), "--signal", str(int(parent_death))]
    if folder is not None:
        options += ["--folder", str(folder)]
    if account is not None:
        options += ["--account", f"{account.uid}:{account.gid}"]
    return subprocess.Popen(
        [sys.executable, "-I", "-S", str(LAUNCHER), *options, "--", *program],
        env=dict(env),
        stdin=subprocess.DEVNULL,
        stdout=stdout,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        pass_fds=tuple(pass_fds),
    )


def may(account: Account | None, test: str, path: Path) -> bool:
    """Tell whether *account* passes ``test -TEST path`` (``r``, ``w``, ``x``): asked of the kernel, not guessed."""
    if account is None:
        return os.access(path, {"r": os.R_OK, "w": os.W_OK, "x": os.X_OK}[test])
    asked = subprocess.run(
        ["/bin/sh", "-c", f'test -{test} "$1"', "sh", str(path)],
        user=account.uid,
        group=account.gid,
        extra_groups=[],
        check=False,
        cwd="/",
        stdin=subprocess.DEVNULL,
    )
    return asked.returncode == 0


def is_running(pid: int) -> bool:
    """Tell whether *pid* is a process that has not ended; a zombie has."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return _state(pid) != "Z"


def _state(pid: int) -> str:
    try:
        # The name stands in brackets and may hold anything, brackets too.
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (OSError, IndexError):
        return ""


def command_of(pid: int) -> str:
    """Return the command line of *pid*, empty where there is none."""
    if sys.platform == "linux":
        try:
            return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
        except OSError:
            return ""
    listed = subprocess.run(["/bin/ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return listed.stdout.strip()


def wait_until(holds: Callable[[], bool], seconds: float, pause: float = 0.05) -> bool:
    """Ask *holds* until it says yes or *seconds* have passed; return its last answer."""
    end = time.monotonic() + seconds
    while not holds():
        if time.monotonic() >= end:
            return holds()
        time.sleep(pause)
    return True


def end_processes(pids: Iterable[int], steps: Iterable[tuple[signal.Signals, float]]) -> bool:
    """Send each step's signal to those of *pids* that still run and give them its seconds; return whether all ended."""
    left = [pid for pid in pids if is_running(pid)]
    for signum, seconds in steps:
        for pid in left:
            try:
                os.kill(pid, signum)
            except (ProcessLookupError, PermissionError):
                continue
        end = time.monotonic() + seconds
        while left and time.monotonic() < end:
            time.sleep(0.02)
            left = [pid for pid in left if is_running(pid)]
        if not left:
            break
    return not left
