"""Ten pages may repeat one source: what reports are independent of one another."""

from typing import Any

import pytest
from django.test import Client

from claims import timelines
from claims.models import Claim, Mention
from claims.timelines.origins import AGENCIES
from tests.claims.timelines.test_entries import mention_again
from tests.factories import make_outlet, make_published, make_reading

pytestmark = pytest.mark.django_db


def report(claim: Claim, outlet: str, *via: str, **values: Any) -> None:
    """Let another article of *outlet* carry the claim, which it has from *via*."""
    reading = make_reading(outlet=make_outlet(outlet), **values)
    mention_again(claim, reading)
    Mention.objects.filter(reading=reading).update(via=list(via))


def counted(claim: Claim) -> tuple[int, int]:
    [entry] = timelines.as_entries(timelines.changes().filter(pk=claim.pk))
    return entry.reports.independent, entry.reports.pages


def test_ten_reports_of_two_sources_are_two_independent_sources(client: Client) -> None:
    claim = make_published(make_reading(outlet=make_outlet("Financial Times")))
    for outlet in ("BBC", "The Verge", "Wired"):
        report(claim, outlet, "The Financial Times")
    report(claim, "Heise", "The Verge", "Financial Times")
    original = make_reading(outlet=make_outlet("Le Monde"))
    mention_again(claim, original)
    for outlet in ("Courier", "Herald"):
        report(claim, outlet, original=original.snapshot.article)
    report(claim, "Gazette", "Le Monde")
    report(claim, "Le Monde")
    assert counted(claim) == (2, 10)
    [dispute] = claim.disputes.all()
    figures = timelines.dispute_figures([dispute])[dispute.pk]
    assert (figures.independent, figures.sources) == (2, 10)
    for page in (claim.get_absolute_url(), dispute.get_absolute_url()):
        assert "2 independent sources, 10 reports" in client.get(page).content.decode()


@pytest.mark.parametrize(("name", "written"), [(name, other) for name, others in AGENCIES.items() for other in others])
def test_an_agencys_stories_are_one_source_however_it_is_written(name: str, written: str) -> None:
    claim = make_published(make_reading(outlet=make_outlet(name.title())))
    report(claim, "Post", authors=[written.upper()])
    report(claim, "Mail", f"The {written.title()}")
    assert counted(claim) == (1, 3)


def test_a_byline_of_a_person_says_nothing_of_the_source() -> None:
    claim = make_published(make_reading(outlet=make_outlet("Post"), authors=["Ada Jones"]))
    report(claim, "Mail", authors=["Ada Jones"])
    assert counted(claim) == (2, 2)
