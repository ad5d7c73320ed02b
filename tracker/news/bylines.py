"""Who wrote a page, by the first witness that names anyone: metadata, marked elements, the line under the headline."""

import re
from collections.abc import Callable, Iterable, Mapping
from itertools import dropwhile, islice
from typing import Any
from urllib.parse import urlsplit

from tracker.news import people
from tracker.news.dates import written_date
from tracker.news.pagetree import (
    FAR,
    Meta,
    Node,
    Thing,
    body_text,
    headline_node,
    is_elsewhere,
    levels_apart,
    lines_of,
    load,
    region_of,
    types_of,
    visible,
)

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
    r"(?:^|[\s_-])(?:(?:[a-z]{3,12})?(?:by-?line|author|autor|auteur)|writer|contributor|firma|signature|redactor|"
    r"verfasser|autore)s?(?:[\s_-]|$|name|link|info)",
    re.I,
)
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_OTHER = re.compile(
    r"bio|avatar|image|photo|picture|related|comment|social|follow|box|about|desc|more|twitter|count|footer|menu|nav",
    re.I,
)
_BY = r"(?:by|von|par|por|di|door|durch|av|af)"
_LINE = re.compile(
    rf"^(?i:(?:(?:posted|written|reported|published|story|analysis|opinion|review|(?:eine?\s+)?(?:analyse|kommentar|"
    rf"gastbeitrag|interview|bericht|reportage|kolumne|essay|rezension))\s+)?{_BY}\s*:?|"
    r"(?:words|text|story|reporting)(?:\s+by|\s*:))\s+[^\W\d_a-z]"
)
# "Friday | 14 June 2024 | 15:49 by Ana Example in Fashion"
_INSIDE = re.compile(rf"(?:^|[\d|·•,–—-]|\b(?:am|pm|uhr))\s*(?i:{_BY})\s*:?\s+(?=[^\W\d_a-z])")
_SINGLE = re.compile(
    rf"(?:(?i:posted|written|published|geschrieben|erstellt|veröffentlicht|publié|publicado)\s+)?(?i:{_BY})\s+"
    r"([^\W\d_a-z][\w.-]+),?\s+(?:(?i:at|on|am|um|le|el|il|em|op)\s+\d|[|·•]\s*\d|\d)"
)
_LABELLED = re.compile(
    r"(?i:autor(?:/in|in|en|:in)?|author|auteur|autore|verfasser(?:in)?|schrijver|tekst|text|words)\b\s*[:：|]?\s+"
    r"(?=[^\W\d_a-z]\S*\s+\S)"
)
_NO_NAME = re.compile(  # words that stand before dates
    r"\b(?:publi\w*|pubbl\w*|veröff\w*|posted|updated|modified|created|submitted|aktualisiert|erstellt|stand|datum|date|"
    r"fecha|mis à jour|gepubl\w*|last|zuletzt|(?:mon|tues|wednes|thurs|fri|satur|sun)day|\w+tag|mittwoch|lundi|mardi|"
    r"mercredi|jeudi|vendredi|samedi|dimanche|lunes|martes|miércoles|jueves|viernes|sábado|domingo|\w+feira|luned[iì]|"
    r"marted[iì]|mercoled[iì]|gioved[iì]|venerd[iì]|sabato|domenica|\w+dag|news|blog|comments?)\b|[!?:]",
    re.I,
)
_PAGE_OF_AUTHOR = re.compile(
    r"/(?:authors?|autor(?:en|es|s)?|auteurs?|autor[ei]|byline|contributors?|journalists?|"
    r"writers?|columnists?|reporters?|redaktion|correspondents?|firmas?)/[^/?#]+",
    re.I,
)
_ORGANISATIONS = frozenset({"organization", "newsmediaorganization", "corporation", "website", "brand"})
_SHORT = 150
_ENOUGH = 200
_SMALL = ("h1", "h2", "h3", "p", "div", "span", "a", "li", "em", "strong", "address", "h4", "h5", "small", "cite", "dd")


