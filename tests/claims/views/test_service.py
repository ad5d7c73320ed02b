"""What machines ask of the site itself."""

from typing import Any

import pytest
from django.db.migrations.executor import MigrationExecutor
from django.test import Client

from claims.views import service

pytestmark = pytest.mark.django_db


def test_it_is_ready_with_database_migrations_and_broker_and_says_so(client: Client) -> None:
    answer = client.get("/readyz")
    assert (answer.status_code, answer.content) == (200, b"database: ok\nmigrations: ok\nbroker: ok\n")
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.parametrize(
    ("part", "status", "line"),
    [("_database", 503, "database: away"), ("_migrations", 503, "migrations: away"), ("_broker", 200, "broker: away")],
)
def test_what_is_away_is_named_and_a_broker_alone_turns_no_reader_away(
    client: Client, monkeypatch: pytest.MonkeyPatch, part: str, status: int, line: str
) -> None:
    def away() -> Any:
        raise OSError("connection refused by 10.0.0.7")

    monkeypatch.setattr(service, part, away)
    answer = client.get("/readyz")
    assert answer.status_code == status
    assert line in answer.content.decode()
    assert "10.0.0.7" not in answer.content.decode(), "addresses are for the log alone"


def test_migrations_that_wait_turn_readers_away(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(MigrationExecutor, "migration_plan", lambda *_: [("one", False), ("two", False)])
    answer = client.get("/readyz")
    assert (answer.status_code, b"migrations: 2 to be applied" in answer.content) == (503, True)
