"""The demonstration newsroom on the real route.

`load` registers its outlets, feeds and disputes; its pages then travel like any others, over HTTP. `curate` lets a
seeded editor decide on the drafts that came of them, through `claims.curation` like any editor, and a seeded
reviewer approve what the editor worded; drafts that the newsroom does not list stay on the desk.
"""

from dataclasses import dataclass

from django.contrib.auth.models import Group, User
from django.db import transaction
from django.db.models import Q

from claims import curation, registration, roles
from claims.matching import parties_named, systems_named
from claims.models import (
    Claim,
    Dispute,
    Extraction,
    Mention,
    Party,
    PartyKind,
    State,
    System,
    Topic,
    Verb,
)
from tracker import demo
from tracker.news import subscriptions
from tracker.news.links import canonical_url
from tracker.news.models import Address, Reading
from tracker.news.types import Verdict

EDITOR = "demonstration-editor"
REVIEWER = "demonstration-reviewer"
KINDS = {"organisation": PartyKind.COMPANY, "group": PartyKind.GROUP}


@dataclass(frozen=True, slots=True)
class Progress:
    """How many of the newsroom's listed decisions are made, and which still wait for their reading."""

    made: int
    waiting: tuple[str, ...]


def editor() -> User:
    """Return the seeded editor, who cannot log in."""
    return _seeded(EDITOR, "administrator")


def reviewer() -> User:
    """Return the seeded second person, who approves what the editor worded and cannot log in either."""
    return _seeded(REVIEWER, "reviewer")


def _seeded(name: str, role: str) -> User:
    first, last = name.split("-")
    user, created = User.objects.get_or_create(
        username=name, defaults={"is_staff": True, "first_name": first.title(), "last_name": last}
    )
    if created:
        user.set_unusable_password()
        user.save()
    roles.ensure_roles()
    user.groups.add(Group.objects.get(name=role))
    return user


def load(origin: str) -> None:
    """Register the newsroom that is served at *origin* ("http://127.0.0.1:8100"), once however often it is called."""
    actor = editor()
    registration.register(actor)
    for made in demo.outlets():
        outlet = subscriptions.add_outlet(made.name, made.slug, made.kind, origin + made.home_path, demonstration=True)
        subscriptions.add_feed(origin + made.feed_path, outlet, topic="Demonstration")
    for dispute in demo.disputes():
        _open_dispute(dispute, actor)


@transaction.atomic
def _open_dispute(made: demo.DemoDispute, actor: User) -> None:
    if Dispute.objects.filter(slug=made.slug).exists():
        return
    for party in made.parties:
        _party(party.name, actor, KINDS.get(party.kind, party.kind), party.aliases)
    dispute = curation.new_dispute(made.title, actor, slug=made.slug, summary=made.summary, demonstration=True)
    dispute.topics.set(Topic.objects.filter(slug__in=made.topics))
    dispute.systems.set(_systems(made.systems, actor))


def curate(origin: str) -> Progress:
    """Make every listed decision whose article has been read and extracted; tell which still wait."""
    actor = editor()
    made, waiting = 0, list[str]()
    claims: dict[str, Claim] = {}
    for decision in demo.decisions():
        claim = Claim.objects.published().filter(statement=decision.statement, disputes__slug=decision.dispute).first()
        if claim is None and (reading := _reading(origin, decision.article)):
            claim = _accept(decision, reading, claims, actor)
        if claim is None:
            waiting.append(decision.key)
            continue
        claims[decision.key] = claim
        made += 1
    for decision in demo.decisions():
        if decision.key in claims:
            _add_steps(origin, decision, claims[decision.key], actor)
    return Progress(made, tuple(waiting))


def _reading(origin: str, key: str) -> Reading | None:
    """Return the story's first reading once that is extracted: a copy that came before its original has the drafts."""
    path = next(article.path for article in demo.articles() if article.key == key)
    address = Address.objects.filter(url=canonical_url(origin + path)).select_related("article__original").first()
    if address is None:
        return None
    article = address.article.original or address.article
    family = Q(snapshot__article=article) | Q(snapshot__article__original=article)
    done = Extraction.objects.filter(finished_at__isnull=False)
    return Reading.objects.filter(family, verdict=Verdict.ARTICLE, extractions__in=done).order_by("pk").first()


@transaction.atomic
def _accept(decision: demo.DemoDecision, reading: Reading, claims: dict[str, Claim], actor: User) -> Claim | None:
    """Accept the draft over the listed words, or write one by hand where the extractor proposed none."""
    if not set(decision.answers) <= claims.keys():
        return None
    start = reading.text.find(decision.quote)
    if start < 0:
        return None
    end = start + len(decision.quote)
    changes = curation.ClaimChanges(
        kind=decision.kind,
        claimant=_party(decision.claimant, actor),
        targets=[_party(name, actor) for name in decision.targets],
        statement=decision.statement,
        on=decision.date,
        precision=decision.precision,
        hedged=decision.hedged,
        topics=list(Topic.objects.filter(slug__in=decision.topics)),
        systems=_systems(decision.about, actor),
        disputes=[Dispute.objects.get(slug=decision.dispute)],
        answers=[claims[key] for key in decision.answers],
    )
    drafts = Mention.objects.filter(reading=reading, claim__state=State.DRAFT, start__lt=end, end__gt=start)
    overlaps = [(min(end, m.end) - max(start, m.start), m.claim.kind == decision.kind, m) for m in drafts]
    near = [(kind, shared, -m.pk, m.claim) for shared, kind, m in overlaps if shared >= 0.5 * (m.end - m.start)]
    claim = max(near)[3] if near else curation.write(reading, start, end, decision.kind, actor, changes)
    if curation.accept(claim, actor, changes=changes).verb == Verb.PROPOSE:
        curation.approve(claim, reviewer())
    return Claim.objects.get(pk=claim.pk)


def _add_steps(origin: str, decision: demo.DemoDecision, claim: Claim, actor: User) -> None:
    """Record the listed status steps whose source is published and that the claim does not have yet."""
    for step in decision.statuses:
        source = claim.mentions.first() if step.article == decision.article else None
        if source is None and (reading := _reading(origin, step.article)):
            published = Mention.objects.filter(reading=reading, claim__state=State.PUBLISHED)
            source = published.filter(claim__disputes__slug=decision.dispute).first()
        target = parties_named([step.target]).get(step.target) if step.target else None
        if source is None or claim.statuses.filter(step=step.status, target=target).exists():
            continue
        curation.add_status(claim, actor, step.status, source=source, target=target, on=step.date)


def _party(name: str, actor: User, kind: str = PartyKind.GROUP, aliases: tuple[str, ...] = ()) -> Party:
    return parties_named([name]).get(name) or curation.create_party(
        name, kind, actor, aliases=aliases, public_figure=True
    )


def _systems(names: tuple[str, ...], actor: User) -> list[System]:
    """Return the systems of those names; one that the registry does not know is added."""
    systems = {system.name: system for system in systems_named(names)}
    known = {alias for system in systems.values() for alias in (system.name, *system.aliases)}
    for name in names:
        if name not in known:
            systems[name] = curation.new_system(name, actor)
    return list(systems.values())
