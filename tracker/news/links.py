"""URLs as identity: one form for one page, and the feeds that a page announces.

`canonical_url` is syntax only: it opens no connection and never changes what is asked for, so two URLs with one
canonical form fetch the same thing, while two forms may still be one page (`rel=canonical` is the page's word and
is read by `metadata.py`).
"""

import ipaddress
import re
from functools import cache
from pathlib import Path
from urllib.parse import SplitResult, urljoin, urlsplit, urlunsplit

import idna
import lxml.html
from lxml import etree

from tracker.news.types import AnnouncedFeed

# XML 1.0 has no way to write these, and a page may hold them; surrogates cannot be sent as UTF-8 at all.
UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
# How a document without an address is named (RFC 8141): by the checksum of its bytes.
DOCUMENT = "urn:sha256:"
MAX_URL = 2_000
"""Longest URL that is kept, in characters: RFC 9110 asks for 8,000, sitemaps.org allows 2,048."""

DEFAULT_PORTS = {"http": 80, "https": 443}
FEED_TYPES = {
    "application/rss+xml",
    "application/atom+xml",
    "application/rdf+xml",
    "application/feed+json",
    "application/json",
    "application/xml",
    "text/xml",
    "text/rss+xml",
    "text/atom+xml",
}
COMMON_FEED_PATHS = ("/feed/", "/rss", "/rss.xml", "/feed.xml", "/atom.xml", "/index.xml", "/feed.json")

_PERCENT = re.compile(r"%([0-9A-Fa-f]{2})")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_SAFE_PATH = "!$&'()*+,;=:@/%"
_SAFE_QUERY = "!$&'()*+,;=:@/?%"
_CONTROL = re.compile(r"[\x00-\x20\x7f]+")
# What is in its one form already, which most addresses are.
_CANONICAL = re.compile(
    r"https?://(?P<host>[a-z0-9-]+(?:\.[a-z0-9-]+)+)(?::(?!80/|443/)(?:[1-9][0-9]{0,3}|[1-5][0-9]{4}))?"
    r"(?:/(?!\.)[A-Za-z0-9._~!$&'()*+,;=:@-]*)+"
)
_GOOGLE = ("google.com", ".ampproject.org")


def canonical_url(url: str) -> str:
    """Return the one form of *url* by which pages are told apart, or "" where it is not an http(s) URL.

    RFC 3986, 6.2.2 and 6.2.3: scheme and host in lower case, the host as IDNA A-labels (UTS 46), default port,
    dot segments, needless percent-encoding and the fragment removed, an empty path written "/". Then tracking
    parameters go (`data/tracking_parameters.tsv`) and Google's AMP addresses are unwrapped. The order of the
    remaining parameters, their case, a trailing slash, `www.` and the scheme are kept: they may carry meaning.
    Applying it twice changes nothing.
    """
    quick = _CANONICAL.fullmatch(url)
    return url if quick and not quick["host"].endswith(_GOOGLE) else _canonical(url)


def _canonical(url: str) -> str:
    parts = _split(url)
    for _ in range(3):  # an AMP address may wrap another
        inner = _split(_unwrap_amp(parts)) if parts else None
        if inner is None:
            break
        parts = inner
    if parts is None:
        return ""
    scheme = parts.scheme.lower()
    host = _host(parts)
    if not host:
        return ""
    path = _remove_dot_segments(_quote(parts.path, _SAFE_PATH)) or "/"
    query = _without_tracking(_quote(parts.query, _SAFE_QUERY), host)
    return urlunsplit((scheme, host + _port(parts, scheme), path, query, ""))


def request_url(url: str) -> str:
    """Return *url* as it is written on the wire, "" where it is not an http(s) URL.

    The host becomes IDNA A-labels, what may not stand in a URL is percent-encoded and the fragment goes; all else,
    credentials included, stays byte for byte, since servers may tell the difference.
    """
    parts = _split(url)
    host = _host(parts) if parts else ""
    if parts is None or not host:
        return ""
    scheme = parts.scheme.lower()
    login, at, _ = parts.netloc.rpartition("@")
    query = _quote(parts.query, _SAFE_QUERY, decode=False)
    path = _quote(parts.path, _SAFE_PATH, decode=False) or "/"
    return urlunsplit((scheme, login + at + host + _port(parts, scheme), path, query, ""))


