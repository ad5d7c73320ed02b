"""Claims and disputes in the words of schema.org, as JSON-LD: pure functions of what is already loaded."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.urls import reverse

from claims.models import Correction, Dispute, Event, Mention, Party, PartyKind
from claims.timelines import Entry
from tracker.news.links import document_digest, web_link
from tracker.news.models import Article, OutletKind

Data = dict[str, Any]
CONTEXT = "https://schema.org"


def party_data(party: Party, site_url: str) -> Data:
    """Return a party as schema.org's Person or Organization."""
    kind = "Person" if party.kind == PartyKind.PERSON else "Organization"
    data: Data = {"@type": kind, "name": party.name, "url": site_url + party.get_absolute_url()}
    if party.wikidata:
        data["sameAs"] = f"https://www.wikidata.org/wiki/{party.wikidata}"
    return data


def claim_data(entry: Entry, mentions: Sequence[Mention], site_url: str, site_name: str) -> Data:
    """Return a published claim as schema.org's Claim, with the articles that it appeared in, the earliest first."""
    claim = entry.claim
    url = site_url + claim.get_absolute_url()
    data: Data = {
        "@context": CONTEXT,
        "@type": "Claim",
        "@id": url,
        "url": url,
        "name": claim.statement,
        "text": claim.statement,
        "publisher": {"@type": "Organization", "name": site_name, "url": f"{site_url}/"},
        "about": [party_data(target, site_url) for target in claim.targets.all()],
    }
    if claim.claimant:
        data["claimInterpreter"] = {"@type": "Organization", "name": site_name}
        authors = [party_data(party, site_url) for party in claim.claimants]
        data["author"] = authors if len(authors) > 1 else authors[0]
    if claim.on:
        data["dateCreated"] = claim.when_iso
    if claim.published_at:
        data["datePublished"] = claim.published_at.isoformat()
    if claim.changed_at:
        data["dateModified"] = claim.changed_at.isoformat()
    articles = list({mention.article_id: mention.article for mention in mentions}.values())
    if articles:
        data["appearance"] = [article_data(article, site_url) for article in articles]
        data["firstAppearance"] = article_data(articles[0], site_url)
    elif entry.mention:
        data["appearance"] = article_data(entry.mention.article, site_url)
    return data


def article_data(article: Article, site_url: str) -> Data:
    """Return an article as schema.org's NewsArticle, or Article where its outlet brings no news."""
    news = article.outlet.kind in (OutletKind.NEWSPAPER, OutletKind.WIRE)
    data: Data = {
        "@type": "NewsArticle" if news else "Article",
        "headline": article.title,
        "publisher": {"@type": "Organization", "name": article.outlet.name},
        "subjectOf": site_url + reverse("source", args=[article.pk]),
    }
    if link := web_link(article.url):
        data["url"] = link
    if digest := document_digest(article.url):
        data["identifier"] = {"@type": "PropertyValue", "propertyID": "SHA-256", "value": digest}
    if article.published_at:
        data["datePublished"] = article.published_at.isoformat()
    return data


def correction_data(correction: Correction) -> Data:
    """Return a public correction as schema.org's CorrectionComment."""
    return {
        "@type": "CorrectionComment",
        "text": f"{correction.wrong} → {correction.right}",
        "dateCreated": correction.made_at.isoformat(),
    }


def event_data(event: Event, dispute: Dispute, site_url: str) -> Data:
    """Return an editor's event of a timeline as schema.org's Event."""
    return {
        "@type": "Event",
        "name": event.text,
        "startDate": event.when_iso,
        "about": {"@type": "Thing", "name": dispute.title, "url": site_url + dispute.get_absolute_url()},
    }


def dispute_data(
    dispute: Dispute, entries: Iterable[Entry], events: Iterable[Event], site_url: str, site_name: str
) -> Data:
    """Return a dispute as a collection of claims, about its dated events."""
    url = site_url + dispute.get_absolute_url()
    dated = [event_data(event, dispute, site_url) for event in events if event.on]
    data: Data = {
        "@context": CONTEXT,
        "@type": "Collection",
        "@id": url,
        "url": url,
        "name": dispute.title,
        "description": dispute.summary,
        "publisher": {"@type": "Organization", "name": site_name, "url": f"{site_url}/"},
        "hasPart": [
            {"@type": "Claim", "url": site_url + entry.claim.get_absolute_url(), "name": entry.claim.statement}
            for entry in entries
        ],
    }
    if dated:
        data["about"] = dated
    return data
