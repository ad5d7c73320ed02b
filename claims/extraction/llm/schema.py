"""The form that a model's answer must have: as JSON schema for the provider, as Pydantic models for us.

Providers hold a model to the schema more or less well, so an answer is checked again, leniently where a single
claim is wrong (it is dropped and counted) and strictly where the whole is no answer.
"""

import json
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictInt, StrictStr, ValidationError

from claims.extraction.types import KINDS, TOPICS

LONGEST_ANSWER = 400_000
MOST_CLAIMS = 200
# Told to the provider; an answer that breaks them loses the claim or the topic, not everything.
Kind = Annotated[StrictStr, Field(json_schema_extra={"enum": list(KINDS)})]
Topic = Annotated[StrictStr, Field(json_schema_extra={"enum": list(TOPICS)})]
_CLOSED = ConfigDict(json_schema_extra={"additionalProperties": False})


class BadAnswerError(ValueError):
    """The answer is not what was asked for; the message says how, for an editor."""


class ClaimAnswer(BaseModel):
    """One claim as a model reports it."""

    model_config = _CLOSED

    quote: StrictStr
    kind: Kind
    claimant: StrictStr
    targets: list[StrictStr]
    about: list[StrictStr]
    topics: list[Topic]
    hedged: StrictBool
    via: list[StrictStr]
    answers: list[StrictInt]


class Answer(BaseModel):
    """A model's whole answer to one article."""

    model_config = _CLOSED

    about_dispute: StrictBool
    claims: list[ClaimAnswer]


def json_schema() -> dict[str, Any]:
    """Return the JSON schema of `Answer`: every field required, nothing besides, as both providers demand."""
    schema: dict[str, Any] = _plain(Answer.model_json_schema())
    return schema


def parse(text: str) -> tuple[bool, list[ClaimAnswer | None], int]:
    """Return (is it about a dispute, the claims with None for those that are malformed, how many were too many).

    Raises `BadAnswerError` where *text* is not the JSON object that was asked for, or none of its claims is one.
    """
    if not text.strip():
        raise BadAnswerError("an empty answer")
    if len(text) > LONGEST_ANSWER:
        raise BadAnswerError(f"an answer of {len(text)} characters")
    try:
        answer = json.loads(_bare(text))
    except (ValueError, RecursionError):
        raise BadAnswerError("an answer that is not JSON") from None
    if not isinstance(answer, dict) or not isinstance(answer.get("claims"), list):
        raise BadAnswerError("an answer without a list of claims")
    rows = answer["claims"]
    claims = [_claim(row) for row in rows[:MOST_CLAIMS]]
    if rows and not any(claims):
        raise BadAnswerError("an answer in which no claim has the form asked for")
    return answer.get("about_dispute") is True, claims, max(0, len(rows) - MOST_CLAIMS)


def _claim(row: object) -> ClaimAnswer | None:
    try:
        return ClaimAnswer.model_validate(row)
    except ValidationError:
        return None


def _bare(text: str) -> str:
    """Return *text* without the fence of a Markdown code block, which models without a schema like to add."""
    text = text.strip()
    if text.startswith("```") and text.endswith("```") and "\n" in text:
        return text[text.index("\n") : -3]
    return text


def _plain(node: Any) -> Any:
    """Return a JSON schema without titles, which cost tokens and say nothing."""
    if isinstance(node, dict):
        return {key: _plain(value) for key, value in node.items() if not (key == "title" and isinstance(value, str))}
    return [_plain(value) for value in node] if isinstance(node, list) else node
