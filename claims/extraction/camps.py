"""The two camps of a dispute: who stands accused in an article, and who accuses.

Every party that is named, speaks or is spoken against gathers weight from where it stands. What points to the
accused: objects of accusing verbs, "against X", the headline, being asked for comment, makers of the systems that
the article is about. What points away: suing, accusing, ruling, reporting.
"""

import json
import math
import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from claims.extraction.attribution import Cue, objects_of
from claims.extraction.lexicon import word_set, words

if TYPE_CHECKING:
    from claims.extraction.analysis import Analysis
    from claims.extraction.coreference import Referent

_ACCUSING = word_set(
    """
    sue accuse blame fine criticize criticise slam condemn investigate ban subpoena penalize
    penalise denounce attack lambast lambaste blast charge order demand
    """
)
# Whoever is asked to act against somebody is seldom the one who did wrong.
_ADDRESSING = word_set("urge call ask appeal petition lobby want hope implore")
Weights = defaultdict[str, float]
_NO_ACCUSED = {"media", "court", "legislature"}
_SELDOM_ACCUSED = {"regulator", "ngo", "university", "research", "union", "association", "person"}
_REQUEST = re.compile(r"comment|statement|request|press time|questions")


@cache
def owners() -> dict[str, str]:
    """Return {brand: owner}: where an article names both, the owner answers for the brand."""
    raw = files("claims.extraction").joinpath("data", "owners.json").read_text(encoding="utf-8")
    found: dict[str, str] = json.loads(raw)
    return found


@dataclass(slots=True)
class Camps:
    """*accused* heaviest first; *accusers* most active first. Weights above 4 are strong."""

    accused: list[tuple[str, float]] = field(default_factory=list)
    accusers: list[tuple[str, float]] = field(default_factory=list)

    def rank(self, name: str) -> int:
        """Return the place of *name* among the accused, 99 where it has none."""
        return next((i for i, (other, _) in enumerate(self.accused) if other == name), 99)


def find_camps(analysis: "Analysis") -> Camps:
    """Return who stands accused in *analysis* and who accuses."""
    weights: Weights = defaultdict(float)
    attacks: Weights = defaultdict(float)
    _by_cues(analysis, weights, attacks)
    _by_names(analysis, weights)
    _by_words(analysis, weights, attacks)
    _merge_groups(weights)
    for brand, owner in owners().items():
        if weights.get(brand, 0.0) > 0 and weights.get(owner, 0.0) > 0:
            weights[owner] += weights[brand]
            weights[brand] = 0.0
    plaintiffs = analysis.resolver.plaintiffs
    if plaintiffs is not None:
        for name in (plaintiffs.name, *plaintiffs.parts):
            attacks[name] += 6.0
    if analysis.resolver.investigator is not None:
        attacks[analysis.resolver.investigator] += 9.0
    for name, attack in attacks.items():
        if name in weights:
            weights[name] -= 1.2 * min(attack, 8.0)
    _by_standing(analysis, weights)
    ranked = sorted(weights.items(), key=lambda item: (-item[1], item[0]))
    return Camps([(n, w) for n, w in ranked if w > 0.8], sorted(attacks.items(), key=lambda item: (-item[1], item[0])))


def _by_standing(analysis: "Analysis", weights: Weights) -> None:
    """Weigh what sort of party each is, and the headline."""
    outlet = analysis.resolver.outlet
    title = (analysis.document.title or "").replace("’", "'")
    for name in list(weights):
        party = analysis.index.parties.get(name)
        kind = party.kind if party else ""
        sort = analysis.names.sorts.get(name, "group")
        if in_title(name, title):
            weights[name] += 2.5
        if name == outlet or (kind in _NO_ACCUSED and not (kind == "media" and in_title(name, title))):
            weights[name] -= 6.0
        elif kind in _SELDOM_ACCUSED or sort == "person":
            weights[name] -= 1.5
        if sort == "place":
            weights[name] -= 2.0
        if sort == "group" and not set(name.lower().split()) & _ANSWERABLE:
            weights[name] -= 2.0


def in_title(name: str, title: str) -> bool:
    """Whether the headline names *name*, or a person by surname."""
    if not title:
        return False
    return bool(re.search(rf"(?<!\w){re.escape(name)}(?!\w)", title)) or (
        len(name.split()) > 1 and bool(re.search(rf"(?<!\w){re.escape(name.split()[-1])}(?!\w)", title))
    )


def _by_cues(analysis: "Analysis", weights: Weights, attacks: Weights) -> None:
    parsed, resolver = analysis.parsed, analysis.resolver
    text = parsed.prepared.text
    for cue in analysis.cues:
        if cue.quoted:
            continue
        _aimed_at(analysis, cue, weights)
        speaker = resolver.resolve(cue.source) if cue.source is not None else None
        # A capitalised scrap is no party: a name stands more than once.
        if speaker is not None and (speaker.how != "proper" or text.count(speaker.name) > 1):
            _spoken_by(analysis, cue, speaker, weights, attacks)
    for i, word in enumerate(parsed.lowers):
        if word in {"against", "accusing", "suing"}:
            _by_preposition(analysis, i, weights)


