"""`make setup`: the checkout's own `.venv` with everything that uv.lock names. Standard library only.

uv is installed into `.tools` by pip (hash-checked; `--target` works with a Python that its distribution manages
too), then `uv sync --frozen` installs the rest. Nothing is done while uv.lock, pyproject.toml and the interpreter
are those of the last time.

Run by whatever Python 3.11 or newer there is: `python3 tracker/devstack/bootstrap.py`.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

OLDEST = (3, 11)
ROOT = Path(__file__).resolve().parents[2]
REQUIREMENTS = "tools-requirements.txt"
# What a shell, another project or a user's configuration may have set, and what would lead uv to another
# environment, another interpreter or another choice of packages. Mirrors, proxies and certificates stay.
MISLEADING = (
    "VIRTUAL_ENV",
    "CONDA_PREFIX",
    "PYTHONHOME",
    "PYTHONPATH",
    "UV_CONFIG_FILE",
    "UV_DEV",
    "UV_ENV_FILE",
    "UV_EXCLUDE_NEWER",
    "UV_FROZEN",
    "UV_ISOLATED",
    "UV_LOCKED",
    "UV_MANAGED_PYTHON",
    "UV_NO_BINARY",
    "UV_NO_BUILD",
    "UV_NO_DEFAULT_GROUPS",
    "UV_NO_DEV",
    "UV_NO_EDITABLE",
    "UV_NO_GROUP",
    "UV_NO_MANAGED_PYTHON",
    "UV_NO_SYNC",
    "UV_ONLY_DEV",
    "UV_PROJECT",
    "UV_PROJECT_ENVIRONMENT",
    "UV_PYTHON_PREFERENCE",
    "UV_SYSTEM_PYTHON",
    "UV_WORKING_DIR",
    "UV_WORKING_DIRECTORY",
)


class SetupError(Exception):
    """The set-up cannot go on; the message says what is missing."""


def interpreter() -> str:
    """Return the Python that `.venv` is made from: ours, or the one behind ours if we are in an environment."""
    return str(getattr(sys, "_base_executable", None) or sys.executable)


def fingerprint(root: Path) -> str:
    """Return a digest of the files that decide what is in `.venv`."""
    digest = hashlib.sha256()
    for name in ("uv.lock", "pyproject.toml", REQUIREMENTS):
        digest.update((root / name).read_bytes())
    return digest.hexdigest()


def pip_environment(environ: Mapping[str, str]) -> dict[str, str]:
    """Return *environ* without what keeps pip from installing into a folder."""
    return {
        **{name: value for name, value in environ.items() if name not in MISLEADING},
        "PIP_USER": "0",
        "PIP_REQUIRE_VIRTUALENV": "0",
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "PIP_NO_INPUT": "1",
        "PIP_ROOT_USER_ACTION": "ignore",
    }


def uv_environment(environ: Mapping[str, str], root: Path, python: str) -> dict[str, str]:
    """Return *environ* with uv held to this checkout and to the interpreter *python*."""
    kept = {name: value for name, value in environ.items() if name not in MISLEADING}
    ours = {
        "UV_NO_CONFIG": "1",
        "UV_PYTHON": python,
        "UV_PYTHON_DOWNLOADS": "never",
        "UV_PROJECT_ENVIRONMENT": ".venv",
        "UV_COMPILE_BYTECODE": "1",
    }
    home = Path(environ.get("HOME") or "/nonexistent")
    if "UV_CACHE_DIR" not in kept and not os.access(home, os.W_OK):
        ours["UV_CACHE_DIR"] = str(root / ".tools" / "cache")
    return {**kept, **ours}


def install_uv(root: Path) -> Path:
    """Return uv's program in `.tools`, installed there if it is not of the wanted version.

    Raises:
        SetupError: there is no pip, or it failed.
    """
    tools = root / ".tools"
    program, stamp = tools / "bin" / "uv", tools / "stamp"
    wanted = hashlib.sha256((root / REQUIREMENTS).read_bytes()).hexdigest()
    if program.exists() and stamp.exists() and stamp.read_text() == wanted:
        return program
    print("Installing uv into .tools …", flush=True)
    probe = subprocess.run([sys.executable, "-m", "pip", "--version"], capture_output=True, check=False)
    if probe.returncode != 0:
        raise SetupError(f"{sys.executable} has no pip. Install it (Debian, Ubuntu: python3-pip, python3-venv).")
    shutil.rmtree(tools, ignore_errors=True)
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--target", ".tools", "--require-hashes"]
    done = subprocess.run(
        [*command, "--only-binary", ":all:", "-r", REQUIREMENTS], cwd=root, env=pip_environment(os.environ), check=False
    )
    if done.returncode != 0 or not program.exists():
        raise SetupError("pip could not install uv; what it said stands above.")
    stamp.write_text(wanted)
    return program


def sync(root: Path, uv: Path, python: str) -> None:
    """Make `.venv` what uv.lock says, for the interpreter *python*.

    Raises:
        SetupError: uv failed.
    """
    print("Installing the locked packages into .venv …", flush=True)
    environment = uv_environment(os.environ, root, python)
    done = subprocess.run([str(uv), "sync", "--frozen", "--quiet"], cwd=root, env=environment, check=False)
    if done.returncode != 0:
        raise SetupError("uv could not install the packages; what it said stands above.")


def works(root: Path) -> bool:
    """Tell whether `.venv` has a Python that runs; a moved checkout or a removed Python leaves one that does not."""
    python = root / ".venv" / "bin" / "python"
    try:
        asked = subprocess.run([str(python), "-c", "import django"], capture_output=True, check=False)
    except OSError:
        return False
    return asked.returncode == 0


def main() -> int:
    """Set up unless that is done; return the exit status."""
    if sys.version_info < OLDEST:
        print(f"Python 3.11 or newer is needed; {sys.executable} is {sys.version.split()[0]}.", file=sys.stderr)
        return 1
    began = time.monotonic()
    stamp = ROOT / ".venv" / ".setup"
    wanted, python = fingerprint(ROOT), interpreter()
    before = stamp.read_text().splitlines() if stamp.exists() else []
    # An environment once made stays with its interpreter until another is named.
    if len(before) == 2 and "--named" not in sys.argv and Path(before[1]).exists():
        python = before[1]
    if before == [wanted, python] and works(ROOT):
        return 0
    try:
        uv = install_uv(ROOT)
        sync(ROOT, uv, python)
        if not works(ROOT):
            # uv takes an environment for sound whose folder was moved or copied; made anew, it is.
            shutil.rmtree(ROOT / ".venv", ignore_errors=True)
            sync(ROOT, uv, python)
    except SetupError as error:
        print(error, file=sys.stderr)
        return 1
    stamp.write_text(f"{wanted}\n{python}\n")
    print(f"Set up in {time.monotonic() - began:.0f} s.", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
