"""A page's headline: among what the metadata states and what the reader sees, without the outlet's name."""

import re
from collections.abc import Iterable
from difflib import SequenceMatcher
from itertools import islice
from urllib.parse import urlsplit

from tracker.news import markup
from tracker.news.pagetree import Meta, Node, Thing, contents, key, text_of, visible

_SEPARATOR = re.compile(r"\s+(?:[|–—\-·•»«›‹:/~]|::|&gt;|>)\s+|\s*[|»｜]\s*|(?<=\S) - (?=\S)")
_COMMENTS = re.compile(
    r".*?\s[»›:–|-]\s+(.+?)\s+(?:Comments? Feed|Kommentar-Feed|Flux des commentaires|RSS-reacties|Feed dei commenti|"
    r"(?:RSS )?Feed de (?:los )?coment[aá]rios|(?:RSS )?[Rr]eactiefeed)",
    re.S,
)
_CUT_OFF = re.compile(r"(?:…|\.\.\.)$")
_SURE, _LIKELY = 0.9, 0.6


def headline(tree: Node, article: Thing, meta: Meta, site: str, url: str) -> str:
    """Return the headline of the page, "" where it has none.

    A heading that says what any stated title says is it; next an `<h1>` that agrees with one, of two where one holds
    the other the shorter, since what is added is the outlet, the section or a kicker; next a heading that is one part
    of a title, and the page's only `<h1>`, which readers see where titles are written for search engines. Without such
    a heading the stated title with most agreement wins.
    """
    page_title = next((markup.one_line(node.text or "") for node in tree.iter("title")), "")
    stated = [text_of(article.get("headline"))]
    stated += contents(meta, ("og:title", "twitter:title", "parsely-title", "sailthru.title", "title", "dc.title"))
    stated += [text_of(article.get("name")), page_title, _title_of_comments(tree)]
    own = _own_names(site, url) | {key(visible(node)) for node in tree.iter("h1") if _leads_home(node, url)}
    titles = _distinct((_without(own, markup.plain(text)) for text in stated), own)
    titles = _whole(titles or [text for text in stated if text][:1])
    headings = _headings(tree, own, url)
    said = _said(headings, tree, titles) or _before_outlet(tree, titles, url)
    if said:
        return said
    pairs = [(_alike(heading, title), heading, title) for heading in headings for title in titles]
    if pairs:
        likeness, heading, title = max(pairs, key=lambda pair: pair[0])
        if likeness >= _LIKELY:
            return _better(heading, title)
    part = _heading_in(tree, titles, url)
    if part:
        return part
    only = len(headings) == 1 or all(len(title.split()) < 3 for title in titles)
    if titles and headings and only and len(headings[0].split()) > 3:
        return headings[0]
    if titles:
        return max(titles, key=lambda one: sum(_alike(one, other) >= _SURE for other in titles))
    return headings[0] if headings else ""


def _own_names(site: str, url: str) -> set[str]:
    """Return what the outlet is called, for comparison: its name, its host, and parts of that."""
    host = (urlsplit(url).hostname or "").removeprefix("www.")
    return {key(site), key(host), key(host.rsplit(".", 1)[0]), key(host.split(".")[0])} - {""}


def _title_of_comments(tree: Node) -> str:
    """Return the headline in the name of the feed of a post's comments ("Outlet » Headline Comments Feed")."""
    for node in tree.iter("link"):
        match = _COMMENTS.fullmatch((node.get("title") or "")[:400]) if "rss" in (node.get("type") or "") else None
        if match:
            return markup.plain(match[1])
    return ""


def _said(headings: list[str], tree: Node, titles: list[str]) -> str:
    """Return the heading that says the same as a stated title: an `<h1>`, else a smaller one, "" for none."""
    wanted = {key(title) for title in titles}
    said = next((heading for heading in headings if key(heading) in wanted), "")
    if said or any(_CUT_OFF.search(title) for title in titles):
        return said
    smaller = (visible(node) for node in islice(tree.iter("h2", "h3"), 60))
    return next((text for text in smaller if len(key(text)) > 8 and key(text) in wanted), "")


