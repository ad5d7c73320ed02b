"""Terms of a text: words, names, runs of names, numbers and days."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claims.extraction.terms import Counts, commonness, counts, fold, name_shares, stem, tokens


def read(text: str, title: str | None = None) -> Counts:
    found = tokens(title, text)
    return counts(found, name_shares([found]))


@pytest.mark.parametrize(
    ("word", "folded"),
    [("Peña’s", "pena"), ("U.S.", "us"), ("7,500", "7500"), ("6.1", "6.1"), ("GPT-4o", "gpt-4o"), ("suits'", "suits")],
)
def test_folding_drops_case_accents_possessives_and_dots(word: str, folded: str) -> None:
    assert fold(word) == folded


@pytest.mark.parametrize(
    "forms",
    [
        ["sue", "sues", "sued", "suing"],
        ["train", "trains", "trained", "training"],
        ["copy", "copies"],
        ["model", "models"],
        ["stop", "stopped", "stopping"],
        ["class", "classes"],
        ["seven", "7"],
    ],
)
def test_forms_of_a_word_share_a_stem(forms: list[str]) -> None:
    assert len({stem(form) for form in forms}) == 1


def test_names_are_told_from_words_that_begin_a_sentence() -> None:
    found = read("Regulators fined Clearview on Monday. Images of faces were kept by Clearview, regulators said.")
    assert "clearview" in found.names
    assert not {"regulator", "imag"} & found.names


def test_a_headline_in_title_case_makes_no_names() -> None:
    found = read("They sued over books, and books won.", title="Authors Sue Over Stolen Books")
    assert found.names == frozenset()
    assert found.weights["book"] > found.weights["won"]


def test_runs_of_names_are_terms_of_their_own() -> None:
    found = read("On Friday the judge, Araceli Martínez-Olguín, dismissed it in San Francisco.")
    assert "san francisco" in found.names
    assert found.written["san francisco"] == "San Francisco"


@pytest.mark.parametrize("text", ["It fell on Nov. 27.", "It fell on 27 November.", "It fell on November 27."])
def test_days_are_one_term_however_written(text: str) -> None:
    assert "11-27" in read(text).weights


def test_systems_with_digits_are_one_term() -> None:
    assert {"r1", "gpt-4o", "qz8501"} <= read("Both R1 and GPT-4o knew flight QZ8501.").names


def test_spaced_punctuation_changes_nothing() -> None:
    plain = read("The court's ruling, in Rome, cost OpenAI 15 million euros.")
    spaced = read("The court 's ruling , in Rome , cost OpenAI 15 million euros .")
    assert plain.names == spaced.names
    assert plain.weights.keys() == spaced.weights.keys() - {"s"}


def test_common_words_are_known_with_their_share() -> None:
    assert commonness()["the"] > commonness()["report"] > 0
    assert "deepseek" not in commonness()


@given(st.text(), st.none() | st.text())
def test_any_text_gives_positive_weights_and_names_among_them(text: str, title: str | None) -> None:
    found = read(text, title)
    assert all(term and weight > 0 for term, weight in found.weights.items())
    assert found.names == found.written.keys()
    assert found.names <= found.weights.keys()
