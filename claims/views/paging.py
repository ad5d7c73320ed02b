"""Which part of a list a page shows."""

from typing import Any

from django.core.paginator import InvalidPage, Page, Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest

from claims import timelines

# Beyond this nobody reads on, and an offset costs what it passes over.
LAST_PAGE = 2_000
# The forms of a citation, by the names that readers know them by.
CITE_FORMS = (("bib", "BibTeX"), ("ris", "RIS"), ("json", "CSL-JSON"), ("txt", "TXT"))


def page_number(request: HttpRequest) -> int:
    """Return the page number that is asked for; 404 where it is none."""
    value = request.GET.get("page", "1")
    if not (value.isascii() and value.isdigit() and len(value) < 6 and 1 <= int(value) <= LAST_PAGE):
        raise Http404("no such page")
    return int(value)


def page_of(request: HttpRequest, rows: QuerySet[Any], size: int) -> Page[Any]:
    """Return the page of *rows* that is asked for; 404 where there is none.

    Keys are paged first, along an index, and only the rows of the page are read whole: a deep page costs little more
    than the first.
    """
    try:
        page = Paginator(rows.prefetch_related(None).values_list("pk", flat=True), size).page(page_number(request))
    except InvalidPage:
        raise Http404("no such page") from None
    page.object_list = rows.filter(pk__in=list(page.object_list))
    return page


def of_demonstration(entries: list[timelines.Entry]) -> bool:
    """Whether one of *entries* is of the demonstration."""
    return any(entry.demonstration for entry in entries)
