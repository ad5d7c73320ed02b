"""How well pages are read, beside the libraries alone on the same pages: `make bench-pages DATA=folder`.

    python -m benchmarks.pages FOLDER [--worst 20]

The folder holds pages and `pages.jsonl`, a JSON object a line: `file` (within the folder, `.gz` too), and what the page
is known to say: `url`, `content_type`, `title`, `authors` (list of names), `published` (YYYY-MM-DD), `body` (paragraphs
divided by line feeds). What a line leaves out is not scored.

    body    mean over the pages of the F1 of runs of four words (multisets, case folded)
    title   share of pages whose title is exact but for white space, case and the form of quotes and dashes
    authors share of pages on which the set of names is exact by the same comparison
    day     share of pages whose day of publication is exact

Each reader works in this process on the same bytes; nothing is fetched. Figures of one folder are comparable with each
other only. Exits with 2 without pages, and with 1 where ours reads bodies worse than the best library alone.
"""

import argparse
import gzip
import json
import logging
import re
import sys
import time
import unicodedata
import warnings
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from statistics import mean
from typing import Any

FIELDS = ("title", "authors", "published", "body")
_FORMS = str.maketrans(
    {"\u2018": "'", "\u2019": "'", "\u201c": '"', "\u201d": '"', "\u2013": "-", "\u2014": "-", "\u2026": "..."}
)


class NoPages(Exception):  # noqa: N818
    """The folder cannot be measured on; the words say why."""


@dataclass(frozen=True, slots=True)
class Page:
    """One labelled page; *known* holds the fields to score."""

    name: str
    body: bytes
    url: str
    content_type: str
    known: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Read:
    """What a reader made of a page."""

    title: str = ""
    authors: tuple[str, ...] = ()
    published: str = ""
    body: str = ""


@dataclass(slots=True)
class Scores:
    """A reader's scores by field, each a list over the pages that state the field, and its seconds."""

    by_field: dict[str, list[float]] = field(default_factory=lambda: {name: [] for name in FIELDS})
    misses: list[tuple[float, str, str, object, object]] = field(default_factory=list)
    seconds: float = 0.0


