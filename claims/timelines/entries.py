"""Published claims as a timeline shows them: the claim, its words, what answers it, where it stands."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Self

from django.db.models import BooleanField, Case, Count, Exists, F, OuterRef, Prefetch, Q, QuerySet, Value, When
from django.db.models.functions import Greatest, Least, Substr

from claims.models import (
    Claim,
    Decision,
    Dispute,
    Kind,
    Mention,
    Moderation,
    Party,
    Reply,
    State,
    Status,
    Verb,
    current_status,
)
from claims.models.claims import ClaimQuerySet
from claims.timelines.notices import replies_of
from claims.timelines.origins import origin
from claims.timelines.privacy import mask_mention, masking
from tracker.news.models import Article, Outlet

# How many characters of a page stand before and after a quote on the claim's own page.
CONTEXT = 90
# Longer quotes are cut in public: an excerpt and a link, never an article.
QUOTE_LIMIT = 600
# A chain of mergers longer than this is a fault of the data, not a chain.
MERGERS = 20
# What a list shows of an article. Named one by one: an article also carries what only collection needs.
ARTICLE_FIELDS = (
    *("url", "title", "published_at", "language", "original", "outlet", "first_seen_at"),
    *("outlet__name", "outlet__slug", "outlet__kind", "outlet__demonstration"),
)
MENTION_FIELDS = ("claim", "reading", "article", "start", "end", "quote", "direct", "via")
PUBLIC_VERBS = (
    *(Verb.ACCEPT, Verb.APPROVE, Verb.EDIT, Verb.STATUS, Verb.STRIKE, Verb.LINK),
    *(Verb.CORRECT, Verb.SPLIT, Verb.REDACT),
)
# Of what the changes tell: also what took a claim away.
TOLD_VERBS = (*PUBLIC_VERBS, Verb.MERGE, Verb.RETRACT)


class Retracted(Exception):  # noqa: N818 — it names what happened to the claim; it is no fault
    """The claim was public and was retracted or taken back: its address answers 410 with a tombstone."""

    def __init__(self, claim: Claim) -> None:
        super().__init__(f"claim {claim.pk} was retracted")
        self.claim = claim


@dataclass(frozen=True, slots=True)
class Change:
    """What happened to a claim last, and when: the verb of the decision, with the status step if it was one."""

    verb: str
    at: datetime | None
    status: Status | None = None


@dataclass(frozen=True, slots=True)
class Reports:
    """How often a claim is reported: pages in all, and the sources that they have it from (`origins`)."""

    pages: int = 0
    independent: int = 0
    demonstration: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """A published claim with all that a timeline says of it.

    `mention` is the best one: an original page before a copy, the claimant's own words before reported speech,
    the earlier before the later. `answers` and `answered_by` hold published claims only.
    """

    claim: Claim
    mention: Mention | None
    status: Status | None
    reports: Reports
    change: Change
    answers: tuple[Claim, ...]
    answered_by: tuple[Claim, ...]
    disputes: tuple[Dispute, ...]
    unanswered: bool
    replies: tuple[Reply, ...] = ()

    @property
    def struck(self) -> tuple[Status, ...]:
        """The steps that were recorded in error: they count for nothing and are shown as what they are."""
        return tuple(getattr(self.claim, "struck_steps", ()))

    @property
    def demonstration(self) -> bool:
        """Whether any of it belongs to the demonstration."""
        return self.reports.demonstration or any(dispute.demonstration for dispute in self.disputes)

    def beside(self, claim: Claim) -> Self:
        """Return the entry as it stands on the page of *claim*, to which it need not lead again."""
        return replace(
            self,
            answers=tuple(other for other in self.answers if other.pk != claim.pk),
            answered_by=tuple(other for other in self.answered_by if other.pk != claim.pk),
        )

    @property
    def standing(self) -> tuple[tuple[str, Status], ...]:
        """The step that stands against each target, by the target's name; one without a name comes first."""
        steps: dict[str, list[Status]] = defaultdict(list)
        for status in self.claim.statuses.all():
            steps[status.target.name if status.target else ""].append(status)
        found = ((name, current_status(of_target)) for name, of_target in sorted(steps.items()))
        return tuple((name, status) for name, status in found if status)


def published() -> ClaimQuerySet:
    """Return the claims that the public may read."""
    return Claim.objects.published()


def made_by(parties: Iterable[int]) -> Q:
    """Return the condition that a claim is made by one of *parties*, alone or together with others."""
    return Q(pk__in=naming(parties, "claimant", "co_claimants"))


