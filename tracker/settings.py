"""Settings of the tracker, read from the environment once, at start.

`manage.py`, the web server, the workers and the tests share this file. `make run` and `make test` set what it
needs; `docs/production.md` lists every variable. A variable that is missing or malformed raises
`ImproperlyConfigured` with the variable's name and what to set it to.
"""

import os
import secrets
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from tracker import broker

BASE_DIR = Path(__file__).resolve().parent.parent


def env(name: str, default: str | None = None, *, hint: str = "") -> str:
    """Return the environment variable *name*, or *default*; raise where both are missing."""
    value = os.environ.get(name, "") or default
    if value is None:
        raise ImproperlyConfigured(f"{name} is not set. {hint}".strip())
    return value


def env_bool(name: str, default: bool = False) -> bool:
    """Return *name* as a truth value: 1, true, yes, on or 0, false, no, off."""
    value = os.environ.get(name, "").strip().lower()
    if value in {"1", "true", "yes", "on"}:
        return True
    if value in {"0", "false", "no", "off"}:
        return False
    if value:
        raise ImproperlyConfigured(f"{name}={value!r} is neither true nor false. Set it to 1 or 0.")
    return default


def env_int(name: str, default: int) -> int:
    """Return *name* as a whole number."""
    value = os.environ.get(name, "").strip() or str(default)
    try:
        return int(value)
    except ValueError:
        raise ImproperlyConfigured(f"{name}={value!r} is not a whole number.") from None


def env_choice(name: str, default: str, choices: tuple[str, ...]) -> str:
    """Return *name*, one of *choices*."""
    value = os.environ.get(name, "").strip() or default
    if value not in choices:
        raise ImproperlyConfigured(f"{name}={value!r} is unknown. Set it to {' or '.join(choices)}.")
    return value


def env_amounts(name: str, count: int) -> tuple[float, ...] | None:
    """Return *name* as *count* amounts of money divided by slashes, or None where it is not set."""
    value = os.environ.get(name, "").strip()
    if not value:
        return None
    try:
        amounts = tuple(float(part) for part in value.split("/"))
    except ValueError:
        amounts = ()
    if len(amounts) != count or not all(0 <= amount < 1e9 for amount in amounts):
        raise ImproperlyConfigured(f"{name}={value!r}: set it to {'/'.join(['2.50', '10'][:count])} or the like.")
    return amounts


def env_list(name: str, default: str = "") -> list[str]:
    """Return *name* split at commas, blanks dropped."""
    return [part.strip() for part in os.environ.get(name, default).split(",") if part.strip()]


def database_from_url(url: str) -> dict[str, Any]:
    """Return Django's settings for ``postgresql://user:password@host:port/name?host=/socket/dir``.

    Query arguments are libpq's; ``host`` among them names a socket directory.
    """
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise ImproperlyConfigured("DATABASE_URL must begin with postgresql://: PostgreSQL 15 or newer is needed.")
    options = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")) or "tracker",
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": options.pop("host", parts.hostname or ""),
        "PORT": str(parts.port or ""),
        # One pool a process gives twice the requests a second of a connection a request.
        "CONN_MAX_AGE": 0,
        # A connection that a restart of the server has cut is noticed before a visitor gets it.
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            # A visitor is told of a database that is away after seconds, not after psycopg's half minute.
            "pool": {"min_size": 1, "max_size": env_int("DATABASE_POOL", 10), "timeout": 5.0},
            # What the server lists, and the history keeps: which program wrote a row.
            "application_name": " ".join(["tracker", *(part for part in sys.argv[1:2] if part.isidentifier())]),
            **options,
        },
    }


def mail_from_url(url: str) -> dict[str, Any]:
    """Return Django's settings for sending mail by *url*, none for "".

    ``smtp://user:password@host:587?tls=1`` (STARTTLS), ``smtps://user:password@host`` (TLS from the start),
    ``file:///folder`` (a file a mail) or ``console:``. Names and passwords are percent-encoded.
    """
    parts = urlsplit(url)
    backend = "django.core.mail.backends."
    match parts.scheme:
        case "" if not url:
            return {"EMAIL_BACKEND": f"{backend}dummy.EmailBackend"}
        case "console":
            return {"EMAIL_BACKEND": f"{backend}console.EmailBackend"}
        case "file" if parts.path:
            return {"EMAIL_BACKEND": f"{backend}filebased.EmailBackend", "EMAIL_FILE_PATH": unquote(parts.path)}
        case "smtp" | "smtps" if parts.hostname:
            tls = parse_qsl(parts.query) == [("tls", "1")]
            return {
                "EMAIL_BACKEND": f"{backend}smtp.EmailBackend",
                "EMAIL_HOST": parts.hostname,
                "EMAIL_PORT": parts.port or (465 if parts.scheme == "smtps" else 587 if tls else 25),
                "EMAIL_HOST_USER": unquote(parts.username or ""),
                "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
                "EMAIL_USE_SSL": parts.scheme == "smtps",
                "EMAIL_USE_TLS": tls and parts.scheme == "smtp",
                "EMAIL_TIMEOUT": 30,
            }
    raise ImproperlyConfigured(
        "EMAIL_URL is not understood: set it to smtp://user:password@host:587?tls=1, smtps://user:password@host,"
        " file:///folder or console:"
    )


