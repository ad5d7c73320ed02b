"""Writing records into files: CSV, JSON Lines and SQLite. Pure but for the folder that they are written to."""

import hashlib
import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

from claims.bulk.tables import SORTS, TABLES, Record, Table
from claims.csvfiles import csv_rows

SQLITE = "tracker.sqlite"


def json_line(record: Record) -> str:
    """Return a record as a line of JSON Lines; no line break of a text can end it."""
    return json.dumps(record, ensure_ascii=False, separators=(",", ":")) + "\n"


def write_tables(folder: Path, records: Mapping[str, Iterable[Record]], about: Mapping[str, str]) -> None:
    """Write every sort of record as JSON Lines, and its tables as CSV and into SQLite, in one pass over each sort."""
    with ExitStack() as files, closing(sqlite3.connect(folder / SQLITE)) as database:
        database.executescript("PRAGMA foreign_keys = OFF; PRAGMA journal_mode = OFF;" + schema())
        for sort in SORTS:
            tables = [table for table in TABLES if table.sort == sort]
            lines = files.enter_context((folder / f"{sort}.jsonl").open("w", encoding="utf-8", newline=""))
            sheets = {
                table.name: files.enter_context((folder / f"{table.name}.csv").open("w", encoding="utf-8", newline=""))
                for table in tables
            }
            for table in tables:
                sheets[table.name].writelines(csv_rows(table.header, ()))
            for record in records[sort]:
                lines.write(json_line(record))
                for table in tables:
                    rows = list(table.rows(record))
                    sheets[table.name].writelines(list(csv_rows((), rows))[1:])
                    marks = ", ".join("?" * len(table.columns))
                    database.executemany(f"INSERT INTO {table.name} VALUES ({marks})", rows)  # noqa: S608 — our names
        database.executemany("INSERT INTO about VALUES (?, ?)", about.items())
        database.commit()
        # What points to nothing that is public was no fault of the data, but is one of a dump.
        if faults := database.execute("PRAGMA foreign_key_check").fetchall():
            raise ValueError(f"the dump would point to rows that it has not: {faults[:3]}")
        database.execute("VACUUM")


def schema() -> str:
    """Return the statements that make the tables of the SQLite file."""
    parts = ["CREATE TABLE about (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;"]
    return "\n".join([*parts, *(_create(table) for table in TABLES)])


def _create(table: Table) -> str:
    columns = []
    for column in table.columns:
        table_name, _, name = column.points_to.partition(".")
        pointer = f' REFERENCES {table_name} ("{name}")' if table_name else ""
        columns.append(f'"{column.name}" {column.type}{pointer}')
    key = ", ".join(f'"{name}"' for name in table.key)
    return f"CREATE TABLE {table.name} ({', '.join(columns)}, PRIMARY KEY ({key}));"


def checksum(path: Path) -> str:
    """Return a file's SHA-256 in hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def listing(folder: Path) -> list[dict[str, Any]]:
    """Return name, size in bytes and SHA-256 of every file in *folder*, by name."""
    paths: Iterator[Path] = (path for path in sorted(folder.iterdir()) if path.is_file())
    return [{"name": path.name, "size": path.stat().st_size, "sha256": checksum(path)} for path in paths]
