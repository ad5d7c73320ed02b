"""What holds of reading feeds: every format, every charset, and whatever is wrong with them."""

import json
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tracker.news import entries
from tracker.news.entries import FeedError, read_feed
from tracker.news.management.commands.read_feed import row
from tracker.news.types import ParsedFeed

FEEDS = Path(__file__).parent.parent / "data" / "feeds"
NOW = datetime(2025, 3, 1, tzinfo=UTC)
INPUTS = sorted(path for path in FEEDS.iterdir() if not path.name.endswith(".expected.json"))


def rss(*items: str, head: str = "") -> bytes:
    body = "".join(f"<item>{item}</item>" for item in items)
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>T</title>{head}{body}</channel></rss>'.encode()


def read(body: bytes, url: str = "https://base.example/dir/feed", content_type: str = "") -> ParsedFeed:
    return read_feed(body, url, content_type, now=NOW)


@pytest.mark.parametrize("path", INPUTS, ids=lambda path: path.name)
def test_a_feed_is_read_as_the_file_beside_it_says(path: Path) -> None:
    expected = json.loads(Path(f"{path}.expected.json").read_text(encoding="utf-8"))
    try:
        found = row(path.name, read(path.read_bytes()), None)
    except FeedError as error:
        found = row(path.name, None, str(error))
    assert found == expected


# ------------------------------------------------------------------ identity
def test_an_entry_without_guid_is_known_by_its_url() -> None:
    [entry] = read(rss("<title>A</title><link>https://a.example/1</link>")).entries
    assert (entry.guid, entry.own_guid) == ("https://a.example/1", "")


def test_an_entry_without_guid_and_url_is_known_by_title_and_date() -> None:
    item = "<title>A</title><pubDate>Mon, 03 Feb 2025 00:00:00 GMT</pubDate>"
    [first] = read(rss(item + "<description>one</description>")).entries
    [second] = read(rss(item + "<description>two</description>")).entries
    [other] = read(rss(item.replace("A", "B"))).entries
    assert first.guid == second.guid != other.guid
    assert first.guid.startswith("hash:")


def test_one_guid_for_several_urls_gives_way_to_the_urls() -> None:
    feed = read(
        rss(*(f"<link>https://a.example/{n}</link><guid isPermaLink='false'>same</guid>" for n in range(3))),
    )
    assert [entry.guid for entry in feed.entries] == [f"https://a.example/{n}" for n in range(3)]
    assert {entry.own_guid for entry in feed.entries} == {"same"}


def test_versions_under_one_guid_and_url_are_kept_apart() -> None:
    item = "<link>https://a.example/1</link><guid isPermaLink='false'>g</guid>"
    feed = read(rss(item + "<title>One</title>", item + "<title>Two</title>"))
    assert len({entry.guid for entry in feed.entries}) == 2


def test_an_item_repeated_word_for_word_is_one_entry_and_said() -> None:
    item = "<title>A</title><link>https://a.example/1</link>"
    feed = read(rss(item, item))
    assert len(feed.entries) == 1
    assert "1 item that repeats another was left out." in feed.warnings


def test_the_identity_does_not_depend_on_the_order() -> None:
    items = [f"<title>{n}</title><link>https://a.example/{n % 2}</link><guid>g</guid>" for n in range(4)]
    forward, backward = read(rss(*items)), read(rss(*reversed(items)))
    assert {entry.title: entry.guid for entry in forward.entries} == {e.title: e.guid for e in backward.entries}


def test_an_endless_guid_is_hashed() -> None:
    [entry] = read(rss(f"<guid isPermaLink='false'>{'g' * 100_000}</guid>")).entries
    assert entry.guid.startswith("hash:")
    assert len(entry.guid) < 100


