"""Who wrote a page, by the first witness that names anyone: metadata, marked elements, the line under the headline."""

import re
from collections.abc import Callable, Mapping
from itertools import dropwhile, islice
from typing import Any

from tracker.news import people
from tracker.news.pagetree import Meta, Node, Thing, types_of, visible

_META = (
    "author",
    "article:author_name",
    "parsely-author",
    "sailthru.author",
    "byl",
    "cxenseparse:author",
    "dc.creator",
    "dcterms.creator",
    "article:author",
    "citation_author",
    "article.author",
    "og:author",
    "twitter:data1",
    "authors",
)
_MARK = re.compile(
    r"(?:^|[\s_-])(?:by-?line|author|authors|writer|autor|auteur|contributor)s?(?:[\s_-]|$|name|link)", re.I
)
_OTHER = re.compile(
    r"bio|avatar|image|photo|picture|related|comment|social|follow|box|about|desc|more|twitter|count|footer|menu|nav",
    re.I,
)
_LINE = re.compile(r"^(?i:by|von|par|por|di|door|av|af)\s+[^\W\d_a-z]")
_ORGANISATIONS = frozenset({"organization", "newsmediaorganization", "corporation", "website", "brand"})
_SHORT = 150


def authors(
    tree: Node, article: Thing, things: list[dict[str, Any]], meta: Meta, outlets: list[str]
) -> tuple[str, ...]:
    """Return the authors of the page. Names among *outlets* do not count; a login ("jdoe") only where nothing else."""
    by_id = {str(thing.get("@id")): thing for thing in things if thing.get("@id")}
    logins: tuple[str, ...] = ()
    witnesses: tuple[Callable[[], list[str]], ...] = (
        lambda: _people(article.get("author") or article.get("creator"), by_id),
        lambda: _meta_authors(meta),
        lambda: _marked(tree, "rel", "author"),
        lambda: _marked(tree, "itemprop", "author"),
        lambda: _byline(tree),
        lambda: _line_under_headline(tree),
    )
    for witness in witnesses:
        found = people.names(witness(), outlets)
        if found and not all(name.islower() and " " not in name for name in found):
            return found
        logins = logins or found
    return logins


def _people(value: object, by_id: Mapping[str, Thing]) -> list[str]:
    """Return the names in a JSON-LD author; organisations only where there is no person."""
    if isinstance(value, list):
        persons = [item for item in value[:50] if not (isinstance(item, dict) and _is_organisation(item))]
        return [name for item in persons or value[:50] for name in _people(item, by_id)]
    if isinstance(value, dict):
        known: Thing = value if value.get("name") else by_id.get(str(value.get("@id")), value)
        name = known.get("name")
        return _people(name, {}) if isinstance(name, list | dict) else [name] if isinstance(name, str) else []
    return [value] if isinstance(value, str) else []


def _is_organisation(thing: Thing) -> bool:
    return not _ORGANISATIONS.isdisjoint(types_of(thing))


def _meta_authors(meta: Meta) -> list[str]:
    for name in _META:
        found = [text for text in meta.get(name, ()) if not re.match(r"(?:https?:)?//|@", text)]
        if name == "twitter:data1" and "written by" not in " ".join(meta.get("twitter:label1", ())).lower():
            continue
        if people.names(found):
            return found
    return []


def _marked(tree: Node, attribute: str, value: str) -> list[str]:
    """Return the texts of the elements so marked: the first, and those beside it, not those of other articles."""
    nodes = [
        node
        for node in tree.iter()
        if isinstance(node.tag, str)
        and node.tag not in {"meta", "link"}
        and value in (node.get(attribute) or "").split()
    ]
    nodes = [node for node in nodes if 2 < len(visible(node)) < _SHORT]
    if not nodes:
        return []
    near = {id(parent) for parent in _ancestors(nodes[0], 2)}
    together = [node for node in nodes if any(id(parent) in near for parent in _ancestors(node, 2))]
    return [visible(_named_part(node)) for node in together[:10]]


def _ancestors(node: Node, levels: int) -> list[Node]:
    found: list[Node] = []
    parent = node.getparent()
    while parent is not None and parent.tag not in {"body", "html"} and len(found) < levels:
        found.append(parent)
        parent = parent.getparent()
    return found or [node]


def _named_part(node: Node) -> Node:
    return next((part for part in node.iter() if isinstance(part.tag, str) and part.get("itemprop") == "name"), node)


def _byline(tree: Node) -> list[str]:
    """Return the text of the first short element whose class says that it is a byline and that holds a name."""
    for node in tree.iter(
        "a", "span", "div", "p", "address", "li", "h3", "h4", "h5", "strong", "em", "section", "cite"
    ):
        marks = f"{node.get('class') or ''} {node.get('id') or ''} {node.get('data-testid') or ''}"
        if _MARK.search(marks) and not _OTHER.search(marks):
            text = visible(node)
            if 3 < len(text) < _SHORT and any(people.looks_like_person(name) for name in people.names([text])):
                return [text]
    return []


def _line_under_headline(tree: Node) -> list[str]:
    """Return the first short text after the `<h1>` that begins with "By" and a name."""
    nodes = tree.iter("h1", "p", "div", "span", "a", "li", "em", "strong", "address", "h2", "h3", "h4", "h5", "small")
    after = dropwhile(lambda node: node.tag != "h1", nodes)
    for node in islice(after, 1, 80):
        text = visible(node, 300)
        if len(text) < _SHORT and _LINE.match(text) and any(map(people.looks_like_person, people.names([text]))):
            return [text]
    return []
