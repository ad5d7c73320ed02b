"""Whom a claim is against, or whose allegation it answers: candidate parties with features, weighed by a model."""

from dataclasses import dataclass

from claims.extraction.analysis import Analysis
from claims.extraction.attribution import objects_of
from claims.extraction.clauses import Candidate
from claims.extraction.coreference import Referent
from claims.extraction.features import Features, roles


@dataclass(frozen=True, slots=True)
class Spoken:
    """An earlier claim of the document as later ones see it."""

    kind: str
    claimant: str
    number: int


def options(analysis: Analysis) -> list[str]:
    """Return the names that may be a target anywhere in the document: parties named, and whoever speaks."""
    found: dict[str, None] = {}
    for name, _ in [*analysis.camps.accused[:10], *analysis.camps.accusers[:5]]:
        found.setdefault(name)
    for sentence in analysis.sentences:
        referent = sentence.attribution.referent
        if referent is not None and referent.how in {"name", "group", "joint", "proper", "spokesperson", "plaintiff"}:
            for part in referent.parts or (referent.name,):
                found.setdefault(part)
    return [name for name in found if name not in {"AI", "API", "GPT", "CEO"}]


def target_features(
    analysis: Analysis, candidate: Candidate, kind: str, claimant: Referent | None, earlier: list[Spoken]
) -> dict[str, Features]:
    """Return {name: features} of every party that may be the target of *candidate*."""
    local = _local(analysis, candidate, claimant)
    own = {claimant.name, *claimant.parts} if claimant else set()
    affiliation = claimant.affiliation if claimant else None
    part = roles(analysis, claimant.name, claimant.affiliation, claimant.how, claimant.sort) if claimant else ["none"]
    answering = part[0] == "accused"
    if answering and affiliation:
        own.add(affiliation)
    accusers = [name for name in _accusers(earlier) if name not in own]
    first_accuser = next((name for name, _ in analysis.camps.accusers if name not in own), None)
    explicit = {name for name, spots in local.items() if "object" in spots or "prep.against" in spots}
    side = "answering" if answering else "other"
    top = next((weight for name, weight in analysis.camps.accused if name not in own), 0.0)
    ruled = rule_targets(analysis, kind, answering, own, explicit, local, accusers)
    found: dict[str, Features] = {}
    for name in dict.fromkeys([*local, *options(analysis)]):
        if name in own:
            continue
        place = analysis.camps.rank(name)
        weight = next((w for n, w in analysis.camps.accused if n == name), 0.0)
        features: Features = {"bias": 1.0, f"kind.{kind}.{side}": 1.0}
        if name in ruled:
            features["ruled"] = 3.0
            features[f"ruled.{kind}.{side}"] = 1.5
        elif ruled:
            features["ruled.out"] = 2.0
        else:
            features["ruled.none"] = 2.0
        spots = local.get(name, set())
        for spot in spots:
            features[f"at.{spot}"] = 1.0
        if spots:
            features[f"at.any.{side}"] = 1.0
        if name in explicit:
            features[f"explicit.{kind}"] = 1.0
        elif explicit:
            features["explicit.other"] = 1.0
        features[f"rank.{min(place, 3)}.{side}"] = 1.0
        features[f"rank.{min(place, 3)}.{side}.{kind}"] = 1.0
        features["weight"] = min(max(weight, 0.0), 12.0) / 12
        features["weight.share"] = min(max(weight, 0.0) / top, 1.0) if top > 0 else 0.0
        if place == 0:
            features["weight.top"] = min(weight, 12.0) / 12
            for one in part[:2]:
                features[f"top.for.{one}"] = 1.0
        if name == first_accuser:
            features[f"accuser.first.{side}"] = 1.0
            features[f"accuser.first.{side}.{kind}"] = 1.0
        if accusers and name == accusers[0]:
            features[f"accuser.recent.{side}"] = 1.0
            features[f"accuser.recent.{side}.{kind}"] = 1.0
        elif name in accusers:
            features[f"accuser.any.{side}"] = 1.0
        if name == affiliation:
            features["own.house"] = 1.0
        features[f"sort.{analysis.names.sorts.get(name, 'group')}"] = 1.0
        found[name] = features
    return found


