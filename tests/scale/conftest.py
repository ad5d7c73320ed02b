"""A database of its own with a made-up corpus, vacuumed as a real one is, for the tests of this folder to read."""

from collections.abc import Iterator

import psycopg
import pytest
from django.core.management import call_command
from django.db import connection
from pytest_django.plugin import DjangoDbBlocker

NUMBERS = {
    "outlets": 300,
    "feeds": 300,
    "articles": 30_000,
    "mentions": 60_000,
    "claims": 25_000,
    "drafts": 1_000,
    "disputes": 4_000,
    "parties": 3_000,
    "systems": 500,
    "largest": 1_000,
}


def _over(name: str) -> None:
    """Let the connection go on in the database of that name."""
    connection.close()
    connection.close_pool()  # type: ignore[attr-defined]
    connection.settings_dict["NAME"] = name


@pytest.fixture(scope="module")
def corpus(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The corpus, in a database that nothing else was ever in."""
    from claims.synthesis import Size, synthesize  # Django is not set up yet when this file is read

    with django_db_blocker.unblock():
        tests = str(connection.settings_dict["NAME"])
        ours = f"{tests}_scale"
        options = connection.get_connection_params()
        given = {key: options[key] for key in ("user", "password", "host", "port") if options.get(key)}
        _over(tests)
        with psycopg.connect(**given, dbname="postgres", autocommit=True) as server:
            server.execute(f'DROP DATABASE IF EXISTS "{ours}"')
            server.execute(f'CREATE DATABASE "{ours}"')
            _over(ours)
            try:
                call_command("migrate", verbosity=0)
                synthesize(Size(**NUMBERS))
                with connection.cursor() as cursor:
                    cursor.execute("VACUUM ANALYZE")
                yield
            finally:
                _over(tests)
                server.execute(f'DROP DATABASE "{ours}" WITH (FORCE)')
