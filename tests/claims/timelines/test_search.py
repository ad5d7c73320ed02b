"""What a search finds, and that it finds it at once."""

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.db.models.expressions import RawSQL
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from claims import curation, timelines
from claims.curation import ClaimChanges
from claims.models import Claim, Mention, System, Topic
from claims.timelines import Filters
from claims.timelines.search import MARK, UNMARK
from tests.factories import (
    make_dispute,
    make_draft,
    make_editor,
    make_outlet,
    make_party,
    make_published,
    make_reading,
)

pytestmark = pytest.mark.django_db


def find(words: str = "", order: str = "", cursor: str = "", **filters: str) -> timelines.Found:
    return timelines.find(Filters.read({"q": words, **filters}), order=order, cursor=cursor)


def found(words: str = "", **values: Any) -> list[Claim]:
    return [hit.entry.claim for hit in find(words, **values).hits]


def test_drafts_rejected_and_retracted_claims_are_not_found() -> None:
    make_draft()
    curation.reject(make_draft(), make_editor(), "no claim")
    published, retracted = make_published(), make_published()
    assert set(found("distilling")) == {published, retracted}
    curation.retract(retracted, make_editor(), "wrong party")
    assert found("distilling") == [published]


def test_words_may_stand_in_the_sentence_or_in_a_quote() -> None:
    claim = make_published(statement="OpenAI alleges that its terms were broken.")
    assert found("terms") == found("distilling") == found("terms distilling") == [claim]


def test_an_edited_sentence_is_found_by_its_new_words_and_not_by_the_old() -> None:
    claim = make_published(statement="OpenAI alleges that its terms were broken.")
    curation.edit(claim, make_editor(), ClaimChanges(statement="OpenAI alleges a breach of its licence."))
    curation.approve(claim, make_editor("reviewer"))
    assert (found("terms"), found("licence")) == ([], [claim])


def test_a_merged_claims_quotes_are_found_at_its_survivor() -> None:
    text = "OpenAI accused DeepSeek of distilling its models. It spoke of free-riding."
    survivor, other = make_published(), make_draft(make_reading(text), "It spoke of free-riding")
    assert found("free-riding") == []
    curation.merge(other, survivor, make_editor())
    assert found("free-riding") == [survivor]


def test_a_corrected_quote_is_found_by_its_new_words() -> None:
    claim = make_published(statement="OpenAI alleges that its terms were broken.")
    mention = claim.mentions.get()
    Mention.objects.filter(pk=mention.pk).update(end=mention.start + 23, quote=mention.quote[:23])
    assert (found("distilling"), found("accused")) == ([], [claim])


def test_the_syntax_of_web_search_engines_works() -> None:
    first = make_published(statement="OpenAI alleges theft of a large model.")
    second = make_published(statement="OpenAI alleges that a model was large.")
    assert found('"large model"') == [first]
    assert found("model -theft") == [second]
    assert set(found("theft or large")) == {first, second}


def test_what_is_excluded_counts_wherever_it_stands() -> None:
    make_published(statement="OpenAI alleges that its terms were broken.")
    assert found("distilling -terms") == []


def test_sentences_weigh_more_than_quotes_and_the_newest_change_can_come_first() -> None:
    in_sentence = make_published(statement="OpenAI alleges distilling, and again distilling.")
    in_quote = make_published(statement="OpenAI alleges a breach of terms.")
    assert found("distilling") == [in_sentence, in_quote]
    assert found("distilling", order="newest") == [in_quote, in_sentence]


def test_kinds_are_counted_over_all_and_narrow_the_result() -> None:
    allegation = make_published()
    concern = make_published(kind="concern")
    result = find("distilling", kind="concern")
    assert [(option.value, option.number) for option in result.facets["kind"]] == [("allegation", 1), ("concern", 1)]
    assert (result.total, [hit.entry.claim for hit in result.hits]) == (1, [concern])
    assert allegation not in [hit.entry.claim for hit in result.hits]


