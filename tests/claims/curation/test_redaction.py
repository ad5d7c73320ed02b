"""Redaction: the words are nowhere any more, everything else stays, and the chain verifies."""

import hashlib
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import Group, User
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from claims import curation, history
from claims.curation import ClaimChanges, CurationError
from claims.models import Claim, Decision, Notice, NoticeKind, RedactedCell, Verb
from claims.roles import ensure_roles
from tests.factories import make_dispute, make_draft, make_editor, make_party, make_published, make_reading
from tracker.news.models import Snapshot

pytestmark = pytest.mark.django_db
SECRET = "Projekt Nachtigall"
TEXT = f"OpenAI accused DeepSeek of running {SECRET}. DeepSeek says that projekt\nnachtigall is a bird. It denied it."
QUOTE = f"OpenAI accused DeepSeek of running {SECRET}"


def everything() -> dict[str, str]:
    """The text of every row of every table of ours."""
    found: dict[str, str] = {}
    with connection.cursor() as cursor:
        for model in apps.get_models():
            if model._meta.app_label in ("claims", "news"):
                cursor.execute(f'SELECT string_agg(t::text, chr(10)) FROM "{model._meta.db_table}" t')
                found[model._meta.db_table] = cursor.fetchone()[0] or ""
    return found


def holding(word: str) -> list[str]:
    return [table for table, text in everything().items() if word.casefold() in text.casefold()]


def settled() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def make_secret_claim() -> Claim:
    reading = make_reading(TEXT, title=f"What {SECRET} is")
    claim = make_published(reading, QUOTE, dispute=make_dispute(f"{SECRET} and others"))
    curation.edit(claim, make_editor(), ClaimChanges(statement=f"OpenAI says that DeepSeek runs {SECRET}."))
    curation.approve(claim, make_editor("reviewer"))
    curation.correct(claim, make_editor(), wrong=f"{SECRET} is of May", right=f"{SECRET} is of June")
    make_party(f"{SECRET} GmbH")
    make_draft(reading, "projekt\nnachtigall is a bird", kind="response")
    return Claim.objects.get(pk=claim.pk)


def test_the_words_are_nowhere_any_more_and_the_history_verifies() -> None:
    claim = make_secret_claim()
    assert len(holding("nachtigall")) > 6
    found = curation.find_words(SECRET)
    assert found.total > 10
    assert claim in found.claims
    numbers = list(Decision.objects.values_list("number", "hash").order_by("number"))
    decision = curation.redact(SECRET, make_editor(), "file 7 O 12/26", "court")
    settled()
    assert holding("nachtigall") == []
    assert list(history.verify()) == []
    after = list(Decision.objects.values_list("number", "hash").order_by("number"))
    assert after[: len(numbers)] == numbers, "no hash changed, so heads that others keep still fit"
    claim.refresh_from_db()
    assert claim.statement == "OpenAI says that DeepSeek runs " + "█" * len(SECRET) + "."
    assert claim.state == "published"
    assert decision.reason == "file 7 O 12/26"
    assert curation.find_words(SECRET).total == 0


def test_quotes_still_are_the_reading_s_text_at_their_offsets() -> None:
    claim = make_secret_claim()
    [mention] = claim.mentions.all()
    place = (mention.start, mention.end)
    curation.redact(SECRET, make_editor(), "order", "court")
    mention.refresh_from_db()
    assert (mention.start, mention.end) == place
    assert mention.reading.text[mention.start : mention.end] == mention.quote
    assert "█" in mention.quote


def test_hashes_stay_and_the_bytes_go() -> None:
    claim = make_secret_claim()
    [snapshot] = Snapshot.objects.filter(article=claim.mentions.get().article)
    digest = snapshot.sha256
    curation.redact(SECRET, make_editor(), "order", "court")
    snapshot.refresh_from_db()
    assert snapshot.sha256 == digest
    with pytest.raises(ValueError, match="was redacted"):
        _ = snapshot.body
    cell = RedactedCell.objects.get(table_name="news_snapshot")
    assert cell.sha256 == digest
    of_text = RedactedCell.objects.get(table_name="news_reading", column_name="text")
    assert of_text.sha256 == hashlib.sha256(TEXT.encode()).hexdigest()


