"""The API keeps to its own description, whatever it is asked (schemathesis)."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as bound
from pytest_django import Settings
from schemathesis.core.result import Ok

from claims.models import System, Topic
from tests.claims.bulk.test_dumps import put_beside
from tests.claims.timelines.test_entries import make_answer
from tests.factories import make_dispute, make_published
from tracker.wsgi import application

pytestmark = pytest.mark.django_db
EXAMPLES = 40


@pytest.fixture
def schema(settings: Settings) -> Iterator[schemathesis.BaseSchema]:
    """The description as the site serves it, over a site with something in it."""
    settings.API_REQUESTS_A_MINUTE = 10**6
    settings.ALLOWED_HOSTS = ["*"]
    claim = make_published(on=date(2025, 1, 29))
    claim.systems.add(System.objects.create(name="R1", slug="r1"))
    claim.topics.add(Topic.objects.get_or_create(slug="copyright", defaults={"name": "Copyright"})[0])
    make_answer(claim)
    put_beside(claim)
    make_published(dispute=make_dispute("Another"))
    # In the test's own process and transaction: the connection is not to be closed after a request.
    request_started.disconnect(close_old_connections)
    request_finished.disconnect(close_old_connections)
    try:
        yield schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application)
    finally:
        request_started.connect(close_old_connections)
        request_finished.connect(close_old_connections)


def test_no_question_finds_a_fault(schema: schemathesis.BaseSchema) -> None:
    operations: list[Any] = [found.ok() for found in schema.get_all_operations() if isinstance(found, Ok)]
    assert len(operations) == 14
    for operation in operations:

        @given(case=operation.as_strategy())
        @bound(
            max_examples=EXAMPLES,
            deadline=None,
            derandomize=True,
            database=None,
            phases=[Phase.explicit, Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        def ask(case: Any) -> None:
            case.call_and_validate()

        ask()
