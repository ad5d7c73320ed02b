"""The corpus into the database: COPY past the triggers, then indexes, search, both chains, and a last look."""

import random
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime

from django.apps import apps
from django.contrib.auth.models import User
from django.core.management.color import no_style
from django.db import connection, transaction
from django.db.models import Max

from claims import history
from claims.models import Alias, Claim, Decision, Dispute, Party, System, Topic
from claims.synthesis.evidence import Batch, Evidence
from claims.synthesis.judgement import Judgement
from claims.synthesis.lines import blocks
from claims.synthesis.plan import make_plan
from claims.synthesis.sizes import Size
from tracker.news.models import Article, Feed, Outlet

ACTOR = "synthesis"
TOPICS = ("copyright", "privacy", "distillation", "safety", "bias", "labour", "defamation", "governance")
# The moment that the corpus ends at: the same in every run.
NOW = datetime(2025, 12, 31, 12, tzinfo=UTC)
Say = Callable[[str], None]


class NotEmptyError(Exception):
    """The database holds something already; a made-up corpus is never mixed with what is real."""


def synthesize(size: Size, seed: int = 1, say: Say = lambda words: None) -> None:
    """Fill an empty, migrated database with a made-up corpus of *size*; *say* is told of each step.

    Everything is written in one transaction: where it fails, nothing stays. The database's user has to be allowed to
    pass over triggers (a superuser).

    Raises:
        NotEmptyError: there are outlets, feeds, articles, claims or decisions already.
    """
    for model in (Outlet, Feed, Article, Claim, Decision):
        if model._default_manager.exists():
            raise NotEmptyError(
                f"The database holds {model._meta.verbose_name_plural} already. A made-up corpus goes into an empty "
                "database alone: name another in DATABASE_URL and migrate it."
            )
    chance = random.Random(seed)  # noqa: S311 - keeps no secret
    say("planning")
    plan = make_plan(size, chance)
    evidence = Evidence(plan, chance, NOW)
    with transaction.atomic():
        actor = User.objects.create(username=ACTOR, is_active=False)
        for slug in TOPICS:
            Topic.objects.get_or_create(slug=slug, defaults={"name": slug.capitalize()})
        topics = list(Topic.objects.order_by("pk").values_list("pk", flat=True))
        before: dict[type, int] = {model: _newest(model) for model in (Party, Alias, System, Dispute)}
        judgement = Judgement(plan, chance, NOW, topics=topics, before=before)
        with _past_triggers(), _without_indexes("news_article", "news_entry", say=say):
            _write(_with_next(evidence.parts()), say)
            _write([judgement.subjects(), judgement.judged(actor.pk, evidence.first_mention)], say)
            _run("SELECT claims_recount_all()")
            _run("UPDATE claims_claim SET search = claims_search_document(id, statement)")
        say("history")
        # The end of the chain is looked up for each event, by a plan made while the table is still nearly empty.
        _run("SET LOCAL enable_seqscan = off")
        for table in history.remembered_tables():
            _run("SELECT claims_record_baseline(%s, VARIADIC %s::text[])", table, list(history.IGNORED.get(table, ())))
        _run("SET LOCAL enable_seqscan = on")
        _hold()
        _set_sequences()
        say("statistics")
        _run("ANALYZE")


def _newest(model: type[Party] | type[Alias] | type[System] | type[Dispute]) -> int:
    return model._default_manager.aggregate(newest=Max("pk"))["newest"] or 0


def _run(statement: str, *values: str | list[str]) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values or None)
        return cursor.fetchall() if cursor.description else []


def _with_next(parts: Iterator[Batch]) -> Iterator[Batch]:
    """Yield *parts*, each made while the one before is being used: the server takes it in meanwhile."""
    with ThreadPoolExecutor(1) as maker:
        coming = maker.submit(next, parts, None)
        while (part := coming.result()) is not None:
            coming = maker.submit(next, parts, None)
            yield part


def _write(parts: Iterable[Batch], say: Say) -> None:
    with connection.cursor() as cursor:
        for number, batch in enumerate(parts, 1):
            for table, lines in batch.items():
                columns = ", ".join(f'"{name}"' for name in table.columns)
                with cursor.copy(f"COPY {table.name} ({columns}) FROM STDIN") as copy:
                    for block in blocks(lines):
                        copy.write(block)
            say(f"part {number}: {', '.join(f'{len(lines)} {table.noun}' for table, lines in batch.items())}")


@contextmanager
def _past_triggers() -> Iterator[None]:
    """Pass over triggers and foreign keys meanwhile, except the one that chains decisions."""
    _run("ALTER TABLE claims_decision ENABLE ALWAYS TRIGGER decision_chained")
    _run("SET LOCAL session_replication_role = replica")
    yield
    _run("SET LOCAL session_replication_role = origin")
    _run("ALTER TABLE claims_decision ENABLE TRIGGER decision_chained")


@contextmanager
def _without_indexes(*tables: str, say: Say) -> Iterator[None]:
    """Drop the indexes of these tables that keep no rule, and build them anew at the end, which is faster."""
    found = _run(
        "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = current_schema() AND tablename = ANY(%s) "
        "AND NOT EXISTS (SELECT FROM pg_index i WHERE i.indexrelid = indexname::regclass AND i.indisunique)",
        list(tables),
    )
    for name, _ in found:
        _run(f'DROP INDEX "{name}"')
    yield
    _run("SET LOCAL maintenance_work_mem = '512MB'")
    for name, definition in found:
        say(f"index {name}")
        _run(str(definition))


def _hold() -> None:
    """Hold what was written to the rules that the triggers were passed over for; raises AssertionError otherwise."""
    wrong = _run(
        "SELECT m.id FROM claims_mention m JOIN news_reading r ON r.id = m.reading_id "
        'WHERE substr(r.text, m.start + 1, m."end" - m.start) <> m.quote LIMIT 1'
    )
    if wrong:
        raise AssertionError(f"mention {wrong[0][0]} does not hold its quote")
    bare = _run(
        "SELECT c.id FROM claims_claim c WHERE c.state = 'published' AND NOT EXISTS "
        "(SELECT FROM claims_mention m WHERE m.claim_id = c.id) LIMIT 1"
    )
    if bare:
        raise AssertionError(f"claim {bare[0][0]} has no mention")


def _set_sequences() -> None:
    models = [model for label in ("auth", "news", "claims") for model in apps.get_app_config(label).get_models()]
    for statement in connection.ops.sequence_reset_sql(no_style(), models):
        _run(statement)
