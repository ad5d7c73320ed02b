"""Which network addresses may be connected to: pure arithmetic on IP addresses.

The rule is an allow-list. IPv4: what IANA's special-purpose registry does not set apart. IPv6: global unicast
(2000::/3) without the parts set apart there; every form that carries an IPv4 address inside (mapped, compatible,
NAT64, 6to4, Teredo, ISATAP) is refused, since it reaches addresses that the text of the address hides.

https://www.iana.org/assignments/iana-ipv4-special-registry, https://www.iana.org/assignments/iana-ipv6-special-registry
"""

import ipaddress
import re

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address

_FORBIDDEN_4 = {
    ipaddress.IPv4Network(network): name
    for network, name in {
        "0.0.0.0/8": "this network",
        "10.0.0.0/8": "private",
        "100.64.0.0/10": "shared by carriers (CGNAT)",
        "127.0.0.0/8": "loopback",
        "169.254.0.0/16": "link-local",
        "172.16.0.0/12": "private",
        "192.0.0.0/24": "protocol assignments",
        "192.0.2.0/24": "documentation",
        "192.31.196.0/24": "AS112",
        "192.52.193.0/24": "AMT",
        "192.88.99.0/24": "6to4 relay",
        "192.168.0.0/16": "private",
        "192.175.48.0/24": "AS112",
        "198.18.0.0/15": "benchmarking",
        "198.51.100.0/24": "documentation",
        "203.0.113.0/24": "documentation",
        "224.0.0.0/4": "multicast",
        "240.0.0.0/4": "reserved",
    }.items()
}
_FORBIDDEN_6 = {
    ipaddress.IPv6Network(network): name
    for network, name in {
        "::/128": "unspecified",
        "::1/128": "loopback",
        "::ffff:0:0/96": "IPv4 mapped into IPv6",
        "::/96": "IPv4 inside IPv6",
        "::ffff:0:0:0/96": "IPv4 translated into IPv6",
        "64:ff9b::/96": "IPv4 behind NAT64",
        "64:ff9b:1::/48": "IPv4 behind NAT64",
        "100::/64": "discard-only",
        "2001::/32": "Teredo",
        "2001::/23": "protocol assignments",
        "2001:db8::/32": "documentation",
        "2002::/16": "6to4",
        "2620:4f:8000::/48": "AS112",
        "3fff::/20": "documentation",
        "5f00::/16": "segment routing",
        "fc00::/7": "private",
        "fe80::/10": "link-local",
        "fec0::/10": "site-local",
        "ff00::/8": "multicast",
    }.items()
}
_GLOBAL_UNICAST = ipaddress.IPv6Network("2000::/3")
_ISATAP = re.compile(r"^(?:0000|0200):5efe:")


def forbidden(address: str) -> str | None:
    """Return why *address*, as getaddrinfo or a socket gives it, may not be connected to; None where it may."""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return "not an IP address"
    if isinstance(ip, ipaddress.IPv4Address):
        return next((name for network, name in _FORBIDDEN_4.items() if ip in network), None)
    for network, name in _FORBIDDEN_6.items():
        if ip in network:
            return name
    if ip not in _GLOBAL_UNICAST:
        return "reserved"
    if _ISATAP.match(ip.exploded[20:]):
        return "IPv4 inside IPv6 (ISATAP)"
    return None


def literal(host: str) -> IPAddress | None:
    """Return the address that *host* is in any notation that a C library takes for one, None where it is a name.

    Decimal, octal and hexadecimal numbers with one to four parts are IPv4 (inet_aton; WHATWG URL, 3.5).
    """
    try:
        return ipaddress.ip_address(host.strip("[]").partition("%")[0])
    except ValueError:
        pass
    parts = host.rstrip(".").split(".")
    if not 1 <= len(parts) <= 4:
        return None
    try:
        numbers = [_number(part) for part in parts]
    except ValueError:
        return None
    *heads, tail = numbers
    if any(head > 255 for head in heads) or tail >= 256 ** (5 - len(numbers)):
        return None
    value = tail + sum(head << 8 * (3 - index) for index, head in enumerate(heads))
    return ipaddress.IPv4Address(value)


def _number(part: str) -> int:
    if re.fullmatch(r"0[xX][0-9a-fA-F]*", part):
        return int(part[2:] or "0", 16)
    if re.fullmatch(r"0[0-7]+", part):
        return int(part, 8)
    if re.fullmatch(r"0|[1-9][0-9]*", part):
        return int(part, 10)
    raise ValueError(part)
