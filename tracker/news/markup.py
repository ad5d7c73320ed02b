"""Text hygiene that feeds and pages share: what may be stored, plain text out of markup, markup made harmless."""

import html
import re
from functools import lru_cache

import nh3

MAX_TITLE = 1_000
MAX_HTML = 200_000

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_SPACE = re.compile(r"\s+")
_TAG = re.compile(r"<(?:[a-zA-Z][^<>]*|/[a-zA-Z][^<>]*|!--.*?--|!\[CDATA\[|!doctype[^<>]*|\?[^<>]*)>", re.S | re.I)
_OPEN_COMMENT = re.compile(r"<!--(?!.*?-->)[^>]*(?:>|\Z)", re.S)
_BLOCK = re.compile(r"</?(?:p|div|br|li|ul|ol|tr|td|th|table|h[1-6]|blockquote|section|article|hr)\b[^<>]*>", re.I)
_DROPPED = re.compile(r"<(script|style|applet)\b.*?(?:</\1\s*>|\Z)", re.S | re.I)
_VOID_END = re.compile(r"</(?:area|base|br|col|embed|hr|img|input|link|meta|param|source|track|wbr)\s*>", re.I)
_RAW = re.compile(r"</?(?:iframe|noembed|noframes|noscript|xmp|plaintext|textarea|title)\b[^<>]*>", re.I)
_BOGUS = re.compile(r"<!(?!--|\[CDATA\[|doctype)", re.I)
_CLOSED = re.compile(r"</[a-zA-Z][a-zA-Z0-9]*\s*>|<(?:br|p|img)\b[^<>]*>", re.I)
_CDATA_MARK = re.compile(r"<!\[CDATA\[|\]\]>|\]\]\s*\Z")
_ENTITY = re.compile(r"&(?:[a-zA-Z][a-zA-Z0-9]{1,31}|#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6});")

_TAGS = (nh3.ALLOWED_TAGS | {"tfoot", "picture", "video", "audio", "source", "big", "dir", "menu"}) - {"nav"}
_ATTRIBUTES = {
    **nh3.ALLOWED_ATTRIBUTES,
    "*": {"title", "lang", "dir"},
    "video": {"src", "poster", "width", "height"},
    "audio": {"src"},
    "source": {"src", "type"},
    "time": {"datetime"},
}


def clean(text: str) -> str:
    """Return *text* without what PostgreSQL or UTF-8 cannot hold: NUL, other controls, lone surrogates."""
    return _CONTROL.sub("", text)


def one_line(text: str, limit: int = MAX_TITLE) -> str:
    """Return *text* cleaned, its white space runs made single spaces, cut to *limit* characters with "…"."""
    text = _SPACE.sub(" ", clean(text[: limit * 8])).strip()
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def without_cdata(text: str) -> str:
    """Return *text* without the marks of a CDATA section that was written inside another, or escaped."""
    return _CDATA_MARK.sub("", text) if "<![CDATA[" in text else text


def has_markup(text: str) -> bool:
    """Return whether *text* holds a tag or a character reference, so that it is HTML rather than plain text."""
    return bool(_TAG.search(text) or _ENTITY.search(text))


def has_elements(text: str) -> bool:
    """Return whether *text* that was declared plain holds finished HTML elements, a common mistake of feeds."""
    return bool(_CLOSED.search(text))


def plain(markup: str, limit: int = MAX_TITLE) -> str:
    """Return the text of an HTML fragment on one line: tags removed, character references decoded once."""
    markup = _OPEN_COMMENT.sub("", _DROPPED.sub(" ", without_cdata(markup[: limit * 16])))
    return one_line(html.unescape(_TAG.sub("", _BLOCK.sub(" ", markup))), limit)


@lru_cache(maxsize=256)
def _cleaner(base: str) -> nh3.Cleaner:
    return nh3.Cleaner(
        tags=_TAGS,
        clean_content_tags={"script", "style", "applet", "template"},
        attributes=_ATTRIBUTES,
        link_rel=None,
        url_schemes={"http", "https", "mailto"},
        url_relative=("rewrite_with_base", base) if base else "pass_through",
    )


def sanitise(markup: str, base: str = "", *, xhtml: bool = False, limit: int = MAX_HTML) -> str:
    """Return an HTML fragment that is safe to show, its relative URLs resolved against *base*.

    Only http, https and mailto links stay; no script, style, frame, form, event handler or comment does. Input
    beyond *limit* characters is cut before it is parsed, so no tag is left open. *xhtml* says that the fragment
    was serialised from XML, with an end tag for every element.
    """
    markup = without_cdata(clean(markup[:limit]))  # HTML takes the mark for a comment and loses what follows
    if xhtml or "</br" in markup:  # HTML reads `</br>` as one more line break
        markup = _VOID_END.sub("", markup)
    if "<" not in markup and "&" not in markup:
        return markup.strip()
    # HTML takes what stands in these elements for raw text, and "<!" for a comment: both would swallow words.
    markup = _BOGUS.sub("&lt;!", _RAW.sub("", markup))
    try:
        return _cleaner(base).clean(markup).strip()
    except ValueError:  # a base that is no URL
        return _cleaner("").clean(markup).strip()


def escape(text: str, limit: int = MAX_HTML) -> str:
    """Return plain text as an HTML fragment."""
    return html.escape(clean(text[:limit]), quote=False).strip()
