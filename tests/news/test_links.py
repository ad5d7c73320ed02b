"""What holds of URLs: one form for one page, meaning kept, and the feeds that a page announces."""

from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tracker.news import links
from tracker.news.links import (
    announced_feeds,
    canonical_url,
    common_feeds,
    document_digest,
    is_public_http,
    request_url,
    resolve,
    web_link,
)


@pytest.mark.parametrize(
    ("url", "canonical"),
    [
        # RFC 3986, 6.2.2 and 6.2.3
        ("HTTP://EXAMPLE.com", "http://example.com/"),
        ("http://example.com:80/a", "http://example.com/a"),
        ("https://example.com:443", "https://example.com/"),
        ("http://example.com:443/", "http://example.com:443/"),
        ("http://example.com/a/./b/../c", "http://example.com/a/c"),
        ("http://example.com/../../a", "http://example.com/a"),
        ("http://example.com/%7euser/%c3%a9", "http://example.com/~user/%C3%A9"),
        ("http://example.com/a%2Fb", "http://example.com/a%2Fb"),
        ("http://example.com/a b", "http://example.com/a%20b"),
        ("http://example.com/100%", "http://example.com/100%25"),
        ("http://example.com/?", "http://example.com/"),
        ("http://example.com/a#part", "http://example.com/a"),
        ("http://example.com./a", "http://example.com/a"),
        # names beyond ASCII
        ("https://bücher.example/ä", "https://xn--bcher-kva.example/%C3%A4"),
        ("https://BÜCHER.example/", "https://xn--bcher-kva.example/"),
        # tracking goes, meaning stays
        ("http://example.com/a?utm_source=x&id=3&fbclid=y", "http://example.com/a?id=3"),
        ("http://example.com/a?UTM_Campaign=x", "http://example.com/a"),
        ("http://example.com/a?id=3", "http://example.com/a?id=3"),
        ("http://example.com/?p=17", "http://example.com/?p=17"),
        ("http://example.com/a?b=2&a=1&b=3", "http://example.com/a?b=2&a=1&b=3"),
        (
            "http://example.com/a?ref=main&source=x&lang=en&page=2",
            "http://example.com/a?ref=main&source=x&lang=en&page=2",
        ),
        ("http://example.com/a?q=utm_source", "http://example.com/a?q=utm_source"),
        ("http://example.com/a?flag", "http://example.com/a?flag"),
        ("http://example.com/A/?X=Y", "http://example.com/A/?X=Y"),
        ("https://www.theguardian.com/a?CMP=share", "https://www.theguardian.com/a"),
        ("https://example.com/a?cmp=share", "https://example.com/a?cmp=share"),
        # AMP
        ("https://www.google.com/amp/s/news.example/a", "https://news.example/a"),
        ("https://news-example.cdn.ampproject.org/c/s/news.example/a?x=1", "https://news.example/a?x=1"),
        ("https://news.example/a?amp=1&outputType=amp", "https://news.example/a"),
        ("https://news.example/a?amp=volts", "https://news.example/a?amp=volts"),
        # credentials are nobody's business
        ("http://user:secret@example.com/a", "http://example.com/a"),
    ],
)
def test_a_page_has_one_url(url: str, canonical: str) -> None:
    assert canonical_url(url) == canonical


@pytest.mark.parametrize(
    "url",
    [
        "",
        "example.com/a",
        "ftp://example.com/",
        "javascript:alert(1)",
        "http://",
        "http:///a",
        "http://[::1",
        "http://a:b/",
    ],
)
def test_what_is_no_web_address_has_no_canonical_form(url: str) -> None:
    assert canonical_url(url) == ""
    assert request_url(url) == ""


hosts = st.sampled_from(
    ["example.com", "EXAMPLE.com", "bücher.example", "example.com.", "127.0.0.1", "[::1]", "a_b.example"]
)
paths = st.text(st.characters(blacklist_categories=["Cs"]), max_size=30)


@given(
    st.sampled_from(["example.com", "www.google.com", "x-y.cdn.ampproject.org", "10.0.0.1"]),
    st.sampled_from(["", ":80", ":443", ":8080", ":65535", ":65536", ":08"]),
    st.text("aB1/.-_~:@!$&'()*+,;=?#%", max_size=12),
)
@settings(max_examples=400, deadline=None)
def test_the_short_way_to_a_canonical_url_is_the_long_way(host: str, port: str, path: str) -> None:
    for url in (f"https://{host}{port}/{path}", f"http://{host}{port}/amp/s/a.example/{path}"):
        assert links.canonical_url(url) == links._canonical(url)


@given(st.sampled_from(["http", "https", "HTTP"]), hosts, st.sampled_from(["", ":80", ":443", ":8080"]), paths, paths)
@example("http", "example.com", "", "//..//.", "&&a=b&utm_x")
@settings(max_examples=400, deadline=None)
def test_canonical_twice_is_canonical_once(scheme: str, host: str, port: str, path: str, query: str) -> None:
    once = canonical_url(f"{scheme}://{host}{port}/{path}?{query}")
    assert canonical_url(once) == once
    assert once == "" or once.isascii()


