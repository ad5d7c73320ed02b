"""Redaction by court order or erasure request: the words go, everything else stays and still verifies.

Only an administrator may, and each is itself a decision. Every character of the words becomes a block of the same
length, so offsets, quotes and pages hold; each value that held them leaves the SHA-256 of what it was
(`RedactedCell`). Snapshots of an article whose text held the words lose their bytes and keep their hash. Decisions
and history are blanked like the rest and name the redaction; the chain verifies over the hashes that they keep.

The words themselves are written down nowhere: the decision says why, how many values, and not what.
"""

import hashlib
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import zstandard
from django.contrib.auth.models import User
from django.db import connection, models, transaction
from django.utils import timezone

from claims.curation.recording import decide, picture, tell
from claims.curation.rules import CurationError, check_staff, take_turn
from claims.models import (
    Alert,
    Alias,
    AuditEvent,
    Claim,
    Correction,
    Decision,
    Dispute,
    Event,
    Extraction,
    Mention,
    NoticeKind,
    Party,
    RedactedCell,
    Reply,
    ReplyRequest,
    State,
    Status,
    Suggestion,
    Verb,
)
from tracker.news.models import Article, Entry, FeedAnswer, Reading, Snapshot

BLOCK = "█"
SHORTEST = 3
# Who asked for it, in the words that the public page uses.
GROUNDS = {"court": "court order", "erasure": "erasure request"}

# What people and machines wrote, by table: columns of text, of lists of text, and of JSON. Readings come first:
# a mention's quote has to be its reading's text. Claims, snapshots and aliases have ways of their own below.
Columns = tuple[type[models.Model], tuple[str, ...]]
COLUMNS: tuple[Columns, ...] = (
    (Reading, ("text", "title", "authors")),
    (Article, ("title", "authors")),
    (Entry, ("title", "authors", "summary_html")),
    (Mention, ("quote", "via")),
    (Party, ("name", "full_name", "description")),
    (Dispute, ("title", "summary")),
    (Event, ("text",)),
    (Status, ("note",)),
    (Alert, ("note",)),
    (Correction, ("wrong", "right")),
    (Reply, ("text", "signed", "translation")),
    (ReplyRequest, ("contact",)),
    (Suggestion, ("why", "contact")),
    (Extraction, ("reasons", "details", "last_error")),
)
OF_CLAIM = ("statement", "wording", "proposed")
MEMORY: tuple[Columns, ...] = (
    (Decision, ("reason", "before", "after")),
    (AuditEvent, ("before", "after")),
)


@dataclass(frozen=True, slots=True)
class Found:
    """Which values hold the words: how many rows of each table, and which claims show them."""

    rows: dict[str, int]
    claims: tuple[Claim, ...]

    @property
    def total(self) -> int:
        """How many rows hold them."""
        return sum(self.rows.values())


def find_words(words: str) -> Found:
    """Return where *words* stand, for the administrator to see before anything is blanked."""
    pattern = _pattern(words)
    rows: Counter[str] = Counter()
    others: tuple[Columns, ...] = ((Claim, OF_CLAIM), (Alias, ("name",)))
    for model, columns in (*COLUMNS, *others, *MEMORY):
        rows[str(model._meta.verbose_name_plural)] += sum(1 for _ in _holding(model, columns, words, pattern))
    return Found({name: number for name, number in rows.items() if number}, tuple(_affected(words, pattern)))


