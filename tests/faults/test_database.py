"""Fault 3: PostgreSQL restarted or killed, its connections cut, its disk full. Nothing is lost, work goes on."""

import os
import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from tests.faults.conftest import Outcome, neutral
from tests.faults.site import Site, until
from tests.origin import Origin
from tracker.devstack.postgres import EmbeddedPostgres
from tracker.news.models import Work

CUT = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'tracker' AND pid <> pg_backend_pid()"


def restarted(server: EmbeddedPostgres) -> None:
    server.stop()
    server.start()


def killed(server: EmbeddedPostgres) -> None:
    assert server.pid is not None
    os.kill(server.pid, signal.SIGKILL)
    server.stop()
    server.start()


def cut(server: EmbeddedPostgres) -> None:
    with psycopg.connect(server.url("postgres", "postgres"), autocommit=True) as connection:
        for _ in range(8):
            connection.execute(CUT)
            time.sleep(0.3)


@pytest.mark.parametrize("trouble", [restarted, killed, cut])
def test_the_route_goes_on_by_itself_after(
    trouble: object, site: Site, server: EmbeddedPostgres, calm: Outcome
) -> None:
    site.worker()
    site.beat()
    until(lambda: site.count("SELECT count(*) FROM news_entry"), site)
    trouble(server)  # type: ignore[operator]
    until(site.is_done, site, 90)
    assert neutral(site.outcome(), site.origin) == calm


def test_the_site_answers_again_after_its_database_was_away(site: Site, server: EmbeddedPostgres) -> None:
    address = site.web()

    def status(path: str) -> int:
        try:
            with urllib.request.urlopen(address + path, timeout=10) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            return 0

    until(lambda: status("/healthz") == 200, site)
    server.stop()
    away = status("/healthz")
    server.start()
    assert away == 503
    # Not one visitor pays for the connections that broke meanwhile.
    assert [status("/disputes/") for _ in range(12)] == [200] * 12


@contextmanager
def small_disk(server: EmbeddedPostgres, folder: Path) -> Iterator[Path]:
    """A file system of 4 MB as a tablespace; gives its folder. Needs root, as CI has it."""
    folder.mkdir(mode=0o755)
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m,mode=777", "tmpfs", str(folder)], check=True)
    try:
        place = folder / "space"
        place.mkdir()
        place.chmod(0o700)
        assert server.pid is not None
        owner = Path(f"/proc/{server.pid}").stat()
        os.chown(place, owner.st_uid, owner.st_gid)
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def test_a_full_disk_rolls_back_and_counts_as_no_try(
    site: Site, server: EmbeddedPostgres, origin: Origin, calm: Outcome, tmp_path_factory: pytest.TempPathFactory
) -> None:
    home = server.data_dir.parent
    with small_disk(server, home / "small") as folder:
        with psycopg.connect(server.url("site", "postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE TABLESPACE small LOCATION '{folder / 'space'}'".encode())
            connection.execute("ALTER TABLE news_snapshot SET TABLESPACE small")
        filler = folder / "filler"
        with filler.open("wb") as file:
            try:
                while True:
                    file.write(b"x" * 65536)
                    file.flush()
            except OSError:
                pass
        site.worker()
        site.beat()
        full = "SELECT count(*) FROM news_article WHERE last_error LIKE '%No space left%'"
        until(lambda: site.count(full), site)
        failures = site.log().count("No space left")
        until(lambda: site.log().count("No space left") > failures + 4 * Work.MAX_ATTEMPTS, site, 90)
        assert site.count("SELECT count(*) FROM news_snapshot") == 0
        assert site.count("SELECT count(*) FROM news_article WHERE due_at IS NULL") == 0
        filler.unlink()
        until(site.is_done, site, 90)
        assert neutral(site.outcome(), site.origin) == calm
        with psycopg.connect(server.url("site", "postgres"), autocommit=True) as connection:
            connection.execute("ALTER TABLE news_snapshot SET TABLESPACE pg_default")
            connection.execute("DROP TABLESPACE small")
