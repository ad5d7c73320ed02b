"""What the desk offers beside a field: rows to choose by one click, each with its reason in words.

A choice is shown, never made: what the form holds is chosen, everything else waits for the editor. A name that
belongs to no party is offered as a new one, and only made when asked for.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from claims import matching
from claims.forms import OPEN_STATES, ClaimForm
from claims.models import Claim, Dispute, Kind, Mention, Party, PartyKind, State, System
from claims.wording import fold
from tracker.news.models import Article

NAMED = "named in the text"
# Two or three capitalised words, with particles between them: a person, unless a word says otherwise.
PERSON = re.compile(r"[A-Z][\w.'’-]+(?: (?:de|del|della|der|van|von|bin|al|la|le|[A-Z][\w.'’-]*)){0,3} [A-Z][\w'’-]+")
COMPANY_WORDS = frozenset(
    {
        "ai",
        "images",
        "labs",
        "lab",
        "media",
        "group",
        "inc",
        "technologies",
        "systems",
        "software",
        "studios",
        "records",
    }
    | {
        "news",
        "press",
        "games",
        "face",
        "foundation",
        "project",
        "alliance",
        "capital",
        "ventures",
        "networks",
        "robotics",
    }
)
# A court, a regulator: what a new party of such a name most likely is.
KIND_WORDS = {
    "court": PartyKind.COURT,
    "commission": PartyKind.REGULATOR,
    "authority": PartyKind.REGULATOR,
    "regulator": PartyKind.REGULATOR,
    "ministry": PartyKind.GOVERNMENT,
    "department": PartyKind.GOVERNMENT,
    "committee": PartyKind.LEGISLATURE,
    "union": PartyKind.UNION,
    "guild": PartyKind.UNION,
    "association": PartyKind.ASSOCIATION,
    "university": PartyKind.UNIVERSITY,
    "institute": PartyKind.RESEARCH,
    **dict.fromkeys(
        (
            "group",
            "groups",
            "researchers",
            "reviewers",
            "engineers",
            "experts",
            "lawyers",
            "lawmakers",
            "parents",
            "users",
        ),
        PartyKind.GROUP,
    ),
    **dict.fromkeys(
        ("authors", "artists", "musicians", "writers", "publishers", "employees", "workers"), PartyKind.GROUP
    ),
    "police": PartyKind.POLICE,
    "times": PartyKind.MEDIA,
}


@dataclass(frozen=True, slots=True)
class Chip:
    """One row that can be chosen for a field."""

    value: str
    label: str
    chosen: bool
    reason: str = ""
    note: str = ""

    @property
    def title(self) -> str:
        """What is said about the row beside its name."""
        return " – ".join(part for part in (self.note, self.reason) if part)

    @property
    def plain(self) -> bool:
        """Whether the reason goes without saying: it is chosen, and the text names it."""
        return self.chosen and self.reason == NAMED


@dataclass(frozen=True, slots=True)
class NewParty:
    """A name that belongs to no party: the field that it is for, and what it most likely is."""

    index: int
    field: str
    name: str
    kind: str

    @property
    def described(self) -> bool:
        """Whether it is no name, but a word for somebody."""
        return described(self.name)


@dataclass(frozen=True, slots=True)
class Offer:
    """Everything that the desk offers for one claim."""

    claimant: list[Chip]
    co_claimants: list[Chip]
    targets: list[Chip]
    systems: list[Chip]
    disputes: list[Chip]
    new_dispute: matching.NewDispute | None
    answers: list[Chip]
    new_parties: list[NewParty]
    same: list[matching.ClaimProposal]
    others: list[Claim]


class Chips:
    """Collects the chips of one field: what is chosen first, then what is proposed, each row once."""

    def __init__(self, form: ClaimForm, field: str) -> None:
        value = form[field].value()
        values = value if isinstance(value, (list, tuple)) else [value]
        self.chosen = [str(getattr(v, "pk", v)) for v in values if v not in (None, "")]
        self._rows: dict[str, Chip] = {}

    def add(self, row: Any, reason: str, note: str = "", label: str = "") -> None:
        """Add a row, or the reason to one that is there without."""
        key = str(row.pk)
        known = self._rows.get(key)
        if known is None or not known.reason:
            self._rows[key] = Chip(key, label or str(row), key in self.chosen, reason, note)

    def add_chosen(self, rows: Iterable[Any]) -> None:
        """Add the chosen rows, in the order that they were chosen in."""
        found = {str(row.pk): row for row in rows}
        for key in self.chosen:
            if key in found:
                self.add(found[key], "", _note(found[key]), _label(found[key]))

    def numbers(self) -> list[int]:
        """Return the chosen keys."""
        return [int(key) for key in self.chosen if key.isdecimal()]

    @property
    def rows(self) -> list[Chip]:
        """The chips, chosen ones first."""
        return sorted(self._rows.values(), key=lambda chip: not chip.chosen)


def offer(claim: Claim, mention: Mention | None, form: ClaimForm) -> Offer:
    """Return what the desk offers for a claim, given what its form holds."""
    proposed = claim.proposed if isinstance(claim.proposed, dict) else {}
    claimants, targets = Chips(form, "claimant"), Chips(form, "targets")
    together = Chips(form, "co_claimants")
    unknown: list[tuple[str, str]] = []
    first, *others = [str(name) for name in proposed.get("joint") or ()] or [str(proposed.get("claimant") or "")]
    _parties(claimants, [first], "claimant", unknown)
    _parties(together, others, "co_claimants", unknown)
    _parties(targets, [str(name) for name in proposed.get("targets") or ()], "targets", unknown)
    for field in ("claimant", "co_claimants", "targets"):
        typed = str(form[f"{field}_name"].value() or "") if form.is_bound else ""
        unknown += [(field, name) for part in typed.split(";") if (name := " ".join(part.split()))]
    _heard_in_text(claim, claimants, targets)
    acting = list(Party.objects.filter(pk__in=[*claimants.numbers(), *together.numbers(), *targets.numbers()]))
    systems = Chips(form, "systems")
    systems.add_chosen(System.objects.filter(pk__in=systems.numbers()))
    for system in matching.systems_named(str(name) for name in proposed.get("about") or ()):
        systems.add(system, NAMED)
    return Offer(
        claimant=claimants.rows,
        co_claimants=together.rows,
        targets=targets.rows,
        systems=systems.rows,
        disputes=(disputes := _disputes(claim, mention, form, acting, systems.numbers())),
        new_dispute=None if disputes else _new_dispute(claim, mention, acting),
        answers=_answers(claim, form, claimants.numbers(), targets.numbers()),
        new_parties=_new_parties(unknown),
        same=(same := matching.same_claims(claim) if claim.state in OPEN_STATES else []),
        others=[] if same else _others(claim, claimants.numbers()),
    )


def _parties(chips: Chips, names: Sequence[str], field: str, unknown: list[tuple[str, str]]) -> None:
    """Add the chosen parties, those of the proposed names, and for a name that is not known those like it."""
    chips.add_chosen(Party.objects.filter(pk__in=chips.numbers()))
    wanted = [name for name in names if name]
    known = matching.parties_named(wanted)
    for name in wanted:
        if party := known.get(name):
            chips.add(party, NAMED if fold(name) == fold(party.name) else f"“{name}” is a name of it")
            continue
        unknown.append((field, name))
        if described(name):
            continue
        for party in matching.similar_parties(name, limit=3):
            chips.add(party, f"sounds like “{name}”", _note(party))


def _heard_in_text(claim: Claim, claimants: Chips, targets: Chips) -> None:
    """Where nobody is chosen, offer the parties of the text's other claims: "she" and "the company" are among them."""
    beside = Claim.objects.filter(mentions__reading__in=claim.mentions.values("reading"), state__in=OPEN_STATES)
    beside = beside.exclude(pk=claim.pk)
    if not claimants.chosen:
        for party in Party.objects.standing().filter(claims__in=beside).distinct()[:4]:
            claimants.add(party, "speaks elsewhere in this text", _note(party))
    if not targets.chosen:
        for party in Party.objects.standing().filter(claims_against__in=beside).distinct()[:4]:
            targets.add(party, "spoken of elsewhere in this text", _note(party))


