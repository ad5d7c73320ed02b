"""What claims are about and between whom, as the public reads it: systems, topics, and pairs of parties."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, F, Max, Min, Q, QuerySet

from claims.models import Claim, Dispute, Kind, Party, State, System, Topic
from claims.timelines.disputes import ANSWERS, public_disputes
from claims.timelines.entries import family, made_by, naming, published


@dataclass(frozen=True, slots=True)
class SubjectFigures:
    """How much is published about something, and between which dates."""

    claims: int
    answers: int
    first: date | None
    last: date | None


def figures_of(claims: QuerySet[Claim]) -> SubjectFigures:
    """Return the figures of a set of claims."""
    found = claims.order_by().aggregate(
        total=Count("pk"), answers=Count("pk", filter=Q(kind__in=ANSWERS)), first=Min("on"), last=Max("on")
    )
    return SubjectFigures(found["total"], found["answers"], found["first"], found["last"])


def kinds_of(claims: QuerySet[Claim]) -> tuple[tuple[str, int], ...]:
    """Return how many of *claims* there are of each kind, in the order of `Kind`, none left out that has any."""
    found = dict(claims.order_by().values_list("kind").annotate(Count("pk")))
    return tuple((kind, found[kind]) for kind in Kind.values if kind in found)


def disputes_of(claims: QuerySet[Claim]) -> QuerySet[Dispute]:
    """Return the public disputes that *claims* belong to, busiest first."""
    return public_disputes().filter(pk__in=claims.order_by().values("disputes"))


def public_systems() -> QuerySet[System]:
    """Return the systems that a published claim is about, by name, with `published`: how many claims."""
    counted = System.objects.filter(tally__isnull=False).annotate(published=F("tally__total"))
    return counted.select_related("maker").order_by("name")


def find_system(slug: str) -> System:
    """Return the system, if a published claim is about it; raises `System.DoesNotExist`."""
    return public_systems().get(slug=slug)


def system_claims(system: System) -> QuerySet[Claim]:
    """Return the published claims about a system, newest first."""
    links = Claim.systems.through.objects.filter(system=system)
    return published().filter(pk__in=links.values("claim")).order_by("-on", "-pk")


def public_topics() -> QuerySet[Topic]:
    """Return the topics of published claims, by name, with `published`: how many claims."""
    return Topic.objects.filter(tally__isnull=False).annotate(published=F("tally__total")).order_by("name")


def find_topic(slug: str) -> Topic:
    """Return the topic, if a published claim has it; raises `Topic.DoesNotExist`."""
    return public_topics().get(slug=slug)


def topic_claims(topic: Topic) -> QuerySet[Claim]:
    """Return the published claims with a topic, newest first."""
    links = Claim.topics.through.objects.filter(topic=topic)
    return published().filter(pk__in=links.values("claim")).order_by("-on", "-pk")


def of_pair(one: Party, other: Party) -> Q:
    """Return what picks the claims of either of two parties about the other."""
    names = {one.pk: family(Party, one.pk), other.pk: family(Party, other.pk)}
    sides = ((names[one.pk], names[other.pk]), (names[other.pk], names[one.pk]))
    either, turned = (naming(by, "claimant", "co_claimants").intersection(naming(of, "targets")) for by, of in sides)
    return Q(pk__in=either.union(turned))


def pair_claims(one: Party, other: Party) -> QuerySet[Claim]:
    """Return the published claims of either of two parties about the other, newest first."""
    return published().filter(of_pair(one, other)).order_by("-on", "-pk")


def opposite(party: Party, limit: int = 12) -> list[tuple[Party, int]]:
    """Return the parties with which *party* has most claims, either about the other, with how many."""
    mine = family(Party, party.pk)
    links = Claim.targets.through.objects.filter(claim__state=State.PUBLISHED)
    # Keys are few beside all claims, and known they are looked up one by one.
    made = list(published().filter(made_by(mine)).order_by().values_list("pk", flat=True))
    by = links.filter(claim__in=made).exclude(party__in=mine).values_list("party", "claim")
    aimed = list(links.filter(party__in=mine).exclude(claim__in=made).values_list("claim", flat=True))
    lead = published().filter(pk__in=aimed).order_by().values_list("claimant", "pk")
    joint = Claim.co_claimants.through.objects.filter(claim__in=aimed).values_list("party", "claim")
    claims: dict[int, set[int]] = {}
    for pk, claim in [*by, *lead, *joint]:
        claims.setdefault(pk, set()).add(claim)
    parties = Party.objects.select_related("merged_into").in_bulk(list(claims))
    counted: dict[Party, set[int]] = {}
    for pk, found in claims.items():
        if (other := parties.get(pk)) is not None:
            counted.setdefault(other.merged_into or other, set()).update(found)
    rows = sorted(((other, len(found)) for other, found in counted.items()), key=lambda row: (-row[1], row[0].name))
    return rows[:limit]
