"""Fault 2: a broker that is emptied, restarted and away for a minute. No work is lost, nothing is polled early.

The embedded broker goes with its database (`test_database.py`); here are the ones that may take its place.
"""

import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.conftest import Outcome, neutral
from tests.faults.services import Broker, RabbitMQ, Redis
from tests.faults.site import Site, until
from tests.origin import Origin

pytestmark = pytest.mark.services
AWAY_SECONDS = 60


@pytest.fixture(params=["redis", "rabbitmq"])
def broker(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Broker]:
    """A running broker."""
    home = tmp_path / "broker"
    home.mkdir()
    made: Broker = Redis(home) if request.param == "redis" else RabbitMQ(home)
    try:
        made.start()
        yield made
    finally:
        made.close()


def answers(address: str) -> bool:
    with urllib.request.urlopen(address, timeout=20) as answer:
        return bool(answer.status == 200)


def test_no_trouble_of_the_broker_loses_work_or_polls_early(
    broker: Broker, site: Site, origin: Origin, calm: Outcome
) -> None:
    counted = [len(origin.asked(path)) for path in ("/gazette.rss", "/wire.rss")]
    site.settings["BROKER_URL"] = broker.url
    web = site.web()
    site.worker()
    site.beat()
    until(lambda: site.count("SELECT count(*) FROM news_entry"), site)
    broker.flush()
    broker.stop()
    began = time.monotonic()
    while time.monotonic() - began < AWAY_SECONDS:
        assert answers(f"{web}/disputes/")
        time.sleep(2)
    broker.start()
    until(site.is_done, site, 90)
    assert neutral(site.outcome(), site.origin) == calm
    assert [len(origin.asked(path)) for path in ("/gazette.rss", "/wire.rss")] == [count + 1 for count in counted]
