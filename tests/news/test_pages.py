"""What holds of reading pages: text, facts, verdicts, and whatever comes instead of a page."""

import gzip
import json
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracker.news import maintext, pages
from tracker.news.pages import PageError, read_page
from tracker.news.types import DateSource, ParsedPage, Verdict

PAGES = Path(__file__).parent.parent / "data" / "pages"
URL = "https://gazette.example/2025/02/x"
SENTENCE = "The court said on Tuesday that the maker of the model must keep its logs until the case is over. "


def page(body: str = "", head: str = "", lang: str = "en") -> bytes:
    return f'<!doctype html><html lang="{lang}"><head>{head}</head><body>{body}</body></html>'.encode()


def article(title: str = "Court keeps the logs", above: str = "", head: str = "", paragraphs: int = 6) -> bytes:
    text = "".join(f"<p>{SENTENCE} Paragraph {n} says so once more, in other words.</p>" for n in range(paragraphs))
    return page(f"<article><h1>{title}</h1>{above}{text}</article>", head=head or f"<title>{title}</title>")


def read(body: bytes, url: str = URL, content_type: str = "") -> ParsedPage:
    return read_page(body, url, content_type)


def as_expected(found: ParsedPage) -> dict[str, Any]:
    return {
        "verdict": found.verdict,
        "reason": found.reason,
        "title": found.title,
        "authors": list(found.authors),
        "published": found.published and found.published.isoformat(),
        "published_is_day": found.published_is_day,
        "published_source": found.published_source,
        "canonical_url": found.canonical_url,
        "language": found.language,
        "description": found.description,
        "site_name": found.site_name,
        "free_access": found.free_access,
        "extractor": found.extractor,
        "text": found.text.split("\n"),
    }


@pytest.mark.parametrize("path", sorted(PAGES.glob("*.html")), ids=lambda path: path.stem)
def test_a_page_is_read_as_the_file_beside_it_says(path: Path) -> None:
    expected = json.loads(path.with_suffix(".expected.json").read_text(encoding="utf-8"))
    assert as_expected(read(path.read_bytes())) == expected


def test_the_same_bytes_give_the_same_page() -> None:
    for path in PAGES.glob("*.html"):
        body = path.read_bytes()
        assert read(body) == read(body)


# ------------------------------------------------------------------ what is no page
@pytest.mark.parametrize(
    ("body", "content_type", "words"),
    [
        (b"", "", "empty"),
        (b" \r\n\t\0", "text/html", "empty"),
        (b"%PDF-1.7\n...", "text/html", "a PDF"),
        (b"\x89PNG\r\n\x1a\n", "", "a PNG image"),
        (b"\xff\xd8\xff\xe0", "text/html", "a JPEG image"),
        (b"GIF89a", "", "a GIF image"),
        (b"PK\x03\x04", "", "a ZIP archive"),
        (b'{"a": "<p>b</p>"}', "application/json", "JSON"),
        (b"[1, 2]", "", "JSON"),
        (
            b'<?xml version="1.0"?><rss><channel><item><description>&lt;p>x</description></item></channel></rss>',
            "",
            "a feed",
        ),
        (b"<feed xmlns='http://www.w3.org/2005/Atom'><title>x</title></feed>", "", "a feed"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"><path d="M0"/></svg>', "", "an SVG image"),
        (b"just words, no page", "text/plain", "no HTML element"),
        (b"\x00\x01\x02\xff" * 10, "image/webp", "image/webp"),
        (b"\x1f\x8bdamaged", "", "cannot be unpacked"),
    ],
)
def test_what_is_no_page_is_refused_in_words(body: bytes, content_type: str, words: str) -> None:
    with pytest.raises(PageError, match=words):
        read(body, content_type=content_type)


def test_an_unknown_reader_is_refused() -> None:
    with pytest.raises(ValueError, match="trafilatura, newspaper4k"):
        read_page(article(), URL, reader="goose")


def test_a_page_that_was_stored_compressed_is_read() -> None:
    assert read(gzip.compress(article())).text == read(article()).text


@given(st.binary(max_size=300), st.sampled_from(["", "text/html; charset=utf-8", "text/html; charset=nonsense"]))
@settings(max_examples=150, deadline=None)
def test_any_bytes_give_a_page_or_a_page_error(body: bytes, content_type: str) -> None:
    for document in (body, b"<html><body><h1>" + body + b"</h1><p>" + body + b"</p></body></html>"):
        try:
            found = read(document, content_type=content_type)
        except PageError:
            continue
        f"{found.title}{found.text}{found.authors}{found.canonical_url}".encode()
        assert "\0" not in found.title + found.text


# ------------------------------------------------------------------ sizes
def test_an_overlong_page_is_cut_and_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "MAX_PAGE_BYTES", 3_000)
    found = read(article(paragraphs=100))
    assert found.is_article
    assert "Only the first 3,000" in found.warnings[0]


