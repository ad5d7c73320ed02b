"""What the tests of the stack share: running programs as somebody else, and looking for what they left."""

import os
import pwd
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from tracker.devstack.processes import Account, may

ROOT = Path(__file__).resolve().parents[2]


def processes_with(text: str) -> dict[int, str]:
    """Return the processes, by number, that have *text* in their command line or their working folder's path."""
    found = {}
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            folder = str((entry / "cwd").readlink())
        except OSError:
            continue
        if text in command or text in folder:
            found[int(entry.name)] = command.strip()
    return found


def children_of(pid: int) -> Iterator[int]:
    """Yield the processes that *pid* started and that still run."""
    listed = subprocess.run(["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True, check=False)
    yield from (int(line) for line in listed.stdout.split())


def unprivileged(command: list[str]) -> list[str]:
    """Return *command* as an account that is not root runs it: as it is for one that is not.

    As root, `nobody` runs it. Where the interpreter or the checkout lies in root's own folders, `nobody` keeps the
    one capability that lets it read there; all that the code decides by (it is not root) is the same.
    """
    if os.geteuid() != 0:
        return command
    entry = pwd.getpwnam("nobody")
    as_nobody = ["setpriv", f"--reuid={entry.pw_uid}", f"--regid={entry.pw_gid}", "--clear-groups"]
    account = Account("nobody", entry.pw_uid, entry.pw_gid)
    if not may(account, "x", Path(sys.executable)) or not may(account, "r", ROOT / "manage.py"):
        as_nobody += ["--inh-caps=+dac_override", "--ambient-caps=+dac_override"]
    return [*as_nobody, *command]
