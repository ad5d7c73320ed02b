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
from claims.curation.arranging import Row, arrange, order_of
from claims.curation.changes import RELATIONS, VALUES, ClaimChanges
from claims.curation.corrections import correct
from claims.curation.events import event_problems, remove_event, save_event
from claims.curation.merging import LINKS, Plan, merge_rows, plan, take_back_merger
from claims.curation.privacy import conceal, disclose
from claims.curation.recording import decide, picture
from claims.curation.redaction import GROUNDS, find_words, redact
from claims.curation.registry import add_names, aliases_of, create_party, new_dispute, new_system, save
from claims.curation.repeating import record_of_redactions, redact_again
from claims.curation.replies import ask, find_request, link_token, publish_reply, receive, reject_reply, revoke
from claims.curation.rules import CurationError, TooManyError, check_publishable, check_staff, lock, take_turn
from claims.curation.splitting import split, split_dispute, split_party
from claims.curation.steps import add_status, mark, strike
from claims.curation.suggestions import put_aside, suggest, take_up
from claims.curation.verbs import LONGEST_QUOTE, accept, correct_span, edit, merge, reject, retract, write

__all__ = [
    "GROUNDS",
    "LINKS",
    "LONGEST_QUOTE",
    "RELATIONS",
    "VALUES",
    "ClaimChanges",
    "CurationError",
    "Plan",
    "Row",
    "TooManyError",
    "accept",
    "add_names",
    "add_status",
    "aliases_of",
    "approve",
    "arrange",
    "ask",
    "authors",
    "check_publishable",
    "check_staff",
    "conceal",
    "correct",
    "correct_span",
    "create_party",
    "decide",
    "disclose",
    "edit",
    "event_problems",
    "find_request",
    "find_words",
    "link_token",
    "lock",
    "mark",
    "merge",
    "merge_rows",
    "needs_another",
    "new_dispute",
    "new_system",
    "order_of",
    "picture",
    "plan",
    "publish_reply",
    "put_aside",
    "receive",
    "record_of_redactions",
    "redact",
    "redact_again",
    "reject",
    "reject_reply",
    "remove_event",
    "retract",
    "revoke",
    "save",
    "save_event",
    "send_back",
    "split",
    "split_dispute",
    "split_party",
    "strike",
    "suggest",
    "take_back_merger",
    "take_turn",
    "take_up",
    "write",
]
