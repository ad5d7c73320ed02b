"""The demonstration's origin over real HTTP: validators, compression, redirects, charsets, changes."""

import gzip
import json
import re
import socket
import subprocess
import sys
import time
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

import feedparser
import pytest
import trafilatura

from tests.demo.conftest import Client, Clock, serve
from tracker import demo
from tracker.demo.origin import Origin, accepts_gzip

FEEDS = [(outlet.feed_target or outlet.feed_path) for outlet in demo.outlets()]
PAGES = [article for article in demo.articles() if article.behaviour == "page"]
OUTLETS = {outlet.slug: outlet for outlet in demo.outlets()}
CHANGING = [article.key for article in demo.articles() if article.later_paragraphs]


def decoded(article: demo.DemoArticle, body: bytes) -> str:
    return body.decode(OUTLETS[article.outlet].charset)


# ------------------------------------------------------------------ feeds
@pytest.mark.parametrize("outlet", demo.outlets(), ids=lambda outlet: outlet.slug)
def test_each_feed_parses_and_carries_every_article_of_its_outlet(demo_origin: Client, outlet: demo.DemoOutlet) -> None:
    answer = demo_origin.get(outlet.feed_target or outlet.feed_path)
    own = [article for article in demo.articles() if article.outlet == outlet.slug]
    assert answer.status == 200
    if outlet.format == "json":
        feed = json.loads(answer.body)
        assert answer.headers["content-type"] == "application/feed+json"
        assert feed["version"] == "https://jsonfeed.org/version/1.1"
        assert feed["title"] == outlet.name
        found = [(item["title"], item["url"]) for item in feed["items"]]
        assert all(isinstance(item["id"], str) and item["content_text"] for item in feed["items"])
        ids = [item["id"] for item in feed["items"]]
    else:
        parsed = feedparser.parse(answer.body, response_headers=answer.headers)
        assert not parsed.bozo, parsed.get("bozo_exception")
        assert parsed.version == {"rss": "rss20", "rdf": "rss10", "atom": "atom10"}[outlet.format]
        assert parsed.feed.title == outlet.name
        found = [(entry.title, entry.link) for entry in parsed.entries]
        ids = [entry.id for entry in parsed.entries]
        assert all(entry.summary and (entry.get("published_parsed") or entry.updated_parsed)
                   for entry in parsed.entries)  # fmt: skip
    assert found == [(article.title, demo_origin.base + article.link_path) for article in own]
    assert len(set(ids)) == len(ids)


def test_the_feeds_use_at_least_four_charsets_between_them() -> None:
    assert len({outlet.feed_charset for outlet in demo.outlets()}) >= 4


def test_every_link_of_every_feed_is_answered(demo_origin: Client) -> None:
    wanted = {"page": 200, "paywall": 200, "empty": 200, "gone": 410}
    for article in demo.articles():
        answer = demo_origin.get(article.link_path)
        if article.redirect:
            assert answer.status == article.redirect
            assert answer.headers["location"] == article.path
            answer = demo_origin.get(article.path)
        assert answer.status == wanted[article.behaviour], article.key


# ------------------------------------------------------------------ conditional requests
@pytest.mark.parametrize("path", [*FEEDS, "/", PAGES[0].path])
def test_either_validator_alone_gets_a_304_with_validators_and_no_body(demo_origin: Client, path: str) -> None:
    first = demo_origin.get(path)
    assert parsedate_to_datetime(first.headers["last-modified"])
    for validators in (
        {"If_None_Match": first.headers["etag"]},
        {"If_None_Match": f'"other", W/{first.headers["etag"]}'},
        {"If_Modified_Since": first.headers["last-modified"]},
    ):
        again = demo_origin.get(path, **validators)
        assert (again.status, again.body) == (304, b"")
        assert again.headers["etag"] == first.headers["etag"]
        assert again.headers["last-modified"] == first.headers["last-modified"]


