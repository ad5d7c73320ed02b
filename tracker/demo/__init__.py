"""The demonstration newsroom: plainly marked outlets that report real, documented disputes over AI.

Everything here is data and a small origin server; no Django. `python -m tracker.demo.origin` serves it.
"""

from tracker.demo.library import (
    ContentError,
    DemoArticle,
    DemoDecision,
    DemoDispute,
    DemoOutlet,
    DemoParty,
    DemoStatus,
    articles,
    decisions,
    disputes,
    outlets,
)

__all__ = [
    "ContentError",
    "DemoArticle",
    "DemoDecision",
    "DemoDispute",
    "DemoOutlet",
    "DemoParty",
    "DemoStatus",
    "articles",
    "decisions",
    "disputes",
    "outlets",
]
