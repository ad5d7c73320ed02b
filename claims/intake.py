"""A reading becomes draft claims, once per extractor version; nothing here is public.

Reading ──enqueue──→ Extraction (a row of work) ──extract_due──→ draft Claims with Mentions
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Prefetch, Q

from claims import matching
from claims.extraction.llm.types import LlmExtraction
from claims.extraction.types import (
    Document,
    DraftClaim,
    Extractor,
    RegisteredParty,
    RegisteredSystem,
    Registry,
)
from claims.extraction.types import Extraction as Extracted
from claims.models import Alias, Claim, Extraction, Mention, Party, System, Topic
from claims.wording import fold, propose_statement
from tracker.news import clock
from tracker.news.leasing import note_fault, one_by_one
from tracker.news.models import Article, Reading
from tracker.news.types import Verdict

LEASE_SECONDS = 300
# A draft whose words are already a claim's, from another extractor version, is not asked about again.
SAME_WORDS = 0.5
# Claims of texts in other languages are made by hand, with the original quote beside a translation.
LANGUAGES = ("en", "")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one reading: its address, how many drafts it gave, and an error in words."""

    url: str
    drafts: int
    error: str = ""


def extract_due(extractor: Extractor, *, limit: int = 8, within: timedelta | None = None) -> Iterator[Outcome]:
    """Extract up to *limit* readings that this extractor version has not read; yield what became of each.

    *within* leaves out what was read longer ago, where another version would cost more than time.
    """
    enqueue(extractor, within=within)
    rows = Extraction.objects.filter(extractor=extractor.name, version=extractor.version)
    waiting = rows.select_related("reading__snapshot__article").defer("reading__snapshot__body_zstd")
    registry: Registry | None = None
    for work in one_by_one(waiting, limit, LEASE_SECONDS):
        registry = registry or registered()
        yield _extract(work, extractor, registry)


def enqueue(extractor: Extractor, limit: int = 500, within: timedelta | None = None) -> int:
    """Make a row of work for each English article reading that this extractor version has not had; count them."""
    done = Extraction.objects.filter(reading=OuterRef("pk"), extractor=extractor.name, version=extractor.version)
    english = Q(language__in=LANGUAGES) | Q(language__startswith="en-")
    fresh = Reading.objects.filter(~Exists(done), english, verdict=Verdict.ARTICLE, snapshot__article__original=None)
    if within is not None:
        fresh = fresh.filter(read_at__gte=clock.now() - within)
    keys = list(fresh.order_by("pk").values_list("pk", flat=True)[:limit])
    now = clock.now()
    Extraction.objects.bulk_create(
        [Extraction(reading_id=pk, extractor=extractor.name, version=extractor.version, due_at=now) for pk in keys],
        ignore_conflicts=True,
    )
    return len(keys)


def registered() -> Registry:
    """Return the parties and systems that the site knows, as the extractor takes them."""
    names = Prefetch("aliases", Alias.objects.filter(ambiguous=False))
    return Registry(
        parties=tuple(
            RegisteredParty(
                name=party.name,
                kind=party.kind,
                aliases=tuple(alias.name for alias in party.aliases.all() if alias.name != party.name),
                roles=tuple(party.roles),
                nationality=party.nationality or None,
            )
            for party in Party.objects.standing().prefetch_related(names).order_by("pk")
        ),
        systems=tuple(
            RegisteredSystem(
                name=system.name,
                maker=system.maker.name if system.maker else None,
                aliases=tuple(system.aliases),
                kind=system.kind,
            )
            for system in System.objects.select_related("maker").order_by("pk")
        ),
    )


def document_of(reading: Reading) -> Document:
    """Return a reading as extractors take it."""
    article = reading.snapshot.article
    return Document(
        id=str(reading.pk),
        url=article.url,
        title=reading.title or article.title,
        published=article.published_at.date().isoformat() if article.published_at else None,
        text=reading.text,
    )


def _extract(work: Extraction, extractor: Extractor, registry: Registry) -> Outcome:
    """Extract one reading and store its drafts; a failure is recorded and tried again when the lease ends."""
    article = work.reading.snapshot.article
    try:
        found = extractor.extract(document_of(work.reading), registry)
        _keep_record(work, found)
        drafts = store(work, found)
    except Exception as error:  # one bad text must not stop the others
        return Outcome(article.url, 0, note_fault(work, error))
    return Outcome(article.url, drafts)