_STRONG = 4.0


def rule_targets(
    analysis: Analysis,
    kind: str,
    answering: bool,
    own: set[str],
    explicit: set[str],
    local: dict[str, set[str]],
    accusers: list[str],
) -> list[str]:
    """Return the targets by rule: whom the clause names as its object, else the other camp.

    The accused answer whoever accuses; everybody else is taken to speak about the accused, where one stands out.
    """
    camps = analysis.camps
    aimed = [name for name in explicit if name not in own]
    if answering:
        if kind == "action":
            return aimed
        return aimed[:2] or accusers[:1] or [name for name, _ in camps.accusers if name not in own][:1]
    if aimed and kind in {"allegation", "action", "denial"}:
        return aimed
    strong = [name for name, weight in camps.accused[:3] if weight >= _STRONG and name not in own]
    if not strong:
        return []
    named = [name for name in strong[:2] if name in local and local[name] & {"clause", "maker", "object"}]
    if named:
        return named[:1]
    return strong[:1]


def _accusers(earlier: list[Spoken]) -> list[str]:
    """Return who made allegations, findings or criticism before, the most recent first."""
    return list(
        dict.fromkeys(
            s.claimant for s in reversed(earlier) if s.kind in {"allegation", "concern", "finding"} and s.claimant
        )
    )


def _local(analysis: Analysis, candidate: Candidate, claimant: Referent | None) -> dict[str, set[str]]:
    """Return where each party stands in or just before the clause: object, against, subject, owner, maker, …"""
    parsed, names = analysis.parsed, analysis.names
    found: dict[str, set[str]] = {}
    cue = candidate.cue
    aimed = set(objects_of(parsed, cue)) if cue is not None else set()
    source = cue.source if cue is not None else None
    for mention in names.within(candidate.start, candidate.end):
        head = mention.end - 1
        if source is not None and mention.start <= source < mention.end:
            continue
        if mention.sort == "system":
            system = analysis.index.systems.get(mention.name)
            if system is not None and system.maker:
                found.setdefault(system.maker, set()).add("maker")
            continue
        if mention.sort not in {"org", "person", "place"}:
            continue
        spots = found.setdefault(mention.name, set())
        spots.add("clause")
        if head in aimed or mention.start in aimed:
            spots.add("object")
        spots.add(_position(analysis, mention.start, head))
    for token in aimed:
        parts = analysis.resolver.resolve(token)
        if parts is not None and parts.sort != "system" and candidate.start <= token < candidate.end:
            for name in parts.parts or (parts.name,):
                found.setdefault(name, set()).add("object")
    _pronouns(analysis, candidate, found)
    if candidate.number:
        before = analysis.sentences[candidate.number - 1]
        for mention in names.within(before.start, before.end):
            if mention.sort in {"org", "person"}:
                found.setdefault(mention.name, set()).add("before")
    return found


def _position(analysis: Analysis, first: int, head: int) -> str:
    parsed = analysis.parsed
    dep = parsed.deps[head]
    if dep == "pobj":
        preposition = parsed.lowers[parsed.heads[head]]
        return (
            f"prep.{preposition}"
            if preposition in {"against", "by", "of", "for", "to", "with", "from", "at", "on"}
            else "prep"
        )
    if dep in {"nsubj", "nsubjpass", "poss", "compound", "dobj", "conj", "appos"}:
        return dep
    return "other"


def _pronouns(analysis: Analysis, candidate: Candidate, found: dict[str, set[str]]) -> None:
    """Roles and pronouns inside the clause that stand for a party ("the company's policy")."""
    parsed = analysis.parsed
    for token in range(candidate.start, candidate.end):
        lower = parsed.lowers[token]
        if lower in {"company", "firm", "agency", "department", "platform", "startup", "start-up", "government"}:
            if candidate.cue is not None and token == candidate.cue.source:
                continue
            referent = analysis.resolver.resolve(token)
            if referent is not None and referent.how == "role":
                found.setdefault(referent.name, set()).add("role")
