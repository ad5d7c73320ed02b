"""A model's answer is taken claim by claim, and refused where it is no answer at all."""

import json
from typing import Any

import pytest

from claims.extraction.llm.schema import LONGEST_ANSWER, MOST_CLAIMS, BadAnswerError, json_schema, parse
from claims.extraction.types import KINDS, TOPICS
from tests.claims.extraction.llm.helpers import claim, says


def test_a_well_formed_answer_is_read() -> None:
    about_dispute, [read], too_many = parse(json.dumps(says(claim())))
    assert read is not None
    assert (about_dispute, read.claimant, too_many) == (True, "Northgate Pictures", 0)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "an empty answer"),
        ("  \n", "an empty answer"),
        ("{", "not JSON"),
        ("I found three claims.", "not JSON"),
        ("[" * 100_000, "not JSON"),
        ("9" * 10_000, "not JSON"),
        ("null", "without a list of claims"),
        ("[]", "without a list of claims"),
        ('{"claims": null}', "without a list of claims"),
        ('{"claims": {"quote": "x"}}', "without a list of claims"),
        ('{"claims": [{"quote": "x"}, 3, null]}', "no claim has the form"),
        ("x" * (LONGEST_ANSWER + 1), "an answer of 400001 characters"),
    ],
)
def test_what_is_no_answer_is_refused(text: str, message: str) -> None:
    with pytest.raises(BadAnswerError, match=message):
        parse(text)


@pytest.mark.parametrize(
    "change",
    [{"quote": None}, {"targets": "Lumen AI"}, {"hedged": "yes"}, {"answers": ["0"]}, {"topics": [1]}, {"kind": 1}],
)
def test_a_malformed_claim_costs_itself_alone(change: dict[str, Any]) -> None:
    _, claims, _ = parse(json.dumps(says(claim(), {**claim(), **change})))
    assert [read is not None for read in claims] == [True, False]


def test_unknown_kinds_topics_and_fields_are_left_to_be_judged_singly() -> None:
    _, [read], _ = parse(json.dumps(says(claim(kind="rumour", topics=["gossip"], score=9))))
    assert read is not None
    assert (read.kind, read.topics) == ("rumour", ["gossip"])


def test_a_dispute_is_what_is_true_and_nothing_else() -> None:
    for said in ("true", 1, None, [True]):
        assert parse(json.dumps({"about_dispute": said, "claims": []}))[0] is False


def test_more_claims_than_an_article_holds_are_counted_and_dropped() -> None:
    _, claims, too_many = parse(json.dumps(says(*[claim()] * (MOST_CLAIMS + 3))))
    assert (len(claims), too_many) == (MOST_CLAIMS, 3)


def test_the_fence_of_a_code_block_is_taken_off() -> None:
    assert len(parse(f"```json\n{json.dumps(says(claim()))}\n```")[1]) == 1


def test_the_schema_is_one_that_both_providers_take() -> None:
    """Every object closed, every field required, kinds and topics listed; no keyword beyond the common ground."""
    schema = json_schema()
    objects = [schema, *schema["$defs"].values()]
    assert len(objects) == 2
    for node in objects:
        assert node["additionalProperties"] is False
        assert sorted(node["required"]) == sorted(node["properties"])
    fields = schema["$defs"]["ClaimAnswer"]["properties"]
    assert fields["kind"]["enum"] == list(KINDS)
    assert fields["topics"]["items"]["enum"] == list(TOPICS)
    assert not {"default", "minLength", "maxLength", "minimum", "maximum", "pattern"} & set(_keys(schema))


def _keys(node: Any) -> list[str]:
    if isinstance(node, dict):
        return [*node, *(key for value in node.values() for key in _keys(value))]
    return [key for value in node for key in _keys(value)] if isinstance(node, list) else []
