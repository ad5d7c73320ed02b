"""What a search finds, and that it finds it at once."""

from typing import Any

import pytest
from django.contrib.postgres.search import SearchQuery
from django.core.paginator import InvalidPage
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from claims import curation, timelines
from claims.curation import ClaimChanges
from claims.models import Claim, Mention
from claims.timelines.search import MARK, UNMARK, matching
from tests.factories import make_dispute, make_draft, make_editor, make_party, make_published, make_reading

pytestmark = pytest.mark.django_db


def found(words: str, **values: Any) -> list[Claim]:
    return [hit.entry.claim for hit in timelines.find(words, **values).hits]


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
    result = timelines.find("distilling", kind="concern")
    assert result.kinds == (("allegation", 1), ("concern", 1))
    assert (result.total, [hit.entry.claim for hit in result.hits]) == (2, [concern])
    assert allegation not in [hit.entry.claim for hit in result.hits]


def test_matches_are_marked_and_the_quote_shown_is_the_one_that_matches() -> None:
    claim = make_published()
    other = make_reading("Elsewhere OpenAI said that the output of its API was harvested.")
    quote = "the output of its API was harvested"
    start = other.text.index(quote)
    Mention.objects.create(
        claim=claim, reading=other, article=other.snapshot.article, start=start, end=start + len(quote), quote=quote
    )
    (hit,) = timelines.find("harvested").hits
    assert hit.quote == f"the output of its API was {MARK}harvested{UNMARK}"
    assert hit.mention == other.mentions.get()


def test_named_parties_and_disputes_come_along() -> None:
    make_published()
    make_published(claimant=make_party("Meta"), dispute=make_dispute("Authors and Meta"))
    make_party("Metadata Unlimited")
    result = timelines.find("meta")
    assert [party.name for party in result.parties] == ["Meta"]
    assert [dispute.title for dispute in result.disputes] == ["Authors and Meta"]


def test_a_party_is_known_by_its_other_names() -> None:
    make_published(claimant=make_party("Garante", "regulator", "Italian data protection authority"))
    result = timelines.find("Italian data protection authority")
    assert [party.name for party in result.parties] == ["Garante"]


def test_a_misspelt_name_leads_to_the_right_party_and_dispute() -> None:
    make_published()
    result = timelines.find("depseek")
    assert (result.hits, result.parties) == ((), ())
    assert "DeepSeek" in [party.name for party in result.similar]
    assert [dispute.title for dispute in timelines.find("openai depseek").disputes] == ["OpenAI and DeepSeek"]


def test_a_party_that_is_not_public_is_not_suggested() -> None:
    make_party("Secretive")
    result = timelines.find("secretive")
    assert (result.parties, result.similar) == ((), ())


def test_pages_are_bounded() -> None:
    make_published()
    assert timelines.find("distilling").page.paginator.per_page == 20
    with pytest.raises(InvalidPage):
        timelines.find("distilling", number=2)


@given(st.text(max_size=300))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@example("-" * 200)
@example("- " * 100)
@example("-(" * 100)
@example('-"' * 100)
def test_no_words_break_the_search(words: str) -> None:
    clean = words.encode("utf-8", "ignore").decode()
    assert timelines.find(clean).page.number == 1


def test_a_search_costs_the_same_queries_however_much_it_finds() -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert timelines.find("distilling").hits
        return len(captured)

    make_published()
    few = cost()
    for number in range(5):
        make_published(claimant=make_party(f"Author {number}"))
    assert cost() == few


def test_the_index_serves_the_search() -> None:
    with connection.cursor() as cursor:
        # In an empty table any way is cheap: leave only bitmaps, and of the partial indexes this one.
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_indexscan = off")
        cursor.execute("DROP INDEX claim_changed")
    query = SearchQuery("distilling", config="english", search_type="websearch")
    assert "claim_search" in matching(query).values("pk").order_by().explain()
