"""What both XML forms of a feed have in common: how elements are made, and the words for people in a browser.

A browser that opens a feed shows it by a style sheet of ours. Elements of XHTML are links and paragraphs there without
any script, so an introduction of them stands in every feed; feed readers pass over what is of another namespace.
"""

from datetime import datetime

from django.templatetags.static import static
from django.utils.translation import gettext as _
from lxml import etree

from claims.following.items import line
from claims.following.pages import Document

ATOM = "http://www.w3.org/2005/Atom"
HISTORY = "http://purl.org/syndication/history/1.0"
TOMBSTONES = "http://purl.org/atompub/tombstones/1.0"
XHTML = "http://www.w3.org/1999/xhtml"
Element = etree._Element


def add(parent: Element, name: str, text: str | None = None, /, **attributes: str) -> Element:
    """Append an element to *parent* and return it; "content_type" is written as the attribute "type"."""
    made = etree.SubElement(parent, name, {"type" if k == "content_type" else k: v for k, v in attributes.items()})
    made.text = text
    return made


def rfc3339(moment: datetime) -> str:
    """Return a moment as Atom and JSON Feed write it."""
    return moment.isoformat().replace("+00:00", "Z")


def links_of(document: Document, form: str, site: str, hubs: list[str]) -> list[tuple[str, str]]:
    """Return the links of a document to its family and its hubs: (relation, address)."""
    channel = document.channel
    links = [("self", site + channel.feed(form, document.part))]
    if document.part is not None:
        links.append(("current", site + channel.feed(form)))
    else:
        links += [("hub", hub) for hub in hubs]
    if document.previous:
        links.append(("prev-archive", site + channel.feed(form, document.previous)))
    if document.next:
        links.append(("next-archive", site + channel.feed(form, document.next)))
    return links


def add_introduction(parent: Element, document: Document, site: str) -> None:
    """Append the words for a person who opens the feed in a browser."""
    box = add(parent, f"{{{XHTML}}}div")
    box.set("class", "introduction")
    words = _("This is a feed: give its address to a feed reader, and it tells you what changes.")
    add(box, f"{{{XHTML}}}p", line(words))
    where = add(box, f"{{{XHTML}}}p")
    add(where, f"{{{XHTML}}}a", line(document.channel.name), href=site + document.channel.page).tail = " · "
    add(where, f"{{{XHTML}}}a", _("All feeds, and news by e-mail"), href=f"{site}/feeds/")


def written(root: Element) -> bytes:
    """Return the document as bytes, with the style sheet by which browsers show it."""
    sheet = static("site/feed.css")
    root.addprevious(etree.ProcessingInstruction("xml-stylesheet", f'type="text/css" href="{sheet}"'))
    return etree.tostring(root.getroottree(), encoding="utf-8", xml_declaration=True)
