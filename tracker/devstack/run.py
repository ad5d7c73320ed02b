"""`make run`: the whole stack, from an empty folder or from where the last run ended, until it is stopped.

    lock → PostgreSQL → broker's SQL → migrate → static files → demonstration → origin, web, worker, beat

Everything is stopped in the opposite order, by Ctrl-C (SIGINT), SIGTERM or SIGHUP.
"""

import os
import signal
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from socket import socket
from types import FrameType

import psycopg

from tracker import broker
from tracker.devstack import ports
from tracker.devstack.console import Console
from tracker.devstack.postgres import EmbeddedPostgres
from tracker.devstack.processes import wait_until
from tracker.devstack.programs import Addresses, Programs, environment, static_fingerprint
from tracker.devstack.state import Secrets, State
from tracker.devstack.supervise import RESTART_WINDOW, RESTARTS, Program, ProgramFailedError, Supervisor

WEB_PORT = 8000
# Below the range that systems give to outgoing connections, so that the port is free again at the next run.
ORIGIN_PORT = 18100
READY_SECONDS = 120.0


class CannotRunError(RuntimeError):
    """The stack cannot start; the message says why and what to do."""


@dataclass(frozen=True)
class Options:
    """What the caller asked for.

    Args:
        checkout: where `manage.py` is.
        data_dir: where everything is kept.
        port: of the site; None is 8000 or the next that is free, 0 any.
        host: address that the site listens on.
        caller: the environment. DATABASE_URL and BROKER_URL in it take the place of the embedded ones, LIVE=1
            starts the list of real feeds.
    """

    checkout: Path
    data_dir: Path
    port: int | None
    host: str
    caller: Mapping[str, str]

    @property
    def live(self) -> bool:
        """Whether the real feeds are to be polled."""
        return self.caller.get("LIVE", "").strip().lower() in {"1", "true", "yes", "on"}


class Signals:
    """How often we were told to stop: once asks everything to end, twice kills it."""

    def __init__(self) -> None:
        self.count = 0

    def stopped(self) -> bool:
        """Whether anybody said so."""
        return self.count > 0

    def hurry(self) -> bool:
        """Whether somebody said so twice."""
        return self.count > 1

    @contextmanager
    def caught(self) -> Iterator[None]:
        """Count SIGINT, SIGTERM and SIGHUP; a SIGHUP that nohup silenced stays silent."""

        def count(_signum: int, _frame: FrameType | None) -> None:
            self.count += 1

        caught = [signal.SIGINT, signal.SIGTERM]
        if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
            caught.append(signal.SIGHUP)
        before = {signum: signal.signal(signum, count) for signum in caught}
        try:
            yield
        finally:
            for signum, handler in before.items():
                signal.signal(signum, handler)


