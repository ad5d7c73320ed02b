"""Who quarrels with whom, when, and which articles carry it: decided before any row is written."""

import random
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from claims.synthesis.sizes import Size
from claims.synthesis.words import Skewed, Writer

FIRST_DAY, DAYS = date(2016, 1, 1), 3_650
KINDS = ("allegation", "denial", "response", "action", "finding", "concern")
WEIGHTS = (28, 8, 16, 19, 11, 18)
ANSWERS = frozenset({"denial", "response"})
STEPS = ("alleged", "denied", "corroborated", "filed", "settled", "found", "dismissed", "withdrawn")
# A claim waits some days for its editor.
REVIEW = timedelta(days=2)


@dataclass(slots=True)
class PlannedDispute:
    """A dispute: its parties by position, when it begins and how many days it lasts."""

    title: str
    parties: list[int]
    begin: int
    days: int
    system: int
    accusations: list[int] = field(default_factory=list)


@dataclass(slots=True)
class PlannedClaim:
    """A claim, everything by position. `step` is "" where none was recorded, `answers` -1 where it answers none."""

    dispute: int
    claimant: int
    target: int
    kind: str
    day: int
    sentence: str
    state: str
    step: str = ""
    answers: int = -1

    @property
    def on(self) -> date:
        """The day of the claim."""
        return FIRST_DAY + timedelta(days=self.day)

    @property
    def decided_at(self) -> datetime:
        """When its editor decided on it."""
        return datetime(self.on.year, self.on.month, self.on.day, 12, tzinfo=UTC) + REVIEW


@dataclass(slots=True)
class Plan:
    """The whole corpus but its texts. `carried` gives the claims that an article states, by the article's position."""

    size: Size
    writer: Writer
    parties: list[str]
    systems: list[str]
    outlets: list[str]
    disputes: list[PlannedDispute]
    claims: list[PlannedClaim]
    carried: dict[int, list[int]]

    def day_of(self, article: int) -> int:
        """Return the day on which the article at that position came out: they come evenly, in order."""
        return article * DAYS // self.size.articles


def make_plan(size: Size, chance: random.Random) -> Plan:
    """Return the plan of a corpus of *size*; the same for a generator of chance with the same seed."""
    writer = Writer(chance)
    parties = writer.names(size.parties, ("Labs", "Guild", "Union", "Systems", "Authority", "Times", "Watch"))
    systems = writer.names(size.systems, ("One", "Two", "Pro", "Vision", "Voice"))
    outlets = writer.names(size.outlets, ("Gazette", "Wire", "Herald", "Journal", "Review"))
    disputes = _disputes(size, chance, parties, systems)
    claims = _claims(size, chance, writer, parties, disputes)
    return Plan(size, writer, parties, systems, outlets, disputes, claims, _carried(size, chance, claims))


def _disputes(size: Size, chance: random.Random, parties: list[str], systems: list[str]) -> list[PlannedDispute]:
    who, what = Skewed(size.parties, 0.8), Skewed(size.systems, 0.8)
    rows = []
    for number in range(size.disputes):
        # The great dispute lasts ten years; any other some months.
        days = DAYS - 10 if number == 0 else min(int(chance.lognormvariate(4.5, 1)), 1_500)
        sides = list(dict.fromkeys(who.draw(chance) for _ in range(20 if number == 0 else chance.randint(3, 6))))
        while len(sides) < 2:
            sides = list(dict.fromkeys([*sides, chance.randrange(size.parties)]))
        system = what.draw(chance)
        title = f"{parties[sides[0]]} and {parties[sides[1]]} over {systems[system]} ({number + 1})"
        rows.append(PlannedDispute(title, sides, chance.randrange(max(DAYS - days, 1)), days + 1, system))
    return rows


def _claims(
    size: Size, chance: random.Random, writer: Writer, parties: list[str], disputes: list[PlannedDispute]
) -> list[PlannedClaim]:
    which = Skewed(size.disputes - 1, 0.6)
    rows: list[PlannedClaim] = []
    for number in range(size.claims + size.drafts):
        # Every dispute has one, and the great one its number; the rest go where most are already.
        if number < size.disputes:
            place = number
        else:
            place = 0 if number < size.disputes + size.largest else 1 + which.draw(chance)
        dispute = disputes[place]
        kind = chance.choices(KINDS, WEIGHTS)[0] if dispute.accusations else "allegation"
        claimant, target = chance.sample(dispute.parties, 2)
        answered = chance.choice(dispute.accusations) if kind in ANSWERS else -1
        if answered >= 0:
            claimant, target = rows[answered].target, rows[answered].claimant
        day = dispute.begin + chance.randrange(dispute.days)
        sentence = writer.saying(kind, parties[claimant], parties[target])
        state = "draft" if number >= size.claims else "retracted" if chance.random() < 0.01 else "published"
        step = chance.choice(STEPS) if kind == "allegation" and chance.random() < 0.5 else ""
        rows.append(PlannedClaim(place, claimant, target, kind, day, sentence, state, step, answered))
        if kind == "allegation" and state == "published":
            dispute.accusations.append(number)
    return rows


def _carried(size: Size, chance: random.Random, claims: list[PlannedClaim]) -> dict[int, list[int]]:
    """Let articles of the day and the days after carry each claim: one at least, the rest shared out unevenly."""
    carried: dict[int, list[int]] = defaultdict(list)
    a_day = size.articles / DAYS
    spare = max(size.mentions - len(claims), 0)
    how_often = [0] * len(claims)
    often = Skewed(len(claims), 0.5)
    order = list(range(len(claims)))
    chance.shuffle(order)
    for _ in range(spare):
        how_often[order[often.draw(chance)]] += 1
    for number, claim in enumerate(claims):
        first = int(claim.day * a_day)
        reports = 1 + how_often[number]
        near = min(max(int(4 * a_day), 20, 2 * reports), size.articles)
        begin = min(first, size.articles - near)
        for article in chance.sample(range(begin, begin + near), min(reports, near)):
            carried[article].append(number)
    return carried
