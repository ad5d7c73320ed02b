"""Two editors never work on the same draft: leases that are shown, hold, and end; and who is to look at what."""

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.contrib.auth.models import Group, User
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from claims import curation, leases
from claims.admin import queue
from claims.curation import CurationError
from claims.models import Claim, State
from claims.roles import ensure_roles
from tests.claims.desk import desk, filled, log_in_editor
from tests.factories import make_draft

pytestmark = pytest.mark.django_db


@pytest.fixture
def anna(client: Client) -> User:
    """An editor, logged in with the client."""
    return log_in_editor(client)


@pytest.fixture
def ben(anna: User) -> User:
    """Another editor."""
    return another("ben", "editor")


def another(name: str, role: str) -> User:
    ensure_roles()
    user = User.objects.create_user(name, is_staff=True)
    user.groups.add(Group.objects.get(name=role))
    return user


def test_opening_a_draft_leases_it_and_the_other_editor_sees_who_has_it(client: Client, anna: User, ben: User) -> None:
    claim = make_draft()
    client.get(desk(claim))
    claim.refresh_from_db()
    assert claim.lease_holder == anna
    client.force_login(ben)
    page = client.get(desk(claim)).content.decode()
    assert f"anna is at work on this draft until {claim.lease_until:%H:%M} UTC" in page
    assert "anna is at work on it" in client.get(reverse("admin:desk")).content.decode()
    claim.refresh_from_db()
    assert claim.lease_holder == anna


@pytest.mark.parametrize("action", ["accept", "save", "reject:off-topic"])
def test_while_a_lease_runs_nobody_else_decides(client: Client, anna: User, ben: User, action: str) -> None:
    claim = make_draft()
    leases.take(claim, ben)
    answer = client.post(desk(claim), filled(claim, action))
    assert answer.status_code == 409
    assert f"ben is at work on claim {claim.pk} until" in answer.content.decode()
    assert Claim.objects.get(pk=claim.pk).decision is None


def test_bulk_rejection_passes_over_what_somebody_works_on_and_says_so(client: Client, anna: User, ben: User) -> None:
    held, free = make_draft(), make_draft()
    leases.take(held, ben)
    data = {"draft": [held.pk, free.pk], "why": "off-topic"}
    page = client.post(reverse("admin:desk"), data, follow=True).content.decode()
    assert set(Claim.objects.filter(state=State.REJECTED)) == {free}
    assert f"ben is at work on claim {held.pk}" in page


def test_a_lease_ends_by_itself_and_is_renewed_by_its_holder(anna: User, ben: User) -> None:
    claim, now = make_draft(), timezone.now()
    assert leases.take(claim, anna, now)
    assert not leases.take(claim, ben, now + leases.LEASE - timedelta(seconds=1))
    assert leases.take(claim, anna, now + leases.LEASE - timedelta(seconds=1))
    assert not leases.take(claim, ben, now + leases.LEASE)
    assert leases.take(claim, ben, now + 2 * leases.LEASE)


def test_an_ended_lease_refuses_nothing(anna: User, ben: User) -> None:
    claim = make_draft()
    leases.take(claim, anna, timezone.now() - leases.LEASE - timedelta(seconds=1))
    curation.reject(claim, ben, "off topic")
    claim.refresh_from_db()
    assert (claim.state, claim.lease_holder, claim.lease_until) == (State.REJECTED, None, None)


def test_going_on_frees_the_draft_that_was_left(client: Client, anna: User, ben: User) -> None:
    left, gone_to = make_draft(), make_draft()
    client.get(desk(left))
    client.get(desk(gone_to))
    assert leases.take(left, ben)
    assert not leases.take(gone_to, ben)


def test_the_next_draft_is_one_that_nobody_works_on(client: Client, anna: User, ben: User) -> None:
    first, held, free = make_draft(), make_draft(), make_draft()
    leases.take(held, ben)
    answer = client.post(desk(first) + "?sort=oldest", filled(first, "reject:off-topic"))
    assert answer["Location"] == desk(free) + "?sort=oldest"


