"""What a model said becomes draft claims, as far as the article bears it out; the rest is dropped and counted."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from urllib.parse import urlsplit

from claims.extraction import scoring
from claims.extraction.llm.grounding import LONGEST, MOST_PLACES, SENTENCE, Folded, Names, fold, places, words
from claims.extraction.llm.hostile import withheld, without
from claims.extraction.llm.schema import ClaimAnswer
from claims.extraction.quotes import QuoteIndex, find_quotes
from claims.extraction.types import KINDS, TOPICS, Document, DraftClaim, RegisteredParty, Registry
from claims.wording import joined

# Confidence says how often drafts like this one are right. A model's own word for it is not measured, so a draft
# takes the default extractor's where both agree, and this where they do not.
UNMEASURED = 0.5
_PRONOUNS = frozenset(
    {"he", "she", "they", "it", "we", "i", "you", "who", "which", "one", "this", "that", "these", "those", "his", "her"}
)
_NAME = re.compile(r"[\w .,'’&/()+!:–-]{1,200}")
_BETWEEN = re.compile(r",\s+(?:and\s+)?|\s+and\s+")
_LEGAL = re.compile(r",? (?:Inc|LLC|Ltd|Corp|Corporation|Limited|PLC|plc|GmbH|AG|SA)\.?$")


@dataclass(frozen=True)
class Article:
    """A document with what its quotes and names are looked up in; *withheld* are spans that no quote may touch."""

    document: Document
    registry: Registry
    withheld: tuple[tuple[int, int], ...] = ()

    @cached_property
    def folded(self) -> Folded:
        """The text as quotes are looked up in."""
        return fold(self.document.text)

    @cached_property
    def names(self) -> Names:
        """The names that the title and the text as it was shown hold, by membership."""
        title = self.document.title or ""
        return Names("" if withheld(title) else title, without(self.document.text, list(self.withheld)))

    @cached_property
    def _parties(self) -> dict[tuple[str, ...], RegisteredParty]:
        return {tuple(words(name)): party for party in self.registry.parties for name in (party.name, *party.aliases)}

    @cached_property
    def quotations(self) -> QuoteIndex:
        """Where the text quotes directly."""
        return QuoteIndex(find_quotes(self.document.text))

    def party(self, name: str) -> str | None:
        """Return *name* tidied, or None where the article does not bear it out.

        It has to occur in the title or text, or be a name of a registered party of which another name occurs there
        or whose system does, or be the name of the site that the article is on.
        """
        name = _LEGAL.sub("", " ".join(name.split())).strip(" .,:'’")
        if not _NAME.fullmatch(name) or name.casefold() in _PRONOUNS:
            return None
        return name if name in self.names or self._is_registered(name) or self._is_outlet(name) else None

    def claimants(self, name: str) -> tuple[str, ...]:
        """Return the claimants that *name* stands for, each as `party` has it; none where one is not borne out.

        Several who claim together are named as one ("A, B and C"), which the article need not say in one breath.
        """
        if whole := self.party(name):
            return (whole,)
        named = [part for part in _BETWEEN.split(name[:LONGEST]) if part.strip()]
        parts = tuple(part for one in named if (part := self.party(one)))
        # Whoever is named twice, or is missing, makes it a name that nobody has.
        return parts if 1 < len(parts) == len(named) == len(set(parts)) else ()

    def _is_registered(self, name: str) -> bool:
        party = self._parties.get(tuple(words(name)))
        if party is None:
            return False
        made = (system for system in self.registry.systems if system.maker == party.name)
        spoken = [party.name, *party.aliases, *(n for system in made for n in (system.name, *system.aliases))]
        return any(other in self.names for other in spoken)

    def _is_outlet(self, name: str) -> bool:
        try:
            host = urlsplit(self.document.url or "").hostname or ""
        except ValueError:
            return False
        joined = "".join(words(name))
        return len(joined) > 3 and joined in re.sub(r"[.-]", "", host)

    def spans(self, quote: str) -> list[tuple[int, int]]:
        """Return where *quote* stands: every place of a sentence, the first free place of a few words."""
        found = places(self.folded, quote)
        return found[:MOST_PLACES] if len(quote) >= SENTENCE else found[:1]

    def is_withheld(self, start: int, end: int) -> bool:
        """Whether a span touches words that the model was not shown."""
        return any(start < last and end > first for first, last in self.withheld)

    def is_direct(self, start: int, end: int) -> bool:
        """Whether at least half of a span is inside quotation marks."""
        shared = (min(q.end, end) - max(q.start, start) for q in self.quotations.within(start, end))
        return sum(shared) >= (end - start) / 2


def read(
    answers: Sequence[ClaimAnswer | None], article: Article, measured: Sequence[DraftClaim] = ()
) -> tuple[tuple[DraftClaim, ...], dict[str, int]]:
    """Return the drafts that *article* bears out, in text order, and how many of what was dropped.

    *measured* are the default extractor's drafts of the same article: one that agrees lends its confidence.
    """
    dropped: Counter[str] = Counter()
    drafts: list[tuple[int, DraftClaim]] = []
    taken: set[tuple[int, int, str]] = set()
    for number, answer in enumerate(answers):
        if answer is None:
            dropped["malformed"] += 1
            continue
        for draft in _drafts(answer, article, dropped):
            if (draft.start, draft.end, draft.kind) in taken:
                dropped["repeated"] += 1
                continue
            taken.add((draft.start, draft.end, draft.kind))
            drafts.append((number, replace(draft, confidence=_confidence(draft, measured))))
    drafts.sort(key=lambda pair: (pair[1].start, pair[1].end, pair[0]))
    linked = _linked(drafts, answers, dropped)
    return linked, {cause: count for cause, count in sorted(dropped.items()) if count}


def _drafts(answer: ClaimAnswer, article: Article, dropped: Counter[str]) -> Iterator[DraftClaim]:
    """Yield a draft for each place where the article has the claim's words; count what is not believed."""
    joint = article.claimants(answer.claimant)
    claimant = joined(joint)
    found = article.spans(answer.quote)
    spans = [span for span in found if not article.is_withheld(*span)]
    if not claimant or answer.kind not in KINDS or not spans:
        dropped[_cause(answer, found, spans)] += 1
        return
    dropped["topic"] += sum(topic not in TOPICS for topic in answer.topics)
    draft = DraftClaim(
        start=0,
        end=0,
        kind=answer.kind,
        claimant=claimant,
        targets=tuple(
            name for name in _borne_out("target", answer.targets, article, dropped) if name not in (claimant, *joint)
        ),
        about=_about(answer.about, article, dropped),
        topics=tuple(dict.fromkeys(topic for topic in answer.topics if topic in TOPICS)),
        hedged=answer.hedged,
        confidence=UNMEASURED,
        direct=False,
        via=tuple(name for name in _borne_out("via", answer.via, article, dropped) if name not in (claimant, *joint)),
        answers=(),
        joint=joint if len(joint) > 1 else (),
    )
    for start, end in spans:
        yield replace(draft, start=start, end=end, direct=article.is_direct(start, end))