def test_too_many_elements_are_cut_and_said() -> None:
    began = time.process_time()
    found = read(article() + b"<i>x</i>" * 300_000)
    assert found.warnings == ("Only the first 100,000 elements were read.",)
    assert "Paragraph 5" in found.text
    assert time.process_time() - began < 20


@pytest.mark.parametrize("depth", [300, 1_500, 50_000])
def test_depth_costs_neither_words_nor_the_process(depth: int) -> None:
    body = page("<div>" * depth + "</div>" * depth + article().decode())
    assert "Paragraph 5" in read(body).text
    nested = page("<div>" * depth + f"<h1>Deep</h1><p>{SENTENCE * 5}</p>")
    assert SENTENCE.strip() in read(nested).text


# ------------------------------------------------------------------ text
def test_paragraphs_are_lines_and_quotes_are_verbatim() -> None:
    quote = "“We did  nothing\n wrong”, the company’s lawyer said — twice. "
    found = read(article(above=f"<p>{quote * 4}</p>"))
    lines = found.text.split("\n")
    assert all(line == line.strip() and line for line in lines)
    assert lines[0].startswith("“We did nothing wrong”, the company’s lawyer said — twice.")


def test_nothing_that_cannot_be_stored_is_in_the_text() -> None:
    body = article(above=f"<p>{SENTENCE}NUL \0 here, a lone surrogate &#xD800; and a bell \x07 there.</p>")
    found = read(body)
    assert not set("\0\x07\ud800") & set(found.text)
    assert "bell there" in found.text.replace("  ", " ")


def test_a_title_and_a_byline_above_the_text_are_not_part_of_it() -> None:
    byline = '<p class="byline">By Ana Example, 4 February 2025</p>'
    found = read(article(above=byline, head='<meta name="author" content="Ana Example">'))
    assert found.text.startswith("The court said")


def test_calls_below_the_text_are_not_part_of_it() -> None:
    body = article().replace(b"</article>", b"<p>Read more: another story</p><p>Share this article</p></article>")
    assert read(body).text.endswith("in other words.")


def test_newspaper_takes_over_where_trafilatura_finds_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(maintext, "_by_trafilatura", lambda *_: "")
    found = read(article())
    assert (found.extractor, found.is_article) == ("newspaper4k", True)
    assert "Paragraph 3" in found.text


def test_newspaper_can_be_chosen_first() -> None:
    found = read_page(article(), URL, reader="newspaper4k")
    assert found.extractor == "newspaper4k"
    assert found.extractor_version.endswith(f"+{maintext.REVISION}")


def test_an_extractor_that_fails_costs_no_page(monkeypatch: pytest.MonkeyPatch) -> None:
    import trafilatura

    def fail(*_: object, **__: object) -> str:
        raise RecursionError("too deep")

    monkeypatch.setattr(trafilatura, "extract", fail)
    assert read(article()).extractor == "newspaper4k"


def test_a_stated_body_decides_what_belongs_to_the_text() -> None:
    paragraphs = [f"{SENTENCE}Paragraph {n} says so." for n in range(6)]
    stated = json.dumps({"@type": "NewsArticle", "headline": "Court", "articleBody": "\n".join(paragraphs)})
    junk = "<p>Our editors pick the five stories that matter most to readers every morning before breakfast here.</p>"
    body = page(
        "<div><h1>Court</h1>" + "".join(f"<p>{text}</p>" for text in paragraphs) + junk + "</div>",
        head=f'<script type="application/ld+json">{stated}</script>',
    )
    assert read(body).text == "\n".join(paragraphs)


