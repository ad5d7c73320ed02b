"""Grouping of articles: quality on texts of our own, and what holds whatever the texts are."""

import json
import random
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from claims.extraction.fingerprints import fingerprints
from claims.extraction.grouping import Grouper, group, label_groups
from claims.extraction.types import Document, RegisteredParty, RegisteredSystem, Registry
from tests.claims.extraction.bcubed import bcubed, tfidf_groups

DATA = Path(__file__).parents[2] / "data" / "grouping"


def load(name: str) -> tuple[list[Document], list[str]]:
    rows = [json.loads(line) for line in (DATA / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()]
    expected = [json.loads(line) for line in (DATA / f"{name}.expected.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [row["id"] for row in rows] == [row["id"] for row in expected]
    return [Document(**row) for row in rows], [row["dispute"] for row in expected]


def bare(documents: Sequence[Document]) -> list[Document]:
    return [replace(document, title=None, published=None) for document in documents]


def partition(labels: Sequence[str], documents: Sequence[Document]) -> set[frozenset[str]]:
    return {
        frozenset(document.id for document, own in zip(documents, labels, strict=True) if own == label)
        for label in labels
    }


def article(text: str, *, id: str = "a", title: str | None = None, published: str | None = None) -> Document:
    return Document(id, None, title, published, text)


@pytest.mark.parametrize(
    ("name", "whole", "without"),
    # The figures reached are in docs/grouping.md; the floors leave room for one article more in the wrong group.
    [
        ("tuning", 0.97, 0.88),
        ("longer", 0.97, 0.88),
        ("held_out", 0.84, 0.76),
        ("fresh", 0.92, 0.88),
        ("unseen", 0.93, 0.92),
    ],
)
def test_look_alike_events_are_told_apart(name: str, whole: float, without: float) -> None:
    documents, expected = load(name)
    assert bcubed(group(documents), expected)[2] >= whole
    assert bcubed(group(bare(documents)), expected)[2] >= without


@pytest.mark.parametrize("name", ["tuning", "longer", "held_out", "fresh", "unseen"])
def test_grouping_beats_plain_tfidf_at_its_best_threshold(name: str) -> None:
    documents, expected = load(name)
    best = max(bcubed(labels, expected)[2] for labels in tfidf_groups(documents, [step / 100 for step in range(4, 40)]))
    assert bcubed(group(documents), expected)[2] > best


def test_all_sets_in_one_batch_are_grouped_as_well() -> None:
    loaded = [load(name) for name in ("tuning", "longer", "held_out", "fresh", "unseen")]
    documents = [document for some, _ in loaded for document in some]
    expected = [label for _, labels in loaded for label in labels]
    assert bcubed(group(documents), expected)[2] >= 0.9


def test_the_order_of_the_input_changes_nothing() -> None:
    documents, _ = load("tuning")
    labels = dict(zip((document.id for document in documents), group(documents), strict=True))
    shuffled = random.Random(7).sample(documents, len(documents))
    assert dict(zip((document.id for document in shuffled), group(shuffled), strict=True)) == labels


def test_labels_are_slugs_of_telling_names() -> None:
    documents, expected = load("longer")
    labels = group(documents)
    assert all(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", label) for label in labels)
    assert "antares" in labels[expected.index("cargo-antares")]
    assert "germanwings" in labels[expected.index("crash-germanwings")]


def test_no_articles_give_no_labels() -> None:
    assert group([]) == []


def test_articles_without_words_stay_alone() -> None:
    labels = group([article("", id="1"), article("", id="2"), article("  \n ", id="3", title="…")])
    assert len(set(labels)) == 3
    assert all(labels)


def test_a_batch_that_is_all_about_one_event_is_one_group() -> None:
    text = "The council of Nordhaven sued the dredging firm Baltring over silt in the harbour."
    assert len(set(group([article(text, id=str(number)) for number in range(300)]))) == 1


def test_many_groups_of_the_same_words_get_labels_of_their_own() -> None:
    labels = label_groups([fingerprints([article("Nordhaven 7")])] * 40)
    assert labels[:3] == ["nordhaven", "nordhaven-2", "nordhaven-3"]
    assert len(set(labels)) == 40


def test_a_wire_copy_joins_its_original() -> None:
    documents, _ = load("longer")
    copy = replace(documents[0], id="copy", title="Another headline", published=None)
    labels = group([*documents, copy])
    assert labels[-1] == labels[0]


def test_two_suits_against_one_company_stay_apart() -> None:
    authors = "Three novelists sued OpenAI in San Francisco and say that it copied their books from a shadow library."
    again = "The novelists who sued OpenAI over books asked the judge in San Francisco to let more authors join."
    privacy = (
        "Italy's Garante fined OpenAI 15 million euros because ChatGPT had used personal data without a legal basis."
    )
    appeal = "OpenAI will appeal against the Garante's fine of 15 million euros over personal data, it said in Rome."
    labels = group([article(text, id=str(n)) for n, text in enumerate((authors, privacy, again, appeal))])
    assert labels[0] == labels[2]
    assert labels[1] == labels[3]
    assert labels[0] != labels[1]


def test_dates_tell_the_same_words_apart_a_little() -> None:
    documents, expected = load("held_out")
    dated = bcubed(group(documents), expected)[2]
    undated = bcubed(group([replace(document, published=None) for document in documents]), expected)[2]
    assert dated > undated


@pytest.mark.parametrize("published", ["", "yesterday", "2024-13-45", "99999-01-01"])
def test_a_date_that_cannot_be_read_counts_as_unknown(published: str) -> None:
    documents, _ = load("tuning")
    odd = [replace(document, published=published) for document in documents]
    unknown = [replace(document, published=None) for document in documents]
    assert partition(group(odd), odd) == partition(group(unknown), unknown)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.text(max_size=120), st.none() | st.text(max_size=30), st.none() | st.sampled_from(["2024-05-01", "x"])
        ),
        max_size=8,
    )
)
def test_any_texts_get_one_label_each_whatever_their_order(rows: list[tuple[str, str | None, str | None]]) -> None:
    documents = [Document(str(n), None, title, published, text) for n, (text, title, published) in enumerate(rows)]
    labels = group(documents)
    assert len(labels) == len(documents)
    assert all(labels)
    backwards = documents[::-1]
    assert partition(group(backwards), backwards) == partition(labels, documents)


def known() -> Grouper:
    documents, expected = load("longer")
    return Grouper(zip(expected, documents, strict=True))


def test_a_new_article_finds_its_event() -> None:
    report = article(
        "The Antares rocket of Orbital Sciences that exploded over Wallops Island carried the Cygnus freighter.",
        published="2014-10-30",
    )
    best, *_ = known().matches(report)
    assert best.key == "cargo-antares"
    assert any("Antares" in reason and "Wallops" in reason for reason in best.reasons)
    assert best.reasons[-1] == "at the same time"


def test_an_article_on_something_else_matches_nothing() -> None:
    assert known().matches(article("Farmers in Normandy expect a poor harvest of apples after frost in April.")) == []


def test_reasons_name_parties_systems_and_days() -> None:
    registry = Registry(
        parties=(RegisteredParty("OpenAI", "company"), RegisteredParty("DeepSeek", "company")),
        systems=(RegisteredSystem("R1", maker="DeepSeek"),),
    )
    first = article("Investors heard OpenAI say that DeepSeek distilled its models to make R1.", published="2025-01-29")
    grouper = Grouper([("distillation", first)], registry)
    then = article(
        "In Congress, lawmakers asked OpenAI how DeepSeek could train R1 so cheaply.", published="2025-02-01"
    )
    (match,) = grouper.matches(then, least=0.01)
    assert match.reasons == ("same parties: DeepSeek, OpenAI", "same systems: R1", "3 days apart")


def test_an_added_article_widens_its_dispute() -> None:
    grouper = Grouper([("one", article("Nordhaven's harbour council sued the dredging firm Baltring."))])
    later = article("Judge Aldous Quill heard witnesses on the silt of Nordhaven; Baltring's lawyers left early.")
    question = article("Will Quill rule on the silt before Easter? Witnesses wait, and so does Aldous Quill's clerk.")
    before = grouper.matches(question, least=0.01)
    grouper.add("one", later)
    after = grouper.matches(question, least=0.01)
    assert before == []
    assert [match.key for match in after] == ["one"]
