"""What a dispute's page stands on."""

from datetime import UTC, date, datetime

import pytest
from django.core.paginator import InvalidPage
from django.db import connection
from django.test.utils import CaptureQueriesContext

from claims import curation, timelines
from claims.curation import ClaimChanges
from claims.models import Dispute
from claims.timelines import disputes
from tests.claims.timelines.test_entries import make_answer
from tests.factories import make_dispute, make_draft, make_editor, make_event, make_party, make_published, make_reading

pytestmark = pytest.mark.django_db


def test_a_dispute_without_a_published_claim_is_not_found() -> None:
    claim = make_draft()
    dispute = claim.disputes.get()
    with pytest.raises(Dispute.DoesNotExist):
        timelines.find_dispute(dispute.slug)
    assert not timelines.public_disputes().exists()
    curation.accept(claim, make_editor())
    assert timelines.find_dispute(dispute.slug) == dispute
    curation.retract(claim, make_editor(), "wrong party")
    with pytest.raises(Dispute.DoesNotExist):
        timelines.find_dispute(dispute.slug)


def test_a_merged_dispute_leads_to_its_survivor_with_its_claims() -> None:
    survivor, merged = make_dispute("The dispute"), make_dispute("The same dispute")
    ours, theirs = make_published(dispute=survivor), make_published(dispute=merged)
    merged.merged_into = survivor
    curation.save(merged, make_editor())
    assert timelines.find_dispute(merged.slug) == survivor
    assert set(timelines.dispute_claims(survivor)) == {ours, theirs}


def test_the_timeline_is_in_the_order_of_dates_with_events_between() -> None:
    late, early = make_published(on=date(2025, 3, 1)), make_published(on=date(2025, 1, 1))
    dispute = make_dispute()
    event = make_event(dispute=dispute, on=date(2025, 2, 1), text="A hearing was held.")
    items = timelines.timeline(dispute).items
    assert [item.entry.claim if item.entry else item.event for item in items] == [early, event, late]
    newest = timelines.timeline(dispute, order="newest").items
    assert [item.on for item in newest] == [item.on for item in reversed(items)]


def test_a_claim_without_a_date_stands_where_it_was_first_reported() -> None:
    reading = make_reading(published_at=datetime(2025, 2, 15, 9, tzinfo=UTC))
    undated = make_published(reading, on=None)
    before, after = make_published(on=date(2025, 2, 1)), make_published(on=date(2025, 3, 1))
    items = timelines.timeline(make_dispute()).items
    assert [item.entry and item.entry.claim for item in items] == [before, undated, after]


def test_a_claim_without_any_date_comes_last_and_under_no_year() -> None:
    undated = make_published(make_reading(published_at=None), on=None)
    make_published(on=date(2025, 2, 1))
    last = timelines.timeline(make_dispute()).items[-1]
    assert last.entry is not None
    assert (last.entry.claim, last.year) == (undated, None)


def test_kinds_narrow_the_timeline() -> None:
    make_published()
    denial = make_published(quote="DeepSeek denied", kind="denial", claimant=make_party("DeepSeek"), targets=[])
    make_event(dispute=make_dispute(), on=date(2025, 2, 1), text="A hearing was held.")
    items = timelines.timeline(make_dispute(), kinds=["denial"]).items
    assert [item.entry and item.entry.claim for item in items] == [denial]


def test_pages_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(disputes, "PER_PAGE", 2)
    for day in (1, 2, 3):
        make_published(on=date(2025, 1, day))
    dispute = make_dispute()
    assert [len(timelines.timeline(dispute, number).items) for number in (1, 2)] == [2, 1]
    with pytest.raises(InvalidPage):
        timelines.timeline(dispute, 3)


def test_allegations_are_listed_each_with_its_answers() -> None:
    first, second = make_published(on=date(2025, 1, 1)), make_published(on=date(2025, 1, 2))
    denial = make_answer(first)
    page, rows = timelines.accusations(make_dispute())
    assert page.paginator.count == 2
    assert [(row.entry.claim, [answer.claim for answer in row.answers]) for row in rows] == [
        (first, [denial]),
        (second, []),
    ]


def test_the_overview_counts_sides_edges_and_what_is_open() -> None:
    first, second = make_published(), make_published()
    make_answer(first)
    make_draft(claimant=make_party("Nvidia"))
    overview = timelines.overview(make_dispute())
    sides = {side.party.name: (side.claims, side.against, side.answers) for side in overview.sides}
    assert sides == {"OpenAI": (2, 0, 0), "DeepSeek": (0, 2, 1)}
    edges = {(e.claimant.name, e.target.name): (e.total, e.status and e.status.step) for e in overview.edges}
    assert edges == {("OpenAI", "DeepSeek"): (2, "denied"), ("DeepSeek", "OpenAI"): (1, None)}
    assert overview.kinds == (("allegation", 2), ("denial", 1))
    assert (overview.open, overview.open_total) == ((second,), 1)
    assert not overview.demonstration


def test_figures_count_published_claims_only() -> None:
    reading = make_reading()
    first = make_published(reading, on=date(2024, 5, 1))
    make_answer(first)
    make_draft(reading)
    dispute = make_dispute()
    figures = timelines.dispute_figures([dispute])[dispute.pk]
    assert (figures.allegations, figures.answers, figures.claims, figures.sources) == (1, 1, 2, 2)
    assert (figures.first, figures.last) == (date(2024, 5, 1), date(2025, 2, 4))


def test_the_dispute_in_which_most_changed_lately_comes_first() -> None:
    busy, quiet = make_dispute("Busy"), make_dispute("A quiet one")
    make_published(dispute=quiet)
    for _ in range(2):
        make_published(dispute=busy)
    assert list(timelines.public_disputes()) == [busy, quiet]


def test_sources_are_the_pages_of_published_claims() -> None:
    published, draft = make_published(), make_draft()
    articles = timelines.dispute_sources(make_dispute())
    assert [(article, vars(article)["carried"]) for article in articles] == [(published.mentions.get().article, 1)]
    assert draft.mentions.get().article not in articles


def test_a_timeline_costs_the_same_queries_however_long() -> None:
    dispute = make_dispute()

    def cost() -> int:
        with CaptureQueriesContext(connection) as captured:
            timelines.timeline(dispute)
            timelines.overview(dispute)
            timelines.dispute_figures([dispute])
            timelines.accusations(dispute)
        return len(captured)

    make_answer(make_published())
    make_event(dispute=dispute, on=date(2025, 2, 1), text="A hearing was held.")
    few = cost()
    for number in range(5):
        make_answer(make_published(claimant=make_party(f"Author {number}")))
    curation.edit(make_published(), make_editor(), ClaimChanges(hedged=True))
    assert cost() == few
