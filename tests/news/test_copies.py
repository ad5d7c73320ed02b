"""The same story once: what becomes of copies, from the feed to the article, over real HTTP."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import connection

from tests.demo.conftest import Clock, serve
from tests.news.test_likeness import edited, story
from tests.origin import Origin, running_origin
from tracker.demo.library import library
from tracker.demo.origin import Origin as DemoOrigin
from tracker.news import collection, subscriptions
from tracker.news.fetching import FetchPolicy
from tracker.news.links import canonical_url
from tracker.news.models import Address, Article, Entry, Feed, Outlet

pytestmark = pytest.mark.django_db


@pytest.fixture
def origin() -> Iterator[Origin]:
    with running_origin() as running:
        yield running


def page(title: str, words: list[str], published: str = "", head: str = "") -> str:
    paragraphs = "".join(f"<p>{' '.join(words[at : at + 40])}.</p>" for at in range(0, len(words), 40))
    if published:
        head += f'<meta property="article:published_time" content="{published}">'
    return (
        f'<!doctype html><html lang="en"><head><title>{title}</title>{head}</head>'
        f"<body><article><h1>{title}</h1>{paragraphs}</article></body></html>"
    )


def carry(origin: Origin, slug: str, *links: str, kind: str = "newspaper") -> Feed:
    """A feed of an outlet of its own, that carries *links*."""
    items = "".join(f"<item><title>Story</title><link>{link}</link></item>" for link in links)
    url = origin.serve(f"/{slug}.xml", f"<rss version='2.0'><channel><title>{slug}</title>{items}</channel></rss>")
    outlet = subscriptions.add_outlet(slug, slug, kind)
    return subscriptions.add_feed(url, outlet)[0]


def collect(*origins: str) -> None:
    policy = FetchPolicy(user_agent="test/1", allowed_origins=frozenset(origins), spacing=0, total_seconds=10)
    list(collection.poll_due(policy, minimum=timedelta(minutes=15)))
    while list(collection.fetch_due(policy)):
        pass
    while list(collection.read_unread("trafilatura")):
        pass


def test_a_near_copy_with_another_title_is_listed_under_its_original(origin: Origin) -> None:
    words = story(1)
    first = origin.serve("/wire", page("Regulator opens inquiry", words, "2025-03-01T10:00:00Z"))
    second = origin.serve("/paper", page("Inquiry into chatbot begins", edited(words, 0.04, 2), "2025-03-01T11:00:00Z"))
    carry(origin, "wire", first, kind="wire")
    carry(origin, "paper", second)
    collect(origin.url)
    original = Article.objects.get(original=None)
    assert original.url == first
    assert [copy.url for copy in original.copies.all()] == [second]


def test_unrelated_stories_with_one_headline_stay_apart(origin: Origin) -> None:
    for n in (1, 2):
        carry(origin, f"o{n}", origin.serve(f"/{n}", page("Judge rules in AI copyright case", story(n))))
    collect(origin.url)
    assert Article.objects.filter(original=None).count() == 2


def test_the_earliest_published_is_the_original_though_it_arrives_last(origin: Origin) -> None:
    words = story(1)
    late = [origin.serve(f"/late{n}", page("Story", edited(words, 0.02, n), f"2025-03-02T1{n}:00:00Z")) for n in (1, 2)]
    carry(origin, "late", *late)
    collect(origin.url)
    early = origin.serve("/early", page("Story", words, "2025-03-01T10:00:00Z"))
    carry(origin, "early", early)
    collect(origin.url)
    original = Article.objects.get(original=None)
    assert original.url == early
    assert sorted(copy.url for copy in original.copies.all()) == late


def test_where_only_the_day_is_known_a_wire_s_report_is_the_original(origin: Origin) -> None:
    words = story(1)
    paper = origin.serve("/paper", page("Story", words, "2025-03-01"))
    wire = origin.serve("/wire", page("Story", words, "2025-03-01T09:00:00Z"))
    carry(origin, "paper", paper)
    collect(origin.url)
    carry(origin, "wire", wire, kind="wire")
    collect(origin.url)
    assert Article.objects.get(original=None).url == wire


def test_every_feed_that_carried_a_story_is_kept(origin: Origin) -> None:
    words = story(1)
    shared = origin.serve("/shared", page("Story", words))
    copy = origin.serve("/copy", page("Story", words))
    feeds = [carry(origin, "a", shared), carry(origin, "b", shared + "?utm_source=b"), carry(origin, "c", copy)]
    collect(origin.url)
    root = Article.objects.get(original=None)
    family = [root, *root.copies.all()]
    assert {entry.feed for entry in Entry.objects.filter(article__in=family)} == set(feeds)


def test_an_amp_page_with_its_own_address_is_a_copy_of_the_page_that_it_names(origin: Origin) -> None:
    words = story(1)
    whole = origin.serve("/story", page("Story", words))
    amp = origin.serve("/story/amp", page("Story", words[:300], head=f'<link rel="canonical" href="{whole}">'))
    carry(origin, "gazette", amp, whole)
    collect(origin.url)
    root = Article.objects.get(original=None)
    family = {root.url, *root.copies.values_list("url", flat=True)}
    assert (root.url, family | {amp}) == (whole, {whole, amp})
    assert set(Address.objects.values_list("url", flat=True)) == {whole, amp}


def test_copies_are_found_by_an_index_and_not_pairwise(origin: Origin) -> None:
    carry(origin, "gazette", origin.serve("/a", page("Story", story(1))))
    collect(origin.url)
    made = Article.objects.get()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        plan = Article.objects.filter(bands__overlap=made.bands).order_by().explain()
    assert "article_bands" in plan


def test_the_demonstration_s_wire_copies_are_one_story_each() -> None:
    copied = [article for article in library().articles if article.copy_of]
    by_key = {article.key: article for article in library().articles}
    wanted = {key for article in copied for key in (article.key, article.copy_of) if key}
    homes = {outlet.slug: outlet for outlet in library().outlets}
    with serve(DemoOrigin(clock=Clock())) as server, running_origin() as feeds:
        # The copies come first, and name no address that is known: their words have to tell.
        for key in sorted(wanted, key=lambda key: by_key[key].copy_of is None):
            outlet = homes[by_key[key].outlet]
            subscriptions.add_outlet(outlet.slug, outlet.slug, outlet.kind, server.base + outlet.home_path)
            slug = key.replace("/", "-")
            carry(feeds, slug, server.base + by_key[key].path)
            Feed.objects.filter(url__endswith=f"/{slug}.xml").update(outlet=Outlet.objects.get(slug=outlet.slug))
            collect(server.base, feeds.url)
        for article in copied:
            assert article.copy_of
            original = Article.objects.get(url=canonical_url(server.base + by_key[article.copy_of].path))
            assert Article.objects.get(url=canonical_url(server.base + article.path)).original == original
        assert Article.objects.filter(original=None).count() == len(wanted) - len(copied)
