"""What every test stands on: a PostgreSQL server of its own, settings made for tests, and no way out.

The server is started before Django reads its settings; `DATABASE_URL` in the environment takes its place (its
user then needs CREATEDB and the right to set `session_replication_role`).
"""

import os
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from django.conf import settings

from tests import network
from tracker.devstack.postgres import temporary_postgres

# Set here and not in pytest's configuration: pytest-django reads the settings as soon as it knows their name.
SETTINGS = {
    "DJANGO_SETTINGS_MODULE": "tracker.settings",
    "SECRET_KEY": "for-tests-only-" + "x" * 50,
    "DEBUG": "1",
    "BROKER_URL": "memory://",
    "LOG_LEVEL": "WARNING",
}
# Anything of the caller's that would make a test run differ from the next one's.
UNSET = (
    "ALLOWED_HOSTS",
    "BEHIND_PROXY",
    "CLAIMS_EXTRACTOR",
    "CLAIMS_LLM_BASE_URL",
    "CLAIMS_LLM_KEY",
    "CLAIMS_LLM_MODEL",
    "CLAIMS_LLM_MONTHLY_BUDGET",
    "CLAIMS_LLM_PRICES",
    "CLAIMS_LLM_PROVIDER",
    "CONTACT_URL",
    "CSRF_TRUSTED_ORIGINS",
    "DATABASE_POOL",
    "DEMONSTRATION",
    "DEMONSTRATION_LOGINS",
    "EMAIL_URL",
    "FETCH_ALLOWED_ORIGINS",
    "LIVE",
    "MAIL_FROM",
    "PAGE_READER",
    "POLL_MIN_SECONDS",
    "SITE_NAME",
    "SITE_URL",
    "STATIC_ROOT",
    "SUBSCRIBERS",
    "SWEEP_SECONDS",
    "WEBSUB_HUBS",
)
_running = ExitStack()


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Start the server and set the environment, before pytest-django's own turn."""
    if settings.configured:
        raise pytest.UsageError("Unset DJANGO_SETTINGS_MODULE: the tests make their settings themselves.")
    for name in UNSET:
        os.environ.pop(name, None)
    os.environ.update(SETTINGS)
    if not os.environ.get("DATABASE_URL") and not config.option.help:
        server = _running.enter_context(temporary_postgres())
        os.environ["DATABASE_URL"] = server.url()
    # pytest-django sets Django up in its turn if the settings are loaded by then.
    assert settings.DATABASES


def pytest_unconfigure() -> None:
    """Stop the server and remove its data."""
    _running.close()


@pytest.fixture(scope="session", autouse=True)
def _fit_for_tests() -> Iterator[None]:
    """Guard the sockets, hash passwords fast, and let the flush between transactional tests pass by triggers.

    Evidence and decisions refuse UPDATE, DELETE and TRUNCATE. Emptying a test database is the one exception,
    so it is made here: for a database that Django made for tests, and for the flush alone.
    """
    from django.db.backends.postgresql.operations import DatabaseOperations

    flush = DatabaseOperations.execute_sql_flush

    def flush_past_triggers(self: Any, sql_list: list[str]) -> Any:
        name = self.connection.settings_dict["NAME"]
        if not name.startswith("test_"):
            raise AssertionError(f"{name} is no test database; it is not emptied.")
        # LOCAL: Django runs the list in one transaction, and the pooled connection goes on as it was.
        return flush(self, ["SET LOCAL session_replication_role = replica", *sql_list])

    with pytest.MonkeyPatch.context() as patch:
        network.guard(patch)
        patch.setattr(settings, "PASSWORD_HASHERS", ["django.contrib.auth.hashers.MD5PasswordHasher"])
        patch.setattr(DatabaseOperations, "execute_sql_flush", flush_past_triggers)
        yield


@pytest.fixture(autouse=True)
def _second_factor_shown(request: pytest.FixtureRequest) -> Iterator[None]:
    """Let whoever a test logs in have shown a second factor; a test of that door is marked `second_factor`."""
    from django.contrib.auth.signals import user_logged_in

    def show(request: Any, user: Any, **kwargs: Any) -> None:
        from django_otp import login
        from django_otp.plugins.otp_static.models import StaticDevice

        device = StaticDevice.objects.filter(user=user).first() or StaticDevice.objects.create(user=user, name="test")
        if not hasattr(request, "user"):
            request.user = user
        login(request, device)

    if "second_factor" not in request.keywords:
        user_logged_in.connect(show)
    yield
    user_logged_in.disconnect(show)


@pytest.fixture(autouse=True)
def _stays_home() -> Iterator[None]:
    """Fail the test in which something tried to leave the machine, whoever swallowed the error."""
    network.attempts.clear()
    yield
    tried, network.attempts[:] = list(network.attempts), []
    assert not tried, f"tried to leave this machine: {tried}"
