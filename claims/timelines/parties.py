"""Parties as the public reads them: what they claim, what is claimed against them, how they answer."""

from dataclasses import dataclass

from django.db.models import F, QuerySet

from claims.models import Claim, Dispute, Party, PartyTally
from claims.timelines.disputes import ANSWERS, public_disputes
from claims.timelines.entries import MERGERS, family, naming, published
from claims.timelines.privacy import public_aliases

# What a party's page can be narrowed to.
PARTY_SHOWS = ("claims", "answers", "against")


@dataclass(frozen=True, slots=True)
class PartyFigures:
    """How much a party claims, answers, and has claimed against it."""

    claims: int
    answers: int
    against: int


def public_parties() -> QuerySet[Party]:
    """Return the parties that make a published claim or are the target of one, by name."""
    return Party.objects.standing().filter(tally__isnull=False).order_by("name")


def with_figures(parties: QuerySet[Party]) -> QuerySet[Party]:
    """Return *parties* with `made`, `answered` and `against`: how many published claims of each there are."""
    return parties.annotate(made=F("tally__made"), answered=F("tally__answers"), against=F("tally__against"))


def find_party(slug: str) -> Party:
    """Return the public party at *slug*, or its survivor where it was merged; raises `Party.DoesNotExist`."""
    party = Party.objects.get(slug=slug)
    for _ in range(MERGERS):
        if party.merged_into is None:
            break
        party = party.merged_into
    return public_parties().prefetch_related(public_aliases()).get(pk=party.pk)


def party_claims(party: Party, show: str = "") -> QuerySet[Claim]:
    """Return the published claims by or against a party, newest first, narrowed by one of `PARTY_SHOWS`.

    "claims" are those that it makes, "answers" its denials and responses, "against" what others claim against
    it (their denials and responses to it are answers, not claims against it).
    """
    names = family(Party, party.pk)
    match show:
        case "claims":
            found = published().filter(pk__in=naming(names, "claimant", "co_claimants")).exclude(kind__in=ANSWERS)
        case "answers":
            found = published().filter(pk__in=naming(names, "claimant", "co_claimants"), kind__in=ANSWERS)
        case "against":
            found = published().filter(pk__in=naming(names, "targets")).exclude(kind__in=ANSWERS)
        case _:
            found = published().filter(pk__in=naming(names, "claimant", "co_claimants", "targets"))
    return found.order_by("-on", "-pk")


def party_figures(party: Party) -> PartyFigures:
    """Return how many published claims of each sort a party has."""
    tally = PartyTally.objects.filter(party=party).first()
    return PartyFigures(tally.made, tally.answers, tally.against) if tally else PartyFigures(0, 0, 0)


def party_disputes(party: Party) -> QuerySet[Dispute]:
    """Return the public disputes in which a party claims or is claimed against, busiest first."""
    mine = party_claims(party).order_by().values("disputes")
    return public_disputes().filter(pk__in=mine)
