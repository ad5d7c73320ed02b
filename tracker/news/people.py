"""Names of authors out of bylines and metadata: split, without "By", titles, addresses and outlets."""

import re
from collections.abc import Iterable

from tracker.news import markup

_BY = re.compile(
    r"^\s*(?:(?i:(?:(?:view|see|read)\s+)?(?:(?:all|more)\s+)?(?:posts?|articles?|stories|more)\s+(?:by|from)|"
    r"(?:(?:written|posted|reported|published|guest (?:post|column|essay)|words|text|story|article|analysis|opinion|"
    r"review|edited|interview|(?:additional\s+)?reporting)\s+)?by|"
    r"(?:eine?\s+)?(?:analyse|kommentar|gastbeitrag|interview|bericht|reportage|kolumne|essay|rezension)\s+von|"
    r"(?:words|text|story|(?:additional\s+)?reporting)(?=\s*[:：])|"
    r"autor(?:/in|in|es|en)?|authors?|tekste?|texte|texto|testo|przez|fotos?|作者|記者|记者|撰文|文|글)\s*[:：／/\s]\s*|"
    # Words that are names too ("Di Example"): only before two more that look like one.
    r"(?i:von|par|por|di|da|door|durch|av|af)\s*:?\s+(?=[^\W\d_a-z]\S*\s+\S)|"
    r"(?:von|par|por|door|durch)\s+(?=[^\W\d_a-z]\S+\Z))"
)
_ASIDE = re.compile(r"\s*[|•·].*$", re.S)
_SPLIT = re.compile(r"\s*(?:;|\n|\s/\s|\s+(?:and|und|et|y|e|en|och|og|with|mit|avec)\s+|\s*&\s*)\s*", re.I)
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_HANDLE = re.compile(r"(?:^|\s)@\w{2,30}\b")
_URL = re.compile(r"^(?:https?://|www\.)|\.(?:com|org|net|html?)(?:/|$)", re.I)
_PARENS = re.compile(r"\s*[(\[][^)\]]*[)\]]\s*")
_TAIL = re.compile(
    r"\s*(?:[,|•·–—]|\s-\s)\s*(?:.*\b(?:reporter|editor|correspondent|writer|columnist|journalist|contributor|analyst|"
    r"staff|bureau|producer|fellow|professor|director|chief|head|author|anchor|host|redakteur\w*|korrespondent\w*|"
    r"journaliste|redactor\w*|periodista|ap|afp|reuters|bbc|cnn|npr|bloomberg|news|press|times|post|tribune|today|"
    r"associated press|phd|ph\.d\.?|md)\b.*)$",
    re.I,
)
_DATE = re.compile(
    r"\b(?:published|updated|posted|last modified|on\s+\d|\d{1,2}:\d{2}|\d{1,2}[./]\d{1,2}[./]\d{2,4}|"
    r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?\s+\d{1,2},?\s+\d{4}|\d{4}-\d{2}-\d{2})\b.*$",
    re.I,
)
_DAY = re.compile(
    r"[\s,]+(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?,?\s+)?"
    r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?\s+\d{1,2}(?:,?\s+\d{4})?\s*$",
    re.I,
)
_STAMP = re.compile(  # "Ana Example - Apr 16, 2015 8:02 pm UTC": a whole date ends the names
    r"[\s,–—-]+(?:on\s+)?(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?,?\s+)?"
    r"(?:(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?\s+\d{1,2}(?:st|nd|rd|th)?,?\s+\d{4}\b|"
    r"\d{1,2}(?:st|nd|rd|th)?\.?\s+(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?,?\s+\d{4}\b|"
    r"\d+\s+(?:min(?:ute)?|hour|day|week|month|year)s?\s+ago\b).*$",
    re.I | re.S,
)
_OTHER_CREDIT = re.compile(  # who edited, photographed or drew did not write
    r"(?<=\w)[\s,;|/&.–—-]+(?:and\s+)?(?:edit(?:ed|ing)|photo(?:s|graph(?:s|y|ed))?|pictures?|images?|video|graphics?|"
    r"illustrat(?:ed|ions?)|translat(?:ed|ion))\s*(?:by\b|[:：]).*$",
    re.I | re.S,
)
# "Ana Example Special to the Gazette": what a name is followed by without a comma.
_FOR = re.compile(
    r"\s+(?:special\s+to\s|envoyée?s?\s+spécia|correspondante?s?\b|"
    r"special\s+correspondent|,?\s*in\s+collaboration\s|as\s+told\s+to\s|contributed\s+(?:to|reporting)).*$",
    re.I | re.S,
)
_ROLE_LINE = re.compile(
    r"\b(?:reporter|editor|correspondent|writer|columnist|journalist|contributor|analyst|producer|fellow|professor|"
    r"director|author|redakteur(?:in)?|korrespondent(?:in)?|journaliste|periodista|redactora?|reporterin)s?\s*$",
    re.I,
)
_WIRE = re.compile(
    r",?\s+(?:the\s+)?(?:(?:bbc|nbc|abc|cbs|fox|sky|itv|bloomberg|euro)\s?news|cnn\b|reuters|afp|dpa|ap\b|npr|pti\b|"
    r"associated press|usa today|press association)\b.*$",
    re.I | re.S,
)
_INVITATION = re.compile(
    r"(?:(?:medically )?reviewed by|fact[- ]checked|view|see|read|more|all|about|follow|contact|e-?mail|share|show|"
    r"profile|posts?)\b",
    re.I,
)
_OUTLET = re.compile(r"\s+(?:exclusively\s+)?[Ff](?:or|OR)\s+(?:[Tt](?:he|HE)\s+)?[A-Z].*$", re.S)
_WHERE = re.compile(r"\s+(?i:in|à)\s+[^\W\d_a-z]\w*(?:\s+[^\W\d_a-z]\w*){0,2}$")
_ROLE = re.compile(
    r"(?:\s+(?:technology|tech|business|science|health|legal|political|education|climate|culture|economics|security|"
    r"cyber|ai|senior|chief|staff|news|data|investigations))*"
    r"\s+(?:reporter|correspondent|editor|journalist|columnist|writer)$",
    re.I,
)
_GENERIC = {
    "admin",
    "admin user",
    "agencies",
    "administrator",
    "anonymous",
    "by",
    "author",
    "authors",
    "contributor",
    "editor",
    "editorial",
    "editorial staff",
    "editorial team",
    "editors",
    "guest",
    "guest author",
    "guest contributor",
    "news desk",
    "newsroom",
    "none",
    "null",
    "redaktion",
    "redaction",
    "rédaction",
    "la rédaction",
    "redacción",
    "staff",
    "staff reporter",
    "staff report",
    "staff reports",
    "staff writer",
    "staff writers",
    "site admin",
    "super user",
    "the editors",
    "unknown",
    "undefined",
    "user",
    "user admin",
    "web desk",
    "webadmin",
    "webmaster",
    "wire services",
    "wordpress",
    "wp admin",
    "wpadmin",
}
_PLACES = {"new york", "los angeles", "san francisco", "washington dc", "washington d.c.", "hong kong", "new delhi"} | {
    "tel aviv",
    "cape town",
    "buenos aires",
    "são paulo",
    "mexico city",
    "kuala lumpur",
    "united states",
    "united kingdom",
    "st. louis",
    "san diego",
    "las vegas",
}
_ORGANISATION = re.compile(
    r"\b(?:gmbh|inc|ltd|llc|plc|media|news\w*|press|presse|agency|agencies|agentur|staff|team|desk|editors|editorial|"
    r"redaktion|redacción|rédaction|redazione|redactie|online|magazine|magazin|times|tribune|gazette|journal|foundation|"
    r"university|institute|associated|reuters|wire|group|company|network|zeitung|contributors|correspondents|ediciones|"
    r"department|ministry|ministerium|office|service|services|radio|tv|verlag|welle|"
    r"insider|buzzfeed|politico|axios|wired|techcrunch|forbes|bloomberg|today)\b|\.[a-z]{2,4}\b(?<!\bjr\.)",
    re.I,
)
_SUFFIX = re.compile(r"^(?:jr|sr|ii|iii|iv)\.?$", re.I)
_MAX_NAME = 80
_MAX_WORDS = 7


