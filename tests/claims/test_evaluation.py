"""Decisions of people become labels, demonstration decisions never do, and results are kept."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.test import Client

from claims import curation, demonstration, evaluation, extractors
from claims.extraction.extractor import default_extractor
from claims.extraction.llm.types import LlmExtraction, Run
from claims.extraction.scoring import Label, Labelling
from claims.extraction.types import Document, DraftClaim, Extraction, Registry
from claims.models import Claim, Decision, Evaluation
from tests.factories import TEXT, make_dispute, make_draft, make_editor, make_outlet, make_party, make_reading
from tracker.news.models import Address

pytestmark = pytest.mark.django_db

SAID = "OpenAI accused DeepSeek of distilling its models"
DENIED = "DeepSeek denied the accusation on Tuesday"
DRAFT = DraftClaim(
    start=0,
    end=len(SAID),
    kind="allegation",
    claimant="OpenAI",
    targets=("DeepSeek",),
    about=(),
    topics=(),
    hedged=False,
    confidence=0.9,
    direct=False,
    via=(),
    answers=(),
)


class Finds:
    """An extractor that finds the same drafts in every text."""

    name, version = "scripted", "1"

    def __init__(self, *claims: DraftClaim, relevant: bool = True) -> None:
        self.found = Extraction(relevant, 0.9, (), claims)

    def extract(self, document: Document, registry: Registry) -> Extraction:
        return self.found

    def extract_many(self, documents: Iterable[Document], registry: Registry) -> Iterator[Extraction]:
        return (self.found for _ in documents)


def labels() -> list[Labelling]:
    return [labelling for _, labelling in evaluation.editors_labels()]


def test_what_an_editor_published_is_a_label_as_it_stands_now() -> None:
    make_party("OpenAI", "company", "Open AI")
    claim = make_draft()
    curation.accept(claim, make_editor(), changes=curation.ClaimChanges(kind="concern", hedged=True))
    assert labels() == [
        Labelling((Label(0, len(SAID), "concern", "OpenAI | Open AI", ("DeepSeek",), (), True),), (), complete=False)
    ]


def test_what_an_editor_rejected_is_no_claim() -> None:
    curation.reject(make_draft(), make_editor(), "not about AI")
    assert labels() == [Labelling((), ((0, len(SAID)),), complete=False)]


def test_a_merged_draft_counts_as_the_claim_that_it_is_part_of() -> None:
    first, second = make_draft(), make_draft()
    curation.accept(first, make_editor())
    curation.merge(second, first, make_editor())
    assert [len(labelling.claims) for labelling in labels()] == [1, 1]


def test_drafts_that_wait_and_claims_that_were_retracted_say_nothing() -> None:
    make_draft()
    retracted = make_draft()
    curation.accept(retracted, make_editor())
    curation.retract(Claim.objects.get(pk=retracted.pk), make_editor(), "it was wrong")
    assert labels() == []


def test_decisions_of_the_demonstration_and_on_its_articles_never_count() -> None:
    claim = make_draft()
    curation.accept(claim, demonstration.editor())
    outlet = make_outlet("Demonstration Post", demonstration=True)
    curation.accept(make_draft(make_reading(outlet=outlet)), make_editor())
    evaluation.mark_fully_read(claim.mentions.get().reading, demonstration.editor())
    assert labels() == []


def test_a_reading_that_somebody_read_to_the_end_tells_what_was_missed() -> None:
    reading = make_reading()
    curation.accept(make_draft(reading), make_editor())
    claim = curation.write(reading, TEXT.index(DENIED), len(TEXT) - 1, "denial", make_editor(), curation.ClaimChanges())
    changes = curation.ClaimChanges(
        claimant=make_party("DeepSeek"), statement="DeepSeek denies it.", disputes=[make_dispute()]
    )
    curation.accept(claim, make_editor(), changes=changes)
    curation.approve(claim, make_editor("reviewer"))
    evaluation.mark_fully_read(reading, make_editor())
    result = evaluation.evaluate(Finds(DRAFT), Registry(), evaluation.editors_labels())
    assert result.report.complete == 1
    assert (result.report.overall.span.precision, result.report.overall.span.recall) == (1.0, 0.5)


def test_an_article_without_any_claim_counts_once_it_was_read_to_the_end() -> None:
    evaluation.mark_fully_read(make_reading(), make_editor())
    assert labels() == [Labelling((), (), complete=True)]
    report = evaluation.evaluate(Finds(DRAFT), Registry(), evaluation.editors_labels()).report
    assert report.overall.span.precision == 0.0


def test_reading_to_the_end_is_a_decision_and_can_be_taken_back() -> None:
    reading = make_reading()
    decision = evaluation.mark_fully_read(reading, make_editor(), reason="read twice")
    assert (decision.subject, decision.subject_id, decision.after) == ("reading", reading.pk, {"fully_read": True})
    assert evaluation.is_fully_read(reading)
    evaluation.mark_fully_read(reading, make_editor(), complete=False)
    assert not evaluation.is_fully_read(reading)
    assert Decision.objects.filter(subject="reading").count() == 2


def test_an_article_is_not_read_to_the_end_while_drafts_wait_or_by_anybody() -> None:
    draft = make_draft()
    reading = draft.mentions.get().reading
    with pytest.raises(curation.CurationError, match=r"1 draft\(s\) of this article still wait"):
        evaluation.mark_fully_read(reading, make_editor())
    with pytest.raises(curation.CurationError, match="it takes an editor"):
        evaluation.mark_fully_read(reading, User.objects.create(username="reader"))
    assert not Decision.objects.filter(subject="reading").exists()


def test_without_a_reading_to_the_end_there_is_precision_and_no_recall() -> None:
    reading = make_reading()
    curation.accept(make_draft(reading), make_editor())
    curation.reject(make_draft(reading, DENIED, kind="denial"), make_editor(), "said before")
    denial = replace(DRAFT, start=TEXT.index(DENIED), end=TEXT.index(DENIED) + len(DENIED), kind="denial")
    unseen = replace(DRAFT, start=20, end=30)
    report = evaluation.evaluate(Finds(DRAFT, denial, unseen), Registry(), evaluation.editors_labels()).report
    assert (report.overall.drafted, report.overall.span.precision, report.overall.span.recall) == (2, 0.5, None)


def test_irrelevant_articles_give_no_drafts_where_intake_would_take_none() -> None:
    label = Labelling((Label(0, len(SAID), "allegation", "OpenAI", ("DeepSeek",)),))
    labelled = [(Document("1", None, None, None, TEXT), label)]
    extractor = Finds(DRAFT, relevant=False)
    assert evaluation.evaluate(extractor, Registry(), labelled).report.overall.drafted == 1
    assert evaluation.evaluate(extractor, Registry(), labelled, as_intake=True).report.overall.drafted == 0


def test_what_a_language_model_costs_is_counted_while_it_goes_on() -> None:
    extractor, meter = Finds(DRAFT), extractors.Meter(before=1.0)
    run = Run("test", "m", "p", cost=0.25)
    extractor.found = LlmExtraction(relevant=True, relevance=0.9, reasons=(), claims=(DRAFT,), run=run)
    documents = [(Document(str(n), None, None, None, TEXT), Labelling(())) for n in range(3)]
    result = evaluation.evaluate(extractor, Registry(), documents, meter=meter)
    assert (result.cost, meter.spent()) == (0.75, 1.75)
    assert evaluation.keep(result, extractor, "a file").cost == 0.75


def test_the_command_marks_an_articles_newest_reading(capsys: pytest.CaptureFixture[str]) -> None:
    reading = make_reading()
    url = reading.snapshot.article.url
    Address.objects.create(url=url, article=reading.snapshot.article)
    name = make_editor().username
    call_command("mark_fully_read", url, "--editor", name)
    assert evaluation.is_fully_read(reading)
    call_command("mark_fully_read", url, "--editor", name, "--undo", "--reason", "one page was missing")
    assert not evaluation.is_fully_read(reading)
    assert Decision.objects.order_by("number").last().reason == "one page was missing"  # type: ignore[union-attr]
    assert "not read to the end" in capsys.readouterr().out


def test_the_command_names_what_it_does_not_know() -> None:
    claim = make_draft()
    article = claim.mentions.get().article
    Address.objects.create(url=article.url, article=article)
    for arguments, message in (
        ((article.url, "--editor", "nobody"), "There is no user 'nobody'"),
        (("https://example.org/other", "--editor", make_editor().username), "example.org/other: no article"),
        ((article.url, "--editor", make_editor().username), r"1 draft\(s\) of this article still wait"),
    ):
        with pytest.raises(CommandError, match=message):
            call_command("mark_fully_read", *arguments)


def evaluate(*arguments: str) -> str:
    out = StringIO()
    call_command("evaluate", *arguments, stdout=out)
    return out.getvalue()


def test_the_command_scores_the_current_extractor_and_keeps_the_result() -> None:
    curation.accept(make_draft(), make_editor())
    printed = evaluate()
    assert printed.startswith("rules ")
    assert "on editors' decisions" in printed
    assert "No article was read to the end" in printed
    kept = Evaluation.objects.get()
    assert (kept.dataset, kept.articles, kept.complete) == (Evaluation.EDITORS, 1, 0)
    assert (kept.extractor, kept.version) == (default_extractor().name, default_extractor().version)
    assert set(kept.figures["kinds"]) >= {"allegation", "denial"}


@pytest.fixture
def labelled(tmp_path: Path) -> list[str]:
    row = {"start": 0, "end": len(SAID), "kind": "allegation", "claimant": "OpenAI", "targets": ["DeepSeek"]}
    gold, articles = tmp_path / "labels.jsonl", tmp_path / "articles.jsonl"
    gold.write_text(json.dumps({"id": "a", "claims": [row]}))
    articles.write_text(json.dumps({"id": "a", "text": TEXT}))
    return [str(gold), str(articles)]


def test_the_command_scores_a_labelled_file_too(labelled: list[str]) -> None:
    figures = json.loads(evaluate(*labelled, "--json"))
    assert figures["overall"]["labelled"] == 1
    assert figures["complete"] == 1
    assert figures["dataset"].endswith("/labels.jsonl")
    assert Evaluation.objects.get().labelled == 1
    evaluate(*labelled, "--no-store")
    assert Evaluation.objects.count() == 1


def test_the_newest_result_on_each_set_is_what_a_page_shows(labelled: list[str]) -> None:
    for _ in range(2):
        evaluate(*labelled)
    curation.accept(make_draft(), make_editor())
    evaluate()
    newest = list(Evaluation.objects.newest())
    assert len(newest) == 2
    assert {row.dataset for row in newest} == {Evaluation.EDITORS, newest[1].dataset}
    assert newest[0].pk == Evaluation.objects.order_by("-pk").values_list("pk", flat=True)[0]


def test_the_command_says_what_it_cannot_use(labelled: list[str]) -> None:
    with pytest.raises(CommandError, match="nothing to evaluate against"):
        evaluate()
    with pytest.raises(CommandError, match="GOLD needs ARTICLES"):
        evaluate(labelled[0])
    with pytest.raises(CommandError, match=r'labels.jsonl, line 1: "text" is missing'):
        evaluate(labelled[1], labelled[0])
    assert settings.CLAIMS_EXTRACTOR == "default"
    assert not Evaluation.objects.exists()


@pytest.mark.django_db
def test_the_page_on_how_it_works_shows_a_result_by_field_and_kind_with_its_date_and_size(
    labelled: list[str], client: Client
) -> None:
    call_command("evaluate", *labelled, stdout=StringIO())
    kept = Evaluation.objects.get()
    page = client.get("/about/").content.decode()
    assert f"{kept.labelled} labelled claims and {kept.drafted} drafts of {kept.articles} articles" in page
    assert kept.dataset in page
    for kind in kept.figures["kinds"]:
        assert f'<th scope="row">{kind.capitalize()}</th>' in page
