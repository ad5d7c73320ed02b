"""The browser of the tests: found, installed, or asked for; never skipped."""

import os
import shutil
from pathlib import Path

import pytest

from tracker.devstack import chromium


def browser(path: Path, status: int = 0) -> str:
    path.write_text(f"#!/bin/sh\nexit {status}\n")
    path.chmod(0o755)
    return str(path)


@pytest.fixture(autouse=True)
def _nothing_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """No browser but those that a test makes."""
    monkeypatch.setattr(chromium, "APPLICATIONS", ())
    monkeypatch.setattr(chromium, "_playwrights_own", lambda: None)


def test_the_named_one_goes_first(tmp_path: Path) -> None:
    named = browser(tmp_path / "my browser")
    browser(tmp_path / "chromium")
    assert chromium.find({"CHROMIUM": named, "PATH": str(tmp_path)}) == named


def test_a_named_one_that_does_not_start_is_an_error(tmp_path: Path) -> None:
    named = browser(tmp_path / "broken", status=1)
    with pytest.raises(chromium.NoChromiumError, match=f"CHROMIUM={named} does not start"):
        chromium.find({"CHROMIUM": named, "PATH": os.environ["PATH"]})


@pytest.mark.parametrize("name", chromium.NAMES)
def test_each_usual_name_is_found(tmp_path: Path, name: str) -> None:
    path = browser(tmp_path / name)
    assert chromium.find({"PATH": str(tmp_path)}) == path


def test_a_stand_in_that_does_not_start_is_passed_by(tmp_path: Path) -> None:
    browser(tmp_path / "chromium", status=1)
    real = browser(tmp_path / "google-chrome")
    assert chromium.find({"PATH": str(tmp_path)}) == real


def test_playwrights_own_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = browser(tmp_path / "headless_shell")
    monkeypatch.setattr(chromium, "_playwrights_own", lambda: own)
    assert chromium.find({"PATH": str(tmp_path)}) == own


def test_where_there_is_none_one_is_installed(tmp_path: Path) -> None:
    def install(_command: list[str]) -> bool:
        browser(tmp_path / "chromium")
        return True

    assert chromium.find_or_install({"PATH": str(tmp_path)}, run=install) == str(tmp_path / "chromium")


def test_where_none_can_be_installed_it_says_what_to_install(tmp_path: Path) -> None:
    tried: list[list[str]] = []

    def fail(command: list[str]) -> bool:
        tried.append(command)
        return False

    with pytest.raises(chromium.NoChromiumError, match=r"apt-get install chromium.*CHROMIUM"):
        chromium.find_or_install({"PATH": str(tmp_path)}, run=fail)
    assert tried == list(chromium.installers())


@pytest.mark.parametrize(
    ("uid", "distribution", "first"),
    [(0, "debian", "apt-get"), (0, "ubuntu", "--with-deps"), (1000, "debian", "install")],
)
def test_the_installer_suits_the_system(
    monkeypatch: pytest.MonkeyPatch, uid: int, distribution: str, first: str
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: uid)
    monkeypatch.setattr(chromium, "_distribution", lambda: distribution)
    monkeypatch.setattr(shutil, "which", lambda name: f"/usr/bin/{name}")
    commands = list(chromium.installers())
    assert first in " ".join(commands[0])
    assert commands[-1][-2:] == ["install", "chromium"]
    assert all("apt-get" not in " ".join(command) for command in commands) or uid == 0