def _keep_record(work: Extraction, found: Extracted) -> None:
    """Keep how a language model's run went, before anything can fail: what was spent counts, stored or not."""
    if isinstance(found, LlmExtraction):
        record = found.run.as_json() | {"asked_at": clock.now().isoformat()}
        if earlier := work.details.get("cost"):
            record["cost"] = earlier + (record["cost"] or 0.0)
        Extraction.objects.filter(pk=work.pk).update(details=record)


@transaction.atomic
def store(work: Extraction, found: Extracted) -> int:
    """Store what an extractor found in a reading, once; return how many drafts are new."""
    work = (
        Extraction.objects.select_for_update(of=("self",)).select_related("reading__snapshot__article").get(pk=work.pk)
    )
    if work.finished_at is not None:
        return 0
    reading, article = work.reading, work.reading.snapshot.article
    taken = list(Mention.objects.filter(reading=reading).values_list("start", "end", "claim__kind"))
    told = _told(reading, article)
    names = {name for draft in found.claims for name in (draft.claimant, *draft.joint, *draft.targets) if name}
    parties = matching.parties_named(names)
    speakers = matching.claimants_named({draft.claimant: draft.joint for draft in found.claims})
    stored: dict[int, Claim] = {}
    for index, draft in enumerate(found.claims if found.relevant else ()):
        again = (draft.kind, fold(reading.text[draft.start : draft.end])) in told
        if not again and not any(kind == draft.kind and _overlap(draft, start, end) for start, end, kind in taken):
            stored[index] = _store_draft(work, draft, reading, speakers[draft.claimant], parties)
    for index, claim in stored.items():
        claim.answers.set([stored[answered] for answered in found.claims[index].answers if answered in stored])
    _propose_dispute(list(stored.values()), article)
    work.finished_at, work.relevant, work.relevance = clock.now(), found.relevant, found.relevance
    work.reasons = list(found.reasons)
    work.settle(None)
    work.save()
    return len(stored)


def _store_draft(
    work: Extraction,
    draft: DraftClaim,
    reading: Reading,
    speakers: matching.Claimants,
    parties: dict[str, Party],
) -> Claim:
    quote, article = reading.text[draft.start : draft.end], reading.snapshot.article
    claimant, *others = speakers.parties or (None,)
    first, *together = speakers.names_to_call() or ([draft.claimant],)
    sentence = propose_statement(draft.kind, first[0], quote, first, together)
    claim = Claim.objects.create(
        kind=draft.kind,
        claimant=claimant,
        statement=sentence,
        on=article.published_at.date() if article.published_at else None,
        hedged=draft.hedged,
        extraction=work,
        proposed=asdict(draft) | {"statement": sentence, "joint": list(speakers.names)},
        confidence=draft.confidence,
    )
    claim.co_claimants.set(others)
    claim.targets.set([parties[name] for name in draft.targets if name in parties])
    claim.systems.set(matching.systems_named(draft.about))
    claim.topics.set(Topic.objects.filter(slug__in=draft.topics))
    Mention.objects.create(
        claim=claim,
        reading=reading,
        article=article,
        start=draft.start,
        end=draft.end,
        quote=quote,
        direct=draft.direct,
        via=[name[:200] for name in draft.via],
    )
    return claim


def _propose_dispute(claims: list[Claim], article: Article) -> None:
    """Put an article's drafts under the dispute that they point to, where there is one; the editor decides."""
    on: date | None = article.published_at.date() if article.published_at else None
    options = []
    for claim in claims:
        parties = [*claim.claimants, *claim.targets.all()]
        topics = claim.topics.values_list("slug", flat=True)
        options.append(matching.disputes_for(parties, claim.systems.all(), topics, on, article.pk))
    if dispute := matching.likely(matching.commonest(option for option in options if option), article.pk):
        for claim in claims:
            claim.disputes.add(dispute)


def _told(reading: Reading, article: Article) -> set[tuple[str, str]]:
    """Return kind and folded words of the claims that other readings of the same story already gave.

    They are an earlier version of the page, or a copy that arrived before its original.
    """
    root = article.original_id or article.pk
    family = Mention.objects.filter(Q(article=root) | Q(article__original=root)).exclude(reading=reading)
    return {(kind, fold(quote)) for kind, quote in family.values_list("claim__kind", "quote")}


def _overlap(draft: DraftClaim, start: int, end: int) -> bool:
    """Whether two spans share at least half of their union."""
    shared = min(draft.end, end) - max(draft.start, start)
    return shared > 0 and shared / (max(draft.end, end) - min(draft.start, start)) >= SAME_WORDS