def _headings(tree: Node, own: set[str], url: str) -> list[str]:
    nodes = [node for node in tree.iter("h1") if not _leads_home(node, url)]
    headings = _distinct(map(visible, nodes), own)
    marked = (node for node in tree.iter() if isinstance(node.tag, str) and "headline" in (node.get("itemprop") or ""))
    if not headings:
        headings = _distinct((visible(node) for node in marked if node.tag != "meta"), own)
    return [text for text in headings if 3 < len(text) < 400][:20]


def _leads_home(node: Node, url: str) -> bool:
    """Return whether a heading is a link to the site's start, so that it is the outlet's name."""
    links = list(islice(node.iter("a"), 2))
    if len(links) != 1 or key(visible(links[0])) != key(visible(node)):
        return False
    try:
        path, own = (urlsplit(text.strip()).path.rstrip("/") for text in (links[0].get("href") or "#", url))
    except ValueError:
        return False
    is_start = path in {"", "/index.html", "/index.php"} and (links[0].get("href") or "").strip()[:1] != "#"
    return is_start or (path != own and own.startswith(path + "/") and "." not in path)


def _distinct(texts: Iterable[str], own: set[str]) -> list[str]:
    return list(dict.fromkeys(text for text in texts if text and key(text) not in own))


def _whole(titles: list[str]) -> list[str]:
    """Return the titles, one that is cut off made whole by another, without file names where there are words."""
    for place, title in enumerate(titles):
        start = key(_CUT_OFF.sub("", title)) if _CUT_OFF.search(title) else ""
        longer = (other for other in titles if other != title and start and key(other).startswith(start))
        titles[place] = next(longer, title)
    titles = list(dict.fromkeys(titles))
    return [title for title in titles if " " in title or not re.search(r"[a-z][-_][a-z]", title)] or titles


def _heading_in(tree: Node, titles: list[str], url: str) -> str:
    """Return the longest heading that begins or ends a title ("Outlet | Headline"), where none says all of it."""
    parts: set[str] = set()
    for title in titles:
        for cut in _SEPARATOR.finditer(title):
            parts |= {key(title[: cut.start()]), key(title[cut.end() :])}
        parts |= {key(part) for part in _SEPARATOR.split(title)}
    texts = _headings_by_key(tree, url) if parts else {}
    return max((texts[part] for part in parts & texts.keys() if len(part.split()) > 2), key=len, default="")


def _before_outlet(tree: Node, titles: list[str], url: str) -> str:
    """Return the heading that begins a title of which another says the rest, which is then the outlet's name."""
    cuts = [(title, cut) for title in titles for cut in _SEPARATOR.finditer(title)]
    texts = _headings_by_key(tree, url) if cuts else {}
    for title, cut in cuts:
        start = key(title[: cut.start()])
        if len(start) > 5 and start in texts and key(title[cut.end() :]) in texts:
            return texts[start]
    return ""


def _headings_by_key(tree: Node, url: str) -> dict[str, str]:
    nodes = [node for node in islice(tree.iter("h1", "h2", "h3"), 40) if not _leads_home(node, url)]
    return {key(text): text for text in map(visible, reversed(nodes)) if text}


def _better(heading: str, title: str) -> str:
    """Return the heading, or the stated title where the heading has words around it."""
    inside, outside = key(title), key(heading)
    before, _, after = heading.partition(title)
    if before.rstrip().endswith((":", "–", "—", "-")) or after.lstrip().startswith((":", "–", "—", "-", "?", "!")):
        return heading  # "Analysis: the headline" is how the page writes it
    if inside != outside and inside in outside and not _CUT_OFF.search(title) and len(inside) > 0.4 * len(outside):
        return title if len(inside.split()) > 2 else heading
    return heading


def _without(own: set[str], title: str) -> str:
    """Return a page title without the outlet's name at its end or start ("Headline | Section | Outlet")."""
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
