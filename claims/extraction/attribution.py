"""Who says it: cue words, their subjects, and the attribution of every sentence.

A *cue* is a verb of saying, accusing, denying, answering, warning, finding or acting, or "according to". Its
subject is looked up in the dependency tree: its own, the one it shares ("said … and accused"), the noun that a
relative clause hangs on ("who allege"), the agent of a passive, the owner of "X's lawsuit".
"""

from dataclasses import dataclass

from claims.extraction.lexicon import verb_classes, verb_lemmas, word_set
from claims.extraction.parsing import Parsed
from claims.extraction.quotes import QuoteIndex

SUBJECTS = {"nsubj", "nsubjpass", "csubj"}
# A verb under one of these reports nothing that happened: infinitives of purpose, modals, conditionals.
_UNREAL = {"will", "would", "may", "might", "could", "should", "must", "can", "to"}
_SOURCES = {"according"}


@dataclass(slots=True)
class Cue:
    """A cue at *token* with its leading *classes*. *subject* is a token, *agent* that of a passive's "by"."""

    token: int
    lemma: str
    classes: tuple[str, ...]
    subject: int | None
    agent: int | None
    passive: bool
    negated: bool
    unreal: bool
    quoted: bool
    depth: int

    @property
    def source(self) -> int | None:
        """Return the token of the party that acts or speaks."""
        return self.agent if self.passive else self.subject


def find_cues(parsed: Parsed, quotes: QuoteIndex) -> list[Cue]:
    """Return the cues of *parsed* in text order."""
    lemmas, classes = verb_lemmas(), verb_classes()
    cues = []
    for i, word in enumerate(parsed.lowers):
        if word == "according" and i + 2 < len(parsed.words) and parsed.lowers[i + 1] == "to":
            cues.append(_according(parsed, quotes, i))
            continue
        lemma = lemmas.get(word)
        phrasal = _phrasal(parsed, i) if word in PHRASAL_FORMS else None
        if word in _ACCUSATIONS and (owner := _accuser(parsed, i)) is not None:
            quoted = quotes.at(parsed.starts[i]) is not None
            cues.append(Cue(i, "allege", ("allege",), owner, None, False, False, False, quoted, 0))
            continue
        if phrasal is None and (lemma is None or not _is_verb(parsed, i)):
            continue
        if lemma == "refer" and not any(parsed.deps[c] in {"dobj", "nsubjpass"} for c in parsed.children[i]):
            # "The term refers to …" defines; only "referred reporters to its statement" answers.
            continue
        lead = (phrasal,) if phrasal else ()
        lemma = lemma or PHRASAL_FORMS[word]
        subject, passive = find_subject(parsed, i)
        agent = _agent(parsed, i) if passive else None
        if lemma == "face" and lead:
            # "X faces allegations from Y": Y speaks, X is spoken against.
            passive, agent = True, _from(parsed, i)
        elif passive and agent is None and (lead or classes[lemma])[0] in {"allege", "warn", "deny"}:
            agent = _from(parsed, i)
        cues.append(
            Cue(
                token=i,
                lemma=lemma,
                classes=lead or classes[lemma],
                subject=subject,
                agent=agent,
                passive=passive,
                negated=any(parsed.deps[c] == "neg" for c in parsed.children[i]),
                unreal=any(
                    parsed.deps[c] in {"aux", "mark"} and parsed.lowers[c] in _UNREAL for c in parsed.children[i]
                )
                or any(parsed.deps[c] == "mark" and parsed.lowers[c] in {"if", "whether"} for c in parsed.children[i]),
                quoted=quotes.at(parsed.starts[i]) is not None,
                depth=_depth(parsed, i),
            )
        )
    return cues