def test_the_stated_body_of_a_paid_page_is_not_used() -> None:
    stated = json.dumps({"@type": "NewsArticle", "isAccessibleForFree": False, "articleBody": SENTENCE * 50})
    body = page(
        f"<article><h1>Court</h1><p>{SENTENCE}</p><p>Subscribe to continue reading.</p></article>",
        head=f'<script type="application/ld+json">{stated}</script>',
    )
    found = read(body)
    assert (found.verdict, found.free_access) == (Verdict.PAYWALL, False)
    assert len(found.text) < 2 * len(SENTENCE)


# ------------------------------------------------------------------ facts
@pytest.mark.parametrize(
    ("head", "heading", "title"),
    [
        ("<title>Court keeps the logs | Gazette</title>", "", "Court keeps the logs"),
        ("<title>Court keeps the logs - Courts - Gazette</title>", "", "Court keeps the logs"),
        (
            "<title>Gazette: Court keeps the logs of a model</title>",
            "Court keeps the logs of a model",
            "Court keeps the logs of a model",
        ),
        ("<title>Court – a chronology | gazette.example</title>", "", "Court – a chronology"),
        ("<title>Q&amp;amp;A: the court and the logs</title>", "", "Q&A: the court and the logs"),
        ("<title>Court keeps…</title>", "Court keeps the logs of the case", "Court keeps the logs of the case"),
        ("<title>x</title>", "Court <span>keeps</span> the<br>logs", "Court keeps the logs"),
        (
            '<title>G</title><meta property="og:title" content="Court keeps the logs">',
            "<img alt=logo>",
            "Court keeps the logs",
        ),
        ("<title>Court keeps the logs</title>", "Exclusive Court keeps the logs", "Court keeps the logs"),
        ("<title>AI – friend or foe? - The Gazette</title>", "AI – friend or foe?", "AI – friend or foe?"),
        ("", "Only a heading to be seen", "Only a heading to be seen"),
        (
            "<title>Ana's Notes » Court keeps the logs</title>",
            "</h1><h2>Court keeps the logs</h2><h1>",
            "Court keeps the logs",
        ),
        (
            '<title>Court keeps the logs of the case - Gazette</title><meta name="title" content="Court keeps…">',
            "Court keeps...",
            "Court keeps the logs of the case",
        ),
        (
            '<title>court-keeps-logs</title><meta property="og:title" content="court-keeps-logs">',
            "Court keeps the logs",
            "Court keeps the logs",
        ),
        (
            "<title>Courts: Who keeps the logs?</title>",
            '<span>Courts</span><span class="visually-hidden">: </span><span>Who keeps the logs?</span>',
            "Courts: Who keeps the logs?",
        ),
    ],
)
def test_the_title_is_the_headline_without_the_outlet(head: str, heading: str, title: str) -> None:
    site = '<meta property="og:site_name" content="Gazette">'
    assert read(page(f"<h1>{heading}</h1><p>{SENTENCE * 5}</p>", head=head + site)).title == title


