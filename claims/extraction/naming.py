"""Who and what an article names: mentions of parties, people and systems under one canonical name each.

Names come from the registry first, then from the parser's entities; within an article the fullest form wins
("Altman" is "Sam Altman" where the article says so anywhere, the headline included).
"""

import re

from claims.extraction.lexicon import word_set
from claims.extraction.mentions import NO_NAMES, Mention, Names, nouns, spread
from claims.extraction.parsing import Parsed
from claims.extraction.registry import NameIndex

LEGAL = re.compile(
    r",?\s+(?:inc|llc|ltd|corp|corporation|co|plc|gmbh|ag|s\.?a|incorporated|limited|llp|sp\. z o\.o)\.?$", re.I
)
_EDGE = re.compile(r"^(?:the|a|an)\s+|[’']s?$|[\s,.;:_*\"“”()\[\]]+$|^[\s,.;:_*\"“”()\[\]]+", re.I)
_TITLE = re.compile(
    r"^(?:chair|co-?founder|founder|ceo|cto|coo|cfo|vp|director|chairwoman|spokesman|spokeswoman|detective|deputy|lieutenant|"
    r"sergeant|mr|mrs|ms|dr|prof|professor|sir|judge|justice|sen|senator|rep|gov|governor|president|minister|sheriff|chief|"
    r"captain|commissioner|chairman|ceo|attorney general|secretary|mayor|rev|attorney|"
    r"spokesperson)\.?\s+",
    re.I,
)
_ACRONYM = re.compile(r"\(([A-Z][A-Za-z.&-]{1,9})\)")


def tidy(name: str) -> str:
    """Return *name* without article, possessive, legal suffix and stray marks; inner quotation kept."""
    name = re.sub(r"\s+", " ", name.replace("\u00ad", "").replace("’", "'").replace("‘", "'")).strip()
    for _ in range(4):
        shorter = LEGAL.sub("", _EDGE.sub("", name)).strip()
        if shorter == name or not shorter:
            break
        name = shorter
    return name


def find_names(parsed: Parsed, index: NameIndex) -> Names:
    """Return every mention of a party, person, place, system or law in *parsed*, canonically named."""
    found = _registry_mentions(parsed, index)
    taken = {i for mention in found for i in range(mention.start, mention.end)}
    for start, end, label in parsed.names:
        mention = _entity_mention(parsed, start, end, label)
        if mention is None:
            continue
        inner = (
            [m for m in found if m.start < mention.end and m.end > mention.start]
            if taken & set(range(mention.start, mention.end))
            else []
        )
        if inner:
            if mention.sort == "org" and _swallows(mention, inner):
                for one in inner:
                    found.remove(one)
            else:
                continue
        found.append(mention)
        taken.update(range(mention.start, mention.end))
    found += spread(parsed, found)
    found.sort(key=lambda m: m.start)
    _canonical(parsed, found)
    names = Names(found)
    for mention in found:
        names.counts[mention.name] += 1
        names.sorts.setdefault(mention.name, mention.sort)
        for i in range(mention.start, mention.end):
            names.by_token[i] = mention
    return names


def _swallows(mention: Mention, inner: list[Mention]) -> bool:
    """Whether an entity is a longer organisation name that only begins like a registered one."""
    return len(inner) == 1 and inner[0].start == mention.start and mention.end - inner[0].end >= 2


def _registry_mentions(parsed: Parsed, index: NameIndex) -> list[Mention]:
    found, i = [], 0
    while i < len(parsed.words):
        hit = index.match(parsed.words, i) if parsed.words[i][:1].isalnum() else None
        if hit is None or not _credible(parsed, i, hit[0]):
            i += 1
            continue
        end, name, system = hit
        if system:
            sort = "law" if index.systems[name].kind in {"law", "regulation", "act"} else "system"
        else:
            sort = "person" if index.parties[name].kind == "person" else "org"
        found.append(Mention(i, end, name, sort, known=True))
        i = end
    return found


def _credible(parsed: Parsed, start: int, end: int) -> bool:
    """Whether a registered name of one plain word ("Ring", "Clear") stands as a name here.

    A bare role ("the Commission") is no name: which one is meant is for coreference to say.
    """
    if end - start > 1:
        return True
    if parsed.lowers[start] in nouns("authority") | nouns("company") | nouns("study") | nouns("group"):
        return False
    word = parsed.words[start]
    if not word[0].isupper():
        return any(char.isupper() or char.isdigit() for char in word)
    return parsed.tags[start].startswith("NNP") or any(char.isupper() for char in word[1:])


