"""Words that a site repeats on its pages, found by comparing pages of one host: no part of what they are about.

What readers of pages leave of players, newsletters and notices would else make strangers alike.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

from claims.extraction.terms import Token

Text = list[list[Token]]

# So many words in a row on so many pages are the site's; where they make up more of a page, it is a copy.
_RUN, _PAGES, _COPY = 5, 3, 0.3


def host_of(url: str | None) -> str:
    """Return the host of *url* without "www.", empty where it has none."""
    try:
        return (urlsplit(url or "").hostname or "").removeprefix("www.")
    except ValueError:
        return ""


def without_boilerplate(texts: Sequence[Text], urls: Sequence[str | None]) -> list[Text]:
    """Return *texts* without the runs of words that three or more pages of one host share.

    A page that mostly consists of such runs is a copy of another, not boilerplate, and stays as it is.
    """
    found = list(texts)
    pages: defaultdict[str, list[int]] = defaultdict(list)
    for number, url in enumerate(urls):
        if host := host_of(url):
            pages[host].append(number)
    for numbers in pages.values():
        if len(numbers) < _PAGES:
            continue
        holders = Counter(run for number in numbers for run in {run for _, run in _runs(texts[number])})
        for number in numbers:
            found[number] = _stripped(texts[number], holders)
    return found


def _runs(text: Text) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Yield each run of words with the place of its first, counted over the whole text."""
    terms = [token.term for sentence in text for token in sentence]
    for start in range(len(terms) - _RUN + 1):
        yield start, tuple(terms[start : start + _RUN])


def _stripped(text: Text, holders: Counter[tuple[str, ...]]) -> Text:
    repeated: set[int] = set()
    for start, run in _runs(text):
        if holders[run] >= _PAGES:
            repeated.update(range(start, start + _RUN))
    if not repeated or len(repeated) > _COPY * sum(map(len, text)):
        return text
    kept: Text = []
    place = 0
    for sentence in text:
        kept.append([token for at, token in enumerate(sentence, place) if at not in repeated])
        place += len(sentence)
    return kept
