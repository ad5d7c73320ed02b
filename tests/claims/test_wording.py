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
        ("Open\u200bAI", "openai"),
        ("Open\u00adAI\u2060", "openai"),
        ("ОpenАІ", "openai"),  # three Cyrillic letters
        ("Μeta", "meta"),  # a Greek one
        ("ＯｐｅｎＡＩ", "openai"),
        ("𝐎𝐩𝐞𝐧𝐀𝐈", "openai"),
        ("Яндекс", "яндекс"),
        ("Сбер", "сбер"),
        ("X Corp.", "x corp"),
        ("X", "x"),
        ("", ""),
    ],
)
def test_names_are_folded_to_what_they_are_looked_up_by(name: str, folded: str) -> None:
    assert fold(name) == folded


@given(st.text())
def test_folding_twice_changes_nothing(name: str) -> None:
    assert fold(fold(name)) == fold(name)


LOOK_ALIKES = {
    "A": "АΑ",
    "e": "е",
    "o": "оο",
    "p": "рρ",
    "a": "аα",
    "c": "с",
    "O": "ОΟ",
    "M": "МΜ",
    "I": "ІΙ",
    "i": "іι",
}


@given(
    st.sampled_from(["OpenAI", "Meta Platforms", "Microsoft", "Clearview AI", "Mistral AI"]),
    st.lists(st.tuples(st.integers(0, 11), st.integers(0, 1)), max_size=2),
    st.lists(st.tuples(st.integers(0, 11), st.sampled_from("\u200b\u200d\u00ad\u2060\ufeff\u202e"))),
    st.sampled_from(["{}", "the {}", "{}'s", "{}\u2019s", "{}, Inc.", "  {} ", "“{}”"]),
)
def test_a_name_in_disguise_is_the_same_name(
    name: str, letters: list[tuple[int, int]], hidden: list[tuple[int, str]], dress: str
) -> None:
    worn = list(name)
    for place, which in letters:
        # One look-alike a word at most, so that a word of two letters keeps one of its own.
        if (
            place < len(worn)
            and (alike := LOOK_ALIKES.get(worn[place]))
            and name[place - 1 : place] not in ("", " ", "A")
        ):
            worn[place] = alike[which % len(alike)]
    for place, char in hidden:
        worn.insert(min(place, len(worn)), char)
    assert fold(dress.format("".join(worn))) == fold(name)


@given(st.text(st.characters(codec="utf-8")), st.text(st.characters(codec="utf-8")))
def test_names_that_differ_in_a_word_stay_apart(one: str, other: str) -> None:
    if fold(one) != fold(other):
        assert not names_claimant(f"{one}", [f"{other} qzx"])


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
