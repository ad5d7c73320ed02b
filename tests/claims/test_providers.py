"""Each provider's protocol over HTTP on 127.0.0.1: what is asked, and what every misbehaviour becomes."""

import builtins
import gzip
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from claims import providers
from claims.extraction.llm.types import Model, ModelError, Reply
from tests.model_server import Answer, ModelServer, free_port, running_model_server

SCHEMA = {"type": "object", "properties": {}, "required": [], "additionalProperties": False}


@pytest.fixture
def server() -> Iterator[ModelServer]:
    with running_model_server() as server:
        yield server


@pytest.fixture(params=["openai", "anthropic"])
def provider(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture
def model(server: ModelServer, provider: str, monkeypatch: pytest.MonkeyPatch) -> Model:
    monkeypatch.setattr(providers, "RETRIES", 0)
    return providers.model(provider, "test-1", "secret", server.base_url(provider), timeout=5)


def failure(model: Model) -> ModelError:
    with pytest.raises(ModelError) as caught:
        model.ask("instructions", "message", SCHEMA)
    return caught.value


def test_an_answer_comes_with_the_tokens_that_the_provider_counted(server: ModelServer, model: Model) -> None:
    server.answer = Answer('{"claims": []}')
    assert model.ask("instructions", "message", SCHEMA) == Reply('{"claims": []}', 1000, 200)


def test_instructions_message_schema_and_key_go_where_the_protocol_wants_them(
    server: ModelServer, model: Model, provider: str
) -> None:
    server.answer = Answer("{}")
    model.ask("the rules", "the article", SCHEMA)
    [(path, headers, question)] = server.asked
    assert (server.instructions, server.message) == ("the rules", "the article")
    assert question["model"] == "test-1"
    assert headers["authorization"] == "Bearer secret"
    if provider == "openai":
        assert path == "/v1/chat/completions"
        assert question["response_format"]["json_schema"]["schema"] == SCHEMA
        assert question["max_completion_tokens"] == model.max_tokens
    else:
        assert path == "/v1/messages"
        assert question["output_config"]["format"]["schema"] == SCHEMA
        assert question["max_tokens"] == model.max_tokens


@pytest.mark.parametrize("finish", ["refused", "filtered"])
def test_a_refusal_is_named_and_its_tokens_are_kept(server: ModelServer, model: Model, finish: str) -> None:
    server.answer = Answer("", finish)
    error = failure(model)
    assert (error.reason, error.tokens_in, error.tokens_out) == ("the model refused", 1000, 200)


def test_an_answer_that_was_cut_off_is_none(server: ModelServer, model: Model) -> None:
    server.answer = Answer('{"claims": [{"quo', "cut")
    error = failure(model)
    assert (error.reason, error.tokens_out, error.billed) == ("the answer was cut off", 200, True)


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (429, "the provider limits how often it may be asked (HTTP 429)"),
        (401, "the provider answered HTTP 401"),
        (400, "the provider answered HTTP 400"),
        (503, "the provider answered HTTP 503"),
        (529, "the provider answered HTTP 529"),
        (302, "the provider answered HTTP 302"),
    ],
)
def test_a_status_that_is_no_answer_is_named(server: ModelServer, model: Model, status: int, reason: str) -> None:
    server.answer = Answer(body=b'{"error": {"message": "no"}}', status=status, headers={"Location": "/elsewhere"})
    error = failure(model)
    assert (error.reason, error.billed) == (reason, False)
    assert len(server.asked) == 1


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"null",
        b"[]",
        b"{}",
        b'"words"',
        b"<html>gateway</html>",
        b'{"choices": [], "content": 3}',
        b"\xff\xfe",
    ],
)
def test_an_answer_that_is_not_of_the_protocol_is_named(server: ModelServer, model: Model, body: bytes) -> None:
    server.answer = Answer(body=body)
    assert failure(model).reason.startswith("the provider's answer is not of its protocol")


def test_an_answer_of_another_content_type_is_named(server: ModelServer, model: Model) -> None:
    server.answer = Answer(body=b"<p>Sign in</p>", headers={"Content-Type": "text/html"})
    assert failure(model).reason.startswith("the provider's answer is not of its protocol")


def test_a_silent_server_is_given_up_on(server: ModelServer, provider: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(providers, "RETRIES", 0)
    server.answer = Answer("{}", delay=20)
    started = time.monotonic()
    error = failure(providers.model(provider, "test-1", "secret", server.base_url(provider), timeout=0.3))
    assert (error.reason, error.billed) == ("no answer within 0.3 s", True)
    assert time.monotonic() - started < 5


def test_a_dripping_server_is_given_up_on(server: ModelServer, provider: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(providers, "RETRIES", 0)
    server.answer = Answer("x" * 10_000, drip=0.05)
    started = time.monotonic()
    error = failure(providers.model(provider, "test-1", "secret", server.base_url(provider), timeout=0.5))
    assert error.reason == "no complete answer within 0.5 s"
    assert time.monotonic() - started < 5


def test_a_huge_answer_is_not_read_to_its_end(server: ModelServer, model: Model) -> None:
    server.answer = Answer("x" * (providers.MOST_BYTES + 1))
    assert failure(model).reason == "an answer of more than 2000000 bytes"


def test_a_compressed_answer_that_nobody_asked_for_is_not_unpacked(server: ModelServer, model: Model) -> None:
    server.answer = Answer(body=gzip.compress(b"x" * 1_000_000), headers={"Content-Encoding": "gzip"})
    assert failure(model).reason == "a compressed answer that was not asked for"


def test_a_server_that_is_not_there_is_named(provider: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(providers, "RETRIES", 0)
    model = providers.model(provider, "test-1", "secret", f"http://127.0.0.1:{free_port()}", timeout=5)
    error = failure(model)
    assert (error.reason, error.billed) == ("the provider cannot be reached", False)


def test_a_busy_provider_is_asked_once_more(server: ModelServer, provider: str) -> None:
    server.answer = Answer(body=b"{}", status=429, headers={"Retry-After": "0"})
    failure(providers.model(provider, "test-1", "secret", server.base_url(provider), timeout=5))
    assert len(server.asked) == 2


def test_counts_that_are_no_counts_are_left_out(server: ModelServer, model: Model) -> None:
    server.answer = Answer(
        "{}",
        usage={"prompt_tokens": "many", "completion_tokens": -1, "input_tokens": "many", "output_tokens": -1},
    )
    assert model.ask("i", "m", SCHEMA) == Reply("{}", None, None)


def test_a_missing_sdk_says_what_to_install(provider: str, monkeypatch: pytest.MonkeyPatch) -> None:
    real: Callable[..., Any] = builtins.__import__

    def without(name: str, *args: Any, **kwargs: Any) -> Any:
        if name.split(".")[0] == provider:
            raise ImportError(name)
        return real(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(providers.MissingSdkError, match=f'"{provider}" is missing: .*--extra llm'):
        providers.model(provider, "test-1", "secret")
