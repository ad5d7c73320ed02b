"""What holds of the quick reader: it says what feedparser says, or leaves the feed to it."""

from datetime import UTC, datetime
from pathlib import Path
from unittest import mock
from xml.sax.saxutils import escape, quoteattr

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tracker.news import wellformed
from tracker.news.entries import FeedError, read_feed
from tracker.news.types import ParsedFeed

FEEDS = Path(__file__).parent.parent / "data" / "feeds"
NOW = datetime(2026, 1, 1, tzinfo=UTC)
BASE = "https://base.example/dir/feed"
SPACES = (
    'xmlns:atom="http://www.w3.org/2005/Atom" xmlns:dc="http://purl.org/dc/elements/1.1/" '
    'xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:media="http://search.yahoo.com/mrss/" '
    'xmlns:slash="http://purl.org/rss/1.0/modules/slash/" xmlns:own="https://own.example/ns" '
    'xmlns:dcterms="http://purl.org/dc/terms/" xmlns:itunes="http://www.itunes.com/DTDs/PodCast-1.0.dtd" '
    'xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0" xmlns:published="https://own.example/ns2"'
)
NAMES = (
    *("title", "link", "guid", "id", "description", "summary", "subtitle", "content", "content:encoded", "pubDate"),
    *("published", "updated", "lastBuildDate", "dc:date", "dcterms:created", "category", "dc:subject", "dc:title"),
    *("author", "dc:creator", "managingEditor", "language", "ttl", "icon", "image", "source", "enclosure", "comments"),
    *("media:content", "media:title", "media:thumbnail", "media:description", "slash:comments", "own:thing"),
    *("atom:link", "atom:author", "atom:title", "itunes:author", "feedburner:origLink", "date", "tags", "rights"),
    *("contributor", "name", "url", "generator", "published:parsed", "dc:publisher", "skipHours", "Title", "details"),
)
TEXTS = (
    *(
        "",
        "plain words",
        "  spaced\n words ",
        "A & B",
        "<p>One</p>",
        "<b>open",
        "&amp;amp; twice",
        "5 < 6",
        "caf\u00e9",
    ),
    *("caf\u00c3\u00a9", "\u0093quoted\u0094", "https://a.example/1", "https://a.example/1?b=1&c=2#d", "/rel/ative"),
    *(
        "HTTP://A.example/x?",
        "https:///a.example/",
        "http://a.example/../x",
        "mailto:a@b.example",
        "&lt;i&gt;x&lt;/i&gt;",
    ),
    *("Mon, 03 Feb 2025 10:00:00 GMT", "2025-02-03T10:00:00Z", "2025-02-03", "yesterday", "0001-01-01", "60"),
    *(
        "Ann Lee",
        "ann@a.example (Ann Lee)",
        "Ann Lee <ann@a.example>",
        "\U0001f600",
        "&nbsp;",
        "a,b",
        "en_GB",
        "\u200b",
    ),
)
ATTRIBUTES = (
    ("href", ("https://a.example/2", "/two", "", "javascript:1")),
    ("rel", ("alternate", "self", "hub", "enclosure", "ALTERNATE", "via")),
    ("type", ("text/html", "html", "text", "xhtml", "image/png", "TEXT/HTML", "application/rss+xml")),
    ("isPermaLink", ("true", "false", "TRUE")),
    ("url", ("https://a.example/pic.png", "pic.png")),
    ("term", ("tag", "")),
    ("label", ("Tag",)),
    ("domain", ("https://d.example/",)),
    ("length", ("12", "x")),
    ("lang", ("de",)),
    ("xml:lang", ("fr", "")),
    ("own:href", ("https://x.example/",)),
)
attributes = st.lists(st.sampled_from(ATTRIBUTES), max_size=3, unique_by=lambda pair: pair[0]).flatmap(
    lambda pairs: st.tuples(*(st.tuples(st.just(name), st.sampled_from(values)) for name, values in pairs))
)


@st.composite
def elements(draw: st.DrawFn, depth: int = 0) -> str:
    """One element: mostly text, sometimes CDATA, sometimes others inside."""
    name = draw(st.sampled_from(NAMES))
    given = "".join(f" {key}={quoteattr(value)}" for key, value in draw(attributes))
    text = draw(st.sampled_from(TEXTS))
    body = f"<![CDATA[{text}]]>" if draw(st.booleans()) else escape(text)
    if depth < 2 and draw(st.integers(0, 9)) == 0:
        inner = draw(st.lists(elements(depth + 1), min_size=1, max_size=3))
        body = "\n".join(inner) + (body if draw(st.booleans()) else "")
    return f"<{name}{given}>{body}</{name}>"


