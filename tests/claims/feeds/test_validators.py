"""The validators find what is wrong: a check that finds nothing would hold of anything."""

import pytest

from tests.claims.feeds import validators

RSS = """<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel><title>T</title><link>https://a.example/</link>
<description>D</description><language>en</language><lastBuildDate>Wed, 29 Jan 2025 12:00:00 +0000</lastBuildDate>
<docs>https://d.example/</docs><atom:link rel="self" href="https://a.example/f.rss"/><item><title>One</title>
<link>https://a.example/1</link><description>&lt;p&gt;Words&lt;/p&gt;</description>
<guid isPermaLink="false">tag:a.example,2025-01-29:1</guid><pubDate>Wed, 29 Jan 2025 12:00:00 +0000</pubDate></item>
</channel></rss>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><id>https://a.example/f.atom</id><title>T</title>
<updated>2025-01-29T12:00:00Z</updated><author><name>A</name></author><link rel="self" href="https://a.example/f.atom"/>
<entry><id>tag:a.example,2025-01-29:1</id><title>One</title><updated>2025-01-29T12:00:00Z</updated>
<link href="https://a.example/1"/><content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>Words</p></div>
</content></entry></feed>"""
JSON = """{"version": "https://jsonfeed.org/version/1.1", "title": "T", "items": [
{"id": "tag:a.example,2025-01-29:1", "content_html": "<p>Words</p>", "date_published": "2025-01-29T12:00:00Z",
"date_modified": "2025-01-29T12:00:00Z"}]}"""


@pytest.mark.parametrize(("form", "text"), [("rss", RSS), ("atom", ATOM), ("json", JSON)])
def test_a_right_document_has_no_fault(form: str, text: str) -> None:
    assert validators.FAULTS[form](text.encode()) == []


@pytest.mark.parametrize(
    ("form", "text", "right", "wrong"),
    [
        ("rss", RSS, "<description>D</description>", ""),
        ("rss", RSS, "29 Jan 2025 12:00:00 +0000</pub", "yesterday</pub"),
        ("rss", RSS, "tag:a.example,2025-01-29:1", "1"),
        ("rss", RSS, "https://a.example/1", "/1"),
        ("rss", RSS, "&lt;p&gt;", "&lt;script&gt;alert(1)&lt;/script&gt;"),
        ("rss", RSS, "&lt;p&gt;", "&lt;p onclick='x'&gt;"),
        ("rss", RSS, 'rel="self"', 'rel="other"'),
        ("atom", ATOM, "<updated>2025-01-29T12:00:00Z</updated><author>", "<author>"),
        ("atom", ATOM, "12:00:00Z</updated>\n<link", "noon</updated>\n<link"),
        ("atom", ATOM, "<author><name>A</name></author>", ""),
        ("atom", ATOM, "<p>Words</p>", "<a href='javascript:alert(1)'>Words</a>"),
        ("atom", ATOM, '<div xmlns="http://www.w3.org/1999/xhtml"><p>Words</p></div>', "Words"),
        ("json", JSON, '"title": "T", ', ""),
        ("json", JSON, "version/1.1", "version/9"),
        ("json", JSON, '"content_html": "<p>Words</p>", ', ""),
        ("json", JSON, '"id": "tag:a.example,2025-01-29:1"', '"id": 1'),
    ],
)
def test_a_fault_is_found(form: str, text: str, right: str, wrong: str) -> None:
    assert right in text
    assert validators.FAULTS[form](text.replace(right, wrong).encode()) != []
