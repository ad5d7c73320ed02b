"""The default extractor as a whole: offsets, determinism, any input, relevance, links."""

from dataclasses import asdict

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from claims.extraction.extractor import default_extractor
from claims.extraction.registry import load_registry
from claims.extraction.types import KINDS, TOPICS, Document, Extraction

DISPUTE = """OpenAI accused DeepSeek of copying the outputs of its AI models to train a rival chatbot.

DeepSeek denied the accusation on Tuesday. “We did not use anybody's outputs,” a DeepSeek spokesperson said. \
“Our model was trained on public data. The allegation is false.”

Getty Images sued Stability AI in London, alleging that the company copied millions of pictures without permission. \
The judge ruled in November that the claim of secondary infringement failed. Getty Images said it would appeal. \
Stability AI declined to comment. Campaigners warned that artists would be harmed.
"""
NEWS = """Google released a new AI model on Tuesday. The model is faster than the one before it. It runs on a phone. \
Developers can try it from today. The company showed it at a conference in California. Visitors liked the colours. \
A second model will follow in the spring. Prices stay the same. The keynote lasted an hour. Lunch was served."""
OTHER = """Residents sued the port over noise from its cranes. They allege that the port broke its promise. \
The port denied the claim. A judge ruled that the noise was unlawful and fined the port. Critics blamed the mayor."""


def extract(text: str, title: str | None = None) -> Extraction:
    return default_extractor().extract(Document("a", None, title, None, text), load_registry())


def assert_sound(text: str, found: Extraction) -> None:
    """Every field lies in its range and every offset in the text."""
    assert 0.0 <= found.relevance <= 1.0
    assert found.reasons
    for i, claim in enumerate(found.claims):
        assert 0 <= claim.start < claim.end <= len(text)
        assert text[claim.start : claim.end].strip()
        assert claim.kind in KINDS
        assert claim.claimant.strip()
        assert claim.topics
        assert set(claim.topics) <= set(TOPICS)
        assert 0.0 <= claim.confidence <= 1.0
        assert all(0 <= j < len(found.claims) and j != i for j in claim.answers)
    starts = [claim.start for claim in found.claims]
    assert starts == sorted(starts)


def test_a_dispute_gives_claims_whose_offsets_are_sound() -> None:
    found = extract(DISPUTE, "OpenAI accuses DeepSeek of copying its models")
    assert found.relevant
    assert_sound(DISPUTE, found)
    said = {(c.kind, c.claimant, c.targets) for c in found.claims}
    assert ("allegation", "OpenAI", ("DeepSeek",)) in said
    assert any(kind == "denial" and claimant == "DeepSeek" for kind, claimant, _ in said)


def test_a_denial_answers_the_allegation() -> None:
    found = extract(DISPUTE, "OpenAI accuses DeepSeek of copying its models")
    denial = next(c for c in found.claims if c.kind == "denial" and c.claimant == "DeepSeek")
    assert "OpenAI" in {found.claims[i].claimant for i in denial.answers}


def test_each_sentence_of_a_long_quotation_is_a_claim_without_the_closing_stop() -> None:
    found = extract(DISPUTE)
    quoted = [DISPUTE[c.start : c.end] for c in found.claims if c.direct]
    assert "“Our model was trained on public data" in quoted
    assert not any(quote.endswith(".") for quote in quoted)


@pytest.mark.parametrize("text", [NEWS, OTHER, "", "   \n", "."])
def test_texts_without_a_dispute_over_ai_give_nothing(text: str) -> None:
    found = extract(text)
    assert not found.relevant
    assert found.claims == ()


@pytest.mark.parametrize("prefix", ["😀 ", "e\u0301 ", "שלום ", "\u200f\u00ad"])
def test_offsets_hold_whatever_stands_before(prefix: str) -> None:
    plain, moved = extract(DISPUTE), extract(prefix + "\n" + DISPUTE)
    quotes = {DISPUTE[c.start : c.end] for c in plain.claims}
    shifted = {(prefix + "\n" + DISPUTE)[c.start : c.end] for c in moved.claims}
    assert len(quotes & shifted) >= 0.8 * len(quotes)


def test_the_same_input_gives_the_same_output_alone_and_in_a_batch() -> None:
    documents = [Document(str(i), None, None, None, text) for i, text in enumerate([NEWS, DISPUTE, OTHER])]
    batch = list(default_extractor().extract_many(documents, load_registry()))
    alone = [default_extractor().extract(d, load_registry()) for d in documents]
    assert [asdict(e) for e in batch] == [asdict(e) for e in alone]


FRAGMENTS = [
    "OpenAI ",
    "accused ",
    "“",
    "”",
    '"',
    "DeepSeek",
    " said.",
    "\n",
    "😀",
    "e\u0301",
    "(",
    "שלום ",
    "\u00ad",
    "AI ",
    ", ",
]


@settings(max_examples=40, deadline=None)
@given(st.one_of(st.text(max_size=120), st.lists(st.sampled_from(FRAGMENTS), max_size=40).map("".join)))
def test_no_text_breaks_it(text: str) -> None:
    assert_sound(text, extract(text))