@st.composite
def documents(draw: st.DrawFn) -> bytes:
    """A feed of the two formats, with elements of either and of neither in any order."""
    head = draw(st.lists(elements(), max_size=5))
    items = [draw(st.lists(elements(), max_size=7)) for _ in range(draw(st.integers(0, 3)))]
    tag = draw(st.sampled_from(["item", "entry"]))
    parts = [*head, *(f"<{tag}>{''.join(item)}</{tag}>" for item in items)]
    if draw(st.booleans()):
        parts.reverse()
    body = "\n".join(parts)
    if tag == "entry":
        return f'<feed xmlns="http://www.w3.org/2005/Atom" {SPACES}>{body}</feed>'.encode()
    version = draw(st.sampled_from(["2.0", "0.91", "0.92", ""]))
    return f'<?xml version="1.0"?><rss version="{version}" {SPACES}><channel>{body}</channel></rss>'.encode()


def read(body: bytes) -> ParsedFeed | str:
    try:
        return read_feed(body, BASE, now=NOW)
    except FeedError as error:
        return str(error)


def by_feedparser(body: bytes) -> ParsedFeed | str:
    with mock.patch.object(wellformed, "parse", return_value=None):
        return read(body)


def rss(*items: str, head: str = "") -> bytes:
    body = "".join(f"<item>{item}</item>" for item in items)
    return f'<rss version="2.0" {SPACES}><channel><title>T</title>{head}{body}</channel></rss>'.encode()


def is_quick(body: bytes) -> bool:
    return wellformed.parse(body, BASE, "") is not None


@settings(max_examples=250, deadline=None)
@given(documents())
@example(rss("<title>A</title><media:content><media:title>B</media:title></media:content>"))
@example(rss("<author>a@b.example</author><atom:author><atom:email>c@d.example</atom:email></atom:author>"))
@example(rss("<guid>/a</guid><link>/b</link>", "<guid isPermaLink='false'>/a</guid>", "<link/><guid>/a</guid>"))
def test_any_feed_says_what_feedparser_says(body: bytes) -> None:
    assert read(body) == by_feedparser(body)


@pytest.mark.parametrize("path", sorted(FEEDS.glob("*[!n]")), ids=lambda path: path.name)
def test_a_kept_feed_says_what_feedparser_says(path: Path) -> None:
    body = path.read_bytes()
    assert read(body) == by_feedparser(body)


@pytest.mark.parametrize(
    "item",
    [
        "<title>A</title><link>https://a.example/1</link><guid>https://a.example/1</guid><description>d</description>",
        "<title><![CDATA[A]]></title><dc:creator>Ann</dc:creator><category>x</category><content:encoded>c</content:encoded>",
        "<title>A</title><media:content url='https://a.example/x.jpg'><media:title>B</media:title></media:content>",
        "<title>A</title><slash:comments>3</slash:comments><own:thing a='b'>c</own:thing><source url='/s'>S</source>",
    ],
)
def test_what_the_common_programs_write_is_read_quickly(item: str) -> None:
    head = "<atom:link href='https://a.example/feed' rel='self'/><image><url>/i.png</url><title>T</title></image>"
    body = rss(item, head=head)
    assert is_quick(body)
    assert read(body) == by_feedparser(body)


@pytest.mark.parametrize(
    "body",
    [
        rss("<title>A</title><title>B</title>"),
        rss("<description><p>inline</p></description>"),
        rss("<own:thing><own:inner>x</own:inner></own:thing>"),
        rss("<published:parsed>x</published:parsed>").replace(b"published:parsed", b"title:detail", 2),
        rss("<title lang='de'>A</title>"),
        rss("<title>A</title>").replace(b"<item>", b"<item xml:base='https://x.example/'>"),
        b"<!DOCTYPE rss>" + rss("<title>A</title>"),
        rss("<title>A</title>").replace(b"</rss>", b""),
        rss("<title>A</title>").replace(b"A", b"\xe9"),
        b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"/>',
    ],
    ids=range(10),
)
def test_what_is_odd_is_left_to_feedparser(body: bytes) -> None:
    assert not is_quick(body)


def test_another_charset_is_left_to_feedparser() -> None:
    body = "<?xml version='1.0' encoding='iso-8859-1'?>" + rss().decode().replace("<title>T", "<title>caf\u00e9")
    assert read_feed(body.encode("iso-8859-1"), now=NOW).title == "caf\u00e9"
    body = body.replace(" encoding='iso-8859-1'", "")
    assert (
        read_feed(body.encode("iso-8859-1"), content_type="text/xml; charset=iso-8859-1", now=NOW).title == "caf\u00e9"
    )
