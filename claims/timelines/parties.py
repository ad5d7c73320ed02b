"""Parties as the public reads them: what they claim, what is claimed against them, how they answer."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from claims.models import Claim, Dispute, Party, State
from claims.timelines.disputes import ANSWERS, public_disputes
from claims.timelines.entries import MERGERS, family, made_by, published
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
    # Hashed once each: an Exists a party took a second over a thousand of them.
    claimants = published().values(survivor=Coalesce("claimant__merged_into", "claimant"))
    links = Claim.targets.through.objects.filter(claim__state=State.PUBLISHED)
    targets = links.values(survivor=Coalesce("party__merged_into", "party"))
    joint = Claim.co_claimants.through.objects.filter(claim__state=State.PUBLISHED)
    together = joint.values(survivor=Coalesce("party__merged_into", "party"))
    acting = Q(pk__in=claimants.order_by()) | Q(pk__in=targets) | Q(pk__in=together)
    return Party.objects.standing().filter(acting).order_by("name")


def with_figures(parties: QuerySet[Party]) -> QuerySet[Party]:
    """Return *parties* with `made`, `answered` and `against`: how many published claims of each there are."""
    # A subquery each: joined together, the claims by a party would multiply with those against it.
    made = published().order_by().filter(claimant=OuterRef("pk"))
    joint = Claim.co_claimants.through.objects.filter(party=OuterRef("pk"), claim__state=State.PUBLISHED)
    links = Claim.targets.through.objects.filter(party=OuterRef("pk"), claim__state=State.PUBLISHED)
    return parties.annotate(
        made=_counted(made.exclude(kind__in=ANSWERS), "claimant")
        + _counted(joint.exclude(claim__kind__in=ANSWERS), "party"),
        answered=_counted(made.filter(kind__in=ANSWERS), "claimant")
        + _counted(joint.filter(claim__kind__in=ANSWERS), "party"),
        against=_counted(links.exclude(claim__kind__in=ANSWERS), "party"),
    )


def _counted(rows: QuerySet[Any], by: str) -> Coalesce:
    return Coalesce(Subquery(rows.values(by).annotate(number=Count("pk")).values("number")), 0)


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
    aimed = Claim.targets.through.objects.filter(party__in=names).values("claim")
    by, against = made_by(names), Q(pk__in=aimed)
    answers = Q(kind__in=ANSWERS)
    match show:
        case "claims":
            wanted = by & ~answers
        case "answers":
            wanted = by & answers
        case "against":
            wanted = against & ~answers
        case _:
            wanted = by | against
    return published().filter(wanted).order_by("-on", "-pk")


def party_figures(party: Party) -> PartyFigures:
    """Return how many published claims of each sort a party has."""
    return PartyFigures(*(party_claims(party, show).count() for show in PARTY_SHOWS))


def party_disputes(party: Party) -> QuerySet[Dispute]:
    """Return the public disputes in which a party claims or is claimed against, busiest first."""
    mine = party_claims(party).order_by().values("disputes")
    return public_disputes().filter(pk__in=mine)
