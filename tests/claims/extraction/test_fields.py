"""Kinds, hedging, topics, answers and offices, each by its own rule."""

from dataclasses import dataclass

import pytest

from claims.extraction.answers import link_answers
from claims.extraction.clauses import Candidate
from claims.extraction.hedging import is_hedged
from claims.extraction.selection import select
from claims.extraction.topics import claim_topics, leading_topics, topic_counts
from tests.claims.extraction.reading import analysed


@dataclass(frozen=True)
class Draft:
    kind: str
    claimant: str
    targets: tuple[str, ...] = ()


@pytest.mark.parametrize(
    ("clause", "hedged"),
    [
        ("the firm may have copied the books", True),
        ("the firm allegedly copied the books", True),
        ("the firm said it copied the books in May 2024", False),
        ("the firm said “we might have copied the books”", False),
        ("the firm copied the books", False),
    ],
)
def test_only_the_articles_own_words_hedge(clause: str, hedged: bool) -> None:
    assert is_hedged(clause) is hedged


def test_a_hedge_before_the_clause_counts() -> None:
    assert is_hedged("the firm copied the books", "According to reports, ")


def test_topics_come_from_the_article_and_the_clause() -> None:
    leading = leading_topics("Copyright suit against an AI firm", topic_counts("The suit claims infringement."))
    assert leading == ["copyright"]
    assert claim_topics("the books were copied", leading) == ("copyright",)
    assert claim_topics("nothing to go by", []) == ("governance",)
    assert claim_topics("Ostrel sued Vantor for copying its photographs", []) == ("copyright",)
    assert claim_topics("the agency is copying its policy", []) == ("governance",)


def test_a_response_answers_the_named_accuser_first() -> None:
    drafts = [
        Draft("allegation", "Getty Images", ("Stability AI",)),
        Draft("allegation", "OpenAI", ("DeepSeek",)),
        Draft("denial", "Stability AI", ("Getty Images",)),
        Draft("response", "Midjourney", ("Getty Images",)),
    ]
    assert link_answers(drafts) == [(), (), (0,), ()]


def test_nothing_aimed_at_the_speaker_is_answered_by_nothing() -> None:
    drafts = [Draft("allegation", "OpenAI", ("DeepSeek",)), Draft("denial", "Stability AI", ("OpenAI",))]
    assert link_answers(drafts) == [(), ()]


def test_the_claims_chosen_do_not_overlap() -> None:
    def candidate(start: int, end: int) -> Candidate:
        return Candidate(start, end, 0, "whole", start)

    scored = [(candidate(0, 10), 0.6), (candidate(0, 5), 0.55), (candidate(5, 10), 0.55), (candidate(2, 3), 0.1)]
    assert [(c.start, c.end) for c, _ in select(scored, 0.52)] == [(0, 10)]
    assert [(c.start, c.end) for c, _ in select(scored, 0.35)] == [(0, 5), (5, 10)]


def test_an_office_ties_a_person_to_a_house() -> None:
    offices = analysed(
        "OpenAI CEO Sam Altman spoke. Maria Lopez, a former manager at Google, listened."
    ).resolver.offices
    assert (offices["Sam Altman"].house, offices["Sam Altman"].sort) == ("OpenAI", "leading")
    assert offices["Maria Lopez"].sort == "former"
