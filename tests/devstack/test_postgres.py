"""The embedded server: made, started, stopped, killed, and started again."""

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.devstack.helpers import ROOT, processes_with, unprivileged
from tracker.devstack import postgres
from tracker.devstack.binaries import PostgresUnavailableError
from tracker.devstack.postgres import EmbeddedPostgres, temporary_postgres
from tracker.devstack.processes import service_account, wait_until

# Starts a server on the folder that it is given, writes a row, says how many there are, and ends as it is told.
SCRIPT = """
import os, signal, sys
from pathlib import Path
import psycopg
from tracker.devstack.postgres import EmbeddedPostgres
with EmbeddedPostgres(Path(sys.argv[1])) as server:
    with psycopg.connect(server.url(), autocommit=True) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS kept (n int)")
        connection.execute("INSERT INTO kept VALUES (1)")
        print(os.geteuid(), connection.execute("SELECT count(*) FROM kept").fetchone()[0], flush=True)
        if "kill-server" in sys.argv:
            os.kill(server.pid, signal.SIGKILL)
        if "kill" in sys.argv:
            os.kill(os.getpid(), signal.SIGKILL)
"""


def run_script(folder: Path, *how: str, prefix: list[str] | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*(prefix or []), sys.executable, "-c", SCRIPT, str(folder), *how],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def value(url: str, query: str) -> object:
    with psycopg.connect(url, autocommit=True) as connection:
        row = connection.execute(query.encode()).fetchone()
    return row[0] if row else None


@pytest.fixture(scope="module")
def server() -> Iterator[EmbeddedPostgres]:
    with temporary_postgres() as running:
        yield running


def as_superuser(server: EmbeddedPostgres, query: str) -> object:
    return value(server.url("postgres", postgres.SUPERUSER), query)


def test_the_cluster_sorts_by_code_point_and_checks_its_pages(server: EmbeddedPostgres) -> None:
    cluster = "FROM pg_database WHERE datname = 'tracker'"
    assert as_superuser(server, f"SELECT datlocprovider::text || ' ' || datlocale {cluster}") == "b C.UTF-8"
    assert as_superuser(server, "SHOW data_checksums") == "on"
    assert as_superuser(server, "SHOW server_encoding") == "UTF8"


def test_it_listens_on_a_socket_in_a_closed_folder_alone(server: EmbeddedPostgres) -> None:
    assert as_superuser(server, "SHOW listen_addresses") == ""
    assert server.socket_dir.stat().st_mode & 0o777 == 0o700


def test_the_user_of_the_url_is_no_superuser_and_may_add_the_extensions(server: EmbeddedPostgres) -> None:
    assert value(server.url(), "SELECT usesuper FROM pg_user WHERE usename = current_user") is False
    with psycopg.connect(server.url()) as connection:
        for name in ("pg_trgm", "unaccent", "btree_gist", "citext"):
            connection.execute(f"CREATE EXTENSION IF NOT EXISTS {name}")
        connection.rollback()


def test_its_account_has_no_groups_but_its_own(server: EmbeddedPostgres) -> None:
    status = Path(f"/proc/{server.pid}/status").read_text()
    account = service_account()
    uid = account.uid if account else os.geteuid()
    assert f"Uid:\t{uid}\t{uid}\t{uid}\t{uid}" in status
    if account:
        assert "Groups:\t \n" in status