def demonstration_logins(names: list[str], site: str) -> frozenset[str]:
    """Return *names*, the logins that need no second factor; raise where *site* is not on this machine alone."""
    parts = urlsplit(site)
    if names and (parts.scheme != "http" or parts.hostname not in {"localhost", "127.0.0.1", "::1"}):
        raise ImproperlyConfigured(
            "DEMONSTRATION_LOGINS is for a demonstration on this machine: unset it for a real site."
        )
    return frozenset(names)


DEBUG = env_bool("DEBUG")
# Some commands read documents and sign nothing: they need no secret and get one that ends with the process.
READERS = {"read_feed", "read_page", "extract_claims", "find_attributions", "group_articles", "evaluate"}
KEYLESS = READERS.intersection(sys.argv[1:2])
SECRET_KEY = env(
    "SECRET_KEY",
    "not-for-production" if DEBUG else secrets.token_urlsafe(50) if KEYLESS else None,
    hint="Set it to a long random string and keep it secret.",
)
ALLOWED_HOSTS = env_list("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
CSRF_TRUSTED_ORIGINS = env_list("CSRF_TRUSTED_ORIGINS")
SITE_URL = env("SITE_URL", "http://localhost:8000").rstrip("/")
SITE_NAME = env("SITE_NAME", "AI claims tracker")
CONTACT_URL = env("CONTACT_URL", f"{SITE_URL}/about/")

INSTALLED_APPS = [
    "tracker.apps.TrackerAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.staticfiles",
    "axes",
    "csp",
    "django_otp",
    "django_otp.plugins.otp_static",
    "django_otp.plugins.otp_totp",
    "ninja",
    "tracker.access",
    "tracker.news",
    "claims",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "tracker.languages.LanguageMiddleware",
    "claims.api.middleware.ApiMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "claims.attribution.AttributionMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "tracker.access.middleware.StaffMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "tracker.urls"
WSGI_APPLICATION = "tracker.wsgi.application"
ASGI_APPLICATION = "tracker.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "claims.context_processors.site",
            ],
        },
    },
]

