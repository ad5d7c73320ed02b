"""CSV as RFC 4180 has it, and safe to open in a spreadsheet: pure functions.

A cell that begins like a formula gets an apostrophe before it, as OWASP advises against formula injection: else a
sentence of a stranger's would be run by whoever opens the file.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

FORMULA = ("=", "+", "-", "@", "\t", "\r")


def cell(value: object) -> object:
    """Return *value* as it may stand in a cell: text that a spreadsheet would run as a formula is made plain."""
    if value is None:
        return ""
    if isinstance(value, str):
        # A spreadsheet skips leading blanks and reads full-width signs as the plain ones.
        opening = value.lstrip(" \n\u00a0\ufeff")[:1].translate(str.maketrans("＝＋－＠", "=+-@"))
        return f"'{value}" if opening and opening in FORMULA else value.replace("\x00", "\ufffd")
    return value


def csv_rows(header: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """Yield the lines of a CSV file, the header first, each ended by CRLF."""
    yield _line(header)
    for row in rows:
        yield _line([cell(value) for value in row])


def _line(values: Sequence[object]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\r\n").writerow(values)
    return buffer.getvalue()


def csv_text(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a whole CSV file."""
    return "".join(csv_rows(header, rows))
