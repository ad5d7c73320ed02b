"""Who makes a change, told to the database: the triggers that keep the history write it beside each row.

A verb tells who decides; a request tells who asked and where, for whatever it changes besides.
"""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.contrib.auth.models import AnonymousUser, User
from django.db import connection
from django.http import HttpRequest, HttpResponse

WRITES = re.compile(r"\s*(INSERT|UPDATE|DELETE|WITH|COPY|MERGE)\b", re.IGNORECASE)
TELL = "SELECT set_config('tracker.request', %s, %s)"


def decided_by(actor: User) -> None:
    """Tell the database that *actor* decides, until the transaction ends; without one, nothing is told."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('tracker.actor', %s, true)", [str(actor.pk)])


@contextmanager
def asked_by(user: User | AnonymousUser, path: str) -> Iterator[None]:
    """Tell the database with each statement that writes that *user* asked for it at *path*."""
    who = json.dumps({"user": user.pk, "path": path})

    def tell(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        if not isinstance(sql, str) or not WRITES.match(sql):
            return execute(sql, params, many, context)
        # In a transaction the setting ends with it; alone, a statement is followed by taking it back.
        local = context["connection"].in_atomic_block
        execute(TELL, (who, local), False, context)
        try:
            return execute(sql, params, many, context)
        finally:
            if not local:
                with context["connection"].cursor() as after:
                    after.execute(TELL, ("", False))

    with connection.execute_wrapper(tell):
        yield


class AttributionMiddleware:
    """Tell who asks, for requests that may change something. Stands after the middleware that knows the user."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request."""
        if request.method in ("GET", "HEAD", "OPTIONS"):
            return self.get_response(request)
        with asked_by(request.user, request.path):
            return self.get_response(request)
