"""The broker's options for every kind of URL, and the SQL of the one inside PostgreSQL."""

import os
import subprocess
import sys
from collections.abc import Iterator
from urllib.parse import quote

import psycopg
import pytest
from kombu import Connection, Exchange, Queue
from pgmq.base import PGMQConfig
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from tests.devstack.helpers import ROOT
from tracker import broker

NAME = "tests_broker"


@pytest.fixture
def database() -> Iterator[str]:
    """The conninfo of an empty database of its own."""
    ours = os.environ["DATABASE_URL"]
    with psycopg.connect(ours, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)")
        connection.execute(f"CREATE DATABASE {NAME}")
        yield make_conninfo(ours, dbname=NAME)
        connection.execute(f"DROP DATABASE {NAME} WITH (FORCE)")


def as_pgmq_connects(url: str) -> dict[str, object]:
    """Return what libpq gets in the end, after the client has taken five fields and put them together again."""
    return dict(conninfo_to_dict(PGMQConfig(conn_string=broker.pgmq_conninfo("pgmq://", url)).dsn))


def test_a_socket_folder_survives_the_way_to_the_client() -> None:
    assert as_pgmq_connects("postgresql://tracker@/tracker?host=/tmp/s")["host"] == "/tmp/s"


@pytest.mark.parametrize("password", ["plain", "with space", "it's", 'dou"ble', "back\\slash", "a@b:c/d", "k=v"])
def test_any_password_survives_the_way_to_the_client(password: str) -> None:
    found = as_pgmq_connects(f"postgresql://user:{quote(password, safe='')}@host:5433/name?sslmode=require")
    assert found["password"] == password
    assert found["sslmode"] == "require"
    assert (found["host"], found["port"], found["dbname"], found["user"]) == ("host", "5433", "name", "user")


def test_a_broker_of_its_own_goes_before_the_database() -> None:
    options = broker.options("pgmq://u:p@elsewhere/queues", "postgresql://tracker@/tracker?host=/s")
    found = conninfo_to_dict(options["conn_string"])
    assert (found["host"], found["dbname"]) == ("elsewhere", "queues")


def test_no_extension_is_asked_for() -> None:
    assert broker.options("pgmq://", "postgresql://u@/d")["init_extension"] is False


@pytest.mark.parametrize("url", ["redis://h/0", "rediss://h/0", "valkey://h/0"])
def test_redis_looks_for_lost_messages_every_ten_seconds(url: str) -> None:
    options = broker.options(url)
    assert (options["unacked_restore_interval"], options["unacked_restore_throttle"]) == (10, 1)


def test_rabbitmq_needs_no_option() -> None:
    assert broker.options("amqp://guest@localhost//") == {}


def test_the_sql_is_installed_once(database: str) -> None:
    assert broker.install(database) is True
    assert broker.install(database) is False


def test_sql_of_another_version_of_ours_is_replaced(database: str) -> None:
    broker.install(database)
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute("COMMENT ON SCHEMA pgmq IS 'ai-claims-tracker, pgmq 0.1'")
    assert broker.install(database) is True


def test_a_schema_that_is_not_ours_is_left_alone(database: str) -> None:
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute("CREATE SCHEMA pgmq")
    assert broker.install(database) is False
    with psycopg.connect(database) as connection:
        row = connection.execute("SELECT to_regclass('pgmq.meta')").fetchone()
    assert row == (None,)


def test_the_command_installs_it(database: str) -> None:
    fields = conninfo_to_dict(database)
    url = f"postgresql://{fields['user']}@/{NAME}?host={fields['host']}"
    command = [sys.executable, "-m", "tracker.broker"]
    env = {"DATABASE_URL": url, "PATH": os.defpath}
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "The broker's SQL is installed.\n"), done.stderr


def test_the_command_without_a_database_says_what_to_set() -> None:
    command = [sys.executable, "-m", "tracker.broker"]
    done = subprocess.run(command, cwd=ROOT, env={"PATH": os.defpath}, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "DATABASE_URL" in done.stderr


def test_a_message_goes_through_postgresql(database: str) -> None:
    broker.install(database)
    fields = conninfo_to_dict(database)
    options = broker.options("pgmq://", f"postgresql://{fields['user']}@/{NAME}?host={fields['host']}")
    queue = Queue("letters", Exchange("letters", "direct"), routing_key="letters")
    with Connection(broker.celery_url("pgmq://"), transport_options=options) as connection:
        connection.Producer().publish({"n": 1}, exchange=queue.exchange, routing_key="letters", declare=[queue])
        with psycopg.connect(database) as other:
            assert other.execute("SELECT queue_length FROM pgmq.metrics('letters')").fetchone() == (1,)
        message = queue(connection.channel()).get()
        assert message
        assert message.decode() == {"n": 1}
        message.ack()
        with psycopg.connect(database) as other:
            assert other.execute("SELECT queue_length FROM pgmq.metrics('letters')").fetchone() == (0,)
