"""Fault 1: a worker that is killed at any stage. Its work is taken up again, with one effect and no row half done."""

import time

import pytest

from tests.faults.conftest import Outcome, neutral
from tests.faults.site import LEASE_SECONDS, SWEEP_SECONDS, Site, until

POINTS = ("polled", "fetched", "half stored", "stored", "read", "extracted", "half drafted", "matched")
# What taking up again may need: the lease of the dead, two sweeps, and starting a worker and one extraction here.
WITHIN = LEASE_SECONDS + 2 * SWEEP_SECONDS + 30


@pytest.mark.parametrize("point", POINTS)
def test_a_worker_killed_leaves_what_a_calm_run_gives(point: str, site: Site, calm: Outcome) -> None:
    site.beat()
    victim = site.worker(die_at=point, name="victim")
    until(lambda: victim.poll() is not None, site)
    assert victim.returncode == -9, site.log("victim")
    killed = time.monotonic()
    site.worker()
    until(site.is_done, site)
    took = time.monotonic() - killed
    assert neutral(site.outcome(), site.origin) == calm
    assert took < WITHIN, f"taken up again after {took:.0f} s"
