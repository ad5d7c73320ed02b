"""Fault 5: an article that kills or hangs whoever reads it for claims. It is put aside, the others go on."""

import pytest

from tests.faults.site import Site, until
from tracker.news.models import Work

POISON = "invents quotes of real people"
POISONED = (
    "SELECT x.attempts, x.due_at IS NULL, x.last_error FROM claims_extraction x JOIN news_reading r"
    " ON r.id = x.reading_id WHERE r.text LIKE '%%' || %s || '%%'"
)


def is_put_aside(site: Site) -> bool:
    return [aside for _, aside, _ in site.query(POISONED, POISON)] == [True]


def check_outcome(site: Site) -> None:
    """The poisonous article has its reason, every other one its drafts."""
    [(attempts, _, error)] = site.query(POISONED, POISON)
    assert attempts == Work.MAX_ATTEMPTS + 1
    assert "put aside" in error
    others = site.query("SELECT finished_at IS NOT NULL, attempts FROM claims_extraction WHERE last_error = ''")
    assert others
    assert set(others) == {(True, 0)}
    assert len(site.query("SELECT DISTINCT article_id FROM claims_mention")) == 2


def test_an_article_that_kills_its_worker_is_put_aside_after_three_tries(site: Site) -> None:
    site.beat()
    worker = site.worker(POISON=POISON)
    deaths = 0

    def supervised() -> bool:
        nonlocal worker, deaths
        if worker.poll() is not None:
            deaths += 1
            worker = site.worker(POISON=POISON)
        return is_put_aside(site)

    until(supervised, site, 120)
    assert deaths == Work.MAX_ATTEMPTS
    until(site.is_done, site)
    check_outcome(site)


@pytest.mark.timeout(200)
def test_an_article_that_hangs_its_worker_is_put_aside_after_three_tries(site: Site) -> None:
    site.beat()
    site.worker("--concurrency", "1", POISON=POISON, POISON_HANGS="1", LEASE_SECONDS="10")
    until(lambda: is_put_aside(site), site, 120)
    until(site.is_done, site)
    check_outcome(site)
