"""The database of the tests: what its server allows between two tests, and nowhere else."""

import os

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.db.utils import DatabaseError

TABLE = "tests_kept"


def make_guarded_table() -> None:
    """A table that refuses to be emptied, as evidence does."""
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE {TABLE} (id int)")
        cursor.execute(
            "CREATE FUNCTION tests_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'kept'; END $$"
        )
        cursor.execute(
            f"CREATE TRIGGER tests_refuse BEFORE TRUNCATE OR DELETE ON {TABLE} EXECUTE FUNCTION tests_refuse()"
        )
        cursor.execute(f"INSERT INTO {TABLE} VALUES (1)")


@pytest.mark.django_db
def test_a_guarded_table_refuses_a_test_but_not_the_flush() -> None:
    make_guarded_table()
    with pytest.raises(DatabaseError, match="kept"), connection.cursor() as cursor, transaction.atomic():
        cursor.execute(f"TRUNCATE {TABLE}")
    connection.ops.execute_sql_flush([f"TRUNCATE {TABLE}"])
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {TABLE}")
        assert cursor.fetchone() == (0,)


@pytest.mark.django_db(transaction=True)
def test_triggers_stand_again_after_a_flush() -> None:
    connection.ops.execute_sql_flush(["SELECT 1"])
    with connection.cursor() as cursor:
        cursor.execute("SHOW session_replication_role")
        assert cursor.fetchone() == ("origin",)


def test_a_database_that_is_not_the_tests_is_not_flushed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(connection.settings_dict, "NAME", "tracker")
    with pytest.raises(AssertionError, match="no test database"):
        connection.ops.execute_sql_flush(["SELECT 1"])


def test_settings_come_from_the_tests_environment() -> None:
    assert settings.SECRET_KEY.startswith("for-tests-only-")
    assert os.environ["DATABASE_URL"].startswith("postgresql://")
