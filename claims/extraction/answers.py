"""Which allegations a denial or response answers, among the drafts of one document."""

from collections.abc import Sequence
from typing import Protocol

ANSWERABLE = {"allegation", "concern", "finding", "action"}
_REACH = 25


class Claimed(Protocol):
    """What linking needs to know of a draft."""

    @property
    def kind(self) -> str: ...
    @property
    def claimant(self) -> str: ...
    @property
    def targets(self) -> tuple[str, ...]: ...


def link_answers(drafts: Sequence[Claimed]) -> list[tuple[int, ...]]:
    """Return, for each draft, the indices of the drafts that it answers; only denials and responses answer.

    An answer goes to allegations against its claimant, first to those of the party that it names as its target,
    else to the nearest ones before it. Where nothing in reach is aimed at the claimant it answers nothing.
    """
    links: list[tuple[int, ...]] = []
    for i, draft in enumerate(drafts):
        if draft.kind not in {"denial", "response"}:
            links.append(())
            continue
        near = sorted(range(max(0, i - _REACH), min(len(drafts), i + 4)), key=lambda j: (j > i, abs(i - j)))
        against = [j for j in near if drafts[j].kind in ANSWERABLE and draft.claimant in drafts[j].targets]
        named = [j for j in against if drafts[j].claimant in draft.targets]
        accusations = [j for j in named or against if drafts[j].kind == "allegation"]
        links.append(tuple(sorted((accusations or named or against)[:3])))
    return links
