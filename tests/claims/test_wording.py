"""What holds for names and public sentences."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claims.extraction.types import KINDS
from claims.wording import fold, names_claimant, propose_statement


@pytest.mark.parametrize(
    ("name", "folded"),
    [
        ("The New York Times", "new york times"),
        ("OpenAI, Inc.", "openai"),
        ("U.S. Copyright Office", "us copyright office"),
        ("Garante\u2019s", "garante"),
        ("Société Générale S.A.", "societe generale"),
        ("深度求索", "深度求索"),
        ("The", "the"),
        ("", ""),
    ],
)
def test_names_are_folded_to_what_they_are_looked_up_by(name: str, folded: str) -> None:
    assert fold(name) == folded


@given(st.text())
def test_folding_twice_changes_nothing(name: str) -> None:
    assert fold(fold(name)) == fold(name)


def test_a_sentence_names_its_claimant_as_whole_words_only() -> None:
    assert names_claimant("The FTC alleges fraud.", ["Federal Trade Commission", "FTC"])
    assert names_claimant("OpenAI\u2019s lawyers say so.", ["OpenAI"])
    assert not names_claimant("Metaphors abound.", ["Meta"])
    assert not names_claimant("Nobody says so.", [""])


def test_a_quote_that_opens_with_its_claimant_states_itself() -> None:
    assert propose_statement("allegation", "OpenAI", "OpenAI accused DeepSeek of copying") == (
        "OpenAI accused DeepSeek of copying."
    )


def test_any_other_quote_is_introduced_by_who_says_it() -> None:
    assert propose_statement("allegation", "OpenAI", "“it copied our models”") == (
        "OpenAI alleges: “it copied our models”."
    )
    assert propose_statement("denial", "", "it did not") == ""


@given(st.sampled_from(KINDS), st.text(max_size=60), st.text(max_size=900))
def test_a_proposed_sentence_fits_and_names_its_claimant(kind: str, claimant: str, quote: str) -> None:
    sentence = propose_statement(kind, claimant, quote)
    assert len(sentence) <= 500
    if fold(claimant) and sentence:
        assert names_claimant(sentence, [claimant])
