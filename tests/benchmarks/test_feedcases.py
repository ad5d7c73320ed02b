"""What holds of the check by feedparser's cases: it goes by a case's own assertions, and fails where one is broken."""

from pathlib import Path

import pytest

from benchmarks import feedcases

CASE = """<!--
Header: Content-type: application/rss+xml
Description: a case
Expect: {expect}
-->
<rss version="2.0"><channel><title>T</title><item><title>One &amp;amp; two</title><link>/a</link>
<pubDate>Mon, 03 Feb 2025 10:00:00 GMT</pubDate><author>ann@a.example (Ann)</author></item></channel></rss>"""


@pytest.mark.parametrize(
    ("expect", "status", "words"),
    [
        ("not bozo and entries[0]['title'] == 'One & two' and feed.title == 'T'", 0, "1 hold"),
        ("entries[0].published_parsed == (2025, 2, 3, 10, 0, 0, 0, 34, 0)", 0, "1 hold"),
        ("entries[0]['link'] == 'http://127.0.0.1:8097/a' and version == 'rss20'", 0, "1 hold"),
        ("entries[0]['title'] == 'Three'", 1, "entries.0.title: FAILS"),
        ("entries[1]['title'] == 'One & two'", 1, "no such entry"),
        ("bozo", 2, "no case"),
    ],
)
def test_a_case_is_judged_by_its_own_assertions(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], expect: str, status: int, words: str
) -> None:
    (tmp_path / "case.xml").write_text(CASE.format(expect=expect), encoding="utf-8")
    assert feedcases.main([str(tmp_path)]) == status
    printed = capsys.readouterr()
    assert words in printed.out + printed.err


def test_an_explained_difference_is_named_and_does_not_fail(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = CASE.format(expect="entries[0]['author'] == 'Ann (ann@a.example)'")
    (tmp_path / "entry_author_map_author.xml").write_text(text, encoding="utf-8")
    assert feedcases.main([str(tmp_path)]) == 0
    assert "an author is a name" in capsys.readouterr().out
