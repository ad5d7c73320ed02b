"""A dispute or a claim as it stood on a day, rebuilt from the history.

Inside `as_of`, the tables of judgement hold what they held at that moment: tables of the transaction's own lie over the
real ones and are filled from the history's events. So every query of the public pages reads the past without knowing.

What is not public now is not shown as it was, either: a claim that was retracted, rejected or taken back stays out,
redacted words stay blank, and persons bear the name that they are shown under today. Evidence is not rebuilt: articles
and outlets are as they are.
"""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from claims.history import remembered_tables
from claims.models import AuditEvent, Claim, Dispute, Event, State, Status
from claims.timelines.entries import Retracted, struck_publicly
from claims.timelines.privacy import masking

# Enough to follow what answers what, and whose words stand under a status, without leaving the dispute.
ROUNDS = 2
# Columns that came to a table when the history had begun, with what every row held before.
SINCE = {"claims_status": {"struck_id": None}}


@dataclass(frozen=True, slots=True)
class Past:
    """What is known today of what is shown as it stood.

    `public`: whether any of it is public today. `struck`: the status steps that counted then and are known by now to
    have been recorded in error.
    """

    public: bool
    struck: tuple[Status, ...]


class NoPast(Exception):  # noqa: N818 — it names what is asked for; it is no fault
    """Nothing can be shown for that moment; the message says why."""


def moment_of(text: str) -> datetime:
    """Return the moment that *text* names: the end of a day (UTC), or a point in time (RFC 3339).

    Raises `NoPast` for what is neither, and for the future.
    """
    now = timezone.now()
    try:
        if len(text) == len("2026-05-01"):
            day = date.fromisoformat(text)
            if day > now.date():
                raise NoPast(f"{text} has not come yet.")
            return min(datetime.combine(day, time.max, UTC), now)
        moment = parse_datetime(text)
    except (ValueError, OverflowError):
        moment = None
    if moment is None or timezone.is_naive(moment):
        raise NoPast("Write the day as 2026-05-01, or a time with its zone as 2026-05-01T12:00:00Z.")
    if moment > now:
        raise NoPast(f"{text} has not come yet.")
    return moment


@contextmanager
def as_of(moment: datetime, *, dispute: str = "", claim: int = 0) -> Iterator[Past]:
    """Let the tables of judgement be as they were at *moment*, for the dispute at a slug or for one claim.

    What is not public today is not there. Raises `NoPast` where the history does not
    reach back so far, and `Retracted` for a claim that was retracted since. Everything is over at the end of the block.
    """
    if claim and (gone := Claim.objects.select_related("decision").filter(pk=claim, state=State.RETRACTED).first()):
        raise Retracted(gone)
    first = AuditEvent.objects.order_by("number").values_list("at", flat=True).first()
    if first is None or moment < first:
        began = f" The history begins on {first:%d %B %Y}." if first else ""
        raise NoPast(f"Nothing is recorded of that day.{began}")
    keys = _still_public(_around([claim] if claim else _claims_of(dispute)))
    wrong = struck_publicly().filter(claim__in=keys, decision__made_at__lte=moment, struck__made_at__gt=moment)
    past = Past(bool(keys), tuple(wrong))
    with transaction.atomic(), connection.cursor() as cursor:
        schema = _schema(cursor)
        real = f"SELECT * FROM {schema}"  # noqa: S608 — the names here are the server's and our own
        for table in [*remembered_tables(), "claims_decision"]:
            cursor.execute(f'CREATE TEMP TABLE "{table}" ON COMMIT DROP AS {real}."{table}" WITH NO DATA')
        for table in remembered_tables():
            _fill(cursor, schema, table, moment, keys)
        cursor.execute("DELETE FROM pg_temp.claims_party WHERE kind = 'person'")
        cursor.execute(f"INSERT INTO pg_temp.claims_party {real}.claims_party WHERE kind = 'person'")
        cursor.execute(
            f"INSERT INTO pg_temp.claims_decision {real}.claims_decision "
            "WHERE subject = 'claim' AND subject_id = ANY(%s) AND made_at <= %s",
            [keys, moment],
        )
        _conceal()
        yield past
        # What was written inside would be lost, so nothing is: the block only reads.
        transaction.set_rollback(True)


