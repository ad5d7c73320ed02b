"""A bound on how long a question to the database may take, so that one visitor's search costs no other's page."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import OperationalError, connection, transaction
from psycopg.errors import QueryCanceled


class TookTooLong(Exception):  # noqa: N818 — it names what happened, and is answered, not logged
    """The database gave up on a question at the time set for it."""


@contextmanager
def bounded(milliseconds: int) -> Iterator[None]:
    """Let every statement of the block take *milliseconds* at most; raises `TookTooLong`. 0 sets no bound."""
    if milliseconds <= 0:
        yield
        return
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('statement_timeout')")
            before = cursor.fetchone()
            cursor.execute("SELECT set_config('statement_timeout', %s, true)", [str(milliseconds)])
            yield
            # Within a larger transaction the setting would outlive the block; a rollback takes it back by itself.
            cursor.execute("SELECT set_config('statement_timeout', %s, true)", [before[0] if before else "0"])
    except OperationalError as error:
        if isinstance(error.__cause__, QueryCanceled):
            raise TookTooLong(f"more than {milliseconds} ms") from error
        raise