def naming(parties: Iterable[int], *roles: str) -> QuerySet[Any]:
    """Return the keys of the claims in which one of *parties* has one of *roles*: claimant, co_claimants, targets.

    A union of look-ups: a condition with `or` between columns of several tables has all claims looked through.
    """
    keys = list(parties)
    lead = Claim.objects.filter(claimant__in=keys).order_by().values_list("pk", flat=True)
    found = {
        "claimant": lead,
        "co_claimants": Claim.co_claimants.through.objects.filter(party__in=keys).values_list("claim", flat=True),
        "targets": Claim.targets.through.objects.filter(party__in=keys).values_list("claim", flat=True),
    }
    first, *others = (found[role] for role in roles)
    return first.union(*others) if others else first


def within(relation: str, names: Iterable[str]) -> list[str]:
    """Return *names* of fields as they are called from the other end of *relation*."""
    return [f"{relation}__{name}" for name in names]


def sourced_publicly() -> QuerySet[Status]:
    """Return the status steps that count and whose source may be shown: none on a claim taken back since."""
    return (
        _of_public_source()
        .filter(struck=None)
        .select_related("target", "source__article__outlet")
        .only(
            *("claim", "step", "on", "precision", "until", "note", "decision", "struck"),
            *("target__name", "target__slug"),
            *("source__article__title", "source__article__outlet__name"),
        )
    )


def struck_publicly() -> QuerySet[Status]:
    """Return the status steps that were recorded in error, with when that was noted.

    Without their notes: what was wrong is not said again.
    """
    fields = ("claim", "step", "on", "precision", "until", "target__name", "target__slug", "struck__made_at")
    return _of_public_source().filter(struck__isnull=False).select_related("target", "struck").only(*fields)


def _of_public_source() -> QuerySet[Status]:
    shown = Q(source__claim__state=State.PUBLISHED) | Q(source__claim__merged_into__state=State.PUBLISHED)
    return Status.objects.filter(shown)


def _best_mentions(claims: Sequence[int]) -> dict[int, Mention]:
    is_copy = Case(When(article__original=None, then=Value(False)), default=Value(True), output_field=BooleanField())
    rows = (
        Mention.objects.filter(claim__in=claims)
        .select_related("article__outlet")
        .only(*MENTION_FIELDS, *within("article", ARTICLE_FIELDS))
        .order_by("claim_id", is_copy, "-direct", F("article__published_at").asc(nulls_last=True), "pk")
        .distinct("claim_id")
    )
    masked = masking()
    return {mention.claim_id: mask_mention(mention, masked) for mention in rows}


def with_parts(claims: QuerySet[Claim]) -> QuerySet[Claim]:
    """Return *claims* with what stands under them, in a fixed number of queries; `as_entries` adds the rest."""
    linked = published().select_related("claimant").defer("proposed").order_by("on", "pk")
    return (
        claims.select_related("claimant")
        .defer("proposed")
        .prefetch_related(
            "co_claimants",
            "targets",
            "topics",
            Prefetch("statuses", sourced_publicly()),
            Prefetch("statuses", struck_publicly(), to_attr="struck_steps"),
            Prefetch("disputes", Dispute.objects.filter(merged_into=None)),
            Prefetch("answers", linked),
            Prefetch("answered_by", linked),
        )
    )


def as_entries(claims: Iterable[Claim]) -> list[Entry]:
    """Return an entry for each of *claims*, which come from `with_parts`."""
    rows = list(claims)
    keys = [claim.pk for claim in rows]
    mentions, reports, decisions, replies = _best_mentions(keys), _reports(keys), _decisions(keys), replies_of(keys)
    return [
        Entry(
            claim=claim,
            mention=mentions.get(claim.pk),
            status=current_status(list(claim.statuses.all())),
            reports=reports.get(claim.pk, Reports()),
            change=_last_change(claim, decisions.get(claim.pk, []), replies.get(claim.pk, ())),
            answers=tuple(claim.answers.all()),
            answered_by=tuple(claim.answered_by.all()),
            disputes=tuple(claim.disputes.all()),
            unanswered=claim.kind == Kind.ALLEGATION and not claim.answered_by.all() and claim.pk not in replies,
            replies=tuple(replies.get(claim.pk, ())),
        )
        for claim in rows
    ]


