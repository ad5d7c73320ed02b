"""Private persons in words of evidence: quotes, headlines and excerpts show initials in the name's place.

Evidence itself stays as it was collected; this is how it is shown.
"""

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from django.db.models import Prefetch

from claims.models import Alias, Mention, Party
from claims.naming import mask, names_to_mask
from tracker.news.models import Article

Mask = Callable[[str], str]
Articles = TypeVar("Articles", bound=Iterable[Article])


def _private() -> list[tuple[list[str], str]]:
    parties = list(Party.objects.filter(private=True).only("name", "full_name").prefetch_related("aliases"))
    return [(names_to_mask(p.full_name, (a.name for a in p.aliases.all())), p.name) for p in parties]


def masking() -> Mask:
    """Return what puts initials in the place of private persons' names; one query, whatever it is called on."""
    private = _private()

    def masked(text: str) -> str:
        for names, short in private:
            text = mask(text, names, short)
        return text

    return masked


def names_private(text: str) -> bool:
    """Whether *text* holds the name of a private person: what nobody may search for here."""
    return masking()(text) != text


def public_aliases() -> "Prefetch[Any]":
    """Return what loads the names that the public may know parties by: none of a private person."""
    return Prefetch("aliases", Alias.objects.filter(party__private=False))


def mask_mention(mention: Mention, masked: Mask) -> Mention:
    """Show initials in a mention that is about to be read; nothing is saved."""
    mention.quote, mention.via = masked(mention.quote), [masked(name) for name in mention.via]
    mask_article(mention.article, masked)
    return mention


def mask_article(article: Article, masked: Mask) -> Article:
    """Show initials in an article's headline and authors; nothing is saved."""
    article.title = masked(article.title)
    return article


def mask_articles(articles: Articles) -> Articles:
    """Show initials in the headlines of articles that are about to be listed; a queryset is evaluated."""
    masked = masking()
    for article in articles:
        mask_article(article, masked)
    return articles
