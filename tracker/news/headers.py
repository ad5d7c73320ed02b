"""HTTP headers: what we accept; values byte for byte between the wire and aiohttp (RFC 9110, 5.5)."""

import aiohttp

FEED_ACCEPT = (
    "application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml;q=0.9, "
    "application/json;q=0.8, application/xml;q=0.8, text/xml;q=0.8, */*;q=0.1"
)
PAGE_ACCEPT = "text/html, application/xhtml+xml, application/pdf;q=0.8, */*;q=0.1"


def headers_of(answer: aiohttp.ClientResponse) -> dict[str, str]:
    """Return the headers, lower-case, byte for byte as Latin-1 (RFC 9110, 5.5), repeated ones joined."""
    headers: dict[str, str] = {}
    for raw_name, raw_value in answer.raw_headers:
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1").strip()
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return headers


def as_sent(value: str) -> str:
    """Return a validator in the form that aiohttp writes back as the same bytes, "" where it cannot be."""
    try:
        return value.encode("latin-1").decode("utf-8") if value.isprintable() or not value.isascii() else ""
    except UnicodeError:
        return ""
