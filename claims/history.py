"""The memory of judgement: which tables are remembered, whether the memory is whole, and its published heads.

Triggers write it (migration 0013), so a change by admin, command or plain SQL is in it like any other.

    a table of judgement ──trigger──→ AuditEvent ─┐
    a verb ──────────────────────────→ Decision ──┴─ each a hash chain ──daily──→ HistoryHead, published
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.apps import apps
from django.db import connection, transaction
from django.utils import timezone

from claims.models import AuditEvent, Decision, HistoryHead

# Every model of this app is one or the other; tests refuse one that is neither.
JUDGEMENT = frozenset(
    {
        *("alias", "claim", "correction", "dispute", "event", "mention", "party", "reply", "replyrequest", "status"),
        *("system", "timelineplace", "topic"),
    }
)
# Memory itself, what machines did, and who works on what.
NO_JUDGEMENT = frozenset(
    {
        *("alert", "auditevent", "checkedchange", "decision", "evaluation", "extraction", "fullyread", "historyhead"),
        *("apiuse", "dump", "notice", "redactedcell", "suggestion"),
        *("articletally", "disputetally", "outlettally", "partytally", "systemtally", "topictally"),
        *("delivery", "follower", "mail", "ping", "subscription", "watermark", "webhook"),
    }
)
# Columns that say who looks at a draft and what it is found by, not what is so.
# Whom we wrote to and the secret of a private link are nobody else's business, now or later.
IGNORED = {
    "claims_claim": ("lease_holder_id", "lease_until", "assignee_id", "search"),
    "claims_dispute": ("searched",),
    "claims_replyrequest": ("contact", "nonce"),
    "claims_reply": ("sender",),
}


def remembered_tables() -> list[str]:
    """Return the names of the tables whose every change is recorded: those of judgement and their relations."""
    tables: set[str] = set()
    for model in apps.get_app_config("claims").get_models():
        if model._meta.model_name in JUDGEMENT:
            tables.add(model._meta.db_table)
            tables.update(field.m2m_db_table() for field in model._meta.local_many_to_many)
    return sorted(tables)


def ensure_history() -> list[str]:
    """Attach the triggers to each remembered table that lacks them, and record the rows that it holds already.

    Returns the tables that were attached. Run after each migration, so that no table is forgotten.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT to_regproc('claims_record_change')")
        if cursor.fetchone() == (None,):
            return []  # the migration that brings them has not run, or was taken back
        cursor.execute("SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = 'history_recorded'")
        known = {name for (name,) in cursor.fetchall()}
        fresh = [table for table in remembered_tables() if table not in known]
        # A table that is known may have new columns, and a trigger names those that it fires for.
        for table in remembered_tables():
            _attach(cursor, table)
            if table in fresh:
                ignored = list(IGNORED.get(table, ()))
                cursor.execute("SELECT claims_record_baseline(%s, VARIADIC %s::text[])", [table, ignored])
    return fresh


def _attach(cursor: object, table: str) -> None:
    """Attach the triggers to one table, or bring them up to date; names come from our own models and are quoted."""
    name, ignored = connection.ops.quote_name(table), IGNORED.get(table, ())
    execute = cursor.execute  # type: ignore[attr-defined]
    execute("SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0", [table])
    judged = [connection.ops.quote_name(c) for (c,) in cursor.fetchall() if c not in ignored]  # type: ignore[attr-defined]
    columns = f"UPDATE OF {', '.join(judged)}" if ignored else "UPDATE"
    arguments = ", ".join(f"'{column}'" for column in ignored)
    execute(
        f"CREATE OR REPLACE TRIGGER history_in_turn BEFORE INSERT OR DELETE OR {columns} ON {name} "
        "FOR EACH STATEMENT EXECUTE FUNCTION claims_take_turn()"
    )
    execute(
        f"CREATE OR REPLACE TRIGGER history_recorded AFTER INSERT OR UPDATE OR DELETE ON {name} "
        f"FOR EACH ROW EXECUTE FUNCTION claims_record_change({arguments})"
    )
    execute(
        f"CREATE OR REPLACE TRIGGER history_not_truncated BEFORE TRUNCATE ON {name} "
        "FOR EACH STATEMENT EXECUTE FUNCTION claims_refuse_truncate()"
    )


@dataclass(frozen=True, slots=True)
class Fault:
    """A row of memory, or of judgement, that is not what the memory says, and what is wrong with it."""

    row: str
    wrong: str

    def __str__(self) -> str:
        return f"{self.row}: {self.wrong}"


def verify(heads: Sequence[tuple[str, int, str]] = ()) -> Iterator[Fault]:
    """Yield every fault: edited, removed and reordered rows of both chains, and rows changed past the triggers.

    *heads* are published heads that somebody kept, each as ("decision" | "event", number, hash); the heads that the
    database keeps are held to it as well.
    """
    for noun, model in (("decision", Decision), ("event", AuditEvent)):
        yield from _chain_faults(noun, model._meta.db_table)
    kept = [
        head
        for row in HistoryHead.objects.order_by("day")
        for head in (
            ("decision", row.decision_number, row.decision_hash),
            ("event", row.event_number, row.event_hash),
        )
    ]
    for noun, number, digest in [*kept, *heads]:
        yield from _head_faults(noun, number, digest)
    for table in remembered_tables():
        yield from _table_faults(table)


