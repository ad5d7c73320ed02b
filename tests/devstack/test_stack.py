"""The whole stack as `make run` starts it: killed in every way, stopped in every way, and started again.

The tests of this module share one stack and build on one another, from the first start to the last stop.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.devstack.helpers import ROOT, children_of, processes_with
from tracker.devstack.processes import command_of, is_running, wait_until
from tracker.devstack.stack import UNSET, Stack
from tracker.devstack.state import State

PROGRAMS = ("origin", "web", "worker", "beat")


def status(url: str) -> int:
    try:
        with urllib.request.urlopen(url, timeout=20) as answer:
            return int(answer.status)
    except OSError:
        return 0


def number_of(stack: Stack, program: str) -> int:
    """Return the process id of a program of the stack, 0 where it does not run."""
    marks = {"origin": "tracker.demo.origin", "web": "gunicorn", "worker": "--queues", "beat": " beat "}
    for pid in children_of(stack.pid):
        if marks[program] in command_of(pid):
            return pid
    return 0


def leftovers(stack: Stack) -> dict[int, str]:
    """Return the processes that only this stack can have started."""
    own = {pid: command for pid, command in processes_with(str(stack.data_dir)).items() if pid != os.getpid()}
    origin = processes_with(f"--port {State(stack.data_dir).origin()['port']} ")
    return own | origin


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    running = Stack(tmp_path_factory.mktemp("a folder with spaces") / "da ta")
    running.start()
    yield running
    running.stop()


def test_the_first_start_brings_up_everything(stack: Stack) -> None:
    assert status(stack.site) == 200
    assert status(f"{stack.site}/admin/login/") == 200
    assert status(stack.origin) == 200
    assert all(number_of(stack, name) for name in PROGRAMS)
    name, password = stack.login
    assert f"{name}  {password}" in stack.log()
    with psycopg.connect(stack.database_url) as connection:
        staff = connection.execute("SELECT username FROM auth_user WHERE is_superuser AND is_active").fetchall()
    assert (name,) in staff


def test_it_listens_on_this_machine_alone(stack: Stack) -> None:
    ports = {int(stack.site.rpartition(":")[2]), int(stack.origin.rpartition(":")[2])}
    sockets = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    addresses = {
        fields[1] for fields in sockets if fields[3] == "0A" and int(fields[1].rpartition(":")[2], 16) in ports
    }
    assert {address.partition(":")[0] for address in addresses} == {"0100007F"}


def test_a_second_run_at_once_says_that_one_is_running(stack: Stack) -> None:
    second = subprocess.run(
        [sys.executable, "-m", "tracker.devstack", "run", "--data-dir", str(stack.data_dir)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert second.returncode == 1
    assert f"running already in this checkout (process {stack.pid}, {stack.site})" in second.stderr
    assert status(stack.site) == 200


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_program_that_is_killed_is_started_again(stack: Stack, program: str) -> None:
    killed = number_of(stack, program)
    started_by_it = list(children_of(killed))
    os.kill(killed, signal.SIGKILL)
    assert wait_until(lambda: number_of(stack, program) not in {0, killed}, 20.0)
    assert wait_until(lambda: not any(is_running(pid) for pid in started_by_it), 10.0)
    assert "ended (SIGKILL); starting it again" in stack.log()
    assert wait_until(lambda: status(stack.site) == 200, 20.0)


def test_a_database_that_is_killed_is_started_again(stack: Stack) -> None:
    server = next(pid for pid in children_of(stack.pid) if "/bin/postgres -D" in command_of(pid))
    os.kill(server, signal.SIGKILL)
    assert wait_until(lambda: "postgres | ended; starting it again" in stack.log(), 20.0)
    assert wait_until(lambda: status(stack.site) == 200, 30.0)


def test_a_supervisor_that_is_killed_leaves_nobody(stack: Stack) -> None:
    os.kill(stack.pid, signal.SIGKILL)
    assert wait_until(lambda: not leftovers(stack), 20.0), leftovers(stack)
    stack.stop()


def test_the_next_run_goes_on_with_the_same_data(stack: Stack) -> None:
    secrets, origin = State(stack.data_dir).secrets(), stack.origin
    with_outlets = "SELECT count(*) FROM news_feed"
    stack.start()
    assert State(stack.data_dir).secrets() == secrets
    assert stack.origin == origin
    assert status(stack.site) == 200
    with psycopg.connect(stack.database_url) as connection:
        row = connection.execute(with_outlets).fetchone()
    assert row
    assert row[0] > 6
    assert stack.log().count("Static files …") == 1


def test_hanging_up_stops_everything_cleanly(stack: Stack) -> None:
    os.kill(stack.pid, signal.SIGHUP)
    assert wait_until(lambda: not is_running(stack.pid), 40.0)
    assert stack.stop() == 0
    assert not leftovers(stack)
    assert stack.log().rstrip().endswith("Stopped. `make run` goes on with the same data.")
    assert not (stack.data_dir / "run.json").exists()
    assert not (stack.data_dir / "postgres" / "postmaster.pid").exists()


def test_a_named_port_that_is_taken_is_an_error(stack: Stack) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        environment = {name: value for name, value in os.environ.items() if name not in UNSET} | {"PORT": str(port)}
        refused = subprocess.run(
            [sys.executable, "-m", "tracker.devstack", "run", "--data-dir", str(stack.data_dir)],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
    assert refused.returncode == 1
    assert f"Port {port} is taken" in refused.stderr


@pytest.mark.parametrize("word", ["0x50", "many", "70000"])
def test_a_port_that_is_none_is_an_error(stack: Stack, word: str) -> None:
    refused = subprocess.run(
        [sys.executable, "-m", "tracker.devstack", "run", "--data-dir", str(stack.data_dir)],
        cwd=ROOT,
        env={**os.environ, "PORT": word},
        capture_output=True,
        text=True,
        check=False,
    )
    assert refused.returncode == 2
    assert f"'{word}' is no port" in refused.stderr


def test_nobody_else_can_read_the_login(stack: Stack) -> None:
    path = stack.data_dir / "secrets.json"
    assert path.stat().st_mode & 0o777 == 0o600
    assert json.loads(path.read_text())["admin_password"] == stack.login[1]