def names(texts: Iterable[str], outlets: Iterable[str] = ()) -> tuple[str, ...]:
    """Return the authors that *texts* (bylines or single names) give, each once, in order.

    Names that are one of *outlets* (the site's or publisher's name) are left out, as are addresses, roles and
    placeholders such as "admin".
    """
    unwanted = _PLACEHOLDERS | {_key(outlet) for outlet in outlets if outlet}
    found: dict[str, str] = {}
    for text in texts:
        for part in _parts(text):
            name = _name(part)
            if name and _key(name) not in unwanted:
                found.setdefault(_key(name), name)
    keys = list(found)
    # "Jane Doe" beside "Jane Doe Washington": the shorter is the name.
    return tuple(found[key] for key in keys if not any(other != key and key.startswith(other + " ") for other in keys))


def is_organisation(name: str) -> bool:
    """Return whether *name* reads like an agency's, an outlet's or a desk's rather than a person's."""
    return bool(_ORGANISATION.search(name)) or (name.isupper() and name.isascii() and len(name) < 6)


def looks_like_person(name: str) -> bool:
    """Return whether *name* reads like a person's: two to five capitalised words, or a name in another script."""
    words = name.split()
    if len(words) == 1:  # a script that has no capitals writes names in one piece
        return name[:1].isalpha() and not name[0].islower() and not name[0].isupper()
    small = {
        "de",
        "del",
        "della",
        "der",
        "den",
        "di",
        "da",
        "dos",
        "du",
        "la",
        "le",
        "van",
        "von",
        "bin",
        "ibn",
        "al",
        "el",
        "y",
    }
    capitals = all(word[0].isupper() or word in small or word[0] in "'’\"“" for word in words)
    return 2 <= len(words) <= 5 and capitals and words[-1] not in small


