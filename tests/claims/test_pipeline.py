"""The route as figures, and having work tried again."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client
from django.utils import timezone

from claims import pipeline
from claims.curation import CurationError
from claims.models import Extraction
from tests.factories import make_editor, make_outlet, make_reading
from tracker.news.leasing import leased
from tracker.news.models import Article, Work

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def make_page(number: int, **values: Any) -> Article:
    return Article.objects.create(outlet=make_outlet(), url=f"https://test-gazette.example/{number}", **values)


def put_aside(page: Article) -> Article:
    """A page whose fetching killed its worker three times."""
    Article.objects.filter(pk=page.pk).update(attempts=Work.MAX_ATTEMPTS, due_at=timezone.now() - HOUR)
    assert list(leased(Article.objects.filter(pk=page.pk), 1)) == []
    page.refresh_from_db()
    return page


def stage(key: str) -> pipeline.Stage:
    return next(stage for stage in pipeline.stages() if stage.key == key)


def test_each_stage_counts_what_is_due_held_and_put_aside() -> None:
    now = timezone.now()
    oldest = make_page(1, due_at=now - HOUR)
    make_page(2, due_at=now)
    make_page(3, due_at=now - HOUR, lease_until=now + HOUR)
    make_page(4, due_at=now + HOUR)
    put_aside(make_page(5))
    make_page(6, last_error="https://test-gazette.example/6 answered 404", attempts=0)
    found = stage("fetch")
    assert (found.due, found.held, found.aside) == (2, 1, 1)
    assert found.since == oldest.due_at


def test_what_is_stuck_names_itself_and_the_reason() -> None:
    page = put_aside(make_page(1))
    [row] = pipeline.stuck()
    assert (row.stage, row.key, row.about) == ("fetch", page.pk, page.url)
    assert "3 tries ended without a result" in row.reason


def test_what_is_tried_again_is_due_with_all_its_tries() -> None:
    page = put_aside(make_page(1))
    other = put_aside(make_page(2))
    assert pipeline.try_again("fetch", [page.pk], make_editor()) == 1
    assert [row.pk for row in leased(Article.objects.all(), 5)] == [page.pk]
    assert [row.key for row in pipeline.stuck()] == [other.pk]
    assert pipeline.try_again("fetch", [page.pk], make_editor()) == 0


def test_a_reading_that_was_put_aside_is_named_by_its_page() -> None:
    reading = make_reading()
    Extraction.objects.create(reading=reading, extractor="rules", version="1", attempts=4, last_error="put aside: …")
    [row] = pipeline.stuck()
    assert (row.stage, row.about) == ("extract", reading.snapshot.url)


def test_an_unknown_stage_is_refused_by_name() -> None:
    with pytest.raises(CurationError, match="no stage “dream”"):
        pipeline.try_again("dream", [1], make_editor())


def test_the_page_shows_the_stages_and_lets_an_administrator_try_again(client: Client) -> None:
    page = put_aside(make_page(1))
    client.force_login(make_editor())
    shown = client.get("/admin/pipeline/").content.decode()
    assert page.url in shown
    assert "1 put aside" in shown
    answer = client.post("/admin/pipeline/", {"row": f"fetch:{page.pk}"}, follow=True)
    assert "1 to be tried again" in answer.content.decode()
    assert stage("fetch").due == 1


def test_an_editor_sees_what_is_stuck_and_may_not_try_again(client: Client) -> None:
    page = put_aside(make_page(1))
    editor = User.objects.create_user("ed", is_staff=True)
    editor.groups.add(Group.objects.get(name="editor"))
    client.force_login(editor)
    assert "Try again" not in client.get("/admin/pipeline/").content.decode()
    answer = client.post("/admin/pipeline/", {"row": f"fetch:{page.pk}"}, follow=True)
    assert "it takes an administrator" in answer.content.decode()
    assert stage("fetch").due == 0


def test_who_is_no_staff_is_sent_to_the_login(client: Client) -> None:
    assert client.get("/admin/pipeline/").status_code == 302
