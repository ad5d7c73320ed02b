"""Many rows read and written by one statement: what an ORM does a row at a time is most of a sweep's work.

Rows to be written go by COPY into a temporary table of the connection's, and from there into the real one.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import connection, models
from django.utils import timezone


def update_rows(rows: Sequence[models.Model], fields: Sequence[str]) -> None:
    """Save *fields* of *rows*, all of one model, by a single UPDATE."""
    if not rows:
        return
    meta = rows[0]._meta
    columns = [meta.pk, *(field for field in meta.concrete_fields if field.name in fields)]
    with connection.cursor() as cursor:
        given = _copied(cursor, columns, ([getattr(row, field.attname) for field in columns] for row in rows))
        sets = ", ".join(f'"{field.column}" = given."{field.column}"' for field in columns[1:])
        cursor.execute(
            f'UPDATE "{meta.db_table}" SET {sets} FROM {given} AS given '  # noqa: S608 - names of our own
            f'WHERE "{meta.db_table}"."{meta.pk.column}" = given."{meta.pk.column}"'
        )
        cursor.execute(f"DELETE FROM {given}")  # noqa: S608


def insert_rows(
    model: type[models.Model], names: Sequence[str], rows: Iterable[Sequence[Any]], returning: str = ""
) -> list[tuple[Any, ...]]:
    """Insert *rows*, each the values of the fields *names*, in their order; the other fields get their defaults.

    Rows that a constraint forbids are left out. Return the column *returning*, where named, and the key of each
    row that was stored.
    """
    meta = model._meta
    columns = [_field(model, name) for name in names]
    others = [field for field in meta.concrete_fields if not field.primary_key and field not in columns]
    into = ", ".join(f'"{field.column}"' for field in [*columns, *others])
    taken = ", ".join([*(f'"{field.column}"' for field in columns), *(_placeholder(field) for field in others)])
    back = f' RETURNING "{returning}", "{meta.pk.column}"' if returning else ""
    with connection.cursor() as cursor:
        given = _copied(cursor, columns, rows)
        cursor.execute(
            f'INSERT INTO "{meta.db_table}" ({into}) SELECT {taken} FROM {given} '  # noqa: S608 - names of our own
            f"ON CONFLICT DO NOTHING{back}",
            [_default(field) for field in others],
        )
        stored = cursor.fetchall() if returning else []
        cursor.execute(f"DELETE FROM {given}")  # noqa: S608
    return stored


def pairs(model: type[models.Model], names: tuple[str, str], values: Iterable[Any]) -> dict[Any, Any]:
    """Return, by the first of two fields, the second, of the rows whose first is among *values*."""
    first, second = (_field(model, name).column for name in names)
    with connection.cursor() as cursor:
        cursor.execute(
            f'SELECT "{first}", "{second}" FROM "{model._meta.db_table}" '  # noqa: S608 - names of our own
            f'WHERE "{first}" = ANY(%s)',
            [list(values)],
        )
        return dict(cursor.fetchall())


def _copied(cursor: Any, columns: Sequence[Any], rows: Iterable[Sequence[Any]]) -> str:
    """Copy *rows* into a temporary table with such columns, and return its name; the caller empties it."""
    types = ", ".join(f'"{field.column}" {_type(field)}' for field in columns)
    name = f'"given_{columns[0].model._meta.db_table}_{sha256(types.encode()).hexdigest()[:8]}"'
    if not _exists(cursor, name):
        cursor.execute(f"CREATE TEMPORARY TABLE IF NOT EXISTS {name} ({types}) ON COMMIT DELETE ROWS")
    arrays = [place for place, field in enumerate(columns) if isinstance(field, ArrayField)]
    with cursor.copy(f"COPY {name} FROM STDIN") as copy:
        for row in rows:
            if arrays:
                row = list(row)
                for place in arrays:
                    row[place] = _literal(row[place])
            copy.write_row(row)
    return name


def _exists(cursor: Any, name: str) -> bool:
    cursor.execute("SELECT to_regclass('pg_temp.' || %s) IS NOT NULL", [name])
    return bool(cursor.fetchone()[0])


def _field(model: type[models.Model], name: str) -> Any:
    return model._meta.get_field(name)


def _type(field: Any) -> str:
    return str(field.rel_db_type(connection) if field.primary_key else field.db_type(connection))


def _placeholder(field: Any) -> str:
    return f"%s::{field.db_type(connection)}"


def _default(field: Any) -> Any:
    if getattr(field, "auto_now_add", False) or getattr(field, "auto_now", False):
        return timezone.now()
    return field.get_db_prep_save(field.get_default(), connection)


def _literal(values: Sequence[Any]) -> str:
    return "{" + ",".join(map(_quoted, values)) + "}" if values else "{}"


def _quoted(value: Any) -> str:
    text = value.isoformat() if isinstance(value, datetime) else str(value)
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
