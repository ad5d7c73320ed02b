"""What holds when a reading becomes drafts."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from claims import curation, intake, registration
from claims.extraction.extractor import default_extractor
from claims.extraction.types import Document, DraftClaim, Registry
from claims.extraction.types import Extraction as Extracted
from claims.models import Claim, Decision, Extraction, Mention, Party
from tests.factories import make_editor, make_party, make_published, make_reading
from tracker.news.models import Article

pytestmark = pytest.mark.django_db

QUOTE = "OpenAI accused DeepSeek of distilling its models"
DRAFT = DraftClaim(
    start=0,
    end=len(QUOTE),
    kind="allegation",
    claimant="OpenAI",
    targets=("DeepSeek",),
    about=("R1",),
    topics=("distillation",),
    hedged=False,
    confidence=0.8,
    direct=False,
    via=("Financial Times",),
    answers=(),
)
DENIAL = replace(DRAFT, start=50, end=90, kind="denial", claimant="DeepSeek", targets=("OpenAI",), answers=(0,))


ARTICLE = (
    "OpenAI has accused the Chinese start-up DeepSeek of distilling its models to train R1, the Financial Times "
    "reported on Wednesday. The company said that it had seen evidence of it. DeepSeek denied the accusation. "
    "\u201cWe trained on data of our own,\u201d a spokesperson for DeepSeek said."
)


class Scripted:
    """An extractor that finds in every text what the test says, and fails on texts that say so."""

    name = "scripted"

    def __init__(self, *claims: DraftClaim, version: str = "1", relevant: bool = True) -> None:
        self.version = version
        self.found = Extracted(relevant, 0.9, ("names a known party",), claims)
        self.registry = Registry()

    def extract(self, document: Document, registry: Registry) -> Extracted:
        self.registry = registry
        if "poison" in document.text:
            raise ValueError("cannot read this")
        return self.found

    def extract_many(self, documents: Iterable[Document], registry: Registry) -> Iterator[Extracted]:
        return (self.extract(document, registry) for document in documents)


def run(extractor: Scripted) -> list[intake.Outcome]:
    return list(intake.extract_due(extractor))


def test_a_reading_becomes_drafts_with_verified_mentions_and_matched_parties() -> None:
    openai, deepseek = make_party("OpenAI"), make_party("DeepSeek")
    reading = make_reading()
    assert run(Scripted(DRAFT, DENIAL)) == [intake.Outcome(reading.snapshot.article.url, 2)]
    allegation, denial = Claim.objects.order_by("pk")
    assert (allegation.claimant, list(allegation.targets.all())) == (openai, [deepseek])
    assert list(denial.answers.all()) == [allegation]
    mention = allegation.mentions.get()
    assert (mention.quote, mention.via) == (QUOTE, ["Financial Times"])
    assert allegation.statement == f"{QUOTE}."
    assert allegation.proposed["about"] == ["R1"]
    assert allegation.extraction is not None
    assert (allegation.extraction.relevant, allegation.extraction.reasons) == (True, ["names a known party"])


def test_what_the_machine_proposes_is_a_draft_and_no_decision() -> None:
    make_reading()
    run(Scripted(DRAFT))
    assert set(Claim.objects.values_list("state", flat=True)) == {"draft"}
    assert not Decision.objects.filter(subject="claim").exists()


def test_a_name_that_nobody_knows_stays_a_name_and_makes_no_party() -> None:
    make_reading()
    run(Scripted(DRAFT))
    claim = Claim.objects.get()
    assert claim.claimant is None
    assert claim.proposed["claimant"] == "OpenAI"
    assert not Party.objects.exists()


def test_a_reading_is_extracted_once_an_extractor_version() -> None:
    make_reading()
    assert len(run(Scripted(DRAFT))) == 1
    assert run(Scripted(DRAFT)) == []
    assert Claim.objects.count() == 1


def test_another_version_asks_only_about_words_that_are_no_claim_yet() -> None:
    make_reading()
    run(Scripted(DRAFT))
    curation.reject(Claim.objects.get(), make_editor(), "not a claim")
    run(Scripted(replace(DRAFT, start=2), DENIAL, version="2"))
    assert sorted(Claim.objects.values_list("kind", "state")) == [("allegation", "rejected"), ("denial", "draft")]


def test_storing_a_result_twice_has_one_effect() -> None:
    make_reading()
    extractor = Scripted(DRAFT)
    run(extractor)
    work = Extraction.objects.get()
    assert intake.store(work, extractor.found) == 0
    assert Mention.objects.count() == 1


def test_an_article_that_is_about_no_dispute_gives_no_drafts() -> None:
    make_reading()
    run(Scripted(DRAFT, relevant=False))
    assert not Claim.objects.exists()
    assert Extraction.objects.get().relevant is False


@pytest.mark.parametrize("unfit", [{"language": "it"}, {"verdict": "paywall"}])
def test_other_languages_and_stubs_are_left_to_people(unfit: dict[str, Any]) -> None:
    make_reading(**unfit)
    assert run(Scripted(DRAFT)) == []
    assert not Claim.objects.exists()


def test_a_copy_is_not_extracted_again() -> None:
    original, copy = make_reading(), make_reading()
    Article.objects.filter(pk=copy.snapshot.article_id).update(original=original.snapshot.article)
    run(Scripted(DRAFT))
    assert list(Extraction.objects.values_list("reading", flat=True)) == [original.pk]


def test_a_text_that_fails_is_recorded_and_the_others_go_on() -> None:
    bad, good = make_reading("poison"), make_reading()
    outcomes = {outcome.url: outcome for outcome in run(Scripted(DRAFT))}
    assert outcomes[bad.snapshot.article.url].error == "ValueError: cannot read this"
    assert outcomes[good.snapshot.article.url].drafts == 1
    assert Extraction.objects.get(reading=bad).finished_at is None


def test_a_text_that_fails_three_times_is_put_aside() -> None:
    make_reading("poison")
    for _ in range(4):
        run(Scripted())
        Extraction.objects.update(lease_until=None)
    work = Extraction.objects.get()
    assert work.due_at is None
    assert work.last_error == "ValueError: cannot read this"
    assert run(Scripted()) == []


def test_the_extractor_is_given_the_sites_own_names() -> None:
    make_party("Federal Trade Commission", "regulator", "FTC")
    make_reading()
    extractor = Scripted()
    run(extractor)
    [party] = extractor.registry.parties
    assert (party.name, party.aliases) == ("Federal Trade Commission", ("FTC",))


def test_drafts_join_the_dispute_of_the_same_parties() -> None:
    published = make_published()
    make_reading()
    run(Scripted(DRAFT))
    draft = Claim.objects.drafts().get()
    assert list(draft.disputes.all()) == list(published.disputes.all())


def test_drafts_of_other_parties_join_no_dispute() -> None:
    make_published()
    for name in ("Getty Images", "Stability AI"):
        make_party(name)
    make_reading()
    run(Scripted(replace(DRAFT, claimant="Getty Images", targets=("Stability AI",), topics=("copyright",))))
    assert not Claim.objects.drafts().get().disputes.exists()


def test_the_real_extractor_reads_with_the_shipped_registry() -> None:
    registration.register(make_editor())
    make_reading(ARTICLE)
    [outcome] = intake.extract_due(default_extractor())
    assert outcome.error == ""
    claims = Claim.objects.filter(kind="allegation", claimant__name="OpenAI", targets__name="DeepSeek")
    assert any("distilling" in str(claim) for claim in claims)


def test_loading_the_registry_again_adds_nothing_and_keeps_edits() -> None:
    first = registration.register(make_editor())
    assert first.parties >= 400
    assert first.systems >= 100
    party = Party.objects.get(name="OpenAI")
    party.description = "edited"
    curation.save(party, make_editor())
    again = registration.register(make_editor())
    assert (again.topics, again.parties, again.systems) == (0, 0, 0)
    assert Party.objects.get(name="OpenAI").description == "edited"


def test_a_story_that_is_read_again_asks_only_about_words_that_no_other_reading_gave() -> None:
    first = make_reading()
    run(Scripted(DRAFT))
    again = make_reading()
    Article.objects.filter(pk=first.snapshot.article_id).update(original=again.snapshot.article)
    run(Scripted(DRAFT, DENIAL))
    assert sorted(Claim.objects.values_list("kind", "mentions__reading")) == [
        ("allegation", first.pk),
        ("denial", again.pk),
    ]