def is_http(url: str) -> bool:
    """Return whether *url* is an absolute http or https URL with a host."""
    parts = _split(url)
    return parts is not None and bool(_host(parts))


def web_link(url: str) -> str:
    """Return *url* where it is of the web and can be written, "" for scripts, names of documents and the like."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return url if parts.scheme in {"http", "https"} and parts.hostname and not UNWRITABLE.search(url) else ""


def document_digest(url: str) -> str:
    """Return the SHA-256 of a document that has no address and goes by its checksum; "" for any other URL."""
    return url.removeprefix(DOCUMENT) if url.startswith(DOCUMENT) else ""


def is_public_http(url: str) -> bool:
    """Return whether *url* may be asked for, as far as its text tells: http(s), no credentials, no private address.

    A name is not resolved here; `fetching.py` checks the address where it connects.
    """
    parts = _split(url)
    if parts is None or parts.username is not None or parts.password is not None:
        return False
    host = _host(parts)
    if not host or host == "localhost" or host.endswith((".localhost", ".local", ".internal")):
        return False
    try:
        return ipaddress.ip_address(host.strip("[]")).is_global
    except ValueError:
        # 127.1, 0x7f000001 and 2130706433 are addresses too (WHATWG URL, IPv4 parser).
        last = host.rstrip(".").rsplit(".", 1)[-1]
        return "." in host and not (last.isdigit() or last.startswith("0x"))


def resolve(base: str, url: str) -> str | None:
    """Return *url* made absolute against *base*, or None where the result is not http or https."""
    cleaned = _CONTROL.sub(lambda match: "%20" if match[0] == " " else "", url.strip())
    try:
        absolute = urljoin(base, cleaned)
    except ValueError:
        return None
    return absolute if len(absolute) <= MAX_URL and is_http(absolute) else None


def announced_feeds(html: bytes | str, url: str) -> tuple[AnnouncedFeed, ...]:
    """Return the feeds that the page *html*, found at *url*, announces by `<link rel="alternate">`, in its order.

    https://www.rssboard.org/rss-autodiscovery
    """
    try:
        tree = lxml.html.fromstring(html)
    except (etree.ParserError, ValueError):
        return ()
    base = next((resolve(url, node.get("href") or "") for node in tree.iter("base")), None) or url
    found: dict[str, AnnouncedFeed] = {}
    for link in tree.iter("link"):
        rel = (link.get("rel") or "").lower().split()
        media_type = (link.get("type") or "").split(";")[0].strip().lower()
        if not ({"alternate", "feed"} & set(rel)) or (media_type not in FEED_TYPES and "feed" not in rel):
            continue
        target = resolve(base, link.get("href") or "")
        if target and "oembed" not in target and "wp-json" not in target:
            found.setdefault(target, AnnouncedFeed(target, (link.get("title") or "").strip(), media_type))
    return tuple(found.values())


def common_feeds(url: str) -> tuple[AnnouncedFeed, ...]:
    """Return the addresses at which a site that announces nothing most often has its feed."""
    return tuple(AnnouncedFeed(urljoin(url, path), guessed=True) for path in COMMON_FEED_PATHS)


# ------------------------------------------------------------------ the parts of a URL
def _split(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(_CONTROL.sub("", url.strip()) if "\n" in url or "\t" in url else url.strip())
        _ = parts.port
    except ValueError:
        return None
    return parts if parts.scheme.lower() in DEFAULT_PORTS and parts.netloc else None


def _host(parts: SplitResult) -> str:
    try:
        host = parts.hostname or ""
        if ":" in host:
            return f"[{ipaddress.IPv6Address(host.split('%')[0]).compressed}]"
    except ValueError:
        return ""
    host = _decode_unreserved(host).rstrip(".").lower()
    if not host.isascii():
        try:
            host = idna.encode(host, uts46=True).decode()
        except (idna.IDNAError, UnicodeError):
            return ""
    return host if re.fullmatch(r"[a-z0-9._~!$&'()*+,;=-]+", host) else ""


def _port(parts: SplitResult, scheme: str) -> str:
    return "" if parts.port in (None, DEFAULT_PORTS[scheme]) else f":{parts.port}"


def _decode_unreserved(text: str) -> str:
    def decode(match: re.Match[str]) -> str:
        char = chr(int(match[1], 16))
        return char if char in _UNRESERVED else match[0].upper()

    return _PERCENT.sub(decode, text)


def _quote(text: str, safe: str, *, decode: bool = True) -> str:
    """Encode what may not stand in a URL, *decode* what need not be encoded, keep the rest byte for byte."""
    text = re.sub(r"%(?![0-9A-Fa-f]{2})", "%25", text)
    keep = _UNRESERVED | set(safe)
    encoded = "".join(
        char if char in keep else "".join(f"%{byte:02X}" for byte in char.encode("utf-8", "replace")) for char in text
    )
    return _decode_unreserved(encoded) if decode else encoded


def _remove_dot_segments(path: str) -> str:
    """RFC 3986, 5.2.4, for a path that follows an authority."""
    output: list[str] = []
    segments = path.split("/")[1:] if path else []
    for index, segment in enumerate(segments):
        last = index == len(segments) - 1
        if segment in {".", ".."}:
            if segment == ".." and output:
                output.pop()
            if last:
                output.append("")
        else:
            output.append(segment)
    return "/" + "/".join(output)


# ------------------------------------------------------------------ what a URL says beyond the page
@cache
def _tracking_rules() -> tuple[tuple[str, str, str], ...]:
    """Return (name, value or "", host or "") of each rule; a final * of the name is kept."""
    rules = []
    text = (Path(__file__).parent / "data" / "tracking_parameters.tsv").read_text(encoding="utf-8")
    for line in text.splitlines():
        if line and not line.startswith("#"):
            pattern, host, _source = line.split("\t")
            name, _, value = pattern.partition("=")
            rules.append((name.lower(), value.lower(), host))
    return tuple(rules)


@cache
def _exact_rules() -> dict[str, tuple[tuple[str, str], ...]]:
    found: dict[str, list[tuple[str, str]]] = {}
    for name, value, host in _tracking_rules():
        if not name.endswith("*"):
            found.setdefault(name, []).append((value, host))
    return {name: tuple(conditions) for name, conditions in found.items()}


@cache
def _prefixes() -> tuple[str, ...]:
    return tuple(name[:-1] for name, _, _ in _tracking_rules() if name.endswith("*"))


def is_tracking(name: str, value: str, host: str) -> bool:
    """Return whether the query parameter *name* = *value* at *host* only tells how a reader arrived."""
    name, value = name.lower(), value.lower()
    if name.startswith(_prefixes()):
        return True
    return any(
        (not wanted or wanted == value) and (not site or host == site or host.endswith("." + site))
        for wanted, site in _exact_rules().get(name, ())
    )


def _without_tracking(query: str, host: str) -> str:
    kept = []
    for pair in query.split("&"):
        name, _, value = pair.partition("=")
        if pair and not is_tracking(name, value, host):
            kept.append(pair)
    return "&".join(kept)


def _unwrap_amp(parts: SplitResult) -> str:
    """Return the publisher's URL inside an address of Google's AMP viewer or cache, else "".

    https://developers.google.com/amp/cache/overview#amp-cache-url-format
    """
    host = (parts.hostname or "").lower()
    if host in {"www.google.com", "google.com"} and parts.path.startswith("/amp/"):
        rest = parts.path.removeprefix("/amp/")
    elif host.endswith(".cdn.ampproject.org") and re.match(r"/[cvr]/", parts.path):
        rest = parts.path[3:]
    else:
        return ""
    scheme, rest = ("https", rest[2:]) if rest.startswith("s/") else ("http", rest)
    return f"{scheme}://{rest}" + (f"?{parts.query}" if parts.query else "") if "." in rest.split("/")[0] else ""