@pytest.mark.parametrize(
    ("head", "above", "authors"),
    [
        ('<meta name="author" content="Ana Example">', "", ("Ana Example",)),
        ('<meta name="author" content="By Ana Example and Bo Example">', "", ("Ana Example", "Bo Example")),
        (
            '<meta name="author" content="Ana Example, Bo Example &amp; Cy Example">',
            "",
            ("Ana Example", "Bo Example", "Cy Example"),
        ),
        ('<meta name="author" content="Gazette">', "<p class=byline>By Ana Example</p>", ("Ana Example",)),
        ('<meta name="author" content="admin">', '<a rel="author" href="/ana">Ana Example</a>', ("Ana Example",)),
        ('<meta property="article:author" content="https://social.example/ana">', "", ()),
        ('<meta name="parsely-author" content="ANA EXAMPLE">', "", ("Ana Example",)),
        ("", "<div>By Ana Example, Chief Reporter</div>", ("Ana Example",)),
        ("", "<p>Words: Ana Example</p>", ("Ana Example",)),
        ("", "<p>Text by Ana Example, photos by Bo Example</p>", ("Ana Example",)),
        ("", '<span class="author-name">Von Ana Example</span>', ("Ana Example",)),
        ("", "<p>By Tuesday, the logs had gone.</p>", ()),
        ("", '<a rel="author" href="/ana">View all posts by Ana Example</a>', ("Ana Example",)),
        ("", '<div class="StoryByline">By <b>Ana Example</b></div>', ("Ana Example",)),
        (
            "",
            '<div class="related-stories"><a rel="author" href="/bo">Bo Example</a></div><p>By Ana Example</p>'
            '<a rel="author" href="/ana">Ana Example</a>',
            ("Ana Example",),
        ),
    ],
)
def test_authors_are_names(head: str, above: str, authors: tuple[str, ...]) -> None:
    site = '<meta property="og:site_name" content="Gazette">'
    assert read(article(above=above, head=head + site)).authors == authors


def test_a_reference_in_json_ld_is_followed_and_an_organisation_behind_it_gives_way_to_a_person() -> None:
    def head(author: object, *things: object) -> str:
        graph = [{"@type": "NewsArticle", "headline": "x", "author": author}, *things]
        return f'<script type="application/ld+json">{json.dumps({"@graph": graph})}</script>'

    person = {"@id": "#p", "@type": "Person", "name": "Ana Example"}
    wire = {"@id": "#w", "@type": "Organization", "name": "Wire Service"}
    assert read(article(head=head([{"@id": "#w"}, {"@id": "#p"}], person, wire))).authors == ("Ana Example",)
    assert read(article(head=head({"@id": "#w"}, wire))).authors == ("Wire Service",)
    assert read(article(head=head({"@id": "#w"}, wire), above="<p>By Bo Example</p>")).authors == ("Bo Example",)


@pytest.mark.parametrize(
    ("author", "authors"),
    [
        ({"@type": "Person", "name": "Ana Example"}, ("Ana Example",)),
        ([{"name": "Ana Example"}, {"name": "Bo Example"}], ("Ana Example", "Bo Example")),
        ("Ana Example", ("Ana Example",)),
        (["Ana Example", "Bo Example"], ("Ana Example", "Bo Example")),
        ({"name": ["Ana Example", "Bo Example"]}, ("Ana Example", "Bo Example")),
        ([{"@type": "Organization", "name": "Wire"}, {"@type": "Person", "name": "Ana Example"}], ("Ana Example",)),
        ({"@type": "Organization", "name": "Other Wire"}, ("Other Wire",)),
        ({"@type": "Organization", "name": "Gazette"}, ()),
        ({"@type": "Person", "name": None}, ()),
        ('{ "@type": "Person", "name": "Ana Example" }', ("Ana Example",)),
        ({"@list": [{"name": "Ana Example"}, {"name": "Bo Example"}]}, ("Ana Example", "Bo Example")),
        ({"@type": "Person", "givenName": "Ana", "familyName": "Example"}, ("Ana Example",)),
        ({"@type": "Person", "name": "https://social.example/ana"}, ()),
        (17, ()),
    ],
)
def test_authors_in_json_ld_take_any_form(author: object, authors: tuple[str, ...]) -> None:
    thing = {"@type": "NewsArticle", "headline": "x", "author": author, "publisher": {"name": "Gazette"}}
    assert read(article(head=f'<script type="application/ld+json">{json.dumps(thing)}</script>')).authors == authors


def test_a_person_named_under_the_headline_comes_before_an_organisation_in_json_ld() -> None:
    thing = {"@type": "NewsArticle", "headline": "x", "author": {"@type": "Organization", "name": "Wire Service"}}
    head = f'<script type="application/ld+json">{json.dumps(thing)}</script>'
    assert read(article(head=head, above="<p>By Ana Example</p>")).authors == ("Ana Example",)
    elsewhere = '<div class="teaser"><a rel="author" href="/bo">Bo Example</a></div>'
    assert read(article(head=head).replace(b"</article>", f"</article>{elsewhere}".encode())).authors != ()
    assert read(article(head=head)).authors == ("Wire Service",)


