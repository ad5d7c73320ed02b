"""What an article says a person is: which organisation they speak for, and in what office.

Read from the words around a full name: "OpenAI CEO Sam Altman", "Emma Ruby-Sachs, executive director of Eko",
"attorney Ari Bargil". A former office ties nobody to the organisation.
"""

from dataclasses import dataclass

from claims.extraction.lexicon import word_set
from claims.extraction.mentions import Mention, Names
from claims.extraction.parsing import Parsed

_LEADING = word_set(
    """
    ceo cto coo cfo chief president vp vice chair chairman chairwoman founder co-founder cofounder
    head director executive manager spokesperson spokesman spokeswoman representative sheriff
    captain general commissioner partner officer lead boss governor mayor minister secretary owner
    principal superintendent
    """
)
_LAW = word_set("lawyer lawyers attorney attorneys counsel solicitor barrister")
_EXPERT = word_set(
    """
    professor researcher scientist fellow academic analyst economist scholar lecturer expert author
    """
)
_OFFICE = word_set(
    """
    senator rep. sen. congressman congresswoman lawmaker mp mep minister governor commissioner
    judge
    """
)
_STAFF = word_set(
    """
    employee engineer editor reporter writer staffer worker journalist moderator programmer
    """
)
_FORMER = word_set("former ex formerly ousted past then-")
_STOP = word_set('said says told wrote writes and but who that which . ; : " ” “ is was has had')


@dataclass(frozen=True, slots=True)
class Office:
    """*house* is the organisation, *sort* one of leading, law, expert, office, staff, former, or empty."""

    house: str | None
    sort: str
    # "its chief executive", "who speaks for the company": whose, the article says elsewhere.
    indirect: bool = False


def find_offices(parsed: Parsed, names: Names) -> dict[str, Office]:
    """Return {person: office} of the people whose office the article gives."""
    found: dict[str, Office] = {}
    for mention in names.mentions:
        if mention.sort != "person" or found.get(mention.name, Office(None, "")).house:
            continue
        office = _office(parsed, names, mention)
        if office.sort and (mention.name not in found or office.house):
            found[mention.name] = office
    return found


def _office(parsed: Parsed, names: Names, mention: Mention) -> Office:
    before = _before(parsed, mention)
    after = _after(parsed, mention)
    words = {parsed.lowers[i] for i in (*before, *after)}
    house = _house(names, mention, after) or _house(names, mention, before)
    if words & _FORMER:
        return Office(house, "former")
    for sort, vocabulary in (
        ("law", _LAW),
        ("leading", _LEADING),
        ("staff", _STAFF),
        ("office", _OFFICE),
        ("expert", _EXPERT),
    ):
        if words & vocabulary:
            return Office(house, sort, house is None and sort == "leading" and not words & _FOREIGN)
    return _relative(parsed, names, mention) or Office(house, "")


# A leader of something that the title names, though it is no organisation that is known here.
_FOREIGN = word_set("of for at minister mayor governor president general commissioner judge senator")
_SPEAKS = word_set("speaks spoke runs leads heads manages chairs directs founded represents oversees")
_HOUSES = word_set("company firm start-up startup lab chain group campus business maker publisher agency")


def _relative(parsed: Parsed, names: Names, mention: Mention) -> Office | None:
    """Return the office in ", who speaks for the company," or ", who runs Eko's policy team,"."""
    i = mention.end
    if i + 2 >= len(parsed.words) or parsed.words[i] != "," or parsed.lowers[i + 1] != "who":
        return None
    if parsed.lowers[i + 2] not in _SPEAKS:
        return None
    for j in range(i + 3, min(i + 10, len(parsed.words))):
        named = names.at(j)
        if named is not None and named.sort == "org":
            return Office(named.name, "leading")
        if parsed.lowers[j] in _HOUSES:
            return Office(None, "leading", True)
        if parsed.words[j] in {",", "."}:
            return None
    return None


def _house(names: Names, mention: Mention, tokens: list[int]) -> str | None:
    """Return the organisation named in a title; of several, the one that the article names most."""
    near = [m for i in tokens if (m := names.at(i)) is not None and m.sort == "org" and m.name != mention.name]
    best = max(near, key=lambda m: (names.counts[m.name], m.known, m.start), default=None)
    return best.name if best is not None else None


def _before(parsed: Parsed, mention: Mention) -> list[int]:
    """Return the tokens of a title before the name: nouns and names without a break."""
    tokens = []
    i = mention.start - 1
    while i >= 0 and mention.start - i <= 9:
        if not (
            parsed.tags[i][:2] in {"NN", "JJ"}
            or parsed.tags[i] in {"POS", "IN", "CD"}
            or parsed.lowers[i] in {"&", "-", "'s", "of"}
        ):
            break
        tokens.append(i)
        i -= 1
    return tokens


def _after(parsed: Parsed, mention: Mention) -> list[int]:
    """Return the tokens of an apposition: ", executive director of Eko," up to its closing comma or a verb."""
    i = mention.end
    if i >= len(parsed.words) or parsed.words[i] not in {",", "("}:
        return []
    tokens: list[int] = []
    i += 1
    while i < len(parsed.words) and i - mention.end <= 16:
        if parsed.lowers[i] in _STOP or parsed.tags[i] in {"VBD", "VBZ", "VBP"}:
            break
        if parsed.words[i] in {",", ")"} and len(tokens) > 2:
            break
        tokens.append(i)
        i += 1
    return tokens
