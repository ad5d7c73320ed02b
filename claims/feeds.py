"""RSS 2.0 and Atom (RFC 4287) feeds of what changed: everything, a dispute, a party.

An entry is a claim. Its identifier is a tag URI (RFC 4151) that never changes; `updated` moves with a
significant change, which also brings it to the top again. Feeds answer conditional requests (RFC 9110 §13).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed, Rss201rev2Feed, SyndicationFeed, rfc3339_date
from django.utils.translation import gettext as _
from django.utils.xmlutils import SimplerXMLGenerator
from django.views.decorators.cache import cache_control
from django.views.decorators.http import condition, require_safe

from claims import timelines
from claims.models import Claim, Dispute, Party
from claims.templatetags.tracker import change_label, kind_label

LIMIT = 50
# Raised when entries are rendered differently, so that readers do not keep the old ones.
FORMAT = 1
# XML 1.0 has no way to write these, and a page may hold them.
UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
# A feed in which nothing ever happened still needs a date.
BEGINNING = datetime(2025, 1, 1, tzinfo=UTC)


class Rss(Rss201rev2Feed):
    """RSS 2.0 by the best practices profile: an atom:link to itself, atom:updated beside pubDate."""

    content_type = "application/rss+xml; charset=utf-8"

    def latest_post_date(self) -> datetime:
        """Return when the feed last changed, which a retraction does too."""
        moment: datetime = self.feed["changed_at"]
        return moment

    def add_root_elements(self, handler: SimplerXMLGenerator) -> None:
        """Write the channel's elements, and where the format is described."""
        super().add_root_elements(handler)
        handler.addQuickElement("docs", "https://www.rssboard.org/rss-specification")

    def add_item_elements(self, handler: SimplerXMLGenerator, item: dict[str, Any]) -> None:
        """Write an item, with the time of its last significant change."""
        super().add_item_elements(handler, item)
        if item["updateddate"]:
            handler.addQuickElement("atom:updated", rfc3339_date(item["updateddate"]))


class Atom(Atom1Feed):
    """Atom with the source of each entry as its "via" link (RFC 4287 §4.2.7.2)."""

    content_type = "application/atom+xml; charset=utf-8"

    def latest_post_date(self) -> datetime:
        """Return when the feed last changed, which a retraction does too."""
        moment: datetime = self.feed["changed_at"]
        return moment

    def add_item_elements(self, handler: SimplerXMLGenerator, item: dict[str, Any]) -> None:
        """Write an entry, with a link to the page that it stands on."""
        super().add_item_elements(handler, item)
        if item["via"]:
            handler.addQuickElement("link", "", {"rel": "via", "href": item["via"]})


FORMS: dict[str, type[Rss] | type[Atom]] = {"rss": Rss, "atom": Atom}


@dataclass(frozen=True, slots=True)
class Channel:
    """What a feed is of: its claims, what it is called, and the page (a path) that it follows."""

    claims: QuerySet[Claim]
    title: str
    description: str
    page: str
    path: str


@require_safe
def all_feed(request: HttpRequest, form: str) -> HttpResponse:
    """Every change."""
    title = settings.SITE_NAME
    description = _("Every new claim, answer, finding and status in disputes over AI, with its source.")
    return _answer(request, form, Channel(timelines.published(), title, description, reverse("home"), request.path))


@require_safe
def dispute_feed(request: HttpRequest, slug: str, form: str) -> HttpResponse:
    """What changed in one dispute."""
    try:
        dispute = timelines.find_dispute(slug)
    except Dispute.DoesNotExist:
        raise Http404("no public dispute") from None
    if dispute.slug != slug:
        return HttpResponsePermanentRedirect(reverse("dispute-feed", args=[dispute.slug, form]))
    title = f"{_marked(dispute.title, dispute.demonstration)} – {settings.SITE_NAME}"
    description = _("What changed in the dispute “%(title)s”.") % {"title": dispute.title}
    claims = timelines.dispute_claims(dispute)
    return _answer(request, form, Channel(claims, title, description, dispute.get_absolute_url(), request.path))