def test_a_wrong_etag_beats_a_current_date(demo_origin: Client) -> None:
    first = demo_origin.get(FEEDS[0])
    again = demo_origin.get(FEEDS[0], If_None_Match='"other"', If_Modified_Since=first.headers["last-modified"])
    assert (again.status, again.body) == (200, first.body)


@pytest.mark.parametrize("date", ["Wed, 01 Jan 1997 00:00:00 GMT", "yesterday", ""])
def test_an_older_or_unreadable_date_gets_the_whole_body(demo_origin: Client, date: str) -> None:
    assert demo_origin.get(FEEDS[0], If_Modified_Since=date).status == 200


def test_head_answers_like_get_without_a_body(demo_origin: Client) -> None:
    get, head = demo_origin.get(FEEDS[0]), demo_origin.get(FEEDS[0], method="HEAD")
    assert (head.status, head.body) == (200, b"")
    assert head.headers["etag"] == get.headers["etag"]
    assert head.headers["content-length"] == str(len(get.body))


# ------------------------------------------------------------------ compression
def test_gzip_is_sent_where_accepted_and_has_an_etag_of_its_own(demo_origin: Client) -> None:
    plain = demo_origin.get(FEEDS[0])
    zipped = demo_origin.get(FEEDS[0], Accept_Encoding="gzip, deflate")
    assert "content-encoding" not in plain.headers
    assert zipped.headers["content-encoding"] == "gzip"
    assert gzip.decompress(zipped.body) == plain.body
    assert zipped.headers["etag"] != plain.headers["etag"]
    assert zipped.headers["vary"] == "Accept-Encoding"
    known = demo_origin.get(FEEDS[0], Accept_Encoding="gzip", If_None_Match=plain.headers["etag"])
    assert known.status == 304


@pytest.mark.parametrize(
    ("header", "accepted"),
    [("", False), ("gzip", True), ("GZIP;q=0.5", True), ("gzip;q=0", False), ("*", True), ("br", False),
     ("gzip;q=0, *", False), ("gzip;q=high", False)],
)  # fmt: skip
def test_accept_encoding_is_read_as_the_rfc_says(header: str, accepted: bool) -> None:
    assert accepts_gzip(header) is accepted


# ------------------------------------------------------------------ redirects, absences, oddities
def test_one_feed_moved_for_good_and_leads_to_a_feed(demo_origin: Client) -> None:
    moved = [outlet for outlet in demo.outlets() if outlet.feed_target]
    assert len(moved) == 1
    answer = demo_origin.get(moved[0].feed_path)
    assert (answer.status, answer.headers["location"]) == (301, moved[0].feed_target)


def test_an_unknown_address_is_404_and_another_method_405(demo_origin: Client) -> None:
    assert demo_origin.get("/wire/2025/01/no-such-article").status == 404
    assert demo_origin.get("/", method="POST").status == 405


def test_no_answer_sets_a_cookie(demo_origin: Client) -> None:
    for path in [*FEEDS, "/", PAGES[0].path, "/nothing"]:
        assert "set-cookie" not in demo_origin.get(path).headers


def test_robots_txt_allows_the_articles(demo_origin: Client) -> None:
    answer = demo_origin.get("/robots.txt")
    assert answer.headers["content-type"].startswith("text/plain")
    assert b"User-agent: *\nAllow: /\n" in answer.body


def test_the_front_page_and_each_home_page_announce_feeds(demo_origin: Client) -> None:
    front = demo_origin.get("/").body.decode()
    listed = json.loads(demo_origin.get("/index.json").body)["outlets"]
    assert [row["slug"] for row in listed] == [outlet.slug for outlet in demo.outlets()]
    for outlet, row in zip(demo.outlets(), listed, strict=True):
        assert outlet.home_path in front
        assert row["feed_url"] == demo_origin.base + outlet.feed_path
        home = demo_origin.get(outlet.home_path).body.decode()
        assert f'<link rel="alternate" type="{feed_type(outlet)}"' in home
        assert f'href="{outlet.feed_path}"' in home
        assert demo_origin.get(outlet.home_path.rstrip("/")).status == 301


