"""What holds of outside archives: a page that came from one names it, editors note others, readers see either."""

from collections.abc import Iterator

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client
from django.urls import reverse

from tests.factories import make_editor, make_published, make_reading
from tests.origin import Origin, running_origin
from tracker.news import archives, collection, subscriptions
from tracker.news.fetching import FetchPolicy
from tracker.news.models import Address, ArchiveCopy, Article

pytestmark = pytest.mark.django_db

KEPT = "https://archive.example/2025/https://gazette.example/1"


@pytest.fixture
def origin() -> Iterator[Origin]:
    with running_origin() as running:
        yield running


@pytest.mark.parametrize(
    ("url", "headers", "is_copy"),
    [
        ("https://web.archive.org/web/20250129000000/https://gazette.example/1", {}, True),
        ("https://archive.ph/AbCdE", {}, True),
        ("https://perma.cc/AB12-CD34", {}, True),
        ("https://library.example/kept/1", {"memento-datetime": "Wed, 29 Jan 2025 00:00:00 GMT"}, True),
        ("https://web.archive.org/", {}, False),
        ("https://notarchive.ph.example/AbCdE", {}, False),
        ("https://gazette.example/archive/1", {}, False),
    ],
)
def test_an_archive_is_known_by_what_it_says_or_by_name(url: str, headers: dict[str, str], is_copy: bool) -> None:
    assert archives.archived_at(url, headers) == (url if is_copy else "")


@pytest.mark.parametrize("memento", [True, False])
def test_a_page_that_an_archive_served_names_the_archive(origin: Origin, memento: bool) -> None:
    headers = {"Memento_Datetime" if memento else "X_Other": "Wed, 29 Jan 2025 00:00:00 GMT"}
    url = origin.serve("/kept/1", "<!doctype html><html><body><p>Text</p></body></html>", 200, **headers)
    outlet = subscriptions.add_outlet("Gazette", "gazette", "newspaper")
    article = Article.objects.create(url=url, outlet=outlet)
    Address.objects.create(url=url, article=article)
    collection.fetch_again(article)
    policy = FetchPolicy("test/1", frozenset({origin.url}), spacing=0, total_seconds=5)
    assert [outcome.ok for outcome in collection.fetch_due(policy)] == [True]
    assert [copy.url for copy in ArchiveCopy.objects.all()] == ([url] if memento else [])


def test_an_editor_notes_a_copy_and_readers_see_it_in_place_of_the_hash(client: Client) -> None:
    claim = make_published()
    mention = claim.mentions.get()
    snapshot = mention.reading.snapshot
    pages = [claim.get_absolute_url(), reverse("source", args=[mention.article_id])]
    assert all(snapshot.sha256 in Client().get(page).content.decode() for page in pages)

    client.force_login(make_editor("Editor"))
    form = client.get(reverse("admin:news_snapshot_change", args=[snapshot.pk])).content.decode()
    assert reverse("admin:news_archivecopy_add") in form
    client.post(reverse("admin:news_archivecopy_add"), {"snapshot": snapshot.pk, "url": KEPT})
    copy = ArchiveCopy.objects.get()
    assert (copy.snapshot, copy.url, copy.noted_by) == (snapshot, KEPT, make_editor("Editor").get_username())

    for page in pages:
        text = Client().get(page).content.decode()
        assert f'href="{KEPT}"' in text
        assert snapshot.sha256 not in text


def test_a_copy_can_be_mended_and_taken_back(client: Client) -> None:
    copy = archives.note(make_reading().snapshot, KEPT)
    client.force_login(make_editor())
    client.post(reverse("admin:news_archivecopy_change", args=[copy.pk]), {"url": KEPT + "/2"})
    assert [row.url for row in ArchiveCopy.objects.all()] == [KEPT + "/2"]
    client.post(reverse("admin:news_archivecopy_delete", args=[copy.pk]), {"post": "yes"})
    assert not ArchiveCopy.objects.exists()


@pytest.mark.parametrize("url", ["javascript:alert(1)", "no address", "ftp://archive.example/1"])
def test_what_is_no_web_address_is_refused(client: Client, url: str) -> None:
    client.force_login(make_editor())
    client.post(reverse("admin:news_archivecopy_add"), {"snapshot": make_reading().snapshot.pk, "url": url})
    assert not ArchiveCopy.objects.exists()


def test_editors_may_note_copies_and_contributors_not(client: Client) -> None:
    snapshot = make_reading().snapshot
    for role, status in (("editor", 302), ("contributor", 403)):
        user = User.objects.create_user(role, is_staff=True)
        user.groups.add(Group.objects.get(name=role))
        client.force_login(user)
        answer = client.post(reverse("admin:news_archivecopy_add"), {"snapshot": snapshot.pk, "url": KEPT})
        assert answer.status_code == status
