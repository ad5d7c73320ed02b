"""Who or what a name means, and which known names look like it."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.contrib.postgres.search import TrigramSimilarity
from django.db.models import Max, Q

from claims.models import Alias, Party, System
from claims.wording import fold

# pg_trgm's own default for "similar", which its operator and with it the index work by, is 0.3; names are short, so
# the bar is higher.
SIMILAR_NAME = 0.45
# Between the names of several who claim together: "A, B and C", "A & B", "A, B, and C".
_BETWEEN = re.compile(r",\s+(?:and\s+|&\s*)?|\s+(?:and|&)\s+")


@dataclass(frozen=True, slots=True)
class Claimants:
    """Who makes a claim: the names that the text gives them, and the known parties among them, in its order."""

    names: tuple[str, ...]
    parties: tuple[Party, ...]

    def names_to_call(self) -> list[list[str]]:
        """Return the names of each party, its own first, then the others that it may be called by."""
        return [[party.name, *party.aliases.values_list("name", flat=True)] for party in self.parties]


def parties_named(names: Iterable[str]) -> dict[str, Party]:
    """Return the party of each name that means exactly one; a merged party stands for its survivor."""
    wanted: defaultdict[str, list[str]] = defaultdict(list)
    for name in names:
        wanted[fold(name)].append(name)
    wanted.pop("", None)
    found: defaultdict[str, dict[int, Party]] = defaultdict(dict)
    aliases = Alias.objects.filter(folded__in=wanted, ambiguous=False).select_related("party__merged_into")
    for alias in aliases:
        party = alias.party.merged_into or alias.party
        found[alias.folded][party.pk] = party
    once = {key: next(iter(hits.values())) for key, hits in found.items() if len(hits) == 1}
    return {name: party for key, party in once.items() for name in wanted[key]}


def claimants_named(names: Mapping[str, Sequence[str]]) -> dict[str, Claimants]:
    """Return who is meant by each claimant's name, which may be that of several ("OpenAI and Microsoft").

    *names* gives for each name those that an extractor knows to stand in it; without, it is divided where that makes
    a known party of at least one part: "Simon and Schuster" is one name, "the Authors Guild and John Grisham" two.
    """
    parts = {name: tuple(known) or _parts(name) for name, known in names.items()}
    parties = parties_named({*names, *(part for some in parts.values() for part in some)})
    found = {}
    for name, own in parts.items():
        if name in parties or not any(part in parties for part in own):
            own = (name,)
        several = dict.fromkeys(parties[part] for part in own if part in parties)
        found[name] = Claimants(tuple(part for part in own if part), tuple(several))
    return found


def _parts(name: str) -> tuple[str, ...]:
    """Return the names in a combined one; none where a part is no name but a common noun."""
    parts = tuple(part for part in _BETWEEN.split(name) if part)
    return parts if len(parts) > 1 and not any(part[0].islower() for part in parts) else ()


def systems_named(names: Iterable[str]) -> list[System]:
    """Return the systems that go by one of *names*, in the order of their own names."""
    listed = [name for name in names if name]
    return list(System.objects.filter(Q(name__in=listed) | Q(aliases__overlap=listed)).distinct()) if listed else []


def similar_parties(name: str, limit: int = 5) -> list[Party]:
    """Return parties whose name or alias looks like *name*, most alike first; found by the index of trigrams."""
    if not (key := fold(name)):
        return []
    alike = Alias.objects.filter(folded__trigram_similar=key, party__merged_into=None)
    rows = (
        alike.values("party")
        .annotate(likeness=Max(TrigramSimilarity("folded", key)))
        .filter(likeness__gte=SIMILAR_NAME)
        .order_by("-likeness", "party__name")
    )
    keys = [row["party"] for row in rows[:limit]]
    parties = Party.objects.in_bulk(keys)
    return [parties[pk] for pk in keys]
