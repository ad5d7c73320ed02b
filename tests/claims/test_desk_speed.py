"""A decision takes the server as long with ten thousand drafts waiting as with a hundred: measured side by side."""

import time
from itertools import count

import pytest
from django.db import connection
from django.test import Client

from tests.claims.desk import desk, filled, log_in_editor
from tests.factories import make_dispute, make_draft, make_party, make_reading

pytestmark = pytest.mark.django_db
_turns = count()
FEW, MANY, TURNS, ROUNDS = 100, 10_000, 7, 6
ALLOWED = 1.2


def fill(drafts: int) -> None:
    """Let *drafts* more drafts wait, copied past the triggers: the queue is measured, not the intake.

    Twenty come of an article, with a claimant and a dispute of their own: a long queue is one of many quarrels.
    """
    source = make_draft(make_reading())
    mention = source.mentions.get()
    rows = {
        "claims_party": (source.claimant_id, "'slug', 'copy-' || %s + n"),
        "claims_dispute": (make_dispute().pk, "'slug', 'copy-' || %s + n"),
        "news_article": (mention.article_id, "'url', 'https://example.org/copy/' || %s + n"),
        "news_snapshot": (mention.reading.snapshot_id, "'article_id', {news_article} + n, 'url', 'x' || %s + n"),
        "news_reading": (mention.reading_id, "'snapshot_id', {news_snapshot} + n, 'id', %s + n"),
    }
    first: dict[str, int] = {}
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        for table, (key, changed) in rows.items():
            cursor.execute(f"SELECT 1000 + max(id) FROM {table}")
            first[table] = cursor.fetchone()[0]
            told = changed.format_map(first)
            cursor.execute(
                "SELECT string_agg(quote_ident(attname), ', ') FROM pg_attribute "
                "WHERE attrelid = %s::regclass AND attnum > 0 AND attgenerated = '' AND NOT attisdropped",
                [table],
            )
            (columns,) = cursor.fetchone()
            cursor.execute(
                f"INSERT INTO {table} ({columns}) SELECT {columns} FROM (SELECT (jsonb_populate_record(t, "
                f"jsonb_build_object('id', %s + n, {told}))).* "
                f"FROM {table} t CROSS JOIN generate_series(0, %s) n WHERE t.id = %s) made",
                [first[table], first[table], drafts // 20, key],
            )
            cursor.execute(f"SELECT setval('{table}_id_seq', %s)", [first[table] + drafts])
        cursor.execute("SELECT 1 + max(id) FROM claims_claim")
        base = cursor.fetchone()[0]
        cursor.execute(
            "INSERT INTO claims_claim SELECT (jsonb_populate_record(t, jsonb_build_object("
            "'id', %s + n, 'claimant_id', %s + n / 20, 'confidence', 0.01 * (n %% 100)))).* "
            "FROM claims_claim t CROSS JOIN generate_series(0, %s) n WHERE t.id = %s",
            [base, first["claims_party"], drafts - 1, source.pk],
        )
        cursor.execute("SELECT setval('claims_claim_id_seq', %s)", [base + drafts])
        cursor.execute(
            'INSERT INTO claims_mention (claim_id, reading_id, article_id, start, "end", quote, direct, via) '
            'SELECT %s + n, %s + n / 20, %s + n / 20, start, "end", quote, direct, via '
            "FROM claims_mention m CROSS JOIN generate_series(0, %s) n WHERE m.id = %s",
            [base, first["news_reading"], first["news_article"], drafts - 1, mention.pk],
        )
        for column, table in (("dispute", "claims_claim_disputes"), ("party", "claims_claim_targets")):
            cursor.execute(
                f"INSERT INTO {table} (claim_id, {column}_id) SELECT %s + n, %s + n / 20 FROM generate_series(0, %s) n",
                [base, first[f"claims_{column}"], drafts - 1],
            )
        cursor.execute("SET LOCAL session_replication_role = origin")
        cursor.execute("ANALYZE")


def seconds(client: Client) -> float:
    """How long one decision takes the server: the screen, the acceptance, and the next screen."""
    turn = next(_turns)
    # A quarrel of its own, so that a later turn has no more to compare than an earlier one.
    claim = make_draft(
        make_reading(),
        claimant=make_party(f"Claimant {turn}"),
        targets=[make_party(f"Target {turn}")],
        dispute=make_dispute(f"Quarrel {turn}"),
    )
    data = filled(claim, "accept")
    begun = time.perf_counter()
    client.get(desk(claim))
    answer = client.post(desk(claim), data)
    assert answer.status_code == 302
    client.get(answer["Location"])
    return time.perf_counter() - begun


def test_ten_thousand_waiting_drafts_slow_no_decision_down(client: Client) -> None:
    log_in_editor(client)
    fill(FEW)
    seconds(client)
    few = [seconds(client) for _ in range(TURNS)]
    fill(MANY - FEW)
    seconds(client)
    # The shortest of each: what else the machine does meanwhile only ever adds, so a slow spell is waited out.
    many: list[float] = []
    for _ in range(ROUNDS):
        many += [seconds(client) for _ in range(TURNS)]
        if min(many) <= ALLOWED * min(few):
            break
    ratio = min(many) / min(few)
    print(f"{1000 * min(few):.0f} ms with {FEW} waiting, {1000 * min(many):.0f} ms with {MANY}: {ratio:.2f}")
    assert ratio <= ALLOWED
