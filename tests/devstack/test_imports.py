"""The house holds: the import contracts pass on the code as it is, and each fails on a planted violation."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.devstack.helpers import ROOT

COMMAND = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as run; run()", "--no-cache"]
IGNORED = shutil.ignore_patterns("__pycache__", "data", "static", "content", "*.json", "*.html")

# A file, the import planted at its beginning, and what the check has to say.
VIOLATIONS = {
    "news imports claims": ("tracker/news/collection.py", "import claims.models", "Evidence knows nothing"),
    "a noun imports a verb": ("claims/models/claims.py", "import claims.curation", "Wiring above doors"),
    "a verb imports a door": ("claims/curation/verbs.py", "import claims.views", "Wiring above doors"),
    "a door imports a door": ("claims/views/home.py", "import claims.feeds", "Wiring above doors"),
    "extraction imports Django": ("claims/extraction/types.py", "import django.conf", "The ground needs"),
    "entries open a socket": ("tracker/news/entries.py", "import socket", "The ground needs"),
    "pages read settings": ("tracker/news/pages.py", "import tracker.settings", "The ground needs"),
    "a helper of links imports models": ("tracker/news/types.py", "import tracker.news.models", "Wiring above doors"),
    "the stack imports the site": ("tracker/devstack/ports.py", "import claims.models", "The stack and the"),
    "the newsroom imports Django": ("tracker/demo/__init__.py", "import django", "The stack and the"),
}


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("house")
    for package in ("tracker", "claims"):
        shutil.copytree(ROOT / package, folder / package, ignore=IGNORED)
    shutil.copy2(ROOT / "pyproject.toml", folder)
    return folder


def check(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(COMMAND, cwd=folder, capture_output=True, text=True, check=False)


def test_the_code_keeps_every_contract(copy: Path) -> None:
    done = check(copy)
    assert done.returncode == 0, done.stdout
    assert "0 broken" in done.stdout


@pytest.mark.parametrize("violation", VIOLATIONS)
def test_a_planted_violation_is_found(copy: Path, violation: str) -> None:
    name, planted, contract = VIOLATIONS[violation]
    path = copy / name
    before = path.read_text()
    try:
        path.write_text(f"{planted}\n{before}")
        done = check(copy)
    finally:
        path.write_text(before)
    assert done.returncode == 1, done.stdout
    # What is broken, with the imports that break it, stands after that heading.
    _, _, broken = done.stdout.partition("Broken contracts")
    assert contract in broken
    assert name.removesuffix(".py").removesuffix("/__init__").replace("/", ".") in broken


def test_the_projects_own_package_is_empty() -> None:
    assert (ROOT / "tracker" / "__init__.py").read_text() == ""