@require_safe
def party_feed(request: HttpRequest, slug: str, form: str) -> HttpResponse:
    """What changed about one party: claims by it, and claims against it."""
    try:
        party = timelines.find_party(slug)
    except Party.DoesNotExist:
        raise Http404("no public party") from None
    if party.slug != slug:
        return HttpResponsePermanentRedirect(reverse("party-feed", args=[party.slug, form]))
    description = _("Claims by and against %(party)s, and the answers to them.") % {"party": party.name}
    claims = timelines.party_claims(party)
    channel = Channel(
        claims, f"{party.name} – {settings.SITE_NAME}", description, party.get_absolute_url(), request.path
    )
    return _answer(request, form, channel)


def _answer(request: HttpRequest, form: str, channel: Channel) -> HttpResponse:
    """Answer with the feed, or with 304 where the reader has this state of it already."""
    if form not in FORMS:
        raise Http404("a feed is .rss or .atom")
    revision = timelines.revision(channel.claims, LIMIT)

    @cache_control(public=True, no_cache=True)
    @condition(
        etag_func=lambda request: f'"{FORMAT}-{form}-{revision.tag}"',
        last_modified_func=lambda request: revision.changed_at,
    )
    def write(request: HttpRequest) -> HttpResponse:
        feed = _feed(FORMS[form], channel, revision.changed_at or BEGINNING)
        return HttpResponse(feed.writeString("utf-8"), content_type=FORMS[form].content_type)

    return write(request)


def _feed(form: type[Rss] | type[Atom], channel: Channel, changed_at: datetime) -> SyndicationFeed:
    site: str = settings.SITE_URL
    feed = form(
        title=_clean(channel.title),
        link=site + channel.page,
        description=_clean(channel.description),
        subtitle=_clean(channel.description),
        language=settings.LANGUAGE_CODE,
        author_name=settings.SITE_NAME,
        author_link=f"{site}/",
        feed_url=site + channel.path,
        feed_guid=site + channel.path,
        changed_at=changed_at,
    )
    for entry in timelines.as_entries(timelines.with_parts(channel.claims).order_by("-changed_at", "-pk")[:LIMIT]):
        feed.add_item(**_item(entry, site))
    return feed


def _item(entry: timelines.Entry, site: str) -> dict[str, Any]:
    claim = entry.claim
    context = {"entry": entry, "claim": claim, "site_url": site, "change": change_label(entry)}
    title = f"{change_label(entry)}: {claim.statement}"
    return {
        "title": _clean(_marked(title, entry.demonstration)),
        "link": site + claim.get_absolute_url(),
        "description": _clean(render_to_string("feeds/entry.html", context)),
        "unique_id": tag_uri(claim, site),
        "unique_id_is_permalink": False,
        "pubdate": claim.published_at,
        "updateddate": claim.changed_at,
        "categories": [_clean(name) for name in _categories(entry)],
        "via": entry.mention.article.url if entry.mention else "",
    }


def _categories(entry: timelines.Entry) -> Iterator[str]:
    """Yield what a reader can file the entry under: kind, disputes, parties, each once."""
    names = [kind_label(entry.claim.kind), *(dispute.title for dispute in entry.disputes)]
    names += [party.name for party in (*entry.claim.claimants, *entry.claim.targets.all())]
    yield from dict.fromkeys(names)
    if entry.demonstration:
        yield _("Demonstration")


def tag_uri(claim: Claim, site: str) -> str:
    """Return the claim's identifier in feeds: a tag URI of the site's host and the day the claim was stored."""
    return f"tag:{urlsplit(site).hostname},{claim.created_at:%Y-%m-%d}:claim/{claim.pk}"


def _marked(title: str, demonstration: bool) -> str:
    return f"[{_('Demonstration')}] {title}" if demonstration else title


def _clean(text: str) -> str:
    return UNWRITABLE.sub("\ufffd", text)
