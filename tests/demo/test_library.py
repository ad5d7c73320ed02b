"""The demonstration's content meets the floors that were promised and hangs together."""

import re
from collections import Counter
from pathlib import Path

import pytest

from tracker import demo
from tracker.demo.library import CONTENT, ContentError, read_library

GUIDELINE_TOPICS = {
    "copyright", "distillation", "training-data", "privacy", "biometrics", "bias", "safety", "deepfake",
    "misinformation", "defamation", "labour", "competition", "security", "transparency", "governance",
    "contract", "consumer-protection", "military", "environment",
}  # fmt: skip
PARTY_KINDS = {
    "company", "person", "court", "regulator", "government", "legislature", "union", "association", "ngo", "media",
    "group",
}  # fmt: skip
ATTRIBUTING = re.compile(
    r"\b(alleg|accus|says?\b|said\b|den(y|ies|ied)|argue|call|warn|urge|conclude|found|finds|ruled|rules\b|held|"
    r"report|acknowledg|declin|reject|disput|describ|apologi|announc|releas|add(s|ed)\b|sued|su(e|es)\b|filed|"
    r"fined|order|block|settle|agree|ask|withdr|appeal|paus|lift|restor|suspend|dismiss|certif|approv|"
    r"award|grant|overturn|annul|investigat|drop|ban|refer|notif|complain|criticis|regret|publish|offer|end|"
    r"refus|set\b|allow|upheld|open)"
)


def test_there_are_enough_outlets_formats_pages_and_disputes() -> None:
    pages = [article for article in demo.articles() if article.behaviour == "page"]
    assert len(demo.outlets()) >= 6
    assert {outlet.format for outlet in demo.outlets()} == {"rss", "rdf", "atom", "json"}
    assert len(pages) >= 40
    assert len({slug for article in pages for slug in article.disputes}) >= 8


def test_every_outlet_is_plainly_made_for_the_demonstration_and_has_articles() -> None:
    by_outlet = Counter(article.outlet for article in demo.articles())
    for outlet in demo.outlets():
        assert outlet.name.startswith("Demonstration ")
        assert "Demonstration outlet" in outlet.description
        assert by_outlet[outlet.slug] >= 4, outlet.slug


def test_bylines_are_desks_and_never_persons() -> None:
    names = {outlet.byline for outlet in demo.outlets()}
    assert {article.byline for article in demo.articles()} <= names


@pytest.mark.parametrize("article", demo.articles(), ids=lambda article: article.key)
def test_an_article_is_of_news_length_dated_and_about_a_dispute(article: demo.DemoArticle) -> None:
    shown = article.behaviour in {"page", "paywall"}
    assert (120 if shown else 1) <= len(article.text.split()) <= 350
    assert article.disputes
    assert article.path == f"/{article.outlet}/{article.published:%Y/%m}/{article.slug}"
    assert 2017 < article.published.year < 2027


def test_articles_balance_their_quotation_marks() -> None:
    for article in demo.articles():
        for paragraph in article.paragraphs:
            assert paragraph.count('"') % 2 == 0, (article.key, paragraph)
            assert paragraph.count("“") == paragraph.count("”"), (article.key, paragraph)


def test_disputes_carry_topics_of_the_guidelines_parties_and_terms() -> None:
    for dispute in demo.disputes():
        assert set(dispute.topics) <= GUIDELINE_TOPICS, dispute.slug
        assert len(dispute.parties) >= 2
        assert len(dispute.terms) >= 2
        assert 1 <= len(re.findall(r"[.;](?:\s|$)", dispute.summary)) <= 6, dispute.slug
        kinds = {party.kind for party in dispute.parties}
        assert kinds <= PARTY_KINDS, dispute.slug


def test_every_article_names_one_of_its_dispute_terms() -> None:
    terms = {dispute.slug: dispute.terms for dispute in demo.disputes()}
    for article in demo.articles():
        for slug in article.disputes:
            assert any(term in article.title + article.text for term in terms[slug]), article.key


def test_enough_claims_are_decided_on_enough_disputes_and_the_deepseek_timeline_is_long() -> None:
    per_dispute = Counter(decision.dispute for decision in demo.decisions())
    assert sum(count >= 5 for count in per_dispute.values()) >= 6
    assert per_dispute["openai-deepseek-distillation"] >= 8


def test_each_decided_quote_occurs_exactly_once_in_its_article() -> None:
    articles = {article.key: article for article in demo.articles()}
    for decision in demo.decisions():
        article = articles[decision.article]
        assert article.text.count(decision.quote) == 1, decision.key
        assert not decision.quote.endswith("."), decision.key
        assert decision.dispute in article.disputes, decision.key
        assert (article.behaviour, article.copy_of) == ("page", None), decision.key
        if article.later_paragraphs:
            assert article.later_text.count(decision.quote) == 1, decision.key