def _aimed_at(analysis: "Analysis", cue: Cue, weights: Weights) -> None:
    accusing = (cue.lemma in _ACCUSING or cue.classes[0] in {"allege", "warn"}) and cue.lemma not in _ADDRESSING
    for token in objects_of(analysis.parsed, cue):
        referent = analysis.resolver.resolve(token)
        if referent is not None and (accusing or referent.how != "proper"):
            for name in referent.parts or (referent.name,):
                weights[name] += 2.5 if accusing else 0.4


def _spoken_by(analysis: "Analysis", cue: Cue, speaker: "Referent", weights: Weights, attacks: Weights) -> None:
    lead = cue.classes[0]
    if (lead in {"allege", "warn", "find"} and not cue.unreal) or cue.lemma == "sue":
        attacks[speaker.name] += 1.0
    if lead in {"deny", "respond"}:
        weights[speaker.affiliation or speaker.name] += 1.5
    if lead == "deny":
        for name in _named_after(analysis, cue):
            if name not in {speaker.name, speaker.affiliation}:
                attacks[name] += 1.5
    if speaker.how == "document":
        attacks[speaker.name] += 0.7
    if speaker.how == "spokesperson":
        weights[speaker.name] += 1.0
    if cue.negated and cue.lemma in {"respond", "reply", "comment", "answer", "provide"}:
        weights[speaker.name] += 3.0


def _by_preposition(analysis: "Analysis", i: int, weights: Weights) -> None:
    """Weigh whoever stands after "against": the first name that follows, else what the parse has there."""
    parsed, resolver = analysis.parsed, analysis.resolver
    following = analysis.names.within(i + 1, min(i + 5, len(parsed.words)))
    found = [m.name for m in following if m.sort in {"org", "person"}][:1]
    if not found:
        for child in parsed.children[i]:
            if parsed.deps[child] in {"pobj", "dobj"} and (who := resolver.resolve(child)) is not None:
                found += who.parts or (who.name,)
    suit = any(
        word in {"suit", "lawsuit", "complaint", "action", "litigation", "suing"}
        for word in parsed.lowers[max(0, i - 14) : i + 1]
    )
    for name in found:
        weights[name] += 4.0 if suit else 2.5


# Described groups that can stand accused; others are mostly those who were harmed.
_ANSWERABLE = word_set(
    """
    government police department office administration ministry council city company companies firm firms
    startups start-ups platforms developers labs providers publishers agencies agency authorities maker makers
    """
)
_AUTHORITIES = word_set("government police department commonwealth administration ministry council")


def _named_after(analysis: "Analysis", cue: Cue) -> list[str]:
    """Return the parties named within the twelve tokens after a denial: whose word is denied."""
    end = min(cue.token + 13, len(analysis.parsed.words))
    return [m.name for m in analysis.names.within(cue.token + 1, end) if m.sort in {"org", "person"}]


def _merge_groups(weights: Weights) -> None:
    """Give "government" the weight of "federal government" where both stand for one described group."""
    for name in sorted(weights, key=len):
        fuller = [n for n in weights if n != name and n.lower().endswith(" " + name.lower())]
        if fuller and name.islower():
            best = max(fuller, key=lambda n: (weights[n], n))
            weights[best] += weights[name]
            weights[name] = 0.0


def _by_names(analysis: "Analysis", weights: Weights) -> None:
    names, parsed = analysis.names, analysis.parsed
    authorities: Counter[str] = Counter()
    for i, word in enumerate(parsed.lowers):
        if word in _AUTHORITIES and names.at(i) is None and (who := analysis.resolver.resolve(i)) is not None:
            authorities[who.name] += 1
    for name, count in authorities.items():
        weights[name] += 1.4 * math.log(1 + count)
    for name, count in names.counts.items():
        sort = names.sorts[name]
        if sort == "system":
            system = analysis.index.systems.get(name)
            if system is not None and system.maker:
                weights[system.maker] += min(0.5 * count, 2.5)
        elif sort in {"org", "person", "place"}:
            weights[name] += 1.4 * math.log(1 + count)


def _by_words(analysis: "Analysis", weights: Weights, attacks: Weights) -> None:
    """Parties named as subject or owner where others' sentences say something bad, or that are asked for comment."""
    parsed, bad = analysis.parsed, words("bad")
    for sentence in analysis.sentences:
        tokens = parsed.lowers[sentence.start : sentence.end]
        grim = any(token in bad for token in tokens)
        referent = sentence.attribution.referent
        if referent is not None and grim and referent.how != "outlet":
            attacks[referent.name] += 0.4
        asked = "reached out" in " ".join(tokens[:12]) and _REQUEST.search(" ".join(tokens))
        for mention in analysis.names.within(sentence.start, sentence.end):
            if mention.sort not in {"org", "person"} or (referent is not None and mention.name == referent.name):
                continue
            if asked:
                weights[mention.name] += 2.0
            if grim:
                dep = parsed.deps[mention.end - 1]
                weights[mention.name] += 0.7 if dep in {"nsubj", "nsubjpass", "poss", "compound"} else 0.25
