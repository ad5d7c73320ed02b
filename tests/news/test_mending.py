"""What holds of end tags that are put right."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.news.mending import mend_end_tags


@pytest.mark.parametrize(
    ("written", "mended"),
    [
        ("<title>a</titel><link>b</link>", "<title>a</title><link>b</link>"),
        ("<title>a<link>b</link>", "<title>a</title><link>b</link>"),
        ("<item><title>a</item><item>", "<item><title>a</title></item><item>"),
        ("<title><![CDATA[a</title><link>b</link>", "<title><![CDATA[a]]></title><link>b</link>"),
        ("<title type='text'>a</TITLE>", "<title type='text'>a</title>"),
        ("<description>a</b> c</description>", "<description>a</b> c</description>"),
        ("<description><p>a</b></description>", "<description><p>a</b></description>"),
        ("<![CDATA[<title>a</b>]]><!-- <title>a</b> -->", "<![CDATA[<title>a</b>]]><!-- <title>a</b> -->"),
        ("<link href='a'/><title>b</title>", "<link href='a'/><title>b</title>"),
    ],
)
def test_an_end_tag_is_mended_where_only_text_is_ended(written: str, mended: str) -> None:
    assert mend_end_tags(written.encode()).decode() == mended


@given(st.lists(st.sampled_from(["title", "link", "guid", "pubDate"]), max_size=8), st.text("ab &;", max_size=9))
def test_what_is_right_stays(names: list[str], text: str) -> None:
    right = "".join(f"<item><{name}>{text}</{name}></item>" for name in names).encode()
    assert mend_end_tags(right) == right


@pytest.mark.parametrize("piece", ["<![CDATA[", "<!--", "<title>", "<title><![CDATA[", "<title>a</b>", "</title"])
def test_a_hostile_document_takes_no_longer_than_its_length(piece: str) -> None:
    def seconds(count: int) -> float:
        start = time.process_time()
        mend_end_tags(piece.encode() * count)
        return time.process_time() - start

    assert seconds(80_000) < 40 * seconds(8_000) + 0.5