def _reports(claims: Sequence[int]) -> dict[int, Reports]:
    demonstration = Count("pk", filter=Q(article__outlet__demonstration=True))
    rows = (
        Mention.objects.filter(claim__in=claims)
        .order_by()
        .values("claim")
        .annotate(
            pages=Count("article", distinct=True),
            independent=Count(origin(), distinct=True),
            demonstration=demonstration,
        )
        .values_list("claim", "pages", "independent", "demonstration")
    )
    return {claim: Reports(pages, independent, bool(made)) for claim, pages, independent, made in rows}


def _decisions(claims: Sequence[int]) -> dict[int, list[Decision]]:
    rows: dict[int, list[Decision]] = defaultdict(list)
    decisions = Decision.objects.filter(subject="claim", subject_id__in=claims, verb__in=PUBLIC_VERBS)
    for decision in decisions.only("verb", "made_at", "subject_id", "number"):
        rows[decision.subject_id].append(decision)
    return rows


def _last_change(claim: Claim, decisions: list[Decision], replies: Sequence[Reply]) -> Change:
    """Return what moved `changed_at`: a decision about the claim, a reply to it, or else a claim merged into it."""
    if claim.changed_at is None or claim.changed_at == claim.published_at:
        return Change(Verb.ACCEPT, claim.published_at)
    cause = next((d for d in decisions if d.made_at == claim.changed_at), None)
    if cause is None and any(reply.published_at == claim.changed_at for reply in replies):
        return Change(Verb.REPLY, claim.changed_at)
    if cause is None:
        return Change(Verb.MERGE, claim.changed_at)
    status = next((s for s in claim.statuses.all() if s.decision_id == cause.pk), None)
    return Change(cause.verb, claim.changed_at, status)


def public_decisions(after: int, limit: int) -> list[Decision]:
    """Return up to *limit* decisions with a number above *after* about what is or was public, in order.

    That is claims, and what stands beside them: corrections, replies, events. What was decided about a draft before it
    was published stays among editors.
    """
    about_claims, beside = _about_claims(), Q(subject="reply", verb=Verb.REPLY) | Q(subject="event")
    beside |= Q(subject__in=("dispute", "party"), verb=Verb.CORRECT)
    return list(_in_order(Decision.objects.filter(about_claims | beside)).filter(number__gt=after)[:limit])


def decisions_on(day: date) -> list[Decision]:
    """Return the decisions of one day (UTC) about claims that are or were public, in order."""
    return list(_in_order(Decision.objects.filter(_about_claims())).filter(made_at__date=day))


def _about_claims() -> Q:
    was_public = Q(
        state__in=(State.PUBLISHED, State.MERGED, State.RETRACTED),
        published_at__isnull=False,
        published_at__lte=OuterRef("made_at"),
    )
    # The decision that took a publication back: what came before it is told no more, and what comes after it neither.
    was_public |= Q(published_at=None, changed_at=OuterRef("made_at"))
    public = Claim.objects.filter(was_public, pk=OuterRef("subject_id"))
    return Q(Exists(public), subject="claim", verb__in=TOLD_VERBS)


def _in_order(decisions: QuerySet[Decision]) -> QuerySet[Decision]:
    return decisions.only("number", "verb", "made_at", "subject", "subject_id").order_by("number")


def decided_claims(decisions: Iterable[Decision]) -> dict[int, Claim]:
    """Return the claims of *decisions* as they are now, with their parts, by key."""
    claims = Claim.objects.filter(pk__in={decision.subject_id for decision in decisions})
    return {claim.pk: claim for claim in with_parts(claims).prefetch_related("systems")}


def changes() -> QuerySet[Claim]:
    """Return all published claims with their parts, the newest change first."""
    return with_parts(published()).order_by("-changed_at", "-pk")


def family(model: type[Party] | type[Dispute], survivor: int) -> list[int]:
    """Return the keys of a party or dispute and of all that were merged into it."""
    known = [survivor]
    newest = [survivor]
    while newest:
        merged = model._default_manager.filter(merged_into__in=newest).exclude(pk__in=known)
        newest = list(merged.values_list("pk", flat=True))
        known += newest
    return known


def find_claim(pk: int) -> Claim:
    """Return the published claim, or its survivor where it was merged.

    Raises `Retracted` for one that was public and is no more, `Claim.DoesNotExist` for anything else.
    """
    for _ in range(MERGERS):
        claim = Claim.objects.only("state", "merged_into", "published_at", "changed_at").get(pk=pk)
        if claim.state == State.MERGED and claim.merged_into_id:
            pk = claim.merged_into_id
        elif claim.state != State.PUBLISHED and claim.changed_at is not None:
            raise Retracted(Claim.objects.select_related("decision").get(pk=pk))
        else:
            break
    return with_parts(published()).select_related("claimant", "extraction").get(pk=pk)


