"""Who wrote a page, by the first witness that names anyone: metadata, marked elements, the line under the headline."""

import re
from collections.abc import Callable, Mapping
from itertools import dropwhile, islice
from typing import Any

from tracker.news import people
from tracker.news.pagetree import Meta, Node, Thing, headline_node, is_elsewhere, load, types_of, visible

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
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_OTHER = re.compile(
    r"bio|avatar|image|photo|picture|related|comment|social|follow|box|about|desc|more|twitter|count|footer|menu|nav",
    re.I,
)
_LINE = re.compile(r"^(?i:by|von|par|por|di|door|av|af|(?:words|text|story|reporting)(?:\s+by|\s*:))\s+[^\W\d_a-z]")
_ORGANISATIONS = frozenset({"organization", "newsmediaorganization", "corporation", "website", "brand"})
_SHORT = 150


def authors(
    tree: Node, article: Thing, things: list[dict[str, Any]], meta: Meta, outlets: list[str], title: str = ""
) -> tuple[str, ...]:
    """Return the authors of the page. Names among *outlets* do not count; a login ("jdoe") only where nothing else.

    An organisation that JSON-LD states as the author gives way to a person whom the page names elsewhere.
    """
    by_id = {str(thing.get("@id")): thing for thing in things if thing.get("@id")}
    stated = article.get("author") or article.get("creator")
    head = headline_node(tree, title)
    by_json_ld = people.names(_people(stated, by_id), outlets)
    near: tuple[Callable[[], list[str]], ...] = (
        lambda: _meta_authors(meta),
        lambda: _marked(tree, head, "rel", "author"),
        lambda: _marked(tree, head, "itemprop", "author"),
        lambda: _line_under_headline(tree, head),
    )
    if by_json_ld and _all_organisations(stated, by_id):
        found_near = (people.names(witness(), outlets) for witness in near)
        return next((found for found in found_near if any(map(people.looks_like_person, found))), by_json_ld)
    logins: tuple[str, ...] = ()
    for witness in (lambda: by_json_ld, *near[:3], lambda: _byline(tree, head), near[3]):
        found = people.names(witness(), outlets)
        if found and not all(name.islower() and " " not in name for name in found):
            return found
        logins = logins or found
    return logins


def _all_organisations(stated: object, by_id: Mapping[str, Thing]) -> bool:
    """Return whether a JSON-LD author names organisations alone, beside whom the page may name who wrote."""
    things = stated if isinstance(stated, list) else [stated]
    return all(isinstance(thing, dict) and _is_organisation(_meant(thing, by_id)) for thing in things)


def _meant(thing: Thing, by_id: Mapping[str, Thing]) -> Thing:
    """Return the thing that a bare reference (JSON-LD's node object with `@id` alone) stands for."""
    return thing if thing.get("name") else by_id.get(str(thing.get("@id")), thing)


def _people(value: object, by_id: Mapping[str, Thing]) -> list[str]:
    """Return the names in a JSON-LD author; organisations only where there is no person."""
    if isinstance(value, list):
        persons = [
            item for item in value[:50] if not (isinstance(item, dict) and _is_organisation(_meant(item, by_id)))
        ]
        return [name for item in persons or value[:50] for name in _people(item, by_id)]
    if isinstance(value, dict):
        if isinstance(value.get("@list"), list):  # JSON-LD's way to keep an order
            return _people(value["@list"], by_id)
        known = _meant(value, by_id)
        parts = [part for part in (known.get("givenName"), known.get("familyName")) if isinstance(part, str)]
        name = known.get("name") or " ".join(parts)
        return _people(name, {}) if isinstance(name, list | dict) else [name] if isinstance(name, str) else []
    if isinstance(value, str) and value.lstrip().startswith("{"):  # an object that was written as text
        thing = load(value)
        return _people(thing, by_id) if isinstance(thing, dict) else []
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


def _marked(tree: Node, head: Node | None, attribute: str, value: str) -> list[str]:
    """Return the texts of the elements so marked: the first, and those beside it, not those of other articles."""
    nodes = [
        node
        for node in tree.iter()
        if isinstance(node.tag, str)
        and node.tag not in {"meta", "link"}
        and value in (node.get(attribute) or "").split()
    ]
    nodes = [node for node in nodes if 2 < len(visible(node)) < _SHORT]
    nodes = [node for node in nodes if not is_elsewhere(node, head)] or nodes
    if not nodes:
        return []
    near = set(_ancestors(nodes[0], 2))
    together = [node for node in nodes if not near.isdisjoint(_ancestors(node, 2))]
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


def _byline(tree: Node, head: Node | None) -> list[str]:
    """Return the text of the first short element whose class says that it is a byline and that holds a name."""
    elsewhere: list[str] = []
    for node in tree.iter(
        "a", "span", "div", "p", "address", "li", "h3", "h4", "h5", "strong", "em", "section", "cite"
    ):
        marks = f"{node.get('class') or ''} {node.get('id') or ''} {node.get('data-testid') or ''}"
        marks = _CAMEL.sub("-", marks)
        if _MARK.search(marks) and not _OTHER.search(marks):
            text = visible(node)
            if 3 < len(text) < _SHORT and any(people.looks_like_person(name) for name in people.names([text])):
                if not is_elsewhere(node, head):
                    return [text]
                elsewhere = elsewhere or [text]
    return elsewhere


def _line_under_headline(tree: Node, head: Node | None) -> list[str]:
    """Return the first short text after the headline that begins with "By" and a name."""
    nodes = tree.iter("h1", "h2", "h3", "p", "div", "span", "a", "li", "em", "strong", "address", "h4", "h5", "small")
    after = dropwhile(lambda node: node is not head, nodes)
    for node in islice(after, 1, 80):
        text = visible(node, 300)
        if len(text) < _SHORT and _LINE.match(text) and any(map(people.looks_like_person, people.names([text]))):
            return [text]
    return []
