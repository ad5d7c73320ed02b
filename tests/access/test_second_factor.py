"""Nobody is at the desk with a password alone; and who has lost everything can be let in again."""

import re
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.test import Client
from django.test.utils import override_settings
from django.urls import reverse
from django.utils import timezone
from django_otp.oath import TOTP
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice

from claims.roles import ensure_roles
from tracker.access import factors, middleware
from tracker.settings import demonstration_logins

pytestmark = [pytest.mark.django_db, pytest.mark.second_factor]
PASSWORD = "correct horse battery"
DESK, FACTOR, ENROL = "/admin/desk/", "/admin/second-factor/", "/admin/second-factor/enrol/"


@pytest.fixture
def anna() -> User:
    """An editor without a second factor yet."""
    ensure_roles()
    user = User.objects.create_user("anna", "anna@example.org", PASSWORD, is_staff=True)
    user.groups.add(Group.objects.get(name="editor"))
    return user


def log_in(client: Client, name: str = "anna", password: str = PASSWORD, **more: Any) -> Any:
    return client.post(reverse("admin:login") + "?next=/admin/desk/", {"username": name, "password": password}, **more)


def code_of(device: TOTPDevice, offset: int = 0) -> str:
    """What the app shows."""
    totp = TOTP(device.bin_key, device.step, device.t0, device.digits, device.drift)
    totp.time = timezone.now().timestamp() + 30 * offset
    return f"{totp.token():06d}"


def enrol(client: Client, user: User) -> list[str]:
    """Enrol an app as a person would, and return the recovery codes."""
    client.get(ENROL)
    page = client.post(ENROL, {"code": code_of(factors.pending(user))}).content.decode()
    return re.findall(r"<code>(\w{5}-\w{5})</code>", page)


def again(user: User) -> TOTPDevice:
    """The app, its last code and its failures forgotten, as after some time."""
    TOTPDevice.objects.filter(user=user).update(last_t=-1, throttling_failure_count=0)
    return TOTPDevice.objects.get(user=user, confirmed=True)


# --------------------------------------------------------------------------------------------------------- enrolment
def test_the_first_login_leads_to_enrolment_and_then_to_where_one_wanted_to_go(client: Client, anna: User) -> None:
    log_in(client)
    answer = client.get(DESK, follow=True)
    assert answer.redirect_chain == [(f"{FACTOR}?next=%2Fadmin%2Fdesk%2F", 302), (f"{ENROL}?next=/admin/desk/", 302)]
    page = answer.content.decode()
    assert "<svg" in page
    assert factors.secret(factors.pending(anna)) in page
    answer = client.post(ENROL, {"code": code_of(factors.pending(anna)), "next": DESK})
    page = answer.content.decode()
    codes = re.findall(r"<code>(\w{5}-\w{5})</code>", page)
    assert len(set(codes)) == 10
    assert f'href="{DESK}"' in page
    assert client.get(DESK).status_code == 200


def test_the_picture_holds_the_secret_and_nothing_that_the_policy_refuses(anna: User) -> None:
    picture = factors.picture(factors.pending(anna))
    assert picture.startswith("<svg")
    assert not re.search(r"style=|<style|<script|https?:(?!//www\.w3\.org)", picture)


def test_a_wrong_code_enrols_nothing(client: Client, anna: User) -> None:
    log_in(client)
    client.get(ENROL)
    answer = client.post(ENROL, {"code": "000000"})
    assert answer.status_code == 422
    assert "wait for its next code" in answer.content.decode()
    assert not factors.enrolled(anna)
    assert client.get(DESK).status_code == 302


def test_the_secret_stays_while_the_page_is_looked_at_again(client: Client, anna: User) -> None:
    log_in(client)
    first, second = (re.search(r"access-secret\">([\w ]+)<", client.get(ENROL).content.decode()) for _ in range(2))
    assert first
    assert second
    assert first[1] == second[1]


def test_who_has_an_app_cannot_enrol_another_with_the_password_alone(client: Client, anna: User) -> None:
    log_in(client)
    enrol(client, anna)
    client.logout()
    log_in(client)
    assert client.get(ENROL)["Location"] == FACTOR
    assert client.post(ENROL, {"code": "123456"})["Location"] == FACTOR


# ------------------------------------------------------------------------------------------------------------- the door
@pytest.mark.parametrize(
    "url", ["/admin/", DESK, "/admin/claims/claim/", "/admin/auth/user/", "/admin/password_change/"]
)
def test_a_password_alone_opens_no_page_of_the_admin(client: Client, anna: User, url: str) -> None:
    log_in(client)
    assert client.get(url)["Location"].startswith(FACTOR)
    assert client.post(url, {"action": "x"})["Location"].startswith(FACTOR)


