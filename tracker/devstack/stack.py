"""The whole stack for a test: what `make run` starts, in a folder and on ports of its own.

>>> with Stack(tmp_path / "data") as stack:
...     page.goto(stack.site)
"""

import os
import signal
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from subprocess import Popen
from typing import Any, Self

from tracker.devstack.processes import end_processes, launch
from tracker.devstack.programs import checkout_root
from tracker.devstack.state import State

READY_SECONDS = 180.0
STOP_STEPS = ((signal.SIGINT, 40.0), (signal.SIGKILL, 5.0))
# The caller's own services and settings are not the stack's.
UNSET = (
    "ALLOWED_HOSTS",
    "BROKER_URL",
    "CSRF_TRUSTED_ORIGINS",
    "DATABASE_URL",
    "DEBUG",
    "LIVE",
    "LOG_LEVEL",
    "MAKELEVEL",
    "PORT",
    "SECRET_KEY",
    "SITE_URL",
    "SWEEP_SECONDS",
)


class StackFailedError(RuntimeError):
    """The stack did not start; the message holds what it said."""


class Stack:
    """`python -m tracker.devstack run`, started and stopped by a test. Start it from a thread that lasts.

    Args:
        data_dir: where everything is kept, `run.log` with all output too; may exist from an earlier stack.
        port: of the site; 0 is any free one.
        env: set on top of the caller's environment.
        checkout: where the code is.
    """

    def __init__(
        self, data_dir: Path, *, port: int = 0, env: Mapping[str, str] | None = None, checkout: Path | None = None
    ) -> None:
        self.data_dir = data_dir
        self.log_path = data_dir / "run.log"
        self._port = port
        self._env = dict(env or {})
        self._checkout = checkout or checkout_root()
        self._process: Popen[bytes] | None = None
        self._facts: dict[str, Any] = {}

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> Self:
        """Start and return when the site answers.

        Raises:
            StackFailedError: it ended before, or took longer than three minutes.
        """
        self.data_dir.mkdir(parents=True, exist_ok=True)
        env = {name: value for name, value in os.environ.items() if name not in UNSET} | self._env
        arguments = ["run", "--data-dir", str(self.data_dir.absolute()), "--port", str(self._port)]
        with self.log_path.open("ab") as log:
            self._process = launch(
                [sys.executable, "-m", "tracker.devstack", *arguments],
                env=env,
                folder=self._checkout,
                stdout=log,
            )
        end = time.monotonic() + READY_SECONDS
        while True:
            self._facts = State(self.data_dir).running()
            if self._facts.get("pid") == self._process.pid and "site" in self._facts:
                return self
            if self._process.poll() is not None or time.monotonic() > end:
                self.stop()
                raise StackFailedError(f"The stack did not start:\n{self.log()}")
            time.sleep(0.1)

    def stop(self) -> int:
        """Stop as Ctrl-C does and return the exit status."""
        if self._process is None:
            return 0
        if self._process.poll() is None:
            end_processes([self._process.pid], STOP_STEPS)
        status = self._process.wait()
        self._process = None
        return status

    def log(self) -> str:
        """Return everything that the stack has said, over all its starts in this folder."""
        return self.log_path.read_text(errors="replace")

    @property
    def pid(self) -> int:
        """The supervisor's process id."""
        return int(self._facts["pid"])

    @property
    def site(self) -> str:
        """The site's address without a slash at its end: http://127.0.0.1:8000."""
        return str(self._facts["site"])

    @property
    def admin(self) -> str:
        """The desk's address."""
        return str(self._facts["admin"])

    @property
    def origin(self) -> str:
        """The demonstration newsroom's address, without a slash at its end."""
        return str(self._facts["origin"])

    @property
    def database_url(self) -> str:
        """The DATABASE_URL of the stack's own PostgreSQL."""
        return str(self._facts["database_url"])

    @property
    def login(self) -> tuple[str, str]:
        """Name and password of the administrator."""
        secrets = State(self.data_dir).secrets()
        return secrets.admin_user, secrets.admin_password

    @property
    def reviewer(self) -> tuple[str, str]:
        """Name and password of the second person."""
        secrets = State(self.data_dir).secrets()
        return secrets.reviewer_user, secrets.reviewer_password
