"""A site of real parts for the tests of faults: PostgreSQL, workers and beat as processes that may be killed."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from subprocess import Popen
from typing import Any

import psycopg

from tracker.devstack.processes import end_processes, launch

ROOT = Path(__file__).resolve().parents[2]
STOP_STEPS = ((signal.SIGTERM, 10.0), (signal.SIGKILL, 5.0))
# Short, so that the tests wait seconds for what takes minutes in production (`workers.py` sets them).
LEASE_SECONDS = 4
SWEEP_SECONDS = 1
PATIENCE = 60.0
# What the route made, without the keys and times in which two runs always differ.
OUTCOME = {
    "feeds": "SELECT url, state, etag <> '', failures FROM news_feed",
    "entries": "SELECT f.url, e.guid FROM news_entry e JOIN news_feed f ON f.id = e.feed_id",
    "articles": "SELECT a.title, a.original_id IS NOT NULL, a.last_error FROM news_article a",
    "snapshots": "SELECT s.sha256 FROM news_snapshot s",
    "readings": "SELECT r.verdict, md5(r.text) FROM news_reading r",
    "unread": "SELECT count(*) FROM news_unread",
    # A copy that is read before its original is extracted as well, and gives no draft of its own.
    "extractions": "SELECT DISTINCT relevant, finished_at IS NOT NULL, last_error FROM claims_extraction",
    "mentions": 'SELECT c.kind, c.state, c.statement, m.start, m."end", m.quote FROM claims_mention m'
    " JOIN claims_claim c ON c.id = m.claim_id",
    "decisions": "SELECT verb, subject FROM claims_decision",
}


@dataclass
class Site:
    """One database, the settings of its processes, and the processes that a test started."""

    database: str
    origin: str
    logs: Path
    settings: dict[str, str] = field(default_factory=dict)
    running: list[Popen[bytes]] = field(default_factory=list)

    @property
    def env(self) -> dict[str, str]:
        """The environment of every process of the site."""
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
        return {
            **kept,
            "DATABASE_URL": self.database,
            "DEBUG": "1",
            "SECRET_KEY": "for-tests-of-faults-" + "x" * 40,
            "SITE_URL": "http://127.0.0.1:9",
            "FETCH_ALLOWED_ORIGINS": self.origin,
            "FETCH_SPACING_MS": "1",
            "SWEEP_SECONDS": str(SWEEP_SECONDS),
            "POLL_MIN_SECONDS": "900",
            "LEASE_SECONDS": str(LEASE_SECONDS),
            "PYTHONUNBUFFERED": "1",
            **self.settings,
        }

    # ---- processes

    def start(self, name: str, *arguments: str, pass_fds: Iterable[int] = (), **env: str) -> Popen[bytes]:
        """Start ``python ARGUMENTS`` in a session of its own; its output goes to a log of that name."""
        with (self.logs / f"{name}.log").open("ab") as log:
            process = launch(
                [sys.executable, *arguments], env=self.env | env, folder=ROOT, stdout=log, pass_fds=pass_fds
            )
        self.running.append(process)
        return process

    def worker(
        self,
        *pool: str,
        name: str = "worker",
        queues: str = "collect,extract",
        die_at: str = "",
        clock: str = "",
        **env: str,
    ) -> Popen[bytes]:
        """Start a worker that kills itself at the point *die_at* and whose clock is *clock* seconds off."""
        options = ["--app", "tests.faults.workers", "worker", "--queues", queues, "--without-gossip"]
        command = ["-m", "celery", "--quiet", *options, "--without-mingle", *(pool or ("--pool", "solo"))]
        return self.start(name, *command, pass_fds=(), **(env | {"DIE_AT": die_at, "CLOCK_OFF": clock}))

    def beat(self, name: str = "beat", clock: str = "") -> Popen[bytes]:
        """Start beat, its clock *clock* seconds off."""
        command = ["-m", "celery", "--quiet", "--app", "tests.faults.workers", "beat", "--pidfile="]
        return self.start(name, *command, CLOCK_OFF=clock)

    def web(self, name: str = "web") -> str:
        """Start a web server; return its address without a slash at its end."""
        with socket.socket() as listening:
            listening.bind(("127.0.0.1", 0))
            listening.listen(64)
            listening.set_inheritable(True)
            bind = ["--bind", f"fd://{listening.fileno()}", "--worker-class", "gthread", "--threads", "4"]
            arguments = ["-m", "gunicorn", "tracker.wsgi", *bind, "--log-level", "warning", "--no-control-socket"]
            self.start(name, *arguments, pass_fds=(listening.fileno(),))
            return f"http://127.0.0.1:{listening.getsockname()[1]}"

    def manage(self, *arguments: str, **env: str) -> str:
        """Run a management command; return what it printed.

        Raises:
            subprocess.CalledProcessError: it failed; its output shows why.
        """
        command = [sys.executable, "manage.py", *arguments]
        done = subprocess.run(command, env=self.env | env, cwd=ROOT, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{arguments}: {done.stdout}{done.stderr}"
        return done.stdout

    def kill(self, process: Popen[bytes]) -> None:
        """End a process as a power cut does."""
        process.kill()
        process.wait()

    def stop(self, process: Popen[bytes]) -> None:
        """End a process as an upgrade does."""
        if process.poll() is None:
            end_processes([process.pid], STOP_STEPS)
        process.wait()

    def close(self) -> None:
        """End every process that was started, at once: what they hold is thrown away."""
        for process in self.running:
            self.kill(process)

    def log(self, name: str = "worker") -> str:
        """Return what the processes of that name have said."""
        path = self.logs / f"{name}.log"
        return path.read_text(errors="replace") if path.exists() else ""

    # ---- the database

    def query(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        """Run one statement and commit; return its rows, if it gives any."""
        with psycopg.connect(self.database, autocommit=True) as connection:
            cursor = connection.execute(statement.encode(), values or None)
            return cursor.fetchall() if cursor.description else []

    def count(self, statement: str, *values: Any) -> int:
        """Return the one number that a statement gives."""
        [[number]] = self.query(statement, *values)
        return int(number)

    def outcome(self) -> dict[str, list[tuple[Any, ...]]]:
        """Return what the route has made so far, in an order that two runs share."""
        return {name: sorted(self.query(statement), key=repr) for name, statement in OUTCOME.items()}

    def is_done(self) -> bool:
        """Tell whether nothing is due in any stage and something was extracted."""
        waiting = (
            "SELECT (SELECT count(*) FROM news_article WHERE due_at <= now()) + (SELECT count(*) FROM news_unread"
            " WHERE due_at IS NOT NULL) + (SELECT count(*) FROM claims_extraction WHERE finished_at IS NULL AND due_at"
            " IS NOT NULL) + (SELECT count(*) FROM news_feed WHERE last_polled_at IS NULL AND state = 'active')"
            " + (SELECT count(*) FROM news_reading r WHERE verdict = 'article' AND NOT EXISTS (SELECT 1 FROM"
            " claims_extraction e WHERE e.reading_id = r.id) AND NOT EXISTS (SELECT 1 FROM news_snapshot s JOIN"
            " news_article a ON a.id = s.article_id WHERE s.id = r.snapshot_id AND a.original_id IS NOT NULL))"
        )
        return self.count(waiting) == 0 and self.count("SELECT count(*) FROM claims_extraction") > 0


def until(check: Callable[[], Any], site: Site, seconds: float = PATIENCE) -> Any:
    """Return *check*'s first true value; fail with the workers' last words where it has none in time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            if value := check():
                return value
        except psycopg.OperationalError:
            pass  # the database may be what is down
        time.sleep(0.2)
    logs = "\n".join(f"--- {path.name}\n{path.read_text(errors='replace')[-3000:]}" for path in site.logs.iterdir())
    raise AssertionError(f"not within {seconds:.0f} s\n{logs}")


@contextmanager
def site_on(database: str, origin: str, logs: Path, settings: Mapping[str, str] | None = None) -> Iterator[Site]:
    """Have a site for the length of a block; whatever it started is ended."""
    site = Site(database, origin, logs, dict(settings or {}))
    try:
        yield site
    finally:
        site.close()
