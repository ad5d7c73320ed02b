"""What the words of a candidate mean: which verb it asserts, and which words count."""

import pytest

from claims.extraction.clauses import candidates
from claims.extraction.meaning import (
    mean_score,
    meaning_features,
    meaning_scores,
    predicate,
    predicate_features,
    telling_words,
)
from claims.extraction.model import dot, load_weights
from claims.extraction.vectors import DIMENSIONS, mean_vector
from tests.claims.extraction.reading import analysed


@pytest.mark.parametrize(
    ("text", "verb"),
    [
        ("The union said that the company had copied their voices.", "copied"),
        ("The company copied their voices, the union said.", "copied"),
        ("The union sued the company over the voices.", "sued"),
        ("The regulator said it believed that the chatbot misled children.", "misled"),
        ("The company pledged to mend the chatbot.", "mend"),
    ],
    ids=["reported", "before its speaker", "a deed", "nested", "a promise"],
)
def test_a_claim_asserts_what_is_said_rather_than_the_saying(text: str, verb: str) -> None:
    analysis = analysed(text)
    whole = candidates(analysis, 0)[0]
    assert analysis.parsed.lowers[predicate(analysis, whole)] == verb
    assert list(predicate_features(analysis, whole, 1.0).values()) == mean_vector([verb])


def test_names_and_little_words_do_not_count() -> None:
    analysis = analysed("OpenAI has stolen the books of Meta.")
    found = meaning_features(analysis, candidates(analysis, 0)[0], 0.5)
    assert list(found.values()) == mean_vector(["has", "stolen", "books"], 0.5)
    assert not meaning_features(analysed("To him, of it."), candidates(analysed("To him, of it."), 0)[0])


def test_the_models_that_ship_have_learned_from_meanings() -> None:
    weights = load_weights()
    assert sum(f"v.{i}" in weights["claim"] for i in range(DIMENSIONS)) > 40
    for kind, learned in weights["kind"].items():
        assert sum(f"v.{i}" in learned for i in range(DIMENSIONS)) > 40, kind
        assert sum(f"pv.{i}" in learned for i in range(DIMENSIONS)) > 40, kind


@pytest.mark.parametrize("text", ["OpenAI has stolen the books of Meta.", "Its lawyers said zxqwv.", "To him, of it."])
def test_scores_of_words_add_up_to_what_their_vectors_do(text: str) -> None:
    analysis, weights = analysed(text), load_weights()["claim"]
    whole = candidates(analysis, 0)[0]
    score = mean_score(meaning_scores(weights, 0.7), telling_words(analysis, whole))
    assert score == pytest.approx(dot(weights, meaning_features(analysis, whole, 0.7)), abs=1e-4)