@given(st.dictionaries(st.from_regex(r"\A[a-z]{1,8}\Z"), st.text(max_size=8), max_size=5))
@settings(max_examples=200, deadline=None)
def test_a_parameter_on_no_list_is_kept(parameters: dict[str, str]) -> None:
    kept = {name: value for name, value in parameters.items() if not links.is_tracking(name, value, "example.com")}
    query = "&".join(f"{name}={quote(value, safe='')}" for name, value in parameters.items())
    found = urlsplit(canonical_url(f"https://example.com/?{query}")).query
    assert found.count("=") == len(kept)


def test_every_line_of_the_tracking_list_names_its_source() -> None:
    lines = (Path(links.__file__).parent / "data" / "tracking_parameters.tsv").read_text(encoding="utf-8").splitlines()
    rules = [line.split("\t") for line in lines if line and not line.startswith("#")]
    assert len(rules) > 60
    assert all(len(rule) == 3 and rule[0] and rule[2] for rule in rules)
    assert len({(name, host) for name, host, _ in rules}) == len(rules)


@pytest.mark.parametrize(
    ("url", "public"),
    [
        ("https://example.com/", True),
        ("http://8.8.8.8/", True),
        ("http://user@example.com/", False),
        ("http://localhost/", False),
        ("http://printer.local/", False),
        ("http://intranet/", False),
        ("http://127.0.0.1/", False),
        ("http://10.1.2.3/", False),
        ("http://[::1]/", False),
        ("http://[::ffff:10.0.0.1]/", False),
        ("http://2130706433/", False),
        ("http://0x7f.1/", False),
        ("http://127.1/", False),
        ("ftp://example.com/", False),
    ],
)
def test_a_public_address_is_told_by_its_text(url: str, public: bool) -> None:
    assert is_public_http(url) is public


@pytest.mark.parametrize(
    ("url", "wire"),
    [
        ("http://Example.com/a b?q=ü#x", "http://example.com/a%20b?q=%C3%BC"),
        ("http://example.com/%7Ea?utm_source=kept", "http://example.com/%7Ea?utm_source=kept"),
        ("http://example.com/a/../b", "http://example.com/a/../b"),
        ("http://u:p@example.com/", "http://u:p@example.com/"),
        ("  http://example.com/\n", "http://example.com/"),
    ],
)
def test_what_goes_on_the_wire_is_what_was_given(url: str, wire: str) -> None:
    assert request_url(url) == wire


@pytest.mark.parametrize(
    ("link", "absolute"),
    [
        ("/a", "https://site.example/a"),
        ("b?c=d", "https://site.example/dir/b?c=d"),
        ("//other.example/x", "https://other.example/x"),
        (" java\nscript:alert(1)", None),
        ("mailto:a@b.example", None),
        ("http://[bad", None),
        ("/" + "a" * 3_000, None),
    ],
)
def test_a_link_is_resolved_or_dropped(link: str, absolute: str | None) -> None:
    assert resolve("https://site.example/dir/page", link) == absolute


def test_a_page_announces_its_feeds() -> None:
    page = """<html><head><base href="https://site.example/news/">
      <link rel="stylesheet" href="a.css"><link rel="alternate" hreflang="de" href="/de">
      <link rel="ALTERNATE" type="application/rss+xml" title=" News " href="feed.xml">
      <link rel="alternate" type="application/atom+xml; charset=utf-8" href="/atom">
      <link rel="alternate" type="application/feed+json" href="https://site.example/feed.json">
      <link rel="alternate" type="application/rss+xml" href="javascript:alert(1)">
      <link rel="alternate" type="application/json+oembed" href="/oembed?x">
      <link rel="alternate" type="application/json" href="/wp-json/wp/v2/pages/1">
      <link rel="alternate" type="application/rss+xml" href="feed.xml"></head><body></body></html>"""
    found = announced_feeds(page, "https://site.example/")
    assert [(feed.url, feed.title) for feed in found] == [
        ("https://site.example/news/feed.xml", "News"),
        ("https://site.example/atom", ""),
        ("https://site.example/feed.json", ""),
    ]


@pytest.mark.parametrize("page", ["", "<", "just words", b"\xff\xfe\x00"])
def test_a_page_without_announcements_announces_nothing(page: str | bytes) -> None:
    assert announced_feeds(page, "https://site.example/") == ()


def test_common_paths_are_offered_as_guesses() -> None:
    found = common_feeds("https://site.example/a/b")
    assert all(feed.guessed and feed.url.startswith("https://site.example/") for feed in found)
    assert "https://site.example/feed/" in {feed.url for feed in found}


@pytest.mark.parametrize(
    ("url", "link", "digest"),
    [
        ("https://a.example/x", "https://a.example/x", ""),
        ("javascript:alert(1)", "", ""),
        ("https:///nobody", "", ""),
        ("https://[broken", "", ""),
        ("https://a.example/\x01", "", ""),
        ("urn:sha256:" + "ab" * 32, "", "ab" * 32),
    ],
)
def test_only_what_the_web_has_is_linked(url: str, link: str, digest: str) -> None:
    assert (web_link(url), document_digest(url)) == (link, digest)
