"""What the public may read: the only queries that pages, feeds and API use, a file a noun.

Only published claims come out of here, and only what stands under them: parties, disputes, articles and outlets
without a published claim have no public page. A merged party, dispute or claim leads to its survivor. Drafts,
rejected and retracted claims never come out, neither by themselves nor as an answer to another claim or as the
source of a status.

Lists cost a fixed number of queries, whatever their length, and never load the text of a reading or the bytes
of a snapshot.
"""

from claims.timelines.disputes import (
    DisputeFigures,
    Edge,
    Overview,
    Timeline,
    busiest_disputes,
    dispute_claims,
    dispute_figures,
    dispute_sources,
    find_dispute,
    overview,
    public_disputes,
    timeline,
)
from claims.timelines.entries import (
    QUOTE_LIMIT,
    Appearance,
    Change,
    Entry,
    Retracted,
    appearances,
    as_entries,
    changes,
    find_claim,
    history,
    in_context,
    linked_claims,
    open_accusations,
    published,
    with_parts,
)
from claims.timelines.figures import Counts, Month, counts, months
from claims.timelines.parties import (
    PARTY_SHOWS,
    PartyFigures,
    find_party,
    party_claims,
    party_disputes,
    party_figures,
    public_parties,
    with_figures,
)
from claims.timelines.revisions import Revision, revision
from claims.timelines.search import QUERY_LIMIT, Found, find
from claims.timelines.sources import (
    excerpt,
    find_outlet,
    find_source,
    other_copies,
    outlet_sources,
    source_claims,
    source_snapshots,
    sources,
)

__all__ = [
    "PARTY_SHOWS",
    "QUERY_LIMIT",
    "QUOTE_LIMIT",
    "Appearance",
    "Change",
    "Counts",
    "DisputeFigures",
    "Edge",
    "Entry",
    "Found",
    "Month",
    "Overview",
    "PartyFigures",
    "Retracted",
    "Revision",
    "Timeline",
    "appearances",
    "as_entries",
    "busiest_disputes",
    "changes",
    "counts",
    "dispute_claims",
    "dispute_figures",
    "dispute_sources",
    "excerpt",
    "find",
    "find_claim",
    "find_dispute",
    "find_outlet",
    "find_party",
    "find_source",
    "history",
    "in_context",
    "linked_claims",
    "months",
    "open_accusations",
    "other_copies",
    "outlet_sources",
    "overview",
    "party_claims",
    "party_disputes",
    "party_figures",
    "public_disputes",
    "public_parties",
    "published",
    "revision",
    "source_claims",
    "source_snapshots",
    "sources",
    "timeline",
    "with_figures",
    "with_parts",
]