def _disputes(
    claim: Claim, mention: Mention | None, form: ClaimForm, parties: list[Party], system_keys: list[int]
) -> list[Chip]:
    chips = Chips(form, "disputes")
    topics = claim.topics.values_list("slug", flat=True)
    systems = System.objects.filter(pk__in=system_keys)
    page = mention.article_id if mention else None
    found = matching.compared(matching.disputes_for(parties, systems, topics, claim.on, page), page)
    reasons = {one.dispute.pk: ("; ".join(one.reasons), one.dispute) for one in found}
    for dispute in Dispute.objects.filter(pk__in=chips.numbers()):
        chips.add(dispute, reasons.get(dispute.pk, ("", dispute))[0])
    for why, dispute in list(reasons.values())[:5]:
        chips.add(dispute, why)
    return chips.rows


def likely_disputes(claim: Claim, article: Article | None) -> list[int]:
    """Return the dispute that is ticked beforehand on a draft without one: the one far ahead, if any."""
    parties = [*claim.claimants, *claim.targets.all()]
    topics, page = claim.topics.values_list("slug", flat=True), article.pk if article else None
    found = matching.disputes_for(parties, claim.systems.all(), topics, claim.on, page)
    dispute = matching.likely(found, page)
    return [dispute.pk] if dispute else []


