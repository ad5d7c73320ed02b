"""A site spread over many machines: external PostgreSQL and broker, workers of different queues, two web servers.

One of each is killed while the route runs; what comes out is what a calm run gives.
"""

import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.conftest import TEMPLATE, Outcome, add_feeds, create, neutral, prepare
from tests.faults.services import POSTGRES_15, Broker, RabbitMQ, Redis, need
from tests.faults.site import Site, site_on, until
from tests.origin import Origin
from tracker.devstack.postgres import EmbeddedPostgres, temporary_postgres

pytestmark = pytest.mark.services


@pytest.fixture
def oldest(tmp_path: Path) -> Iterator[EmbeddedPostgres]:
    """A server of PostgreSQL 15, the oldest version that the site runs on, prepared like the other."""
    need(POSTGRES_15 / "postgres", "postgresql-15")
    with temporary_postgres(str(POSTGRES_15)) as server:
        prepare(server, tmp_path)
        yield server


@pytest.fixture(params=["PostgreSQL 15 and RabbitMQ", "PostgreSQL 18 and Redis"])
def spread(request: pytest.FixtureRequest, tmp_path: Path, origin: Origin) -> Iterator[Site]:
    """A site on a database server and a broker that are not its own."""
    name = "oldest" if "15" in request.param else "server"
    server: EmbeddedPostgres = request.getfixturevalue(name)
    home = tmp_path / "broker"
    home.mkdir()
    broker: Broker = RabbitMQ(home) if "RabbitMQ" in request.param else Redis(home)
    create(server, "spread", TEMPLATE)
    try:
        broker.start()
        with site_on(server.url("spread"), origin.url, tmp_path, {"BROKER_URL": broker.url}) as site:
            add_feeds(site, origin)
            yield site
    finally:
        broker.close()


def test_a_site_on_many_machines_goes_on_when_one_of_each_is_killed(
    spread: Site, origin: Origin, calm: Outcome
) -> None:
    webs = [spread.web(f"web{number}") for number in range(2)]
    first_web = spread.running[-2]
    collectors = [spread.worker(name=f"collect{n}", queues="collect") for n in range(2)]
    extractors = [spread.worker(name=f"extract{n}", queues="extract") for n in range(2)]
    clocks = [spread.beat(f"beat{number}") for number in range(2)]
    until(lambda: spread.count("SELECT count(*) FROM news_entry"), spread)
    for victim in (collectors[0], extractors[0], clocks[0], first_web):
        spread.kill(victim)
    until(spread.is_done, spread, 120)
    assert neutral(spread.outcome(), spread.origin) == calm
    assert [len(origin.asked(path)) for path in ("/gazette.rss", "/wire.rss")] == [2, 2]
    with urllib.request.urlopen(f"{webs[1]}/disputes/", timeout=20) as answer:
        assert answer.status == 200
