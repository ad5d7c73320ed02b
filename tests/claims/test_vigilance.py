"""What editors are shown of pages that changed under a claim."""

import hashlib
from typing import Any

import pytest
import zstandard
from django.utils import timezone

from claims import curation, vigilance
from claims.models import Alert, CheckedChange, Claim
from tests.factories import TEXT, make_draft, make_editor, make_published, make_reading
from tracker.news.models import Article, Change, Reading, Snapshot

pytestmark = pytest.mark.django_db


def change(claim: Claim, kind: str, text: str = "", **values: Any) -> Change:
    """A change of the page under *claim*'s mention, read as *text* now."""
    mention = claim.mentions.get()
    after = None
    if text:
        snapshot = Snapshot.objects.create(
            article=mention.article,
            url=mention.article.url,
            fetched_at=timezone.now(),
            status=200,
            sha256=hashlib.sha256(text.encode()).hexdigest(),
            size=len(text),
            body_zstd=zstandard.compress(text.encode()),
        )
        after = Reading.objects.create(snapshot=snapshot, extractor="test", version="1", verdict="article", text=text)
    return Change.objects.create(
        article=mention.article, kind=kind, at=timezone.now(), before=mention.reading, after=after, **values
    )


def alerts() -> list[str]:
    return list(Alert.objects.values_list("kind", flat=True))


def test_a_quote_that_vanished_from_its_page_is_shown() -> None:
    claim = make_published()
    change(claim, "text", "Correction: an earlier version was wrong.")
    assert vigilance.check_changes() == 1
    [alert] = Alert.objects.all()
    assert (alert.kind, alert.mention.claim, alert.settled_at) == ("quote-vanished", claim, None)


def test_a_changed_text_that_still_has_the_quote_raises_nothing() -> None:
    change(make_published(), "text", TEXT.replace(" ", "\n", 1) + " More was said.")
    vigilance.check_changes()
    assert alerts() == []


def test_a_changed_headline_and_a_page_gone_are_shown() -> None:
    claim = make_published()
    change(claim, "headline", TEXT + " And more.")
    change(claim, "gone")
    change(claim, "back")
    vigilance.check_changes()
    assert sorted(alerts()) == ["headline-changed", "page-gone"]


def test_each_change_is_looked_at_once() -> None:
    change(make_published(), "gone")
    assert [vigilance.check_changes() for _ in range(2)] == [1, 0]
    assert (Alert.objects.count(), CheckedChange.objects.count()) == (1, 1)


def test_drafts_are_concerned_and_rejected_claims_are_not() -> None:
    draft, rejected = make_draft(), make_draft(make_reading())
    curation.reject(rejected, make_editor(), "no claim")
    change(draft, "gone")
    change(rejected, "gone")
    vigilance.check_changes()
    assert [alert.mention.claim for alert in Alert.objects.all()] == [draft]


def test_the_first_editor_settles_an_alert() -> None:
    change(make_published(), "gone")
    vigilance.check_changes()
    alert = Alert.objects.get()
    assert vigilance.settle(alert, make_editor(), "the archive has it")
    assert not vigilance.settle(alert, make_editor("second"))
    alert.refresh_from_db()
    assert (alert.settled_by, alert.note) == (make_editor(), "the archive has it")
    assert not Alert.objects.open().exists()


def test_publishing_a_claim_has_its_page_watched() -> None:
    draft = make_draft()
    assert Article.objects.get().reread_stage is None
    curation.accept(draft, make_editor())
    watched = Article.objects.get()
    assert watched.reread_stage == 0
    assert watched.due_at is not None


def test_merging_a_draft_into_a_published_claim_has_its_page_watched() -> None:
    published, draft = make_published(), make_draft(make_reading())
    curation.merge(draft, published, make_editor())
    assert not Article.objects.filter(reread_stage=None).exists()