def test_the_admin_site_itself_asks_for_the_factor(client: Client, anna: User) -> None:
    from django.contrib import admin
    from django.test import RequestFactory

    request = RequestFactory().get(DESK)
    request.user = anna
    anna.is_verified = lambda: False  # type: ignore[attr-defined]
    assert not admin.site.has_permission(request)
    anna.is_verified = lambda: True  # type: ignore[attr-defined]
    assert admin.site.has_permission(request)


def test_a_code_of_the_app_opens_the_desk_and_serves_once(client: Client, anna: User) -> None:
    log_in(client)
    enrol(client, anna)
    client.logout()
    log_in(client)
    code = code_of(again(anna))
    key = client.session.session_key
    assert client.post(FACTOR, {"code": f"{code[:3]} {code[3:]}", "next": DESK})["Location"] == DESK
    assert client.session.session_key != key
    assert client.get(DESK).status_code == 200
    client.logout()
    log_in(client)
    assert client.post(FACTOR, {"code": code}).status_code == 422


def test_a_recovery_code_serves_once(client: Client, anna: User) -> None:
    log_in(client)
    codes = enrol(client, anna)
    for tried, status in ((codes[0].lower(), 302), (codes[0], 422)):
        client.logout()
        log_in(client)
        assert client.post(FACTOR, {"code": tried}).status_code == status


def test_wrong_codes_make_the_next_try_wait(client: Client, anna: User) -> None:
    log_in(client)
    enrol(client, anna)
    client.logout()
    log_in(client)
    device = again(anna)
    wrong = f"{(int(code_of(device)) + 1) % 10**6:06d}"
    for _ in range(4):
        answer = client.post(FACTOR, {"code": wrong})
    assert "The next try counts after" in answer.content.decode()
    assert client.post(FACTOR, {"code": code_of(device)}).status_code == 422
    assert client.get(DESK).status_code == 302


def test_another_persons_code_opens_nothing(client: Client, anna: User) -> None:
    log_in(client)
    enrol(client, anna)
    client.logout()
    other = User.objects.create_user("otto", password=PASSWORD, is_staff=True)
    log_in(client, "otto")
    TOTPDevice.objects.create(user=other, name="app", confirmed=True)
    assert client.post(FACTOR, {"code": code_of(again(anna))}).status_code == 422


def test_new_recovery_codes_void_the_old_ones(client: Client, anna: User) -> None:
    log_in(client)
    old = enrol(client, anna)
    page = client.post(reverse("admin:second_factor_codes")).content.decode()
    assert old[0] not in page
    assert len(re.findall(r"<code>\w{5}-\w{5}</code>", page)) == 10
    assert factors.check(anna, old[0]) is None


@pytest.mark.parametrize("wanted", ["https://elsewhere.example/", "//elsewhere.example", "javascript:alert(1)"])
def test_the_way_on_leads_nowhere_else(client: Client, anna: User, wanted: str) -> None:
    log_in(client)
    enrol(client, anna)
    assert client.post(FACTOR, {"code": factors.new_recovery_codes(anna)[0], "next": wanted})["Location"] == "/admin/"


def test_readers_and_strangers_are_not_asked(client: Client) -> None:
    assert client.get("/").status_code == 200
    assert client.get(FACTOR)["Location"] == reverse("admin:login")
    assert client.get(ENROL)["Location"] == reverse("admin:login")


# ------------------------------------------------------------------------------------------------ who lost everything
def test_an_administrator_takes_the_factor_away_and_it_is_logged(client: Client, anna: User) -> None:
    factors.new_recovery_codes(anna)
    admin = User.objects.create_user("chief", password=PASSWORD, is_staff=True)
    admin.groups.add(Group.objects.get(name="administrator"))
    log_in(client, "chief")
    enrol(client, admin)
    page = client.get("/admin/auth/user/").content.decode()
    assert "second factor" in page.lower()
    client.post("/admin/auth/user/", {"action": "reset_second_factor", "_selected_action": [anna.pk]})
    assert not StaticDevice.objects.filter(user=anna).exists()
    history = client.get(f"/admin/auth/user/{anna.pk}/history/").content.decode()
    assert "Took the second factor away." in history


def test_an_administrator_makes_no_superuser_and_touches_none(client: Client, anna: User) -> None:
    admin = User.objects.create_user("chief", password=PASSWORD, is_staff=True)
    admin.groups.add(Group.objects.get(name="administrator"))
    root = User.objects.create_superuser("root", password=PASSWORD)
    log_in(client, "chief")
    enrol(client, admin)
    form = {"username": "anna", "is_active": "on", "is_staff": "on", "is_superuser": "on", "groups": []}
    form |= {"date_joined_0": "2026-01-01", "date_joined_1": "00:00"}
    assert client.post(f"/admin/auth/user/{anna.pk}/change/", form).status_code == 302
    anna.refresh_from_db()
    assert not anna.is_superuser
    assert client.post(f"/admin/auth/user/{root.pk}/change/", form).status_code == 403
    assert client.post(f"/admin/auth/user/{root.pk}/password/", {"password1": "x"}).status_code == 403
    factors.new_recovery_codes(root)
    client.post("/admin/auth/user/", {"action": "reset_second_factor", "_selected_action": [root.pk]})
    assert StaticDevice.objects.filter(user=root).exists()


