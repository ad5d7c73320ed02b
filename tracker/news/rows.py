"""Many rows written by one statement: what an ORM does a row at a time is most of a sweep's work."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import connection, models


def update_rows(rows: Sequence[models.Model], fields: Sequence[str]) -> None:
    """Save *fields* of *rows*, all of one model, by a single UPDATE … FROM unnest(…)."""
    if not rows:
        return
    meta = rows[0]._meta
    columns = [field for field in meta.concrete_fields if field.name in fields]
    sets = ", ".join(f'"{field.column}" = {_given(field)}' for field in columns)
    names, casts, arguments = _columns([meta.pk, *columns], rows)
    statement = (
        f'UPDATE "{meta.db_table}" SET {sets} FROM unnest({casts}) AS given({names}) '  # noqa: S608 - names of our own
        f'WHERE "{meta.db_table}"."{meta.pk.column}" = given."{meta.pk.column}"'
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, arguments)


def insert_rows(rows: Sequence[models.Model]) -> int:
    """Insert *rows*, all of one model, by a single INSERT … SELECT FROM unnest(…), in their order.

    Those that a constraint forbids are left out; return how many were stored. The rows themselves get no key.
    """
    if not rows:
        return 0
    meta = rows[0]._meta
    columns = [field for field in meta.concrete_fields if not field.primary_key]
    for field in columns:
        if getattr(field, "auto_now_add", False):
            for row in rows:
                field.pre_save(row, add=True)
    given = ", ".join(_given(field) for field in columns)
    names, casts, arguments = _columns(columns, rows)
    statement = (
        f'INSERT INTO "{meta.db_table}" ({names}) SELECT {given} FROM unnest({casts}) '  # noqa: S608 - names of our own
        f'WITH ORDINALITY AS given({names}, "place") ORDER BY "place" '
        "ON CONFLICT DO NOTHING"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, arguments)
        return int(cursor.rowcount)


def _given(field: Any) -> str:
    return f'given."{field.column}"::{field.db_type(connection)}'


def _columns(columns: Sequence[Any], rows: Sequence[models.Model]) -> tuple[str, str, list[list[Any]]]:
    """Return the columns' names, the placeholders of arrays of their values, and the arrays."""
    casts, arguments = [], []
    for field in columns:
        values = [getattr(row, field.attname) for row in rows]
        if isinstance(field, ArrayField):
            # unnest() would flatten them: they travel as text.
            casts.append("%s::text[]")
            arguments.append([_literal(value) for value in values])
        else:
            casts.append(f"%s::{field.rel_db_type(connection) if field.primary_key else field.db_type(connection)}[]")
            arguments.append(values)
    return ", ".join(f'"{field.column}"' for field in columns), ", ".join(casts), arguments


def _literal(values: Sequence[Any]) -> str:
    return "{" + ",".join(_quoted(value) for value in values) + "}" if values else "{}"


def _quoted(value: Any) -> str:
    text = value.isoformat() if isinstance(value, datetime) else str(value)
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
