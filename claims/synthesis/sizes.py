"""How much of everything a made-up corpus holds."""

from dataclasses import dataclass, fields
from typing import Self


@dataclass(frozen=True, slots=True)
class Size:
    """Numbers of rows. `largest` is how many claims the one great dispute has; `drafts` wait beside the claims."""

    outlets: int = 2_000
    feeds: int = 5_000
    articles: int = 2_000_000
    mentions: int = 500_000
    claims: int = 100_000
    drafts: int = 10_000
    disputes: int = 20_000
    parties: int = 10_000
    systems: int = 2_000
    largest: int = 5_000

    def part(self, divisor: int) -> Self:
        """Return the same corpus *divisor* times smaller, at least ten of everything."""
        return type(self)(**{each.name: max(getattr(self, each.name) // divisor, 10) for each in fields(self)})


FULL = Size()
SCALES = {"tiny": FULL.part(1000), "small": FULL.part(20), "full": FULL}