def authors(
    tree: Node,
    article: Thing,
    things: list[dict[str, Any]],
    meta: Meta,
    outlets: list[str],
    title: str = "",
    day: str = "",
) -> tuple[str, ...]:
    """Return the authors of the page, published on *day* (an ISO day, "" where unknown).

    Names among *outlets* do not count. Organisations and logins ("jdoe"), wherever stated, give way to a person whom
    the page names elsewhere.
    """
    by_id = {str(thing.get("@id")): thing for thing in things if thing.get("@id")}
    stated = article.get("author") or article.get("creator")
    head = headline_node(tree, title)
    by_json_ld = people.names(_people(stated, by_id), outlets)
    if not _all_organisations(stated, by_id) and any(not _is_weak(name) for name in by_json_ld):
        return by_json_ld
    witnesses: tuple[Callable[[], list[str]], ...] = (
        lambda: _meta_authors(meta),
        lambda: _marked(tree, head, "rel", "author"),
        lambda: _marked(tree, head, "itemprop", "author"),
        lambda: _byline(tree, head)[0],
        lambda: _line_under_headline(tree, head),
        lambda: _labelled(tree, head),
        lambda: _linked(tree, head),
        lambda: _beside_date(tree, head, day, title),
        lambda: _other_meta(meta),
        lambda: _byline(tree, head)[1],
        lambda: _single(tree, head),
    )
    if by_json_ld and _all_organisations(stated, by_id):  # a class alone is too weak against what the page states
        witnesses = (*witnesses[:3], witnesses[4])
    weak = by_json_ld
    for place, witness in enumerate(witnesses):
        if place > 5 and weak and not all(map(_is_login, weak)):
            break
        found = people.names(witness(), outlets)
        if any(not _is_weak(name) for name in found):
            return _completed(found, (other() for other in witnesses[place + 1 : 4]), outlets)
        weak = _stronger(weak, found)
    return weak


def _completed(found: tuple[str, ...], others: Iterable[list[str]], outlets: list[str]) -> tuple[str, ...]:
    """Return the first of *others*, each on one line, that has all names of *found* and more persons; else *found*."""
    for texts in others:
        more = people.names(texts, outlets) if not any("\n" in text for text in texts) else ()
        if set(found) < set(more) and not any(_is_weak(name) or not people.looks_like_person(name) for name in more):
            return more
    return found


def _is_login(name: str) -> bool:
    return name.islower() and " " not in name


def _is_weak(name: str) -> bool:
    return _is_login(name) or people.is_organisation(name)


def _stronger(one: tuple[str, ...], other: tuple[str, ...]) -> tuple[str, ...]:
    """Return the first that is more than logins, else the first that is anything."""
    return other if all(map(_is_login, one)) and not (one and all(map(_is_login, other))) and other else one


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
    return [visible(_named_part(node)) for node in nodes if _beside(node, nodes[0])][:10]


def _ancestors(node: Node, levels: int) -> list[Node]:
    found: list[Node] = []
    parent = node.getparent()
    while parent is not None and parent.tag not in {"body", "html"} and len(found) < levels:
        found.append(parent)
        parent = parent.getparent()
    return found or [node]


def _named_part(node: Node) -> Node:
    return next((part for part in node.iter() if isinstance(part.tag, str) and part.get("itemprop") == "name"), node)


def _named(node: Node) -> list[str]:
    """Return the lines of a byline, or the parts of it that are marked as names where those are all the names."""
    lines = lines_of(node, 300)
    lines = [line for line in lines if any(map(people.looks_like_person, people.names([line])))] or lines
    parts = [
        visible(part, 60)
        for part in node.iter()
        if isinstance(part.tag, str)
        and (
            part.get("itemprop") == "name"
            or "fn" in (part.get("class") or "").split()
            or part.get("rel") == "author"
            or (part.tag == "a" and _PAGE_OF_AUTHOR.search(part.get("href") or ""))
        )
    ]
    marked = [name for name in people.names(parts) if people.looks_like_person(name)]
    return parts if marked and len(marked) >= len(people.names(["\n".join(lines)])) else ["\n".join(lines)]


def _byline(tree: Node, head: Node | None) -> tuple[list[str], list[str]]:
    """Return the names in the first short elements whose class says that they are a byline: the article's own, those
    beside each other together, and another story's."""
    elsewhere: list[str] = []
    ours: list[tuple[Node, list[str]]] = []
    read = 0
    for node in tree.iter(*_SMALL[3:], "section"):
        marks = _CAMEL.sub("-", f"{node.get('class') or ''} {node.get('id') or ''} {node.get('data-testid') or ''}")
        if not _MARK.search(marks) or _OTHER.search(marks) or not 3 < len(visible(node)) < _SHORT:
            continue
        if ours and (ours[-1][0] in islice(node.iterancestors(), 12) or not _beside(node, ours[0][0])):
            continue
        read += 1
        if read > _ENOUGH:  # a list of others' stories, not an article
            break
        texts = _named(node)
        names = people.names(texts)
        # "von Heiner": a single name counts where the line says that it is one.
        if any(map(people.looks_like_person, names)) or (len(names) == 1 and _LINE.match(visible(node))):
            if not is_elsewhere(node, head):
                ours.append((node, texts))
            elsewhere = elsewhere or texts
    return [text for _, texts in ours[:6] for text in texts], elsewhere