def _cause(answer: ClaimAnswer, found: list[tuple[int, int]], spans: list[tuple[int, int]]) -> str:
    """Return why a whole claim is dropped: what is wrong with its words before what is wrong with its fields."""
    if not found:
        return "quote"
    if not spans:
        return "withheld"
    return "kind" if answer.kind not in KINDS else "claimant"


def _borne_out(cause: str, names: Sequence[str], article: Article, dropped: Counter[str]) -> list[str]:
    tidied = [article.party(name) for name in names]
    dropped[cause] += tidied.count(None)
    return list(dict.fromkeys(name for name in tidied if name))


def _about(names: Sequence[str], article: Article, dropped: Counter[str]) -> tuple[str, ...]:
    """Return the systems and laws that occur in the article under these very names."""
    tidied = [" ".join(name.split()) for name in names]
    kept = [name for name in tidied if _NAME.fullmatch(name) and name in article.names]
    dropped["about"] += len(tidied) - len(kept)
    return tuple(dict.fromkeys(kept))


def _confidence(draft: DraftClaim, measured: Sequence[DraftClaim]) -> float:
    for [i, _] in scoring.pair(measured, [draft]):
        right = scoring.right_fields(measured[i], draft)
        if right["kind"] and right["claimant"] and right["targets"]:
            return measured[i].confidence
    return UNMEASURED


def _linked(
    drafts: Sequence[tuple[int, DraftClaim]], answers: Sequence[ClaimAnswer | None], dropped: Counter[str]
) -> tuple[DraftClaim, ...]:
    """Return the drafts with the claims that they answer, by their own positions."""
    place: dict[int, int] = {}
    for position, (number, _) in enumerate(drafts):
        place.setdefault(number, position)
    linked = []
    for position, (number, draft) in enumerate(drafts):
        answer = answers[number]
        wanted = set(answer.answers) if answer and draft.kind in {"denial", "response"} else set()
        known = sorted({place[n] for n in wanted if n in place and place[n] != position})
        dropped["answer"] += len(wanted - place.keys())
        linked.append(replace(draft, answers=tuple(known)))
    return tuple(linked)
