"""Whom a claim is against, or whose allegation it answers: by rule, from the clause and the two camps."""

from dataclasses import dataclass

from claims.extraction.analysis import Analysis
from claims.extraction.attribution import objects_of
from claims.extraction.camps import owners
from claims.extraction.clauses import Candidate
from claims.extraction.coreference import Referent
from claims.extraction.features import roles
from claims.extraction.lexicon import word_set
from claims.extraction.mentions import nouns
from claims.extraction.parsing import Parsed

# From this weight on a party stands accused beyond doubt.
_STRONG = 4.0
_WEAK = 1.8
# Who does such a thing to works, data or people is who it is said against, also behind "by": "were copied by X".
_WRONGS = word_set(
    "copied stolen scraped harvested misused pirated plagiarised plagiarized infringed violated exploited "
    "distilled deceived misled"
)
# Their object is who is spoken to, not who is spoken against.
_ADDRESSING = word_set("tell ask email remind inform notify urge advise order")


@dataclass(frozen=True, slots=True)
class Spoken:
    """An earlier claim of the document as later ones see it."""

    kind: str
    claimant: str
    number: int
    targets: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Targets:
    """The *names* chosen, the *rule* that chose them and the *weight* of the first among the accused."""

    names: tuple[str, ...]
    rule: str
    weight: float


def find_targets(
    analysis: Analysis, candidate: Candidate, kind: str, claimant: Referent | None, earlier: list[Spoken]
) -> Targets:
    """Return the targets of *candidate*: whom the clause names as its object, else the other camp.

    The accused answer whoever accuses; everybody else is taken to speak about the accused, where one stands out.
    """
    own = {claimant.name, *claimant.parts} if claimant else set()
    part = roles(analysis, claimant.name, claimant.affiliation, claimant.how, claimant.sort) if claimant else []
    answering = part[:1] == ["accused"]
    if answering and claimant and claimant.affiliation:
        own.add(claimant.affiliation)
    own |= {owners().get(name, name) for name in own}
    local = _local(analysis, candidate)
    aimed = [name for name, spots in local.items() if spots & {"object", "against"} and name not in own]
    if answering or kind in {"denial", "response"}:
        return _of_the_accused(analysis, kind, own, aimed, earlier, goes_on(candidate, claimant, earlier))
    if aimed and kind in {"allegation", "action", "denial", "concern"}:
        return _targets(analysis, aimed, "object")
    if goes_on(candidate, claimant, earlier):
        return _targets(analysis, [n for n in earlier[-1].targets if n not in own], "carried")
    if _speaks_at_large(analysis, candidate, kind, part):
        return Targets((), "at large", 0.0)
    found = _of_others(analysis, own, local)
    if not found.names and kind in {"allegation", "finding", "action"}:
        return _targets(analysis, _charged(analysis, candidate, own), "charged")
    return found


def goes_on(candidate: Candidate, claimant: Referent | None, earlier: list[Spoken]) -> bool:
    """Whether *candidate* is a further sentence of the quotation whose claim came just before."""
    if claimant is None or not earlier or candidate.attribution is None:
        return False
    last = earlier[-1]
    near = candidate.number - last.number <= 2
    return candidate.attribution.source in {"quote", "carried"} and near and last.claimant == claimant.name


def _charged(analysis: Analysis, candidate: Candidate, own: set[str]) -> list[str]:
    """Return the organisation that the clause is about: subject or owner in what is said, where nobody stands out."""
    parsed = analysis.parsed
    for mention in analysis.names.within(candidate.start, candidate.end):
        place = parsed.deps[mention.end - 1]
        if mention.sort == "org" and mention.name not in own and place in {"nsubj", "nsubjpass", "poss", "dobj"}:
            return [mention.name]
    return []


def _of_the_accused(
    analysis: Analysis, kind: str, own: set[str], aimed: list[str], earlier: list[Spoken], carried: bool = False
) -> Targets:
    """Return whom the accused answers: the last to accuse them just before, else the article's first accuser."""
    if kind == "action":
        return _targets(analysis, aimed, "object" if aimed else "none")
    if aimed:
        return _targets(analysis, aimed[:2], "object")
    if carried and earlier[-1].kind in {"denial", "response"}:
        return _targets(analysis, list(earlier[-1].targets), "carried")
    attackers = [
        name
        for name, attack in analysis.camps.accusers
        if name not in own and attack >= 1.0 and not _of_house(analysis, name, own)
    ]
    answered = _answered(own, earlier)
    if answered and not attackers:
        return _targets(analysis, answered, "answered")
    if kind == "response" and not earlier:
        return Targets((), "unasked", 0.0)
    recent = [
        s.claimant
        for s in reversed(earlier)
        if s.kind in {"allegation", "concern", "finding"} and s.claimant and s.claimant not in own
    ]
    return _targets(analysis, attackers[:1] or recent[:1], "accuser")