# ------------------------------------------------------------------ dates
@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("Thu, 06 Feb 2025 09:30:00 GMT", datetime(2025, 2, 6, 9, 30, tzinfo=UTC)),
        ("Thu, 6 Feb 25 04:30 EST", datetime(2025, 2, 6, 9, 30, tzinfo=UTC)),
        ("2025-02-06T10:30:00+01:00", datetime(2025, 2, 6, 9, 30, tzinfo=UTC)),
        ("2025-02-06 09:30:00", datetime(2025, 2, 6, 9, 30, tzinfo=UTC)),
        ("2025-02-06", datetime(2025, 2, 6, tzinfo=UTC)),
        ("6. Februar 2025", datetime(2025, 2, 6, tzinfo=UTC)),
        ("February 6, 2025", datetime(2025, 2, 6, tzinfo=UTC)),
        ("1738834200", datetime(2025, 2, 6, 9, 30, tzinfo=UTC)),
        ("Fri, 01 Jan 2100 00:00:00 GMT", NOW),
        ("0000-00-00T00:00:00Z", None),
        ("0001-01-01T00:00:00Z", None),
        ("Thu, 01 Jan 1970 00:00:00 GMT", None),
        ("soon", None),
        ("", None),
    ],
)
def test_a_date_is_read_clamped_and_kept_as_written(text: str, moment: datetime | None) -> None:
    [entry] = read(rss(f"<title>A</title><pubDate>{text}</pubDate>")).entries
    assert entry.published == moment
    assert entry.published_raw == text


def test_an_atom_entry_that_was_only_updated_is_not_said_to_be_published() -> None:
    body = b'<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>1</id><updated>2025-01-01T00:00:00Z</updated></entry></feed>'
    [entry] = read(body).entries
    assert (entry.published, entry.updated) == (None, datetime(2025, 1, 1, tzinfo=UTC))


# ------------------------------------------------------------------ text
@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        ("AT&amp;T", "AT&T"),
        ("AT&amp;amp;T", "AT&T"),
        ("&lt;b&gt;Bold&lt;/b&gt; claim", "Bold claim"),
        ("<![CDATA[a <i>b</i> &#8217;c&#8217;]]>", "a b ’c’"),
        ("1 &lt; 2 and 3 &gt; 2", "1 < 2 and 3 > 2"),
        ("  two\n   lines ", "two lines"),
        ("caf&eacute; &nbsp;R&D", "café R&D"),
        ("a<![CDATA[b & c]]>d", "ab & cd"),
    ],
)
def test_a_title_is_plain_text_decoded_once(written: str, read_as: str) -> None:
    [entry] = read(rss(f"<title>{written}</title>")).entries
    assert entry.title == read_as


def test_a_title_of_megabytes_is_cut() -> None:
    [entry] = read(rss(f"<title>{'word ' * 500_000}</title>")).entries
    assert len(entry.title) <= 1_000
    assert entry.title.endswith("…")


@pytest.mark.parametrize(
    "danger",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        '<a href="javascript:alert(1)">x</a>',
        '<a href="  JaVaScRiPt&#58;alert(1)">x</a>',
        "<svg><script>alert(1)</script></svg>",
        '<iframe src="https://e.example/"></iframe>',
        '<form action="https://e.example/"><input></form>',
        "<style>body{background:url(javascript:alert(1))}</style>",
        '<p style="position:fixed">x</p>',
        "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
        '<object data="data:text/html;base64,PHNjcmlwdD4="></object>',
        '<meta http-equiv="refresh" content="0;url=https://e.example/">',
        "<!--[if IE]><script>alert(1)</script><![endif]-->",
    ],
)
def test_no_danger_gets_through_a_summary(danger: str) -> None:
    [entry] = read(rss(f"<description><![CDATA[<p>Safe words</p>{danger}]]></description>")).entries
    assert "Safe words" in entry.summary_html
    for sign in (
        "<script",
        "onerror",
        "javascript:",
        "<iframe",
        "<form",
        "<style",
        "style=",
        "<object",
        "<meta",
        "<svg",
    ):
        assert sign not in entry.summary_html.lower()


def test_links_in_a_summary_are_resolved_and_marked_up_text_is_not_doubled() -> None:
    [entry] = read(rss('<description>&lt;a href="../x"&gt;AT&amp;amp;T&lt;/a&gt;</description>')).entries
    assert entry.summary_html == '<a href="https://base.example/x">AT&amp;T</a>'


@pytest.mark.parametrize(
    "link", ["javascript:alert(1)", "data:text/html,x", "ftp://a.example/", "mailto:a@b.example", "http://"]
)
def test_only_http_links_are_kept(link: str) -> None:
    [entry] = read(rss(f"<title>A</title><link>{link}</link>")).entries
    assert entry.url is None


def test_a_relative_link_without_base_is_resolved_against_the_site() -> None:
    body = rss("<link>/1</link>", head="<link>https://site.example/</link>")
    assert read(body, url="").entries[0].url == "https://site.example/1"


