"""What the statistical steps see of a candidate: classes of words and structure, never an article's wording.

Features are names with a value of 1 (or a small number); the weights of a trained model are looked up by name.
Single words appear only as lemmas of cue verbs and entries of the shipped lexicon.
"""

import re
from dataclasses import dataclass, field

from claims.extraction.analysis import Analysis
from claims.extraction.clauses import Candidate
from claims.extraction.coreference import _AUTHORITY, _MEDIA
from claims.extraction.lexicon import phrases, word_set, words

Features = dict[str, float]

_DISPUTE = word_set(
    """
    lawsuit lawsuits sue sues sued suing complaint allegation allegations alleged alleges accused
    accuses accusing court judge ruling regulator regulators fine fined banned ban investigation
    investigate probe violate violated unlawful illegal backlash criticism critics criticized
    criticised controversy dispute disputed denied denies apologized apologised settlement protest
    strike harm bias biased discrimination misuse plaintiffs plaintiff infringement concerns
    """
)
_FIRST = word_set("we our us i my")


@dataclass(slots=True)
class DocumentSignals:
    """Counts over a whole document that every candidate of it shares."""

    features: Features = field(default_factory=dict)
    strong: list[int] = field(default_factory=list)
    dispute: list[int] = field(default_factory=list)
    systems: list[int] = field(default_factory=list)
    speakers: dict[str, int] = field(default_factory=dict)
    phrases: dict[int, list[str]] = field(default_factory=dict)


def document_signals(analysis: Analysis) -> DocumentSignals:
    """Return the document-level features: how much AI, how much dispute, in title and text."""
    parsed = analysis.parsed
    signals = DocumentSignals()
    strong, dispute = words("strong_ai"), _DISPUTE
    for sentence in analysis.sentences:
        tokens = parsed.lowers[sentence.start : sentence.end]
        text = " ".join(tokens)
        named = analysis.names.within(sentence.start, sentence.end)
        systems = sum(1 for m in named if m.sort == "system" or _makes_ai(analysis, m.name))
        signals.strong.append(
            sum(t in strong for t in tokens) + text.count("facial recognition") + text.count("artificial intelligence")
        )
        signals.dispute.append(sum(t in dispute for t in tokens))
        signals.systems.append(systems)
        referent = sentence.attribution.referent
        if referent is not None:
            signals.speakers[referent.name] = signals.speakers.get(referent.name, 0) + 1
    count = max(1, len(analysis.sentences))
    title = (analysis.document.title or "").lower()
    title_words = set(re.findall(r"[\w-]+", title))
    ai_share = sum(1 for a, s in zip(signals.strong, signals.systems, strict=True) if a + s) / count
    dispute_share = sum(1 for d in signals.dispute if d) / count
    heat = _heat(analysis, signals)
    signals.features = {
        "doc.heat": heat,
        "doc.cold": float(heat < 0.25),
        "doc.no.ai": float(ai_share == 0.0),
        "doc.ai": min(ai_share, 0.6) / 0.6,
        "doc.dispute": min(dispute_share, 0.5) / 0.5,
        "doc.both": min(ai_share, 0.6) * min(dispute_share, 0.5) / 0.3,
        "doc.title.ai": float(bool(title_words & strong)),
        "doc.title.dispute": float(bool(title_words & _DISPUTE)),
    }
    return signals


def _makes_ai(analysis: Analysis, name: str) -> bool:
    """Whether the registry calls a party an AI company or lab: where it is named, AI is."""
    party = analysis.index.parties.get(name)
    return party is not None and (party.kind == "lab" or any(role.startswith("AI ") for role in party.roles))


# Deeds that only a conflict brings about.
_HOSTILE = word_set(
    "sue fine ban block suspend settle investigate penalize penalise appeal withdraw subpoena arrest raid halt"
)


