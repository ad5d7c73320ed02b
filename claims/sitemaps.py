"""Sitemaps (sitemaps.org) of everything public, an index over a map a noun."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.contrib.sitemaps import Sitemap
from django.db.models import Max, Q, QuerySet
from django.urls import reverse

from claims import timelines
from claims.models import Claim, Dispute, Party, State, System, Topic
from tracker.news.models import Article, Outlet

if TYPE_CHECKING:
    Map = Sitemap[Any]
else:
    Map = Sitemap

PAGES = (
    *("home", "changes", "disputes", "parties", "systems", "topics", "outlets", "statistics", "about", "feeds"),
    *("api-page", "data"),
)


class PageSitemap(Map):
    """The pages that are always there."""

    def items(self) -> list[str]:
        """Return the names of the addresses."""
        return list(PAGES)

    def location(self, item: str) -> str:
        """Return the path of one page."""
        return reverse(item)


class DisputeSitemap(Map):
    """Every public dispute, with the time of its last change."""

    limit = 10_000

    def items(self) -> QuerySet[Dispute]:
        """Return the disputes in the order of their keys, so that a page of the map stays what it is."""
        return timelines.public_disputes().order_by("pk")

    def lastmod(self, item: Any) -> datetime | None:
        """Return when a claim of the dispute last changed."""
        changed: datetime | None = item.changed
        return changed


class ClaimSitemap(Map):
    """Every published claim, with the time of its last change."""

    limit = 10_000

    def items(self) -> QuerySet[Claim]:
        """Return the claims in the order of their keys."""
        return timelines.published().only("changed_at").order_by("pk")

    def lastmod(self, item: Claim) -> datetime | None:
        """Return the claim's last significant change."""
        return item.changed_at


class PartySitemap(Map):
    """Every public party."""

    limit = 10_000

    def items(self) -> QuerySet[Party]:
        """Return the parties in the order of their keys."""
        changed = Max("claims__changed_at", filter=Q(claims__state=State.PUBLISHED))
        return timelines.public_parties().annotate(changed=changed).order_by("pk")

    def lastmod(self, item: Any) -> datetime | None:
        """Return when a claim of the party last changed."""
        changed: datetime | None = item.changed
        return changed


class SystemSitemap(Map):
    """Every system that a published claim is about."""

    limit = 10_000

    def items(self) -> QuerySet[System]:
        """Return the systems in the order of their keys."""
        return timelines.public_systems().order_by("pk")


class TopicSitemap(Map):
    """Every topic of a published claim."""

    def items(self) -> QuerySet[Topic]:
        """Return the topics in the order of their keys."""
        return timelines.public_topics().order_by("pk")


class OutletSitemap(Map):
    """Every outlet with an article that carries a published claim."""

    limit = 10_000

    def items(self) -> QuerySet[Outlet]:
        """Return the outlets in the order of their keys."""
        return timelines.public_outlets().order_by("pk")

    def location(self, item: Outlet) -> str:
        """Return the path of the outlet's page here."""
        return reverse("outlet", args=[item.slug])


class SourceSitemap(Map):
    """Every article that carries a published claim."""

    limit = 10_000

    def items(self) -> QuerySet[Article]:
        """Return the articles in the order of their keys."""
        return timelines.sources().order_by("pk")

    def location(self, item: Article) -> str:
        """Return the path of the article's page here."""
        return reverse("source", args=[item.pk])


SITEMAPS: dict[str, type[Map]] = {
    "pages": PageSitemap,
    "disputes": DisputeSitemap,
    "claims": ClaimSitemap,
    "parties": PartySitemap,
    "systems": SystemSitemap,
    "topics": TopicSitemap,
    "outlets": OutletSitemap,
    "sources": SourceSitemap,
}
