"""A page's headline: among what the metadata states and what the reader sees, without the outlet's name."""

import re
from collections.abc import Iterable
from difflib import SequenceMatcher
from itertools import islice
from urllib.parse import urlsplit

from tracker.news import markup
from tracker.news.pagetree import Meta, Node, Thing, contents, key, text_of, visible

_SEPARATOR = re.compile(r"\s+(?:[|–—\-·•»«:/~]|::|&gt;|>)\s+|\s*[|»｜]\s*|(?<=\S) - (?=\S)")
_CUT_OFF = re.compile(r"(?:…|\.\.\.)$")
_SURE, _LIKELY = 0.9, 0.6


def headline(tree: Node, article: Thing, meta: Meta, site: str, url: str) -> str:
    """Return the headline of the page, "" where it has none.

    The `<h1>` that agrees with any stated title is it; of two where one holds the other, the shorter, since what is
    added is the outlet, the section or a kicker. Without such a heading the stated title with most agreement wins.
    """
    page_title = next((markup.one_line(node.text or "") for node in tree.iter("title")), "")
    stated = [text_of(article.get("headline"))]
    stated += contents(meta, ("og:title", "twitter:title", "parsely-title", "sailthru.title", "title", "dc.title"))
    stated += [text_of(article.get("name")), page_title]
    titles = _whole(_distinct((without_site(markup.plain(text), site, url) for text in stated), site))
    headings = _headings(tree, site)
    pairs = [(_alike(heading, title), heading, title) for heading in headings for title in titles]
    if pairs:
        likeness, heading, title = max(pairs, key=lambda pair: pair[0])
        if likeness >= _LIKELY:
            return _better(heading, title)
    part = _heading_in(tree, titles)
    if part:
        return part
    if titles and headings and len(headings[0].split()) > 3 and all(len(title.split()) < 3 for title in titles):
        return headings[0]
    if titles:
        return max(titles, key=lambda one: sum(_alike(one, other) >= _SURE for other in titles))
    return headings[0] if headings else ""


def _headings(tree: Node, site: str) -> list[str]:
    headings = _distinct((visible(node) for node in tree.iter("h1")), site)
    marked = (node for node in tree.iter() if isinstance(node.tag, str) and "headline" in (node.get("itemprop") or ""))
    if not headings:
        headings = _distinct((visible(node) for node in marked if node.tag != "meta"), site)
    return [text for text in headings if 3 < len(text) < 400][:20]


def _distinct(texts: Iterable[str], site: str) -> list[str]:
    return list(dict.fromkeys(text for text in texts if text and key(text) != key(site)))


def _whole(titles: list[str]) -> list[str]:
    """Return the titles, one that is cut off made whole by another, without file names where there are words."""
    for place, title in enumerate(titles):
        start = key(_CUT_OFF.sub("", title)) if _CUT_OFF.search(title) else ""
        longer = (other for other in titles if other != title and start and key(other).startswith(start))
        titles[place] = next(longer, title)
    titles = list(dict.fromkeys(titles))
    return [title for title in titles if " " in title or not re.search(r"[a-z][-_][a-z]", title)] or titles


def _heading_in(tree: Node, titles: list[str]) -> str:
    """Return the smaller heading that is one part of a title ("Outlet | Headline"), where no `<h1>` agrees with any."""
    parts = {key(part): part for title in titles for part in _SEPARATOR.split(title) if len(key(part).split()) > 2}
    for node in islice(tree.iter("h1", "h2", "h3"), 40) if parts else ():
        text = visible(node)
        if key(text) in parts:
            return text
    return ""


def _better(heading: str, title: str) -> str:
    """Return the heading, or the stated title where the heading has words around it."""
    inside, outside = key(title), key(heading)
    before, _, after = heading.partition(title)
    if before.rstrip().endswith((":", "–", "—", "-")) or after.lstrip().startswith((":", "–", "—", "-", "?", "!")):
        return heading  # "Analysis: the headline" is how the page writes it
    if inside != outside and inside in outside and not _CUT_OFF.search(title) and len(inside) > 0.4 * len(outside):
        return title if len(inside.split()) > 2 else heading
    return heading


def without_site(title: str, site: str, url: str) -> str:
    """Return a page title without the outlet's name at its end or start ("Headline | Section | Outlet")."""
    host = (urlsplit(url).hostname or "").removeprefix("www.")
    own = {key(site), key(host), key(host.rsplit(".", 1)[0]), key(host.split(".")[0])} - {""}
    mark = ""
    for _ in range(4):
        cuts = list(_SEPARATOR.finditer(title))
        if not cuts:
            break
        rest, piece = title[: cuts[-1].start()].strip(), title[cuts[-1].end() :]
        section = mark == cuts[-1][0].strip() and len(key(piece).split()) <= 2 and len(rest) > 15
        if not section and not _is_outlet(piece, own, rest):
            break
        title, mark = rest, cuts[-1][0].strip()
    first = _SEPARATOR.search(title)
    if first and _same(title[: first.start()], own):
        title = title[first.end() :].strip()
    return title


def _is_outlet(piece: str, own: set[str], rest: str) -> bool:
    """Return whether *piece*, the last part of a title, names the outlet or a section rather than the subject."""
    words = key(piece).split()
    if not words or _same(piece, own):
        return True
    squeezed = "".join(words)
    related = any(len(name) > 3 and (name.replace(" ", "") in squeezed or squeezed in name) for name in own)
    if related and len(words) <= 5:
        return True
    if re.search(
        r"\b(?:news|times|post|journal|magazine|daily|herald|tribune|gazette|blog|online|tv|radio|press)$", key(piece)
    ):
        return len(words) <= 5 and len(rest) > 20
    return not own and len(words) <= 3 and len(rest) > 25


def _same(piece: str, own: set[str]) -> bool:
    squeezed = key(piece).replace(" ", "")
    return any(squeezed == name.replace(" ", "") or squeezed == "the" + name.replace(" ", "") for name in own)


def _alike(one: str, other: str) -> float:
    is_cut_off = bool(_CUT_OFF.search(other))
    one, other = key(one), key(other)
    if not one or not other:
        return 0.0
    if one == other:
        return 1.0
    if is_cut_off and len(other) > 8 and one.startswith(other):
        return _SURE
    if min(len(one), len(other)) > 15 and (one in other or other in one):
        return _SURE
    return SequenceMatcher(None, one[:300], other[:300], autojunk=False).ratio()
