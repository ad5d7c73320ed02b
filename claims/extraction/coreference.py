"""Who is meant: names, pronouns, roles, documents and described groups resolved to a claimant's name.

Enough for news and no more: where two readings are open, nothing is returned rather than a guess.
"""

import re
from dataclasses import dataclass, field

from claims.extraction.lexicon import word_set
from claims.extraction.mentions import NO_NAMES, Mention, Names, nouns
from claims.extraction.naming import tidy
from claims.extraction.parsing import Parsed
from claims.extraction.people import Office

_QUANTIFIERS = word_set(
    """
    some many several most all various other others another one two three four five six seven
    dozens each both few any more least every numerous multiple certain such these those this that
    the a an its their his her our same own
    """
)
_AUTHORITY = re.compile(
    r"\b(Court|Department|Commission|Office|Agency|Police|Authority|Bureau|Council|Senate|Ministry|Justice|Government|"
    r"Attorney General|Parliament|Congress|Committee|District|County|City|State|Tribunal|House)\b"
)
_AUTHORITIES = {
    "court": re.compile("Court|Tribunal"),
    "tribunal": re.compile("Court|Tribunal"),
    "agency": _AUTHORITY,
    "regulator": re.compile("Commission|Authority|Agency|Office|Bureau|Board|Regulator"),
    "watchdog": re.compile("Commission|Authority|Agency|Office|Bureau|Board"),
    "authority": _AUTHORITY,
    "police": re.compile("Police|Sheriff"),
    "office": re.compile("Office"),
    "bloc": re.compile("European"),
}
_MEDIA = re.compile(
    r"\b(Times|Post|News|Journal|Guardian|Reuters|Bloomberg|Associated Press|Magazine|Motherboard|Vice|Wired|Verge|"
    r"CNN|BBC|ABC|CBS|NBC|TIME|Herald|Tribune|Gazette|Vox|Politico|Press|Telegraph|Gizmodo|Atlantic|Insider|"
    r"404 Media)\b"
)


# Plural nouns in these endings are people at work or in a cause: novelists, campaigners, librarians.
_TRADES = ("ists", "ers", "ors", "ians", "ants", "ees", "makers", "people", "men", "women")
# What circumstances do rather than parties: "it underscores", "it highlights".
_SHOWING = ("underscor", "highlight", "illustrat", "demonstrat", "show", "rais", "reveal", "reflect", "mean", "mark")
_PEOPLE = word_set(
    """
    driver worker employee teacher student resident officer deputy author artist researcher
    scientist professor editor reporter senator lawmaker mother father woman man teenager detective
    whistleblower user parent customer moderator engineer
    """
)


@dataclass(frozen=True, slots=True)
class Referent:
    """A resolved party. *sort*: person, org, place, group, system; *how* it was found, for features and confidence."""

    name: str
    sort: str
    how: str
    affiliation: str | None = None
    parts: tuple[str, ...] = ()


