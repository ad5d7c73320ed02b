"""Redis and RabbitMQ servers of a test's own, on 127.0.0.1 and in a folder of their own.

Their programs are Debian's packages; as root on Debian they are installed where they are missing, elsewhere the error
says what to install. PostgreSQL 15 comes the same way, beside the embedded 18.
"""

import os
import shutil
import signal
import socket
import subprocess
import time
from abc import ABC, abstractmethod
from pathlib import Path
from subprocess import Popen

from tracker.devstack.processes import end_processes, launch

STOP_STEPS = ((signal.SIGTERM, 15.0), (signal.SIGKILL, 5.0))
START_SECONDS = 60.0
RABBITMQ = Path("/usr/lib/rabbitmq/bin")
POSTGRES_15 = Path("/usr/lib/postgresql/15/bin")


def need(program: Path | str, package: str) -> str:
    """Return the path of *program*, of Debian's *package*.

    Raises:
        AssertionError: it is not there and cannot be installed from here.
    """
    if found := shutil.which(program):
        return found
    if os.geteuid() == 0 and shutil.which("apt-get"):
        script = f"apt-get update -qq && apt-get install -qq -y --no-install-recommends {package}"
        subprocess.run(
            ["/bin/sh", "-c", f"export DEBIAN_FRONTEND=noninteractive; {script}"], stdout=subprocess.DEVNULL, check=True
        )
    if found := shutil.which(program):
        return found
    raise AssertionError(f"{program} is not there: install Debian's package {package}, or leave out `-m services`.")


def free_port() -> int:
    """Return a port of 127.0.0.1 that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Broker(ABC):
    """A server that a test may stop, start and empty."""

    def __init__(self, home: Path) -> None:
        self.home, self.port = home, free_port()
        self._process: Popen[bytes] | None = None

    def start(self) -> None:
        """Start and wait until it answers."""
        with (self.home / "broker.log").open("ab") as log:
            self._process = launch(self.command(), env=self.environment(), folder=self.home, stdout=log)
        end = time.monotonic() + START_SECONDS
        while not self.answers():
            gave_up = self._process.poll() is not None or time.monotonic() > end
            assert not gave_up, (self.home / "broker.log").read_text()
            time.sleep(0.2)

    def stop(self) -> None:
        """Stop; what it held is gone or kept as it likes."""
        if self._process is not None:
            end_processes([self._process.pid], STOP_STEPS)
            self._process.wait()
            self._process = None

    def close(self) -> None:
        """Stop for good."""
        self.stop()

    def environment(self) -> dict[str, str]:
        """Return the server's environment."""
        return {"PATH": os.environ["PATH"], "HOME": str(self.home), "LC_ALL": "C.UTF-8"}

    @property
    @abstractmethod
    def url(self) -> str:
        """The BROKER_URL."""

    @abstractmethod
    def command(self) -> list[str]:
        """Return the server's command line."""

    @abstractmethod
    def answers(self) -> bool:
        """Tell whether it can be used."""

    @abstractmethod
    def flush(self) -> None:
        """Throw every message away."""


class Redis(Broker):
    """Redis without anything on disk."""

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def command(self) -> list[str]:
        place = ["--port", str(self.port), "--bind", "127.0.0.1", "--dir", str(self.home)]
        return [need("redis-server", "redis-server"), *place, "--save", "", "--appendonly", "no"]

    def answers(self) -> bool:
        return self._ask("PING") == "PONG"

    def flush(self) -> None:
        assert self._ask("FLUSHALL") == "OK"

    def _ask(self, command: str) -> str:
        asked = ["redis-cli", "-p", str(self.port), command]
        return subprocess.run(asked, capture_output=True, text=True, check=False).stdout.strip()


class RabbitMQ(Broker):
    """RabbitMQ under a name, a port mapper and a folder of its own."""

    def __init__(self, home: Path) -> None:
        super().__init__(home)
        self._mapper_port, self._node_port = free_port(), free_port()
        self._mapper: Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"amqp://guest:guest@127.0.0.1:{self.port}//"

    def command(self) -> list[str]:
        return [str(RABBITMQ / "rabbitmq-server")]

    def environment(self) -> dict[str, str]:
        return super().environment() | {
            "ERL_EPMD_PORT": str(self._mapper_port),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODENAME": f"tracker{self.port}@localhost",
            "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODE_PORT": str(self.port),
            "RABBITMQ_DIST_PORT": str(self._node_port),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-kernel inet_dist_use_interface {127,0,0,1}",
            "RABBITMQ_MNESIA_BASE": str(self.home / "data"),
            "RABBITMQ_LOG_BASE": str(self.home / "log"),
            "RABBITMQ_PID_FILE": str(self.home / "pid"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(self.home / "plugins"),
            "RABBITMQ_CONF_ENV_FILE": str(self.home / "none.conf"),
            "RABBITMQ_CONFIG_FILE": str(self.home / "none"),
        }

    def start(self) -> None:
        """Start the port mapper, which Erlang would leave behind as a daemon, and the server."""
        need(RABBITMQ / "rabbitmq-server", "rabbitmq-server")
        if self._mapper is None:
            mapper = [need("epmd", "erlang-base"), "-port", str(self._mapper_port), "-address", "127.0.0.1"]
            self._mapper = launch(mapper, env=self.environment(), folder=self.home, stdout=subprocess.DEVNULL)
        super().start()

    def close(self) -> None:
        self.stop()
        if self._mapper is not None:
            end_processes([self._mapper.pid], STOP_STEPS)
            self._mapper.wait()

    def answers(self) -> bool:
        return self._control("await_startup", "--timeout", "2")

    def flush(self) -> None:
        for queue in ("collect", "extract"):
            assert self._control("purge_queue", queue)

    def _control(self, *arguments: str) -> bool:
        asked = [str(RABBITMQ / "rabbitmqctl"), *arguments]
        return subprocess.run(asked, env=self.environment(), capture_output=True, check=False).returncode == 0
