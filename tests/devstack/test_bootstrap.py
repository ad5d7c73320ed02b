"""The set-up: what leads it astray is taken away, and what is done is not done again."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.devstack.helpers import ROOT
from tracker.devstack import bootstrap


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("uv.lock", "pyproject.toml", bootstrap.REQUIREMENTS):
        (tmp_path / name).write_text(name)
    monkeypatch.setattr(bootstrap, "ROOT", tmp_path)
    monkeypatch.setattr(sys, "argv", ["bootstrap.py"])
    return tmp_path


@pytest.fixture
def syncs(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every call of uv, as the interpreter that it was called for; it makes an environment that works."""
    called: list[str] = []

    def sync(root: Path, _uv: Path, python: str) -> None:
        called.append(python)
        (root / ".venv").mkdir(exist_ok=True)

    monkeypatch.setattr(bootstrap, "install_uv", lambda root: root / ".tools" / "bin" / "uv")
    monkeypatch.setattr(bootstrap, "sync", sync)
    monkeypatch.setattr(bootstrap, "works", lambda root: (root / ".venv").is_dir())
    return called


def test_a_set_up_that_is_done_is_not_done_again(checkout: Path, syncs: list[str]) -> None:
    assert bootstrap.main() == 0
    assert bootstrap.main() == 0
    assert syncs == [bootstrap.interpreter()]


@pytest.mark.parametrize("name", ["uv.lock", "pyproject.toml", bootstrap.REQUIREMENTS])
def test_a_changed_file_sets_up_anew(checkout: Path, syncs: list[str], name: str) -> None:
    bootstrap.main()
    (checkout / name).write_text("changed")
    bootstrap.main()
    assert len(syncs) == 2


def test_an_environment_stays_with_its_interpreter_until_another_is_named(
    checkout: Path, syncs: list[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    bootstrap.main()
    other = tmp_path / "python3.99"
    other.touch()
    monkeypatch.setattr(bootstrap, "interpreter", lambda: str(other))
    bootstrap.main()
    assert len(syncs) == 1
    monkeypatch.setattr(sys, "argv", ["bootstrap.py", "--named"])
    bootstrap.main()
    assert syncs[1:] == [str(other)]


def test_an_environment_that_does_not_run_is_made_anew(
    checkout: Path, syncs: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    bootstrap.main()
    answers = iter([False, False, True])
    monkeypatch.setattr(bootstrap, "works", lambda _: next(answers))
    assert bootstrap.main() == 0
    assert len(syncs) == 3


def test_what_leads_uv_astray_is_taken_away(tmp_path: Path) -> None:
    foreign = {"VIRTUAL_ENV": "/other", "UV_PROJECT_ENVIRONMENT": "/other", "UV_NO_DEV": "1", "PYTHONPATH": "/other"}
    environment = bootstrap.uv_environment({**foreign, "HOME": str(tmp_path), "HTTPS_PROXY": "p"}, tmp_path, "/py")
    assert environment == {
        "HOME": str(tmp_path),
        "HTTPS_PROXY": "p",
        "UV_COMPILE_BYTECODE": "1",
        "UV_NO_CONFIG": "1",
        "UV_PROJECT_ENVIRONMENT": ".venv",
        "UV_PYTHON": "/py",
        "UV_PYTHON_DOWNLOADS": "never",
    }


def test_without_a_home_the_cache_lies_in_the_checkout(tmp_path: Path) -> None:
    environment = bootstrap.uv_environment({"HOME": "/nonexistent"}, tmp_path, "/py")
    assert environment["UV_CACHE_DIR"] == str(tmp_path / ".tools" / "cache")


def test_pip_installs_into_a_folder_whatever_its_configuration() -> None:
    environment = bootstrap.pip_environment({"PIP_USER": "1", "PIP_REQUIRE_VIRTUALENV": "1", "PIP_CERT": "c"})
    assert (environment["PIP_USER"], environment["PIP_REQUIRE_VIRTUALENV"]) == ("0", "0")
    assert environment["PIP_CERT"] == "c"


def test_a_python_without_pip_is_told_what_to_install(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    without = checkout / "python"
    without.write_text("#!/bin/sh\nexit 1\n")
    without.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(without))
    with pytest.raises(bootstrap.SetupError, match="python3-pip"):
        bootstrap.install_uv(checkout)


def test_it_needs_nothing_but_the_standard_library() -> None:
    bare = [sys.executable, "-I", "-S", "-c"]
    code = f"import runpy; runpy.run_path({str(ROOT / 'tracker/devstack/bootstrap.py')!r})"
    done = subprocess.run([*bare, code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_uv_is_pinned_by_hash_and_no_host_is_named() -> None:
    text = (ROOT / bootstrap.REQUIREMENTS).read_text()
    requirements = [line for line in text.splitlines() if line and not line.startswith(("#", " "))]
    assert len(requirements) == 1
    assert re.match(r"uv==\d+\.\d+\.\d+ ", requirements[0])
    assert text.count("--hash=sha256:") > 10
    assert "//" not in text


def test_the_lock_names_the_public_hosts_alone() -> None:
    hosts = set(re.findall(r"https?://([^/\"]+)", (ROOT / "uv.lock").read_text()))
    assert hosts <= {"pypi.org", "files.pythonhosted.org"}