def _heat(analysis: Analysis, signals: DocumentSignals) -> float:
    """Return how much of a document is contention, between 0 and 1: accusing cues, words of dispute and harm."""
    bad, parsed = words("bad"), analysis.parsed
    contentious = sum(
        1
        for sentence, dispute in zip(analysis.sentences, signals.dispute, strict=True)
        if dispute
        or any(cue.classes[0] in {"allege", "deny", "warn"} or cue.lemma in _HOSTILE for cue in sentence.cues)
        or any(token in bad for token in parsed.lowers[sentence.start : sentence.end])
    )
    share = contentious / max(1, len(analysis.sentences))
    return min(max((share - 0.08) / 0.4, 0.0), 1.0)


def clause_features(analysis: Analysis, signals: DocumentSignals, candidate: Candidate) -> Features:
    """Return the features of *candidate* that say whether it is a claim, and of which kind."""
    parsed = analysis.parsed
    sentence = analysis.sentences[candidate.number]
    tokens = parsed.lowers[candidate.start : candidate.end]
    count = len(tokens)
    features: Features = {"bias": 1.0, f"shape.{candidate.shape}": 1.0, **signals.features}
    if candidate.relation:
        features[f"rel.{candidate.shape}.{candidate.relation}"] = 1.0
    _words(features, tokens, count)
    _phrases(features, analysis, signals, candidate)
    _attribution(features, analysis, signals, candidate)
    _context(features, analysis, signals, candidate)
    _form(features, analysis, candidate, tokens)
    for name in candidate.splits:
        features[f"{candidate.shape}.{name}"] = 1.0
    if features.get("who.none") is None:
        features["attributed.heat"] = signals.features["doc.heat"]
    _rule(features, candidate)
    if candidate.shape == "whole":
        rest = [c for c in sentence.cues if not c.quoted]
        features["whole.cues"] = min(len(rest), 4) / 4
    return features


# A feature that stands for a rule is worth several of those that refine it: it is penalised less.
_STRONG = 3.0


def _rule(features: Features, candidate: Candidate) -> None:
    """The rule that the other features refine: what somebody says or does in a contentious place near AI."""
    attributed = "who.none" not in features and "source.subject" not in features
    hot = not (features["doc.cold"] or features["doc.no.ai"])
    local = not features["wide.none"] or features["doc.ai"] < 0.1
    passes = attributed and hot and local and "form.business" not in features
    split = next((name for name in candidate.splits if name != "split.loose"), None)
    if passes:
        features["rule.passes"] = _STRONG
        features[f"rule.{candidate.shape}.{'split' if split else 'plain'}"] = _STRONG
        if candidate.shape != "whole":
            features[f"rule.{candidate.shape}.{split or 'none'}"] = _STRONG / 2
    else:
        features["rule.fails"] = _STRONG
        if not hot:
            features["rule.cold"] = _STRONG
        if not local:
            features["rule.far"] = _STRONG


def _words(features: Features, tokens: list[str], count: int) -> None:
    for name in ("bad", "norm", "fix", "ai", "strong_ai"):
        vocabulary = words(name)
        hits = sum(t in vocabulary for t in tokens)
        if hits:
            features[f"has.{name}"] = 1.0
            if hits > 1:
                features[f"many.{name}"] = 1.0
    hits = sum(t in _DISPUTE for t in tokens)
    if hits:
        features["has.dispute"] = 1.0
    features[f"len.{min(count // 8, 6)}"] = 1.0


def _phrases(features: Features, analysis: Analysis, signals: DocumentSignals, candidate: Candidate) -> None:
    parsed, sentence = analysis.parsed, analysis.sentences[candidate.number]
    whole = signals.phrases.get(candidate.number)
    if whole is None:  # clauses hold no phrase that their sentence does not
        lowered = _plain(parsed.text(sentence.start, sentence.end))
        whole = [name for name, pattern in phrases().items() if pattern.search(lowered)]
        signals.phrases[candidate.number] = whole
    if whole:
        lowered = _plain(parsed.text(candidate.start, candidate.end))
        for name in whole:
            if phrases()[name].search(lowered):
                features[f"phrase.{name}"] = 1.0