@transaction.atomic
def redact(words: str, actor: User, reason: str, ground: str) -> Decision:
    """Blank *words* wherever they stand, in any case and spacing; return the decision that says so.

    *ground* is one of `GROUNDS`. The reason is kept in memory for good, so it must not hold the words.
    """
    check_staff(actor, "redact", "You may not redact: it takes an administrator.")
    pattern = _pattern(words)
    if ground not in GROUNDS:
        raise CurationError("Say on what ground: a court order or an erasure request.")
    if not reason.strip():
        raise CurationError("A redaction needs a reason: the file number of the order, the date of the request.")
    if pattern.search(reason):
        raise CurationError("The reason holds the words themselves: it is kept, so it must not.")
    take_turn()
    claims = _affected(words, pattern)
    decision = Decision.objects.create(
        verb=Verb.REDACT,
        actor=actor,
        made_at=timezone.now(),
        subject="redaction",
        subject_id=0,
        reason=reason.strip(),
        after={"ground": ground, "claims": [claim.pk for claim in claims]},
    )
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('tracker.redaction', %s, true)", [str(decision.pk)])
    pages = _blank_evidence(words, pattern, decision)
    for model, columns in COLUMNS[1:]:
        for row, cells in _holding(model, columns, words, pattern):
            _write(row, cells, decision)
    for alias, cells in _holding(Alias, ("name",), words, pattern):
        _note(alias, cells, decision)
        alias.delete()
    _blank_addresses(words, pattern)
    _blank_claims(claims, words, pattern, actor, reason, ground, decision)
    # Memory last: by now it also holds what the steps above changed, before and after.
    for model, columns in MEMORY:
        for row, cells in _holding(model, columns, words, pattern):
            _write(row, cells, decision, redaction_id=decision.pk)
    for claim in claims:
        tell(NoticeKind.REDACTED, decision, "claim", claim.pk)
    if pages and not claims:
        tell(NoticeKind.REDACTED, decision)
    return decision


def _pattern(words: str) -> re.Pattern[str]:
    parts = words.split()
    if len("".join(parts)) < SHORTEST or BLOCK in words:
        raise CurationError(f"Which words? {SHORTEST} characters at least: fewer would blank half of everything.")
    # Addresses write a hyphen for the blank.
    return re.compile(r"[\s_-]+".join(re.escape(part) for part in parts), re.IGNORECASE)


def _blank(value: Any, pattern: re.Pattern[str]) -> Any:
    """Return a value of a column, a list or a JSON document without the words; lengths of texts stay."""
    match value:
        case str():
            return pattern.sub(lambda found: BLOCK * len(found[0]), value)
        case list():
            return [_blank(item, pattern) for item in value]
        case dict():
            return {key: _blank(item, pattern) for key, item in value.items()}
    return value


Cells = dict[str, tuple[Any, Any]]


def _holding(
    model: type[models.Model], columns: tuple[str, ...], words: str, pattern: re.Pattern[str]
) -> Iterator[tuple[Any, Cells]]:
    """Yield the rows of *model* that hold the words, each with what its columns are and are to be."""
    # Loosely in the database, exactly here: between the words any blank may stand, which JSON writes as an escape.
    like = "%".join(re.sub(r"([\\%_])", r"\\\1", part.replace('"', '\\"')) for part in words.split())
    table, quote = model._meta.db_table, connection.ops.quote_name
    condition = " OR ".join(f"{quote(table)}.{quote(name)}::text ILIKE %s" for name in columns)
    rows = model._default_manager.extra(where=[f"({condition})"], params=[f"%{like}%"] * len(columns))  # noqa: S610
    fields = [field.attname for field in model._meta.concrete_fields if not isinstance(field, models.BinaryField)]
    for row in rows.only(*fields).order_by("pk"):
        cells: Cells = {}
        for name in columns:
            old = getattr(row, name)
            new = _blank(old, pattern)
            if new != old:
                cells[name] = (old, new)
        if cells:
            yield row, cells


def _write(row: Any, cells: Cells, decision: Decision, **marks: Any) -> None:
    _note(row, cells, decision)
    type(row)._default_manager.filter(pk=row.pk).update(**{name: new for name, (_, new) in cells.items()}, **marks)


def _note(row: Any, cells: Cells, decision: Decision) -> None:
    """Keep the hash of what each value was: of a text its own, of anything else that of its JSON."""
    RedactedCell.objects.bulk_create(
        RedactedCell(
            decision=decision,
            table_name=row._meta.db_table,
            row_id=row.pk,
            column_name=name,
            sha256=digest(old),
            spans=_spans(old, new),
        )
        for name, (old, new) in cells.items()
    )


