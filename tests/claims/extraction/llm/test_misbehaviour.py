"""The whole way over each provider's protocol, against a server on 127.0.0.1 that misbehaves in every way."""

import json
from collections.abc import Callable, Iterator

import pytest

from claims import providers
from claims.extraction.llm.extractor import LlmExtractor
from claims.extraction.llm.schema import MOST_CLAIMS
from claims.extraction.llm.types import LlmExtraction, Prices
from tests.claims.extraction.llm.helpers import COPIED, DENIED, DOCUMENT, REGISTRY, SUED, TEXT, Default, claim, draft
from tests.model_server import Answer, ModelServer, running_model_server

RULES = draft(SUED, kind="action")
Ask = Callable[[Answer | None], LlmExtraction]


@pytest.fixture
def server() -> Iterator[ModelServer]:
    with running_model_server() as server:
        yield server


@pytest.fixture(params=["openai", "anthropic"])
def ask(request: pytest.FixtureRequest, server: ModelServer, monkeypatch: pytest.MonkeyPatch) -> Ask:
    """Ask the server through one provider's SDK what it makes of the article."""
    monkeypatch.setattr(providers, "RETRIES", 0)
    model = providers.model(request.param, "test-1", "secret", server.base_url(request.param), timeout=1)
    extractor = LlmExtractor(model, Default(RULES), prices=Prices(2.0, 10.0))

    def asked(answer: Answer | None = None) -> LlmExtraction:
        server.answer = answer or server.answer
        return extractor.extract(DOCUMENT, REGISTRY)

    return asked


def test_a_good_answer_becomes_grounded_drafts(server: ModelServer, ask: Ask) -> None:
    server.says(
        [claim(), claim(DENIED, kind="denial", claimant="Lumen AI", targets=["Northgate Pictures"], answers=[0])]
    )
    found = ask(None)
    assert [(c.kind, TEXT[c.start : c.end], c.answers) for c in found.claims] == [
        ("allegation", COPIED, ()),
        ("denial", DENIED, (0,)),
    ]
    assert (found.run.tokens_in, found.run.tokens_out) == (1000, 200)
    assert found.run.cost == pytest.approx(0.004)
    assert found.run.seconds > 0
    assert TEXT in server.message
    assert "Northgate" not in server.instructions


GOOD = json.dumps({"about_dispute": True, "claims": [claim()]})


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (Answer(GOOD[:-20]), "an answer that is not JSON"),
        (Answer(GOOD[:-20], finish="cut"), "the answer was cut off"),
        (Answer(GOOD, finish="cut"), "the answer was cut off"),
        (Answer("I'd rather not."), "an answer that is not JSON"),
        (Answer(finish="refused"), "the model refused"),
        (Answer(finish="filtered"), "the model refused"),
        (Answer(), "an empty answer"),
        (Answer(body=b""), "the provider's answer is not of its protocol"),
        (Answer(body=b"{}"), "the provider's answer is not of its protocol"),
        (Answer(body=b'{"error": {}}', status=429), "the provider limits how often it may be asked (HTTP 429)"),
        (Answer(body=b"oops", status=500), "the provider answered HTTP 500"),
        (Answer('{"claims": {"0": 1}}'), "an answer without a list of claims"),
        (Answer('{"claims": [{"span": [0, 10]}]}'), "an answer in which no claim has the form asked for"),
        (Answer(GOOD.replace("millions", "billions")), "none of the model's claims stands in the text"),
        (Answer('{"about_dispute": false, "claims": []}'), "the model found no claim"),
        (Answer("[" * 100_000), "an answer that is not JSON"),
        (Answer("x" * 500_000), "an answer of 500000 characters"),
        (Answer("x" * 2_100_000), "an answer of more than 2000000 bytes"),
        (Answer(GOOD, delay=10), "no answer within 1 s"),
        (Answer(GOOD, drip=0.2), "no complete answer within 1 s"),
    ],
    ids=lambda value: value[:40] if isinstance(value, str) else "",
)
def test_every_misbehaviour_gives_the_defaults_drafts_and_says_why(ask: Ask, answer: Answer, reason: str) -> None:
    found = ask(answer)
    assert found.claims == (RULES,)
    assert found.run.fell_back.startswith(reason)
    assert found.reasons[-1].startswith(f"read by the default extractor: {reason}")


def test_invented_quotes_are_dropped_among_true_ones(server: ModelServer, ask: Ask) -> None:
    server.says([claim("Lumen AI has admitted everything"), claim(), claim(COPIED.upper()), claim(claimant="Globex")])
    found = ask(None)
    assert len(found.claims) == 1
    assert found.run.dropped == {"claimant": 1, "quote": 2}


def test_an_answer_of_a_thousand_claims_is_cut_to_what_an_article_can_hold(server: ModelServer, ask: Ask) -> None:
    server.says([claim()] * 1000)
    found = ask(None)
    assert len(found.claims) == 1
    assert found.run.dropped == {"repeated": MOST_CLAIMS - 1, "too many": 1000 - MOST_CLAIMS}


def test_the_key_is_in_no_result(server: ModelServer, ask: Ask) -> None:
    assert "secret" not in repr(ask(Answer(body=b'{"error": {"message": "bad key secret"}}', status=401)))
