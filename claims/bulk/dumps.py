"""When a dump is due, how it is made, and which one may be served.

A dump is a folder, complete or not there, and a row that names it. It is due every `every`, and at once when a claim
was taken back since: until it is made anew, nothing is served, for the old one still holds the claim.
"""

import shutil
import tempfile
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from claims import timelines
from claims.bulk.files import json_line, listing, write_tables
from claims.bulk.tables import Record, dictionary
from claims.models import Claim, Decision, Dump, Notice, Task
from claims.timelines import records

DAYS = 30
BATCH = 500
MENTIONS = 500
# What takes words off the site: a dump that is older still holds them.
TAKES_BACK = ("retract", "redact", "conceal")
LOCK = 6_230_114
PREFIX = ".making-"


def current() -> Dump | None:
    """Return the dump that may be served: the newest, unless something was taken back since."""
    dump = Dump.objects.order_by("-pk").first()
    return dump if dump and not _taken_back_since(dump) else None


def _taken_back_since(dump: Dump) -> bool:
    later = {"number__gt": dump.decision}
    told = Notice.objects.due(Task.DUMPS).filter(decision__number__gt=dump.decision)
    return Decision.objects.filter(**later, verb__in=TAKES_BACK).exists() or told.exists()


def due(every: timedelta, now: datetime | None = None) -> bool:
    """Whether a dump is to be made now."""
    newest = Dump.objects.order_by("-pk").first()
    if newest is None or _taken_back_since(newest):
        return True
    changed = Decision.objects.filter(number__gt=newest.decision).exists()
    return changed and (now or timezone.now()) - newest.made_at >= every


def make(root: Path, site: str, licence: str) -> Dump | None:
    """Write a dump of everything public under *root* and return its row; None where another process is at it.

    All files show one moment of the database. Older dumps are removed.
    """
    root.mkdir(parents=True, exist_ok=True)
    with transaction.atomic():
        with connection.cursor() as cursor:
            if len(connection.savepoint_ids) == 0:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
            if cursor.fetchone() != (True,):
                return None
        made_at = timezone.now()
        number = Decision.objects.order_by("-number").values_list("number", flat=True).first() or 0
        folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=root))
        try:
            _write(folder, site, licence, made_at)
            files = listing(folder)
            (folder / "SHA256SUMS").write_text("".join(f"{file['sha256']}  {file['name']}\n" for file in files))
            name = f"{made_at:%Y-%m-%dT%H%M%S.%f}-{number}"
            shutil.rmtree(root / name, ignore_errors=True)
            folder.chmod(0o755)
            folder.rename(root / name)
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        dump = Dump.objects.create(made_at=made_at, decision=number, folder=name, files=listing(root / name))
        Notice.objects.due(Task.DUMPS).filter(decision__number__lte=number).order_by().update(done_at=made_at)
    _tidy(root)
    return dump


def _tidy(root: Path) -> None:
    """Remove older dumps, and what a process that was killed left behind."""
    newest = Dump.objects.order_by("-pk").values_list("folder", flat=True).first()
    for old in root.iterdir():
        ours = old.name.startswith(PREFIX) or Dump.objects.filter(folder=old.name).exists()
        if old.is_dir() and ours and old.name != newest:
            shutil.rmtree(old, ignore_errors=True)


def _write(folder: Path, site: str, licence: str, made_at: datetime) -> None:
    at = records.moment(made_at) or ""
    sorts = {
        "disputes": _disputes(site),
        "claims": _claims(site),
        "parties": _parties(site),
        "systems": (records.system_record(row, site) for row in timelines.public_systems()),
        "articles": _articles(site),
        "corrections": _corrections(site),
        "replies": _replies(site),
        "events": _events(site),
    }
    write_tables(folder, sorts, {"made_at": at, "site": site, "licence": licence})
    (folder / "LICENCE.txt").write_text(licence + "\n", encoding="utf-8")
    (folder / "DICTIONARY.md").write_text(dictionary(at, licence), encoding="utf-8")
    for number in range(DAYS):
        day = made_at.date() - timedelta(days=number)
        if lines := list(_changes(day, site)):
            (folder / f"changes-{day}.jsonl").write_text("".join(map(json_line, lines)), encoding="utf-8")


def _slices(rows: Any) -> Iterator[tuple[Any, ...]]:
    cursor = ""
    while True:
        page = timelines.after(rows, timelines.BY_KEY, cursor, BATCH)
        if page.rows:
            yield page.rows
        if not (cursor := page.next):
            return


def _claims(site: str) -> Iterator[Record]:
    masked = timelines.masking()
    for rows in _slices(timelines.with_parts(timelines.published()).prefetch_related("systems")):
        found: dict[int, list[Record]] = {row.pk: [] for row in rows}
        for mention in timelines.appearances_of(rows):
            if len(found[mention.claim_id]) < MENTIONS:
                shown = timelines.mask_mention(mention, masked)
                found[mention.claim_id].append(records.mention_record(shown, site))
        for entry in timelines.as_entries(rows):
            yield records.claim_record(entry, site) | {"mentions": found[entry.claim.pk]}


def _articles(site: str) -> Iterator[Record]:
    masked = timelines.masking()
    for row in timelines.sources().order_by("pk").iterator(BATCH):
        yield records.article_record(timelines.mask_article(row, masked), site)


def _corrections(site: str) -> Iterator[Record]:
    for rows in _slices(timelines.listed_corrections()):
        yield from (records.correction_record(row, site) for row in timelines.mask_corrections(rows))


def _replies(site: str) -> Iterator[Record]:
    for rows in _slices(timelines.listed_replies()):
        yield from (records.reply_record(row, site) for row in timelines.mask_replies(rows))


def _events(site: str) -> Iterator[Record]:
    for rows in _slices(timelines.listed_events()):
        yield from (records.event_record(row, site) for row in timelines.mask_events(rows))


def _disputes(site: str) -> Iterator[Record]:
    for rows in _slices(timelines.public_disputes().prefetch_related("topics")):
        figures = timelines.dispute_figures(rows)
        yield from (records.dispute_record(row, figures[row.pk], site) for row in rows)


def _parties(site: str) -> Iterator[Record]:
    for rows in _slices(
        timelines.with_figures(timelines.public_parties()).prefetch_related(timelines.public_aliases())
    ):
        yield from (records.party_record(row, [alias.name for alias in row.aliases.all()], site) for row in rows)


def _changes(day: date, site: str) -> Iterator[Record]:
    """Yield what a day changed: of each claim its last decision of that day, and what the claim is now."""
    last = {decision.subject_id: decision for decision in timelines.decisions_on(day)}
    decisions = sorted(last.values(), key=lambda decision: decision.number)
    claims = timelines.decided_claims(decisions)
    standing: list[Claim] = [claim for claim in claims.values() if claim.state == "published"]
    now = {entry.claim.pk: records.claim_record(entry, site) for entry in timelines.as_entries(standing)}
    for decision in decisions:
        claim = claims[decision.subject_id]
        yield {
            "number": decision.number,
            "at": records.moment(decision.made_at),
            "action": decision.verb,
            "id": claim.pk,
            # What was published by mistake and taken back is a draft again.
            "state": claim.state if claim.state in ("published", "merged", "retracted") else "retracted",
            "into": claim.merged_into_id,
            "claim": now.get(claim.pk),
        }


def open_file(root: Path, dump: Dump, name: str) -> Path | None:
    """Return the path of a file of *dump*; None for a name that it has not, or where its folder is on another disk."""
    path = root / dump.folder / name
    return path if any(file["name"] == name for file in dump.files) and path.is_file() else None