@pytest.mark.parametrize(
    ("author", "name"),
    [
        ("a@news.example (Ana Example)", "Ana Example"),
        ("Ana Example &lt;a@news.technology&gt;", "Ana Example"),
        ("a@news.example", "a@news.example"),
        ("Ana Example", "Ana Example"),
        ("by &lt;a href='/ana'&gt;Ana Example&lt;/a&gt;", "Ana Example"),
        ("By <![CDATA[Ana Example]]>", "Ana Example"),
    ],
)
def test_an_author_is_the_name_beside_the_address(author: str, name: str) -> None:
    [entry] = read(rss(f"<author>{author}</author>")).entries
    assert entry.authors == (name,)


# ------------------------------------------------------------------ charsets
@pytest.mark.parametrize(
    ("encoding", "declared", "header"),
    [
        ("utf-8", "utf-8", ""),
        ("utf-8", "utf-8", "text/xml; charset=iso-8859-1"),
        ("utf-8", "utf-8", "application/rss+xml"),
        ("cp1251", "windows-1251", "text/xml"),
        ("cp1251", "utf-8", "text/xml; charset=windows-1251"),
        ("koi8-r", "koi8-r", ""),
        ("utf-16", "utf-16", ""),
        ("utf-16-be", "utf-16", "text/xml; charset=utf-16be"),
        ("utf-8-sig", "utf-8", ""),
    ],
)
def test_the_charset_is_found(encoding: str, declared: str, header: str) -> None:
    head = f'<?xml version="1.0" encoding="{declared}"?>'
    text = head + '<rss version="2.0"><channel><item><title>Суд и модели</title></item></channel></rss>'
    [entry] = read(text.encode(encoding), content_type=header).entries
    assert entry.title == "Суд и модели"


# ------------------------------------------------------------------ bad input
@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "empty"),
        (b" \n\t\0\0", "empty"),
        (b"\xef\xbb\xbf", "empty"),
        (b"<!DOCTYPE html><html><body>Moved</body></html>", "HTML page"),
        (b"%PDF-1.7 \xff", "PDF"),
        (b"hello", "neither XML nor JSON"),
        (b"\x00\x01\x02\x03", "neither XML nor JSON"),
        (b'{"items": ', "cannot be read"),
        (b'{"data": []}', "not a JSON Feed"),
        (b"[1, 2]", "not a feed"),
        (b"<opml version='2.0'><body/></opml>", "OPML"),
        (b"<urlset></urlset>", "sitemap"),
        (b"<?xml version='1.0'?><note><to>you</to></note>", "not a feed"),
        (b"<rss", "no feed"),
        (b"[" * 100_000, "cannot be read"),
    ],
)
def test_what_is_no_feed_is_refused_in_words(body: bytes, words: str) -> None:
    with pytest.raises(FeedError, match=words):
        read(body)


def test_a_feed_without_items_is_a_feed() -> None:
    assert read(rss()).entries == ()


