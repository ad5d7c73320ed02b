"""What holds of reading pages: text, facts, verdicts, and whatever comes instead of a page."""

import gzip
import json
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.news.made_pages import SENTENCE, URL, article, page, read
from tracker.news import maintext, pages
from tracker.news.pages import PageError, read_page
from tracker.news.types import ParsedPage, Verdict

PAGES = Path(__file__).parent.parent / "data" / "pages"


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


def test_a_byline_and_a_date_below_the_lead_are_not_part_of_the_text() -> None:
    lead = "<p>The maker of a model has to keep what it logged until the appeal is decided.</p>"
    above = lead + "<p>posted on February 4, 2025, at 11:29 a.m.</p>"
    found = read(article(above=above, head='<meta name="date" content="2025-02-04">'))
    assert "posted on" not in found.text
    assert found.text.startswith("The maker of a model")


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
