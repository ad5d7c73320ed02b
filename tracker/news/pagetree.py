"""The witnesses on a page, read from its tree: JSON-LD objects, `<meta>` contents, the text that a reader sees."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

from lxml import etree

from tracker.news import markup

Node = etree._Element
Thing = Mapping[str, Any]
Meta = Mapping[str, list[str]]

ARTICLE_TYPES = frozenset(
    {
        "newsarticle",
        "article",
        "reportagenewsarticle",
        "analysisnewsarticle",
        "opinionnewsarticle",
        "askpublicnewsarticle",
        "backgroundnewsarticle",
        "reviewnewsarticle",
        "blogposting",
        "liveblogposting",
        "report",
        "scholarlyarticle",
        "techarticle",
        "socialmediaposting",
        "pressrelease",
        "satiricalarticle",
        "advertisercontentarticle",
    }
)
_PAGE_TYPES = frozenset({"webpage", "itempage", "videoobject", "podcastepisode", "review"})
_INLINE = frozenset({"a", "abbr", "b", "bdi", "cite", "code", "em", "font", "i", "mark", "q", "s", "small", "span"}) | {
    "strong",
    "sub",
    "sup",
    "time",
    "u",
    "var",
    "wbr",
}
_UNSEEN = frozenset({"script", "style", "template", "noscript", "svg", "button", "select", "title"})
_ELSEWHERE = re.compile(
    r"related|recommend|most-?(?:read|popular)|popular|trending|teaser|sidebar|comments?\b|more-?(?:from|stories|on)\b|"
    r"latest|promos?\b|newsletter|upcoming|calendar",
    re.I,
)
_HIDDEN = re.compile(r"\b(?:visually-?hidden|sr-only|screen-?reader(?:-only|-text)?|a11y-hidden)\b", re.I)


FAR = 3
"""Levels above the headline from which on what stands below an element may be another story's."""


def json_ld(tree: Node) -> Iterator[dict[str, Any]]:
    """Yield every object of the page's JSON-LD, `@graph` and lists unfolded, other nested ones left in place."""
    for script in tree.iter("script"):
        if "ld+json" not in (script.get("type") or "").lower():
            continue
        queue = [load(script.text or "")]
        for _ in range(1_000):
            if not queue:
                break
            thing = queue.pop(0)
            if isinstance(thing, list):
                queue = thing[:200] + queue
            elif isinstance(thing, dict):
                yield thing
                queue += [thing[key] for key in ("@graph", "mainEntity", "mainEntityOfPage") if key in thing]


def load(text: str) -> Any:
    """Return what a JSON text says, its commonest mistakes mended; None where it is none."""
    text = re.sub(r"^\s*(?://)?\s*<!(?:--|\[CDATA\[)|(?://)?\s*(?:-->|\]\]>)\s*$", "", text.strip()).strip().rstrip(";")
    without_commas = re.sub(r",\s*([}\]])", r"\1", text)
    for candidate in (text, without_commas, re.sub(r"[\x00-\x1f]+", " ", without_commas)):
        try:
            return json.loads(candidate, strict=False)
        except (ValueError, RecursionError):
            continue
    return None


def types_of(thing: Thing) -> list[str]:
    """Return the schema.org types of a JSON-LD object, in lower case, without the namespace."""
    kinds = thing.get("@type") or ()
    kinds = [kinds] if isinstance(kinds, str) else kinds
    if not isinstance(kinds, list):
        return []
    return [str(kind).rsplit("/", 1)[-1].rsplit(":", 1)[-1].lower() for kind in kinds]


def is_article(thing: Thing) -> bool:
    """Return whether a JSON-LD object is an article by its type."""
    return not ARTICLE_TYPES.isdisjoint(types_of(thing))


def article_of(things: list[dict[str, Any]], titles: Iterable[str] = ()) -> dict[str, Any]:
    """Return the object that describes the page's article, {} where there is none: of several the one whose headline
    is in one of *titles*, the page's own, since others describe related stories."""
    articles = [thing for thing in things if is_article(thing)]
    own = [key(title) for title in titles]

    def weight(thing: Thing) -> tuple[bool, int]:
        words = key(text_of(thing.get("headline")))
        said = bool(words) and any(words in title for title in own)
        return said, sum(name in thing for name in ("headline", "datePublished", "author"))

    if articles:
        return max(articles, key=weight)
    pages = (thing for thing in things if not _PAGE_TYPES.isdisjoint(types_of(thing)))
    return next((thing for thing in pages if thing.get("datePublished")), {})


def meta_of(tree: Node) -> dict[str, list[str]]:
    """Return the contents of every `<meta>` by its property, name or itemprop, in lower case."""
    found: dict[str, list[str]] = {}
    for node in tree.iter("meta"):
        content = (node.get("content") or "").strip()
        keys = {(node.get(name) or "").strip().lower() for name in ("property", "name", "itemprop", "http-equiv")}
        for key in keys - {""}:
            if content:
                found.setdefault(key, []).append(content)
    return found


