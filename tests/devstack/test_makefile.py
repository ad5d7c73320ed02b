"""The Makefile: its list of commands, its interpreter, and a checkout with a space in its path."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.devstack.helpers import ROOT

MAKEFILE = (ROOT / "Makefile").read_text()
TARGETS = re.findall(r"^([a-z][a-z-]*):", MAKEFILE, flags=re.MULTILINE)


def make(folder: Path, *arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if name not in {"MAKEFLAGS", "MAKELEVEL", "PYTHON"}}
    return subprocess.run(
        ["make", *arguments], cwd=folder, env=kept | env, capture_output=True, text=True, check=False, timeout=60
    )


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout in a folder with a space and a quote in its name, with the environment of this one."""
    folder = tmp_path / 'it\'s a "check out"'
    (folder / "tracker").mkdir(parents=True)
    for name in ("Makefile", "manage.py", "uv.lock", "pyproject.toml", "tools-requirements.txt"):
        shutil.copy2(ROOT / name, folder / name)
    shutil.copytree(ROOT / "tracker" / "devstack", folder / "tracker" / "devstack")
    shutil.copy2(ROOT / "tracker" / "broker.py", folder / "tracker" / "broker.py")
    (folder / "tracker" / "__init__.py").touch()
    return folder


def test_help_lists_every_command() -> None:
    shown = make(ROOT, "help").stdout
    assert {"help", "run", "test", "check", "setup"} <= set(TARGETS)
    for target in TARGETS:
        assert re.search(rf"^  make {target} +\S", shown, flags=re.MULTILINE), target


def test_make_alone_shows_the_help() -> None:
    assert make(ROOT).stdout == make(ROOT, "help").stdout


def test_every_command_is_phony() -> None:
    (declared,) = re.findall(r"^\.PHONY: (.*)$", MAKEFILE, flags=re.MULTILINE)
    assert declared.split() == TARGETS


def test_a_path_with_spaces_and_quotes_will_do(checkout: Path) -> None:
    program = checkout / ".venv" / "bin" / "python"
    program.parent.mkdir(parents=True)
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    program.chmod(0o755)
    # As if the set-up had been done.
    refused = make(checkout, "-o", "setup", "run", PORT="none")
    assert "'none' is no port" in refused.stderr
    found = make(checkout, "-o", "setup", "test", CHROMIUM="/no/such browser")
    assert "CHROMIUM=/no/such browser does not start" in found.stderr
    assert make(checkout, "-n", "setup", PYTHON=sys.executable).returncode == 0


def test_the_set_up_knows_its_checkout(checkout: Path) -> None:
    code = "import sys; sys.path.insert(0, 'tracker/devstack'); import bootstrap; print(bootstrap.ROOT)"
    shown = subprocess.run([sys.executable, "-c", code], cwd=checkout, capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == str(checkout)


def test_an_old_python_that_is_named_is_refused(checkout: Path, tmp_path: Path) -> None:
    old = tmp_path / "old python"
    old.write_text("#!/bin/sh\nexit 1\n")
    old.chmod(0o755)
    refused = make(checkout, "setup", PYTHON=str(old))
    assert refused.returncode != 0
    assert f"Python 3.11 or newer is needed; PYTHON={old} is not." in refused.stderr


def test_a_machine_without_a_new_python_is_told_so(checkout: Path, tmp_path: Path) -> None:
    programs = tmp_path / "bin"
    programs.mkdir()
    for name in ("sh", "sed"):
        found = shutil.which(name)
        assert found
        (programs / name).symlink_to(found)
    make_program = shutil.which("make")
    assert make_program
    refused = subprocess.run(
        [make_program, "setup"], cwd=checkout, env={"PATH": str(programs)}, capture_output=True, text=True, check=False
    )
    assert refused.returncode != 0
    assert "Python 3.11 or newer is needed, with pip and venv." in refused.stderr


def test_the_first_python_that_is_new_enough_is_taken(checkout: Path, tmp_path: Path) -> None:
    programs = tmp_path / "bin"
    programs.mkdir()
    (programs / "python3").write_text("#!/bin/sh\nexit 1\n")
    (programs / "python3.12").write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    for path in programs.iterdir():
        path.chmod(0o755)
    shown = make(checkout, "-n", "setup", PATH=f"{programs}:/usr/bin:/bin")
    assert '"python3.12" tracker/devstack/bootstrap.py' in shown.stdout


def test_ci_runs_the_checks_and_the_tests() -> None:
    script = ROOT / ".ci" / "run"
    assert os.access(script, os.X_OK)
    text = script.read_text()
    assert "set -euo pipefail" in text
    made = [line for line in text.splitlines() if line.startswith("make")]
    assert made == ["make check", "make test", 'make test-faults ARGS="-m services"']