def feed_type(outlet: demo.DemoOutlet) -> str:
    kinds = {"rss": "rss+xml", "rdf": "rdf+xml", "atom": "atom+xml", "json": "feed+json"}
    return f"application/{kinds[outlet.format]}"


# ------------------------------------------------------------------ pages
@pytest.mark.parametrize("article", PAGES, ids=lambda article: article.key)
def test_a_page_declares_the_demonstration_and_reads_back_word_for_word(
    demo_origin: Client, article: demo.DemoArticle
) -> None:
    """The words survive charset, markup and boilerplate: trafilatura, told nothing, returns the paragraphs."""
    answer = demo_origin.get(article.path)
    html = decoded(article, answer.body)
    assert "Demonstration article: written for the demonstration newsroom" in html
    assert f"By <span class=\"author\">{article.byline}</span>" in html  # fmt: skip
    header = answer.headers["content-type"]
    charset = header.partition("charset=")[2]
    text = trafilatura.extract(answer.body.decode(charset) if charset else answer.body)
    assert text is not None
    assert text.split("\n")[-len(article.paragraphs) :] == list(article.paragraphs)


@pytest.mark.parametrize("declares", ["header", "meta", "both"])
def test_the_charset_is_declared_where_the_outlet_declares_it(demo_origin: Client, declares: str) -> None:
    article = next(page for page in PAGES if OUTLETS[page.outlet].declares == declares)
    charset = OUTLETS[article.outlet].charset
    answer = demo_origin.get(article.path)
    assert ("charset=" in answer.headers["content-type"]) is (declares != "meta")
    assert (f'<meta charset="{charset}">'.encode() in answer.body) is (declares != "header")


def test_pages_come_in_three_charsets_with_bytes_that_tell_them_apart(demo_origin: Client) -> None:
    seen = set()
    for article in PAGES:
        body = demo_origin.get(article.path).body
        charset = OUTLETS[article.outlet].charset
        if any(byte > 127 for byte in body.partition(b"<article>")[2].partition(b"</article>")[0]):
            seen.add(charset)
    assert seen == {"utf-8", "windows-1252", "iso-8859-1"}


def test_metadata_comes_in_four_habits(demo_origin: Client) -> None:
    marks = {
        "json-ld": '"@type": "NewsArticle"',
        "opengraph": 'property="article:published_time"',
        "meta": '<meta name="date"',
        "byline": "<time datetime=",
    }
    assert {outlet.metadata for outlet in demo.outlets()} == set(marks)
    for habit, mark in marks.items():
        article = next(page for page in PAGES if OUTLETS[page.outlet].metadata == habit)
        html = decoded(article, demo_origin.get(article.path).body)
        assert mark in html
        assert ("og:title" in html) is (habit in {"json-ld", "opengraph"})
        if habit == "byline":
            assert "canonical" not in html


def test_json_ld_is_json_and_says_whether_the_page_is_free(demo_origin: Client) -> None:
    for article in demo.articles():
        if OUTLETS[article.outlet].metadata != "json-ld" or article.behaviour in {"gone", "empty"}:
            continue
        html = decoded(article, demo_origin.get(article.path).body)
        match = re.search(r'<script type="application/ld\+json">(.*?)</script>', html, re.DOTALL)
        assert match
        data = json.loads(match[1])
        assert data["headline"] == article.title
        assert data["isAccessibleForFree"] is (article.behaviour != "paywall")


def test_wire_copies_stand_at_several_outlets_with_and_without_a_canonical_link(demo_origin: Client) -> None:
    copies = [article for article in PAGES if article.copy_of]
    paths = {article.key: article.path for article in demo.articles()}
    pointing = 0
    for copy in copies:
        html = decoded(copy, demo_origin.get(copy.path).body)
        points = f'<link rel="canonical" href="{demo_origin.base}{paths[str(copy.copy_of)]}">' in html
        assert points is (copy.canonical and OUTLETS[copy.outlet].metadata != "byline")
        pointing += points
    assert len(copies) >= 3
    assert 0 < pointing < len(copies)