def test_the_devices_secrets_are_in_no_admin(client: Client) -> None:
    root = User.objects.create_superuser("root", password=PASSWORD)
    log_in(client, "root")
    enrol(client, root)
    for name in ("otp_totp/totpdevice", "otp_static/staticdevice"):
        assert client.get(f"/admin/{name}/").status_code == 404


def test_the_command_takes_the_factor_away(anna: User) -> None:
    factors.new_recovery_codes(anna)
    out = StringIO()
    call_command("reset_second_factor", "anna", stdout=out)
    assert "anna enrols at the next login" in out.getvalue()
    with pytest.raises(CommandError, match="no user 'nobody'"):
        call_command("reset_second_factor", "nobody")


# ------------------------------------------------------------------------------------------------- the demonstration
def test_the_demonstrations_printed_login_needs_no_second_factor_on_this_machine(client: Client, anna: User) -> None:
    log_in(client)
    with override_settings(DEMONSTRATION_LOGINS=frozenset(["anna"])):
        assert client.get(DESK).status_code == 200
        assert client.get(DESK, REMOTE_ADDR="192.0.2.7").status_code == 302
        assert client.get(DESK, REMOTE_ADDR="x").status_code == 302
    with override_settings(DEMONSTRATION_LOGINS=frozenset(["otto"])):
        assert client.get(DESK).status_code == 302


@pytest.mark.parametrize("site", ["https://claims.example.org", "http://claims.example.org", "https://localhost"])
def test_no_real_site_starts_with_logins_that_need_no_second_factor(site: str) -> None:
    assert demonstration_logins(["admin"], "http://localhost:8000") == {"admin"}
    assert demonstration_logins([], site) == frozenset()
    with pytest.raises(ImproperlyConfigured, match="unset it for a real site"):
        demonstration_logins(["admin"], site)


# ----------------------------------------------------------------------------------------------- lockout and sessions
def test_five_wrong_passwords_lock_the_name_from_that_address(client: Client, anna: User) -> None:
    for _ in range(5):
        answer = log_in(client, password="wrong")
    assert answer.status_code == 429
    assert "Try again in 15 minutes" in answer.content.decode()
    assert answer["Retry-After"] == "900"
    assert log_in(client).status_code == 429
    assert log_in(client, REMOTE_ADDR="192.0.2.9").status_code == 302


def test_an_unknown_name_is_locked_just_so(client: Client) -> None:
    for _ in range(5):
        answer = log_in(client, "nobody", "wrong")
    assert answer.status_code == 429


def test_behind_a_proxy_the_address_is_the_one_that_the_proxy_saw(client: Client, settings: Any) -> None:
    settings.BEHIND_PROXY = True
    for turn in range(5):
        answer = log_in(client, "anna", "wrong", HTTP_X_FORWARDED_FOR=f"10.0.0.{turn}, 192.0.2.7")
    assert answer.status_code == 429
    assert log_in(client, "anna", "wrong", HTTP_X_FORWARDED_FOR="192.0.2.7, 192.0.2.8").status_code == 200


@pytest.mark.parametrize(
    ("age", "inside"), [(timedelta(hours=11, minutes=59), True), (timedelta(hours=12, seconds=1), False)]
)
def test_a_session_ends_twelve_hours_after_the_login(client: Client, anna: User, age: timedelta, inside: bool) -> None:
    log_in(client)
    enrol(client, anna)
    session = client.session
    session[middleware.SIGNED_IN] = (timezone.now() - age).timestamp()
    session.save()
    answer = client.get(DESK)
    assert (answer.status_code == 200) is inside
    assert inside or answer["Location"].startswith(reverse("admin:login"))


def test_an_idle_session_ends_after_an_hour_and_work_moves_the_end_on(client: Client, anna: User) -> None:
    log_in(client)
    enrol(client, anna)
    session = client.session
    assert 3590 <= session.get_expiry_age() <= 3600
    session[middleware.TOUCHED] = (timezone.now() - timedelta(minutes=6)).timestamp()
    session.save()
    assert "sessionid" in client.get(DESK).cookies
    assert "sessionid" not in client.get(DESK).cookies


def test_a_new_password_ends_the_sessions_of_the_old_one(client: Client, anna: User) -> None:
    log_in(client)
    enrol(client, anna)
    anna.set_password("another horse battery")
    anna.save()
    assert client.get(DESK)["Location"].startswith(reverse("admin:login"))


@pytest.mark.parametrize("password", ["short horse", "anna@example.org", "493817561904"])
def test_weak_passwords_are_refused(password: str, anna: User) -> None:
    from django.contrib.auth.password_validation import validate_password
    from django.core.exceptions import ValidationError

    with pytest.raises(ValidationError):
        validate_password(password, anna)
