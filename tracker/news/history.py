"""What each poll of a feed brought, the last few of them, and the last raw answer, for people to look at.

`collection.poll_due` alone calls this, in its own transaction.
"""

from collections.abc import Iterable
from datetime import datetime

from django.db import connection

from tracker.news.models import Feed, FeedAnswer, Poll
from tracker.news.types import FetchError, PollOutcome, Response

KEPT = 50
BODY_BYTES = 100_000
PRUNE = """
DELETE FROM news_poll USING (
    SELECT id, row_number() OVER (PARTITION BY feed_id ORDER BY id DESC) AS age FROM news_poll WHERE feed_id = ANY(%s)
) AS old WHERE news_poll.id = old.id AND old.age > %s
"""


class History:
    """The polls of one batch."""

    def __init__(self, now: datetime) -> None:
        self._now = now
        self._polls: list[Poll] = []
        self._answers: list[FeedAnswer] = []

    def add(self, feed: Feed, result: Response | FetchError, outcome: str, new: int, error: str) -> None:
        """Note how a poll ended. An answer without a body (304) leaves the one before to be looked at."""
        answer = result if isinstance(result, Response) else None
        self._polls.append(
            Poll(
                feed=feed,
                at=self._now,
                status=answer.status if answer else None,
                outcome=outcome,
                new=new,
                seconds=result.elapsed,
                size=len(answer.body) if answer else 0,
                error=error[:2000],
            )
        )
        if answer and answer.body and outcome != PollOutcome.UNCHANGED:
            headers = "\n".join(f"{name}: {value}" for name, value in answer.headers.items()).replace("\0", "")
            self._answers.append(
                FeedAnswer(
                    feed=feed,
                    at=self._now,
                    url=answer.final_url,
                    status=answer.status,
                    headers=headers,
                    body=answer.body[:BODY_BYTES],
                )
            )

    def write(self) -> None:
        """Store the polls and the answers."""
        Poll.objects.bulk_create(self._polls)
        FeedAnswer.objects.bulk_create(
            self._answers,
            update_conflicts=True,
            unique_fields=["feed"],
            update_fields=["at", "url", "status", "headers", "body"],
        )


def prune(feeds: Iterable[int]) -> None:
    """Keep the last polls of those feeds and no others."""
    with connection.cursor() as cursor:
        cursor.execute(PRUNE, [list(feeds), KEPT])
