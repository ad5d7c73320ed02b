"""Articles and outlets as the public reads them: metadata, an excerpt and a link, never the text."""

from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce, Left

from claims.models import Claim, Mention, State
from claims.timelines.entries import ARTICLE_FIELDS, published, with_parts
from claims.timelines.privacy import mask_article, mask_articles, masking
from tracker.news.models import Article, Outlet, Reading, Snapshot
from tracker.news.types import Verdict

# Characters of a page that its public page shows.
EXCERPT = 300


def sources() -> QuerySet[Article]:
    """Return the articles that carry a published claim, newest first."""
    found: QuerySet[Article] = (
        Article.objects.filter(tally__isnull=False)
        .annotate(carried=F("tally__total"))
        .select_related("outlet", "original__outlet")
        .only(*ARTICLE_FIELDS, "authors", "original__outlet__name")
        .order_by(F("published_at").desc(nulls_last=True), "-pk")
    )
    return found


def find_source(pk: int) -> Article:
    """Return the article, if it carries a published claim; raises `Article.DoesNotExist`."""
    return mask_article(sources().get(pk=pk), masking())


def source_claims(article: Article) -> QuerySet[Claim]:
    """Return the published claims that an article carries, with their parts, in the order of the page."""
    mine = article.mentions.filter(claim__state=State.PUBLISHED).order_by().values("claim")
    return with_parts(published().filter(pk__in=mine)).order_by("on", "pk")


def source_snapshots(article: Article, limit: int = 10) -> list[Snapshot]:
    """Return up to *limit* newest snapshots of an article, without their bytes."""
    return list(article.snapshots.select_related("archive_copy").defer("body_zstd")[:limit])


def excerpt(article: Article) -> str:
    """Return how the article's newest reading begins, cut at a whole word; "" without one.

    It is `EXCERPT` characters at most, and of a short article no more than half of it.
    """
    readings = Reading.objects.filter(snapshot__article=article, verdict=Verdict.ARTICLE)
    text = readings.annotate(opening=Left("text", 2 * EXCERPT)).values_list("opening", flat=True).first() or ""
    words = masking()(" ".join(text.split()))
    opening = words[: min(EXCERPT - 2, len(words) // 2)].rpartition(" ")[0]
    return f"{opening} …" if opening else ""


def other_copies(article: Article, limit: int = 50) -> list[Article]:
    """Return up to *limit* other pages with the same story: the original first, then its copies."""
    root = article.original_id or article.pk
    family = Article.objects.filter(Q(pk=root) | Q(original=root)).exclude(pk=article.pk)
    rows = family.annotate(carried=Coalesce(F("tally__total"), 0)).select_related("outlet").only(*ARTICLE_FIELDS)
    return mask_articles(list(rows.order_by(F("original").asc(nulls_first=True), "published_at", "pk")[:limit]))


def find_outlet(slug: str) -> Outlet:
    """Return the outlet, if one of its articles carries a published claim; raises `Outlet.DoesNotExist`."""
    return Outlet.objects.filter(tally__isnull=False).get(slug=slug)


def outlet_sources(outlet: Outlet) -> QuerySet[Article]:
    """Return an outlet's articles that carry a published claim, newest first."""
    return sources().filter(outlet=outlet)


def outlet_claims(outlet: Outlet) -> QuerySet[Claim]:
    """Return the published claims that an outlet's articles carry, newest first."""
    mentions = Mention.objects.filter(article__outlet=outlet, article__tally__isnull=False).order_by()
    return published().filter(pk__in=mentions.values("claim")).order_by("-on", "-pk")


def public_outlets() -> QuerySet[Outlet]:
    """Return the outlets with an article that carries a published claim, by name, with `carried`: how many articles."""
    return Outlet.objects.filter(tally__isnull=False).annotate(carried=F("tally__total")).order_by("name")