def load(folder: Path) -> list[Page]:
    """Return the folder's pages. Raises `NoPages` with the line that is wrong."""
    listing = folder / "pages.jsonl"
    if not listing.is_file():
        raise NoPages(f"{listing} does not exist: it lists the pages and what they say (see --help).")
    pages = []
    for number, line in enumerate(listing.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip():
            continue
        try:
            given = json.loads(line)
            path = folder / given["file"]
            body = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        except (ValueError, KeyError, TypeError, OSError) as error:
            raise NoPages(f"{listing}, line {number}: {type(error).__name__}: {error}") from error
        known = {name: given[name] for name in FIELDS if given.get(name) is not None}
        pages.append(Page(given["file"], body, given.get("url", ""), given.get("content_type", ""), known))
    if not pages:
        raise NoPages(f"{listing} lists no page.")
    return pages


# ------------------------------------------------------------------ the readers
def ours(page: Page) -> Read:
    """Read by this project; a page that it calls no article has no body."""
    from tracker.news.pages import PageError, read_page

    try:
        read = read_page(page.body, page.url, page.content_type)
    except PageError:
        return Read()
    return Read(read.title, read.authors, read.published.date().isoformat() if read.published else "", read.text)


def trafilatura_alone(page: Page) -> Read:
    """Read by trafilatura as it comes."""
    import trafilatura

    found: Any = trafilatura.bare_extraction(
        page.body, url=page.url or None, with_metadata=True, include_comments=False
    )
    if found is None:
        return Read()
    authors = tuple(name.strip() for name in (found.author or "").split(";") if name.strip())
    return Read(found.title or "", authors, (found.date or "")[:10], found.text or "")


def newspaper_alone(page: Page) -> Read:
    """Read by newspaper4k as it comes, without fetching images."""
    from newspaper import Article

    from tracker.news import charset

    article = Article(page.url or "http://localhost/", fetch_images=False)
    article.download(input_html=charset.decode(page.body, page.content_type))
    article.parse()
    day = str(article.publish_date or "")[:10]
    return Read(article.title or "", tuple(article.authors or ()), day, article.text or "")


def htmldate_alone(page: Page) -> Read:
    """Read by htmldate as it comes, which knows dates alone."""
    from htmldate import find_date

    return Read(published=find_date(page.body, original_date=True, url=page.url or None) or "")


READERS: Mapping[str, Callable[[Page], Read]] = {
    "ours": ours,
    "trafilatura": trafilatura_alone,
    "newspaper4k": newspaper_alone,
    "htmldate": htmldate_alone,
}
_READS: Mapping[str, tuple[str, ...]] = {"htmldate": ("published",)}


# ------------------------------------------------------------------ the scores
def comparable(text: str) -> str:
    """Return *text* without differences that no reader of it would call one: white space, case, quotes, dashes."""
    return " ".join(unicodedata.normalize("NFKC", text).translate(_FORMS).casefold().split())


def runs(text: str) -> Counter[tuple[str, ...]]:
    """Return the runs of four words of *text*; of a shorter text the whole."""
    words = re.findall(r"\w+", text.casefold())
    return Counter(zip(words, words[1:], words[2:], words[3:], strict=False)) or Counter([tuple(words)])


def f1(found: str, wanted: str) -> float:
    """Return the F1 of the runs of four words of two texts."""
    one, other = runs(found), runs(wanted)
    return 2 * (one & other).total() / (one.total() + other.total())


def score(read: Read, known: Mapping[str, Any]) -> Iterable[tuple[str, float, object]]:
    """Yield (field, score from 0 to 1, what was read) for every field that is known."""
    if "title" in known:
        yield "title", float(comparable(read.title) == comparable(known["title"])), read.title
    if "authors" in known:
        same = set(map(comparable, read.authors)) == set(map(comparable, known["authors"]))
        yield "authors", float(same), read.authors
    if "published" in known:
        yield "published", float(read.published == known["published"][:10]), read.published
    if "body" in known:
        yield "body", f1(read.body, known["body"]), read.body


def measure(pages: Iterable[Page], reader: Callable[[Page], Read]) -> Scores:
    """Return how *reader* does on *pages*; one that fails on a page has read nothing there."""
    scores = Scores()
    for page in pages:
        began = time.process_time()
        try:
            read = reader(page)
        except Exception as error:
            logging.getLogger(__name__).debug("%s: %r", page.name, error)
            read = Read()
        scores.seconds += time.process_time() - began
        for name, value, got in score(read, page.known):
            scores.by_field[name].append(value)
            if value < 0.9:
                scores.misses.append((value, name, page.name, page.known[name], got))
    return scores


def table(pages: list[Page], found: Mapping[str, Scores]) -> str:
    """Return the figures as aligned text."""
    lines = [f"{len(pages)} pages"]
    counts = {name: sum(name in page.known for page in pages) for name in FIELDS}
    titles = [f"{name} ({counts[name]})" for name in FIELDS]
    lines.append("".join([f"{'':14}", *(f"{title:>17}" for title in titles), f"{'pages a second':>17}"]))
    for reader, scores in found.items():
        scored = [name for name in _READS.get(reader, FIELDS) if counts[name]]
        cells = [f"{mean(scores.by_field[name]):17.3f}" if name in scored else f"{'-':>17}" for name in FIELDS]
        lines.append("".join([f"{reader:14}", *cells, f"{len(pages) / max(scores.seconds, 1e-9):17.1f}"]))
    return "\n".join(lines)


def main(arguments: list[str] | None = None) -> int:
    """Measure and print; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument(
        "--worst", type=int, default=0, metavar="N", help="print where ours was wrong, at most N a field"
    )
    options = parser.parse_args(arguments)
    try:
        pages = load(options.folder)
    except NoPages as error:
        print(error, file=sys.stderr)
        return 2
    logging.disable(logging.WARNING)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = {name: measure(pages, reader) for name, reader in READERS.items()}
    print(table(pages, found))
    for name in FIELDS if options.worst else ():
        for value, _, page, wanted, got in sorted(m for m in found["ours"].misses if m[1] == name)[: options.worst]:
            print(f"{name} {value:.2f} {page}\n   known {str(wanted)[:300]!r}\n   read  {str(got)[:300]!r}")
    bodies = {name: mean(scores.by_field["body"]) for name, scores in found.items() if scores.by_field["body"]}
    return int(bool(bodies) and bodies["ours"] < max(bodies.values()))


if __name__ == "__main__":
    sys.exit(main())
