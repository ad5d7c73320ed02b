"""Which party, system, dispute and claim a draft belongs to: look-ups and proposals, never a decision.

A name that is not known stays a name; a name that two parties have is left to the editor. Every proposal says
its reasons in words, because an editor has to be able to judge it.

    names     who or what a name means, and which known names look like it
    same      claims that may be the same one, told by somebody else
    disputes  the disputes that a claim may belong to, or a new one
"""

from claims.matching.disputes import (
    DISPUTE_BAR,
    DisputeProposal,
    NewDispute,
    commonest,
    compared,
    disputes_for,
    likely,
    new_dispute_for,
)
from claims.matching.names import Claimants, claimants_named, parties_named, similar_parties, systems_named
from claims.matching.same import ClaimProposal, same_claims

__all__ = [
    "DISPUTE_BAR",
    "ClaimProposal",
    "Claimants",
    "DisputeProposal",
    "NewDispute",
    "claimants_named",
    "commonest",
    "compared",
    "disputes_for",
    "likely",
    "new_dispute_for",
    "parties_named",
    "same_claims",
    "similar_parties",
    "systems_named",
]
