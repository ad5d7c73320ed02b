"""Bytes of a page in, text out. A declaration is evidence, not proof: servers and templates are often wrong.

Order: byte order mark; valid UTF-8; the declaration, where the bytes decode and look like the language it is for;
detection (trafilatura's, by charset-normalizer); Windows-1252 with replacements.
"""

import codecs
import re
import unicodedata

from trafilatura.utils import decode_file

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# Labels that browsers read as a superset (https://encoding.spec.whatwg.org/#names-and-labels).
_SUPERSETS = {
    "iso-8859-1": "cp1252",
    "iso8859-1": "cp1252",
    "latin1": "cp1252",
    "latin-1": "cp1252",
    "us-ascii": "cp1252",
    "ascii": "cp1252",
    "windows-1252": "cp1252",
    "iso-8859-9": "cp1254",
    "iso-8859-11": "cp874",
    "tis-620": "cp874",
    "windows-874": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "gb_2312-80": "gb18030",
    "x-gbk": "gb18030",
    "big5": "big5hkscs",
    "euc-kr": "cp949",
    "ks_c_5601-1987": "cp949",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "x-sjis": "cp932",
    "sjis": "cp932",
}
_META = re.compile(rb"<meta[^>]+charset\s*=\s*[\"']?\s*([\w.:-]+)", re.I)
_XML = re.compile(rb"<\?xml[^>]+encoding\s*=\s*[\"']([\w.:-]+)", re.I)
_HTTP = re.compile(r"charset\s*=\s*[\"']?([\w.:-]+)", re.I)


def decode(body: bytes, content_type: str = "") -> str:
    """Return *body* as text; never raises. *content_type* is the HTTP header, perhaps with a charset."""
    for bom, name in _BOMS:
        if body.startswith(bom):
            return body[len(bom) :].decode(name, "replace")
    sixteen = _without_bom(body)
    if sixteen:
        return body.decode(sixteen, "replace")
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as error:
        # A page cut within a character, or with a single stray byte, is still UTF-8.
        if _is_nearly_utf8(body, error):
            return body.decode("utf-8", "replace")
    for label in _declared(body, content_type):
        text = _plausible(body, label)
        if text is not None:
            return text
    detected = decode_file(body)
    if "\ufffd" not in detected:
        return detected
    return body.decode("cp1252", "replace")


def _declared(body: bytes, content_type: str) -> list[str]:
    head = body[:4096]
    found = [match[1] for match in [_HTTP.search(content_type)] if match]
    found += [match[1].decode("ascii") for match in (_META.search(head), _XML.search(head)) if match]
    return list(dict.fromkeys(label.lower() for label in found))


def _without_bom(body: bytes) -> str:
    """Return the UTF-16 form that "<" and a zero byte at the start give away, else ""."""
    head = body[:4]
    if head[:1] == b"<" and head[1:2] == b"\0":
        return "utf-16-le"
    return "utf-16-be" if head[:2] == b"\0<" else ""


def _is_nearly_utf8(body: bytes, error: UnicodeDecodeError) -> bool:
    if error.start >= len(body) - 4 and not body[: error.start].isascii():
        return True
    text = body.decode("utf-8", "replace")
    good = sum(1 for char in text if ord(char) > 0x7F and char != "\ufffd")
    return good > 20 * text.count("\ufffd")


def _plausible(body: bytes, label: str) -> str | None:
    """Return *body* by the declared charset, None where it does not decode or reads like another script's bytes."""
    name = _SUPERSETS.get(label, label)
    if name in {"utf-8", "utf8"} or name.startswith(("utf-16", "utf-32", "utf16")):
        return None
    try:
        text = body.decode(name)
    except LookupError:
        return None
    except UnicodeDecodeError:
        text = body.decode(name, "replace")
        if text.count("\ufffd") > max(2, len(text) // 2000):
            return None
    return None if _looks_misread(text) else text


def _looks_misread(text: str) -> bool:
    """Return whether a Western decoding is full of accents, as Cyrillic or Chinese bytes are when misread."""
    letters = [char for char in text if char.isalpha() and ord(char) > 0x7F]
    if not letters:
        return False
    western = sum(1 for char in letters if ord(char) < 0x250)
    if western < 0.9 * len(letters):
        return False
    plain = sum(1 for word in re.findall(r"[^\W\d_]{2,}", re.sub(r"<[^>]*>", " ", text)) if word.isascii())
    dense = sum(1 for word in re.findall(r"[^\W\d_]{2,}", text) if _accents(word) > 0.6)
    return dense > 20 and dense > plain / 2


def _accents(word: str) -> float:
    accented = sum(1 for char in word if ord(char) > 0x7F and unicodedata.category(char)[0] == "L")
    return accented / len(word)
