"""How well an extractor does against what people decided or labelled.

An editor's decision on a draft is a label: what was published is a claim as it stands now, what was rejected is
none. Most articles are labelled so only in part, so they tell how many drafts are right; how many claims were
missed is told by articles that a person has read to the end and said so. Decisions of the demonstration's editor
and articles of its outlets never count. (`claims.extraction.scoring` does the counting.)
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from claims import intake
from claims.curation import CurationError
from claims.demonstration import EDITOR
from claims.extraction.scoring import Label, Labelling, Report, score
from claims.extraction.types import Document, DraftClaim, Extractor, Registry
from claims.extractors import Meter
from claims.models import Claim, Decision, Evaluation, Mention, Party, State, Verb
from tracker.news.models import Reading

JUDGED = (State.PUBLISHED, State.REJECTED)


@dataclass(frozen=True, slots=True)
class Result:
    """The figures of one run, and what asking a language model cost, where one was asked and its prices are known."""

    report: Report
    cost: float | None


@transaction.atomic
def mark_fully_read(reading: Reading, actor: User, *, complete: bool = True, reason: str = "") -> Decision:
    """Record that a person has read a reading to the end and decided on every claim in it; or take that back.

    Raises `CurationError` where the person may not decide, or where a draft of the reading still waits.
    """
    if not (actor.is_active and actor.is_staff and actor.has_perm("claims.change_claim")):
        raise CurationError("You may not decide this: it takes an editor.")
    waiting = Claim.objects.drafts().filter(mentions__reading=reading).distinct().count()
    if complete and waiting:
        raise CurationError(f"{waiting} draft(s) of this article still wait for a decision.")
    return Decision.objects.create(
        verb=Verb.CURATE,
        actor=actor,
        made_at=timezone.now(),
        subject="reading",
        subject_id=reading.pk,
        reason=reason.strip(),
        before={"fully_read": is_fully_read(reading)},
        after={"fully_read": complete},
    )


def is_fully_read(reading: Reading) -> bool:
    """Whether the newest decision on a reading says that a person read it to the end."""
    return reading.pk in fully_read([reading.pk])


def fully_read(readings: Iterable[int]) -> set[int]:
    """Return the keys of those *readings* of which the newest decision, not the demonstration's, says so."""
    decisions = Decision.objects.filter(subject="reading", subject_id__in=list(readings))
    newest = decisions.exclude(actor__username=EDITOR).order_by("subject_id", "-number").distinct("subject_id")
    return {decision.subject_id for decision in newest if decision.after.get("fully_read") is True}


def editors_labels() -> Iterator[tuple[Document, Labelling]]:
    """Yield each reading on which a person decided, with what was decided, in the order of their keys."""
    judged: defaultdict[int, list[Mention]] = defaultdict(list)
    for mention in _judged_mentions():
        judged[mention.reading_id].append(mention)
    complete = fully_read(_read_through() | judged.keys())
    keys = sorted(judged.keys() | complete)
    readings = Reading.objects.filter(pk__in=keys, snapshot__article__outlet__demonstration=False).order_by("pk")
    for reading in readings.select_related("snapshot__article").defer("snapshot__body_zstd").iterator(100):
        yield intake.document_of(reading), _labelling(judged[reading.pk], reading.pk in complete)


def evaluate(
    extractor: Extractor,
    registry: Registry,
    labelled: Iterable[tuple[Document, Labelling]],
    *,
    as_intake: bool = False,
    meter: Meter | None = None,
) -> Result:
    """Return how *extractor* does on documents that people labelled; *meter* counts what it costs meanwhile.

    With *as_intake*, an article that the extractor takes for irrelevant gives no drafts.
    """
    meter = meter or Meter()

    def drafted() -> Iterator[tuple[Labelling, tuple[DraftClaim, ...]]]:
        labellings: list[Labelling] = []

        def documents() -> Iterator[Document]:
            for document, labelling in labelled:
                labellings.append(labelling)
                yield document

        for number, found in enumerate(extractor.extract_many(documents(), registry)):
            meter.add(found)
            yield labellings[number], () if as_intake and not found.relevant else found.claims

    return Result(score(drafted()), meter.cost)


def keep(result: Result, extractor: Extractor, dataset: str) -> Evaluation:
    """Store the figures of a run, for the page that shows how well extraction does."""
    report = result.report
    return Evaluation.objects.create(
        dataset=dataset[:200],
        extractor=extractor.name,
        version=extractor.version,
        articles=report.articles,
        complete=report.complete,
        labelled=report.overall.labelled,
        drafted=report.overall.drafted,
        figures=asdict(report),
        cost=result.cost,
    )


def _judged_mentions() -> Iterable[Mention]:
    """Return the mentions of claims whose newest decision is a person's, not the demonstration's."""
    mentions = Mention.objects.filter(claim__state__in=JUDGED, claim__decision__isnull=False)
    return (
        mentions.exclude(claim__decision__actor__username=EDITOR)
        .select_related("claim__claimant")
        .prefetch_related(
            *("claim__targets__aliases", "claim__claimant__aliases", "claim__topics"), "claim__co_claimants__aliases"
        )
        .order_by("pk")
    )


def _read_through() -> set[int]:
    return set(Decision.objects.filter(subject="reading").values_list("subject_id", flat=True))


def _labelling(mentions: Iterable[Mention], complete: bool) -> Labelling:
    published = [mention for mention in mentions if mention.claim.state == State.PUBLISHED]
    rejected = [mention for mention in mentions if mention.claim.state == State.REJECTED]
    return Labelling(
        claims=tuple(_label(mention) for mention in published),
        rejected=tuple((mention.start, mention.end) for mention in rejected),
        complete=complete,
    )


def _label(mention: Mention) -> Label:
    claim = mention.claim
    return Label(
        start=mention.start,
        end=mention.end,
        kind=claim.kind,
        claimant=_claimant_names(claim),
        targets=tuple(_names(party) for party in claim.targets.all()),
        topics=tuple(topic.slug for topic in claim.topics.all()),
        hedged=claim.hedged,
    )


def _claimant_names(claim: Claim) -> str:
    """Return the claimants' names as alternatives: of several, the combined name and each one's own."""
    several = [claim.claimant_name] if claim.co_claimants.all() else []
    return " | ".join(dict.fromkeys([*several, *filter(None, map(_names, claim.claimants))]))


def _names(party: Party | None) -> str:
    """Return a party's names as alternatives: an extractor may use any."""
    return " | ".join(dict.fromkeys([party.name, *(alias.name for alias in party.aliases.all())])) if party else ""
