"""How feeds are read, by the assertions of feedparser's published cases: `make bench-feeds DATA=folder`.

    python -m benchmarks.feedcases FOLDER

The folder holds cases as feedparser's source distribution has them under `tests`: XML with a comment that says what is
expected, in feedparser's words (`Expect: not bozo and entries[0]['title'] == 'x'`), and headers of the answer. What an
assertion says of a feed or an entry is looked up under our names (`FEED`, `ENTRY`); what we have no name for is passed
over, and a case of which nothing is left is not counted. The mapping: titles are plain text, texts are sanitised by
nh3, moments are aware datetimes, an author is a name. Prints each case that does not hold; exits with 2 without cases,
with 1 where one does not hold that `KNOWN` does not explain.
"""

import argparse
import ast
import codecs
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tracker.news import markup
from tracker.news.entries import FeedError, read_feed
from tracker.news.types import ParsedEntry, ParsedFeed

BASE = "http://127.0.0.1:8097/"
_EXPECT = re.compile(rb"Expect:\s*(.*?)\s*-->", re.S)
_SKIP = re.compile(r"SkipUnless:\s*__import__\('codecs'\)\.lookup\('([^']+)'\)")
_HEADER = re.compile(r"^Header:\s+([^:]+):(.+)$", re.M)
KNOWN = {
    "author_map_author.xml": "an author is a name, without the address",
    "entry_category_term.xml": "a category goes by its label",
    "entry_category_term_non_ascii.xml": "a category goes by its label",
    "entry_id_with_attributes.xml": "a relative id is resolved, since the feed has an address here",
    "rel_uri_with_unicode_character.xml": "nh3 writes URLs in ASCII",
    "entry_content_xml_lang_blank_3.xml": "two items that agree in all are one",
    "item_description_not_a_doctype.xml": "nh3 closes elements and resolves links",
    "_crazy.xml": "nh3 drops a script's content, which feedparser's sanitiser leaves",
    "script_nested_cdata.xml": "nh3 drops a script's content, which feedparser's sanitiser leaves",
    "bozo_linenoise.xml": "what is no element stays as text",
}

Looked = tuple[object, Callable[[Any], object]]


def same(value: Any) -> Any:
    """Return the expected value as it stands."""
    return value


def title(value: str) -> str:
    """Return an expected title as plain text, as ours are."""
    return markup.plain(value) if markup.has_markup(value) else markup.one_line(value)


def moment(value: tuple[int, ...]) -> datetime:
    """Return an expected time tuple as a moment."""
    return datetime(*value[:6], tzinfo=UTC)  # type: ignore[arg-type, misc]


FEED: Mapping[tuple[object, ...], Callable[[ParsedFeed], Looked]] = {
    ("title",): lambda feed: (feed.title, title),
    ("title_detail", "value"): lambda feed: (feed.title, title),
    ("link",): lambda feed: (feed.url or "", same),
    ("subtitle",): lambda feed: (feed.description, title),
    ("description",): lambda feed: (feed.description, title),
    ("tagline",): lambda feed: (feed.description, title),
    ("language",): lambda feed: (feed.language, same),
    ("updated_parsed",): lambda feed: (feed.updated, moment),
    ("ttl",): lambda feed: (feed.ttl, int),
}
ENTRY: Mapping[tuple[object, ...], Callable[[ParsedEntry], Looked]] = {
    ("title",): lambda entry: (entry.title, title),
    ("title_detail", "value"): lambda entry: (entry.title, title),
    ("link",): lambda entry: (entry.url or "", same),
    ("guid",): lambda entry: (entry.own_guid, same),
    ("id",): lambda entry: (entry.own_guid, same),
    ("summary",): lambda entry: (entry.summary_html, same),
    ("description",): lambda entry: (entry.summary_html, same),
    ("content", 0, "value"): lambda entry: (entry.content_html, same),
    ("published_parsed",): lambda entry: (entry.published, moment),
    ("created_parsed",): lambda entry: (entry.published, moment),
    ("updated_parsed",): lambda entry: (entry.updated, moment),
    ("published",): lambda entry: (entry.published_raw, same),
    ("updated",): lambda entry: (entry.updated_raw, same),
    ("author",): lambda entry: (entry.authors[0] if entry.authors else "", same),
    ("author_detail", "name"): lambda entry: (entry.authors[0] if entry.authors else "", same),
    ("language",): lambda entry: (entry.language, same),
    ("tags", 0, "term"): lambda entry: (entry.categories[0] if entry.categories else "", same),
    ("tags", 0, "label"): lambda entry: (entry.categories[0] if entry.categories else "", same),
    ("enclosures", 0, "href"): lambda entry: (entry.enclosures[0].url if entry.enclosures else "", same),
}


