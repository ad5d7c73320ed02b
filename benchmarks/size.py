"""How the site answers at ten years' size, in ratios within one run: `make bench-size`.

    python -m benchmarks.size [--scale small|full] [--out FILE.json]

A made-up corpus (`claims.synthesis`) goes into a PostgreSQL of its own that is made for the run. Each figure is the
time of one thing over that of another on the same machine in the same minutes; the least of some rounds counts, since
other work on the machine only ever adds. Bars: a deep page at most 3 times the first, a common word's search at most 5
times a rare one's (95th percentile of each), the query for due work at most 1.2 times with all articles what it is
with a hundredth of them.
"""

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from tracker.devstack.postgres import EmbeddedPostgres

ROUNDS, WORDS = 7, 20


@contextmanager
def database() -> Iterator[None]:
    """Run PostgreSQL, and set Django up on it, as the user who may pass over triggers, with every table made."""
    with tempfile.TemporaryDirectory(prefix="bench-") as home:
        Path(home).chmod(0o711)
        with EmbeddedPostgres(Path(home) / "postgres", durable=False) as server:
            os.environ |= {
                "DATABASE_URL": server.url(user="postgres"),
                "DJANGO_SETTINGS_MODULE": "tracker.settings",
                "SECRET_KEY": "for-benchmarks-only-" + "x" * 50,
                # Static files by their plain names: nothing is collected for a benchmark.
                "DEBUG": "1",
                "LOG_LEVEL": "ERROR",
                "SITE_URL": "http://testserver",
                "ALLOWED_HOSTS": "testserver",
                "BROKER_URL": "memory://",
            }
            import django

            django.setup()
            from django.conf import settings
            from django.core.management import call_command
            from django.db import connection

            settings.DEBUG = False  # no log of queries
            call_command("migrate", verbosity=0)
            try:
                yield
            finally:
                connection.close()
                connection.close_pool()  # type: ignore[attr-defined]  # of PostgreSQL alone


def least(act: Callable[[], Any]) -> float:
    """Return the least of some rounds' seconds, after one that warms up."""
    act()
    times = []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        act()
        times.append(time.perf_counter() - begun)
    return min(times)


def pages() -> Iterator[tuple[str, float, float | None]]:
    """Yield the deepest page over the first, of each long list."""
    from django.test import Client

    from claims.models import Claim, Dispute

    client = Client()
    lists = {"/changes/": (Claim.objects.published().count(), 30), "/disputes/": (Dispute.objects.count(), 30)}
    for address, (rows, size) in lists.items():
        last = min(rows // size, 2_000)
        first, deep = (least(partial(client.get, address, {"page": number})) for number in (1, last))
        yield f"page {last} of {address} ÷ page 1", deep / first, 3.0


def searches() -> Iterator[tuple[str, float, float | None]]:
    """Yield the search of common words over that of rare ones, by the 95th percentile of each."""
    from django.db import connection

    from claims.timelines import Filters, find

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT word, ndoc FROM ts_stat('SELECT search FROM claims_claim WHERE state = ''published''') "
            "WHERE length(word) > 3 ORDER BY ndoc DESC"
        )
        words = [word for word, _ in cursor.fetchall()]
    times = {
        name: [least(partial(find, Filters(words=word))) for word in chosen]
        for name, chosen in (("common", words[:WORDS]), ("rare", words[-WORDS:]))
    }
    slow = {name: statistics.quantiles(found, n=20)[-1] for name, found in times.items()}
    yield "search of a common word ÷ of a rare one, 95th percentile", slow["common"] / slow["rare"], 5.0


def due() -> Iterator[tuple[str, float, float | None]]:
    """Yield the query for due articles over all of them over that over 20,000, as many due in each."""
    from django.db import connection, transaction

    from tracker.news.models import Article

    def ask(keep: int) -> float:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")
            if keep:
                cursor.execute("DELETE FROM news_article WHERE id > %s", [keep])
            cursor.execute("UPDATE news_article SET due_at = now() - interval '1 minute' WHERE id <= 500")
            cursor.execute("ANALYZE news_article")
            took = least(lambda: list(Article.objects.due().values_list("pk", flat=True)[:100]))
            transaction.set_rollback(True)
        return took

    yield "the query for due articles among all ÷ among 20,000", ask(0) / ask(20_000), 1.2


def main() -> int:
    """Measure, print, and write JSON where it is asked for; 1 where a bar is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scale", default="small")
    parser.add_argument("--out", type=Path, help="a file for the figures, in JSON")
    options = parser.parse_args()
    with database():
        from django.core.management import call_command

        begun = time.monotonic()
        call_command("synthesize", "--scale", options.scale, verbosity=0)
        print(f"corpus “{options.scale}” in {time.monotonic() - begun:.0f} s", flush=True)
        missed = 0
        figures = {}
        for name, ratio, bar in (*pages(), *searches(), *due()):
            figures[name] = {"ratio": round(ratio, 2), "bar": bar}
            late = bar is not None and ratio > bar
            missed += late
            print(f"{ratio:8.2f}  {name} (bar {bar}){'  MISSED' if late else ''}", flush=True)
    if options.out:
        options.out.write_text(json.dumps(figures, indent=2) + "\n")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