def _plain(text: str) -> str:
    return text.lower().replace("’", "'")


def _attribution(features: Features, analysis: Analysis, signals: DocumentSignals, candidate: Candidate) -> None:
    attribution, cue = candidate.attribution, candidate.cue
    referent = attribution.referent if attribution else None
    source = attribution.source if attribution else "none"
    features[f"source.{source}"] = 1.0
    if attribution is not None and source == "carried":
        features[f"carried.{min(attribution.distance, 3)}"] = 1.0
    if cue is not None:
        lead = cue.classes[0]
        features[f"cue.{lead}"] = 1.0
        features[f"cue.{lead}.{source}"] = 1.0
        for name in ("passive", "negated", "unreal", "quoted"):
            if getattr(cue, name):
                features[f"cue.{name}"] = 1.0
                features[f"cue.{name}.{lead}"] = 1.0
        if candidate.head == cue.token:
            features["cue.heads"] = 1.0
    else:
        features["cue.none"] = 1.0
    if referent is None:
        features["who.none"] = 1.0
        return
    features[f"who.{referent.sort}"] = 1.0
    features[f"who.how.{referent.how}"] = 1.0
    if cue is not None:
        features[f"who.{referent.sort}.{cue.classes[0]}"] = 1.0
    for role in roles(analysis, referent.name, referent.affiliation, referent.how, referent.sort):
        features[f"who.role.{role}"] = 1.0
        if cue is not None:
            features[f"who.role.{role}.{cue.classes[0]}"] = 1.0
    features[f"who.often.{min(signals.speakers.get(referent.name, 0), 4)}"] = 1.0


_EXPERT = re.compile(r"researcher|scientist|professor|study|author|universit|institute|lab", re.I)
_CRITIC = re.compile(
    r"critic|advocate|activist|union|coalition|group|employee|staff|worker|expert|resident|parent|family|driver", re.I
)
_LAW = re.compile(r"court|judge|jury|tribunal", re.I)
_STATE = re.compile(
    r"commission|department|attorney general|regulator|senate|government|police|authority|agency|"
    r"ftc|congress|parliament",
    re.I,
)


def roles(analysis: Analysis, name: str, affiliation: str | None, how: str, sort: str) -> list[str]:
    """Return what part the party *name* plays: accused, plaintiff, court, state, media, expert, critic, outlet."""
    found = []
    camps = analysis.camps
    office = analysis.resolver.offices.get(name)
    accusers = [n for n, attack in camps.accusers[:4] if attack >= 1.0]
    hostile = name in accusers[:3] and camps.rank(name) > 0
    place = camps.rank(name)
    leads = affiliation is not None and camps.rank(affiliation) <= 1
    sues = analysis.resolver.plaintiffs is not None and name == analysis.resolver.plaintiffs.name
    if leads and not sues:
        place, hostile = min(place, camps.rank(affiliation or "")), False
    if place == 0:
        found.append("accused")
    elif (place <= 2 and not hostile and sort != "group") or how == "spokesperson":
        found.append("accused2")
    if hostile:
        found.append("accuser")
    if office is not None and office.sort:
        found.append(f"office.{office.sort}")
    if how == "plaintiff" or (analysis.resolver.plaintiffs and name == analysis.resolver.plaintiffs.name):
        found.append("plaintiff")
    for role, pattern in (
        ("court", _LAW),
        ("state", _STATE),
        ("media", _MEDIA),
        ("expert", _EXPERT),
        ("critic", _CRITIC),
    ):
        if pattern.search(name) and not (role == "media" and sort == "person"):
            found.append(role)
    if sort == "org" and not found and not _AUTHORITY.search(name):
        found.append("company")
    if name == analysis.resolver.outlet:
        found.append("outlet")
    return found or ["other"]