def test_the_callers_environment_does_not_reach_it(server: EmbeddedPostgres, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = Path(f"/proc/{server.pid}/environ").read_bytes().split(b"\0")
    assert {entry.partition(b"=")[0] for entry in seen if entry} <= {
        b"LC_ALL",
        b"PATH",
        b"PGDATA",
        b"PG_GRANDPARENT_PID",
    }


def test_a_stop_leaves_no_process_and_no_socket(tmp_path: Path) -> None:
    with EmbeddedPostgres(tmp_path / "data", durable=False) as server:
        socket_dir, pid = server.socket_dir, server.pid
    assert not socket_dir.exists()
    assert server.pid is None
    assert pid not in processes_with(str(tmp_path))


def test_a_long_path_with_spaces_in_a_closed_folder_will_do(tmp_path: Path) -> None:
    closed = tmp_path / "a closed folder"
    folder = closed / ("a long name " * 8).strip() / 'it\'s "data"'
    folder.parent.mkdir(parents=True)
    closed.chmod(0o700)
    with EmbeddedPostgres(folder, durable=False) as server:
        assert len(os.fsencode(server.socket_dir / postgres.SOCKET)) < 104
        assert value(server.url(), "SELECT 1") == 1
    assert (folder / "PG_VERSION").exists()


@pytest.mark.parametrize("how", [["kill"], ["kill", "kill-server"]])
def test_a_kill_leaves_no_orphan_and_the_next_start_has_the_data(tmp_path: Path, how: list[str]) -> None:
    folder = tmp_path / "data"
    killed = run_script(folder, *how)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert run_script(folder).stdout.split()[1] == "2"
    assert run_script(folder, *how).returncode == -signal.SIGKILL
    assert wait_until(lambda: not processes_with(str(folder)), 15.0), processes_with(str(folder))
    # The socket's folder that a killed run left is the next one's, which removes it.
    assert run_script(folder).stdout.split()[1] == "4"


def test_a_stale_process_number_that_another_program_has_now_is_passed_by(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    with EmbeddedPostgres(folder, durable=False):
        lines = (folder / "postmaster.pid").read_text().splitlines()
    (folder / "postmaster.pid").write_text("\n".join([str(os.getpid()), *lines[1:]]) + "\n")
    with EmbeddedPostgres(folder, durable=False) as server:
        assert value(server.url(), "SELECT 1") == 1


def test_two_servers_do_not_share_their_data(tmp_path: Path) -> None:
    with EmbeddedPostgres(tmp_path / "data", durable=False) as first:
        with pytest.raises(PostgresUnavailableError, match="in use by another run"):
            EmbeddedPostgres(tmp_path / "data", durable=False).start()
        assert value(first.url(), "SELECT 1") == 1


def test_a_half_made_cluster_is_made_anew(tmp_path: Path) -> None:
    half = tmp_path / ".data-abcdefgh"
    half.mkdir()
    (half / "PG_VERSION").write_text("18\n")
    with EmbeddedPostgres(tmp_path / "data", durable=False) as server:
        assert value(server.url(), "SELECT 1") == 1
    assert not half.exists()


def test_data_of_another_version_are_left_alone(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "PG_VERSION").write_text("15\n")
    with pytest.raises(PostgresUnavailableError, match=r"made by PostgreSQL 15.*POSTGRES_BIN"):
        EmbeddedPostgres(folder).start()


def test_binaries_that_are_named_and_not_there_are_named_in_the_error(tmp_path: Path) -> None:
    with pytest.raises(PostgresUnavailableError, match="POSTGRES_BIN=/nowhere"):
        EmbeddedPostgres(tmp_path / "data", binaries="/nowhere").start()


def test_a_server_that_cannot_start_says_why(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    with EmbeddedPostgres(folder, durable=False):
        pass
    (folder / "postgresql.conf").write_text("no_such_setting = 1\n")
    with pytest.raises(PostgresUnavailableError, match="no_such_setting"):
        EmbeddedPostgres(folder, durable=False).start()


def test_a_squatted_name_for_the_socket_folder_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
    account = service_account()
    with tempfile.TemporaryDirectory(prefix="tr") as parent:
        Path(parent).chmod(0o711)
        monkeypatch.setattr(tempfile, "tempdir", parent)
        first = postgres.make_socket_dir(tmp_path, account)
        assert postgres.make_socket_dir(tmp_path, account) == first
        first.rmdir()
        first.symlink_to(tmp_path)
        second = postgres.make_socket_dir(tmp_path, account)
        assert second != first
        assert second.parent == first.parent
        assert second.stat().st_mode & 0o777 == 0o700


def test_a_temporary_folder_with_a_long_name_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    long = tmp_path / ("x" * 100)
    long.mkdir()
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
    monkeypatch.setattr(tempfile, "tempdir", str(long))
    made = postgres.make_socket_dir(tmp_path, service_account())
    made.rmdir()
    assert made.parent in {Path("/tmp"), Path("/var/tmp")}


def test_it_runs_for_an_account_that_is_not_root() -> None:
    with tempfile.TemporaryDirectory(prefix="tracker-") as home:
        Path(home).chmod(0o777)
        done = run_script(Path(home) / "data", prefix=unprivileged([]))
        assert done.returncode == 0, done.stderr
        uid, rows = done.stdout.split()
        assert uid != "0"
        assert rows == "1"
        again = run_script(Path(home) / "data", "kill", prefix=unprivileged([]))
        assert again.stdout.split()[1] == "2"
        assert wait_until(lambda: not processes_with(home), 15.0)
        assert run_script(Path(home) / "data", prefix=unprivileged([])).stdout.split()[1] == "3"
