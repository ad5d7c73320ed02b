"""EMAIL_URL is read into Django's settings, and what is no such address is refused with a hint."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from tracker.settings import mail_from_url

SMTP = "django.core.mail.backends.smtp.EmailBackend"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("", {"EMAIL_BACKEND": "django.core.mail.backends.dummy.EmailBackend"}),
        ("console:", {"EMAIL_BACKEND": "django.core.mail.backends.console.EmailBackend"}),
        ("file:///tmp/a%20b", {"EMAIL_FILE_PATH": "/tmp/a b"}),
        ("smtp://mail.example", {"EMAIL_BACKEND": SMTP, "EMAIL_HOST": "mail.example", "EMAIL_PORT": 25}),
        (
            "smtp://me%40x:p%2Fw@mail.example:2525?tls=1",
            {"EMAIL_HOST_USER": "me@x", "EMAIL_HOST_PASSWORD": "p/w", "EMAIL_PORT": 2525, "EMAIL_USE_TLS": True},
        ),
        ("smtp://mail.example?tls=1", {"EMAIL_PORT": 587, "EMAIL_USE_SSL": False}),
        ("smtps://mail.example", {"EMAIL_PORT": 465, "EMAIL_USE_SSL": True, "EMAIL_USE_TLS": False}),
    ],
)
def test_a_mail_address_becomes_settings(url: str, expected: dict[str, object]) -> None:
    found = mail_from_url(url)
    assert {name: found[name] for name in expected} == expected


@pytest.mark.parametrize("url", ["mail.example", "http://mail.example", "smtp://", "file:", "smtp:mail.example"])
def test_what_is_none_is_refused_with_the_name_of_the_variable(url: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="EMAIL_URL"):
        mail_from_url(url)
