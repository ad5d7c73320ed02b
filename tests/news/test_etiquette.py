"""What holds of robots.txt, over real HTTP: who is asked, who is not, and how often."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.utils import timezone

from tests.origin import Origin, running_origin
from tracker.news import collection, robots
from tracker.news.fetching import FetchPolicy
from tracker.news.models import Article, Outlet, OutletKind, RobotsFile, Snapshot

pytestmark = pytest.mark.django_db
PAGE = "<html><body><article><p>A regulator opened an inquiry.</p></article></body></html>"


@pytest.fixture
def origin() -> Iterator[Origin]:
    with running_origin() as running:
        yield running


def article(url: str) -> Article:
    outlet, _ = Outlet.objects.get_or_create(slug="o", defaults={"name": "O", "kind": OutletKind.OTHER})
    return Article.objects.create(url=url, outlet=outlet, due_at=timezone.now())


def fetch(*origins: Origin) -> list[collection.Outcome]:
    policy = FetchPolicy(
        user_agent="ai-claims-tracker/1 (+http://localhost/)",
        allowed_origins=frozenset(origin.url for origin in origins),
        spacing=0,
        total_seconds=5,
    )
    return list(collection.fetch_due(policy))


def test_a_disallowed_page_is_not_asked_for_and_says_so(origin: Origin) -> None:
    origin.serve("/robots.txt", "User-agent: *\nDisallow: /private")
    article(origin.serve("/private/a", PAGE))
    article(origin.serve("/open/b", PAGE))
    fetch(origin)
    assert origin.asked("/private/a") == []
    refused = Article.objects.get(url__contains="/private/")
    assert refused.last_error == f"{refused.url}: {origin.url}/robots.txt disallows it."
    assert refused.due_at is None
    assert Snapshot.objects.get().article.url == origin.url + "/open/b"


def test_robots_txt_is_asked_for_once_a_day_and_origin(origin: Origin) -> None:
    origin.serve("/robots.txt", "User-agent: *\nDisallow:")
    for n in range(3):
        article(origin.serve(f"/{n}", PAGE))
        fetch(origin)
    assert len(origin.asked("/robots.txt")) == 1
    kept = RobotsFile.objects.get()
    assert kept.expires_at - kept.fetched_at <= timedelta(hours=24)
    RobotsFile.objects.update(expires_at=timezone.now())
    article(origin.serve("/later", PAGE))
    fetch(origin)
    assert len(origin.asked("/robots.txt")) == 2


@pytest.mark.parametrize("status", [401, 403, 404, 410])
def test_a_4xx_allows_everything(origin: Origin, status: int) -> None:
    origin.serve("/robots.txt", "User-agent: *\nDisallow: /", status=status)
    article(origin.serve("/a", PAGE))
    assert [outcome.ok for outcome in fetch(origin)] == [True]


@pytest.mark.parametrize("status", [500, 503, 429])
def test_a_5xx_disallows_for_now_and_the_page_is_tried_again(origin: Origin, status: int) -> None:
    origin.serve("/robots.txt", status=status)
    page = article(origin.serve("/a", PAGE))
    fetch(origin)
    assert origin.asked("/a") == []
    page.refresh_from_db()
    assert page.due_at is not None
    assert page.due_at >= RobotsFile.objects.get().expires_at
    origin.serve("/robots.txt", "User-agent: *\nDisallow:")
    RobotsFile.objects.update(expires_at=timezone.now())
    Article.objects.update(due_at=timezone.now())
    assert [outcome.ok for outcome in fetch(origin)] == [True]


def test_rules_that_we_held_stand_while_the_origin_cannot_be_reached(origin: Origin) -> None:
    origin.serve("/robots.txt", "User-agent: *\nDisallow: /private")
    article(origin.serve("/a", PAGE))
    fetch(origin)
    origin.serve("/robots.txt", status=503)
    RobotsFile.objects.update(expires_at=timezone.now())
    article(origin.serve("/b", PAGE))
    article(origin.serve("/private/c", PAGE))
    fetch(origin)
    assert (len(origin.asked("/b")), len(origin.asked("/private/c"))) == (1, 0)


def test_up_to_five_redirects_of_robots_txt_are_followed_and_more_allow(origin: Origin) -> None:
    origin.serve("/robots.txt", status=301, Location="/r1")
    for n in range(1, 5):
        origin.serve(f"/r{n}", status=302, Location=f"/r{n + 1}")
    origin.serve("/r5", "User-agent: *\nDisallow: /")
    article(origin.serve("/a", PAGE))
    fetch(origin)
    assert origin.asked("/a") == []
    origin.serve("/r5", status=302, Location="/r6")
    RobotsFile.objects.all().delete()
    Article.objects.update(due_at=timezone.now())
    fetch(origin)
    assert len(origin.asked("/a")) == 1


def test_a_redirect_is_followed_only_where_the_robots_txt_of_its_target_allows(origin: Origin) -> None:
    with running_origin() as other:
        origin.serve("/a", status=302, Location=other.url + "/shut")
        origin.serve("/b", status=302, Location=other.url + "/open")
        other.serve("/robots.txt", "User-agent: *\nDisallow: /shut")
        other.serve("/shut", PAGE)
        other.serve("/open", PAGE)
        article(origin.url + "/a")
        article(origin.url + "/b")
        outcomes = {outcome.url[-1]: outcome for outcome in fetch(origin, other)}
        assert (outcomes["a"].ok, outcomes["b"].ok) == (False, True)
        assert "disallows it" in outcomes["a"].error
        assert other.asked("/shut") == []


def test_crawl_delay_spaces_the_pages_of_an_origin_whoever_asks(origin: Origin) -> None:
    origin.serve("/robots.txt", "User-agent: *\nCrawl-delay: 20")
    pages = [article(origin.serve(f"/{n}", PAGE)) for n in range(3)]
    assert len(fetch(origin)) == 1
    waits = sorted(page.due_at - timezone.now() for page in Article.objects.filter(due_at__isnull=False) if page.due_at)
    assert [round(wait.total_seconds(), -1) for wait in waits] == [20, 40]
    Article.objects.filter(due_at__isnull=False).update(due_at=timezone.now())
    assert fetch(origin) == []
    assert set(Article.objects.filter(pk__in=[page.pk for page in pages]).values_list("attempts", flat=True)) == {0}


def test_a_robots_txt_without_end_is_cut_off(origin: Origin) -> None:
    origin.serve("/robots.txt", "User-agent: *\nDisallow: /private\n" + "# long\n" * 200_000)
    article(origin.serve("/private/a", PAGE))
    fetch(origin)
    assert origin.asked("/private/a") == []
    assert len(RobotsFile.objects.get().text) <= robots.MAX_BYTES
