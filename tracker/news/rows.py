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
    pk = meta.pk
    casts, sets, arguments = [f"%s::{pk.db_type(connection)}[]"], [], [[row.pk for row in rows]]
    for field in columns:
        kind = field.db_type(connection)
        values: list[Any] = [getattr(row, field.attname) for row in rows]
        if isinstance(field, ArrayField):
            # unnest() would flatten them: they travel as text.
            casts.append("%s::text[]")
            values = [_literal(value) for value in values]
        else:
            casts.append(f"%s::{kind}[]")
        sets.append(f'"{field.column}" = given."{field.column}"::{kind}')
        arguments.append(values)
    names = ", ".join(f'"{column}"' for column in (pk.column, *(field.column for field in columns)))
    statement = (
        f'UPDATE "{meta.db_table}" SET {", ".join(sets)} FROM unnest({", ".join(casts)}) AS given({names}) '  # noqa: S608 - names of our own
        f'WHERE "{meta.db_table}"."{pk.column}" = given."{pk.column}"'
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, arguments)


def _literal(values: Sequence[Any]) -> str:
    return "{" + ",".join(_quoted(value) for value in values) + "}"


def _quoted(value: Any) -> str:
    text = value.isoformat() if isinstance(value, datetime) else str(value)
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