def test_the_date_of_an_embedded_post_is_not_the_pages() -> None:
    embedded = '<blockquote class="embed"><time datetime="2018-03-12T19:30:12+00:00">12 March</time></blockquote>'
    found = read(article(above=f"{embedded}<p>Published 4 February 2025</p>"), url="https://gazette.example/x")
    assert found.published is not None
    assert found.published.date().isoformat() == "2025-02-04"


@pytest.mark.parametrize(
    "above",
    [
        '<time datetime="2025-02-04T10:00:00Z">4 Feb</time><p>Text</p><time pubdate datetime="2026-03-01">x</time>',
        '<time datetime="2025-02-01">x</time><time class="published" datetime="2025-02-04">y</time>',
        '<time datetime="2025-03-09T10:18:46Z">Published 4 February 2025</time>',
        '<ul class="facts"><li><b>Date</b> 04.02.2025</li></ul>',
    ],
)
def test_the_first_date_below_the_headline_counts_as_readers_see_it(above: str) -> None:
    spread = "<p>word</p><p>word</p>" if "pubdate" in above else ""
    body = article(above=above.replace("<p>Text</p>", spread * 2 + '<time datetime="2026-01-01">a</time>' * 2))
    found = read(body, url="https://gazette.example/x")
    assert found.published is not None
    assert found.published.date().isoformat() == "2025-02-04"


def test_a_byline_and_a_date_below_the_lead_are_not_part_of_the_text() -> None:
    lead = "<p>The maker of a model has to keep what it logged until the appeal is decided.</p>"
    above = lead + "<p>posted on February 4, 2025, at 11:29 a.m.</p>"
    found = read(article(above=above, head='<meta name="date" content="2025-02-04">'))
    assert "posted on" not in found.text
    assert found.text.startswith("The maker of a model")


@pytest.mark.parametrize(
    ("head", "above", "day", "source"),
    [
        (
            '<meta property="article:published_time" content="2025-02-04T23:30:00-05:00">',
            "",
            "2025-02-04",
            DateSource.META,
        ),
        ('<meta name="date" content="20250204">', "", "2025-02-04", DateSource.META),
        ('<meta name="pubdate" content="Feb 4, 2025 11:30 PM">', "", "2025-02-04", DateSource.META),
        (
            '<meta name="dc.date" content="nonsense"><meta name="date" content="4 février 2025">',
            "",
            "2025-02-04",
            DateSource.META,
        ),
        ("", '<time datetime="2025-02-04T08:00:00Z">Tuesday</time>', "2025-02-04", DateSource.TIME),
        (
            "",
            '<time class="updated" datetime="2025-02-09">now</time><time datetime="2025-02-04">x</time>',
            "2025-02-04",
            DateSource.TIME,
        ),
        ("", "<p>4 February 2025</p>", "2025-02-04", DateSource.TEXT),
        ("", "<ul><li>Published</li><li>4 February 2025</li></ul>", "2025-02-04", DateSource.TEXT),
        (
            "",
            "<dl><dt>Last updated</dt><dd>9 February 2025</dd><dt>Published:</dt><dd>4 February 2025</dd></dl>",
            "2025-02-04",
            DateSource.TEXT,
        ),
        (
            "",
            "<p>w</p>" * 80 + "<p>9 January 2025</p><dl><dt>Published</dt><dd>4 February 2025</dd></dl>",
            "2025-02-04",
            DateSource.TEXT,
        ),
        ("", "<p>Updated 9 February 2025</p><p>Published: February 4th, 2025</p>", "2025-02-04", DateSource.TEXT),
        ("", "<span>04.02.2025, 08:15 Uhr</span>", "2025-02-04", DateSource.TEXT),
    ],
)
def test_the_day_of_publication_is_the_page_s_own(head: str, above: str, day: str, source: DateSource) -> None:
    found = read(article(head=head, above=above), url="https://gazette.example/story")
    assert found.published is not None
    assert (found.published.date().isoformat(), found.published_source) == (day, source)


