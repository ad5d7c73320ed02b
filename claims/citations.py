"""How a page is cited: BibTeX, RIS, CSL-JSON and plain text, each with the day that it is cited as of. Pure."""

import json
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

# What a page shows may change, so each names its day.
FORMS = ("bib", "ris", "json", "txt")
TYPES = {
    "bib": "application/x-bibtex; charset=utf-8",
    "ris": "application/x-research-info-systems; charset=utf-8",
    "json": "application/vnd.citationstyles.csl+json",
    "txt": "text/plain; charset=utf-8",
}
MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()


@dataclass(frozen=True, slots=True)
class Citation:
    """What is cited: its key, title and address, who publishes it, when it last changed, and the day it is cited."""

    key: str
    title: str
    url: str
    site: str
    changed: date
    as_of: date
    note: str = ""


def plain(cited: Citation) -> str:
    """Return a citation in words."""
    note = f" ({cited.note})" if cited.note else ""
    return f"“{cited.title}”. {cited.site}{note}, as of {cited.as_of.day} {cited.as_of:%B %Y}. {cited.url}\n"


def bibtex(cited: Citation) -> str:
    """Return an entry of a BibTeX data base (http://mirrors.ctan.org/biblio/bibtex/base/btxdoc.pdf)."""
    notes = ", ".join(part for part in (cited.note, f"as of {cited.as_of}") if part)
    fields = {
        "title": "{" + _tex(cited.title) + "}",
        "author": "{" + _tex(cited.site) + "}",
        "year": f"{cited.changed.year}",
        "month": MONTHS[cited.changed.month - 1],
        "url": cited.url,
        "urldate": f"{cited.as_of}",
        "note": _tex(notes),
    }
    lines = [f"  {name} = {value if name == 'month' else '{' + value + '}'}" for name, value in fields.items()]
    return f"@misc{{{_word(cited.key)},\n" + ",\n".join(lines) + "\n}\n"


TEX = {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    **{char: f"\\{char}" for char in "{}&%$#_"},
}


def _tex(text: str) -> str:
    """Return text with nothing in it that TeX would take for a command."""
    return "".join(TEX.get(char, char) for char in _line(text))


def ris(cited: Citation) -> str:
    """Return a reference in RIS, a tag a line, lines ended by CRLF (https://en.wikipedia.org/wiki/RIS_(file_format))."""
    fields = [
        ("TY", "ELEC"),
        ("ID", _word(cited.key)),
        ("TI", _line(cited.title)),
        ("AU", cited.site),
        ("PB", cited.site),
        ("PY", f"{cited.changed.year}"),
        ("DA", f"{cited.changed:%Y/%m/%d}"),
        ("Y2", f"{cited.as_of:%Y/%m/%d}"),
        ("UR", cited.url),
        ("N1", ", ".join(part for part in (cited.note, f"as of {cited.as_of}") if part)),
        ("ER", ""),
    ]
    return "".join(f"{tag}  - {value}\r\n" for tag, value in fields)


def csl(cited: Citation) -> str:
    """Return a list of one item in CSL-JSON (https://github.com/citation-style-language/schema)."""
    item: dict[str, object] = {
        "id": _word(cited.key),
        "type": "webpage",
        "title": _line(cited.title),
        "author": [{"literal": cited.site}],
        "container-title": cited.site,
        "publisher": cited.site,
        "URL": cited.url,
        "issued": {"date-parts": [[cited.changed.year, cited.changed.month, cited.changed.day]]},
        "accessed": {"date-parts": [[cited.as_of.year, cited.as_of.month, cited.as_of.day]]},
    }
    if cited.note:
        item["note"] = cited.note
    return json.dumps([item], ensure_ascii=False, indent=1) + "\n"


def _line(text: str) -> str:
    return " ".join(text.split())


def _word(text: str) -> str:
    """Return text as a key: ASCII letters, digits and hyphens."""
    plain_text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^A-Za-z0-9]+", "-", plain_text).strip("-") or "page"


WRITERS: dict[str, Callable[[Citation], str]] = {"bib": bibtex, "ris": ris, "json": csl, "txt": plain}
