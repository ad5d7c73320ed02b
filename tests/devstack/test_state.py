"""What is kept in `.data`: made once, closed to others, whole or not there, one run at a time."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.devstack.helpers import ROOT
from tracker.devstack.processes import is_running, wait_until
from tracker.devstack.state import AlreadyRunningError, State, started_at


def test_secrets_are_made_once_and_closed_to_others(tmp_path: Path) -> None:
    state = State(tmp_path)
    first = state.secrets()
    assert len(first.secret_key) >= 50
    assert len(first.admin_password) >= 12
    assert (tmp_path / "secrets.json").stat().st_mode & 0o777 == 0o600
    assert State(tmp_path).secrets() == first
    (tmp_path / "other").mkdir()
    assert State(tmp_path / "other").secrets() != first


def test_secrets_that_were_opened_are_closed_again(tmp_path: Path) -> None:
    State(tmp_path).secrets()
    (tmp_path / "secrets.json").chmod(0o644)
    State(tmp_path).secrets()
    assert (tmp_path / "secrets.json").stat().st_mode & 0o777 == 0o600


def test_a_broken_file_of_secrets_is_made_anew(tmp_path: Path) -> None:
    (tmp_path / "secrets.json").write_text('{"secret_key": "ab')
    made = State(tmp_path).secrets()
    assert json.loads((tmp_path / "secrets.json").read_text())["secret_key"] == made.secret_key


def test_a_second_run_is_told_of_the_first(tmp_path: Path) -> None:
    first = State(tmp_path)
    first.open()
    first.announce(pid=4711, site="http://127.0.0.1:8000")
    with pytest.raises(AlreadyRunningError, match=r"process 4711, http://127.0.0.1:8000.*kill -INT 4711"):
        State(tmp_path).open()
    first.close()
    second = State(tmp_path)
    second.open()
    assert second.running() == {}
    second.close()


def test_a_killed_run_holds_no_lock(tmp_path: Path) -> None:
    code = """
import os, signal, sys
from pathlib import Path
from tracker.devstack.state import State
State(Path(sys.argv[1])).open()
os.kill(os.getpid(), signal.SIGKILL)
"""
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path)], cwd=ROOT, check=False)
    assert done.returncode == -signal.SIGKILL
    state = State(tmp_path)
    state.open()
    state.close()


def test_the_folder_is_closed_to_others(tmp_path: Path) -> None:
    state = State(tmp_path / "data")
    state.open()
    state.close()
    assert (tmp_path / "data").stat().st_mode & 0o066 == 0


def test_leftovers_of_a_killed_run_are_ended_and_nobody_else(tmp_path: Path) -> None:
    sleep = [sys.executable, "-c", "import time; time.sleep(60)"]
    ours, other = subprocess.Popen(sleep), subprocess.Popen(sleep)
    try:
        state = State(tmp_path)
        state.keep_children({"ours": ours.pid, "other": other.pid})
        kept = json.loads((tmp_path / "children.json").read_text())
        assert kept[str(ours.pid)] == started_at(ours.pid)
        # The other's number was given to it after the run that kept it had ended.
        kept[str(other.pid)] = "1"
        (tmp_path / "children.json").write_text(json.dumps(kept))
        State(tmp_path).end_leftovers()
        assert wait_until(lambda: not is_running(ours.pid), 5.0)
        assert is_running(other.pid)
    finally:
        for process in (ours, other):
            process.kill()
            process.wait()


def test_nothing_kept_is_nothing_to_end(tmp_path: Path) -> None:
    State(tmp_path).end_leftovers()
    assert State(tmp_path).origin() == {}


def test_the_origins_place_is_kept(tmp_path: Path) -> None:
    State(tmp_path).keep_origin(18100, 12.5)
    assert State(tmp_path).origin() == {"port": 18100, "started": 12.5}
    assert [path.name for path in tmp_path.iterdir()] == ["origin.json"]
