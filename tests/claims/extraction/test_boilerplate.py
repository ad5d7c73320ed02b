"""Words that a site repeats are dropped; copies and other sites' quotes are not."""

import pytest

from claims.extraction.boilerplate import host_of, without_boilerplate
from claims.extraction.terms import tokens

PLAYER = "Listen to the brief on this player."
STORIES = [
    "Nordhaven's council sued a dredging firm because silt had come back to the harbour within one winter.",
    "A museum of clocks opened above the bakery in Tolm and drew a queue down to the river on its first day.",
    "Bus drivers in Arlen voted to stop work after talks over night shifts had gone on since early spring.",
]


def read(texts: list[str], urls: list[str | None]) -> list[list[str]]:
    parts = [tokens(None, text) for text in texts]
    return [[token.text for sentence in text for token in sentence] for text in without_boilerplate(parts, urls)]


def test_what_three_pages_of_one_host_share_is_dropped() -> None:
    urls = [f"https://www.example.org/{n}" for n in range(3)]
    assert read([f"{PLAYER} {story}" for story in STORIES], list(urls)) == read(list(STORIES), [None] * 3)


def test_what_pages_of_different_hosts_share_stays() -> None:
    texts = [f"{PLAYER} {story}" for story in STORIES]
    urls: list[str | None] = [f"https://{n}.example.org/" for n in range(3)]
    assert read(texts, urls) == read(texts, [None] * 3)


def test_copies_on_one_host_stay_whole() -> None:
    texts = [STORIES[0]] * 4
    assert read(texts, ["https://example.org/"] * 4) == read(texts, [None] * 4)


@pytest.mark.parametrize(
    ("url", "host"),
    [(None, ""), ("", ""), ("https://www.Example.org/a", "example.org"), ("no url", ""), ("http://[broken", "")],
)
def test_the_host_of_any_url_is_read(url: str | None, host: str) -> None:
    assert host_of(url) == host
