"""End tags of a feed that is not well-formed, put right so that one slip loses no item.

    <title>a</titel>  →  <title>a</title>          <title>a<link>b</link>  →  <title>a</title><link>b</link>

Only elements that hold text and no others (RSS 2.0, RFC 4287, Dublin Core) are looked at; CDATA and comments stay.
"""

import re

__all__ = ["mend_end_tags"]

_TEXT_ONLY = (
    rb"title|link|guid|id|pubDate|published|updated|issued|modified|description|summary|category|comments|"
    rb"dc:(?:creator|date|title|subject|identifier)|content:encoded"
)
_OTHERS = (
    rb"item|entry|channel|feed|rss|rdf:RDF|image|author|contributor|source|content|enclosure|name|uri|email|"
    rb"(?:media|atom|dc|slash|wfw|itunes|georss|feedburner):[\w-]{1,30}"
)
_CDATA = rb"<!\[CDATA\[.*?(?:\]\]>|\Z)"
_ELEMENT = re.compile(
    rb"(?P<aside>" + _CDATA + rb"|<!--.*?(?:-->|\Z))"
    rb"|(?P<start><(?P<name>" + _TEXT_ONLY + rb")(?:\s[^<>]*+)?(?<!/)>)"
    rb"(?P<text>(?:[^<]++|" + _CDATA + rb")*+)"
    rb"(?:</(?P<end>[\w:.-]{1,60})\s*+>(?P<doubled>[^<]*+</(?P=name)\s*+>)?+"
    rb"|(?=<(?:" + _TEXT_ONLY + rb"|" + _OTHERS + rb")[\s/>]))",
    re.S,
)
_KNOWN = re.compile(rb"(?:" + _TEXT_ONLY + rb"|" + _OTHERS + rb")\Z")
# A section that is not closed would swallow all items up to the next one's end. Bounded, as titles and links are.
_OPEN_CDATA = re.compile(
    rb"(<(title|link|guid|pubDate|id)(?:\s[^<>]{0,200})?>\s{0,20}<!\[CDATA\[(?:(?!\]\]>|</\2\s*>|<!\[CDATA\[).){0,1000})"
    rb"(?=</\2\s*>)",
    re.S,
)


def mend_end_tags(text: bytes) -> bytes:
    """Return *text*, XML in an encoding that contains ASCII, with end tags where an element that holds only text
    has a misspelt one or none; as it is where nothing of the kind is wrong. Meant for what no XML parser accepts.
    """
    return _ELEMENT.sub(_mended, _OPEN_CDATA.sub(rb"\1]]>", text))


def _mended(match: re.Match[bytes]) -> bytes:
    name, end = match["name"], match["end"]
    if not name or end == name or match["doubled"]:  # a stray end tag within the text is no end of the element
        return match[0]
    closed: bytes = match["start"] + match["text"] + b"</" + name + b">"
    if end is None or _KNOWN.match(end):  # the end of what is around it
        return closed + (b"</" + end + b">" if end else b"")
    return closed