def _context(features: Features, analysis: Analysis, signals: DocumentSignals, candidate: Candidate) -> None:
    number, total = candidate.number, len(analysis.sentences)
    low, high = max(0, number - 2), min(total, number + 3)
    near_ai = sum(signals.strong[low:high]) + sum(signals.systems[low:high])
    features["near.ai"] = min(near_ai, 4) / 4
    features["near.dispute"] = min(sum(signals.dispute[low:high]), 4) / 4
    wide_low, wide_high = max(0, number - 6), min(total, number + 7)
    wide = sum(signals.strong[wide_low:wide_high]) + sum(signals.systems[wide_low:wide_high])
    features["wide.none"] = float(wide == 0)
    features["wide.ai"] = min(wide, 8) / 8
    features["wide.dispute"] = min(sum(signals.dispute[wide_low:wide_high]), 8) / 8
    place = number / max(1, total)
    features[f"place.{int(place * 4)}"] = 1.0
    if number < 2:
        features["place.lead"] = 1.0
    previous = analysis.sentences[number - 1].attribution if number else None
    referent = candidate.attribution.referent if candidate.attribution else None
    if previous is not None and previous.referent is not None:
        features["prev.attributed"] = 1.0
        if referent is not None and previous.referent.name == referent.name:
            features["prev.same"] = 1.0
    if number + 1 < total and analysis.sentences[number + 1].attribution.referent is not None:
        features["next.attributed"] = 1.0
    mentions = analysis.names.within(candidate.start, candidate.end)
    others = {m.name for m in mentions if m.sort in {"org", "person"} and (referent is None or m.name != referent.name)}
    if others:
        features["other.party"] = 1.0
    accused = {n for n, _ in analysis.camps.accused[:2]}
    if others & accused:
        features["other.accused"] = 1.0
    if any(m.sort == "system" for m in mentions):
        features["has.system"] = 1.0
    if any(m.sort == "law" for m in mentions):
        features["has.law"] = 1.0


_BUSINESS = re.compile(
    r"reached out to|did(?: not|n't) (?:immediately )?(?:respond|reply|return)|no (?:reply|response)\b|"
    r"could not be reached|not immediately available|sign up|subscribe|newsletter|click here|"
    r"as we(?:'ve| have) (?:said|reported)"
)


def _form(features: Features, analysis: Analysis, candidate: Candidate, tokens: list[str]) -> None:
    parsed, sentence = analysis.parsed, analysis.sentences[candidate.number]
    share = sentence.quoted
    features["quoted.full" if share > 0.75 else "quoted.part" if share > 0.05 else "quoted.no"] = 1.0
    if tokens[-1:] == ["?"] or parsed.lowers[sentence.end - 1] == "?" or "?" in tokens[-2:]:
        features["form.question"] = 1.0
    if set(tokens) & _FIRST:
        features["form.we.quoted" if share > 0.4 else "form.we.plain"] = 1.0
    if any(t[0].isdigit() for t in tokens):
        features["form.number"] = 1.0
    if tokens[0] in {"but", "however", "still", "though"} or tokens[:1] == ["while"]:
        features["form.but"] = 1.0
    if _BUSINESS.search(" ".join(tokens)):
        features["form.business"] = 2.0
    head = candidate.head
    features[f"tag.{parsed.tags[head]}"] = 1.0
    if any(parsed.tags[c] == "MD" for c in parsed.children[head]):
        features["form.modal"] = 1.0
    if any(parsed.deps[c] == "auxpass" for c in parsed.children[head]):
        features["form.passive"] = 1.0
    if any(parsed.deps[c] == "neg" for c in parsed.children[head]):
        features["form.negated"] = 1.0
    subject = next((c for c in parsed.children[head] if parsed.deps[c] in {"nsubj", "nsubjpass"}), None)
    if subject is not None:
        mention = analysis.names.at(subject)
        sort = mention.sort if mention else ("pronoun" if parsed.tags[subject] == "PRP" else "common")
        features[f"subject.{sort}"] = 1.0
    if sentence.paragraph:
        features["form.paragraph"] = 1.0
