"""What holds of memory: a hostile feed costs the polling process less than 50 MB, over HTTP and into PostgreSQL."""

import os
import subprocess
import sys
from collections.abc import Iterator
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.db import connection

from benchmarks import memory
from benchmarks.origin import host

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not memory.CLEAR.exists(), reason="only Linux tells a process's peak"),
]


@pytest.fixture(scope="module")
def base() -> Iterator[str]:
    """The origin of the benchmark, with one host."""
    command = [sys.executable, "-m", "benchmarks.origin", "1", "30", "0", "0"]
    child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert child.stdin is not None
    assert child.stdout is not None
    with child.stdin, child.stdout:
        yield f"http://{host(0)}:{int(child.stdout.readline())}"
        child.kill()
        child.wait()


@pytest.mark.parametrize(
    ("path", "outcome", "words", "new"),
    [
        ("/bomb", "error", "5,242,880", 0),
        ("/endless", "error", "5,242,880", 0),
        ("/many", "changed", "95,000 items beyond the first 5,000", 5_000),
        ("/many.json", "changed", "95,000 items beyond the first 5,000", 5_000),
    ],
)
def test_a_hostile_feed_costs_less_than_50_mb(
    base: str, monkeypatch: pytest.MonkeyPatch, path: str, outcome: str, words: str, new: int
) -> None:
    ours = urlsplit(os.environ["DATABASE_URL"])
    monkeypatch.setenv("DATABASE_URL", urlunsplit(ours._replace(path=f"/{connection.settings_dict['NAME']}")))
    found = memory.growth(f"{base}/feed.xml", base + path)
    assert (found["outcome"], found["new"]) == (outcome, new)
    assert words in found["error"]
    assert found["growth"] < 50 * 2**20, found
