"""The kind of a claim: a guess by the guidelines' rules, and the features that a small model corrects it with."""

from claims.extraction.analysis import Analysis
from claims.extraction.clauses import Candidate
from claims.extraction.features import Features, roles
from claims.extraction.lexicon import phrases, word_set, words
from claims.extraction.meaning import meaning_features, predicate_features
from claims.extraction.wording import kind_wording

_NEGATIONS = word_set("not no never n't nothing without neither nor cannot none")
_MODALS = word_set("should must need needs ought could may might would can will")
_ASK = word_set(
    """
    call urge ask demand want hope request propose recommend plead implore petition seek
    """
)
_REPLY = word_set(
    """
    decline apologize apologise acknowledge admit concede confirm defend regret refer pledge
    promise thank respond reply
    """
)
_RELIEF = word_set("damages injunction jury judge restitution relief court compensation order")
_SUIT = word_set("lawsuit suit complaint filing plaintiff plaintiffs")


_WRONGS = word_set(
    "illegally unlawfully illegal unlawful stole stolen violated violates infringed copied misused breached lied misled"
)
_DEEDS = word_set(
    """
    sue fine ban block suspend withdraw settle appeal recall release launch fire oust resign
    subpoena arrest delete raid strike file sign pass vote adopt
    """
)


def certain_kind(analysis: Analysis, candidate: Candidate) -> str | None:
    """Return the kind where the cue leaves no doubt: a denial, a deed, an accusation, a declined comment."""
    cue, attribution = candidate.cue, candidate.attribution
    if attribution is not None and attribution.source == "context" and analysis.parsed.tags[candidate.start] == "VBG":
        return "action"
    if cue is None or attribution is None or cue.quoted or cue.unreal or attribution.source not in {"own", "shared"}:
        return None
    tokens = analysis.parsed.lowers[candidate.start : candidate.end]
    if cue.classes[0] == "warn" and not _WRONGS.isdisjoint(tokens) and "that" in tokens:
        return "allegation"  # "raised concerns that X illegally used …" names a wrong
    if cue.classes[0] == "deny" and not cue.passive:
        return "denial"
    if cue.lemma in {"decline", "apologize", "apologise"}:
        return "response"
    if cue.lemma in _DEEDS and candidate.head == cue.token and not cue.negated and cue.source is not None:
        return "action"
    if cue.lemma in {"accuse", "allege", "blame"}:
        return "allegation"
    return None


def guess_kind(analysis: Analysis, candidate: Candidate) -> str:
    """Return the kind that the guidelines' cues point to for *candidate*."""
    parsed, cue = analysis.parsed, candidate.cue
    tokens = set(parsed.lowers[candidate.start : candidate.end])
    part = set(parts_of(analysis, candidate))
    lead = cue.classes[0] if cue is not None else ""
    text = parsed.text(candidate.start, candidate.end).lower().replace("’", "'")
    answering = "accused" in part or ("accused2" in part and "accuser" not in part)
    denies = bool(phrases()["deny"].search(text))
    listed = candidate.attribution is not None and candidate.attribution.source == "context"
    if listed and parsed.tags[candidate.start] == "VBG":
        return "action"  # an item of an order: "prohibiting the company from …"
    if lead == "deny" or (denies and answering):
        return "denial"
    if cue is not None and cue.lemma in _REPLY:
        return "response"
    source = candidate.attribution.source if candidate.attribution is not None else "none"
    if lead == "act" and cue is not None and not cue.quoted and source not in {"none", "quote", "carried"}:
        return "action"
    if part & {"plaintiff"} and cue is not None and lead in {"say", "warn", "allege", "find"}:
        return "action" if cue.lemma in _ASK and tokens & _RELIEF else "allegation"
    if cue is not None and cue.lemma == "announce" and not cue.quoted:
        return "action"
    if lead == "warn" and cue is not None:
        return "action" if cue.lemma in _ASK and tokens & _RELIEF else "concern"
    if lead == "allege":
        return "response" if answering else "allegation"
    if answering:
        return "denial" if tokens & _NEGATIONS and tokens & words("bad") else "response"
    if lead == "find" or part & {"court"}:
        return "finding"
    return _by_content(analysis, candidate, tokens, part)


def _by_content(analysis: Analysis, candidate: Candidate, tokens: set[str], part: set[str]) -> str:
    wishes = bool(tokens & words("norm")) or bool(tokens & _MODALS)
    grim = bool(tokens & words("bad"))
    if "plaintiff" in part or tokens & _SUIT:
        return "concern" if wishes and not grim else "allegation"
    if "expert" in part or "outlet" in part or "media" in part:
        return "concern" if wishes else "finding"
    if part & {"accuser", "critic", "office.law", "office.former"} and not wishes:
        return "allegation"
    return "allegation" if grim and not wishes else "concern"


def parts_of(analysis: Analysis, candidate: Candidate) -> list[str]:
    """Return the parts that the claimant of *candidate* plays."""
    referent = candidate.attribution.referent if candidate.attribution else None
    if referent is None:
        return ["none"]
    return roles(analysis, referent.name, referent.affiliation, referent.how, referent.sort)


def kind_features(
    analysis: Analysis, candidate: Candidate, base: Features, previous: tuple[str, str] | None
) -> Features:
    """Return the features for the kind of *candidate*.

    *base* are its features as a claim; *previous* is (kind, claimant) of the draft just before, if any: the
    sentences of one quotation are mostly of a kind.
    """
    parsed = analysis.parsed
    guess = guess_kind(analysis, candidate)
    features: Features = {name: value * 0.5 for name, value in base.items() if _telling(name)}
    features["bias"] = 1.0
    features[f"guess.{guess}"] = 2.0
    tokens = set(parsed.lowers[candidate.start : candidate.end])
    referent = candidate.attribution.referent if candidate.attribution else None
    for part in parts_of(analysis, candidate):
        features[f"part.{part}"] = 1.0
        features[f"part.{part}.{'quoted' if analysis.sentences[candidate.number].quoted > 0.5 else 'own'}"] = 1.0
        for name in ("bad", "norm", "fix"):
            if tokens & words(name):
                features[f"part.{part}.{name}"] = 0.7
    if candidate.cue is not None and candidate.cue.lemma in _ASK:
        features["cue.asks"] = 1.0
    if previous is not None and referent is not None and previous[1] == referent.name:
        features[f"before.{previous[0]}"] = 1.0
        if candidate.attribution is not None and candidate.attribution.source in {"quote", "carried"}:
            features[f"before.{previous[0]}.quoted"] = 1.0
    return (
        features
        | kind_wording(analysis, candidate)
        | meaning_features(analysis, candidate)
        | predicate_features(analysis, candidate)
    )


# Words stand among the features of the kind in their own right.
_UNTELLING = (
    *("doc.", "near.", "wide.", "place.", "len.", "rel.", "next.", "source.", "around"),
    *("w.", "h.", "c.", "x.", "first.", "last.", "before.", "rule.", "v."),
)


def _telling(name: str) -> bool:
    """Whether a claim feature says anything about the kind: place and surroundings do not."""
    return not name.startswith(_UNTELLING)
