"""What `make run` keeps in the checkout's `.data/`: secrets, ports, the lock, and what runs now."""

import fcntl
import json
import os
import secrets
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from tracker.devstack.processes import end_processes, is_running

ADMIN_USER = "editor"
REVIEWER_USER = "reviewer"
LEFTOVER_STEPS = ((signal.SIGTERM, 5.0), (signal.SIGKILL, 5.0))


class AlreadyRunningError(RuntimeError):
    """Another run has this folder; the message says which."""


@dataclass(frozen=True)
class Secrets:
    """Made once: Django's key and the two logins of the demonstration, its administrator's and its reviewer's."""

    secret_key: str
    admin_user: str
    admin_password: str
    reviewer_user: str
    reviewer_password: str


class State:
    """The folder and its files. Nobody but its owner (and root) can read the secrets."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.absolute()
        self._lock: IO[str] | None = None

    def open(self) -> None:
        """Make the folder and take its lock; it is held until `close`, or until this process ends in any way.

        Raises:
            AlreadyRunningError: another process holds it.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        # As root PostgreSQL's account has to walk through; it cannot list what is here.
        self.folder.chmod(0o711 if os.geteuid() == 0 else 0o700)
        self._lock = (self.folder / "run.lock").open("a+")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._lock.close()
            self._lock = None
            known = self.running()
            where = f", {known['site']}" if known.get("site") else ""
            who = f" (process {known['pid']}{where})" if known.get("pid") else ""
            raise AlreadyRunningError(
                f"The tracker is running already in this checkout{who}. Stop it there with Ctrl-C"
                + (f", or by: kill -INT {known['pid']}" if known.get("pid") else "")
            ) from None

    def close(self) -> None:
        """Forget what ran and give the lock back."""
        if self._lock is not None:
            (self.folder / "run.json").unlink(missing_ok=True)
            self._lock.close()
            self._lock = None

    def secrets(self) -> Secrets:
        """Return the secrets, made at the first call and the same ever after."""
        path = self.folder / "secrets.json"
        kept = self._read(path)
        found = Secrets(
            secret_key=str(kept.get("secret_key") or secrets.token_urlsafe(64)),
            admin_user=str(kept.get("admin_user") or ADMIN_USER),
            admin_password=str(kept.get("admin_password") or secrets.token_urlsafe(12)),
            reviewer_user=str(kept.get("reviewer_user") or REVIEWER_USER),
            reviewer_password=str(kept.get("reviewer_password") or secrets.token_urlsafe(12)),
        )
        if kept != vars(found):
            self._write(path, vars(found))
        path.chmod(0o600)
        return found

    def origin(self) -> dict[str, Any]:
        """Return the demonstration origin's `port` and `started` (Unix time), empty before its first start."""
        return self._read(self.folder / "origin.json")

    def keep_origin(self, port: int, started: float) -> None:
        """Keep the origin's port, which is part of every address that was collected from it."""
        self._write(self.folder / "origin.json", {"port": port, "started": started})

    def running(self) -> dict[str, Any]:
        """Return what `announce` last said: pid, site, admin, … (empty where nothing runs)."""
        return self._read(self.folder / "run.json")

    def announce(self, **facts: Any) -> None:
        """Say what runs now, for the next run and for tests."""
        self._write(self.folder / "run.json", facts)

    def keep_children(self, pids: Mapping[str, int]) -> None:
        """Keep the process ids of what was started, so that the next run can end what this one left."""
        self._write(self.folder / "children.json", {str(pid): started_at(pid) for pid in pids.values()})

    def end_leftovers(self) -> None:
        """End the processes of a run that was killed. On Linux the kernel has told them to end already."""
        kept = self._read(self.folder / "children.json")
        # A number that another program has been given since has another start.
        ours = [int(pid) for pid, start in kept.items() if is_running(int(pid)) and started_at(int(pid)) == start]
        end_processes(ours, LEFTOVER_STEPS)

    @staticmethod
    def _read(path: Path) -> dict[str, Any]:
        try:
            found = json.loads(path.read_text())
        except (OSError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}

    @staticmethod
    def _write(path: Path, content: dict[str, Any]) -> None:
        """Write beside and rename: a file is whole or not there. Readable by its owner alone (mkstemp's mode)."""
        handle, name = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
        with os.fdopen(handle, "w") as file:
            json.dump(content, file)
        Path(name).replace(path)


def started_at(pid: int) -> str:
    """Return when *pid* was started, in whatever form the system tells; empty where it does not run."""
    if sys.platform == "linux":
        try:
            # Field 22 of proc_pid_stat(5); the name in field 2 may hold spaces.
            return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19]
        except (OSError, IndexError):
            return ""
    listed = subprocess.run(["/bin/ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return listed.stdout.strip()
