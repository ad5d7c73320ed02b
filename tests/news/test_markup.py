"""What holds of text hygiene."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.news import markup


@given(st.text())
def test_cleaned_text_can_be_stored(text: str) -> None:
    cleaned = markup.clean(text + "\0\ud800\x0b")
    cleaned.encode("utf-8")
    assert not re.search("[\0-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]", cleaned)
    assert markup.clean(cleaned) == cleaned


@given(st.text(), st.integers(2, 50))
def test_a_line_is_one_line_and_no_longer_than_asked(text: str, limit: int) -> None:
    line = markup.one_line(text, limit)
    assert len(line) <= limit
    assert line == " ".join(line.split())


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>One</p><p>two</p>", "One two"),
        ("a<b>b</b>c", "abc"),
        ("1 < 2 &amp; 3 > 2", "1 < 2 & 3 > 2"),
        ("&amp;lt;b&amp;gt;", "&lt;b&gt;"),
        ("x<script>alert('<p>')</script>y", "x y"),
        ("<!-- no -->yes", "yes"),
        ("I <3 this", "I <3 this"),
        ("<![CDATA[Words]]>", "Words"),
        ("<![CDATA[Words [1]]]", "Words [1]"),
        ("a[b[1]] > c", "a[b[1]] > c"),
    ],
)
def test_markup_becomes_plain_text(html: str, text: str) -> None:
    assert markup.plain(html) == text


def test_a_section_inside_another_loses_no_word() -> None:
    assert markup.sanitise("<p>One <![CDATA[two <b>three</b>]]> four</p>") == "<p>One two <b>three</b> four</p>"


@given(st.text(st.sampled_from('<>/"=&; abspscriptonhref:javx\0'), max_size=80))
def test_sanitised_markup_is_stable_and_holds_no_script(html: str) -> None:
    once = markup.sanitise(html, "https://a.example/")
    assert markup.sanitise(once, "https://a.example/") == once
    assert "<script" not in once.lower()
    assert not re.search(r"<[^>]+\son\w+=", once)


def test_a_cut_fragment_leaves_no_tag_open() -> None:
    assert markup.sanitise("<p>" + "words " * 100 + "</p>", limit=50).endswith("</p>")


def test_xhtml_breaks_are_not_doubled() -> None:
    assert markup.sanitise("a<br></br>b", xhtml=True) == "a<br>b"


@pytest.mark.parametrize("base", ["", "no base", "http://[bad"])
def test_a_base_that_is_none_is_no_error(base: str) -> None:
    assert "x" in markup.sanitise('<a href="/x">x</a>', base)


def test_plain_text_is_escaped_as_markup() -> None:
    assert markup.escape("1 < 2 & 'x'") == "1 &lt; 2 &amp; 'x'"
