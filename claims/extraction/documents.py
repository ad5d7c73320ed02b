"""Articles as JSON Lines, the form in which commands take them: {"id","url","title","published","text"} a line."""

import json
from collections.abc import Callable, Iterable, Iterator

from claims.extraction.types import Document


class BadLineError(ValueError):
    """A line of the input that is not an article; the message says why."""


def document_from(line: str) -> Document:
    """Return the article that one line of JSON describes; raise `BadLineError` where it does not.

    "id" and "text" must be strings; "url", "title" and "published" may be null or missing.
    """
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise BadLineError(f"not JSON ({error})") from None
    if not isinstance(row, dict):
        raise BadLineError("not a JSON object")
    for key in ("id", "text"):
        if key not in row:
            raise BadLineError(f'"{key}" is missing')
    for key in ("id", "url", "title", "published", "text"):
        value = row.get(key)
        if value is not None and not isinstance(value, str):
            raise BadLineError(f'"{key}" is not a string')
        if value is None and key in {"id", "text"}:
            raise BadLineError(f'"{key}" is null')
    return Document(row["id"], row.get("url"), row.get("title"), row.get("published"), row["text"])


def read_documents(lines: Iterable[bytes], report: Callable[[int, str], None]) -> Iterator[Document]:
    """Yield the article of each line of UTF-8 JSON; blank lines and a byte order mark are passed over.

    A line that cannot be read goes to *report* as (line number from 1, reason), and the rest goes on.
    """
    for number, raw in enumerate(lines, 1):
        if not raw.strip():
            continue
        try:
            yield document_from(raw.decode("utf-8-sig" if number == 1 else "utf-8"))
        except UnicodeDecodeError as error:
            report(number, f"not UTF-8 ({error})")
        except BadLineError as error:
            report(number, str(error))