def _spans(old: Any, new: Any) -> list[list[int]]:
    """Return where a text was blanked; [] for anything else."""
    if not (isinstance(old, str) and isinstance(new, str)):
        return []
    changed = "".join("x" if a != b else " " for a, b in zip(old, new, strict=True))
    return [[found.start(), found.end()] for found in re.finditer("x+", changed)]


def digest(value: Any) -> str:
    """Return the SHA-256 of a text, or of anything else as JSON: what a cell keeps of its old value."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _blank_evidence(words: str, pattern: re.Pattern[str], decision: Decision) -> int:
    """Blank readings, and take the bytes from every snapshot of their articles; return how many articles."""
    articles: set[int] = set()
    for reading, cells in _holding(*COLUMNS[0], words, pattern):
        _write(reading, cells, decision, redaction=decision.pk)
        articles.add(Snapshot.objects.values_list("article", flat=True).get(pk=reading.snapshot_id))
        # A quote is its reading's text, also where the words begin before it or end behind it.
        text = _blank(reading.text, pattern)
        for mention in Mention.objects.filter(reading=reading):
            if mention.quote != (quote := text[mention.start : mention.end]):
                _write(mention, {"quote": (mention.quote, quote)}, decision)
    empty = zstandard.compress(b"")
    for snapshot in Snapshot.objects.filter(article__in=articles, redaction=None).only("pk", "sha256"):
        RedactedCell.objects.create(
            decision=decision,
            table_name=Snapshot._meta.db_table,
            row_id=snapshot.pk,
            column_name="body",
            sha256=snapshot.sha256,
        )
        Snapshot.objects.filter(pk=snapshot.pk).update(body_zstd=empty, redaction=decision.pk)
    # The raw answer of a feed is kept for inspection alone: where it may hold the words it goes.
    for answer in FeedAnswer.objects.all():
        if pattern.search(bytes(answer.body).decode("utf-8", "replace")):
            answer.delete()
    return len(articles)


def _blank_addresses(words: str, pattern: re.Pattern[str]) -> None:
    """Give parties and disputes whose address holds the words another one."""
    slug = "-".join(re.findall(r"\w+", words.casefold()))
    named: tuple[type[models.Model], ...] = (Party, Dispute)
    for model in named:
        name = str(model._meta.model_name)
        for row in model._default_manager.filter(slug__icontains=slug):
            model._default_manager.filter(pk=row.pk).update(slug=f"{name}-{row.pk}")


def _affected(words: str, pattern: re.Pattern[str]) -> list[Claim]:
    """Return the claims whose words, or whose mentions' words, hold what is to go."""
    keys = {claim.pk for claim, _ in _holding(Claim, OF_CLAIM, words, pattern)}
    keys |= {mention.claim_id for mention, _ in _holding(Mention, ("quote", "via"), words, pattern)}
    return list(Claim.objects.filter(pk__in=keys).order_by("pk"))


def _blank_claims(
    claims: list[Claim],
    words: str,
    pattern: re.Pattern[str],
    actor: User,
    reason: str,
    ground: str,
    decision: Decision,
) -> None:
    """Blank the words of claims, each under a decision of its own: the page tells from it that something went."""
    blank: Callable[[Any], Any] = lambda value: _blank(value, pattern)  # noqa: E731
    for claim in claims:
        before = blank(picture(claim))
        cells: Cells = {n: (v, blank(v)) for n in OF_CLAIM if blank(v := getattr(claim, n)) != v}
        _note(claim, cells, decision)
        for name, (_, new) in cells.items():
            setattr(claim, name, new)
        now = timezone.now()
        if claim.state == State.PUBLISHED:
            claim.changed_at = now
        decide(claim, actor, Verb.REDACT, reason, before, now, after={"ground": ground, "redaction": decision.pk})
