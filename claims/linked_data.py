"""Claims and disputes in the words of schema.org, as JSON-LD: pure functions of what is already loaded."""

from collections.abc import Iterable
from typing import Any

from django.urls import reverse

from claims.models import Dispute, Party, PartyKind
from claims.timelines import Entry

Data = dict[str, Any]
CONTEXT = "https://schema.org"


def party_data(party: Party, site_url: str) -> Data:
    """Return a party as schema.org's Person or Organization."""
    kind = "Person" if party.kind == PartyKind.PERSON else "Organization"
    data: Data = {"@type": kind, "name": party.name, "url": site_url + party.get_absolute_url()}
    if party.wikidata:
        data["sameAs"] = f"https://www.wikidata.org/wiki/{party.wikidata}"
    return data


def claim_data(entry: Entry, site_url: str, site_name: str) -> Data:
    """Return a published claim as schema.org's Claim, with the article that it appeared in."""
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
        data["author"] = party_data(claim.claimant, site_url)
    if claim.on:
        data["dateCreated"] = claim.when_iso
    if claim.published_at:
        data["datePublished"] = claim.published_at.isoformat()
    if claim.changed_at:
        data["dateModified"] = claim.changed_at.isoformat()
    if entry.mention:
        article = entry.mention.article
        appearance: Data = {
            "@type": "Article",
            "headline": article.title,
            "url": article.url,
            "publisher": {"@type": "Organization", "name": article.outlet.name},
            "subjectOf": site_url + reverse("source", args=[article.pk]),
        }
        if article.published_at:
            appearance["datePublished"] = article.published_at.isoformat()
        data["appearance"] = appearance
    return data


def dispute_data(dispute: Dispute, entries: Iterable[Entry], site_url: str, site_name: str) -> Data:
    """Return a dispute as a collection of claims."""
    url = site_url + dispute.get_absolute_url()
    return {
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