def test_a_date_in_the_url_is_used_where_the_page_has_none() -> None:
    found = read(article(), url="https://gazette.example/2025/02/04/logs")
    assert (found.published_raw, found.published_source, found.published_is_day) == ("2025-02-04", DateSource.URL, True)


def test_an_undated_page_has_no_date() -> None:
    found = read(article(), url="https://gazette.example/story")
    assert (found.published, found.published_source) == (None, DateSource.NONE)


@pytest.mark.parametrize(
    ("head", "url", "canonical"),
    [
        ('<link rel="canonical" href="/a?utm_source=x&amp;id=3#top">', URL, "https://gazette.example/a?id=3"),
        ('<meta property="og:url" content="https://gazette.example/b">', URL, "https://gazette.example/b"),
        ('<link rel="canonical" href="https://gazette.example/">', URL, URL),
        ('<link rel="canonical" href="javascript:alert(1)">', URL, URL),
        ('<link rel="canonical" href="">', URL + "?fbclid=1", URL),
        ('<link rel="canonical" href="https://origin.example/story">', URL, "https://origin.example/story"),
        ("", "", ""),
    ],
)
def test_the_canonical_url_is_the_page_s_word_cleaned(head: str, url: str, canonical: str) -> None:
    assert read(article(head=head + "<title>x</title>"), url=url).canonical_url == canonical


@pytest.mark.parametrize(
    ("lang", "head", "language"),
    [
        ("en-us", "", "en-US"),
        ("pt_BR", "", "pt-BR"),
        ("zh-Hans-CN", "", "zh-Hans-CN"),
        ("", '<meta property="og:locale" content="de_DE">', "de-DE"),
        ("und", '<meta http-equiv="content-language" content="fr">', "fr"),
        ("", "", "en"),
    ],
)
def test_the_language_is_stated_or_recognised(lang: str, head: str, language: str) -> None:
    body = article(head=head + "<title>x</title>").replace(b'lang="en"', f'lang="{lang}"'.encode())
    assert read(body).language == language


@pytest.mark.parametrize(
    ("value", "free"), [(True, True), ("False", False), ("http://schema.org/False", False), (None, None), ("?", None)]
)
def test_free_access_is_read(value: object, free: bool | None) -> None:
    thing = json.dumps({"@type": "NewsArticle", "headline": "x", "isAccessibleForFree": value})
    assert read(article(head=f'<script type="application/ld+json">{thing}</script>', paragraphs=20)).free_access is free


@pytest.mark.parametrize(
    "script",
    ["{", '{"@graph": 3}', "null", '[[[{"@type": []}]]]', "<!-- {} -->", '{"@type": "NewsArticle",}', "[" * 5000],
)
def test_broken_json_ld_costs_nothing(script: str) -> None:
    found = read(
        article(head=f'<title>Court keeps the logs</title><script type="application/ld+json">{script}</script>')
    )
    assert (found.title, found.is_article) == ("Court keeps the logs", True)


# ------------------------------------------------------------------ verdicts
def test_a_long_text_is_an_article_whatever_it_speaks_of() -> None:
    words = "verify you are human, we value your privacy, accept all, subscribe to continue reading, page not found. "
    found = read(page(f"<article><h1>Page not found: a history</h1><p>{(SENTENCE + words) * 8}</p></article>"))
    assert found.verdict is Verdict.ARTICLE


def test_a_short_text_is_an_article_where_the_page_says_so() -> None:
    short = f"<article><h1>Court keeps the logs</h1><p>{SENTENCE}</p></article>"
    assert read(page(short)).verdict is Verdict.NOT_AN_ARTICLE
    assert read(page(short, head='<meta property="og:type" content="article">')).verdict is Verdict.ARTICLE


@pytest.mark.parametrize("name", ["bot-wall", "consent", "empty", "script-only", "front-page", "not-found"])
def test_boilerplate_is_not_given_out_as_text(name: str) -> None:
    found = read((PAGES / f"{name}.html").read_bytes())
    assert found.text == ""
    assert found.reason