def test_matches_are_marked_and_the_quote_shown_is_the_one_that_matches() -> None:
    claim = make_published()
    other = make_reading("Elsewhere OpenAI said that the output of its API was harvested.")
    quote = "the output of its API was harvested"
    start = other.text.index(quote)
    Mention.objects.create(
        claim=claim, reading=other, article=other.snapshot.article, start=start, end=start + len(quote), quote=quote
    )
    (hit,) = find("harvested").hits
    assert hit.quote == f"the output of its API was {MARK}harvested{UNMARK}"
    assert hit.mention == other.mentions.get()


def test_named_parties_and_disputes_come_along() -> None:
    make_published()
    make_published(claimant=make_party("Meta"), dispute=make_dispute("Authors and Meta"))
    make_party("Metadata Unlimited")
    result = find("meta")
    assert [party.name for party in result.parties] == ["Meta"]
    assert [dispute.title for dispute in result.disputes] == ["Authors and Meta"]


def test_a_party_is_known_by_its_other_names() -> None:
    make_published(claimant=make_party("Garante", "regulator", "Italian data protection authority"))
    result = find("Italian data protection authority")
    assert [party.name for party in result.parties] == ["Garante"]


def test_a_misspelt_name_leads_to_the_right_party_and_dispute() -> None:
    make_published()
    result = find("depseek")
    assert (result.hits, result.parties) == ((), ())
    assert "DeepSeek" in [party.name for party in result.similar]
    assert [dispute.title for dispute in find("openai depseek").disputes] == ["OpenAI and DeepSeek"]


def test_a_party_that_is_not_public_is_not_suggested() -> None:
    make_party("Secretive")
    result = find("secretive")
    assert (result.parties, result.similar) == ((), ())


def test_pages_follow_each_other_by_a_cursor_and_hold_every_claim_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("claims.timelines.search.PER_PAGE", 2)
    claims = {make_published(on=date(2025, 1, 1 + number)) for number in range(5)}
    for order in ("", "newest", "latest", "earliest"):
        seen, cursor = list[Claim](), ""
        for _ in range(3):
            page = find("distilling", order=order, cursor=cursor)
            seen += [hit.entry.claim for hit in page.hits]
            cursor = page.next
        assert (len(seen), set(seen), cursor) == (5, claims, ""), order
        if order == "earliest":
            assert [claim.on for claim in seen] == sorted(claim.on for claim in seen if claim.on)


