"""Real readers subscribe over HTTP: they see what is new and what changed once each, and get 304 otherwise."""

import shutil
import sqlite3
import subprocess
from datetime import date
from pathlib import Path

import feedparser
import pytest
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer
from reader import make_reader

from claims import curation
from claims.following import pages
from claims.models import Claim
from tests.factories import make_editor, make_published

pytestmark = pytest.mark.django_db(transaction=True)
FORMS = ("rss", "atom", "json")


@pytest.fixture
def site(live_server: LiveServer, settings: Settings) -> str:
    """The site's address; its feeds name it as their own."""
    settings.SITE_URL = live_server.url
    return str(live_server.url)


def change(claim: Claim) -> None:
    """Record a step: a significant change."""
    curation.add_status(claim, make_editor(), "filed", source=claim.mentions.get(), on=date(2025, 3, 1))


@pytest.mark.parametrize("form", FORMS)
def test_reader_sees_new_and_changed_entries_once(site: str, form: str) -> None:
    first = make_published()
    reader = make_reader(":memory:")
    address = f"{site}/feeds/all.{form}"
    reader.add_feed(address)

    def update() -> tuple[int, int, int] | None:
        """Return how many entries are new, modified and the same; None where nothing was sent (304)."""
        value = reader.update_feed(address)
        return None if value is None else (value.new, value.modified, value.unmodified)

    assert update() == (1, 0, 0)
    assert update() in (None, (0, 0, 0))
    second = make_published(statement="OpenAI says: “words to be taken back”.")
    assert update() == (1, 0, 1)
    change(first)
    new, modified, _same = update() or (0, 0, 0)
    assert (new, modified) == (0, 1)
    assert update() in (None, (0, 0, 0))
    curation.retract(second, make_editor(), "another company")
    assert update() == (0, 1, 1)
    entries = {str(entry.title) for entry in reader.get_entries()}
    assert f"Retracted: claim {second.pk}" in entries
    assert len(entries) == 2
    assert second.statement not in " ".join(
        f"{entry.title} {entry.summary} {[content.value for content in entry.content]}"
        for entry in reader.get_entries()
    )


@pytest.mark.parametrize("form", ["rss", "atom"])
def test_feedparser_gets_304_until_something_changes(site: str, form: str) -> None:
    first = make_published()
    address = f"{site}/feeds/all.{form}"
    found = feedparser.parse(address)
    assert (found.status, found.bozo, len(found.entries)) == (200, False, 1)
    for _ in range(2):
        again = feedparser.parse(address, etag=found.etag)
        assert (again.status, again.entries) == (304, [])
    assert feedparser.parse(address, modified=found.modified).status == 304
    change(first)
    changed = feedparser.parse(address, etag=found.etag)
    assert changed.status == 200
    assert changed.entries[0].id == found.entries[0].id
    assert changed.entries[0].updated_parsed >= found.entries[0].updated_parsed


@pytest.mark.skipif(shutil.which("newsboat") is None, reason="newsboat is not installed: apt-get install newsboat")
def test_newsboat_lists_each_entry_once(site: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = make_published(), make_published()
    urls, cache, config = tmp_path / "urls", tmp_path / "cache.db", tmp_path / "config"
    urls.write_text(f"{site}/feeds/all.atom\n")
    config.write_text("")

    def reload() -> list[tuple[str, str]]:
        command = ["newsboat", "-u", str(urls), "-c", str(cache), "-C", str(config), "-x", "reload"]
        subprocess.run(
            command, check=True, timeout=60, env={"HOME": str(tmp_path), "TERM": "dumb", "PATH": "/usr/bin:/bin"}
        )
        with sqlite3.connect(cache) as database:
            return list(database.execute("SELECT guid, title FROM rss_item ORDER BY id"))

    before = reload()
    assert len({guid for guid, _ in before}) == len(before) == 2
    assert reload() == before
    change(first)
    curation.retract(second, make_editor(), "another company")
    after = reload()
    assert {guid for guid, _ in after} == {guid for guid, _ in before}
    assert len(after) == 2
    assert pages.LIMIT > 2
