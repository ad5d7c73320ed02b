"""Published things as plain data: what the API answers with and the bulk files hold, the same in both.

Keys are stable and described in `claims.api.schemas` and the data dictionary; dates are ISO 8601 at the precision that
is known, moments RFC 3339 in UTC.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from django.urls import reverse

from claims.models import Claim, Correction, Dispute, Event, Mention, Party, Reply, Status, System
from claims.timelines.disputes import DisputeFigures
from claims.timelines.entries import QUOTE_LIMIT, Entry
from tracker.news.links import document_digest, web_link
from tracker.news.models import Article

Record = dict[str, Any]


def moment(at: datetime | None) -> str | None:
    """Return a moment as RFC 3339 in UTC, to the second."""
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z") if at else None


def _party(party: Party | None, site: str) -> Record | None:
    while party is not None and party.merged_into is not None:
        party = party.merged_into
    return {"name": party.name, "slug": party.slug, "url": site + party.get_absolute_url()} if party else None


def _document(article: Article) -> Record | None:
    """Return what a document without an address goes by: the checksum of its bytes, and since when it is kept here."""
    digest = document_digest(article.url)
    return {"sha256": digest, "kept_at": moment(article.first_seen_at)} if digest else None


def article_record(article: Article, site: str) -> Record:
    """Return an article's metadata; never its text."""
    return {
        "id": article.pk,
        "url": site + reverse("source", args=[article.pk]),
        "original_url": web_link(article.url) or None,
        "document": _document(article),
        "title": article.title,
        "outlet": {"name": article.outlet.name, "slug": article.outlet.slug},
        "published_at": moment(article.published_at),
        "language": article.language,
        "copy_of": article.original_id,
        "demonstration": article.outlet.demonstration,
    }


def mention_record(mention: Mention, site: str) -> Record:
    """Return where a claim was published: the words as an excerpt, their place in the reading, and the article."""
    return {
        "quote": mention.quote[:QUOTE_LIMIT],
        "shortened": len(mention.quote) > QUOTE_LIMIT,
        "start": mention.start,
        "end": mention.end,
        "direct": mention.direct,
        "via": list(mention.via),
        "article": article_record(mention.article, site),
    }


def _step(status: Status, site: str) -> Record:
    return {
        "step": status.step,
        "target": status.target.slug if status.target else None,
        "on": status.when_iso or None,
        "precision": status.precision,
        "note": status.note,
        "source": site + reverse("source", args=[status.source.article_id]),
    }


def _struck(status: Status) -> Record:
    return {
        "step": status.step,
        "target": status.target.slug if status.target else None,
        "on": status.when_iso or None,
        "precision": status.precision,
        "noted_at": moment(status.struck.made_at) if status.struck else None,
    }


def claim_record(entry: Entry, site: str) -> Record:
    """Return a published claim with its best mention."""
    claim: Claim = entry.claim
    return {
        "id": claim.pk,
        "url": site + claim.get_absolute_url(),
        "kind": claim.kind,
        "statement": claim.statement,
        "claimant": _party(claim.claimant, site),
        "claimants": [_party(party, site) for party in claim.claimants],
        "targets": [_party(target, site) for target in claim.targets.all()],
        "on": claim.when_iso or None,
        "precision": claim.precision,
        "hedged": claim.hedged,
        "status": entry.status.step if entry.status else None,
        "statuses": [_step(status, site) for status in claim.statuses.all()],
        "recorded_in_error": [_struck(status) for status in entry.struck],
        "topics": [topic.slug for topic in claim.topics.all()],
        "systems": [system.slug for system in claim.systems.all()],
        "disputes": [dispute.slug for dispute in entry.disputes],
        "answers": [other.pk for other in entry.answers],
        "answered_by": [other.pk for other in entry.answered_by],
        "mention": mention_record(entry.mention, site) if entry.mention else None,
        "reports": {"articles": entry.reports.pages, "independent": entry.reports.independent},
        "published_at": moment(claim.published_at),
        "changed_at": moment(claim.changed_at),
        "demonstration": entry.demonstration,
    }


