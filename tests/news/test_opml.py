"""What holds of OPML: lists of feeds in and out, folders as topics."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.news.opml import OpmlError, OpmlFeed, read_opml, write_opml

LIST = b"""<?xml version="1.0"?>
<opml version="1.1"><head><title>My &amp; your feeds</title></head><body>
  <outline text="Courts"><outline text="Europe">
    <outline type="rss" text="EU court" xmlUrl="https://court.example/rss?a=1&amp;b=2" htmlUrl="https://court.example/"/>
  </outline></outline>
  <outline title="Papers" text="ignored">
    <outline type="rss" title="Gazette" xmlurl="HTTP://Gazette.example/feed"/>
    <outline text="Gazette again" xmlUrl="https://court.example/rss?a=1&amp;b=2" category="/Law/AI,Press"/>
  </outline>
  <outline text="No folder" xmlUrl="feed://plain.example/rss"/>
  <outline text="Bad" xmlUrl="javascript:alert(1)"/>
  <outline text="An empty folder"/>
</body></opml>"""


def test_folders_and_categories_are_topics_and_each_feed_is_listed_once() -> None:
    found = read_opml(LIST)
    assert found.title == "My & your feeds"
    assert found.feeds == (
        OpmlFeed(
            "https://court.example/rss?a=1&b=2",
            "EU court",
            "https://court.example/",
            ("Courts", "Europe", "Papers", "AI", "Press"),
        ),
        OpmlFeed("http://gazette.example/feed", "Gazette", "", ("Papers",)),
        OpmlFeed("http://plain.example/rss", "No folder", "", ()),
    )
    assert found.skipped == ("javascript:alert(1)",)


names = st.text(st.characters(whitelist_categories=["L", "N", "P", "S"]), min_size=1, max_size=20)
feeds = st.builds(
    OpmlFeed,
    st.from_regex(r"\Ahttps://[a-z]{1,8}\.example/[a-z0-9]{0,8}\Z"),
    names,
    st.sampled_from(["", "https://site.example/"]),
    st.lists(names, max_size=3, unique=True).map(tuple),
)


@given(st.lists(feeds, max_size=6, unique_by=lambda feed: feed.url))
def test_what_is_written_is_read_back(given_feeds: list[OpmlFeed]) -> None:
    found = {feed.url: feed for feed in read_opml(write_opml(given_feeds, "List")).feeds}
    assert set(found) == {feed.url for feed in given_feeds}
    for feed in given_feeds:
        read = found[feed.url]
        assert (read.title, read.site_url, set(read.topics)) == (feed.title, feed.site_url, set(feed.topics))


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "XML"),
        (b"words", "XML|not OPML"),
        (b"<rss><channel/></rss>", "not OPML"),
        (b"<html><body>no</body></html>", "not OPML"),
        (b"<opml version='2.0'><head/></opml>", "without a body"),
    ],
)
def test_what_is_no_opml_is_refused_in_words(body: bytes, words: str) -> None:
    with pytest.raises(OpmlError, match=words):
        read_opml(body)


def test_a_bare_ampersand_and_a_missing_end_lose_no_feed() -> None:
    body = b'<opml><body><outline text="R&D" xmlUrl="https://a.example/?x=1&y=2"/><outline text="B" xmlUrl="https://b.example/"/>'
    assert len(read_opml(body).feeds) == 2


def test_external_entities_are_not_opened(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("secret words")
    body = f"""<!DOCTYPE opml [<!ENTITY x SYSTEM "file://{secret}">]>
      <opml><head><title>&x;</title></head><body><outline text="a&x;" xmlUrl="https://a.example/"/></body></opml>"""
    found = read_opml(body.encode())
    assert "secret" not in found.title + "".join(feed.title for feed in found.feeds)


def test_entities_do_not_multiply() -> None:
    levels = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
    body = f'<!DOCTYPE opml [<!ENTITY e0 "ha">{levels}]><opml><head><title>&e9;</title></head><body/></opml>'
    try:
        title = read_opml(body.encode()).title
    except OpmlError:
        title = ""
    assert len(title) < 1_000


def test_a_deep_nest_of_folders_is_read() -> None:
    body = "<opml><body>" + '<outline text="f">' * 200 + '<outline xmlUrl="https://a.example/"/>' + "</outline>" * 200
    assert [feed.url for feed in read_opml(f"{body}</body></opml>".encode()).feeds] == ["https://a.example/"]