def test_decided_quotes_of_one_article_do_not_overlap() -> None:
    articles = {article.key: article for article in demo.articles()}
    taken: dict[str, list[range]] = {}
    for decision in demo.decisions():
        start = articles[decision.article].text.index(decision.quote)
        span = range(start, start + len(decision.quote))
        for other in taken.setdefault(decision.article, []):
            assert span.stop <= other.start or other.stop <= span.start, decision.key
        taken[decision.article].append(span)


@pytest.mark.parametrize("decision", demo.decisions(), ids=lambda decision: decision.key)
def test_a_public_sentence_names_its_claimant_and_attributes(decision: demo.DemoDecision) -> None:
    first_name = decision.claimant.split(" and ")[0]
    assert first_name in decision.statement
    assert ATTRIBUTING.search(decision.statement), decision.statement
    assert decision.statement.endswith((".", '."'))
    assert set(decision.topics) <= GUIDELINE_TOPICS


def test_every_public_sentence_is_its_claims_own() -> None:
    statements = [decision.statement for decision in demo.decisions()]
    assert len(set(statements)) == len(statements)


def test_decided_parties_are_parties_of_the_dispute() -> None:
    parties = {dispute.slug: {party.name for party in dispute.parties} for dispute in demo.disputes()}
    for decision in demo.decisions():
        joint = set(decision.claimant.split(" and "))
        assert decision.claimant in parties[decision.dispute] or joint <= parties[decision.dispute], decision
        assert set(decision.targets) <= parties[decision.dispute], decision.key


def test_a_denial_or_response_that_answers_comes_after_what_it_answers() -> None:
    by_key = {decision.key: decision for decision in demo.decisions()}
    for decision in demo.decisions():
        for key in decision.answers:
            assert by_key[key].date <= decision.date, decision.key


def test_a_claim_that_answers_is_listed_after_what_it_answers() -> None:
    listed = [decision.key for decision in demo.decisions()]
    for decision in demo.decisions():
        for key in decision.answers:
            assert listed.index(key) < listed.index(decision.key), decision.key


def test_the_source_of_every_status_step_carries_a_decided_claim_of_the_dispute() -> None:
    carrying = {(decision.dispute, decision.article) for decision in demo.decisions()}
    for decision in demo.decisions():
        for step in decision.statuses:
            assert (decision.dispute, step.article) in carrying, (decision.key, step)


def test_no_claim_is_dated_after_the_article_that_carries_it() -> None:
    articles = {article.key: article for article in demo.articles()}
    for decision in demo.decisions():
        assert decision.date <= articles[decision.article].published.date(), decision.key
        for step in decision.statuses:
            assert step.date <= articles[step.article].published.date(), (decision.key, step)
            assert step.target in decision.targets, decision.key


def test_allegations_begin_their_status_as_alleged() -> None:
    for decision in demo.decisions():
        if decision.statuses and decision.kind == "allegation":
            assert decision.statuses[0].status == "alleged", decision.key


# ------------------------------------------------------------------ what the loader refuses
@pytest.mark.parametrize(
    ("article", "claim", "words"),
    [
        ("no front matter", "", "no front matter"),
        ('+++\ntitle = "T"\n+++\nText.', "", "not a date"),
        ('+++\ntitle = "T"\npublished = 2025-01-01T00:00:00Z\n+++\n', "", "no text"),
        ("+++\ntitle = 1 2\n+++\nText.", "", "one.md"),
        ('+++\ntitle = "T"\npublished = 2025-01-01T00:00:00Z\nauthor = "X"\n+++\nText.', "", "author"),
        (
            '+++\ntitle = "T"\npublished = 2025-01-01T00:00:00Z\ncopy_of = "wire/no"\n+++\n',
            "",
            "copy_of names no original",
        ),
        (
            '+++\ntitle = "T"\npublished = 2025-01-01T00:00:00Z\ndisputes = ["d"]\n+++\nA says B.',
            'quote = "A says C"\nkind = "allegation"',
            "does not occur exactly once",
        ),
        (
            '+++\ntitle = "T"\npublished = 2025-01-01T00:00:00Z\ndisputes = ["d"]\n+++\nA says B.',
            'quote = "A says B"\nkind = "rumour"',
            "unknown kind",
        ),
    ],
)
def test_wrong_content_is_refused_with_a_message_that_names_it(
    tmp_path: Path, article: str, claim: str, words: str
) -> None:
    (tmp_path / "articles/wire").mkdir(parents=True)
    (tmp_path / "disputes").mkdir()
    (tmp_path / "outlets.toml").write_text((CONTENT / "outlets.toml").read_text("utf-8"), "utf-8")
    (tmp_path / "articles/wire/one.md").write_text(article, "utf-8")
    dispute = 'title = "D"\nsummary = "S."\ntopics = []\nsystems = []\nterms = []\n'
    if claim:
        dispute += '[[claim]]\nkey = "k"\narticle = "wire/one"\nclaimant = "A"\nstatement = "A says B."\n'
        dispute += "date = 2025-01-01\n" + claim
    (tmp_path / "disputes/d.toml").write_text(dispute, "utf-8")
    with pytest.raises(ContentError, match=words):
        read_library(tmp_path)