# Verbs that report only together with a word that follows: "pushed back", "took issue", "taken steps".
PHRASAL: dict[str, dict[str, str]] = {
    "push": {"back": "deny"},
    "hit": {"back": "deny"},
    "fire": {"back": "deny"},
    "take": {
        "issue": "deny",
        "umbrage": "deny",
        "steps": "act",
        "action": "act",
        "down": "act",
        "aim": "warn",
        "exception": "deny",
    },
    "point": {"out": "say", "to": "say"},
    "speak": {"out": "warn"},
    "raise": {
        "concern": "warn",
        "concerns": "warn",
        "question": "warn",
        "questions": "warn",
        "alarm": "warn",
        "doubts": "warn",
    },
    "weigh": {"in": "warn"},
    "stand": {"by": "respond"},
    "look": {"forward": "respond", "for": "act"},
    "call": {"for": "warn", "on": "warn", "out": "warn", "it": "warn", "upon": "warn"},
    "bring": {"light": "allege", "suit": "act", "lawsuit": "act", "complaint": "act"},
    "make": {"allegation": "allege", "allegations": "allege", "claims": "allege", "complaint": "allege"},
    "face": {"allegations": "allege", "accusations": "allege"},
    "express": {
        "concern": "warn",
        "concerns": "warn",
        "dismay": "warn",
        "discontent": "warn",
        "fear": "warn",
        "regret": "respond",
    },
    "go": {"strike": "act"},
    "walk": {"out": "act"},
}
PHRASAL_FORMS: dict[str, str] = {
    form: verb
    for verb, forms in {
        "push": "push pushes pushed pushing",
        "hit": "hit hits hitting",
        "fire": "fire fires fired firing",
        "take": "take takes took taken taking",
        "point": "point points pointed pointing",
        "speak": "speak speaks spoke spoken speaking",
        "raise": "raise raises raised raising",
        "weigh": "weigh weighs weighed weighing",
        "stand": "stand stands stood standing",
        "look": "look looks looked looking",
        "call": "call calls called calling",
        "bring": "bring brings brought bringing",
        "make": "make makes made making",
        "face": "face faces faced facing",
        "express": "express expresses expressed expressing",
        "go": "go goes went gone going",
        "walk": "walk walks walked walking",
    }.items()
    for form in forms.split()
}


# "The crux of X's allegations is that …", "X's main complaint centres on …": the noun reports as a verb would.
_ACCUSATIONS = word_set("allegation allegations accusation accusations complaint complaints grievance contention")
_CONTAINING = word_set(
    """
    is was are were be been remains centers centres center centre centered centred revolves revolve revolved
    rests rest rested hinges hinge hinged focuses focus focused
    """
)


def _accuser(parsed: Parsed, noun: int) -> int | None:
    """Return the owner of the accusation *noun* where the words behind it say what it consists in.

    Read from the words' order: the small model takes "allegations centers" for a compound.
    """
    behind = parsed.lowers[noun + 1 : noun + 3]
    if len(behind) < 2 or behind[0] not in _CONTAINING or behind[1] not in {"that", "on", "around", "upon"}:
        return None
    for i in range(noun - 1, max(0, noun - 4), -1):
        if parsed.tags[i] == "POS":
            return i - 1 if parsed.tags[i - 1][:1] == "N" else None
    return None


def _phrasal(parsed: Parsed, i: int) -> str | None:
    """Return the class of a phrasal cue at *i*, whose second word stands within the next five tokens."""
    if not parsed.tags[i].startswith("VB"):
        return None
    seconds = PHRASAL[PHRASAL_FORMS[parsed.lowers[i]]]
    for j in range(i + 1, min(i + 6, len(parsed.words))):
        if parsed.lowers[j] in seconds and (j == i + 1 or parsed.tags[j][:1] == "N"):
            return seconds[parsed.lowers[j]]
        if parsed.words[j] in {",", ".", ";"}:
            return None
    return None


def _is_verb(parsed: Parsed, i: int) -> bool:
    tag = parsed.tags[i]
    if tag.startswith("VB"):
        # A participle before a noun ("alleged bias") describes, it does not report.
        return parsed.deps[i] not in {"amod", "compound"}
    # The small model takes some reporting verbs in headlines and inversions for nouns.
    return (
        parsed.deps[i] == "ROOT"
        and tag in {"NNS", "NN"}
        and any(parsed.deps[c] in SUBJECTS for c in parsed.children[i])
    )


def _according(parsed: Parsed, quotes: QuoteIndex, i: int) -> Cue:
    source = None
    for j in range(i + 1, min(i + 3, len(parsed.words))):
        for child in parsed.children[j]:
            if parsed.deps[child] == "pobj":
                source = child
    if source is None:  # the parser lost it: the first noun after "to" and its run
        j = i + 2
        while j < len(parsed.words) and parsed.tags[j] in {"DT", "JJ", "PRP$", "NN", "NNP", "NNS", "NNPS", "POS"}:
            source, j = j, j + 1
    return Cue(i, "according", ("say",), source, None, False, False, False, quotes.at(parsed.starts[i]) is not None, 1)


