"""The environment and the command lines of the stack's programs."""

from pathlib import Path

import pytest

from tests.devstack.helpers import ROOT
from tracker.devstack.programs import Addresses, Programs, environment, static_fingerprint
from tracker.devstack.state import Secrets

ADDRESSES = Addresses("http://127.0.0.1:8000", "postgresql://tracker@/tracker?host=/s", "", "http://127.0.0.1:18100")
SECRETS = Secrets("key", "editor", "word", "reviewer", "another")


def made(caller: dict[str, str], *, live: bool = False, addresses: Addresses = ADDRESSES) -> dict[str, str]:
    return environment(caller, addresses, SECRETS, Path("/data"), live=live)


def test_the_private_addresses_that_may_be_fetched_are_the_newsrooms_alone() -> None:
    assert made({})["FETCH_ALLOWED_ORIGINS"] == "http://127.0.0.1:18100"
    assert made({"FETCH_ALLOWED_ORIGINS": "http://10.0.0.1"})["FETCH_ALLOWED_ORIGINS"] == "http://127.0.0.1:18100"


def test_production_settings_are_what_runs() -> None:
    assert made({})["DEBUG"] == "0"


def test_real_feeds_are_polled_at_the_pace_that_others_expect() -> None:
    assert int(made({}, live=True)["POLL_MIN_SECONDS"]) == 900
    assert int(made({})["POLL_MIN_SECONDS"]) < 60


def test_what_would_change_the_programs_is_not_handed_down() -> None:
    env = made({"PGHOST": "elsewhere", "PYTHONPATH": "/other", "CELERY_BROKER_URL": "x://", "PATH": "/bin"})
    assert env["PATH"] == "/bin"
    assert not {"PGHOST", "PYTHONPATH", "CELERY_BROKER_URL"} & set(env)


def test_a_setting_of_the_callers_goes_before_the_default() -> None:
    assert made({"SWEEP_SECONDS": "30"})["SWEEP_SECONDS"] == "30"


@pytest.mark.parametrize("url", ["redis://localhost:6379/0", "amqp://guest@localhost//"])
def test_another_broker_is_handed_down(url: str) -> None:
    addresses = Addresses(ADDRESSES.site, ADDRESSES.database, url, ADDRESSES.origin)
    assert made({}, addresses=addresses)["BROKER_URL"] == url
    assert "BROKER_URL" not in made({})


def test_the_secrets_stand_in_no_command_line() -> None:
    programs = Programs(ROOT, made({}))
    everything = [programs.origin(1, 2.0), programs.web(3), programs.worker(), programs.beat(), programs.curate("x")]
    words = [word for program in everything for word in program.command]
    assert not {"key", "word"} & set(words)


def test_changed_static_files_are_noticed(tmp_path: Path) -> None:
    style = tmp_path / "templates" / "static" / "site.css"
    style.parent.mkdir(parents=True)
    style.write_text("a {}")
    before = static_fingerprint(tmp_path)
    assert static_fingerprint(tmp_path) == before
    style.write_text("b {} ")
    assert static_fingerprint(tmp_path) != before
