"""``manage.py evaluate [GOLD ARTICLES]``: how well the current extractor does, as a table by field and kind."""

import json
import sys
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError, connection
from tqdm import tqdm

from claims import evaluation, extractors, intake
from claims.extraction.labelled import LabelledError, read_labelled, table
from claims.extraction.registry import load_registry
from claims.extraction.scoring import Labelling
from claims.extraction.types import Document, Registry
from claims.models import Evaluation
from claims.providers import MissingSdkError


class Command(BaseCommand):
    """Score the extractor that the site reads with, against editors' decisions or a labelled file."""

    help = (
        "Score the current extractor against the decisions of this site's editors (the demonstration's never count), "
        "or against GOLD.jsonl with the labels of ARTICLES.jsonl, as docs/evaluation.md describes them. The result is "
        "kept for the page that shows how well extraction does, where there is a database."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the two files, which come together or not at all."""
        parser.add_argument("gold", nargs="?", metavar="GOLD", help='labels: {"id","claims"} a line')
        parser.add_argument("articles", nargs="?", metavar="ARTICLES", help='articles: {"id","text",…} a line')
        parser.add_argument("--json", action="store_true", help="print one JSON object")
        parser.add_argument("--no-store", action="store_true", help="do not keep the result")

    def handle(self, *args: Any, gold: str | None, articles: str | None, **options: Any) -> None:
        """Evaluate, print, keep."""
        stored = connection.vendor != "unknown"  # what Django's stand-in for a missing database calls itself
        if gold and not articles:
            raise CommandError("GOLD needs ARTICLES, the texts that it labels.")
        if not gold and not stored:
            raise CommandError("Editors' decisions are in the database: set DATABASE_URL, or name GOLD and ARTICLES.")
        labelled, registry, dataset = _from_files(Path(gold), Path(articles)) if gold and articles else _from_desk()
        meter = extractors.Meter(extractors.spent_this_month() if stored else 0.0)
        try:
            extractor = extractors.extractor_for(extractors.options_of(settings), meter.spent)
        except MissingSdkError as error:
            raise CommandError(str(error)) from None
        progress = tqdm(labelled, unit=" articles", disable=not sys.stderr.isatty())
        result = evaluation.evaluate(extractor, registry, progress, as_intake=not gold, meter=meter)
        if not result.report.articles:
            raise CommandError("There is nothing to evaluate against: no editor has decided on a draft yet.")
        kept = self._keep(result, extractor, dataset) if stored and not options["no_store"] else None
        heading = {"dataset": dataset, "extractor": extractor.name, "version": extractor.version, "cost": result.cost}
        if options["json"]:
            made_at = kept.made_at.isoformat() if kept else None
            self.stdout.write(json.dumps({**heading, "stored": made_at, **asdict(result.report)}, ensure_ascii=False))
            return
        self.stdout.write(f"{extractor.name} {extractor.version} on {dataset}")
        self.stdout.write(table(result.report))
        self.stdout.write(
            f"\n{'kept' if kept else 'not kept'}{'' if result.cost is None else f'; cost {result.cost:.4f}'}"
        )

    def _keep(self, result: evaluation.Result, extractor: Any, dataset: str) -> Evaluation | None:
        try:
            return evaluation.keep(result, extractor, dataset)
        except DatabaseError as error:
            self.stderr.write(f"The result could not be kept: {error}")
            return None


def _from_files(gold: Path, articles: Path) -> tuple[list[tuple[Document, Labelling]], Registry, str]:
    try:
        return read_labelled(articles, gold), load_registry(), f"{gold.resolve().parent.name}/{gold.name}"
    except LabelledError as error:
        raise CommandError(str(error)) from None


def _from_desk() -> tuple[Iterable[tuple[Document, Labelling]], Registry, str]:
    return list(evaluation.editors_labels()), intake.registered(), Evaluation.EDITORS
