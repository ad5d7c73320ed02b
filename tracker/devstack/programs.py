"""The programs of the stack: their command lines and their environment."""

import hashlib
import os
import signal
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from urllib.parse import quote

from tracker.devstack.state import Secrets
from tracker.devstack.supervise import Program

QUEUES = "collect,extract"
# The caller's environment goes on to every program but for what would change what they are.
DROPPED = (
    "DJANGO_SETTINGS_MODULE",
    "PYTHONHOME",
    "PYTHONPATH",
    "PYTHONSTARTUP",
    "GUNICORN_CMD_ARGS",
    "WEB_CONCURRENCY",
)
DROPPED_PREFIXES = ("PG", "CELERY_")


@dataclass(frozen=True)
class Addresses:
    """Where everything is to be found, as URLs; no *broker* is the one in *database*."""

    site: str
    database: str
    broker: str
    origin: str


def environment(
    caller: Mapping[str, str], addresses: Addresses, secrets: Secrets, data_dir: Path, *, live: bool
) -> dict[str, str]:
    """Return the environment that all programs share: the caller's, with the stack's own settings on top.

    Intervals are short so that the demonstration fills within a minute or two; with the list of real feeds
    (*live*) the site keeps to the intervals that others' servers may expect.
    """
    kept = {
        name: value for name, value in caller.items() if name not in DROPPED and not name.startswith(DROPPED_PREFIXES)
    }
    defaults = {
        "DEBUG": "0",
        "SWEEP_SECONDS": "3",
        "POLL_MIN_SECONDS": "900" if live else "30",
        "FETCH_SPACING_MS": "1000" if live else "20",
        "DUMP_MINUTES": "3",
        "ALLOWED_HOSTS": "localhost,127.0.0.1,[::1]",
        "LOG_LEVEL": "INFO",
    }
    ours = {
        "DATABASE_URL": addresses.database,
        # Left out for the queues in our own PostgreSQL: settings know, and celery's command line reads it as well.
        **({"BROKER_URL": addresses.broker} if addresses.broker else {}),
        "SECRET_KEY": secrets.secret_key,
        "SITE_URL": addresses.site,
        "STATIC_ROOT": str(data_dir / "static"),
        "DUMPS_ROOT": str(data_dir / "dumps"),
        # No mail leaves the machine: each is a file there, and its words are in the admin.
        "EMAIL_URL": f"file://{quote(str((data_dir / 'mail').absolute()))}",
        "FETCH_ALLOWED_ORIGINS": addresses.origin,
        "DEMONSTRATION": "1",
        "LIVE": "1" if live else "",
        "TRACKER_ADMIN_USER": secrets.admin_user,
        "TRACKER_ADMIN_PASSWORD": secrets.admin_password,
        "TRACKER_REVIEWER_USER": secrets.reviewer_user,
        "TRACKER_REVIEWER_PASSWORD": secrets.reviewer_password,
        # The two that are printed need no second factor, on this machine alone.
        "DEMONSTRATION_LOGINS": f"{secrets.admin_user},{secrets.reviewer_user}",
        "PYTHONUNBUFFERED": "1",
    }
    return {**defaults, **kept, **ours}


@dataclass(frozen=True)
class Programs:
    """Makes the programs of one stack: all run in *checkout*, with *env*."""

    checkout: Path
    env: Mapping[str, str]

    def _program(self, name: str, arguments: Iterable[str], **more: object) -> Program:
        return Program(name, [sys.executable, *arguments], self.env, self.checkout, **more)  # type: ignore[arg-type]

    def manage(self, *arguments: str) -> Program:
        """A management command, run once; its output is shown if it fails."""
        return self._program(arguments[0], ["manage.py", *arguments], job=True, quiet=True)

    def curate(self, origin: str) -> Program:
        """The seeded editor, who decides on the listed drafts as they come in, for ten minutes at most."""
        arguments = ["manage.py", "curate_demonstration", "--origin", origin, "--wait", "600"]
        return self._program("editor", arguments, job=True, optional=True)

    def origin(self, port: int, started: float) -> Program:
        """The demonstration's origin server; a page that changed since *started* stays changed."""
        place = ["--host", "127.0.0.1", "--port", str(port), "--started", str(started)]
        return self._program("origin", ["-m", "tracker.demo.origin", *place])

    def web(self, socket_fd: int) -> Program:
        """gunicorn on a listening socket that the stack keeps, so that a restart refuses no visitor."""
        options = ["--bind", f"fd://{socket_fd}", "--worker-class", "gthread", "--workers", "2", "--threads", "4"]
        calm = ["--graceful-timeout", "5", "--keep-alive", "5", "--log-level", "warning", "--no-control-socket"]
        return self._program("web", ["-m", "gunicorn", "tracker.wsgi", *options, *calm], pass_fds=(socket_fd,))

    def worker(self) -> Program:
        """One Celery worker for both queues."""
        options = ["--queues", QUEUES, "--concurrency", "2", "--without-gossip", "--without-mingle"]
        # The demonstration runs as whoever asked for it, root too; that is no news on every start.
        calm = ["-W", "ignore:You're running the worker with superuser"]
        # Cold on a kill of the supervisor: the database ends as well, and unfinished rows are leased again.
        return self._program(
            "worker",
            [*calm, "-m", "celery", "--quiet", "--app", "tracker.celery", "worker", *options],
            parent_death=signal.SIGQUIT,
        )

    def beat(self) -> Program:
        """Celery's clock; its schedule is kept in memory."""
        return self._program("beat", ["-m", "celery", "--quiet", "--app", "tracker.celery", "beat", "--pidfile="])


def static_fingerprint(checkout: Path) -> str:
    """Return a digest of the site's static files, their names, sizes and times, and of what makes them ready."""
    digest = hashlib.sha256(f"{version('django')} {version('whitenoise')}".encode())
    for folder in [checkout / place / "static" for place in ("templates", "claims", "tracker", "tracker/news")]:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                facts = path.stat()
                digest.update(f"{path.relative_to(checkout)} {facts.st_size} {facts.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def checkout_root() -> Path:
    """Return the folder of the checkout that this module is part of."""
    return Path(os.path.realpath(__file__)).parents[2]