def test_reviewing_starts_at_a_draft_that_nobody_works_on(client: Client, anna: User, ben: User) -> None:
    held, free = make_draft(), make_draft()
    leases.take(held, ben)
    page = client.get(reverse("admin:desk"), {"sort": "oldest"}).content.decode()
    assert f'data-key="j" href="{desk(free)}?sort=oldest"' in page
    leases.take(free, another("cora", "editor"))
    assert 'data-key="j"' not in client.get(reverse("admin:desk")).content.decode()


def test_who_may_not_decide_takes_no_lease(client: Client) -> None:
    claim = make_draft()
    carl = another("carl", "contributor")
    client.force_login(carl)
    client.get(desk(claim))
    assert Claim.objects.get(pk=claim.pk).lease_holder is None
    with pytest.raises(CurationError, match="it takes an editor"):
        leases.take(claim, carl)


def test_a_published_claim_is_never_leased(anna: User) -> None:
    claim = make_draft()
    curation.reject(claim, anna, "off topic")
    assert not leases.take(claim, anna)
    with pytest.raises(IntegrityError, match="lease_is_a_drafts"), transaction.atomic():
        Claim.objects.filter(pk=claim.pk).update(lease_holder=anna, lease_until=timezone.now())


@pytest.mark.django_db(transaction=True)
def test_of_two_who_ask_at_once_one_gets_the_draft(anna: User, ben: User) -> None:
    claim, start, won = make_draft(), Barrier(2), []

    def ask(user: User) -> None:
        try:
            start.wait(10)
            if leases.take(claim, user):
                won.append(user)
        finally:
            connection.close()

    threads = [Thread(target=ask, args=(user,)) for user in (anna, ben)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    claim.refresh_from_db()
    assert won == [claim.lease_holder]


def test_ticked_drafts_are_assigned_and_found_as_mine(client: Client, anna: User, ben: User) -> None:
    mine, other = make_draft(), make_draft()
    data = {"draft": [mine.pk], "assignee": anna.pk, "action": "assign"}
    assert "1 draft assigned to anna" in client.post(reverse("admin:desk"), data, follow=True).content.decode()
    page = client.get(reverse("admin:desk"), {"editor": anna.pk}).content.decode()
    assert f'href="{desk(mine)}' in page
    assert f'href="{desk(other)}' not in page
    client.post(reverse("admin:desk"), data | {"assignee": "nobody"})
    assert Claim.objects.get(pk=mine.pk).assignee is None


@pytest.mark.parametrize("chosen", ["", "x", "999999999", "9" * 30])
def test_drafts_are_assigned_to_nobody_who_is_not_there(client: Client, anna: User, chosen: str) -> None:
    claim = make_draft()
    data = {"draft": [claim.pk], "assignee": chosen, "action": "assign"}
    page = client.post(reverse("admin:desk"), data, follow=True).content.decode()
    assert "nothing was changed" in page
    assert Claim.objects.get(pk=claim.pk).assignee is None


def test_drafts_are_not_assigned_to_or_by_who_may_not_decide(anna: User) -> None:
    claim, carl = make_draft(), another("carl", "contributor")
    with pytest.raises(CurationError, match="carl may not decide"):
        leases.assign([claim.pk], carl, anna)
    with pytest.raises(CurationError, match="it takes an editor"):
        leases.assign([claim.pk], anna, carl)


def test_leases_go_by_the_databases_clock_whatever_a_web_servers_says(
    anna: User, ben: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    claim, other = make_draft(), make_draft()
    real = timezone.now
    for off in (timedelta(hours=3), timedelta(hours=-3)):
        # A web server whose clock is off takes, keeps and passes over leases as all others do.
        monkeypatch.setattr(timezone, "now", lambda off=off: real() + off)
        assert leases.take(claim, ben)
        held = Claim.objects.get(pk=claim.pk)
        assert held.lease_until
        assert timedelta(0) < held.lease_until - real() <= leases.LEASE
        assert not leases.take(claim, anna)
        with pytest.raises(CurationError, match="ben is at work on"):
            curation.reject(claim, anna, "no claim")
        assert queue.following(other, queue.Filters(), anna.pk) is None
        leases.release(ben)
