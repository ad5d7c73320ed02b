"""Which article is another's copy: found by word-for-word equality and by the bands of MinHash sketches.

`collection.read_unread` alone calls this, in its own transaction. The earliest published is the original, whichever
of them arrived first.
"""

import hashlib

from django.db import connection
from django.db.models import F, Q

from tracker.news import likeness
from tracker.news.likeness import Sketch
from tracker.news.models import Article, OutletKind

LOCK = 0x6E657773
CANDIDATES = 50


def take_turns() -> None:
    """Wait for the other workers that compare: two that read two copies at once would each see no other.

    To be called before an article is locked; it lasts until the transaction ends.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


def settle(article: Article, text: str) -> None:
    """Describe the article's text for comparison and say whose copy it is, or who is its; the caller saves it.

    What a page says of itself (RFC 6596) comes first: an article that has an original by its word keeps it.
    """
    made = likeness.sketch(text)
    article.text_sha256 = hashlib.sha256(" ".join(text.casefold().split()).encode()).hexdigest()
    article.sketch, article.bands = (bytes(made), made.bands) if made else (b"", [])
    if article.original_id is None:
        for root in _roots(article, made):
            if _precedes(article, root):
                _join(root, article)
            elif article.original is None or _precedes(root, article.original):
                article.original = root
    if article.original is not None:
        article.copies.update(original=article.original)


def _roots(article: Article, made: Sketch | None) -> list[Article]:
    """Return the originals of the articles with this text, or one so like it that one copies the other."""
    alike = Q(text_sha256=article.text_sha256)
    if made:
        alike |= Q(bands__overlap=made.bands)
    found = Article.objects.filter(alike).exclude(pk=article.pk).select_related("outlet", "original__outlet")
    roots = {}
    for other in found.order_by(F("original").asc(nulls_first=True), "first_seen_at", "pk")[:CANDIDATES]:
        root = other.original or other
        if root.pk != article.pk and _is_same_story(article, made, other):
            roots[root.pk] = root
    return list(roots.values())


def _is_same_story(article: Article, made: Sketch | None, other: Article) -> bool:
    if article.text_sha256 == other.text_sha256:
        return True
    if made is None or not other.sketch:
        return False
    theirs = Sketch.from_bytes(bytes(other.sketch))
    later, earlier = (theirs, made) if _precedes(article, other) else (made, theirs)
    return likeness.is_copy(later, earlier)


def _precedes(article: Article, other: Article) -> bool:
    """Whether *article* was published before *other*; where only the day is known a wire comes first, then who came."""
    ours, theirs = article.published_at or article.first_seen_at, other.published_at or other.first_seen_at
    vague = any((when.hour, when.minute, when.second) == (0, 0, 0) for when in (ours, theirs))
    if ours != theirs and not (vague and ours.date() == theirs.date()):
        return ours < theirs
    wires = [a.outlet.kind == OutletKind.WIRE for a in (article, other)]
    if wires[0] != wires[1]:
        return wires[0]
    return (article.first_seen_at, article.pk) < (other.first_seen_at, other.pk)


def _join(root: Article, original: Article) -> None:
    """Make a former original, and its copies, copies of an article that is older."""
    Article.objects.filter(Q(pk=root.pk) | Q(original=root)).exclude(pk=original.pk).update(original=original)
