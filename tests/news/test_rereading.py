"""Watched pages: when they are asked for again, and what is noted, over real HTTP."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.utils import timezone

from tests.news.test_copies import collect, page
from tests.news.test_likeness import story
from tests.origin import Origin, running_origin
from tracker.news import rereading, subscriptions
from tracker.news.models import Address, Article, Change, Reading, Snapshot

pytestmark = pytest.mark.django_db
HOURS = [1, 24, 7 * 24, 30 * 24, 90 * 24, 90 * 24]


@pytest.fixture
def origin() -> Iterator[Origin]:
    with running_origin() as running:
        yield running


@pytest.fixture
def article(origin: Origin) -> Article:
    """An article that was read once and is watched now."""
    outlet = subscriptions.add_outlet("Gazette", "gazette", "newspaper", origin.url + "/")
    url = origin.serve("/story", page("Inquiry opened", story(1)))
    made = Article.objects.create(url=url, outlet=outlet, due_at=timezone.now())
    Address.objects.create(url=url, article=made)
    collect(origin.url)
    assert subscriptions.watch([made.pk]) == 1
    return made


def again(article: Article, origin: Origin) -> Article:
    """Ask for the page as if its time had come."""
    Article.objects.filter(pk=article.pk).update(due_at=timezone.now())
    collect(origin.url)
    return Article.objects.get(pk=article.pk)


def wait(article: Article) -> int:
    """Hours until the page is asked for again."""
    due = Article.objects.get(pk=article.pk).due_at
    assert due is not None
    return round((due - timezone.now()) / timedelta(hours=1))


def kinds() -> list[str]:
    return list(Change.objects.order_by("pk").values_list("kind", flat=True))


def test_a_watched_page_is_asked_for_on_a_slowing_schedule(origin: Origin, article: Article) -> None:
    waits = [wait(article)]
    for _ in range(5):
        again(article, origin)
        waits.append(wait(article))
    assert waits == HOURS


def test_a_page_that_is_not_watched_is_not_asked_for_again(origin: Origin, article: Article) -> None:
    Article.objects.update(reread_stage=None)
    assert again(article, origin).due_at is None


def test_watching_twice_starts_no_schedule_anew(origin: Origin, article: Article) -> None:
    again(article, origin)
    assert subscriptions.watch([article.pk]) == 0
    assert wait(article) == HOURS[1]


def test_an_unchanged_page_makes_no_snapshot_and_no_change(origin: Origin, article: Article) -> None:
    again(article, origin)
    assert (Snapshot.objects.count(), kinds()) == (1, [])


def test_a_page_that_differs_only_around_its_text_makes_a_snapshot_and_no_change(
    origin: Origin, article: Article
) -> None:
    origin.serve("/story", page("Inquiry opened", story(1), head="<meta name='nonce' content='2'>"))
    again(article, origin)
    assert (Snapshot.objects.count(), kinds()) == (2, [])


def test_a_changed_text_makes_another_snapshot_and_shows_the_difference(origin: Origin, article: Article) -> None:
    words = story(1)
    origin.serve("/story", page("Inquiry opened", [*words[:40], *["corrected"] * 40, *words[80:]]))
    again(article, origin)
    assert (Snapshot.objects.count(), Reading.objects.count(), kinds()) == (2, 2, ["text"])
    [(was, now)] = Change.objects.get().paragraphs()
    assert (was, now) == (" ".join(words[40:80]) + ".", " ".join(["corrected"] * 40) + ".")


def test_a_changed_headline_is_noted(origin: Origin, article: Article) -> None:
    origin.serve("/story", page("Inquiry closed", story(1)))
    again(article, origin)
    assert "headline" in kinds()
    change = Change.objects.get(kind="headline")
    assert change.after is not None
    assert (change.before.title, change.after.title) == ("Inquiry opened", "Inquiry closed")


def test_a_page_that_goes_back_to_what_it_was_is_a_change_too(origin: Origin, article: Article) -> None:
    origin.serve("/story", page("Inquiry opened", story(2)))
    again(article, origin)
    origin.serve("/story", page("Inquiry opened", story(1)))
    current = again(article, origin).current
    assert (kinds(), Snapshot.objects.count()) == (["text", "text"], 2)
    assert current is not None
    assert current == Reading.objects.order_by("pk").first()


@pytest.mark.parametrize("status", [404, 410, 451])
def test_a_page_that_is_gone_is_noted_once_and_noted_when_it_is_back(
    origin: Origin, article: Article, status: int
) -> None:
    origin.serve("/story", "Gone.", status=status)
    again(article, origin)
    again(article, origin)
    assert kinds() == ["gone"]
    assert wait(article) == HOURS[2]
    origin.serve("/story", page("Inquiry opened", story(1)))
    again(article, origin)
    assert kinds() == ["gone", "back"]


def test_a_watched_page_that_fails_is_tried_again_and_its_schedule_goes_on(origin: Origin, article: Article) -> None:
    origin.serve("/story", "Oops.", status=500)
    waits = []
    for _ in range(4):
        again(article, origin)
        waits.append(wait(article))
    assert waits == [0, 1, HOURS[1], 0]
    assert kinds() == []


def test_a_page_that_is_no_article_any_more_is_noted(origin: Origin, article: Article) -> None:
    origin.serve("/story", "<html><head><title>Sign in</title></head><body><p>Please sign in.</p></body></html>")
    current = again(article, origin).current
    assert kinds() == ["unreadable"]
    assert current == Reading.objects.order_by("pk").first()


def test_the_intervals_never_shrink() -> None:
    assert list(rereading.INTERVALS) == sorted(rereading.INTERVALS)
