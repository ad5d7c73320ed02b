"""The second factor of one person: a TOTP app (RFC 6238) and recovery codes, each good for one login.

What a verified login is worth is decided in one place, `passed`; who may do without is the demonstration's seeded login
alone, on this machine alone (`settings.DEMONSTRATION_LOGINS`).
"""

import secrets
from ipaddress import ip_address
from typing import Any

import segno
from django.conf import settings
from django.contrib.auth.models import AnonymousUser, User
from django.db import transaction
from django.http import HttpRequest
from django.utils.safestring import SafeString, mark_safe
from django_otp.models import Device
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice

RECOVERY_CODES = 10
# Without the letters and digits that are taken for one another (I, L, O, U, 0, 1), as in Crockford's base 32.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"


def passed(request: HttpRequest) -> bool:
    """Whether whoever asks has shown a second factor in this session, or need not."""
    user: Any = request.user
    return bool(user.is_authenticated and (user.is_verified() or exempt(request)))


def exempt(request: HttpRequest) -> bool:
    """Whether it is a demonstration's seeded login, asked from this machine."""
    if request.user.get_username() not in settings.DEMONSTRATION_LOGINS:
        return False
    try:
        return ip_address(request.META.get("REMOTE_ADDR") or "127.0.0.1").is_loopback
    except ValueError:
        return False


def enrolled(user: User | AnonymousUser) -> bool:
    """Whether a person has confirmed an app."""
    return bool(TOTPDevice.objects.filter(user=user.pk, confirmed=True).exists())


def pending(user: User) -> TOTPDevice:
    """Return the app that a person is about to enrol, made once: its secret stays while the page is looked at again."""
    found = TOTPDevice.objects.filter(user=user, confirmed=False).first()
    return found or TOTPDevice.objects.create(user=user, name="app", confirmed=False)


def picture(device: TOTPDevice) -> SafeString:
    """Return the QR code of a device's secret as SVG markup without a style or script, dark on light in any theme."""
    code = segno.make(device.config_url, error="m")
    return mark_safe(code.svg_inline(scale=5, border=3, dark="#000", light="#fff", omitsize=True))  # noqa: S308


def secret(device: TOTPDevice) -> str:
    """Return the secret as an app takes it when it is typed: base 32 in groups of four (RFC 4648)."""
    from base64 import b32encode

    letters = b32encode(device.bin_key).decode().rstrip("=")
    return " ".join(letters[at : at + 4] for at in range(0, len(letters), 4))


@transaction.atomic
def confirm(user: User, token: str) -> TOTPDevice | None:
    """Confirm the app by a code that it shows; None where the code is not its. An older app is replaced."""
    device = TOTPDevice.objects.select_for_update().filter(user=user, confirmed=False).first()
    if device is None or not device.verify_token("".join(token.split())):
        return None
    TOTPDevice.objects.filter(user=user, confirmed=True).delete()
    device.confirmed = True
    device.save(update_fields=["confirmed"])
    return device


@transaction.atomic
def new_recovery_codes(user: User) -> list[str]:
    """Give a person new recovery codes in place of the old ones, and return them: they are shown once."""
    StaticDevice.objects.filter(user=user).delete()
    device = StaticDevice.objects.create(user=user, name="recovery codes")
    codes = ["".join(secrets.choice(ALPHABET) for _ in range(10)) for _ in range(RECOVERY_CODES)]
    for code in codes:
        device.token_set.create(token=code)
    return [f"{code[:5]}-{code[5:]}" for code in codes]


@transaction.atomic
def check(user: User, token: str) -> Device | None:
    """Return the device that a code is of, or None. A wrong code makes the next try wait, longer each time."""
    typed = "".join(token.split()).replace("-", "").upper()
    model = TOTPDevice if typed.isdecimal() and len(typed) == 6 else StaticDevice
    for device in model.objects.select_for_update().filter(user=user, confirmed=True):
        if device.verify_token(typed):
            return device
    return None


def waiting(user: User) -> int:
    """Return how many seconds a person has to wait after wrong codes; 0 where none."""
    from django.utils import timezone

    until = [
        info["locked_until"]
        for model in (TOTPDevice, StaticDevice)
        for device in model.objects.filter(user=user, confirmed=True)
        for allowed, info in [device.verify_is_allowed()]
        if not allowed and info and "locked_until" in info
    ]
    return max((int((moment - timezone.now()).total_seconds()) + 1 for moment in until), default=0)


@transaction.atomic
def forget(user: User) -> bool:
    """Take a person's app and codes away, so that the next login enrols anew; False where there were none."""
    gone = [model.objects.filter(user=user).delete()[0] for model in (TOTPDevice, StaticDevice)]
    return any(gone)