def _beside(node: Node, other: Node) -> bool:
    return not set(_ancestors(node, 2)).isdisjoint(_ancestors(other, 2))


def _line_under_headline(tree: Node, head: Node | None) -> list[str]:
    """Return the first short text after the headline that begins with "By" and a name, or has them after a date."""
    after = list(islice(dropwhile(lambda node: node is not head, tree.iter(*_SMALL)), 1, 100))
    for node in after[:80]:
        text = visible(node, 300)
        inside = _INSIDE.search(text) if _LINE.match(text) is None and written_date(text) else None
        if len(text) < _SHORT and (inside or _LINE.match(text)):
            named = [text[inside.end() :]] if inside else _named(node)
            found = people.names(named)
            if found and all(map(people.looks_like_person, found)) and not is_elsewhere(node, head):
                return named
    return []


def _labelled(tree: Node, head: Node | None) -> list[str]:
    """Return the name in the first short text that is labelled "Author"."""
    for node in tree.iter(*_SMALL[3:]) if _LABELLED.search(body_text(tree)) else ():
        text = visible(node, 100)
        match = _LABELLED.match(text) if len(text) < 80 else None
        found = people.names([text[match.end() :]]) if match else ()
        if found and all(map(people.looks_like_person, found)) and not is_elsewhere(node, head):
            return list(found)
    return []


def _single(tree: Node, head: Node | None) -> list[str]:
    """Return the one word that a line with a time or a date names as the author ("posted by Ana at 12:53")."""
    for node in tree.iter(*_SMALL[3:]) if _SINGLE.search(body_text(tree)) else ():
        text = visible(node, 120)
        match = _SINGLE.match(text) if len(text) < 100 and any(map(str.isdigit, text)) else None
        if match and not is_elsewhere(node, head):
            return [match[1]]
    return []


def _linked(tree: Node, head: Node | None) -> list[str]:
    """Return the texts of the first links around the headline that lead to an author's page."""
    found: list[Node] = []
    region = region_of(head)
    links = dropwhile(lambda node: head is not None and node is not head, tree.iter("h1", "h2", "h3", "a"))
    for node in islice(links, 1_000):
        if node.tag != "a" or not _PAGE_OF_AUTHOR.search(_path(node.get("href"))) or is_elsewhere(node, head):
            continue
        parent = node.getparent()
        in_text = parent is not None and len(visible(parent, 200)) > _SHORT
        if in_text or not 2 < len(visible(node)) < 60 or (region and levels_apart(node, region) >= FAR):
            continue
        if found and not _beside(node, found[0]):
            break
        found.append(node)
    return [visible(node) for node in found[:6]]


def _path(url: str | None) -> str:
    """Return the path of a link, "" where it is none."""
    try:
        return urlsplit(url or "").path
    except ValueError:
        return ""


def _beside_date(tree: Node, head: Node | None, day: str, title: str) -> list[str]:
    """Return the name in a short line of a name and the day of publication ("Ana Example | 29 July 2024, 14:26")."""
    for node in tree.iter("p", "div", "span", "li", "small", "address", "td") if day else ():
        words = visible(node, 100) if len(node) < 6 else ""
        lines = lines_of(node, 100) if 12 < len(words) < 90 and any(map(str.isdigit, words)) else []
        line = next((line for line in lines if day in (written_date(line) or ())), "")
        found = written_date(line)
        name = line.partition(found[1])[0].strip(" |·•,–—-") if found else ""
        if (
            " " not in name
            or len(name) > 40
            or _NO_NAME.search(name)
            or not people.looks_like_person(name)
            or name in title
        ):
            continue
        if people.names([name]) == (name,) and not people.is_organisation(name) and not is_elsewhere(node, head):
            return [name]
    return []


def _other_meta(meta: Meta) -> list[str]:
    """Return what any other `<meta>` that is called after an author says, where it is a person's name."""
    for name, texts in meta.items():
        named = name not in _META and re.search(r"author|byline|twitter:creator|writer", name)
        if named and any(map(people.looks_like_person, people.names(texts[:1]))):
            return texts[:1]
    return []