_SORTS = {"PERSON": "person", "ORG": "org", "GPE": "place", "LAW": "law"}


def _entity_mention(parsed: Parsed, start: int, end: int, label: str) -> Mention | None:
    sort = _SORTS.get(label)
    if sort is None:
        return None
    while start < end and (parsed.lowers[start] in {"the", "a", "an"} or not parsed.words[start][0].isalnum()):
        start += 1
    while end > start and (parsed.lowers[end - 1] in {"'s", "'"} or not parsed.words[end - 1][0].isalnum()):
        end -= 1
    if end <= start or not any(word[:1].isupper() for word in parsed.words[start:end]):
        return None
    text = tidy(parsed.text(start, end))
    if len(text.split()) == 1 and text.lower() in nouns("authority") | nouns("company"):
        return None  # "the Commission": a role
    if text in NO_NAMES or (text.lower().startswith(("ai ", "ai-")) and sort == "org" and len(text) < 12):
        return None
    if sort == "person":
        text = tidy(_TITLE.sub("", text))
        if any(char.isdigit() for char in text):
            return None
    return Mention(start, end, text, sort) if len(text) > 1 else None


def _canonical(parsed: Parsed, found: list[Mention]) -> None:
    """Give short forms of a name its fullest form in the article."""
    surnames: dict[str, list[str]] = {}
    for mention in found:
        parts = mention.name.split()
        if mention.sort == "person" and len(parts) > 1:
            known = surnames.setdefault(parts[-1], [])
            if mention.name not in known:
                known.append(mention.name)
    for mention in found:
        single = mention.end - mention.start == 1 and mention.name.isalpha() and not mention.known
        if not single or mention.sort not in {"person", "org"} or mention.name in surnames:
            continue
        if (full := _first_name_before(parsed, mention.name)) is not None:
            surnames[mention.name] = [full]
            mention.sort = "person"
    _spread_people(parsed, found, surnames)
    acronyms: dict[str, str] = {}
    text = parsed.prepared.text
    for mention in found:
        if mention.sort == "org":
            after = _ACRONYM.match(text[parsed.ends[mention.end - 1] :].lstrip()[:14])
            if after:
                acronyms[after.group(1).replace(".", "")] = mention.name
    orgs = [m.name for m in found if m.sort == "org"]
    for mention in found:
        if mention.sort in {"org", "place"} and not mention.known:
            mention.name = acronyms.get(mention.name.replace(".", ""), _fuller(mention.name, orgs))


_NO_FIRST_NAMES = word_set(
    """
    The A An In On At But And As For Mr Mrs Ms Dr CEO President Senator Judge Justice Professor
    Chief Officer Sheriff Mayor Governor
    """
)


def _first_name_before(parsed: Parsed, surname: str) -> str | None:
    """Return "First Surname" where the text has it anywhere: the model knows some people by surname only."""
    for i in range(1, len(parsed.words)):
        if parsed.words[i] != surname:
            continue
        before = parsed.words[i - 1]
        longer = i >= 2 and parsed.tags[i - 2].startswith("NNP") and parsed.words[i - 2][0].isupper()
        if parsed.heads[i - 1] != i or longer:
            continue  # not one name, or the tail of a longer one
        if before.istitle() and before.isalpha() and before not in _NO_FIRST_NAMES and len(before) > 1:
            opens = i >= 2 and parsed.words[i - 2] in {".", "?", "!"} and before in {"Or", "So", "If", "When", "While"}
            if not opens:
                return f"{before} {surname}"
    return None


def _spread_people(parsed: Parsed, found: list[Mention], surnames: dict[str, list[str]]) -> None:
    covered = {i for m in found for i in range(m.start, m.end)}
    for mention in found:
        # A registered firm may bear a founder's surname: where the article names the person, the person it is.
        full = surnames.get(mention.name.split()[-1], []) if mention.sort != "system" else []
        if full and len(mention.name.split()) == 1 and mention.end - mention.start == 1:
            mention.name, mention.sort = full[0], "person"
    for i, word in enumerate(parsed.words):
        if i not in covered and word in surnames and parsed.tags[i].startswith("NNP"):
            found.append(Mention(i, i + 1, surnames[word][0], "person"))
    found.sort(key=lambda m: m.start)


def _fuller(name: str, orgs: list[str]) -> str:
    """Return the longest organisation name of the article that begins or ends with *name*."""
    best = name
    for other in orgs:
        longer = len(other) > len(best) and (other.endswith(" " + name) or other.startswith(name + " "))
        if longer and len(name) > 3 and "'s " not in other.replace("’", "'").removesuffix(name):
            best = other
    return best