def _from(parsed: Parsed, verb: int) -> int | None:
    """Return whoever stands after "by" or "from" later on, where the parse attached it elsewhere than to *verb*."""
    for i in range(verb + 1, min(verb + 16, len(parsed.words))):
        if parsed.words[i] in {".", ";", '"'}:
            return None
        if parsed.lowers[i] in {"by", "from"}:
            for child in parsed.children[i]:
                if parsed.deps[child] == "pobj" and parsed.tags[child] in {"NNP", "NNPS", "NNS"}:
                    return child
    return None


def _depth(parsed: Parsed, i: int) -> int:
    depth = 0
    while parsed.heads[i] != i and depth < 30:
        i, depth = parsed.heads[i], depth + 1
    return depth


def _agent(parsed: Parsed, i: int) -> int | None:
    for child in parsed.children[i]:
        if parsed.deps[child] == "agent" or (parsed.lowers[child] == "by" and parsed.deps[child] == "prep"):
            for grandchild in parsed.children[child]:
                if parsed.deps[grandchild] == "pobj":
                    return grandchild
    return None


def find_subject(parsed: Parsed, verb: int) -> tuple[int | None, bool]:
    """Return the subject's head token of *verb*, own or shared, and whether the verb is passive."""
    if (inverted := _parenthesis(parsed, verb)) is not None:
        return inverted, False
    passive = any(parsed.deps[c] in {"nsubjpass", "auxpass"} for c in parsed.children[verb])
    node = verb
    for _ in range(8):
        for child in parsed.children[node]:
            if parsed.deps[child] in SUBJECTS:
                if node != verb and parsed.deps[child] == "nsubjpass" and not passive:
                    agent = _agent(parsed, node)
                    return (agent if agent is not None else child), False
                return _antecedent(parsed, child, node), passive
        dep, head = parsed.deps[node], parsed.heads[node]
        if dep == "acl":
            # "a complaint filed by X", "a lawsuit alleging": the noun itself, in its own role.
            return head, parsed.tags[node] == "VBN" and node == verb
        if dep == "relcl":
            return head, passive
        if head == node or dep not in {"conj", "advcl", "xcomp", "ccomp", "pcomp", "parataxis", "dep", "prep"}:
            break
        node = head
    return _inverted(parsed, verb), passive


def _antecedent(parsed: Parsed, subject: int, verb: int) -> int:
    """Return what a relative pronoun stands for, else *subject*."""
    if parsed.lowers[subject] in {"who", "which", "that"} and parsed.deps[verb] == "relcl":
        return parsed.heads[verb]
    return subject


def _parenthesis(parsed: Parsed, verb: int) -> int | None:
    """Return the subject of ", says the lawsuit," or "…,\" said Edelson.": verb and noun phrase between marks."""
    if verb == 0 or parsed.words[verb - 1] not in {",", '"', "”", "'", "’", "—", "-"}:
        return None
    if parsed.tags[verb] not in {"VBZ", "VBD", "VBP"}:
        return None
    end = verb + 1
    while (
        end < len(parsed.words)
        and end - verb <= 7
        and parsed.tags[end] in {"DT", "JJ", "NN", "NNS", "NNP", "NNPS", "POS", "PRP$"}
    ):
        end += 1
    if end == verb + 1 or end >= len(parsed.words) or parsed.words[end] not in {",", ".", "?", "!", ";", ":", "\n"}:
        return None
    return end - 1 if parsed.tags[end - 1].startswith("N") else None


def _inverted(parsed: Parsed, verb: int) -> int | None:
    """Return the subject after an inverted verb that the parser took for something else (", says Edelson")."""
    after = verb + 1
    while after < len(parsed.words) and parsed.tags[after] in {"DT", "JJ", "NN", "NNS", "NNP", "POS", "CD"}:
        if parsed.tags[after].startswith("NNP") and (
            after + 1 == len(parsed.words) or not parsed.tags[after + 1].startswith("NNP")
        ):
            return after
        after += 1
    return None


def objects_of(parsed: Parsed, cue: Cue) -> list[int]:
    """Return the tokens that *cue* is aimed at: its objects, a passive's subject, "sued X and Y"."""
    found = []
    if cue.passive and cue.subject is not None:
        found.append(cue.subject)
    for child in parsed.children[cue.token]:
        if parsed.deps[child] in {"dobj", "dative"}:
            found.append(child)
    if cue.classes[0] in {"warn", "allege", "deny"}:
        # "criticised the government's plans" is aimed at the government.
        found += [c for token in list(found) for c in parsed.children[token] if parsed.deps[c] == "poss"]
    queue = list(found)
    while queue:
        node = queue.pop()
        for child in parsed.children[node]:
            if parsed.deps[child] == "conj":
                found.append(child)
                queue.append(child)
    return found