def test_the_page_says_that_something_was_removed_and_followers_are_told(client: Any) -> None:
    claim = make_secret_claim()
    decision = curation.redact(SECRET, make_editor(), "order", "erasure")
    assert Notice.objects.filter(decision=decision, kind=NoticeKind.REDACTED, subject_id=claim.pk).count() == 2
    page = client.get(reverse("claim", args=[claim.pk])).content.decode()
    assert "Words were removed from this page" in page
    assert "erasure request" in page
    assert "achtigall" not in page.casefold()
    [dispute] = claim.disputes.all()
    assert dispute.slug == f"dispute-{dispute.pk}"
    assert client.get(dispute.get_absolute_url()).status_code == 200


def test_a_second_redaction_goes_over_what_the_first_left() -> None:
    make_secret_claim()
    curation.redact(SECRET, make_editor(), "order", "court")
    curation.redact("distillation letter", make_editor(), "order", "court")
    curation.redact("is a bird", make_editor(), "another order", "court")
    settled()
    assert holding("is a bird") == []
    assert list(history.verify()) == []


def test_only_an_administrator_may_and_only_with_a_reason_that_keeps_the_secret() -> None:
    ensure_roles()
    make_secret_claim()
    reviewer = User.objects.create_user("rev", is_staff=True)
    reviewer.groups.add(Group.objects.get(name="reviewer"))
    boss = User.objects.create_user("boss", is_staff=True)
    boss.groups.add(Group.objects.get(name="administrator"))
    with pytest.raises(CurationError, match="administrator"):
        curation.redact(SECRET, reviewer, "order", "court")
    for words, reason, ground, refusal in (
        (SECRET, " ", "court", "needs a reason"),
        (SECRET, "about projekt  nachtigall", "court", "holds the words"),
        (SECRET, "order", "whim", "what ground"),
        ("a", "order", "court", "characters at least"),
    ):
        with pytest.raises(CurationError, match=refusal):
            curation.redact(words, boss, reason, ground)
    assert curation.redact(SECRET, boss, "order", "court").verb == Verb.REDACT


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE news_reading SET text = repeat('x', length(text))",
        "UPDATE news_reading SET redaction = 1",
        "UPDATE news_snapshot SET body_zstd = ''",
        "DELETE FROM news_reading",
        "SELECT set_config('tracker.redaction', (SELECT min(id)::text FROM claims_decision), true); "
        "UPDATE news_reading SET text = repeat('x', length(text)), "
        "redaction = current_setting('tracker.redaction')::bigint",
        "UPDATE claims_decision SET reason = '' WHERE number = 1",
        "UPDATE claims_claim SET proposed = '{}'",
    ],
)
def test_by_any_other_road_the_database_refuses(statement: str) -> None:
    make_published()
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_a_restored_back_up_honours_what_was_redacted_since(tmp_path: Path) -> None:
    kept = tmp_path / "redactions.json"
    make_secret_claim()
    boss = make_editor("boss")
    with transaction.atomic():
        curation.redact(SECRET, boss, "7 O 12/26", "court")
        call_command("redactions", "keep", str(kept), stdout=StringIO())
        # The database is as it was before: a back-up is restored.
        transaction.set_rollback(True)
    assert "nachtigall" not in kept.read_text().casefold()
    assert holding("nachtigall")
    out = StringIO()
    call_command("redactions", "honour", str(kept), "--as", "boss", stdout=out)
    assert out.getvalue().startswith("1 of 1 redactions")
    assert holding("nachtigall") == []
    settled()
    assert list(history.verify()) == []
    call_command("redactions", "honour", str(kept), "--as", "boss", stdout=(again := StringIO()))
    assert again.getvalue().startswith("0 of 1 redactions")


def test_a_record_that_is_none_and_nobody_to_honour_it_are_told(tmp_path: Path) -> None:
    make_editor("boss")
    broken = tmp_path / "broken.json"
    broken.write_text("[{}]")
    for file, name, told in ((broken, "boss", "no record"), (broken, "nobody", "--as NAME"), ("gone", "boss", "gone")):
        with pytest.raises(CommandError, match=told):
            call_command("redactions", "honour", str(file), "--as", name)