def _new_dispute(claim: Claim, mention: Mention | None, parties: Sequence[Party]) -> matching.NewDispute | None:
    """Return the dispute to open for a draft that belongs to no known one."""
    if claim.state != State.DRAFT:
        return None
    topics, page = claim.topics.values_list("slug", flat=True), mention.article_id if mention else None
    return matching.new_dispute_for(parties, list(claim.systems.all()), topics, claim.on, page)


def _answers(claim: Claim, form: ClaimForm, claimants: list[int], targets: list[int]) -> list[Chip]:
    """Offer the claims that the claimant may be answering: made against it, in its disputes or in its article."""
    chips = Chips(form, "answers")
    chips.add_chosen(Claim.objects.filter(pk__in=chips.numbers()).select_related("claimant"))
    if str(form["kind"].value()) not in (Kind.DENIAL, Kind.RESPONSE) or not claimants:
        return chips.rows
    readings = claim.mentions.values("reading")
    against = (
        Claim.objects.filter(state__in=OPEN_STATES, targets__in=claimants)
        .filter(Q(disputes__in=claim.disputes.all()) | Q(mentions__reading__in=readings))
        .exclude(pk=claim.pk)
        .exclude(kind__in=(Kind.DENIAL, Kind.RESPONSE))
        .select_related("claimant")
        .distinct()
    )
    # First what the claim's own targets allege, for that is what one denies; what is public before drafts.
    ranked = sorted(
        against.order_by("-pk")[:50],
        key=lambda c: (c.claimant_id not in targets, c.kind != Kind.ALLEGATION, c.state != State.PUBLISHED),
    )
    for other in ranked[:5]:
        state = "published" if other.state == State.PUBLISHED else "still a draft"
        chips.add(other, f"{_note(other)}; {state}", label=_label(other))
    return chips.rows


def _others(claim: Claim, claimants: list[int]) -> list[Claim]:
    """Return what else the claimant says, what is public first: to merge into, where nothing looks the same."""
    said = Claim.objects.filter(state__in=OPEN_STATES, claimant__in=claimants).exclude(pk=claim.pk)
    return list(said.select_related("claimant").order_by("-state", "-pk")[:6])


def _new_parties(unknown: Iterable[tuple[str, str]]) -> list[NewParty]:
    once = dict.fromkeys((field, name) for field, name in unknown if fold(name))
    known = matching.parties_named([name for _, name in once])
    fresh = [(field, name) for field, name in once if name not in known]
    return [NewParty(index, field, name[:200], likely_kind(name)) for index, (field, name) in enumerate(fresh)]


def likely_kind(name: str) -> str:
    """Return what a party of that name most likely is, by a word in it; a company otherwise."""
    if name[:1].islower():
        return str(PartyKind.GROUP)
    known = next((KIND_WORDS[word] for word in reversed(fold(name).split()) if word in KIND_WORDS), None)
    if known is None and PERSON.fullmatch(name) and not COMPANY_WORDS & set(fold(name).split()):
        known = PartyKind.PERSON
    return str(known or PartyKind.COMPANY)


def described(name: str) -> bool:
    """Whether *name* is a common noun that stands for somebody ("commissioner"), by which nobody is found."""
    return name[:1].islower() and len(name.split()) == 1


def _note(row: Any) -> str:
    if isinstance(row, Party):
        return row.get_kind_display()
    return f"{row.get_kind_display()} · {row.claimant or 'nobody yet'}" if isinstance(row, Claim) else ""


def _label(row: Any) -> str:
    text = str(row)
    return text if len(text) <= 120 else f"{text[:119].rsplit(' ', 1)[0]} …"
