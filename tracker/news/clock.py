"""The one clock that all machines of the site share: the database's.

Leases and schedules are kept by it, so that a worker whose own clock is an hour off neither polls early nor takes
what another holds.
"""

from datetime import UTC, datetime

from django.db import connection


def now() -> datetime:
    """Return the time by the database's clock at this moment, inside a transaction too."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT STATEMENT_TIMESTAMP()")
        [moment] = cursor.fetchone()
    assert isinstance(moment, datetime)
    return moment.astimezone(UTC)
