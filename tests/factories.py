"""Builders of what tests start from: evidence as collection stores it, judgement as curation makes it."""

import hashlib
from datetime import UTC, date, datetime
from itertools import count
from typing import Any

import zstandard
from django.contrib.auth.models import User
from django.utils import timezone

from claims import curation
from claims.models import Claim, Dispute, Event, Extraction, Mention, Party
from claims.models.parties import PartyKind
from claims.wording import fold
from tracker.news.models import Article, Outlet, Reading, Snapshot

_numbers = count(1)
TEXT = "OpenAI accused DeepSeek of distilling its models. DeepSeek denied the accusation on Tuesday."


def make_editor(name: str = "editor") -> User:
    """A person who may decide."""
    user, created = User.objects.get_or_create(
        username=name, defaults={"is_staff": True, "is_superuser": True, "email": f"{name}@example.org"}
    )
    if created:
        user.set_password("correct horse battery")
        user.save()
    return user


def make_outlet(name: str = "Test Gazette", **values: Any) -> Outlet:
    """An outlet of that name."""
    slug = name.lower().replace(" ", "-")
    return Outlet.objects.get_or_create(
        slug=slug, defaults={"name": name, "kind": "newspaper", "url": f"https://{slug}.example/", **values}
    )[0]


def make_reading(
    text: str = TEXT,
    *,
    title: str = "A dispute",
    outlet: Outlet | None = None,
    verdict: str = "article",
    language: str = "en",
    **values: Any,
) -> Reading:
    """A reading of *text*, with its snapshot and article; *values* are the article's."""
    number = next(_numbers)
    publisher = outlet or make_outlet()
    article = Article.objects.create(
        url=values.pop("url", f"{publisher.url}{number}"),
        outlet=publisher,
        title=title,
        published_at=values.pop("published_at", datetime(2025, 1, 29, 12, tzinfo=UTC)),
        **values,
    )
    body = f"<p>{text}</p>{number}".encode("utf-8", "surrogatepass")
    snapshot = Snapshot.objects.create(
        article=article,
        url=article.url,
        fetched_at=timezone.now(),
        status=200,
        content_type="text/html",
        sha256=hashlib.sha256(body).hexdigest(),
        size=len(body),
        body_zstd=zstandard.compress(body),
    )
    return Reading.objects.create(
        snapshot=snapshot, extractor="test", version="1", verdict=verdict, title=title, language=language, text=text
    )


def make_party(name: str = "OpenAI", kind: str = PartyKind.COMPANY, *aliases: str) -> Party:
    """The party of that name, made where there is none."""
    known = Party.objects.filter(aliases__folded=fold(name)).first()
    return known or curation.create_party(name, kind, make_editor(), aliases=aliases, public_figure=True)


def make_dispute(title: str = "OpenAI and DeepSeek", **values: Any) -> Dispute:
    """The dispute of that title, opened where there is none."""
    known = Dispute.objects.filter(title=title).first()
    return known or curation.new_dispute(title, make_editor(), **values)


def make_event(
    dispute: Dispute, text: str = "A hearing is held.", on: date | None = date(2025, 2, 1), **values: Any
) -> Event:
    """An event of a dispute's timeline; *sources* are articles, a fresh one unless given."""
    sources = values.pop("sources", None) or [make_reading().snapshot.article]
    event = Event(dispute=dispute, text=text, on=on, **values)
    curation.save_event(event, sources, make_editor())
    return event


def make_draft(
    reading: Reading | None = None,
    quote: str = "OpenAI accused DeepSeek of distilling its models",
    *,
    kind: str = "allegation",
    claimant: Party | None = None,
    targets: list[Party] | None = None,
    dispute: Dispute | None = None,
    **values: Any,
) -> Claim:
    """A draft as the extractor leaves it, over the first place where *reading* has *quote*."""
    source = reading or make_reading()
    start = source.text.index(quote)
    run, _ = Extraction.objects.get_or_create(reading=source, extractor="rules", version="1")
    who = claimant or make_party()
    sentence = values.pop("statement", f"{who} says: “{quote}”.")
    claim = Claim.objects.create(
        kind=kind,
        claimant=who,
        statement=sentence,
        on=values.pop("on", date(2025, 1, 29)),
        extraction=run,
        proposed={"claimant": who.name, "kind": kind, "statement": sentence},
        confidence=values.pop("confidence", 0.7),
        **values,
    )
    claim.targets.set(targets if targets is not None else [make_party("DeepSeek")])
    claim.disputes.add(dispute or make_dispute())
    Mention.objects.create(
        claim=claim,
        reading=source,
        article=source.snapshot.article,
        start=start,
        end=start + len(quote),
        quote=quote,
    )
    return claim


def make_published(*args: Any, **values: Any) -> Claim:
    """A claim that an editor accepted; arguments as for `make_draft`."""
    claim = make_draft(*args, **values)
    curation.accept(claim, make_editor())
    return Claim.objects.get(pk=claim.pk)
