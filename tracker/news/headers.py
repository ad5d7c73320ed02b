"""HTTP headers byte for byte, between the wire and what aiohttp makes of them (RFC 9110, 5.5)."""

import aiohttp


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
