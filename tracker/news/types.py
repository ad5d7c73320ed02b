"""The values that pass between the collector's parts: frozen, slotted, without behaviour that could fail.

Reading order is the route: a `Request` goes out and a `Response` or a `FetchError` comes back; a feed's body
becomes a `ParsedFeed` of `ParsedEntry`; a page's body becomes a `ParsedPage`; a poll's outcome becomes a
`PollPlan`. Text in any of them holds no NUL and no lone surrogate, so PostgreSQL and UTF-8 take it as it is.
Every `datetime` is aware and in UTC.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum


# ------------------------------------------------------------------ over the wire
@dataclass(frozen=True, slots=True)
class Request:
    """One URL to fetch, with the validators of the copy we hold.

    `etag` and `last_modified` are sent back byte for byte as the server gave them (RFC 9110, 13.1).
    `key` is the caller's own mark, for instance a primary key; it is never sent. With `cut` a body above the cap
    ends there instead of being refused. With `form` its fields are posted; with `body` that is, with `headers`, and no
    redirect is followed: what is signed for one address is for no other.
    """

    url: str
    etag: str = ""
    last_modified: str = ""
    accept: str = ""
    max_bytes: int | None = None
    cut: bool = False
    form: Mapping[str, str] | None = None
    key: object = None
    body: bytes | None = None
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Redirect:
    """One hop: the address that answered, its status (301, 302, 303, 307, 308) and where it pointed."""

    url: str
    status: int
    location: str

    @property
    def permanent(self) -> bool:
        """Whether the hop is 301 or 308, the two that say that the address itself has changed."""
        return self.status in {301, 308}


@dataclass(frozen=True, slots=True)
class Response:
    """What a server answered, whatever its status: a 404, a 429 and a 304 are answers, not errors.

    `headers` has lower-case names; a header sent several times is joined by ", ". `body` is decoded from its
    content coding and complete: a body above the cap is a `FetchError`. `elapsed` is in seconds.
    """

    url: str
    final_url: str
    status: int
    headers: Mapping[str, str]
    body: bytes
    redirects: tuple[Redirect, ...] = ()
    elapsed: float = 0.0
    received_at: datetime | None = None

    @property
    def ok(self) -> bool:
        """Whether the status is 2xx."""
        return 200 <= self.status < 300

    @property
    def not_modified(self) -> bool:
        """Whether the server said that our copy is current (304)."""
        return self.status == 304

    @property
    def etag(self) -> str:
        """The ETag as sent, weak mark and quotes included; empty where none was sent."""
        return self.headers.get("etag", "")

    @property
    def last_modified(self) -> str:
        """The Last-Modified as sent; empty where none was sent."""
        return self.headers.get("last-modified", "")

    @property
    def content_type(self) -> str:
        """The Content-Type as sent; empty where none was sent."""
        return self.headers.get("content-type", "")

    @property
    def permanent_url(self) -> str | None:
        """Where an unbroken run of 301 and 308 from the start leads; None where the first hop is neither."""
        target = None
        for hop in self.redirects:
            if not hop.permanent:
                break
            target = hop.location
        return target


class FetchReason(StrEnum):
    """Why a fetch brought no answer."""

    BAD_URL = "bad-url"
    FORBIDDEN_ADDRESS = "forbidden-address"
    FORBIDDEN_PORT = "forbidden-port"
    FORBIDDEN_SCHEME = "forbidden-scheme"
    CREDENTIALS = "credentials"
    DNS = "dns"
    CONNECT = "connect"
    TLS = "tls"
    TIMEOUT = "timeout"
    TOO_LARGE = "too-large"
    TOO_MANY_REDIRECTS = "too-many-redirects"
    BAD_REDIRECT = "bad-redirect"
    BAD_ENCODING = "bad-encoding"
    PROTOCOL = "protocol"
    DISALLOWED = "disallowed"
    ROBOTS_UNKNOWN = "robots-unknown"
    ROBOTS_UNREACHABLE = "robots-unreachable"
    INTERNAL = "internal"


@dataclass(frozen=True, slots=True)
class FetchError:
    """No answer: the reason as a code, a sentence that names the URL, and whether trying again is pointless.

    A value, not an exception: one URL that fails is a result like any other.
    """

    url: str
    reason: FetchReason
    message: str
    permanent: bool = False
    redirects: tuple[Redirect, ...] = ()
    elapsed: float = 0.0
    received_at: datetime | None = None

    def __str__(self) -> str:
        return self.message


# ------------------------------------------------------------------ feeds
@dataclass(frozen=True, slots=True)
class Enclosure:
    """A file attached to an entry: absolute URL, media type and length in bytes as stated."""

    url: str
    media_type: str = ""
    length: int | None = None


@dataclass(frozen=True, slots=True)
class ParsedEntry:
    """One item of a feed.

    `guid` is never empty and differs between the entries of one feed: the feed's own identifier where that
    identifies one entry, else the URL, else a hash ("hash:…"). `own_guid` is the feed's own, perhaps empty.
    `url` is absolute http or https, or None. `title` is plain text, perhaps empty.
    `published` and `updated` are None where absent or impossible (year 0), and the reading time where the feed
    gives a later one; the `_raw` strings keep what was written. `summary_html` and `content_html` are
    sanitised.
    """

    guid: str
    url: str | None
    title: str
    authors: tuple[str, ...] = ()
    published: datetime | None = None
    updated: datetime | None = None
    published_raw: str = ""
    updated_raw: str = ""
    summary_html: str = ""
    content_html: str = ""
    language: str = ""
    categories: tuple[str, ...] = ()
    enclosures: tuple[Enclosure, ...] = ()
    own_guid: str = ""


@dataclass(frozen=True, slots=True)
class ParsedFeed:
    """A feed and its entries, in the order of the document.

    `format` is for instance "rss20", "rss10", "atom10", "cdf", "json11". `ttl` is in minutes, `skip_hours` are
    hours of the day in UTC, 0 to 23, `skip_days` weekdays with Monday 0. `dropped` counts items past the cap;
    `warnings` say in words what was wrong with the document though it could be read.
    """

    title: str
    url: str | None
    format: str
    description: str = ""
    language: str = ""
    ttl: int | None = None
    skip_hours: frozenset[int] = frozenset()
    skip_days: frozenset[int] = frozenset()
    hub: str | None = None
    self_url: str | None = None
    icon: str | None = None
    updated: datetime | None = None
    entries: tuple[ParsedEntry, ...] = ()
    dropped: int = 0
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AnnouncedFeed:
    """A feed that a page announces (`<link rel=alternate>`) or a common path where one may be."""

    url: str
    title: str = ""
    media_type: str = ""
    guessed: bool = False


# ------------------------------------------------------------------ pages
class Verdict(StrEnum):
    """What a page turned out to be."""

    ARTICLE = "article"
    PAYWALL = "paywall"
    SCRIPT_ONLY = "script-only"
    CONSENT_WALL = "consent-wall"
    BOT_WALL = "bot-wall"
    EMPTY = "empty"
    NOT_AN_ARTICLE = "not-an-article"


class DateSource(StrEnum):
    """Where a page's publication date was read, best first."""

    JSON_LD = "json-ld"
    META = "meta"
    TIME = "time"
    URL = "url"
    TEXT = "text"
    GUESS = "guess"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class ParsedPage:
    """What a page says of itself, and its main text.

    `published` and `modified` are in UTC; `published_raw` keeps what the page wrote. Where it states only a day
    `published_is_day` is true and the time is midnight. `published_source` `GUESS` means low confidence: prefer
    the feed's date. `free_access` is schema.org's isAccessibleForFree, None where not stated. `language` is a
    BCP 47 tag in lower case with its region in capitals ("en", "pt-BR"), or "". `text` separates paragraphs by
    a single line feed. `reason` says in words why `verdict` is not `ARTICLE`; `text` of such a page is what
    could be read and is not to be taken for an article. `pages` are the offsets in `text`, in code points, at which
    the pages of a PDF begin; a web page has none.
    """

    source: str
    url: str
    canonical_url: str
    title: str
    authors: tuple[str, ...]
    published: datetime | None
    published_is_day: bool
    published_source: DateSource
    published_raw: str
    modified: datetime | None
    language: str
    description: str
    site_name: str
    text: str
    free_access: bool | None
    verdict: Verdict
    reason: str
    extractor: str
    extractor_version: str
    warnings: tuple[str, ...] = ()
    pages: tuple[int, ...] = ()

    @property
    def is_article(self) -> bool:
        """Whether the text may be stored as an article's reading."""
        return self.verdict is Verdict.ARTICLE


# ------------------------------------------------------------------ schedule
class PollOutcome(StrEnum):
    """How the last poll of a feed ended, as far as the schedule cares."""

    CHANGED = "changed"
    UNCHANGED = "unchanged"
    ERROR = "error"
    NOT_FOUND = "not-found"
    GONE = "gone"
    THROTTLED = "throttled"


@dataclass(frozen=True, slots=True)
class PollFacts:
    """All that `schedule.next_poll` looks at. `recent` are the publication times of recent entries.

    `failures` counts errors in a row, this one included; `unchanged_streak` counts 304s and unchanged bodies in
    a row, this one included. `headers` has lower-case names.
    """

    now: datetime
    outcome: PollOutcome
    headers: Mapping[str, str] = field(default_factory=dict)
    recent: tuple[datetime, ...] = ()
    has_validators: bool = False
    failures: int = 0
    unchanged_streak: int = 0
    ttl: int | None = None
    skip_hours: frozenset[int] = frozenset()
    skip_days: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class PollPlan:
    """When to poll next, and why. `next_at` is None exactly where `stop` is true (410 Gone)."""

    next_at: datetime | None
    interval: timedelta
    reason: str
    stop: bool = False