def test_a_truncated_feed_gives_the_items_it_has() -> None:
    body = rss(*(f"<title>{n}</title><link>https://a.example/{n}</link>" for n in range(10)))
    feed = read(body[: len(body) // 2])
    assert 3 <= len(feed.entries) <= 6
    assert feed.entries[0].title == "0"
    assert any(warning.startswith("Not well-formed") for warning in feed.warnings)


@pytest.mark.parametrize(
    "junk", [b"\x00", b"\x0b", b"\x1f", b"&#0;", b"&#xD800;", b"&#x110000;", b"&#99999999999;", b"\xff"]
)
def test_what_xml_may_not_hold_costs_no_item(junk: bytes) -> None:
    body = rss("<title>Good J one</title>", "<title>Next</title>").replace(b"J", junk)
    feed = read(body)
    assert [entry.title for entry in feed.entries][-1] == "Next"
    assert feed.entries[0].title.startswith("Good")
    feed.entries[0].title.encode("utf-8")
    assert "\0" not in feed.entries[0].title


def test_items_beyond_the_cap_are_counted_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(entries, "MAX_ENTRIES", 10)
    items = [f"<title>{n}</title>" for n in range(25)]
    feed = read(rss(*items))
    assert ([entry.title for entry in feed.entries], feed.dropped) == ([str(n) for n in range(10)], 15)
    assert "15 items beyond the first 10 were not read." in feed.warnings


def test_a_json_feed_s_bare_author_names_and_numeric_ids_are_read() -> None:
    items = [
        {"id": 1, "title": "A", "author": "Ana Example"},
        {"title": "B", "authors": ["Bo Example", {"name": "Cy"}]},
    ]
    body = json.dumps({"version": "https://jsonfeed.org/version/1", "title": "T", "items": items})
    first, second = read(body.encode()).entries
    assert (first.guid, first.authors) == ("1", ("Ana Example",))
    assert second.guid.startswith("hash:")
    assert second.authors == ("Bo Example", "Cy")


def test_a_json_feed_s_lists_of_one_that_are_no_lists_are_read() -> None:
    items = [{"id": "1", "title": "A", "authors": {"name": "Ana Example"}, "tags": "courts, logs"}]
    body = json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": "T", "items": items})
    (entry,) = read(body.encode()).entries
    assert (entry.authors, entry.categories) == (("Ana Example",), ("courts", "logs"))
    assert read(b'{"version": "https://jsonfeed.org/version/1.1", "title": "T", "items": null}').entries == ()


@pytest.mark.parametrize(
    ("given", "day"), [(1429185600, 16), (1429185600000, 16), (1429272000.5, 17), ("1429185600", 16), (20150416, None)]
)
def test_a_json_feed_s_numeric_date_is_unix_time(given: object, day: int | None) -> None:
    items = [{"id": "1", "title": "A", "date_published": given}]
    (entry,) = read(json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": items}).encode()).entries
    assert (entry.published and entry.published.day) == day


@pytest.mark.parametrize("long", [10, 1_000_000])
def test_a_json_feed_with_trailing_commas_loses_no_item_and_no_word(monkeypatch: pytest.MonkeyPatch, long: int) -> None:
    monkeypatch.setattr("tracker.news.json_feed._LONG", long)
    body = b"""{"version": "https://jsonfeed.org/version/1.1", "title": "T", "items": [
        {"id": "1", "title": "one, ] two,}", "tags": ["a", "b",],}, {"id": "2", "title": "a \\\",]",}, ],}"""
    assert [entry.title for entry in read(body).entries] == ["one, ] two,}", 'a ",]']


@pytest.mark.parametrize(
    "title",
    [
        "<![CDATA[<![CDATA[A title]]]]>",
        "<![CDATA[<![CDATA[A title]]>]]>",
        "&lt;![CDATA[A title]]&gt;",
        "<![CDATA[A <![CDATA[title]]>]]>",
    ],
)
def test_a_section_inside_another_leaves_no_marks_in_a_title(title: str) -> None:
    feed = read(rss(f"<title>{title}</title>", "<title>Next</title>"))
    assert [entry.title for entry in feed.entries] == ["A title", "Next"]


def test_a_long_json_feed_is_read_piecemeal_with_the_same_result(monkeypatch: pytest.MonkeyPatch) -> None:
    items = [{"id": str(n), "title": f"t{n} [ ] {{ }}"} for n in range(50)]
    body = json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": "J", "items": items, "language": "de"})
    whole = read(body.encode())
    monkeypatch.setattr("tracker.news.json_feed._LONG", 10)
    assert read(body.encode()) == whole
    assert whole.language == "de"


def test_an_external_entity_is_not_opened(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("secret words")
    body = (
        f'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY x SYSTEM "file://{secret}">]>'
        "<rss version='2.0'><channel><item><title>a &x; b</title></item></channel></rss>"
    )
    assert all("secret words" not in entry.title for entry in read(body.encode()).entries)


def test_entities_that_multiply_do_not_explode() -> None:
    doctype = '<!DOCTYPE rss [<!ENTITY a "ha">' + "".join(
        f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(12)
    )
    body = (
        f'<?xml version="1.0"?>{doctype}]><rss version="2.0"><channel><item><title>&m;</title></item></channel></rss>'
    )
    assert sum(len(entry.title) for entry in read(body.encode()).entries) < 2_000


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize("attribute", ["a{}='x'", "xmlns:a{}='x{}'"])
def test_an_element_of_endless_attributes_is_refused_at_once(attribute: str, encoding: str) -> None:
    endless = " ".join(attribute.format(n, n) for n in range(30_000))
    body = f"<?xml version='1.0' encoding='{encoding}'?><rss version='2.0'><channel><item {endless}/></channel></rss>"
    began = time.process_time()
    with pytest.raises(FeedError, match="more than 500 attributes or namespaces"):
        read(body.encode(encoding))
    assert time.process_time() - began < 2


@given(st.binary(max_size=400))
@example(b"<rss><channel><item><title>\xed\xa0\x80</title></item></channel></rss>")
@settings(max_examples=200, deadline=None)
def test_any_bytes_give_a_feed_or_a_feed_error(body: bytes) -> None:
    for document in (body, b'<rss version="2.0"><channel><item><title>' + body + b"</title></item></channel></rss>"):
        try:
            feed = read(document)
        except FeedError:
            continue
        for entry in feed.entries:
            assert entry.guid
            f"{entry.guid}{entry.title}{entry.summary_html}{entry.url}".encode()
        assert len({entry.guid for entry in feed.entries}) == len(feed.entries)


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("xyz"), st.sampled_from("12")), max_size=12))
@settings(max_examples=60, deadline=None)
def test_guids_differ_within_a_feed_and_no_distinct_item_is_lost(items: list[tuple[str, str, str]]) -> None:
    feed = read(
        rss(
            *(
                f"<guid isPermaLink='false'>{g}</guid><link>https://a.example/{u}</link><title>{t}</title>"
                for g, u, t in items
            )
        )
    )
    assert len(feed.entries) == len(set(items)) == len({entry.guid for entry in feed.entries})


# ------------------------------------------------------------------ oddities of published feeds
def test_an_absolute_atom_id_is_kept_letter_by_letter_and_a_relative_one_resolved() -> None:
    entries = "".join(
        f"<entry><id>{guid}</id><title>{guid}</title></entry>" for guid in ("HTTP://A.example/x", "tag:a,1:2", "one")
    )
    for space in ("", '<x xmlns="https://own.example/"><y/></x>'):  # read quickly, and by feedparser
        body = f'<feed xmlns="http://www.w3.org/2005/Atom"><title>t</title>{entries}{space}</feed>'
        found = read_feed(body.encode(), url="https://feeds.example/dir/feed")
        assert [e.guid for e in found.entries] == [
            "HTTP://A.example/x",
            "tag:a,1:2",
            "https://feeds.example/dir/one",
        ]


def test_a_channel_of_cdf_without_items_is_a_feed() -> None:
    found = read_feed(
        b'<?xml version="1.0"?>\n<!-- a --><CHANNEL HREF="https://a.example/"><ABSTRACT>Text</ABSTRACT></CHANNEL>'
    )
    assert (found.url, found.description, found.entries) == ("https://a.example/", "Text", ())


def test_comments_before_what_is_no_feed_take_no_time() -> None:
    began = time.process_time()
    with pytest.raises(FeedError):
        read_feed(b"<!-- a -->" * 3_000 + b"<other/>")
    assert time.process_time() - began < 2


def test_a_last_end_tag_that_was_cut_off_costs_nothing() -> None:
    found = read_feed(b"<rss version='2.0'><channel><link>http://a.example/?a=1&b=2&c</link></channel></rss")
    assert (found.url, found.warnings) == ("http://a.example/?a=1&b=2&c", ())


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        ("&amp;lang;x&amp;rang;", "\u27e8x\u27e9"),  # a reference in HTML within the text is HTML's own
        ("&lang;x&rang;", "\u2329x\u232a"),  # one of the document's is HTML 4's
    ],
)
def test_references_in_a_title(written: str, read_as: str) -> None:
    body = f"<rss version='2.0'><channel><item><title>{written}</title></item></channel></rss>"
    assert read_feed(body.encode()).entries[0].title == read_as


@pytest.mark.parametrize("written", ["sa&lt;!-- -- words &gt;fe", "safe&lt;!--", "sa&lt;!-- > --&gt;fe"])
def test_a_comment_is_no_part_of_a_title(written: str) -> None:
    title = f"<title type='html'>{written}</title>"
    body = f'<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>a:1</id>{title}</entry></feed>'
    assert read_feed(body.encode()).entries[0].title == "safe"


def test_a_line_break_with_an_end_tag_is_one_line_break() -> None:
    body = (
        b"<rss version='2.0'><channel><item><description>a&lt;br&gt;&lt;/br&gt;b</description></item></channel></rss>"
    )
    assert read_feed(body).entries[0].summary_html == "a<br>b"


def test_a_podcast_summary_stands_in_for_a_channel_description() -> None:
    space = 'xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"'
    body = (
        f"<rss version='2.0' {space}><channel><title>t</title><itunes:summary>About it</itunes:summary></channel></rss>"
    )
    assert read_feed(body.encode()).description == "About it"
