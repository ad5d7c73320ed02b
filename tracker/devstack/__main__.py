"""`python -m tracker.devstack run`: the whole stack, as `make run` calls it.

`manage`: a management command on the stack that runs; `chromium`: a browser for the tests.
"""

import argparse
import ctypes
import os
import signal
import sys
from pathlib import Path

from tracker.devstack import chromium
from tracker.devstack.binaries import PostgresUnavailableError
from tracker.devstack.console import Console
from tracker.devstack.launch import PR_SET_PDEATHSIG
from tracker.devstack.ports import PortTakenError
from tracker.devstack.programs import Addresses, checkout_root, environment
from tracker.devstack.run import CannotRunError, Options, Run
from tracker.devstack.state import AlreadyRunningError, State
from tracker.devstack.supervise import ProgramFailedError

FAILURES = (
    AlreadyRunningError,
    CannotRunError,
    PortTakenError,
    PostgresUnavailableError,
    ProgramFailedError,
    chromium.NoChromiumError,
)


def port_of(text: str) -> int:
    """Return *text* as a port."""
    if not text.isdecimal() or int(text) > 65_535:
        raise argparse.ArgumentTypeError(f"{text!r} is no port: a number from 1 to 65535 is.")
    return int(text)


def run(arguments: argparse.Namespace) -> int:
    """Run the stack until it is stopped."""
    checkout = checkout_root()
    data_dir = Path(arguments.data_dir) if arguments.data_dir else checkout / ".data"
    options = Options(checkout, data_dir, arguments.port, arguments.host, dict(os.environ))
    if sys.platform == "linux" and "MAKELEVEL" in os.environ:
        # Should make be killed, nobody would be left to press Ctrl-C.
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(signal.SIGTERM), 0, 0, 0)
    return Run(options, Console())()


def manage(arguments: argparse.Namespace) -> int:
    """Put `manage.py` with its arguments in this process's place, with the settings of the stack that runs."""
    checkout = checkout_root()
    data_dir = Path(arguments.data_dir) if arguments.data_dir else checkout / ".data"
    state = State(data_dir)
    facts = state.running()
    if "database_url" not in facts:
        raise CannotRunError("Nothing runs here: `make run` in another terminal first.")
    addresses = Addresses(facts["site"], facts["database_url"], os.environ.get("BROKER_URL", ""), facts["origin"])
    env = environment(os.environ, addresses, state.secrets(), state.folder, live=False)
    os.chdir(checkout)
    os.execve(sys.executable, [sys.executable, "manage.py", *arguments.arguments], env)  # noqa: S606


def show_chromium(_: argparse.Namespace) -> int:
    """Print the path of a Chromium, installed first if there is none."""
    print(chromium.find_or_install(os.environ))
    return 0


def main(argv: list[str] | None = None) -> int:
    """Parse the command line and run the command; failures are one message and exit status 1."""
    parser = argparse.ArgumentParser(prog="python -m tracker.devstack", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    running = commands.add_parser("run", help="run the whole stack until Ctrl-C")
    running.add_argument("--data-dir", help="where everything is kept (default: .data in the checkout)")
    port = os.environ.get("PORT") or None
    running.add_argument("--port", type=port_of, default=port, help="of the site (default: PORT, or 8000 or the next)")
    running.add_argument("--host", default=os.environ.get("HOST_ADDRESS") or "127.0.0.1", help="address to listen on")
    running.set_defaults(command=run)
    managing = commands.add_parser("manage", help="run a management command on the stack that runs")
    managing.add_argument("--data-dir", help="as for run")
    managing.add_argument("arguments", nargs=argparse.REMAINDER, help="of manage.py")
    managing.set_defaults(command=manage)
    browser = commands.add_parser("chromium", help="print the path of a Chromium, installed if need be")
    browser.set_defaults(command=show_chromium)
    arguments = parser.parse_args(argv)
    try:
        return int(arguments.command(arguments))
    except FAILURES as failure:
        print(f"\n{failure}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
