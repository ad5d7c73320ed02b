"""Sitemaps (sitemaps.org) of everything public, an index over a map a noun."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.contrib.sitemaps import Sitemap
from django.db.models import F, Max, QuerySet
from django.urls import reverse

from claims import timelines
from claims.models import ArticleTally, Claim, Dispute, Party, System, Topic
from tracker.news.models import Outlet

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


class ChangingMap(Map):
    """Pages that say when they last changed; the newest of them is asked of the database, not row by row."""

    limit = 10_000

    def items(self) -> QuerySet[Any]:
        """Return the rows in the order of their keys."""
        raise NotImplementedError

    def changed(self) -> str:
        """Return the path to the time of a row's last change."""
        return "tally__changed_at"

    def get_latest_lastmod(self) -> datetime | None:
        """Return when the newest change was."""
        newest: datetime | None = self.items().order_by().aggregate(newest=Max(self.changed()))["newest"]
        return newest


class DisputeSitemap(ChangingMap):
    """Every public dispute, with the time of its last change."""

    def items(self) -> QuerySet[Dispute]:
        """Return the disputes in the order of their keys, so that a page of the map stays what it is."""
        return timelines.public_disputes().order_by("pk")

    def lastmod(self, item: Any) -> datetime | None:
        """Return when a claim of the dispute last changed."""
        changed: datetime | None = item.changed
        return changed


class ClaimSitemap(ChangingMap):
    """Every published claim, with the time of its last change."""

    def changed(self) -> str:
        """Return the path to the time of a claim's last change."""
        return "changed_at"

    def items(self) -> QuerySet[Claim]:
        """Return the claims in the order of their keys."""
        return timelines.published().only("changed_at").order_by("pk")

    def lastmod(self, item: Claim) -> datetime | None:
        """Return the claim's last significant change."""
        return item.changed_at


class PartySitemap(ChangingMap):
    """Every public party."""

    def items(self) -> QuerySet[Party]:
        """Return the parties in the order of their keys."""
        return timelines.public_parties().annotate(changed_at=F("tally__changed_at")).order_by("pk")

    def lastmod(self, item: Any) -> datetime | None:
        """Return when a claim of the party last changed."""
        changed: datetime | None = item.changed_at
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

    def items(self) -> QuerySet[ArticleTally]:
        """Return the tallies of the articles in the order of the articles' keys: the articles have nothing to add."""
        return ArticleTally.objects.order_by("pk")

    def location(self, item: ArticleTally) -> str:
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