def _chain_faults(noun: str, table: str) -> Iterator[Fault]:
    """Yield the rows whose number, link or hash does not fit."""
    query = f"""
        WITH chain AS (
            SELECT c.number, c.previous, c.hash, c.redaction_id, claims_{noun}_hash(c) AS content,
                lag(c.number, 1, 0::bigint) OVER w AS number_before, lag(c.hash, 1, '') OVER w AS hash_before
            FROM {table} c WINDOW w AS (ORDER BY c.number, c.id)
        )
        SELECT chain.number, number_before, previous <> hash_before,
            content <> hash AND redaction_id IS NULL,
            redaction_id IS NOT NULL AND NOT EXISTS (
                SELECT FROM claims_decision d WHERE d.id = chain.redaction_id AND d.verb = 'redact')
        FROM chain
        WHERE chain.number <> number_before + 1 OR previous <> hash_before
            OR (content <> hash AND redaction_id IS NULL) OR redaction_id IS NOT NULL
        ORDER BY chain.number
    """  # noqa: S608 — both names are our own
    with connection.cursor() as cursor:
        cursor.execute(query)
        rows = cursor.fetchall()
    for number, before, unlinked, edited, unredacted in rows:
        row = f"{noun} {number}"
        if number > before + 1:
            gone = f"{before + 1}" if number == before + 2 else f"{before + 1} to {number - 1}"
            yield Fault(f"{noun} {gone}", "was removed")
        elif number <= before:
            yield Fault(row, "is there twice")
        elif unlinked and not edited:
            yield Fault(row, f"does not follow {noun} {before}: one of the two was replaced or reordered")
        if edited:
            yield Fault(row, "was edited: its hash is not that of its content")
        if unredacted:
            yield Fault(row, "was blanked without a redaction that was decided")


def _head_faults(noun: str, number: int, digest: str) -> Iterator[Fault]:
    table = Decision if noun == "decision" else AuditEvent
    if number == 0:
        return
    found = table._default_manager.filter(number=number).values_list("hash", flat=True).first()
    if found is None:
        yield Fault(f"{noun} {number}", "was removed: its hash was published")
    elif found != digest:
        yield Fault(f"{noun} {number}", "is not the one whose hash was published")


def _table_faults(table: str) -> Iterator[Fault]:
    """Yield the rows of a table that are not what the newest event says, and whether its triggers are in force."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_trigger WHERE tgrelid = %s::regclass AND tgenabled = 'O' AND tgfoid IN "
            "('claims_record_change()'::regprocedure, 'claims_refuse_truncate()'::regprocedure)",
            [table],
        )
        if cursor.fetchone()[0] < 2:
            yield Fault(table, "its history's triggers are not in force")
        cursor.execute(
            f"""
            WITH newest AS (
                SELECT DISTINCT ON (row_id) row_id, after, redaction_id FROM claims_auditevent
                WHERE table_name = %s ORDER BY row_id, number DESC
            ), present AS (
                SELECT t.id, to_jsonb(t) - %s::text[] AS content FROM {connection.ops.quote_name(table)} t
            )
            SELECT coalesce(id, row_id), id IS NULL, row_id IS NULL OR after IS NULL
            FROM present FULL JOIN newest ON id = row_id
            -- A column that came after the row's last change is in no event yet.
            WHERE redaction_id IS NULL AND ((content IS NULL) <> (after IS NULL) OR EXISTS (
                SELECT FROM jsonb_each(after) kept WHERE content -> kept.key IS DISTINCT FROM kept.value
            ))
            ORDER BY 1
            """,  # noqa: S608 — the name is our own
            [table, list(IGNORED.get(table, ()))],
        )
        rows = cursor.fetchall()
    for key, gone, unknown in rows:
        wrong = "was removed" if gone else "was added" if unknown else "was changed"
        yield Fault(f"{table} {key}", f"{wrong} past the history")


def publish_head(now: datetime | None = None) -> HistoryHead | None:
    """Keep today's head of both chains, once a day (UTC); None where it is published already."""
    now = now or timezone.now()
    if HistoryHead.objects.filter(day=now.date()).exists():
        return None
    decision = Decision.objects.order_by("-number").values_list("number", "hash").first() or (0, "")
    event = AuditEvent.objects.order_by("-number").values_list("number", "hash").first() or (0, "")
    names = ("decision_number", "decision_hash", "event_number", "event_hash")
    values = dict(zip(names, (*decision, *event), strict=True))
    head, made = HistoryHead.objects.get_or_create(day=now.date(), defaults={**values, "published_at": now})
    return head if made else None