def test_what_comes_while_one_reads_neither_repeats_nor_hides_a_claim(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("claims.timelines.search.PER_PAGE", 2)
    first = [make_published() for _ in range(3)]
    page = find("distilling", order="newest")
    make_published()
    rest = find("distilling", order="newest", cursor=page.next)
    assert [hit.entry.claim for hit in (*page.hits, *rest.hits)] == first[::-1]


@pytest.mark.parametrize("cursor", ["x", "1", "1.", ".1", "1.2.3", "9" * 20 + ".1", "1.-1", "٣.٣", "-1.5 OR 1=1"])
@pytest.mark.parametrize("order", ["", "newest", "latest"])
def test_a_cursor_that_is_none_is_refused(cursor: str, order: str) -> None:
    with pytest.raises(timelines.BadCursor):
        find("distilling", cursor=cursor, order=order)


def test_every_filter_leaves_what_it_names() -> None:
    topic = Topic.objects.get_or_create(slug="copyright", defaults={"name": "Copyright"})[0]
    system = System.objects.create(name="R1", slug="r1")
    other_reading = make_reading(outlet=make_outlet("Other Times"))
    mine = make_published(
        other_reading,
        kind="finding",
        claimant=make_party("Garante"),
        targets=[make_party("Meta")],
        dispute=make_dispute("Garante and Meta"),
        on=date(2023, 5, 1),
    )
    mine.topics.add(topic)
    mine.systems.add(system)
    curation.add_status(mine, make_editor(), "found", source=mine.mentions.get(), target=make_party("Meta"))
    make_published()
    for name, value in (
        *(("kind", "finding"), ("status", "found"), ("topic", "copyright"), ("party", "garante"), ("party", "meta")),
        *(("system", "r1"), ("outlet", "other-times"), ("dispute", "garante-and-meta"), ("year", "2023")),
    ):
        assert found(**{name: value}) == [mine], name
        assert found("distilling", **{name: value}) == [mine], name
    assert found(party="nobody") == found(topic="none") == found(dispute="none") == []


def test_a_status_filter_agrees_with_the_status_that_stands() -> None:
    claim = make_published()
    source, editor = claim.mentions.get(), make_editor()
    for number, step in enumerate(("filed", "found", "denied", "corroborated")):
        curation.add_status(claim, editor, step, source=source, on=date(2025, 1, 1 + number))
        (entry,) = timelines.as_entries([timelines.find_claim(claim.pk)])
        assert entry.status is not None
        assert found(status=entry.status.step) == [claim]
        (option,) = find("distilling").facets["status"]
        assert (option.value, option.number) == (entry.status.step, 1)


def test_a_merged_partys_claims_are_found_by_its_survivor() -> None:
    claim = make_published(claimant=make_party("Open AI Incorporated"))
    merged = make_party("Open AI Incorporated")
    merged.merged_into = make_party("OpenAI")
    curation.save(merged, make_editor())
    assert found(party="openai") == [claim]
    assert [option.value for option in find("distilling").facets["party"]] == ["deepseek", "openai"]


def test_facets_count_what_the_other_filters_leave() -> None:
    make_published(kind="concern", on=date(2024, 1, 1))
    make_published(on=date(2025, 1, 1))
    facets = find(kind="concern").facets
    assert [(option.value, option.number) for option in facets["year"]] == [("2024", 1)]
    assert [option.value for option in facets["kind"]] == ["allegation", "concern"]


def test_a_search_that_takes_too_long_is_given_up_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    make_published()
    slow = RawSQL("(SELECT 1 FROM pg_sleep(3))", [])
    monkeypatch.setattr("claims.timelines.search.matching", lambda filters: Claim.objects.alias(s=slow).filter(s=1))
    result = timelines.find(Filters(words="distilling"), order="newest", timeout_ms=50)
    assert (result.unfinished, result.hits, result.total) == (True, (), None)
    # The connection serves on, without the bound.
    with connection.cursor() as cursor:
        cursor.execute("SHOW statement_timeout")
        assert cursor.fetchone() == ("0",)


def test_counts_that_take_too_long_are_left_out_and_the_claims_still_found(monkeypatch: pytest.MonkeyPatch) -> None:
    claim = make_published()

    def slow(*_: Any) -> Any:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(3)")

    monkeypatch.setattr("claims.timelines.search.facet", slow)
    result = timelines.find(Filters(words="distilling"), timeout_ms=300)
    assert ([hit.entry.claim for hit in result.hits], result.facets, result.uncounted) == ([claim], {}, True)


def test_titles_of_articles_are_found_while_they_carry_a_published_claim() -> None:
    claim = make_published(make_reading(title="Hearings on zebras"))
    make_draft(make_reading(title="Zebras elsewhere"))
    assert [article.title for article in find("zebras").articles] == ["Hearings on zebras"]
    curation.retract(claim, make_editor(), "wrong")
    assert find("zebras").articles == ()


def test_suggestions_hold_public_names_only() -> None:
    make_published()
    make_party("Deepfake Unlimited")
    assert timelines.suggestions("deeps")[:1] == ["DeepSeek"]
    assert "Deepfake Unlimited" not in timelines.suggestions("deepfake")
    assert timelines.suggestions("d") == []


@given(st.text(max_size=300))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@example("-" * 200)
@example("- " * 100)
@example("-(" * 100)
@example('-"' * 100)
def test_no_words_break_the_search(words: str) -> None:
    clean = words.encode("utf-8", "ignore").decode()
    assert find(clean).unfinished is False


def test_a_search_costs_the_same_queries_however_much_it_finds() -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert find("distilling").hits
        return len(captured)

    make_published()
    few = cost()
    for number in range(5):
        make_published(claimant=make_party(f"Author {number}"))
    assert cost() == few
