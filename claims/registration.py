"""The registry that ships becomes the site's own: topics, parties with their names, systems with their makers.

What is there already stays as the editors left it; only what is missing is added, so the registry can be loaded
again after an upgrade.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify

from claims.attribution import decided_by
from claims.curation import aliases_of
from claims.extraction.registry import DATA, registry_rows
from claims.extraction.types import TOPICS
from claims.models import Alias, Decision, Party, PartyKind, System, Topic, Verb
from claims.wording import fold


@dataclass(frozen=True, slots=True)
class Added:
    """How many of each are new."""

    topics: int
    parties: int
    systems: int


@transaction.atomic
def register(actor: User) -> Added:
    """Add the shipped registry's topics, parties and systems that the site does not have; one decision records it."""
    decided_by(actor)
    added = Added(
        topics=_add_topics(),
        parties=_add_parties(registry_rows(DATA / "parties.jsonl")),
        systems=_add_systems(registry_rows(DATA / "systems.jsonl")),
    )
    if any((added.topics, added.parties, added.systems)):
        Decision.objects.create(
            verb=Verb.CURATE,
            actor=actor,
            made_at=timezone.now(),
            subject="registry",
            subject_id=0,
            reason="loaded the registry that ships",
            after={"topics": added.topics, "parties": added.parties, "systems": added.systems},
        )
    return added


def _add_topics() -> int:
    known = set(Topic.objects.values_list("slug", flat=True))
    fresh = [Topic(slug=slug, name=slug.replace("-", " ").capitalize()) for slug in TOPICS if slug not in known]
    Topic.objects.bulk_create(fresh)
    return len(fresh)


def _add_parties(rows: Iterable[dict[str, Any]]) -> int:
    taken = set(Alias.objects.values_list("folded", flat=True))
    slugs = set(Party.objects.values_list("slug", flat=True))
    fresh: list[Party] = []
    names: list[Alias] = []
    for row in rows:
        name, kind = str(row["name"]), row.get("kind")
        if fold(name) in taken:
            continue
        party = Party(
            name=name,
            slug=_slug(name, slugs),
            kind=kind if kind in PartyKind.values else PartyKind.GROUP,
            wikidata=row.get("wikidata") or "",
            country=row.get("country") or "",
            nationality=row.get("nationality") or "",
            roles=list(row.get("roles", ())),
        )
        fresh.append(party)
        names += aliases_of(party, [name, *row.get("aliases", ()), *row.get("former", ())], row.get("ambiguous", ()))
        taken.add(fold(name))
    Party.objects.bulk_create(fresh)
    Alias.objects.bulk_create(names)
    return len(fresh)


def _add_systems(rows: Iterable[dict[str, Any]]) -> int:
    known = set(System.objects.values_list("name", flat=True))
    slugs = set(System.objects.values_list("slug", flat=True))
    makers = {alias.folded: alias.party for alias in Alias.objects.filter(ambiguous=False).select_related("party")}
    fresh = [
        System(
            name=row["name"],
            slug=_slug(row["name"], slugs),
            kind=row.get("kind") or "product",
            maker=makers.get(fold(row.get("maker") or "")),
            aliases=[name for name in row.get("aliases", ()) if name not in row.get("ambiguous", ())],
        )
        for row in rows
        if row["name"] not in known
    ]
    System.objects.bulk_create(fresh)
    return len(fresh)


def _slug(name: str, taken: set[str]) -> str:
    """Return a slug for *name* that is not taken, and take it."""
    base = slugify(name)[:190] or "unnamed"
    slug = base if base not in taken else next(s for n in range(2, 10**6) if (s := f"{base}-{n}") not in taken)
    taken.add(slug)
    return slug
