"""Feeds of what changed, for every channel: RSS 2.0, Atom (RFC 4287) and JSON Feed 1.1, with archives (RFC 5005)."""
