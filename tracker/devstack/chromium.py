"""Find a Chromium for the browser tests, or install one: there is no silent skip.

Looked for in this order: the one that CHROMIUM names, one on PATH, Playwright's own. Installed, where there is none:
Debian's package as root, Playwright's download elsewhere.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
APPLICATIONS = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)
INSTALL_SECONDS = 900
# Arguments that let it run as root, in a container, and without a word to anybody else.
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
)

Run = Callable[[list[str]], bool]


class NoChromiumError(RuntimeError):
    """There is none and none could be installed; the message says what to install."""


def find(environ: Mapping[str, str]) -> str | None:
    """Return the path of a Chromium that starts, or None.

    Raises:
        NoChromiumError: CHROMIUM names one that does not start.
    """
    named = environ.get("CHROMIUM")
    if named:
        path = shutil.which(named)
        if path is None or not starts(path):
            raise NoChromiumError(f"CHROMIUM={named} does not start. Name another, or unset it to have one found.")
        return path
    return next((path for path in _candidates(environ) if starts(path)), None)


def find_or_install(environ: Mapping[str, str], run: Run | None = None) -> str:
    """Return the path of a Chromium that starts, installed if need be; *run* runs an installer's command.

    Raises:
        NoChromiumError: there is none and none could be installed.
    """
    found = find(environ)
    if found:
        return found
    run = run or _run
    for command in installers():
        print(f"No Chromium found; installing one: {' '.join(command)}", file=sys.stderr, flush=True)
        if not run(command):
            continue
        found = find(environ)
        if found:
            return found
    raise NoChromiumError(
        "The browser tests need a Chromium, and none could be installed. Install the package chromium (Debian: "
        "apt-get install chromium; Fedora: dnf install chromium; macOS: brew install --cask chromium), or set "
        "CHROMIUM to the path of a Chromium or Chrome."
    )


def installers() -> Iterator[list[str]]:
    """Yield the commands that may install one here, the likeliest first."""
    # Ubuntu's package of that name is a snap, which does not run in a container.
    if os.geteuid() == 0 and shutil.which("apt-get") and _distribution() == "debian":
        script = "apt-get update -qq && apt-get install -qq -y --no-install-recommends chromium"
        yield ["/bin/sh", "-c", f"export DEBIAN_FRONTEND=noninteractive; {script}"]
    playwright = [sys.executable, "-m", "playwright", "install"]
    if os.geteuid() == 0 and shutil.which("apt-get"):
        yield [*playwright, "--with-deps", "chromium"]
    yield [*playwright, "chromium"]


def starts(path: str) -> bool:
    """Tell whether the browser at *path* runs at all: its libraries are there, it is no empty stand-in."""
    try:
        asked = subprocess.run([path, "--version", "--no-sandbox"], capture_output=True, timeout=60, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return asked.returncode == 0


def _candidates(environ: Mapping[str, str]) -> Iterator[str]:
    for name in NAMES:
        path = shutil.which(name, path=environ.get("PATH"))
        if path:
            yield path
    yield from (path for path in APPLICATIONS if Path(path).exists())
    own = _playwrights_own()
    if own and Path(own).exists():
        yield own


def _playwrights_own() -> str | None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        return str(playwright.chromium.executable_path)


def _distribution() -> str:
    try:
        lines = Path("/etc/os-release").read_text().splitlines()
    except OSError:
        return ""
    return next((line.partition("=")[2].strip('"') for line in lines if line.startswith("ID=")), "")


def _run(command: list[str]) -> bool:
    try:
        # What an installer says is no answer to "where is it", which goes to standard output.
        return subprocess.run(command, stdout=sys.stderr, timeout=INSTALL_SECONDS, check=False).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False
