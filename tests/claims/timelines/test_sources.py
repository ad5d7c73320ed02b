"""What the pages of articles and outlets show: metadata, an excerpt and a link."""

import pytest

from claims import curation, timelines
from tests.factories import TEXT, make_draft, make_editor, make_outlet, make_published, make_reading
from tracker.news.models import Article, Outlet

pytestmark = pytest.mark.django_db


def test_an_article_is_public_while_it_carries_a_published_claim() -> None:
    claim = make_published()
    article = claim.mentions.get().article
    assert timelines.find_source(article.pk) == article
    curation.retract(claim, make_editor(), "wrong party")
    with pytest.raises(Article.DoesNotExist):
        timelines.find_source(article.pk)


def test_an_article_lists_its_published_claims_only() -> None:
    reading = make_reading()
    claim = make_published(reading)
    make_draft(reading, "DeepSeek denied the accusation")
    assert list(timelines.source_claims(reading.snapshot.article)) == [claim]


def test_an_excerpt_is_short_and_ends_at_a_word() -> None:
    reading = make_reading(TEXT + " And so on it went." * 200)
    opening = timelines.excerpt(reading.snapshot.article)
    assert 250 < len(opening) <= 300
    assert opening.endswith(" …")
    assert reading.text.startswith(opening.removesuffix(" …"))


def test_a_short_article_is_never_shown_whole() -> None:
    reading = make_reading()
    opening = timelines.excerpt(reading.snapshot.article).removesuffix(" …")
    assert TEXT.startswith(opening)
    assert len(opening) <= len(TEXT) / 2


def test_a_page_that_could_not_be_read_has_no_excerpt() -> None:
    assert timelines.excerpt(make_reading(verdict="paywall").snapshot.article) == ""
    assert timelines.excerpt(make_reading("").snapshot.article) == ""


def test_snapshots_come_without_their_bytes() -> None:
    (snapshot,) = timelines.source_snapshots(make_reading().snapshot.article)
    assert "body_zstd" in snapshot.get_deferred_fields()


def test_copies_know_each_other_the_original_first() -> None:
    original = make_reading().snapshot.article
    first, second = (make_reading(original=original).snapshot.article for _ in range(2))
    assert timelines.other_copies(original) == [first, second]
    assert timelines.other_copies(first) == [original, second]
    assert timelines.other_copies(make_reading().snapshot.article) == []


def test_an_outlet_is_public_while_an_article_of_it_is() -> None:
    make_draft(make_reading(outlet=make_outlet("Quiet Gazette")))
    claim = make_published()
    outlet = timelines.find_outlet("test-gazette")
    assert [(article, vars(article)["carried"]) for article in timelines.outlet_sources(outlet)] == [
        (claim.mentions.get().article, 1)
    ]
    with pytest.raises(Outlet.DoesNotExist):
        timelines.find_outlet("quiet-gazette")
