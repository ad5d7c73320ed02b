"""Redactions that outlive a restored back-up: a record of where words went, by which they are found and blanked again.

The record holds no word that was redacted: of each text its row, the SHA-256 of what it was and the places in it.
Brought to a database that still has the words, a text whose hash fits gives the words away to the verb alone, which
blanks them wherever they stand. Kept beside the back-ups, it makes an old one honour what was decided since.
"""

from typing import Any

from django.apps import apps
from django.contrib.auth.models import User

from claims.curation.redaction import digest, redact
from claims.models import Decision, RedactedCell, Verb

Record = dict[str, Any]


def record_of_redactions() -> list[Record]:
    """Return every redaction, the first one first, as JSON can hold it; no word of what was redacted is in it."""
    records = []
    for decision in Decision.objects.filter(verb=Verb.REDACT, subject="redaction").order_by("number"):
        cells = RedactedCell.objects.filter(decision=decision).exclude(spans=[]).order_by("pk")
        records.append(
            {
                "made_at": decision.made_at.isoformat(),
                "reason": decision.reason,
                "ground": decision.after["ground"],
                "cells": list(cells.values("table_name", "row_id", "column_name", "sha256", "spans")),
            }
        )
    return records


def redact_again(records: list[Record], actor: User) -> int:
    """Blank what earlier redactions blanked, where a restored database has it again; return how many were needed."""
    tables = {model._meta.db_table: model for model in apps.get_models()}
    needed = 0
    for record in records:
        # One redaction may have met several forms of the words; each is found in the cell that still has it.
        found = False
        for cell in record["cells"]:
            model = tables.get(cell["table_name"])
            row = model._default_manager.filter(pk=cell["row_id"]).first() if model else None
            value = getattr(row, cell["column_name"], None)
            if not isinstance(value, str) or digest(value) != cell["sha256"]:
                continue
            start, end = cell["spans"][0]
            redact(
                value[start:end], actor, f"{record['reason']} (again, after a back-up was restored)", record["ground"]
            )
            found = True
        needed += found
    return needed
