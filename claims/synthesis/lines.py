"""Rows as PostgreSQL's COPY takes them, in its text format: one line a row, columns between tabs."""

import json
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from django.db import models

NULL = "\\N"


def escaped(text: str) -> str:
    """Return *text* without what ends a column or a line."""
    # Four scans for what is hardly ever there: several times as fast as a table of translations.
    return text.replace("\\", "\\\\").replace("\n", "\\n").replace("\t", "\\t").replace("\r", "\\r")


def cell(value: Any) -> str:
    """Return one value as COPY reads it; dicts become JSON, sequences arrays."""
    match value:
        case None:
            return NULL
        case bool():
            return "t" if value else "f"
        case str():
            return escaped(value)
        case int() | float():
            return repr(value)
        case datetime() | date():
            return value.isoformat()
        case bytes():
            return "\\\\x" + value.hex()
        case dict():
            return escaped(json.dumps(value, ensure_ascii=False))
        case list() | tuple():
            return "{" + ",".join(map(cell, value)) + "}"
    raise TypeError(f"COPY has no form for {type(value).__name__}: {value!r}")


class Table:
    """A model's table, some of whose columns are given row by row; the others get their fields' defaults.

    *given* are names of fields, the key among them. Columns that may be null, or that the database fills, are left out.
    """

    def __init__(self, model: type[models.Model], given: Sequence[str], at: datetime) -> None:
        self.name, self.noun = model._meta.db_table, model._meta.verbose_name_plural
        fields = {each.name: each for each in model._meta.concrete_fields}
        self.columns = [fields[name].column for name in given]
        rest: list[str] = []
        for name, each in fields.items():
            if name in given or each.null or each.db_default is not models.NOT_PROVIDED:
                continue
            default = at if getattr(each, "auto_now_add", False) else each.get_default()
            self.columns.append(each.column)
            rest.append(cell(default))
        self._rest = "".join(f"\t{value}" for value in rest) + "\n"

    def line(self, *values: Any) -> str:
        """Return the line of the row with these values, in the order of the given fields."""
        return "\t".join(map(cell, values)) + self._rest


def blocks(lines: Iterable[str], size: int = 1 << 20) -> Iterable[bytes]:
    """Yield *lines* joined to blocks of about *size* characters."""
    block: list[str] = []
    held = 0
    for line in lines:
        block.append(line)
        held += len(line)
        if held >= size:
            yield "".join(block).encode()
            block, held = [], 0
    yield "".join(block).encode()