def test_variants_of_a_url_carry_tracking_parameters_and_show_the_same_page(demo_origin: Client) -> None:
    tracked = [page for page in PAGES if urlsplit(page.link_path).query]
    assert tracked
    for article in tracked[:3]:
        assert demo_origin.get(article.link_path).body == demo_origin.get(article.path).body


def test_odd_pages_are_there_once_each(demo_origin: Client) -> None:
    odd = {article.behaviour: article for article in demo.articles() if article.behaviour != "page"}
    assert set(odd) == {"gone", "empty", "paywall"}
    assert demo_origin.get(odd["empty"].path).body == b""
    gone = demo_origin.get(odd["gone"].path)
    assert gone.status == 410
    assert "etag" not in gone.headers
    assert b"Demonstration newsroom" in gone.body
    stub = decoded(odd["paywall"], demo_origin.get(odd["paywall"].path).body)
    assert "Subscribe to go on reading" in stub
    assert "Demonstration article" in stub
    assert odd["paywall"].paragraphs[0].split("’")[0].split("'")[0] in stub
    assert odd["paywall"].paragraphs[-1] not in stub


def test_one_page_lies_behind_a_permanent_and_one_behind_a_temporary_redirect() -> None:
    assert sorted(article.redirect for article in demo.articles() if article.redirect) == [301, 302]


# ------------------------------------------------------------------ change
@pytest.mark.parametrize("key", CHANGING)
def test_an_article_that_changes_later_changes_once_with_new_validators(key: str) -> None:
    article = next(article for article in demo.articles() if article.key == key)
    feed_path = OUTLETS[article.outlet].feed_path
    clock = Clock()
    with serve(Origin(change_after=600, clock=clock)) as client:
        before, feed = client.get(article.path), client.get(feed_path)
        clock.now += 599
        assert client.get(article.path, If_None_Match=before.headers["etag"]).status == 304
        clock.now += 1
        after = client.get(article.path, If_None_Match=before.headers["etag"])
        assert after.status == 200
        for path, first in ((article.path, before), (feed_path, feed)):
            for validator in (
                {"If_None_Match": first.headers["etag"]},
                {"If_Modified_Since": first.headers["last-modified"]},
            ):
                assert client.get(path, **validator).status == 200
        clock.now += 3600
        assert client.get(article.path, If_None_Match=after.headers["etag"]).status == 304
    assert article.later_paragraphs[-1] in decoded(article, after.body)
    assert article.later_paragraphs[-1] not in decoded(article, before.body)
    assert article.later_at is not None
    assert f'"dateModified": "{article.later_at.isoformat()}"' in decoded(article, after.body)


def test_a_restart_that_counts_from_the_first_start_keeps_the_changed_page() -> None:
    article = next(article for article in demo.articles() if article.later_paragraphs)
    clock = Clock()
    with serve(Origin(change_after=600, started=clock.now - 601, clock=clock)) as client:
        assert article.later_paragraphs[-1] in decoded(article, client.get(article.path).body)


# ------------------------------------------------------------------ the command
def test_the_module_serves_quietly_until_it_is_told_to_stop() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "tracker.demo.origin", "--host", "127.0.0.1", "--port", str(port)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:
        try:
            assert wait_for(port)
            assert Client(port).get("/wire/feed.xml").status == 200
        finally:
            process.terminate()
            output, _ = process.communicate(timeout=15)
    assert (process.returncode, output) == (0, b"")


def test_the_newsroom_needs_no_django() -> None:
    program = "import sys, tracker.demo.origin; sys.exit('django' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def wait_for(port: int) -> bool:
    for _ in range(100):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return True
        except OSError:
            time.sleep(0.1)
    return False