def _conceal() -> None:
    """Put the initials of private persons in the place of their names in the words of that moment."""
    masked = masking()
    for model, columns in ((Claim, ("statement",)), (Dispute, ("title", "summary")), (Event, ("text",))):
        for row in model._default_manager.values("pk", *columns):
            fresh = {column: words for column in columns if (words := masked(row[column])) != row[column]}
            if fresh:
                model._default_manager.filter(pk=row["pk"]).update(**fresh)


def _schema(cursor: Any) -> str:
    """Return the quoted name of the schema that the real tables are in."""
    cursor.execute(
        "SELECT quote_ident(nspname) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
        "WHERE c.oid = 'claims_claim'::regclass"
    )
    return str(cursor.fetchone()[0])


def _fill(cursor: Any, schema: str, table: str, moment: datetime, keys: Sequence[int]) -> None:
    """Fill a table with its rows of *moment*: of a claim's rows those of *keys*, of any other all.

    A column that the history did not know yet takes today's value, unless `SINCE` says what it held.
    """
    cursor.execute(
        f"""
        INSERT INTO pg_temp."{table}"
        SELECT (jsonb_populate_record(
            NULL::pg_temp."{table}", coalesce(to_jsonb(r), '{{}}') || %(since)s::jsonb || e.after
        )).*
        FROM (
            SELECT DISTINCT ON (row_id) row_id, after FROM claims_auditevent
            WHERE table_name = %(table)s AND at <= %(moment)s AND (
                claim IS NULL
                OR row_id IN (
                    SELECT row_id FROM claims_auditevent WHERE table_name = %(table)s AND claim = ANY(%(keys)s)
                )
            )
            ORDER BY row_id, number DESC
        ) e LEFT JOIN {schema}."{table}" r ON r.id = e.row_id
        WHERE e.after IS NOT NULL AND (
            %(table)s <> 'claims_claim' OR e.row_id = ANY(%(keys)s)
        )
        """,  # noqa: S608 — the names are our own
        {"table": table, "moment": moment, "keys": list(keys), "since": json.dumps(SINCE.get(table, {}))},
    )


def _claims_of(slug: str) -> list[int]:
    """Return the keys of all claims that ever belonged to the dispute at *slug*, or to one merged into it."""
    disputes = set(Dispute.objects.filter(slug=slug).values_list("pk", flat=True))
    while fresh := set(Dispute.objects.filter(merged_into__in=disputes).values_list("pk", flat=True)) - disputes:
        disputes |= fresh
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT claim FROM claims_auditevent WHERE table_name = 'claims_claim_disputes' "
            "AND coalesce(after, before) ->> 'dispute_id' = ANY(%s)",
            [[str(key) for key in disputes]],
        )
        return [key for (key,) in cursor.fetchall()]


def _around(keys: Sequence[int]) -> list[int]:
    """Return *keys* with the claims that they ever answered, that answered them, and whose words a step rested on."""
    known = set(keys)
    for _ in range(ROUNDS):
        with connection.cursor() as cursor:
            cursor.execute(
                """
                WITH answers AS (
                    SELECT DISTINCT claim AS one, (coalesce(after, before) ->> 'to_claim_id')::bigint AS other
                    FROM claims_auditevent WHERE table_name = 'claims_claim_answers'
                )
                SELECT other FROM answers WHERE one = ANY(%(keys)s)
                UNION SELECT one FROM answers WHERE other = ANY(%(keys)s)
                UNION SELECT m.claim FROM claims_auditevent s JOIN claims_auditevent m
                    ON m.table_name = 'claims_mention'
                    AND m.row_id = (coalesce(s.after, s.before) ->> 'source_id')::bigint
                    WHERE s.table_name = 'claims_status' AND s.claim = ANY(%(keys)s)
                """,
                {"keys": sorted(known)},
            )
            known |= {key for (key,) in cursor.fetchall() if key}
    return sorted(known)


def _still_public(keys: Sequence[int]) -> list[int]:
    """Return those of *keys* that are public today, at their own address or as part of another claim."""
    public: list[int] = []
    # Each key with where its chain of mergers has led so far.
    leads = {key: key for key in keys}
    while leads:
        rows = Claim.objects.filter(pk__in=set(leads.values())).values_list("pk", "state", "merged_into")
        now = {pk: (state, into) for pk, state, into in rows}
        public += [key for key, at in leads.items() if at in now and now[at][0] == State.PUBLISHED]
        leads = {
            key: into for key, at in leads.items() if at in now and (into := now[at][1]) and now[at][0] == State.MERGED
        }
    return sorted(public)