# Those commands need no database either (`evaluate` on files), so a missing variable is only an error at the
# first query: Django's dummy backend then names the setting.
DATABASES: dict[str, Any] = {}
if "DATABASE_URL" in os.environ:
    DATABASES["default"] = database_from_url(env("DATABASE_URL"))
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Access of the staff (docs/decisions/0014-second-factor.md). Five wrong passwords for a name from an address lock that
# pair; the answer is the same where there is no such name.
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
AUTH_PASSWORD_VALIDATORS: list[dict[str, Any]] = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOCKOUT_MINUTES = 15
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=LOCKOUT_MINUTES)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_CLIENT_IP_CALLABLE = "tracker.access.lockout.client_address"
AXES_LOCKOUT_CALLABLE = "tracker.access.lockout.locked_out"
AXES_VERBOSE = False
OTP_TOTP_ISSUER = SITE_NAME
OTP_ADMIN_HIDE_SENSITIVE_DATA = True
# Logins that need no second factor: those that `make run` seeds and prints, on this machine alone.
DEMONSTRATION_LOGINS = demonstration_logins(env_list("DEMONSTRATION_LOGINS"), SITE_URL)
# An hour without a request ends a session; `tracker.access.middleware` moves the end on, and ends it after twelve.
SESSION_COOKIE_AGE = 3600
LOGIN_URL = "admin:login"

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("de", "Deutsch")]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "UTC"
USE_I18N = True
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = env("STATIC_ROOT", str(BASE_DIR / "staticfiles"))
STATICFILES_DIRS = [BASE_DIR / "templates" / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = DEBUG

# No inline script or style anywhere, and nothing from another host: cached pages need no nonce.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "object-src": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"

# Transport security follows the address that the site is served at.
HTTPS = SITE_URL.startswith("https://")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
BEHIND_PROXY = env_bool("BEHIND_PROXY")
if BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SESSION_COOKIE_HTTPONLY = True

# What a search may ask of the database at once; what takes longer is left out, and the page says so.
SEARCH_TIMEOUT_MS = env_int("SEARCH_TIMEOUT_MS", 2500)

# Bulk files: where they are written and served from, how often, and under what licence they may be used.
DUMPS_ROOT = Path(env("DUMPS_ROOT", str(BASE_DIR / "dumps")))
DUMP_MINUTES = env_int("DUMP_MINUTES", 24 * 60)
DATA_LICENCE = env(
    "DATA_LICENCE",
    "The selection and our own sentences may be used under Creative Commons Attribution 4.0 International"
    f" (CC-BY-4.0), naming {SITE_NAME}, {SITE_URL}. Quotes and headlines are excerpts and remain their publishers'.",
)

# WebSub hubs that tell our feeds' readers of changes; without any, none is named in the feeds and none is asked.
WEBSUB_HUBS = env_list("WEBSUB_HUBS")

# Mail to those who follow something. Without EMAIL_URL there is none, and the pages offer none.
EMAIL_URL = env("EMAIL_URL", "")
globals().update(mail_from_url(EMAIL_URL))
FOLLOW_BY_MAIL = bool(EMAIL_URL)
# Where no mail leaves this machine, the staff can read what would have been sent.
MAIL_STAYS = EMAIL_URL.startswith(("console:", "file:"))
MAIL_FROM = env("MAIL_FROM", f"news@{urlsplit(SITE_URL).hostname or 'localhost'}")

# Requests to the API that one client may make in a minute.
API_REQUESTS_A_MINUTE = env_int("API_REQUESTS_A_MINUTE", 120)

# Collection. USER_AGENT names the project, its version, where to reach us and, as publishers count their readers by it,
# how many people read what is collected.
VERSION = "0.1.0"
SUBSCRIBERS = max(env_int("SUBSCRIBERS", 1), 1)
USER_AGENT = f"ai-claims-tracker/{VERSION} (+{CONTACT_URL}; {SUBSCRIBERS} subscriber{'s' if SUBSCRIBERS > 1 else ''})"
# Origins that may be fetched although their address is private: the demonstration's own server, nothing else.
FETCH_ALLOWED_ORIGINS = frozenset(env_list("FETCH_ALLOWED_ORIGINS"))
PAGE_READER = env("PAGE_READER", "trafilatura")
# Milliseconds between two requests to one host; only an origin of our own may be asked faster.
FETCH_SPACING_MS = env_int("FETCH_SPACING_MS", 1000)
# Lets a feed be polled as often as the demonstration needs; production leaves the default of 15 minutes.
POLL_MIN_SECONDS = env_int("POLL_MIN_SECONDS", 900)

# Extraction. The default extractor needs none of this; a language model is asked instead with "llm" (docs/llm.md).
CLAIMS_EXTRACTOR = env_choice("CLAIMS_EXTRACTOR", "default", ("default", "llm"))
_needed = None if CLAIMS_EXTRACTOR == "llm" else ""
CLAIMS_LLM_PROVIDER = env_choice("CLAIMS_LLM_PROVIDER", "openai", ("openai", "anthropic"))
CLAIMS_LLM_MODEL = env("CLAIMS_LLM_MODEL", _needed, hint="CLAIMS_EXTRACTOR=llm needs the provider's model name.")
CLAIMS_LLM_KEY = env("CLAIMS_LLM_KEY", _needed, hint="CLAIMS_EXTRACTOR=llm needs a key of the provider.")
CLAIMS_LLM_BASE_URL = env("CLAIMS_LLM_BASE_URL", "")
# What a million tokens cost, in and out, and what a month may cost, in one currency.
CLAIMS_LLM_PRICES = env_amounts("CLAIMS_LLM_PRICES", 2)
CLAIMS_LLM_MONTHLY_BUDGET = (env_amounts("CLAIMS_LLM_MONTHLY_BUDGET", 1) or (None,))[0]
if CLAIMS_LLM_MONTHLY_BUDGET is not None and CLAIMS_LLM_PRICES is None:
    raise ImproperlyConfigured("CLAIMS_LLM_PRICES is not set. CLAIMS_LLM_MONTHLY_BUDGET needs it: set it to 2.50/10.")

# Work. A row is the truth, a message a hint: every task takes no argument and looks for due rows itself.
# Without a BROKER_URL the messages live in the same PostgreSQL (`python -m tracker.broker` makes their tables).
BROKER_URL = env("BROKER_URL", "pgmq://" if DATABASES else "memory://")
BROKER_OPTIONS: dict[str, Any] = broker.options(BROKER_URL, os.environ.get("DATABASE_URL", ""))
SWEEP_SECONDS = env_int("SWEEP_SECONDS", 15)

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["stderr"], "level": env("LOG_LEVEL", "INFO")},
    # A line for every hint received, done or come too late, and for how a library is set up, would drown what matters.
    "loggers": {
        name: {"level": "WARNING"}
        for name in ("celery.app.trace", "celery.beat", "celery.worker.request", "celery.worker.strategy", "newspaper")
    },
}
