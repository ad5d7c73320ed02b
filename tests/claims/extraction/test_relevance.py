"""Whether an article is about a dispute over AI: the bar on texts that nothing was tuned on, and the reasons."""

from functools import cache
from importlib.resources import files
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from claims.extraction.extractor import default_extractor
from claims.extraction.registry import load_registry, name_index
from claims.extraction.relevance import FLOOR, THRESHOLD, load_relevance_weights, score
from claims.extraction.relevance_training import (
    SORTS,
    Tally,
    Text,
    read_rows,
    read_texts,
    train,
    with_passing_mentions,
)
from claims.extraction.signs import NOTHING
from claims.extraction.types import Document, Extraction

HELD_OUT = Path(__file__).parents[2] / "data" / "relevance" / "held_out.jsonl"
DEVELOP = Path(str(files("claims.extraction").joinpath("data", "training", "relevance.jsonl")))


@cache
def texts(path: Path) -> list[Text]:
    return read_texts(read_rows(path), name_index(load_registry()))


def extract(text: str, title: str | None = None) -> Extraction:
    return default_extractor().extract(Document("a", None, title, None, text), load_registry())


def called(text: Text) -> bool:
    return score(load_relevance_weights(), text.title, text.sentences) >= THRESHOLD


def test_precision_and_recall_clear_the_bar_on_texts_held_out() -> None:
    tally = Tally()
    for text in texts(HELD_OUT):
        tally.add(called(text), text.relevant)
    assert tally.precision >= 0.9
    assert tally.recall >= 0.9


@pytest.mark.parametrize("sort", [sort for sort, axes in SORTS.items() if not all(axes)])
def test_nine_in_ten_of_either_hard_negative_are_turned_away(sort: str) -> None:
    negatives = [text for text in texts(HELD_OUT) if text.sort == sort]
    assert len(negatives) >= 30
    assert sum(map(called, negatives)) / len(negatives) <= 0.1


def test_the_held_out_texts_are_none_of_those_trained_on() -> None:
    held, develop = read_rows(HELD_OUT), read_rows(DEVELOP)
    assert len(held) + len(develop) >= 220
    for key in ("id", "text"):
        assert not {row[key] for row in held} & {row[key] for row in develop}


def test_reasons_name_the_words_that_speak_for_it() -> None:
    found = extract(
        "The regulator fined the bank over a chatbot. It denied that the chatbot misled anyone.", "Chatbot: bank fined"
    )
    assert found.relevant
    assert found.reasons == (
        "AI (“chatbot”) in 2 of 2 sentences",
        "an authority steps in (“fined”, “regulator”); accusation (“misled”); denial (“denied”)",
        "the headline names both",
        "both in one sentence, 2 of 2",
    )


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Lunch was served at noon. It was soup.", "AI is not named"),
        ("OpenAI rented an office. It is on the third floor.", "a company that makes AI is named, AI itself is not"),
        ("The robot waved. It was blue.", "AI is not named, though “robot” may mean it"),
    ],
)
def test_reasons_say_what_is_missing(text: str, reason: str) -> None:
    found = extract(text)
    assert not found.relevant
    assert found.reasons == (reason, "little or no contention")


def test_a_dispute_within_a_long_article_of_another_kind_counts() -> None:
    calm = "The orchestra played in the park on Sunday. Many families came. The weather was mild and dry. "
    dispute = (
        "A group of authors sued the maker of a chatbot over its training data. They accuse it of copying their books "
        "to train its language model. The company denied the allegation and called the lawsuit baseless. "
        "The judge will decide whether the AI model infringes copyright. "
    )
    assert not extract(calm * 8).relevant
    assert extract(calm * 4 + dispute + calm * 4).relevant


def test_a_company_that_carries_ai_in_its_name_is_not_yet_talk_of_ai() -> None:
    found = extract("The landlord sued Tallinor AI over the rent. Tallinor AI denied that it owes any.")
    assert found.reasons[0] == "a company that makes AI is named, AI itself is not"


@given(st.text(max_size=300), st.none() | st.text(max_size=40))
@settings(max_examples=40, deadline=None)
def test_any_text_gets_a_score_and_a_reason(text: str, title: str | None) -> None:
    found = extract(text, title)
    assert 0.0 <= found.relevance <= 1.0
    assert found.relevant == (found.relevance >= THRESHOLD) or abs(found.relevance - THRESHOLD) < 0.001
    assert found.reasons


def test_claims_are_looked_for_below_the_threshold_yet_not_at_any_score() -> None:
    assert 0 < FLOOR < THRESHOLD < 1


def test_training_gives_every_sign_the_direction_that_its_name_says() -> None:
    rows = read_rows(DEVELOP)[:40]
    weights = train(read_texts([*rows, *with_passing_mentions(rows)], name_index(load_registry())), inner=3)
    lowering = {name for model in weights.values() for name, value in model.items() if value < 0 and name != "bias"}
    assert all(name in {"none", "passing", "maker"} or name.startswith("calm") for name in lowering)
    assert weights["joint"]["weaker"] > 0


def test_a_passing_mention_is_put_late_into_disputes_without_ai_alone() -> None:
    rows = [{"id": sort, "sort": sort, "text": "One. Two. Three. Four. Five."} for sort in SORTS]
    (made,) = with_passing_mentions(rows)
    assert made["sort"] == "dispute without AI"
    assert made["text"].startswith("One. Two. ")
    assert len(made["text"]) > len(rows[0]["text"])


def test_without_a_title_only_the_text_speaks() -> None:
    text = next(text for text in texts(HELD_OUT) if text.relevant)
    assert text.titles == (text.title, NOTHING)