def dispute_record(dispute: Dispute, figures: DisputeFigures, site: str) -> Record:
    """Return a dispute with its figures."""
    return {
        "id": dispute.pk,
        "slug": dispute.slug,
        "url": site + dispute.get_absolute_url(),
        "title": dispute.title,
        "summary": dispute.summary,
        "topics": [topic.slug for topic in dispute.topics.all()],
        "claims": figures.claims,
        "allegations": figures.allegations,
        "answers": figures.answers,
        "articles": figures.sources,
        "independent": figures.independent,
        "first": figures.first.isoformat() if figures.first else None,
        "last": figures.last.isoformat() if figures.last else None,
        "changed_at": moment(figures.changed_at),
        "demonstration": dispute.demonstration,
    }


def party_record(party: Any, names: Iterable[str], site: str) -> Record:
    """Return a party that `with_figures` counted for, with its other names."""
    return {
        "id": party.pk,
        "slug": party.slug,
        "url": site + party.get_absolute_url(),
        "name": party.name,
        "names": [name for name in names if name != party.name],
        "kind": party.kind,
        "country": party.country,
        "wikidata": party.wikidata,
        "claims": party.made,
        "answers": party.answered,
        "claims_against": party.against,
    }


def system_record(system: Any, site: str) -> Record:
    """Return a system of `public_systems`."""
    made: System = system
    return {
        "id": made.pk,
        "slug": made.slug,
        "url": site + made.get_absolute_url(),
        "name": made.name,
        "names": list(made.aliases),
        "kind": made.kind,
        "maker": _party(made.maker, site),
        "claims": system.published,
    }


def correction_record(correction: Correction, site: str) -> Record:
    """Return a correction of `listed_corrections`: what it is of is a claim, a dispute or a party, never two."""
    claim: Claim | None = correction.claim
    while claim is not None and claim.merged_into is not None:
        claim = claim.merged_into
    dispute = _survivor(correction.dispute)
    party = _party(correction.party, site)
    return {
        "id": correction.pk,
        "url": site + correction.get_absolute_url(),
        "claim": claim.pk if claim else None,
        "dispute": dispute.slug if dispute else None,
        "party": party["slug"] if party else None,
        "wrong": correction.wrong,
        "right": correction.right,
        "at": moment(correction.made_at),
    }


def reply_record(reply: Reply, site: str) -> Record:
    """Return a reply of `listed_replies`: the party's words as they came, and the public claims that they answer."""
    claims: list[Claim] = getattr(reply.request, "public_claims")  # noqa: B009 — the prefetch sets it
    return {
        "id": reply.pk,
        "party": _party(reply.request.party, site),
        "signed": reply.signed,
        "text": reply.text,
        "language": reply.language,
        "translation": reply.translation,
        "claims": [claim.pk for claim in claims],
        "received_at": moment(reply.received_at),
        "published_at": moment(reply.published_at),
    }


def event_record(event: Event, site: str) -> Record:
    """Return an event of `listed_events`: the articles it stands on are named by their publishers' addresses."""
    dispute = _survivor(event.dispute)
    return {
        "id": event.pk,
        "dispute": dispute.slug if dispute else None,
        "url": site + dispute.get_absolute_url() if dispute else None,
        "text": event.text,
        "on": event.when_iso or None,
        "precision": event.precision,
        "until": event.until.isoformat() if event.until else None,
        "sources": [link for article in event.sources.all() if (link := web_link(article.url))],
        "documents": [document for article in event.sources.all() if (document := _document(article))],
        "demonstration": dispute.demonstration if dispute else False,
    }


def _survivor(dispute: Dispute | None) -> Dispute | None:
    while dispute is not None and dispute.merged_into is not None:
        dispute = dispute.merged_into
    return dispute
