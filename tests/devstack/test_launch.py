"""The launcher between a supervisor and its child: account, folder, signals, and the end of both."""

import os
import pwd
import signal
import subprocess
import sys
from pathlib import Path

from tests.devstack.helpers import ROOT
from tracker.devstack.processes import Account, end_processes, is_running, launch, wait_until

# Starts a child that sleeps, says its number, and is killed.
PARENT = """
import os, signal, subprocess, sys
from tracker.devstack.processes import launch
child = launch(
    [sys.executable, "-uc", "import time; print('up'); time.sleep(60)"], env=dict(os.environ), stdout=subprocess.PIPE
)
child.stdout.readline()
print(child.pid, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


def said_by(code: str, **more: object) -> list[str]:
    child = launch([sys.executable, "-c", code], env=dict(os.environ), stdout=subprocess.PIPE, **more)  # type: ignore[arg-type]
    out, _ = child.communicate(timeout=30)
    return out.decode().split()


def test_a_child_ends_with_its_parent() -> None:
    killed = subprocess.run([sys.executable, "-c", PARENT], cwd=ROOT, capture_output=True, text=True, check=False)
    child = int(killed.stdout)
    assert killed.returncode == -signal.SIGKILL
    assert wait_until(lambda: not is_running(child), 10.0)


def test_a_child_whose_parent_is_gone_does_not_start() -> None:
    launcher = ROOT / "tracker" / "devstack" / "launch.py"
    command = [sys.executable, "-I", "-S", str(launcher), "--parent", "1", "--", sys.executable, "-c", "print('ran')"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "has ended" in done.stderr
    assert "ran" not in done.stdout


def test_a_child_has_a_session_and_a_folder_of_its_own(tmp_path: Path) -> None:
    session, folder = said_by("import os; print(os.getsid(0) == os.getpid(), os.getcwd())", folder=tmp_path)
    assert session == "True"
    assert folder == str(tmp_path)


def test_an_ignored_signal_is_not_handed_down() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        handlers = said_by("import signal; print(signal.getsignal(signal.SIGHUP) is signal.SIG_DFL)")
    finally:
        signal.signal(signal.SIGHUP, before)
    assert handlers == ["True"]


def test_a_child_runs_under_the_account_it_is_given() -> None:
    entry = pwd.getpwnam("nobody") if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())
    account = Account(entry.pw_name, entry.pw_uid, entry.pw_gid) if os.geteuid() == 0 else None
    child = launch(["/usr/bin/env", "id", "-u"], env={"PATH": os.defpath}, account=account, stdout=subprocess.PIPE)
    out, _ = child.communicate(timeout=30)
    assert int(out) == entry.pw_uid


def test_a_program_that_is_not_there_is_named() -> None:
    child = launch(["/no/such/program"], env={}, stdout=subprocess.PIPE)
    out, _ = child.communicate(timeout=30)
    assert child.returncode == 1
    assert b"/no/such/program: No such file" in out


def test_who_does_not_listen_is_killed() -> None:
    deaf = (
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); time.sleep(60)"
    )
    child = launch([sys.executable, "-c", deaf], env={}, stdout=subprocess.PIPE)
    assert child.stdout
    assert child.stdout.readline() == b"deaf\n"
    assert end_processes([child.pid], ((signal.SIGTERM, 0.3), (signal.SIGKILL, 5.0)))
    assert child.wait() == -signal.SIGKILL
    child.stdout.close()