def words(body: bytes) -> str:
    """Return a case as text, to find its comment in, whatever it is encoded in."""
    for start, encoding in ((codecs.BOM_UTF32_BE, "utf-32"), (codecs.BOM_UTF32_LE, "utf-32")):
        if body.startswith(start):
            return body.decode(encoding, "replace")
    if body[:2] in (codecs.BOM_UTF16_BE, codecs.BOM_UTF16_LE):
        return body.decode("utf-16", "replace")
    shapes = ((b"\x4c\x6f\xa7\x94", "cp037"), (b"\0\0\0<", "utf-32be"), (b"<\0\0\0", "utf-32le"), (b"\0<", "utf-16be"))
    encoding = next(
        (name for start, name in shapes if body.startswith(start)), "utf-16le" if body[1:2] == b"\0" else ""
    )
    return body.decode(encoding or "utf-8", "replace")


def path_of(node: ast.expr) -> tuple[object, ...]:
    """Return `entries[0]['title']` and `feed.link` as tuples; () for anything else."""
    match node:
        case ast.Name(name):
            return (name,)
        case ast.Subscript(inner, ast.Constant(key)):
            return (*path_of(inner), key) if path_of(inner) else ()
        case ast.Attribute(inner, key):
            return (*path_of(inner), key) if path_of(inner) else ()
    return ()


def looked_up(feed: ParsedFeed, path: tuple[object, ...]) -> Looked | None:
    """Return what we have under feedparser's *path*, and how its expected value is mapped; None without a name."""
    match path:
        case ("feed", *rest) if tuple(rest) in FEED:
            return FEED[tuple(rest)](feed)
        case ("entries", int(number), *rest) if tuple(rest) in ENTRY:
            return ENTRY[tuple(rest)](feed.entries[number]) if number < len(feed.entries) else ("no such entry", same)
        case ("version",):
            return feed.format, same
    return None


def agrees(got: object, wanted: object) -> bool:
    """Return whether two values agree; texts also where ours is what the sanitiser makes of the expected one."""
    if isinstance(got, str) and isinstance(wanted, str):
        forms = (wanted, wanted.strip(), markup.sanitise(wanted), markup.sanitise(wanted, xhtml=True))
        return got in forms or got == markup.escape(wanted)
    return got == wanted


def check(body: bytes, url: str = BASE) -> Iterator[tuple[str, object, object, bool]]:
    """Yield (path, ours, expected, whether they agree) for each assertion of a case that we have a name for."""
    text = words(body)
    expected = _EXPECT.search(text.encode("utf-8", "replace"))
    if expected is None or ((skip := _SKIP.search(text)) and not _is_codec(skip[1])):
        return
    headers = {name.strip().lower(): value.strip() for name, value in _HEADER.findall(text)}
    try:
        tree = ast.parse(expected[1].decode().replace("\r", "").strip(), mode="eval").body
    except SyntaxError:
        return
    terms = tree.values if isinstance(tree, ast.BoolOp) and isinstance(tree.op, ast.And) else [tree]
    equalities = [term for term in terms if isinstance(term, ast.Compare) and isinstance(term.ops[0], ast.Eq)]
    try:
        feed = read_feed(body, url, headers.get("content-type", ""), headers)
    except FeedError as error:
        feed = ParsedFeed(f"({error})", None, "")
    for term in equalities:
        found = looked_up(feed, path_of(term.left))
        if found is None:
            continue
        try:
            literal = ast.literal_eval(term.comparators[0])
            wanted = found[1](literal)
        except (ValueError, TypeError, AttributeError):
            continue
        yield ".".join(map(str, path_of(term.left))), found[0], wanted, agrees(found[0], wanted) or found[0] == literal


def _is_codec(name: str) -> bool:
    try:
        codecs.lookup(name)
    except LookupError:
        return False
    return True


def main(arguments: list[str] | None = None) -> int:
    """Check every case and print those that do not hold; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    folder: Path = parser.parse_args(arguments).folder
    counts = {"hold": 0, "explained": 0, "fail": 0}
    for case in sorted(folder.rglob("*.xml")):
        found = list(check(case.read_bytes(), f"{BASE}tests/{case.relative_to(folder)}"))
        wrong = [row for row in found if not row[3]]
        if not found:
            continue
        why = next((why for name, why in KNOWN.items() if case.name.endswith(name)), "") if wrong else ""
        counts["explained" if why else "fail" if wrong else "hold"] += 1
        for path, got, wanted, _ in wrong:
            print(f"{case.relative_to(folder)}: {path}: {why or 'FAILS'}")
            print(f"   expected {wanted!r:.200}\n   read     {got!r:.200}")
    print(", ".join(f"{count} {name}" for name, count in counts.items()))
    if not sum(counts.values()):
        print(f"{folder} holds no case.", file=sys.stderr)
        return 2
    return int(counts["fail"] > 0)


if __name__ == "__main__":
    sys.exit(main())
