"""Every change of judgement: accept, approve, edit, reject, merge, retract, record a status.

    draft ──accept──→ published ──retract──→ retracted
      │ │ └─accept──→ awaiting ──approve──→ published      (words of the editor's own; send back: a draft again)
      │ └───reject──→ rejected                             (edit: stays where it is)
      └─────merge───→ merged into another claim

Each verb locks the claim, checks that the step is allowed from where it stands now, writes a `Decision` with
the state before and after, and changes the claim, all in one transaction. A refusal raises `CurationError` with
a sentence for the person who tried; nothing is changed then. The database holds the same rules once more
(migrations 0002 and 0010), so that no other road leads around them.
"""

from claims.curation.approval import approve, authors, needs_another, send_back
from claims.curation.changes import RELATIONS, VALUES, ClaimChanges
from claims.curation.recording import decide, picture
from claims.curation.registry import add_names, aliases_of, create_party, new_dispute, new_system, save
from claims.curation.rules import CurationError, check_publishable, check_staff, lock, take_turn
from claims.curation.steps import add_status
from claims.curation.verbs import LONGEST_QUOTE, accept, correct_span, edit, merge, reject, retract, write

__all__ = [
    "LONGEST_QUOTE",
    "RELATIONS",
    "VALUES",
    "ClaimChanges",
    "CurationError",
    "accept",
    "add_names",
    "add_status",
    "aliases_of",
    "approve",
    "authors",
    "check_publishable",
    "check_staff",
    "correct_span",
    "create_party",
    "decide",
    "edit",
    "lock",
    "merge",
    "needs_another",
    "new_dispute",
    "new_system",
    "picture",
    "reject",
    "retract",
    "save",
    "send_back",
    "take_turn",
    "write",
]
