"""How fast feeds are collected, beside lemon24/reader in the same run: `make bench-collect`.

    python -m benchmarks.collect [--hosts 400] [--entries 30] [--latency 100] [--rounds 3]

A local origin (`origin.py`) plays every host. Ours stores into a PostgreSQL of its own that is made for the run,
reader into SQLite with its 20 workers. Printed are seconds and ratios, some with a bar; the bars are
of ratios because machines differ. The least of some rounds counts: other work on the machine only ever adds. Memory is
the growth of a fresh process's peak while it polls one hostile feed (`memory.py`), in MB; its bar is 50.
"""

import argparse
import asyncio
import contextlib
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import aiohttp

from benchmarks import memory
from benchmarks.origin import HOSTILE, host
from tracker.devstack.postgres import EmbeddedPostgres

WORKERS = 20
CONNECTIONS = 100


@contextmanager
def origin(hosts: int, entries: int, latency: int) -> Iterator[list[str]]:
    """Run the origin; give the addresses of its feeds."""
    arguments = [str(hosts), str(entries), str(latency), str(hosts // 20)]
    child = subprocess.Popen(  # noqa: S603
        [sys.executable, "-m", "benchmarks.origin", *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert child.stdin is not None
    assert child.stdout is not None
    try:
        port = int(child.stdout.readline())
        yield [f"http://{host(number)}:{port}/feed.xml" for number in range(hosts)]
    finally:
        child.kill()
        child.wait()
        child.stdin.close()
        child.stdout.close()


@contextmanager
def database() -> Iterator[None]:
    """Run PostgreSQL with durable writes, and set Django up on it with every table made."""
    with tempfile.TemporaryDirectory(prefix="bench-") as home:
        Path(home).chmod(0o711)
        with EmbeddedPostgres(Path(home) / "postgres") as server:
            os.environ |= {
                "DATABASE_URL": server.url(),
                "DJANGO_SETTINGS_MODULE": "tracker.settings",
                "DEBUG": "0",
                "SECRET_KEY": "for-a-benchmark-alone" * 3,
                "BROKER_URL": "memory://",
                "LOG_LEVEL": "ERROR",
            }
            import django
            from django.core.management import call_command
            from django.db import connection

            django.setup()
            call_command("migrate", verbosity=0)
            try:
                yield
            finally:
                connection.close()
                connection.close_pool()  # type: ignore[attr-defined]  # of PostgreSQL alone


class Ours:
    """This project: `collection.poll_due`, parsing and PostgreSQL included."""

    def __init__(self, urls: list[str], connections: int) -> None:
        from tracker.news import subscriptions
        from tracker.news.fetching import FetchPolicy

        origins = frozenset(url.removesuffix("/feed.xml") for url in urls)
        self.policy = FetchPolicy("bench/1", origins, global_limit=connections, spacing=0, total_seconds=8)
        outlet = subscriptions.add_outlet("Bench", "bench", "other")
        for url in urls:
            subscriptions.add_feed(url, outlet)

    def sweep(self) -> list[float]:
        """Poll every feed; return after how many seconds each good answer was stored."""
        from datetime import timedelta

        from tracker.news import collection, subscriptions
        from tracker.news.models import Feed

        subscriptions.make_due(Feed.objects.all())
        began = time.perf_counter()
        polled = collection.poll_due(self.policy, minimum=timedelta(minutes=15))
        return [time.perf_counter() - began for outcome in polled if outcome.ok]

    def forget(self) -> None:
        """Make the next sweep a first one."""
        from tracker.news.models import Feed

        tables = ("news_poll", "news_feedanswer", "news_entry", "news_address", "news_article")
        from django.db import connection

        with connection.cursor() as cursor:
            # Evidence that nothing hangs on yet; the benchmark's own database.
            for table in tables:
                cursor.execute(f"DELETE FROM {table}")  # noqa: S608
        Feed.objects.update(etag="", last_modified="", body_sha256="", recent=[])


class Readers:
    """lemon24/reader with its thread pool."""

    def __init__(self, urls: list[str], home: Path) -> None:
        self.urls, self.home, self.round = urls, home, 0
        self.forget()

    def sweep(self) -> list[float]:
        """Update every feed."""
        began = time.perf_counter()
        results = self.reader.update_feeds_iter(workers=WORKERS, scheduled=False)
        return [time.perf_counter() - began for result in results if not isinstance(result.value, Exception)]

    def forget(self) -> None:
        """Begin a database anew."""
        from reader import make_reader

        self.round += 1
        self.reader = make_reader(str(self.home / f"{self.round}.sqlite"))
        for url in self.urls:
            self.reader.add_feed(url)


def bare(urls: list[str], connections: int, rounds: int) -> float:
    """Return the least seconds in which aiohttp alone asks every feed for what is new: the floor under ours."""

    async def sweep() -> float:
        slots = asyncio.Semaphore(connections)

        async def ask(number: int) -> None:
            async with slots, session.get(urls[number], headers={"If-None-Match": f'"{number}"'}) as answer:
                await answer.read()

        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
            began = time.perf_counter()
            await asyncio.gather(*map(ask, range(len(urls))))
            return time.perf_counter() - began

    return min(asyncio.run(sweep()) for _ in range(rounds))


def timed(work: Callable[[], list[float]]) -> tuple[float, float, list[float]]:
    """Return wall seconds, processor seconds of this process, and what *work* returned."""
    wall, processor = time.perf_counter(), time.process_time()
    done = work()
    return time.perf_counter() - wall, time.process_time() - processor, done


def measure(who: Any, rounds: int, feeds: int) -> dict[str, float]:
    """Return the least wall and processor seconds of first and unchanged sweeps."""
    first, unchanged = [], []
    for _ in range(rounds):
        who.forget()
        first.append(timed(who.sweep))
        assert len(first[-1][2]) == feeds, f"{len(first[-1][2])} of {feeds} feeds were stored"
        unchanged.append(timed(who.sweep))
    return {
        "first": min(wall for wall, _, _ in first),
        "first_cpu": min(cpu for _, cpu, _ in first),
        "unchanged": min(wall for wall, _, _ in unchanged),
        "unchanged_cpu": min(cpu for _, cpu, _ in unchanged),
    }


def hanging(ours: Ours, url: str, rounds: int) -> float:
    """Return when the last healthy feed was stored while one host in twenty hangs."""
    ask(url, "/hang")
    try:
        return min(max(ours.sweep()) for _ in range(rounds))
    finally:
        ask(url, "/heal")


def ask(url: str, path: str) -> None:
    """Tell the origin something by one of its hosts that never hang."""
    with contextlib.suppress(urllib.error.HTTPError):
        urllib.request.urlopen(url.removesuffix("/feed.xml") + path, timeout=10)  # noqa: S310


def main() -> None:
    """Measure and print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, default in (("hosts", 400), ("entries", 30), ("latency", 100), ("rounds", 3)):
        parser.add_argument(f"--{name}", type=int, default=default)
    options = parser.parse_args()
    hosts = options.hosts
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, max(soft, 8 * hosts)), hard))
    with tempfile.TemporaryDirectory() as home, database(), origin(hosts, options.entries, options.latency) as urls:
        found: dict[str, dict[str, float]] = {}
        for connections in (WORKERS, CONNECTIONS):
            ours = Ours(urls, connections)
            found[f"ours_{connections}"] = measure(ours, options.rounds, hosts)
        floors = {connections: bare(urls, connections, options.rounds) for connections in (WORKERS, CONNECTIONS)}
        stalled = hanging(ours, urls[-1], options.rounds)
        base = urls[-1].removesuffix("/feed.xml")
        found["memory_growth_mb"] = {
            path: memory.growth(urls[-1], base + path)["growth"] / 2**20 for path in HOSTILE if memory.CLEAR.exists()
        }
        found["reader_20"] = measure(Readers(urls, Path(home)), options.rounds, hosts)
    mine, narrow, theirs = found[f"ours_{CONNECTIONS}"], found[f"ours_{WORKERS}"], found["reader_20"]
    latency = options.latency / 1000
    found["ratios"] = {
        "unchanged_to_ideal_100": mine["unchanged"] / (hosts * latency / CONNECTIONS),
        "unchanged_to_ideal_20": narrow["unchanged"] / (hosts * latency / WORKERS),
        "bare_aiohttp_to_ideal_100": floors[CONNECTIONS] / (hosts * latency / CONNECTIONS),
        "bare_aiohttp_to_ideal_20": floors[WORKERS] / (hosts * latency / WORKERS),
        "unchanged_to_bare_aiohttp_100": mine["unchanged"] / floors[CONNECTIONS],
        "unchanged_to_bare_aiohttp_20": narrow["unchanged"] / floors[WORKERS],
        "first_speedup_over_reader": theirs["first"] / mine["first"],
        "first_speedup_over_reader_20": theirs["first"] / narrow["first"],
        "cpu_per_unchanged_feed_to_reader": mine["unchanged_cpu"] / theirs["unchanged_cpu"],
        "healthy_with_5_percent_hanging_to_clean": stalled / mine["unchanged"],
    }
    print(json.dumps({who: {k: round(v, 3) for k, v in row.items()} for who, row in found.items()}, indent=1))


if __name__ == "__main__":
    main()