def _parts(text: str) -> list[str]:
    first, *others = text.strip().split("\n")
    text = markup.plain(" ; ".join([first, *(line for line in others if not _ROLE_LINE.search(line))]), 500)
    if text.startswith("(") and text.endswith(")"):  # a wire's last line
        text = text[1:-1]
    text = _FOR.sub("", _STAMP.sub("", _OTHER_CREDIT.sub("", _BY.sub("", text))))
    text = _DAY.sub("", text)
    text = _ASIDE.sub("", _PARENS.sub(" ", text)).strip()
    pieces = [part for piece in _SPLIT.split(text) for part in _split_commas(piece or "")]
    # "Ana Example en Madrid": beside a full name a single word is a place or the rest of a title.
    full = [piece for piece in pieces if " " in piece.strip() or not piece.isascii()]
    return [piece for piece in full or pieces if piece.strip().lower() not in _PLACES]


def _split_commas(piece: str) -> list[str]:
    """Split at commas where the parts are names ("A B, C D"), not a name and what it is ("A B, Reporter")."""
    parts = [part.strip() for part in piece.split(",") if part.strip()]
    if len(parts) == 2 and len(parts[0].split()) == 1 and len(parts[1].split()) == 1:
        return [piece] if _SUFFIX.match(parts[1]) else [f"{parts[1]} {parts[0]}"]  # "Doe, Jane"
    kept: list[str] = []
    for part in parts:
        if _SUFFIX.match(part) and kept:
            kept[-1] += f" {part}"
        elif not kept or not (
            len(part.split()) < 2 or _TAIL.match(f", {part}") or is_organisation(part) or part[0].islower()
        ):
            kept.append(part)
    return kept


def _is_description(part: str) -> bool:
    return bool(_TAIL.match(f", {part}")) or is_organisation(part)


def _name(part: str) -> str:
    part = _HANDLE.sub(" ", _EMAIL.sub(" ", part))
    part = _DATE.sub("", _TAIL.sub("", _BY.sub("", part)))
    part = re.sub(r"\s+", " ", part).strip(" \t,;:|/\\-–—•·*\"'“”<>()")
    for ending in (_WIRE, _OUTLET, _WHERE, _ROLE):
        shorter = ending.sub("", part)
        part = shorter if looks_like_person(shorter) else part
    if len(part) < 2 or len(part) > _MAX_NAME or len(part.split()) > _MAX_WORDS or _URL.search(part):
        return ""
    if (
        _INVITATION.match(part)
        or ":" in part
        or not any(char.isalpha() for char in part)
        or sum(char.isdigit() for char in part) > 2
    ):
        return ""
    return _title_case(part) if part.isupper() and len(part) > 6 and " " in part else part


def _title_case(name: str) -> str:
    return re.sub(r"[^\W\d_]+(?:['’][^\W\d_]+)?", lambda match: match[0][0] + match[0][1:].lower(), name)


def _key(name: str) -> str:
    return re.sub(r"[\W_]+", " ", name.casefold()).strip()


_PLACEHOLDERS = frozenset(map(_key, _GENERIC))
