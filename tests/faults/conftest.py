"""One PostgreSQL server for the tests of faults, with a migrated database that each test copies."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.faults.newsroom import open_newsroom
from tests.faults.site import Site, site_on, until
from tests.origin import Origin, running_origin
from tracker.devstack.postgres import EmbeddedPostgres, temporary_postgres

Outcome = dict[str, list[tuple[Any, ...]]]
TEMPLATE = "template_site"


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedPostgres]:
    """A server with a prepared database that each test copies."""
    with temporary_postgres() as server:
        prepare(server, tmp_path_factory.mktemp("template"))
        yield server


def prepare(server: EmbeddedPostgres, logs: Path) -> None:
    """Make the database `template_site`: migrated, with the queues of the embedded broker."""
    create(server, TEMPLATE)
    with site_on(server.url(TEMPLATE), "http://127.0.0.1:9", logs) as site:
        site.manage("migrate", "--verbosity", "0")
        site.start("broker", "-m", "tracker.broker").wait()


def create(server: EmbeddedPostgres, name: str, template: str = "template0") -> None:
    """Make a database, with all that *template* holds."""
    with psycopg.connect(server.url("postgres", "postgres"), autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}" OWNER tracker'.encode())
    with psycopg.connect(server.url(name, "postgres"), autocommit=True) as connection:
        connection.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")


def drop(server: EmbeddedPostgres, name: str) -> None:
    """Remove a database, whoever is connected."""
    with psycopg.connect(server.url("postgres", "postgres"), autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'.encode())


@pytest.fixture
def origin() -> Iterator[Origin]:
    """The newsroom's web server."""
    with running_origin() as origin:
        open_newsroom(origin)
        yield origin


@pytest.fixture
def site(server: EmbeddedPostgres, origin: Origin, tmp_path: Path) -> Iterator[Site]:
    """A site on a database of its own that has yet to poll the newsroom's feeds."""
    create(server, "site", TEMPLATE)
    with site_on(server.url("site"), origin.url, tmp_path) as site:
        add_feeds(site, origin)
        yield site
    drop(server, "site")


def add_feeds(site: Site, origin: Origin) -> None:
    """Have the newsroom's feeds polled by *site*, as an editor would."""
    site.manage("add_feed", f"{origin.url}/gazette.rss", "--outlet", "Gazette")
    site.manage("add_feed", f"{origin.url}/wire.rss", "--outlet", "Wire")


@pytest.fixture(scope="session")
def calm(server: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    """What a run without any fault ends with."""
    create(server, "calm", TEMPLATE)
    with running_origin() as origin, site_on(server.url("calm"), origin.url, tmp_path_factory.mktemp("calm")) as site:
        open_newsroom(origin)
        add_feeds(site, origin)
        site.worker()
        site.beat()
        until(site.is_done, site)
        outcome = site.outcome()
    drop(server, "calm")
    return neutral(outcome, origin.url)


def neutral(outcome: Outcome, origin: str) -> Outcome:
    """Return *outcome* with the origin's address, whose port differs, taken out."""
    return {
        name: [
            tuple(str(value).replace(origin, "") if isinstance(value, str) else value for value in row) for row in rows
        ]
        for name, rows in outcome.items()
    }
