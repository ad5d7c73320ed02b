"""The nouns that claims stand on: parties with their names, systems, topics, disputes."""

from collections.abc import Callable, Iterable

from django.contrib.auth.models import User
from django.db import models, transaction
from django.utils.text import slugify

from claims.curation.privacy import conceal
from claims.curation.recording import plain, record
from claims.curation.rules import CurationError, check_private, check_staff
from claims.models import Alias, Decision, Dispute, Party, PartyKind, System, Topic, Verb
from claims.wording import fold


@transaction.atomic
def create_party(
    name: str, kind: str, actor: User, *, aliases: Iterable[str] = (), public_figure: bool = False
) -> Party:
    """Add a party that the registry does not know; a name that a party has already is refused.

    A person goes by initials, until a decision says otherwise, unless it is known as a public figure.
    """
    check_staff(actor, "add_party")
    name = " ".join(name.split())
    if not fold(name):
        raise CurationError("A party needs a name.")
    if known := Alias.objects.filter(folded=fold(name), party__merged_into=None).first():
        raise CurationError(f"“{name}” is a name of {known.party} already.")
    party = Party(name=name, kind=kind, slug=free_slug(Party, name))
    save(party, actor)
    add_names(party, [name, *aliases])
    if kind == PartyKind.PERSON and not public_figure:
        conceal(party, actor, "a person, by initials unless decided otherwise")
    return party


def add_names(party: Party, names: Iterable[str], ambiguous: Iterable[str] = ()) -> None:
    """Let a party be found by *names*; those that it has already are passed over."""
    Alias.objects.bulk_create(aliases_of(party, names, ambiguous), ignore_conflicts=True)


def aliases_of(party: Party, names: Iterable[str], ambiguous: Iterable[str] = ()) -> list[Alias]:
    """Return *party*'s names as rows, not stored yet; each folded name once."""
    doubtful = {fold(name) for name in ambiguous}
    rows = {fold(name): name for name in [*names, *ambiguous] if fold(name)}
    return [Alias(party=party, name=name, folded=key, ambiguous=key in doubtful) for key, name in rows.items()]


@transaction.atomic
def save(
    instance: Party | System | Topic | Dispute,
    actor: User,
    reason: str = "",
    related: Callable[[], object] | None = None,
) -> Decision:
    """Save a party, system, topic or dispute that an editor made or changed, and record what changed.

    *related* is called once the row is there; what it writes of the row's relations, names and events is part of
    the same decision.
    """
    name = instance._meta.model_name or ""
    check_staff(actor, f"{'change' if instance.pk else 'add'}_{name}")
    for column in ("title", "summary") if isinstance(instance, Dispute) else ():
        check_private(str(getattr(instance, column, "")), f"The {column}")
    old = type(instance)._default_manager.filter(pk=instance.pk).first() if instance.pk else None
    before = plain(old) if old else {}
    instance.save()
    if related is not None:
        related()
    return record(Verb.CURATE, actor, instance, reason=reason, before=before, after=plain(instance))


def new_dispute(title: str, actor: User, *, slug: str = "", summary: str = "", demonstration: bool = False) -> Dispute:
    """Open a dispute under a title; its slug is made from the title unless given."""
    dispute = Dispute(title=title, slug=slug or free_slug(Dispute, title), summary=summary, demonstration=demonstration)
    save(dispute, actor)
    return dispute


def new_system(name: str, actor: User, *, kind: str = "product", maker: Party | None = None) -> System:
    """Add a system that the registry does not know."""
    system = System(name=name, slug=free_slug(System, name), kind=kind, maker=maker)
    save(system, actor)
    return system


def free_slug(model: type[models.Model], text: str) -> str:
    """Return a slug for *text* that no row of *model* has."""
    base = slugify(text)[:180] or "unnamed"
    taken = set(model._default_manager.filter(slug__startswith=base).values_list("slug", flat=True))
    return base if base not in taken else next(s for n in range(2, 10**6) if (s := f"{base}-{n}") not in taken)
