"""The lines of the judgement: parties, systems, disputes, claims with their relations, steps and decisions."""

import random
from collections.abc import Iterator
from datetime import datetime

from claims.models import Alias, Claim, Decision, Dispute, Party, Status, System
from claims.synthesis.evidence import Batch
from claims.synthesis.lines import Table
from claims.synthesis.plan import Plan, PlannedClaim
from claims.synthesis.words import Skewed
from claims.wording import fold

KINDS_OF_PARTY = {
    "Labs": "lab",
    "Guild": "association",
    "Union": "union",
    "Systems": "company",
    "Authority": "regulator",
    "Times": "media",
    "Watch": "ngo",
}


class Judgement:
    """Writes the lines of a plan's judgement. *party*, *system* and *dispute* are the keys before the first of each."""

    def __init__(
        self, plan: Plan, chance: random.Random, now: datetime, *, topics: list[int], before: dict[type, int]
    ) -> None:
        self._plan, self._chance, self._topics = plan, chance, topics
        self._party, self._system, self._dispute = before[Party], before[System], before[Dispute]
        self._alias = before[Alias]
        self._which = Skewed(len(topics), 0.7)
        self.parties = Table(Party, ("id", "name", "slug", "kind"), now)
        self.aliases = Table(Alias, ("id", "party", "name", "folded"), now)
        self.systems = Table(System, ("id", "name", "slug"), now)
        self.disputes = Table(Dispute, ("id", "title", "slug", "summary"), now)
        self.claims = Table(
            Claim,
            (
                *("id", "state", "kind", "claimant", "statement", "on", "extraction", "proposed", "confidence"),
                *("decision", "published_at", "changed_at", "hedged"),
            ),
            now,
        )
        self.statuses = Table(Status, ("id", "claim", "step", "on", "source", "target", "decision"), now)
        self.decisions = Table(
            Decision, ("id", "verb", "actor", "made_at", "subject", "subject_id", "reason", "after"), now
        )
        self.links = {
            name: Table(getattr(Claim, name).through, given, now)
            for name, given in {
                "targets": ("id", "claim", "party"),
                "topics": ("id", "claim", "topic"),
                "systems": ("id", "claim", "system"),
                "disputes": ("id", "claim", "dispute"),
                "answers": ("id", "from_claim", "to_claim"),
            }.items()
        }

    def subjects(self) -> Batch:
        """Return the lines of parties with their names, systems and disputes."""
        plan = self._plan
        batch: Batch = {self.parties: [], self.aliases: [], self.systems: [], self.disputes: []}
        for number, name in enumerate(plan.parties, 1):
            key = self._party + number
            batch[self.parties].append(self.parties.line(key, name, f"party-{key}", KINDS_OF_PARTY[name.split()[1]]))
            batch[self.aliases].append(self.aliases.line(self._alias + number, key, name, fold(name)))
        for number, name in enumerate(plan.systems, 1):
            key = self._system + number
            batch[self.systems].append(self.systems.line(key, f"{name} {number}", f"system-{key}"))
        for number, dispute in enumerate(plan.disputes, 1):
            key = self._dispute + number
            summary = plan.writer.paragraph(40)
            batch[self.disputes].append(self.disputes.line(key, dispute.title, f"dispute-{key}", summary))
        return batch

    def judged(self, actor: int, first_mention: dict[int, tuple[int, int]]) -> Batch:
        """Return the lines of claims, their relations, their status steps and the decisions on them, in order."""
        batch: Batch = {table: [] for table in (self.decisions, self.claims, self.statuses, *self.links.values())}
        decided = {number: key for key, number in enumerate(self._in_turn(), 1)}
        made = len(decided)
        for number in decided:
            batch[self.decisions].append(self._decision(decided[number], number, actor))
        for number, claim in enumerate(self._plan.claims):
            mention, article = first_mention[number]
            batch[self.claims].append(self._claim(number, claim, article, decided.get(number)))
            self._relate(number, claim, batch)
            if claim.step and claim.state == "published":
                made += 1
                key = len(batch[self.statuses]) + 1
                batch[self.decisions].append(
                    self.decisions.line(
                        *(made, "status", actor, claim.decided_at, "claim", number + 1, ""), {"step": claim.step}
                    )
                )
                batch[self.statuses].append(
                    self.statuses.line(
                        key, number + 1, claim.step, claim.on, mention, self._party + 1 + claim.target, made
                    )
                )
        return batch

    def _in_turn(self) -> Iterator[int]:
        """Yield the claims that were decided on, in the order of their decisions."""
        claims = self._plan.claims
        numbers = (number for number, claim in enumerate(claims) if claim.state != "draft")
        yield from sorted(numbers, key=lambda number: (claims[number].decided_at, number))

    def _decision(self, key: int, number: int, actor: int) -> str:
        claim = self._plan.claims[number]
        # One that was retracted was public before.
        after = {
            "state": "published",
            "kind": claim.kind,
            "claimant_id": self._party + 1 + claim.claimant,
            "statement": f"{claim.sentence}.",
        }
        return self.decisions.line(key, "accept", actor, claim.decided_at, "claim", number + 1, "", after)

    def _claim(self, number: int, claim: PlannedClaim, article: int, decision: int | None) -> str:
        sentence = f"{claim.sentence}."
        proposed = {"claimant": self._plan.parties[claim.claimant], "kind": claim.kind, "statement": sentence}
        at = None if decision is None else claim.decided_at
        confidence = round(self._chance.betavariate(2, 3), 3)
        return self.claims.line(
            *(number + 1, claim.state, claim.kind, self._party + 1 + claim.claimant, sentence, claim.on),
            *(article, proposed, confidence, decision, at, at, self._chance.random() < 0.3),
        )

    def _relate(self, number: int, claim: PlannedClaim, batch: Batch) -> None:
        dispute = self._plan.disputes[claim.dispute]
        links = {
            "targets": [self._party + 1 + claim.target],
            "topics": sorted({self._topics[self._which.draw(self._chance)] for _ in range(2)}),
            "systems": [self._system + 1 + dispute.system],
            "disputes": [self._dispute + 1 + claim.dispute],
            "answers": [claim.answers + 1] if claim.answers >= 0 else [],
        }
        for name, others in links.items():
            table = self.links[name]
            for other in others:
                batch[table].append(table.line(len(batch[table]) + 1, number + 1, other))