class Run:
    """One run of the stack."""

    def __init__(self, options: Options, console: Console) -> None:
        self.options = options
        self.console = console
        self.signals = Signals()
        self.state = State(options.data_dir)
        self.supervisor = Supervisor(console.line, hurry=self.signals.hurry)
        self.postgres: EmbeddedPostgres | None = None
        self._postgres_starts: list[float] = []

    def __call__(self) -> int:
        """Run until stopped; return the exit status.

        Raises:
            CannotRunError, AlreadyRunningError, PostgresUnavailableError, PortTakenError, ProgramFailedError: each
                with a message for the person at the terminal. Everything that was started has ended by then.
        """
        with self.signals.caught(), ExitStack() as stack:
            self.state.open()
            stack.callback(self.state.close)
            self.state.announce(pid=os.getpid())
            self.state.end_leftovers()
            site = stack.enter_context(self._site_socket())
            self._start(stack, site)
            while not self.signals.stopped():
                self.supervisor.tick()
                self._mind_postgres()
            self.console.note("Stopping …")
        self.console.note("Stopped. `make run` goes on with the same data.")
        return 0

    # ---- the steps

    def _start(self, stack: ExitStack, site: socket) -> None:
        secrets = self.state.secrets()
        database = self._database(stack)
        stack.enter_context(self.supervisor)
        origin_port, origin_started = self._origin_place()
        shown = "127.0.0.1" if self.options.host in {"127.0.0.1", "0.0.0.0", "::"} else self.options.host  # noqa: S104
        addresses = Addresses(
            site=self.options.caller.get("SITE_URL") or f"http://{shown}:{site.getsockname()[1]}",
            database=database,
            broker=self.options.caller.get("BROKER_URL", ""),
            origin=f"http://127.0.0.1:{self.state.origin()['port']}",
        )
        env = environment(self.options.caller, addresses, secrets, self.state.folder, live=self.options.live)
        programs = Programs(self.options.checkout, env)
        self._prepare(programs, addresses)
        if self.signals.stopped():
            return
        if origin_port:
            self.supervisor.start(programs.origin(origin_port, origin_started))
        self.supervisor.start(programs.web(site.fileno()))
        self.supervisor.start(programs.worker())
        self.supervisor.start(programs.beat())
        self.state.keep_children(self.supervisor.pids)
        local = f"http://127.0.0.1:{site.getsockname()[1]}"
        self._step("Web server", lambda: self._until_it_answers(local, env))
        if self.signals.stopped():
            return
        curate = programs.curate(addresses.origin)
        if origin_port:
            self.supervisor.start(curate)
        self._announce(addresses, secrets)

    def _prepare(self, programs: Programs, addresses: Addresses) -> None:
        """Bring the database and the static files to where this version of the code needs them."""
        stamp, needed = self.state.folder / "static.stamp", static_fingerprint(self.options.checkout)
        collecting = None
        if not stamp.exists() or stamp.read_text() != needed:
            # The longest step of a first start, and it needs no database: the others go on beside it.
            collecting = programs.manage("collectstatic", "--no-input", "--clear", "--verbosity", "0")
            self.supervisor.start(collecting)
        if not addresses.broker or addresses.broker.startswith("pgmq"):
            self._step("Broker", lambda: broker.install(broker.pgmq_conninfo(addresses.broker, addresses.database)))
        self._job("Database", programs.manage("migrate", "--no-input", "--verbosity", "0"))
        live = ["--live"] if self.options.live else []
        self._job("Demonstration", programs.manage("load_demonstration", "--origin", addresses.origin, *live))
        if collecting is not None:
            name = collecting.name
            self._step("Static files", lambda: self.supervisor.wait_for(name, self.signals.stopped))
            if not self.signals.stopped():
                stamp.write_text(needed)

    def _database(self, stack: ExitStack) -> str:
        given = self.options.caller.get("DATABASE_URL")
        if given:
            self.console.note("PostgreSQL: the one of DATABASE_URL")
            try:
                psycopg.connect(given, connect_timeout=10).close()
            except psycopg.Error as error:
                raise CannotRunError(f"DATABASE_URL: {error}") from error
            return given
        server = EmbeddedPostgres(self.state.folder / "postgres", binaries=self.options.caller.get("POSTGRES_BIN"))
        stack.callback(server.stop)
        first = not server.data_dir.exists()
        self._step("PostgreSQL (first start)" if first else "PostgreSQL", server.start)
        self.postgres = server
        return server.url()

    def _site_socket(self) -> socket:
        if self.options.port is not None:
            return ports.bind(self.options.port, self.options.host)
        sock = ports.bind_first_free(WEB_PORT, self.options.host)
        port = sock.getsockname()[1]
        if port != WEB_PORT:
            self.console.note(f"Port {WEB_PORT} is taken by another program; the site takes {port}.")
        return sock

    def _origin_place(self) -> tuple[int, float]:
        """Return the origin's port and the time of its first start; port 0 where it cannot run now."""
        kept = self.state.origin()
        if not kept:
            # Two checkouts on one machine begin at different ports, so that neither finds its own taken later.
            spread = sum(os.fsencode(self.state.folder)) % 400
            self.state.keep_origin(ports.first_free(ORIGIN_PORT + 2 * spread), time.time())
            kept = self.state.origin()
        port = int(kept["port"])
        # The origin of a run that was killed needs a moment to end.
        if wait_until(lambda: not ports.is_taken(port), 5.0):
            return port, float(kept["started"])
        self.console.note(
            f"Port {port}, the demonstration newsroom's, is taken by another program. What was collected stays; its "
            "feeds stand as unreachable until the port is free at a start, or .data is removed to begin anew."
        )
        return 0, 0.0

    # ---- while it runs

    def _mind_postgres(self) -> None:
        """Start PostgreSQL again should it have ended: what works on it waits, or is started again itself."""
        if self.postgres is None or self.postgres.pid is not None:
            return
        self._postgres_starts = [at for at in self._postgres_starts if time.monotonic() - at < RESTART_WINDOW]
        if len(self._postgres_starts) >= RESTARTS:
            raise ProgramFailedError(
                f"PostgreSQL ended {RESTARTS} times within a minute; see {self.postgres.log_path}."
            )
        self._postgres_starts.append(time.monotonic())
        self.console.line("postgres", "ended; starting it again")
        self.postgres.stop()
        self.postgres.start()

    def _until_it_answers(self, local: str, env: Mapping[str, str]) -> None:
        end = time.monotonic() + READY_SECONDS
        while not self.signals.stopped():
            self.supervisor.tick(0.1)
            if _status(local, env["SITE_URL"]) < 500:
                return
            if time.monotonic() > end:
                raise CannotRunError(f"The site does not answer at {local}.")

    def _announce(self, addresses: Addresses, secrets: Secrets) -> None:
        admin = f"{addresses.site}/admin/"
        self.state.keep_children(self.supervisor.pids)
        self.state.announce(
            pid=os.getpid(),
            site=addresses.site,
            admin=admin,
            user=secrets.admin_user,
            origin=addresses.origin,
            database_url=addresses.database,
        )
        self.console.banner(
            {
                "Site": f"{addresses.site}/",
                "Admin": admin,
                "Login": f"{secrets.admin_user}  {secrets.admin_password}",
                "Second": f"{secrets.reviewer_user}  {secrets.reviewer_password}",
            },
            "The demonstration fills up within two minutes. Ctrl-C stops everything.",
        )

    # ---- how steps are shown

    def _step(self, name: str, work: Callable[[], object]) -> None:
        if self.signals.stopped():
            return
        with self.console.step(name):
            work()

    def _job(self, name: str, program: Program) -> None:
        def work() -> None:
            self.supervisor.start(program)
            self.supervisor.wait_for(program.name, self.signals.stopped)

        self._step(name, work)


def _status(local: str, site_url: str) -> int:
    """Return the status of the site's first page, asked of this machine as a visitor's browser would; 599 if none."""
    secure = site_url.startswith("https://")
    request = urllib.request.Request(  # noqa: S310 an address of ours
        f"{local}/",
        headers={"Host": site_url.partition("://")[2], **({"X-Forwarded-Proto": "https"} if secure else {})},
    )
    # No proxy of the caller's environment stands between us and ourselves.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), _NoRedirect())
    try:
        with opener.open(request, timeout=10) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 599


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """An answer is an answer; where it points to may be out of reach from here."""

    def redirect_request(self, *_: object) -> None:
        return None