def open_accusations(claims: QuerySet[Claim]) -> QuerySet[Claim]:
    """Return those allegations of *claims* to which no answer and no reply is published."""
    answered = Claim.answers.through.objects.filter(to_claim=OuterRef("pk"), from_claim__state=State.PUBLISHED)
    replied = Reply.objects.filter(state=Moderation.PUBLISHED, request__claims=OuterRef("pk"))
    return claims.filter(~Exists(answered), ~Exists(replied), kind=Kind.ALLEGATION)


def linked_claims(claim: Claim) -> QuerySet[Claim]:
    """Return the published claims that *claim* answers and those that answer it, with their parts, by date."""
    keys = [other.pk for other in (*claim.answers.all(), *claim.answered_by.all())]
    return with_parts(published().filter(pk__in=keys)).order_by("on", "pk")


@dataclass(frozen=True, slots=True)
class Appearance:
    """One place where a claim was published, with the words around the quote."""

    mention: Mention
    before: str
    after: str

    @property
    def outlet(self) -> Outlet:
        """Who published it."""
        return self.mention.article.outlet

    @property
    def article(self) -> Article:
        """The article that it stands in."""
        return self.mention.article

    @property
    def page(self) -> int | None:
        """The page of a PDF that it stands on; None for a web page."""
        return self.mention.reading.page_at(self.mention.start)


def appearances(claim: Claim) -> QuerySet[Mention]:
    """Return the mentions of a claim with article, outlet and snapshot, the earliest first.

    The text of the reading and the bytes of the snapshot stay in the database; see `in_context`.
    """
    return appearances_of([claim])


def appearances_of(claims: Sequence[Claim]) -> QuerySet[Mention]:
    """Return the mentions of *claims* as `appearances` does of one."""
    return (
        Mention.objects.filter(claim__in=claims)
        .select_related("article__outlet", "article__original__outlet", "reading__snapshot__archive_copy")
        .only(
            *MENTION_FIELDS,
            *within("article", ARTICLE_FIELDS),
            *("article__original__outlet__name", "reading__pages"),
            *within("reading__snapshot", ("fetched_at", "sha256", "archive_copy__url")),
        )
        .order_by(F("article__published_at").asc(nulls_last=True), "pk")
    )


def in_context(mentions: Iterable[Mention]) -> list[Appearance]:
    """Return *mentions* with up to `CONTEXT` characters of the page on either side, cut at whole words."""
    masked = masking()
    rows = [mask_mention(mention, masked) for mention in mentions]
    text = F("reading__text")
    around = Mention.objects.filter(pk__in=[row.pk for row in rows]).annotate(
        before=Substr(text, Greatest(F("start") - CONTEXT + 1, 1), Least(F("start"), CONTEXT)),
        after=Substr(text, F("end") + 1, CONTEXT),
    )
    words = {pk: (before, after) for pk, before, after in around.values_list("pk", "before", "after")}
    around_each = (_whole_words(*words.get(row.pk, ("", ""))) for row in rows)
    return [
        Appearance(row, masked(before), masked(after)) for row, (before, after) in zip(rows, around_each, strict=True)
    ]


def _whole_words(before: str, after: str) -> tuple[str, str]:
    """Cut a broken word, and anything beyond the paragraph, from the outer ends of a quote's context."""
    before, after = before.rsplit("\n", 1)[-1], after.split("\n", 1)[0]
    if len(before) >= CONTEXT:
        before = "… " + before.partition(" ")[2]
    if len(after) >= CONTEXT:
        after = after.rpartition(" ")[0] + " …"
    return before, after


def history(claim: Claim) -> list[Decision]:
    """Return the decisions that made the claim what it is, the first one first: what and when, never by name."""
    decisions = Decision.objects.filter(subject="claim", subject_id=claim.pk, verb__in=PUBLIC_VERBS)
    return list(decisions.only("verb", "made_at", "number").order_by("number"))


def first_reported(claims: Sequence[int]) -> dict[int, date]:
    """Return, for claims without a date of their own, the day of the first page that carries them."""
    rows = (
        Mention.objects.filter(claim__in=claims, article__published_at__isnull=False)
        .order_by("claim_id", "article__published_at")
        .distinct("claim_id")
        .values_list("claim", "article__published_at")
    )
    return {claim: moment.date() for claim, moment in rows if moment}