def contents(meta: Meta, names: Iterable[str]) -> list[str]:
    """Return the contents under *names*, in the order of the names."""
    return [content for name in names for content in meta.get(name, ())]


def text_of(value: object) -> str:
    """Return a JSON-LD value as plain text: the first of a list, the name of a thing."""
    if isinstance(value, list):
        return next(filter(None, map(text_of, value[:20])), "")
    if isinstance(value, dict):
        return text_of(value.get("name") or value.get("@value"))
    return markup.plain(str(value)) if isinstance(value, str | int | float) and not isinstance(value, bool) else ""


def visible(node: Node, limit: int = markup.MAX_TITLE) -> str:
    """Return the text that a reader sees in *node*, on one line: blocks apart, inline elements joined."""
    pieces: list[str] = []
    length = 0
    for piece in _pieces(node):
        pieces.append(piece)
        length += len(piece.strip())
        if length > limit or len(pieces) > 200 + 2 * limit:  # elements without words must not cost a walk each
            break
    return markup.one_line("".join(pieces), limit)


def lines_of(node: Node, limit: int = markup.MAX_TITLE) -> list[str]:
    """Return the text that a reader sees in *node*, each block and each line break a line of its own."""
    pieces = islice(_pieces(node, "\n"), limit)
    # The page's own line feeds mean nothing; those between blocks come as pieces of their own.
    text = "".join(piece if piece == "\n" else re.sub(r"\s+", " ", piece) for piece in pieces)[:limit]
    return [line for line in map(markup.one_line, text.split("\n")) if line]


def _pieces(node: Node, gap: str = " ") -> Iterator[str]:
    """Walk *node* without recursion: pages nest deeper than Python's stack. *gap* stands between blocks."""
    yield node.text or ""
    stack = [iter(node)]
    ends: list[Node] = []
    while stack:
        child = next(stack[-1], None)
        if child is None:
            stack.pop()
            if ends:
                done = ends.pop()
                yield "" if done.tag in _INLINE else gap
                yield done.tail or ""
        elif not isinstance(child.tag, str) or child.tag in _UNSEEN:
            yield child.tail or ""
        elif _HIDDEN.search(child.get("class") or ""):
            words = "".join(map(str, child.itertext()))
            # A colon between a kicker and a headline is often there for screen readers alone.
            yield words if not key(words) else " "
            yield child.tail or ""
        else:
            yield "" if child.tag in _INLINE else gap
            yield child.text or ""
            stack.append(iter(child))
            ends.append(child)


def headline_node(tree: Node, title: str) -> Node | None:
    """Return the element that holds the headline: the heading that says *title*, else the first `<h1>`."""
    headings = list(islice(tree.iter("h1", "h2", "h3"), 60))
    wanted = key(title)
    said = [node for node in headings if wanted and key(visible(node)) == wanted]
    return next(iter(said + [node for node in headings if node.tag == "h1"]), None)


def is_elsewhere(node: Node, head: Node | None) -> bool:
    """Return whether *node* stands in an embedded post, a comment or a list of other stories, apart from *head*."""
    # The elements themselves: lxml makes and drops its objects as it goes, so their ids mean nothing.
    around = set() if head is None else set(head.iterancestors())
    in_footer = False
    for parent in islice(node.iterancestors(), 12):
        if parent in around or parent.tag in {"body", "html", "article", "main"}:
            return in_footer and not (parent.tag == "article" and parent in around)  # an article has a footer too
        if parent.tag in {"blockquote", "aside"}:
            return True
        if parent.tag == "li" and any(part.tag in {"h2", "h3", "h4"} for part in islice(parent.iter(), 40)):
            return True  # a teaser has a heading of its own
        in_footer = in_footer or parent.tag == "footer"
        if _ELSEWHERE.search(f"{parent.get('class') or ''} {parent.get('id') or ''}"):
            return True
    return in_footer


def region_of(head: Node | None) -> list[Node]:
    """Return the elements around the headline, inmost first; all up to the article's own count as the inmost."""
    around = [] if head is None else [node for node in head.iterancestors() if node.tag not in {"body", "html"}]
    ours = next((place for place, node in enumerate(around) if node.tag == "article"), -1)
    return around[max(ours, 0) :]


def levels_apart(node: Node, region: list[Node]) -> int:
    """Return how far up in the headline's *region* the element is that holds both it and *node*, at most `FAR`."""
    above = set(node.iterancestors())
    return next((min(place, FAR) for place, around in enumerate(region) if around in above), FAR)


def body_text(tree: Node) -> str:
    """Return all text of the body on one line, scripts and the like left out; it is not recursive."""
    body = next(tree.iter("body"), tree)
    pieces: list[str] = []
    for node in body.iter():
        if isinstance(node.tag, str) and node.tag not in {"script", "style", "template", "noscript", "svg"}:
            pieces.append(node.text or "")
        pieces.append(node.tail or "")
    return re.sub(r"\s+", " ", " ".join(pieces)).strip()


def key(text: str) -> str:
    """Return *text* for comparison: case folded, only letters and digits, single spaces."""
    return re.sub(r"[\W_]+", " ", text.casefold()).strip()