@dataclass
class Resolver:
    """Resolves a noun phrase's head token against one document. *spoken* grows as attributions are read."""

    parsed: Parsed
    names: Names
    outlet: str | None = None
    plaintiffs: Referent | None = None
    researchers: str | None = None
    investigator: str | None = None
    accused: str | None = None
    offices: dict[str, Office] = field(default_factory=dict)
    spellings: dict[str, str] = field(default_factory=dict)
    roles: dict[str, frozenset[str]] = field(default_factory=dict)
    spoken: list[tuple[int, Referent]] = field(default_factory=list)
    sentence_of: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.sentence_of = [0] * len(self.parsed.words)
        for number, (start, end) in enumerate(self.parsed.sentences):
            self.sentence_of[start:end] = [number] * (end - start)

    def resolve(self, head: int) -> Referent | None:
        """Return the party that the noun phrase at token *head* means, or None where that is unsure."""
        joint = self._joint(head)
        return joint or self._single(head)

    def _joint(self, head: int) -> Referent | None:
        """Return "A, B and C" for coordinated names."""
        members, node, seen = [head], head, 0
        while seen < 12:
            following = [c for c in self.parsed.children[node] if self.parsed.deps[c] == "conj"]
            if not following:
                break
            node, seen = following[0], seen + 1
            members.append(node)
        if len(members) < 2 or any(self.parsed.tags[m][:1] != "N" for m in members):
            return None
        parts = [self._single(m) for m in members]
        if any(p is None or p.sort == "system" for p in parts):
            return None
        names = list(dict.fromkeys(p.name for p in parts if p))
        if len(names) < 2 or any(p and p.how not in {"name", "group", "proper"} for p in parts):
            return None
        first = parts[0]
        assert first is not None
        return Referent(", ".join(names[:-1]) + " and " + names[-1], first.sort, "joint", parts=tuple(names))

    def _single(self, head: int) -> Referent | None:
        parsed, lower = self.parsed, self._noun(head)
        if (mention := self.names.at(head)) is not None and lower not in nouns("spokes"):
            return self._named(mention, head)
        if parsed.tags[head] in {"PRP", "PRP$"}:
            return self._pronoun(lower, head)
        if lower in _QUANTIFIERS or lower in {
            "none",
            "number",
            "majority",
            "dozen",
            "hundreds",
            "lot",
            "part",
            "group",
            "coalition",
            "team",
            "members",
            "half",
        }:
            inner = self._object_of(head, {"of"})
            if inner is not None and (found := self._single(inner)):
                return found
        if lower in nouns("spokes"):
            return self._speaks_for(head)
        if (person := self._apposition(head)) is not None:
            return person
        if lower in nouns("document") or lower in nouns("study") or lower in nouns("letter"):
            return self._document(head, lower)
        if lower in nouns("company") or lower in nouns("authority") or lower in nouns("media"):
            return self._role(head, lower)
        if parsed.tags[head].startswith("NNP") or self._spelled_as_name(head):
            return self._proper(head)
        if lower in nouns("group") or (parsed.tags[head] == "NNS" and lower.endswith(_TRADES)):
            return self._group(head)
        return None

    def _noun(self, head: int) -> str:
        """Return the noun at *head* in lower case; the tokenizer parts "start-up" in three."""
        around = self.parsed.lowers[max(0, head - 2) : head + 3]
        word = self.parsed.lowers[head]
        if word in {"start", "up"} and "start - up" in " ".join(around):
            return "start-up"
        return word

    # Names

    def _named(self, mention: Mention, head: int) -> Referent | None:
        if mention.sort == "law":
            return None
        if mention.sort == "person":
            party = self._voice_of(mention, head)
            if party is not None:
                return party
            return Referent(mention.name, "person", "name", affiliation=self._house(mention.name))
        return Referent(mention.name, mention.sort, "name")

    def _house(self, person: str) -> str | None:
        """Return the organisation that a person leads or speaks for."""
        office = self.offices.get(person)
        if office is None or office.sort != "leading":
            return None
        return self.accused if office.indirect else office.house

    def _voice_of(self, mention: Mention, head: int) -> Referent | None:
        """Return the party that a named spokesperson or lawyer speaks for."""
        parsed = self.parsed
        first = min(parsed.left[head], mention.start)
        around = range(max(first, mention.start - 6), min(parsed.right[head] + 1, mention.end + 12))
        spokes = [
            i for i in around if parsed.lowers[i] in {"spokesperson", "spokesman", "spokeswoman", "representative"}
        ]
        if not spokes:
            return None
        near = [self.names.at(i) for i in around]
        orgs = [m for m in near if m is not None and m.sort in {"org", "place"}]
        if orgs:
            return Referent(orgs[0].name, "org", "spokesperson")
        return self._last({"org"}, head, how="spokesperson")

    def _spelled_as_name(self, head: int) -> bool:
        """Whether a noun that the tagger took for a common one is written like a name ("LayerX")."""
        word = self.parsed.words[head]
        return word[0].isupper() and any(char.isupper() for char in word[1:]) and not word.isupper()

    def _proper(self, head: int) -> Referent | None:
        parsed, start = self.parsed, head
        while start > 0 and (parsed.tags[start - 1].startswith("NNP") or parsed.lowers[start - 1] in {"&", "of", "/"}):
            before = self.names.at(start - 1)
            if before is not None and before.sort != "place":
                break
            if parsed.lowers[start - 1] == "of" and not parsed.tags[start - 2].startswith("NNP"):
                break
            start -= 1
        name = tidy(parsed.text(start, head + 1))
        if len(name) < 2 or not name[0].isupper() or name in NO_NAMES:
            return None
        if start == head and name.lower() in parsed.words:
            return None  # a common noun that opens a sentence or heading
        if parsed.lowers[head] in nouns("authority") | nouns("company") | nouns("media") and start == head:
            return self._role(head, parsed.lowers[head])
        return Referent(name, "org", "proper")

    def _apposition(self, head: int) -> Referent | None:
        for child in self.parsed.children[head]:
            mention = self.names.at(child)
            if self.parsed.deps[child] == "appos" and mention is not None and mention.sort in {"person", "org"}:
                return self._named(mention, child)
        return None

    # Those who speak for others

    def _speaks_for(self, head: int) -> Referent | None:
        parsed = self.parsed
        lawyer = parsed.lowers[head] in {
            "lawyer",
            "lawyers",
            "attorney",
            "attorneys",
            "counsel",
            "solicitor",
            "barrister",
        }
        for i in range(parsed.left[head], min(parsed.right[head] + 1, head + 10)):
            mention = self.names.at(i)
            if mention is not None and mention.sort in {"org", "place"} and i != head:
                return Referent(mention.name, "org", "lawyer" if lawyer else "spokesperson")
            if parsed.lowers[i] == "family" and self.names.at(i - 1) is not None:
                return Referent(f"{self._surname(i - 1)} family", "group", "lawyer")
            if mention is not None and mention.sort == "person" and lawyer and i < head:
                return Referent(mention.name, "person", "lawyer")
        if lawyer:
            return self.plaintiffs or self._group(head)
        if parsed.lowers[head] in {"officials", "official"}:
            return self._group(head)
        if self.accused is not None:
            return Referent(self.accused, "org", "spokesperson")
        return self._last({"org"}, head, how="spokesperson")

    def _surname(self, i: int) -> str:
        return self.parsed.words[i]

    def _document(self, head: int, lower: str) -> Referent | None:
        """A suit speaks for its plaintiffs, a letter for its writers, a study for its authors."""
        if (who := self._owner_of(head)) is not None:
            return who
        if lower in nouns("document"):
            return self.plaintiffs or Referent("plaintiffs", "group", "plaintiff")
        if lower in nouns("letter"):
            return self.spoken[-1][1] if self.spoken else None
        if self.investigator is not None:
            return Referent(self.investigator, "org", "outlet")
        return Referent(self.researchers or "researchers", "group", "document")

    def _owner_of(self, head: int) -> Referent | None:
        """Return whose document it is: "X's complaint", "a report by X", "the X report"."""
        parsed = self.parsed
        for child in parsed.children[head]:
            if parsed.deps[child] == "poss" and (who := self._single(child)) is not None:
                return who
        for i in range(head + 1, min(parsed.right[head] + 1, head + 9)):
            for child in parsed.children[i] if parsed.lowers[i] in {"by", "from"} else ():
                if parsed.deps[child] == "pobj" and (who := self.resolve(child)) is not None:
                    return Referent(who.name, who.sort, "document", parts=who.parts)
        for i in range(parsed.left[head], head):
            mention = self.names.at(i)
            beside = parsed.deps[i] in {"compound", "nmod", "amod"}
            if mention is not None and mention.sort in {"org", "person"} and beside:
                return Referent(mention.name, mention.sort, "document")
        return None

    # Pronouns and roles

    def _pronoun(self, lower: str, head: int) -> Referent | None:
        if lower in {"he", "she", "his", "her", "him"}:
            return self._spokesperson_before(head) or self._last({"person"}, head, how="pronoun")
        if lower in {"it", "they"} and self._means_a_thing(head):
            return None
        if lower in {"it", "its"}:
            return self._document_before(head) or self._last({"org"}, head, how="pronoun")
        if lower in {"they", "their", "them"}:
            return self._plural_before(head) or self._last({"group", "org", "person"}, head, how="pronoun")
        if lower in {"we", "i", "our", "us", "my"} and self.outlet:
            return Referent(self.outlet, "org", "outlet")
        return None

    def _spokesperson_before(self, head: int) -> Referent | None:
        """Return the party for whom the last speaker spoke without a name of their own ("she said")."""
        for i in range(head - 1, max(-1, head - 220), -1):
            if self.parsed.lowers[i] in {"spokesperson", "spokeswoman", "spokesman"}:
                return self._single(i) if self.names.at(i) is None else None
            mention = self.names.at(i)
            if mention is not None and mention.sort == "person" and " " in mention.name:
                break
        for token, referent in reversed(self.spoken[-2:]):
            if token < head and self.sentence_of[head] - self.sentence_of[token] <= 4:
                return referent if referent.how in {"spokesperson", "one"} else None
        return None

    def _means_a_thing(self, head: int) -> bool:
        """Whether "it" or "they" takes up a thing, an earlier subject of its sentence ("while models …, they")."""
        parsed = self.parsed
        start = parsed.sentences[self.sentence_of[head]][0]
        for i in range(head - 1, start - 1, -1):
            if parsed.deps[i] in {"nsubj", "nsubjpass"} and parsed.tags[i] in {"NN", "NNS"}:
                return self.names.at(i) is None and self._single(i) is None
        verb = parsed.lowers[parsed.heads[head]]
        return parsed.lowers[head] == "it" and verb.startswith(_SHOWING) and self._document_before(head) is None

    def _document_before(self, head: int) -> Referent | None:
        """Return whoever a suit or study spoke for in the sentences just before: "it alleges" goes on with it."""
        for token, referent in reversed(self.spoken[-1:]):
            if token < head and self.sentence_of[head] - self.sentence_of[token] <= 2:
                return referent if referent.how in {"plaintiff", "document"} else None
        return None

    def _plural_before(self, head: int) -> Referent | None:
        """Return the last described group or joint party that spoke: "they" prefers it to a company."""
        for token, referent in reversed(self.spoken[-5:]):
            plural = referent.sort == "group" or bool(referent.parts)
            if token < head and plural and self.sentence_of[head] - self.sentence_of[token] <= 5:
                return Referent(referent.name, referent.sort, "pronoun", referent.affiliation, referent.parts)
        return None

    def _last(
        self,
        sorts: set[str],
        head: int,
        how: str,
        pattern: re.Pattern[str] | None = None,
        names: set[str] | None = None,
    ) -> Referent | None:
        """Return the last party of *sorts* that spoke or stood as a subject within the five sentences before.

        Only such as *pattern* finds in their name or aliases, or as are among *names*, where these are given.
        """

        def suits(name: str, sort: str) -> bool:
            fits = pattern is None or pattern.search(self._spelled(name)) is not None
            return sort in sorts and fits and (names is None or name in names)

        here = self.sentence_of[head]
        best: tuple[float, Referent] | None = None
        for token, referent in reversed(self.spoken[-8:]):
            if token < head and suits(referent.name, referent.sort):
                gap = here - self.sentence_of[token]
                if gap <= 6:
                    found = Referent(referent.name, referent.sort, how, referent.affiliation, referent.parts)
                    best = (gap + 0.2, found)
                break
        first = self._before(head)
        for mention in reversed(self.names.mentions[max(0, first - 39) : first + 1]):
            gap = here - self.sentence_of[mention.start]
            if gap > 5:
                break
            if not suits(mention.name, mention.sort):
                continue
            cost = gap + (0.0 if self.parsed.deps[mention.end - 1] in {"nsubj", "nsubjpass"} else 0.6)
            if "person" not in sorts and pattern is None:
                cost += self._company_cost(mention.name)
            if best is None or cost < best[0]:
                best = (cost, Referent(mention.name, mention.sort, how))
        return best[1] if best else None

    def _company_cost(self, name: str) -> float:
        """Return how much less (or more, below nought) a company than others *name* is likely to be."""
        if _MEDIA.search(name) or name == self.outlet:
            return 1.5
        return -0.8 if name == self.accused else 0.0

    def _spelled(self, name: str) -> str:
        """Return *name* with its registered aliases: "the commission" may be the FTC."""
        return self.spellings.get(name, name)

    def _before(self, token: int) -> int:
        low, high = 0, len(self.names.mentions)
        while low < high:
            middle = (low + high) // 2
            if self.names.mentions[middle].start < token:
                low = middle + 1
            else:
                high = middle
        return low - 1

    def _role(self, head: int, lower: str) -> Referent | None:
        parsed = self.parsed
        start = parsed.left[head]
        for i in range(start, head):
            mention = self.names.at(i)
            if mention is not None and mention.sort in {"org", "place"} and parsed.heads[i] == head:
                if parsed.deps[i] == "poss":
                    return Referent(f"{mention.name} {lower}", "group", "group")
                return Referent(f"{mention.name} {parsed.words[head]}", "org", "proper")
        after = head + 1
        if after < len(parsed.words) and (parsed.tags[after].startswith("NNP") or self.names.at(after) is not None):
            named = self.names.at(after)  # "the security firm LayerX"
            if named is not None and named.sort == "org":
                return Referent(named.name, "org", "name")
            if named is None and parsed.deps[after] in {"appos", "pobj", "nsubj", "dobj"}:
                return self._proper(after)
        definite = any(parsed.lowers[c] in {"the", "this", "that", "its"} for c in parsed.children[head])
        if not definite and not (parsed.words[head][0].isupper() and parsed.left[head] == head):
            return self._group(head) if lower in nouns("group") else None
        called = {name for name, said in self.roles.items() if lower in said}
        if called and (found := self._last({"org"}, head, "role", names=called)) is not None:
            return found
        if lower in nouns("authority"):
            if lower in {"city", "state", "district"}:
                return self._last({"place"}, head, "role") or self._group(head)
            pattern = _AUTHORITIES.get(lower, re.compile(re.escape(lower), re.I))
            found = self._last({"org"}, head, "role", pattern)
            return found or self._group(head)
        if lower in nouns("media"):
            return self._last({"org"}, head, "role", _MEDIA)
        return self._last({"org"}, head, "role")

    def _object_of(self, head: int, prepositions: set[str]) -> int | None:
        for child in self.parsed.children[head]:
            if self.parsed.deps[child] == "prep" and self.parsed.lowers[child] in prepositions:
                for grandchild in self.parsed.children[child]:
                    if self.parsed.deps[grandchild] == "pobj":
                        return grandchild
        return None

    def _group(self, head: int) -> Referent | None:
        """Return a described group in the article's words: "former employees", "welfare groups"."""
        parsed = self.parsed
        words = [parsed.words[head]]
        i = head - 1
        while i >= parsed.left[head] and i >= head - 5:
            lower, dep = parsed.lowers[i], parsed.deps[i]
            if (
                lower in {"'s", "'"}
                or dep in {"compound", "nmod", "poss"}
                or (dep == "amod" and parsed.tags[i] in {"JJ", "NNP", "NN", "VBG"} and lower not in _QUANTIFIERS)
            ) or (lower in {"-", "–"} and words[0][0].isalpha()):
                words.insert(0, parsed.words[i])
            else:
                break
            i -= 1
        if parsed.tags[head] == "NN" and i >= 0 and parsed.lowers[i] == "no":
            return None
        name = tidy(" ".join(words).replace(" 's", "'s").replace(" - ", "-").replace(" ' ", "' "))
        if words[0].lower() in {"'s", "its", "their", "his", "her", "our"}:
            name = tidy(" ".join(words[1:]))
        if not name:
            return None
        if parsed.tags[head] in {"NN", "NNS"} and len(words) == 1:
            name = name.lower()
        singular = parsed.tags[head] == "NN"
        if len(words) == 1:
            name = self._fuller_group(head, {"mods": "moderators", "cops": "police"}.get(name, name))
        person = singular and parsed.lowers[head] in _PEOPLE
        return Referent(name, "group", "one" if person else "group")

    def _fuller_group(self, head: int, name: str) -> str:
        """Return the description that "the family" or "the court" took up: "Raine family", "federal court"."""
        definite = any(self.parsed.lowers[c] in {"the", "this", "these", "those"} for c in self.parsed.children[head])
        if not definite:
            return name
        if name == "family":
            for i in range(1, len(self.parsed.words)):
                if self.parsed.lowers[i] == "family" and self.parsed.tags[i - 1].startswith("NNP"):
                    return f"{self.parsed.words[i - 1]} family"
        for token, referent in reversed(self.spoken):
            if (
                token < head
                and referent.name.lower().endswith(" " + name.lower())
                and referent.sort in {"group", "org"}
            ):
                return referent.name
        return name
