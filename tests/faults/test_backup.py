"""Fault 8: the database is lost. A back-up brings everything back, and says so only where everything is back."""

import subprocess
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.conftest import TEMPLATE, add_feeds, create, drop
from tests.faults.newsroom import open_newsroom
from tests.faults.site import Site, site_on, until
from tests.origin import running_origin
from tracker.devstack.postgres import EmbeddedPostgres

TABLES = "SELECT relname, reltuples FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
WORDS = "They took our books and never asked"
REDACT = (
    "from django.contrib.auth.models import User; from claims import curation;"
    f"curation.redact({WORDS!r}, User.objects.get(), 'file number 7', 'court')"
)


@pytest.fixture(scope="module")
def filled(server: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site whose route has run, and on which decisions were made."""
    create(server, "filled", TEMPLATE)
    logs = tmp_path_factory.mktemp("filled")
    with running_origin() as origin, site_on(server.url("filled"), origin.url, logs) as site:
        open_newsroom(origin)
        add_feeds(site, origin)
        processes = [site.worker(), site.beat()]
        until(site.is_done, site)
        for process in processes:
            site.kill(process)
        name = ("--username", "anna", "--email", "anna@example.org")
        site.manage("createsuperuser", "--noinput", *name, DJANGO_SUPERUSER_PASSWORD="correct horse battery")
        site.manage("load_registry", "--as", "anna")
        yield site
    drop(server, "filled")


@pytest.fixture
def empty(server: EmbeddedPostgres, filled: Site, tmp_path: Path) -> Iterator[Site]:
    """A site whose database holds nothing."""
    create(server, "restored")
    yield Site(server.url("restored"), filled.origin, tmp_path)
    drop(server, "restored")


def content(site: Site) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table."""
    names = sorted(name for name, _ in site.query(TABLES))
    return {name: sorted(site.query(f'SELECT t::text FROM "{name}" t')) for name in names}


def test_a_back_up_brings_back_every_row_and_a_history_that_verifies(filled: Site, empty: Site, tmp_path: Path) -> None:
    kept = tmp_path / "kept.tar"
    filled.manage("backup", str(kept))
    before = content(filled)
    assert before["claims_mention"]
    assert before["claims_decision"]
    said = empty.manage("restore", str(kept), "--nothing-redacted")
    assert "the history is whole" in said
    assert content(empty) == before
    assert "are whole" in empty.manage("verify_history")
    assert kept.stat().st_mode & 0o077 == 0


def test_restoring_refuses_what_is_damaged_changed_or_not_empty(filled: Site, empty: Site, tmp_path: Path) -> None:
    kept = tmp_path / "kept.tar"
    filled.manage("backup", str(kept))

    def refused(site: Site, *arguments: str) -> str:
        with pytest.raises(AssertionError) as caught:
            site.manage(*arguments)
        return str(caught.value)

    assert "--redactions --nothing-redacted is required" in refused(empty, "restore", str(kept))
    assert "has to be a file" in refused(empty, "restore", str(kept), "--redactions", "nowhere.json", "--as", "anna")
    assert "exists already" in refused(filled, "backup", str(kept))
    assert "empty one" in refused(filled, "restore", str(kept), "--nothing-redacted")
    damaged = tmp_path / "damaged.tar"
    body = bytearray(kept.read_bytes())
    body[len(body) // 2] ^= 1
    damaged.write_bytes(body)
    assert "is damaged" in refused(empty, "restore", str(damaged), "--nothing-redacted")
    damaged.write_bytes(bytes(body[: len(body) // 2]))
    assert "is no back-up, or is damaged" in refused(empty, "restore", str(damaged), "--nothing-redacted")
    assert empty.query(TABLES) == []


def test_a_dump_that_is_not_what_its_manifest_says_is_found_out(filled: Site, empty: Site, tmp_path: Path) -> None:
    kept, forged = tmp_path / "kept.tar", tmp_path / "forged.tar"
    filled.manage("backup", str(kept))
    subprocess.run(["tar", "-xf", str(kept), "-C", str(tmp_path)], check=True)
    manifest = tmp_path / "manifest.json"
    text = manifest.read_text()
    rows = filled.count("SELECT count(*) FROM claims_party")
    assert f'"claims_party": [\n   {rows},' in text
    manifest.write_text(text.replace(f'"claims_party": [\n   {rows},', f'"claims_party": [\n   {rows + 1},'))
    with tarfile.open(forged, "w") as tar:
        tar.add(manifest, "manifest.json")
        tar.add(tmp_path / "database.dump", "database.dump")
    with pytest.raises(AssertionError, match="claims_party has"):
        empty.manage("restore", str(forged), "--nothing-redacted")


def test_what_was_redacted_after_the_back_up_does_not_come_back(filled: Site, empty: Site, tmp_path: Path) -> None:
    kept, record = tmp_path / "kept.tar", tmp_path / "redactions.json"
    assert WORDS in str(content(filled)["news_reading"])
    filled.manage("backup", str(kept))
    filled.manage("shell", "--command", REDACT)
    filled.manage("redactions", "keep", str(record))
    said = empty.manage("restore", str(kept), "--redactions", str(record), "--as", "anna")
    assert "1 of 1 redactions had to be made again" in said
    assert WORDS not in str(content(empty))
    assert "are whole" in empty.manage("verify_history")