_NEAR = 8


def _answered(own: set[str], earlier: list[Spoken]) -> list[str]:
    """Return the claimant of the latest of the last claims that is aimed at one of *own*."""
    for spoken in reversed(earlier[-_NEAR:]):
        accuses = spoken.kind in {"allegation", "concern", "finding"} and spoken.claimant not in own
        if accuses and own & set(spoken.targets):
            return [spoken.claimant]
    return []


def _of_house(analysis: Analysis, name: str, own: set[str]) -> bool:
    """Whether *name* (or one of joint names) holds an office in one of the houses *own*: no adversary."""
    offices = analysis.resolver.offices
    return any(person in name and office.house in own for person, office in offices.items())


def _speaks_at_large(analysis: Analysis, candidate: Candidate, kind: str, part: list[str]) -> bool:
    """Whether a bystander's concern is about the matter rather than the accused, who is not named nearby."""
    if kind != "concern" or {"accuser", "critic", "plaintiff", "outlet", "office.law"} & set(part):
        return False
    first = max(0, candidate.number - 2)
    start, end = analysis.sentences[first].start, candidate.end
    accused = analysis.camps.accused[0][0] if analysis.camps.accused else None
    systems = analysis.index.systems
    return not any(
        m.name == accused or (m.sort == "system" and m.name in systems and systems[m.name].maker == accused)
        for m in analysis.names.within(start, end)
    )


def _of_others(analysis: Analysis, own: set[str], local: dict[str, set[str]]) -> Targets:
    rivals = [(n, weight) for n, weight in analysis.camps.accused[:3] if n not in own]
    strong = [(n, weight) for n, weight in rivals if weight >= _STRONG]
    if not strong and len(rivals) > 0 and rivals[0][1] >= _WEAK:
        # A short article, or one whose names nobody knows beforehand: the heaviest, where it stands out.
        stands_out = len(rivals) == 1 or rivals[0][1] >= 1.3 * rivals[1][1]
        strong = rivals[:1] if stands_out else []
    if not strong:
        return Targets((), "none", 0.0)
    top = strong[0][1]
    named = [name for name, weight in strong if weight >= 0.6 * top and name in local]
    # Two defendants of one suit stand nearly level; a clause that names neither is about both.
    level = [name for name, weight in strong[:2] if weight >= 0.75 * top and weight > 2 * _STRONG]
    if len(level) == 2 and not set(named) - set(level):
        return _targets(analysis, [name for name in level if name in named] or level, "level")
    return _targets(analysis, named[:1] or [strong[0][0]], "named" if named else "accused")


def _targets(analysis: Analysis, names: list[str], rule: str) -> Targets:
    weight = next((w for n, w in analysis.camps.accused if names and n == names[0]), 0.0)
    present = analysis.names.counts
    brands = owners()
    owned = [brands[n] if n in brands and present[brands[n]] else n for n in names]
    return Targets(tuple(dict.fromkeys(owned)), rule if names else "none", weight)


def _local(analysis: Analysis, candidate: Candidate) -> dict[str, set[str]]:
    """Return {party: places} of the parties that the clause names: object, against, clause, maker of a system."""
    parsed, names, cue = analysis.parsed, analysis.names, candidate.cue
    aims = cue is not None and cue.classes[0] in {"allege", "warn", "deny", "act"} and cue.lemma not in _ADDRESSING
    aimed = set(objects_of(parsed, cue)) if cue is not None and aims else set()
    source = cue.source if cue is not None else None
    found: dict[str, set[str]] = {}
    for mention in names.within(candidate.start, candidate.end):
        if source is not None and mention.start <= source < mention.end:
            continue
        if mention.sort == "system":
            system = analysis.index.systems.get(mention.name)
            if system is not None and system.maker:
                found.setdefault(system.maker, set()).add("maker")
        elif mention.sort in {"org", "person", "place"}:
            spots = found.setdefault(mention.name, set())
            spots.add("clause")
            head = mention.end - 1
            if head in aimed or mention.start in aimed:
                spots.add("object")
            if _stands_against(parsed, head):
                spots.add("against")
    for token in aimed:
        if parsed.lowers[token] in nouns("document") | nouns("study") | nouns("letter"):
            continue  # not a party, though it speaks for one
        if candidate.start <= token < candidate.end and (who := analysis.resolver.resolve(token)) is not None:
            for name in who.parts or (who.name,) if who.sort != "system" else ():
                found.setdefault(name, set()).add("object")
    return found


def _stands_against(parsed: Parsed, token: int) -> bool:
    """Whether *token* comes after "against", or is the agent of a passive that says a wrong: "had been copied by X"."""
    before = parsed.heads[token]
    if parsed.deps[token] != "pobj":
        return False
    wronged = parsed.deps[before] == "agent" and parsed.lowers[parsed.heads[before]] in _WRONGS
    return wronged or parsed.lowers[before] == "against"
