"""The broker that BROKER_URL names: what Celery is to know of it, and the SQL of the one inside PostgreSQL.

Messages are hints ("look for due rows now"), so no broker is trusted and losing every message loses no work.
`pgmq://` keeps them in PostgreSQL itself, as plain SQL objects in a schema `pgmq`; no extension is needed.
Redis, Valkey (`redis://`) and RabbitMQ (`amqp://`) take its place by their URL.

`python -m tracker.broker` makes that schema on the database of BROKER_URL, or of DATABASE_URL where BROKER_URL is
`pgmq://` alone. It may run again at any time.
"""

import os
import sys
from typing import Any
from urllib.parse import urlsplit

# How long a message of a worker that was killed stays hidden. A task that takes longer may run twice at once,
# which every task allows: rows are leased.
VISIBILITY_SECONDS = 60
# Two installations at once wait for each other; the number is "pgmq" in ASCII.
INSTALL_LOCK = 0x70676D71
MARK = "ai-claims-tracker, pgmq "


def options(broker_url: str, database_url: str = "") -> dict[str, Any]:
    """Return Celery's ``broker_transport_options`` for *broker_url*.

    Measured for pgmq with a worker of two processes: asking every 0.05 s does 217 tasks a second and costs 5 % of
    a core while nothing happens, every 0.2 s about 150 and 1.5 %. Waking by NOTIFY costs less still, but makes every
    sender lock the queue's table to set its trigger anew.
    """
    if broker_url.startswith("pgmq"):
        return {
            "conn_string": pgmq_conninfo(broker_url, database_url),
            "init_extension": False,
            "polling_interval": 0.2,
            "wait_time_seconds": 0,
            "visibility_timeout": VISIBILITY_SECONDS,
        }
    if broker_url.startswith(("redis", "rediss", "valkey")):
        return {
            "visibility_timeout": VISIBILITY_SECONDS,
            # Looked for every 10 s in place of every 10 reads.
            "unacked_restore_interval": 10,
            "unacked_restore_throttle": 1,
        }
    return {}


def celery_url(broker_url: str) -> str:
    """Return *broker_url* for Celery: one for pgmq names no database, the options do, and no password is shown."""
    return "pgmq://localhost/" if broker_url.startswith("pgmq") else broker_url


def pgmq_conninfo(broker_url: str, database_url: str) -> str:
    """Return libpq's ``key=value`` form of the database that holds the queues.

    A URL would lose its socket folder on the way: the client takes five fields out of it (host, port, dbname, user,
    password) and puts them together unquoted. So a password is quoted for it here, and what else libpq is to know
    (``sslmode``) rides on the password's field.
    """
    # Settings import this module, and commands that need no database are not to wait for its driver.
    from psycopg.conninfo import conninfo_to_dict, make_conninfo

    given = conninfo_to_dict(_database_of(broker_url, database_url))
    fields = {name: str(given.pop(name)) for name in ("host", "port", "dbname", "user") if given.get(name)}
    rest = {name: str(value) for name, value in given.items() if name != "password" and value is not None}
    secret = make_conninfo(password=str(given.get("password") or "none"), **rest).removeprefix("password=")
    return make_conninfo(password=secret, **fields)


def _database_of(broker_url: str, database_url: str) -> str:
    parts = urlsplit(broker_url)
    if parts.netloc or parts.path.strip("/") or parts.query:
        return broker_url.replace(parts.scheme, "postgresql", 1)
    return database_url


def install(conninfo: str) -> bool:
    """Make the schema ``pgmq`` on the database of *conninfo* (URL or key=value) where it is missing or ours but old.

    An installed extension ``pgmq`` is left as it is. A new version of the SQL takes the place of the old one with
    all messages in it, which are hints. Returns whether anything was done.

    Raises:
        psycopg.Error: the database cannot be reached, or its user may not create a schema.
    """
    import psycopg
    from pgmq.install import get_embedded_install_sql, get_embedded_sql_version
    from psycopg import sql

    mark = MARK + get_embedded_sql_version()
    with psycopg.connect(conninfo) as connection:
        connection.execute("SELECT pg_advisory_xact_lock(%s)", [INSTALL_LOCK])
        found = connection.execute(
            "SELECT coalesce(obj_description(oid, 'pg_namespace'), '') FROM pg_namespace WHERE nspname = 'pgmq'"
        ).fetchone()
        if found is not None:
            if found[0] == mark or not found[0].startswith(MARK):
                return False
            connection.execute("DROP SCHEMA pgmq CASCADE")
        connection.execute(get_embedded_install_sql().encode())
        connection.execute(sql.SQL("COMMENT ON SCHEMA pgmq IS {}").format(sql.Literal(mark)))
    return True


def main() -> int:
    """Install the SQL on the database that the environment names."""
    import psycopg

    url = _database_of(os.environ.get("BROKER_URL", ""), os.environ.get("DATABASE_URL", ""))
    if not url.startswith(("postgres://", "postgresql://")):
        print("Set DATABASE_URL to postgresql://…, or BROKER_URL to pgmq://…", file=sys.stderr)
        return 2
    try:
        done = install(url)
    except psycopg.Error as error:
        print(f"The broker's SQL could not be installed: {error}", file=sys.stderr)
        return 1
    print("The broker's SQL is installed." if done else "The broker's SQL was there already.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
