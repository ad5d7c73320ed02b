"""How much one client may ask: a number of requests a minute, counted in the database, so over all processes.

The client is known by a keyed hash of its address, which changes every day; the address itself is not kept. Headers
tell what is left (draft-ietf-httpapi-ratelimit-headers); beyond it the answer is 429 with Retry-After (RFC 6585 §4).
"""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

WINDOW = 60


@dataclass(frozen=True, slots=True)
class Allowance:
    """What a client has used of its *limit* in the minute that ends in *seconds*."""

    limit: int
    used: int
    seconds: int

    @property
    def exceeded(self) -> bool:
        """Whether this request is one too many."""
        return self.used > self.limit

    def tell(self, response: HttpResponse) -> None:
        """Write the limit and what is left of it into *response*'s headers."""
        left = max(self.limit - self.used, 0)
        response["RateLimit-Policy"] = f'"minute";q={self.limit};w={WINDOW}'
        response["RateLimit"] = f'"minute";r={left};t={self.seconds}'
        if self.exceeded:
            response["Retry-After"] = str(self.seconds)


def client_of(request: HttpRequest, behind_proxy: bool, secret: str, day: datetime) -> str:
    """Return a name for whoever asks that cannot be turned back into an address."""
    address = request.META.get("REMOTE_ADDR", "")
    if behind_proxy:
        # The last one is the one that our own proxy saw; those before it anyone can make up.
        address = request.META.get("HTTP_X_FORWARDED_FOR", "").rpartition(",")[2].strip() or address
    message = f"{day:%Y-%m-%d} {address}".encode()
    return hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()[:32]


def use(client: str, limit: int, now: datetime | None = None) -> Allowance:
    """Count a request of *client* and return what it has used of *limit* in this minute."""
    at = now or timezone.now()
    minute = at.replace(second=0, microsecond=0)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO claims_apiuse (client, minute, number) VALUES (%s, %s, 1)"
            " ON CONFLICT (client, minute) DO UPDATE SET number = claims_apiuse.number + 1 RETURNING number",
            [client, minute],
        )
        (used,) = cursor.fetchone() or (1,)
        if used == 1:
            cursor.execute("DELETE FROM claims_apiuse WHERE minute < %s", [minute - timedelta(minutes=10)])
    return Allowance(limit, used, WINDOW - at.second)
