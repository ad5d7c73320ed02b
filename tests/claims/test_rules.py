"""Rules 1 to 4, tried by the roads that lead around `claims.curation`: the ORM and plain SQL."""

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from claims import curation
from claims.models import Claim, Decision, Mention
from tests.factories import make_draft, make_editor, make_published, make_reading

pytestmark = pytest.mark.django_db


def refused(act: Callable[[], Any], words: str) -> None:
    """Assert that the database refuses *act*, deferred rules included, with *words*."""
    settle()

    def attempt() -> None:
        with transaction.atomic():
            act()
            settle()

    with pytest.raises(IntegrityError, match=words):
        attempt()


def settle() -> None:
    """Check now what is deferred to the end of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def sql(statement: str, *values: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


# ------------------------------------------------------- rule 1: nothing is public before a person accepted it


def test_a_draft_cannot_be_published_without_a_decision() -> None:
    draft = make_draft()
    now = timezone.now()
    refused(lambda: Claim.objects.filter(pk=draft.pk).update(state="published", published_at=now), "nobody decided")


def test_a_draft_cannot_be_published_under_a_decision_on_another_claim() -> None:
    other, draft = make_published(), make_draft()
    refused(
        lambda: sql(
            "UPDATE claims_claim SET state='published', published_at=now(), decision_id=%s WHERE id=%s",
            other.decision_id,
            draft.pk,
        ),
        "is not about it",
    )


def test_a_draft_cannot_be_published_under_a_decision_that_did_not_accept_it() -> None:
    draft = make_draft()
    decision = curation.edit(draft, make_editor(), curation.ClaimChanges(hedged=True))
    refused(
        lambda: sql(
            "UPDATE claims_claim SET state='published', published_at=now(), decision_id=%s WHERE id=%s",
            decision.pk,
            draft.pk,
        ),
        "nobody decided",
    )
    curation.edit(draft, make_editor(), curation.ClaimChanges(hedged=False))
    refused(
        lambda: sql(
            "UPDATE claims_claim SET state='published', published_at=now(), decision_id=%s WHERE id=%s",
            decision.pk,
            draft.pk,
        ),
        "does not say what it would become",
    )


def test_a_claim_cannot_be_born_published() -> None:
    draft = make_draft()
    refused(
        lambda: Claim.objects.create(
            kind="allegation", state="published", statement="x", claimant=draft.claimant, published_at=timezone.now()
        ),
        "leaves_draft",
    )


# ----------------------------------------------------------------- rule 2: claimant, mention, verbatim quote


@pytest.mark.parametrize(
    ("column", "value", "words"),
    [
        ("claimant_id", None, "has_claimant"),
        ("statement", "", "nobody decided"),
        ("published_at", None, "has_claimant"),
    ],
)
def test_a_published_claim_keeps_its_claimant_and_its_sentence(column: str, value: object, words: str) -> None:
    claim = make_published()
    refused(lambda: Claim.objects.filter(pk=claim.pk).update(**{column: value}), words)


def test_a_published_claim_keeps_its_last_mention() -> None:
    claim = make_published(kind="concern")
    refused(lambda: sql("DELETE FROM claims_mention WHERE claim_id=%s", claim.pk), "mention")


def test_a_published_claims_last_mention_cannot_move_to_another_claim() -> None:
    claim, other = make_published(), make_draft()
    refused(lambda: Mention.objects.filter(claim=claim).update(claim=other), "needs a mention")


@pytest.mark.parametrize(
    "change",
    [
        {"quote": "OpenAI praised DeepSeek"},
        {"start": 1},
        {"end": 40},
        {"quote": "openai accused deepseek of distilling its models"},
    ],
)
def test_a_mention_whose_quote_is_not_at_its_offsets_is_refused(change: dict[str, Any]) -> None:
    claim = make_draft()
    refused(lambda: Mention.objects.filter(claim=claim).update(**change), "does not hold the quote")


def test_a_mention_cannot_name_another_article_than_its_readings() -> None:
    claim, other = make_draft(), make_reading()
    refused(lambda: Mention.objects.filter(claim=claim).update(article=other.snapshot.article), "is not of article")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_offsets_count_code_points_whatever_the_text(data: st.DataObject) -> None:
    alphabet = st.characters(exclude_categories=["Cs"], exclude_characters="\x00")
    text = data.draw(st.text(alphabet, min_size=1, max_size=60))
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    with transaction.atomic():
        reading = make_reading(text)
        claim = Claim.objects.create(kind="allegation")
        mention = Mention(claim=claim, reading=reading, article=reading.snapshot.article, start=start, end=end)
        mention.quote = text[start:end]
        mention.save()
        mention.refresh_from_db()
        assert mention.quote == reading.text[start:end]
        transaction.set_rollback(True)


# ----------------------------------------------------------------------- rule 3: decisions are only ever added


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE claims_decision SET reason = 'other'",
        "UPDATE claims_decision SET made_at = now()",
        "DELETE FROM claims_decision",
        "TRUNCATE claims_decision CASCADE",
    ],
)
def test_decisions_refuse_every_change(statement: str) -> None:
    make_published()
    before = list(Decision.objects.values_list("hash", flat=True))
    refused(lambda: sql(statement), "only ever added")
    assert list(Decision.objects.values_list("hash", flat=True)) == before


def test_what_the_extractor_proposed_is_kept() -> None:
    draft = make_draft()
    refused(lambda: Claim.objects.filter(pk=draft.pk).update(proposed={"kind": "denial"}), "kept as it was")


def test_a_claim_that_was_decided_on_is_never_deleted() -> None:
    draft = make_draft()
    curation.reject(draft, make_editor(), "no claim")
    for table in ("claims_mention", "claims_claim_targets", "claims_claim_disputes"):
        sql(f"DELETE FROM {table} WHERE claim_id=%s", draft.pk)
    refused(lambda: sql("DELETE FROM claims_claim WHERE id=%s", draft.pk), "never deleted")


# ------------------------------------------------------------- rule 4: what, who and when stand together


@pytest.mark.parametrize("column", ["verb", "actor_id", "made_at", "subject", "subject_id"])
def test_a_decision_without_what_who_or_when_is_refused(column: str) -> None:
    values = {
        "verb": "'accept'",
        "actor_id": str(make_editor().pk),
        "made_at": "now()",
        "subject": "'claim'",
        "subject_id": "1",
        "reason": "''",
        "before": "'{}'",
        "after": "'{}'",
        column: "NULL",
    }
    refused(
        lambda: sql(f"INSERT INTO claims_decision ({', '.join(values)}) VALUES ({', '.join(values.values())})"),
        "null value",
    )


def test_each_decision_carries_the_hash_of_the_one_before_whatever_the_insert_says() -> None:
    make_published()
    Decision.objects.create(
        verb="curate",
        actor=make_editor(),
        made_at=timezone.now(),
        subject="party",
        subject_id=1,
        number=1,
        previous="forged",
        hash="forged",
    )
    chain = list(Decision.objects.order_by("number"))
    assert [decision.number for decision in chain] == list(range(1, len(chain) + 1))
    assert chain[0].previous == ""
    for earlier, later in pairwise(chain):
        assert later.previous == earlier.hash
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM claims_decision d WHERE d.hash <> claims_decision_hash(d)")
        assert cursor.fetchone() == (0,)
    assert len({decision.hash for decision in chain}) == len(chain)
